package io.github.sessionferry.vertex;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Any well-formed text as labels, which hold 64 characters of {@code [a-z0-9_-]} each: what is allowed stays, the rest
 * becomes {@code _} and two hexadecimal digits a byte of UTF-8.
 */
final class LabelText {

    private static final int LABEL_CHARS = 64;

    private LabelText() {}

    /** Puts a text under {@code NAME-0}, {@code NAME-1} and so on. */
    static void put(Map<String, String> labels, String name, String text) {
        String escaped = escape(text);
        for (int i = 0; i * LABEL_CHARS < escaped.length(); i++) {
            int end = Math.min(escaped.length(), (i + 1) * LABEL_CHARS);
            labels.put(name + "-" + i, escaped.substring(i * LABEL_CHARS, end));
        }
    }

    /** @throws IllegalArgumentException if the labels hold no such text */
    static @Nullable String get(Map<String, String> labels, String name) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; labels.containsKey(name + "-" + i); i++) {
            escaped.append(labels.get(name + "-" + i));
        }
        return escaped.isEmpty() ? null : unescape(escaped.toString(), name);
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-';
            escaped.append(plain ? String.valueOf((char) b) : String.format("_%02x", b));
        }
        return escaped.toString();
    }

    private static String unescape(String escaped, String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            for (int i = 0; i < escaped.length(); ) {
                boolean plain = escaped.charAt(i) != '_';
                bytes.write(plain ? escaped.charAt(i) : Integer.parseInt(escaped, i + 1, i + 3, 16));
                i += plain ? 1 : 3;
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (NumberFormatException | IndexOutOfBoundsException | CharacterCodingException e) {
            throw new IllegalArgumentException("its labels " + name + "-… hold no escaped text", e);
        }
    }
}
