package io.github.sessionferry.firestore;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The words of a message by which ADK for Java searches, in its own order. Its list of words that are no keywords is the
 * one that it has unless it is configured otherwise. Thread-safe: static methods only.
 */
final class Keywords {

    private static final Pattern WORD = Pattern.compile("[A-Za-z]+");
    private static final Set<String> STOP_WORDS = Set.of(
            "a", "an", "and", "are", "as", "at", "be", "but", "by", "could", "for", "got", "help", "how", "i", "if",
            "in", "into", "is", "it", "like", "make", "need", "no", "not", "of", "on", "or", "should", "such", "that",
            "the", "their", "then", "there", "these", "they", "this", "to", "was", "what", "when", "where", "why",
            "will", "with", "would");

    private Keywords() {}

    /** The keywords of a content's texts; empty if there are none. */
    static List<String> of(Map<String, @Nullable Object> content) {
        // ADK takes them from such a set, so that this one has them in the same order.
        Set<String> keywords = new HashSet<>();
        if (content.get(JavaContent.PARTS) instanceof List<?> parts) {
            for (Object part : parts) {
                if (part instanceof Map<?, ?> fields && fields.get("text") instanceof String text) {
                    WORD.matcher(text)
                            .results()
                            .map(word -> word.group().toLowerCase(Locale.ROOT))
                            .filter(word -> !STOP_WORDS.contains(word))
                            .forEach(keywords::add);
                }
            }
        }
        return new ArrayList<>(keywords);
    }
}
