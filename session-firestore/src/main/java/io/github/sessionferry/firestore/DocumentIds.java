package io.github.sessionferry.firestore;

import com.google.common.base.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which strings Firestore takes as the id of a document, and a reversible form for those that it does not take.
 *
 * @see <a href="https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields">Firestore: limits</a>
 */
final class DocumentIds {

    private static final int MAX_BYTES = 1500;
    private static final String MARKER = "ferry~";
    private static final Pattern RESERVED = Pattern.compile("\\.\\.?|__.*__", Pattern.DOTALL);
    private static final Pattern ESCAPED = Pattern.compile("%([0-9A-F]{4})");

    private DocumentIds() {}

    static boolean isLegal(String id) {
        return isName(id) && id.indexOf('/') < 0 && Utf8.encodedLength(id) <= MAX_BYTES;
    }

    /** Whether a string that is short enough can be the name of a field. */
    static boolean isName(String name) {
        return !name.isEmpty() && isWellFormed(name) && !RESERVED.matcher(name).matches();
    }

    private static boolean isWellFormed(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /**
     * A legal id from which {@link #unescape} makes the text again: the text itself wherever possible.
     *
     * @return the id, or empty if it would be too long
     */
    static Optional<String> escape(String text) {
        return Optional.of(isLegal(text) && !text.startsWith(MARKER) ? text : escaped(text))
                .filter(DocumentIds::isLegal);
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(MARKER);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                escaped.append(c).append(text.charAt(++i));
            } else if (c == '/' || c == '%' || Character.isSurrogate(c)) {
                escaped.append("%%%04X".formatted((int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /** The text from which {@link #escape} made an id; an id that it did not make is taken as it is. */
    static String unescape(String id) {
        if (!id.startsWith(MARKER)) {
            return id;
        }
        Matcher matcher = ESCAPED.matcher(id.substring(MARKER.length()));
        String text = matcher.replaceAll(
                match -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(match.group(1), 16))));
        return escaped(text).equals(id) ? text : id;
    }
}
