package io.github.sessionferry.core.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * State values as JSON text: what JSON has stays plain, the rest is encoded as {@link ValueEncoding#json} says.
 *
 * <p>Reading refuses text nested deeper than {@value #MAX_DEPTH} levels, a name given twice in one object, and anything
 * after the value. Thread-safe: static methods only.
 *
 * @since 0.1
 */
public final class Json {

    /** The deepest nesting that is read or written. */
    public static final int MAX_DEPTH = 500;

    private static final int MAX_STRING_CHARS = 64 << 20;
    private static final ValueEncoding ENCODING = ValueEncoding.json();
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(MAX_STRING_CHARS)
                            .build())
                    .streamWriteConstraints(StreamWriteConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final ObjectReader READER = MAPPER.readerFor(Object.class);

    private Json() {}

    /**
     * Writes a value as JSON text on one line.
     *
     * @param value a state value
     * @return its text
     */
    public static String write(@Nullable Object value) {
        try {
            return MAPPER.writeValueAsString(ENCODING.encode(value, new Encodings()));
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
        try {
            return ENCODING.decode(READER.readValue(text));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON" + place(e), e.getCause());
        }
    }

    private static String place(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }
}
