package io.github.sessionferry.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A value of Redis as {@code DUMP} gives it and {@code RESTORE} takes it: its type and content as in the file that Redis
 * saves (<a href="https://rdb.fnordig.de/file_format.html">RDB</a>), the format's version, and a checksum. The version is
 * an old one, which every server reads. Thread-safe: static methods only.
 */
final class Dump {

    private static final byte STRING = 0;
    private static final byte HASH = 4;
    private static final short VERSION = 6;
    private static final int TYPE = 1;
    private static final int LONGEST_LENGTH = 5;
    private static final int FOOT = Short.BYTES + Long.BYTES;

    private Dump() {}

    static byte[] string(String text) {
        return dump(STRING, List.of(text.getBytes(UTF_8)));
    }

    static byte[] hash(Map<String, String> fields) {
        List<byte[]> texts = new ArrayList<>(2 * fields.size());
        fields.forEach((field, text) -> {
            texts.add(field.getBytes(UTF_8));
            texts.add(text.getBytes(UTF_8));
        });
        return dump(HASH, texts);
    }

    private static byte[] dump(byte type, List<byte[]> texts) {
        int most = TYPE + LONGEST_LENGTH + FOOT;
        for (byte[] text : texts) {
            most += LONGEST_LENGTH + text.length;
        }
        ByteBuffer dump = ByteBuffer.allocate(most).put(type);
        if (type == HASH) {
            putLength(dump, texts.size() / 2);
        }
        for (byte[] text : texts) {
            putLength(dump, text.length);
            dump.put(text);
        }
        dump.order(ByteOrder.LITTLE_ENDIAN).putShort(VERSION);
        dump.putLong(Crc64.of(dump.array(), dump.position()));
        return Arrays.copyOf(dump.array(), dump.position());
    }

    /** In 6 bits, 14 bits or 4 bytes, the highest first. */
    private static void putLength(ByteBuffer dump, int length) {
        if (length < 1 << 6) {
            dump.put((byte) length);
        } else if (length < 1 << 14) {
            dump.putShort((short) (0x4000 | length));
        } else {
            dump.put((byte) 0x80).putInt(length);
        }
    }
}
