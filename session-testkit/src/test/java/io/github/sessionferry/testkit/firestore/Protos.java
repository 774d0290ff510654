package io.github.sessionferry.testkit.firestore;

import com.google.firestore.v1.ArrayValue;
import com.google.firestore.v1.MapValue;
import com.google.firestore.v1.Value;
import com.google.protobuf.ByteString;
import com.google.protobuf.NullValue;
import com.google.protobuf.Timestamp;
import com.google.type.LatLng;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Firestore's values as messages. */
final class Protos {
    private Protos() {}

    static Value nul() {
        return Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
    }

    static Value bool(boolean value) {
        return Value.newBuilder().setBooleanValue(value).build();
    }

    static Value integer(long value) {
        return Value.newBuilder().setIntegerValue(value).build();
    }

    static Value dbl(double value) {
        return Value.newBuilder().setDoubleValue(value).build();
    }

    static Value timestamp(long seconds, int nanos) {
        return Value.newBuilder()
                .setTimestampValue(Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos))
                .build();
    }

    static Value string(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    static Value bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Value.newBuilder().setBytesValue(ByteString.copyFrom(bytes)).build();
    }

    static Value point(double latitude, double longitude) {
        return Value.newBuilder()
                .setGeoPointValue(LatLng.newBuilder().setLatitude(latitude).setLongitude(longitude))
                .build();
    }

    static Value array(Value... elements) {
        return Value.newBuilder()
                .setArrayValue(ArrayValue.newBuilder().addAllValues(List.of(elements)))
                .build();
    }

    static Value vector(double... elements) {
        Value[] values = Arrays.stream(elements).mapToObj(Protos::dbl).toArray(Value[]::new);
        return map(Map.of("__type__", string("__vector__"), "value", array(values)));
    }

    static Value map(Map<String, Value> fields) {
        return Value.newBuilder()
                .setMapValue(MapValue.newBuilder().putAllFields(fields))
                .build();
    }
}
