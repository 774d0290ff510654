package io.github.sessionferry.testkit.firestore;

import java.util.Comparator;
import java.util.List;

/** The order of Firestore's strings, ids and field names: that of their UTF-8 bytes. Immutable. */
final class Utf8Order {
    /** Sorts after every string that can travel in a protobuf message, as none starts with a low surrogate. */
    static final String LAST = "\uDFFF";

    static final Comparator<String> STRINGS = Utf8Order::compare;

    private Utf8Order() {}

    /** UTF-16 order differs from UTF-8 order only in that surrogates come before U+E000 to U+FFFF. */
    static int compare(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean aIsSurrogate = Character.isSurrogate(a);
                return aIsSurrogate == Character.isSurrogate(b) ? Character.compare(a, b) : aIsSurrogate ? 1 : -1;
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    /** Compares segment by segment; a prefix comes first. */
    static int compare(List<String> left, List<String> right) {
        int common = Math.min(left.size(), right.size());
        for (int i = 0; i < common; i++) {
            int order = compare(left.get(i), right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.size(), right.size());
    }
}
