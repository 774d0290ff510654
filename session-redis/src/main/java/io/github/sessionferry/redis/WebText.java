package io.github.sessionferry.redis;

import io.github.sessionferry.core.codec.Json;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * State values as the text that other programs read in a web session's hashes.
 *
 * <p>A string stands bare, a number or boolean as its text, {@code null} as {@code null}, lists and maps as JSON, and what
 * JSON has no type for in core's encoding, {@code {"$type": …, "value": …}}. A string that would be read as one of those
 * stands in quotes, as a JSON string. A text is read as a number, or as a string in quotes, only if nothing of it is lost
 * by that: {@code 007}, {@code 1.10} and {@code "name"} are strings.
 *
 * <p>Names of fields stand bare unless they are no well-formed text. Thread-safe: static methods only.
 */
final class WebText {

    private static final Pattern WHOLE = Pattern.compile("-?[1-9]\\d{0,18}|0");
    private static final Pattern DECIMAL =
            Pattern.compile("-?(0|[1-9]\\d{0,16})(\\.(0|\\d{0,23}[1-9])([eE][+-]?\\d{1,3})?|[eE][+-]?\\d{1,3})");
    private static final int DIGITS_OF_DOUBLE = 17;
    private static final String UTF16 = "$utf16:";

    private WebText() {}

    static String write(@Nullable Object value) {
        if (value instanceof String text) {
            return isWellFormed(text) && text.equals(read(text)) ? text : Json.write(text);
        }
        if (value instanceof Double number && Double.isFinite(number)) {
            return decimal(number);
        }
        return value instanceof Boolean || value instanceof Long ? value.toString() : Json.write(value);
    }

    /** At most 17 digits, which tell doubles apart; a JVM before 19 may give more. */
    private static String decimal(double number) {
        String text = Double.toString(number);
        if (digits(text) <= DIGITS_OF_DOUBLE) {
            return text;
        }
        String rounded = new BigDecimal(number)
                .round(new MathContext(DIGITS_OF_DOUBLE))
                .stripTrailingZeros()
                .toString();
        return rounded.matches("-?\\d+") ? rounded + ".0" : rounded;
    }

    static @Nullable Object read(String text) {
        if (text.isEmpty()) {
            return text;
        }
        return switch (text.charAt(0)) {
            case 'n' -> text.equals("null") ? null : text;
            case 't' -> text.equals("true") ? (Object) true : text;
            case 'f' -> text.equals("false") ? (Object) false : text;
            case '{', '[' -> json(text);
            case '"' -> quoted(text);
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(text);
            default -> text;
        };
    }

    private static @Nullable Object json(String text) {
        try {
            return Json.read(text);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static Object quoted(String text) {
        return json(text) instanceof String inner && !inner.equals(text) && !inner.equals(read(inner)) ? inner : text;
    }

    private static Object number(String text) {
        if (WHOLE.matcher(text).matches()) {
            return wholeNumber(text);
        }
        if (DECIMAL.matcher(text).matches() && digits(text) <= DIGITS_OF_DOUBLE) {
            double number = Double.parseDouble(text);
            boolean isLost = !Double.isFinite(number) || (number == 0 && text.matches("[^eE]*[1-9].*"));
            return isLost ? text : (Object) number;
        }
        return text;
    }

    private static Object wholeNumber(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            return text;
        }
    }

    /** How many digits tell the number apart from others. */
    private static int digits(String text) {
        String mantissa =
                text.replaceFirst("[eE].*", "").replaceFirst("\\.0$", "").replace(".", "");
        return mantissa.replaceFirst("^-?0*", "").length();
    }

    static String writeField(String name) {
        return isWellFormed(name) && !name.startsWith(UTF16) ? name : UTF16 + base64(name);
    }

    static String readField(String field) {
        if (!field.startsWith(UTF16)) {
            return field;
        }
        try {
            return chars(Base64.getDecoder().decode(field.substring(UTF16.length())));
        } catch (IllegalArgumentException e) {
            return field;
        }
    }

    private static String chars(byte[] units) {
        char[] chars = new char[units.length / 2];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) ((units[2 * i] & 0xff) << 8 | (units[2 * i + 1] & 0xff));
        }
        return new String(chars);
    }

    private static String base64(String name) {
        byte[] units = new byte[name.length() * 2];
        for (int i = 0; i < name.length(); i++) {
            units[2 * i] = (byte) (name.charAt(i) >> 8);
            units[2 * i + 1] = (byte) name.charAt(i);
        }
        return Base64.getEncoder().encodeToString(units);
    }

    private static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return StandardCharsets.UTF_8.newEncoder().canEncode(text);
            }
        }
        return true;
    }
}
