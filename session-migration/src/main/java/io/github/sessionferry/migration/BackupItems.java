package io.github.sessionferry.migration;

import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SharedScope;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a backup deals with, in forms that can be kept: a {@link SessionKey} as three texts, a {@link SharedScope} as two or
 * one, the place of a record as itself. Thread-safe: static methods only.
 */
final class BackupItems {

    private BackupItems() {}

    static Object write(Object item) {
        return item instanceof String place ? place : parts(item);
    }

    private static List<String> parts(Object item) {
        if (item instanceof SessionKey key) {
            return List.of(key.appName(), key.userId(), key.sessionId());
        }
        SharedScope scope = (SharedScope) item;
        List<String> parts = new ArrayList<>(List.of(scope.appName()));
        scope.userId().ifPresent(parts::add);
        return parts;
    }

    static Object read(@Nullable Object written) {
        if (written instanceof String place) {
            return place;
        }
        if (written instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            List<String> parts = list.stream().map(String.class::cast).toList();
            return switch (parts.size()) {
                case 1 -> SharedScope.app(parts.get(0));
                case 2 -> SharedScope.user(parts.get(0), parts.get(1));
                case 3 -> new SessionKey(parts.get(0), parts.get(1), parts.get(2));
                default -> throw unknown();
            };
        }
        throw unknown();
    }

    private static IllegalArgumentException unknown() {
        return new IllegalArgumentException("neither a session, a scope nor a place");
    }

    /** What a key or scope is looked up by: no two have the same, also with lone surrogates, which have no UTF-8. */
    static byte[] bytes(Object item) {
        List<String> parts = parts(item);
        int size = parts.stream()
                .mapToInt(part -> Integer.BYTES + Character.BYTES * part.length())
                .sum();
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + size).putInt(parts.size());
        for (String part : parts) {
            bytes.putInt(part.length());
            CharBuffer.wrap(part).chars().forEach(unit -> bytes.putChar((char) unit));
        }
        return bytes.array();
    }
}
