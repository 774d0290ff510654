package io.github.sessionferry.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The arguments of a script. Not thread-safe. */
final class Arguments {

    private final List<byte[]> values = new ArrayList<>();
    private long bytes;

    Arguments add(Object... items) {
        for (Object item : items) {
            addBytes(String.valueOf(item).getBytes(UTF_8));
        }
        return this;
    }

    Arguments addBytes(byte[] value) {
        values.add(value);
        bytes += value.length;
        return this;
    }

    Arguments addAll(Map<String, String> pairs) {
        pairs.forEach(this::add);
        return this;
    }

    Arguments append(Arguments others) {
        values.addAll(others.values);
        bytes += others.bytes;
        return this;
    }

    List<byte[]> values() {
        return values;
    }

    long bytes() {
        return bytes;
    }

    /** The text of an answer's part. */
    static String text(Object part) {
        return new String((byte[]) part, UTF_8);
    }
}
