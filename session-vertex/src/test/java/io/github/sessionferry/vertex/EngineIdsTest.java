package io.github.sessionferry.vertex;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.codec.DerivedId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineIdsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "7",
                "s1",
                "8361529023012864000",
                "6f1c2a5e-8f4b-4f0a-9a3e-2b7c1d0e9f84",
                "abcdefghijklmnopqrstuvwxyz0123456789-abcdefghijklmnopqrstuvwxyz"
            })
    void candidates_legalId_areTheIdAndThenADerivedOne(String id) {
        SessionKey key = new SessionKey("app", "user", id);

        assertThat(EngineIds.candidates(key)).containsExactly(id, DerivedId.of(key));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-a",
                "a-",
                "-",
                "A",
                "a_b",
                "a/b",
                "a\n",
                "é",
                "..",
                "abcdefghijklmnopqrstuvwxyz0123456789-abcdefghijklmnopqrstuvwxyz0"
            })
    void candidates_illegalId_areADerivedOneThatIsLegal(String id) {
        SessionKey key = new SessionKey("app", "user", id);

        assertThat(EngineIds.candidates(key))
                .singleElement()
                .satisfies(derived -> assertThat(derived).isNotEqualTo(id).matches("[a-z0-9][a-z0-9-]{0,61}[a-z0-9]"));
    }
}
