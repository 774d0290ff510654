package io.github.sessionferry.vertex;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Strings that protobuf, which has only UTF-8, may be unable to hold. */
final class Texts {

    private Texts() {}

    /** Whether all surrogates are paired. */
    static boolean isWellFormed(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** UTF-16 units, high byte first: unlike a charset, also for unpaired surrogates. */
    static byte[] toUtf16(String text) {
        ByteBuffer units = ByteBuffer.allocate(Character.BYTES * text.length());
        units.asCharBuffer().put(text);
        return units.array();
    }

    static String fromUtf16(byte[] units) {
        return ByteBuffer.wrap(units).asCharBuffer().toString();
    }
}
