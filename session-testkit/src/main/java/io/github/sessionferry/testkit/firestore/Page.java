package io.github.sessionferry.testkit.firestore;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * A page of names in their order.
 *
 * @param nextToken names the last item; empty if nothing follows
 */
record Page(List<String> names, String nextToken) {
    /** Takes the first names of those that follow the token's. */
    static Page of(Stream<String> namesAfterToken, int size) {
        List<String> names = namesAfterToken.limit(size + 1L).toList();
        return names.size() <= size
                ? new Page(names, "")
                : new Page(names.subList(0, size), encoded(names.get(size - 1)));
    }

    private static String encoded(String name) {
        return Base64.getUrlEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    /** The last name of the page before; empty for the first page. */
    static String lastName(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Failures.invalid("invalid page_token");
        }
    }

    /** The size asked for, or the service's own. */
    static int size(int asked, int standard) {
        if (asked < 0) {
            throw Failures.invalid("page_size is negative");
        }
        return asked == 0 ? standard : asked;
    }
}
