package io.github.sessionferry.testkit.agentengine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;

/** Where the last page ended, bound to the question that it answered. */
final class PageToken {
    private PageToken() {}

    static String after(Object question, long... position) {
        String text = Objects.hashCode(question) + Arrays.toString(position);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws RpcException INVALID_ARGUMENT if the token was not made for the same question */
    static Optional<long[]> parse(String token, Object question) {
        if (token.isEmpty()) {
            return Optional.empty();
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            String position = text.substring(text.indexOf('[') + 1, text.length() - 1);
            long[] parsed = Arrays.stream(position.split(", "))
                    .mapToLong(Long::parseLong)
                    .toArray();
            if (after(question, parsed).equals(token)) {
                return Optional.of(parsed);
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw invalid();
        }
        throw invalid();
    }

    private static RpcException invalid() {
        return RpcException.invalidField("page_token", "Invalid page token.");
    }
}
