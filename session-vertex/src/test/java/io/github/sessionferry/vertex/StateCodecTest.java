package io.github.sessionferry.vertex;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.github.sessionferry.core.Bytes;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.codec.Encodings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateCodecTest {

    @Test
    void encode_plainValues_stayPlainForOtherReaders() {
        Struct state = encoded(Map.of("app:motd", "hello", "turns", 2L, "ratio", 0.5));

        assertThat(state.getFieldsMap())
                .isEqualTo(Map.of("app:motd", text("hello"), "turns", number(2), "ratio", number(0.5)));
    }

    @Test
    void encode_temporaryKeys_areDropped() {
        assertThat(encoded(Map.of("temp:scratch", "x")).getFieldsMap()).isEmpty();
    }

    @Test
    void decodeState_removedKey_isHiddenButNotInADelta() {
        Struct state = encoded(Map.of("user:gone", TaggedValue.REMOVED, "here", 1L));

        assertThat(StateCodec.decodeState(state)).isEqualTo(Map.of("here", 1L));
        assertThat(StateCodec.decodeDelta(state)).containsEntry("user:gone", TaggedValue.REMOVED);
    }

    @Test
    void encodeOwn_fields_standBesideTheStateAndAreNoPartOfIt() {
        Encodings encodings = new Encodings();

        Struct own = StateCodec.encodeOwn(
                Map.of("a", 1L, "user:b", 2L), Map.of("a", Bytes.copyOf(new byte[] {1})), encodings);

        assertThat(StateCodec.decodeState(own)).isEqualTo(Map.of("a", 1L));
        assertThat(StateCodec.decodeFields(own)).isEqualTo(Map.of("a", Bytes.copyOf(new byte[] {1})));
        assertThat(encodings.counts()).isEqualTo(Map.of("bytes", 1));
    }

    @Test
    void encode_reservedAndIllFormedKeys_comeBackInTheirScope() {
        Map<String, Object> values =
                Map.of("session_ferry_fields", 1L, "user:a\ud83d", 2L, "app:session_ferry_key:x", 3L, "a\udc00", 4L);

        Struct state = encoded(values);

        assertThat(StateCodec.decodeState(state)).isEqualTo(values);
        assertThat(StateCodec.decodeFields(state)).isEmpty();
        assertThat(state.getFieldsMap().keySet())
                .anyMatch(key -> key.startsWith("user:"))
                .anyMatch(key -> key.startsWith("app:"))
                .allMatch(Texts::isWellFormed);
    }

    private static Struct encoded(Map<String, ?> values) {
        return StructValues.struct(StateCodec.encode(values, new Encodings()));
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Value number(double number) {
        return Value.newBuilder().setNumberValue(number).build();
    }
}
