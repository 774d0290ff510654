package io.github.sessionferry.testkit.agentengine;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import java.util.ArrayList;
import java.util.List;

/** Compares what was replayed with what was recorded, field by field, presence included. Not thread-safe. */
final class Comparison {
    private final Correspondence correspondence;
    private final List<String> differences = new ArrayList<>();

    Comparison(Correspondence correspondence) {
        this.correspondence = correspondence;
    }

    List<String> differences() {
        return differences;
    }

    void difference(String path, Object recorded, Object replayed) {
        differences.add(path + ": recorded <" + recorded + "> but replayed <" + replayed + ">");
    }

    void compare(String path, Any recorded, Any replayed) {
        if (!recorded.getTypeUrl().equals(replayed.getTypeUrl())) {
            difference(path, recorded.getTypeUrl(), replayed.getTypeUrl());
            return;
        }
        compare(path, Protos.unpack(recorded), Protos.unpack(replayed));
    }

    private void compare(String path, DynamicMessage recorded, DynamicMessage replayed) {
        String type = recorded.getDescriptorForType().getFullName();
        if (type.equals(Any.getDescriptor().getFullName())) {
            compare(path, parse(recorded, Any.getDefaultInstance()), parse(replayed, Any.getDefaultInstance()));
        } else if (type.equals(Timestamp.getDescriptor().getFullName())) {
            compareTimes(path, recorded, replayed);
        } else if (type.equals(Struct.getDescriptor().getFullName())) {
            Struct recordedStruct = parse(recorded, Struct.getDefaultInstance());
            Struct replayedStruct = parse(replayed, Struct.getDefaultInstance());
            if (!recordedStruct.equals(replayedStruct)) {
                difference(path, recordedStruct, replayedStruct);
            }
        } else {
            recorded.getDescriptorForType().getFields().forEach(field -> compare(path, field, recorded, replayed));
        }
    }

    private void compareTimes(String path, DynamicMessage recorded, DynamicMessage replayed) {
        Timestamp recordedTime = parse(recorded, Timestamp.getDefaultInstance());
        Timestamp replayedTime = parse(replayed, Timestamp.getDefaultInstance());
        if (!correspondence.matches(recordedTime, replayedTime)) {
            difference(path, ServerTime.instant(recordedTime), ServerTime.instant(replayedTime));
        }
    }

    private void compare(String parent, FieldDescriptor field, DynamicMessage recorded, DynamicMessage replayed) {
        String path = parent + "." + field.getJsonName();
        if (field.isMapField()) {
            compareMaps(path, (List<?>) recorded.getField(field), (List<?>) replayed.getField(field));
        } else if (field.isRepeated()) {
            compareLists(path, field, (List<?>) recorded.getField(field), (List<?>) replayed.getField(field));
        } else if (field.hasPresence() && recorded.hasField(field) != replayed.hasField(field)) {
            difference(path, presence(field, recorded), presence(field, replayed));
        } else if (!field.hasPresence() || recorded.hasField(field)) {
            compareValues(path, field, recorded.getField(field), replayed.getField(field));
        }
    }

    private void compareMaps(String path, List<?> recorded, List<?> replayed) {
        if (recorded.size() != replayed.size() || !recorded.containsAll(replayed)) {
            difference(path, recorded, replayed);
        }
    }

    private void compareLists(String path, FieldDescriptor field, List<?> recorded, List<?> replayed) {
        if (recorded.size() != replayed.size()) {
            difference(path, recorded.size() + " elements", replayed.size() + " elements");
            return;
        }
        for (int i = 0; i < recorded.size(); i++) {
            compareValues(path + "[" + i + "]", field, recorded.get(i), replayed.get(i));
        }
    }

    private void compareValues(String path, FieldDescriptor field, Object recorded, Object replayed) {
        boolean equal;
        if (field.getJavaType() == JavaType.MESSAGE) {
            compare(path, (DynamicMessage) recorded, (DynamicMessage) replayed);
            return;
        } else if (field.getName().equals("next_page_token")) {
            equal = correspondence.matchesToken((String) recorded, (String) replayed);
        } else if (isNameOrText(field)) {
            equal = correspondence.matches((String) recorded, (String) replayed);
        } else {
            equal = recorded.equals(replayed);
        }
        if (!equal) {
            difference(path, recorded, replayed);
        }
    }

    /** Resource names, and the texts of errors, which quote them. */
    private static boolean isNameOrText(FieldDescriptor field) {
        String type = field.getContainingType().getName();
        return switch (field.getName()) {
            case "name" -> type.equals("Session") || type.equals("SessionEvent") || type.equals("Operation");
            case "message" -> type.equals("Status");
            case "description" -> type.equals("FieldViolation");
            default -> false;
        };
    }

    private static String presence(FieldDescriptor field, DynamicMessage message) {
        return message.hasField(field) ? "present" : "absent";
    }

    private static <M extends Message> M parse(DynamicMessage message, M type) {
        ByteString bytes = message.toByteString();
        try {
            @SuppressWarnings("unchecked")
            M parsed = (M) type.getParserForType().parseFrom(bytes);
            return parsed;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }
}
