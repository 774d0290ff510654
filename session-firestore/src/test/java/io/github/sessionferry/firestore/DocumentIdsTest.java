package io.github.sessionferry.firestore;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentIdsTest {

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "__x__", "a\ud800", "\udc00\ud800", "ferry~a", "%2F/%"})
    void escape_idThatFirestoreRefuses_isLegalAndComesBack(String id) {
        String escaped = DocumentIds.escape(id).orElseThrow();

        assertThat(DocumentIds.isLegal(escaped)).isTrue();
        assertThat(escaped).isNotEqualTo(id);
        assertThat(DocumentIds.unescape(escaped)).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ada", "a b", "%41", "a\nb", "\ud83d\ude80", "__", ".a", "~"})
    void escape_legalId_stays(String id) {
        assertThat(DocumentIds.escape(id)).contains(id);
        assertThat(DocumentIds.unescape(id)).isEqualTo(id);
    }

    @Property
    void escape_anyText_comesBack(@ForAll @StringLength(max = 100) String id) {
        assertThat(DocumentIds.escape(id).map(DocumentIds::unescape)).contains(id);
    }

    @Test
    void unescape_idThatEscapeNeverMakes_stays() {
        assertThat(DocumentIds.unescape("ferry~plain%0041")).isEqualTo("ferry~plain%0041");
    }

    @Test
    void isLegal_length_isCountedInBytes() {
        assertThat(DocumentIds.isLegal("x".repeat(1500))).isTrue();
        assertThat(DocumentIds.isLegal("x".repeat(1501))).isFalse();
        assertThat(DocumentIds.isLegal("\u00e9".repeat(751))).isFalse();
        assertThat(DocumentIds.escape("x".repeat(1501))).isEmpty();
    }
}
