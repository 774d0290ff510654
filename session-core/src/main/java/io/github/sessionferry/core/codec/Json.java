package io.github.sessionferry.core.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.sessionferry.core.StateValues;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * State values as JSON text: what JSON has stays plain, the rest is encoded as {@link ValueEncoding#json} says.
 *
 * <p>Reading keeps a number's kind: with a fraction or an exponent it is a double, without a long, and what neither
 * holds becomes a tagged value, as {@link StateValues#normalise} says. It takes {@code NaN}, {@code Infinity} and
 * {@code -Infinity}, which Python writes. It refuses text nested deeper than {@value #MAX_DEPTH} levels, a name given
 * twice in one object, and anything after the value. Thread-safe: static methods only.
 *
 * @since 0.1
 */
public final class Json {

    /** The deepest nesting that is read or written. */
    public static final int MAX_DEPTH = 500;

    private static final int MAX_STRING_CHARS = 64 << 20;
    private static final ValueEncoding ENCODING = ValueEncoding.json();
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_STRING_CHARS)
                    .build())
            .streamWriteConstraints(
                    StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();
    private static final ObjectMapper WRITER = JsonMapper.builder(FACTORY).build();

    private Json() {}

    /**
     * Writes a value as JSON text on one line.
     *
     * @param value a state value
     * @return its text
     */
    public static String write(@Nullable Object value) {
        try {
            return WRITER.writeValueAsString(ENCODING.encode(value, new Encodings()));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the value cannot be written as JSON", e);
        }
    }

    /**
     * Reads a value from JSON text.
     *
     * @param text JSON that {@link #write} or anybody else wrote
     * @return the state value
     * @throws IllegalArgumentException if the text is no JSON within the limits; the message tells the place, not the
     *     text
     */
    public static @Nullable Object read(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            Object value = value(parser, parser.nextToken());
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("no JSON: something follows the value" + place(parser));
            }
            return ENCODING.decode(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON" + place(e.getLocation()), e.getCause());
        } catch (IOException e) {
            throw new AssertionError("a string in memory can be read", e);
        }
    }

    private static @Nullable Object value(JsonParser parser, @Nullable JsonToken token) throws IOException {
        if (token == null) {
            throw new IllegalArgumentException("no JSON: the text ends" + place(parser));
        }
        return switch (token) {
            case START_OBJECT -> map(parser);
            case START_ARRAY -> list(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> StateValues.normalise(parser.getNumberValue());
            case VALUE_NUMBER_FLOAT -> decimal(parser);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new AssertionError("no value begins with " + token);
        };
    }

    private static Map<String, @Nullable Object> map(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            map.put(name, value(parser, parser.nextToken()));
        }
        return map;
    }

    private static List<@Nullable Object> list(JsonParser parser) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            list.add(value(parser, token));
        }
        return list;
    }

    private static @Nullable Object decimal(JsonParser parser) throws IOException {
        String text = parser.getText();
        if (!Character.isDigit(text.charAt(text.length() - 1))) {
            return parser.getDoubleValue();
        }
        try {
            BigDecimal decimal = new BigDecimal(text);
            return decimal.signum() == 0 ? (Object) Double.valueOf(text) : StateValues.normalise(decimal);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("no JSON within the limits: a number's exponent" + place(parser));
        }
    }

    private static String place(JsonParser parser) {
        return place(parser.currentTokenLocation());
    }

    private static String place(@Nullable JsonLocation location) {
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
