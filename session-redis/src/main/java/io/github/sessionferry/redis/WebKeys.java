package io.github.sessionferry.redis;

import io.github.sessionferry.core.SessionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the keys of the web sessions of one application are named, and whose they are.
 *
 * @param appName the application, which no key names
 * @param userKey the key of the state that holds the user's id; {@code null} if every session is a visitor's
 * @param categories what stands where
 * @param cluster whether the id stands in braces, so that the keys of a session share a hash slot
 */
record WebKeys(String appName, @Nullable String userKey, WebCategories categories, boolean cluster) {

    /** The category of what is ours. */
    static final String OURS = "ferry";

    static final String ALL = "session:*";

    private static final int LONGEST_ID = 512;
    private static final Pattern KEY = Pattern.compile("session:([^:]+):(.*)", Pattern.DOTALL);

    /** Whether a session stands under keys that other readers look for; whether it does tells its state. */
    boolean isPlain(SessionKey key) {
        return key.appName().equals(appName) && isPlainId(key.sessionId());
    }

    private static boolean isPlainId(String id) {
        if (id.isEmpty() || id.length() > LONGEST_ID) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char letter = id.charAt(i);
            if (letter <= ' ' || letter > '~' || letter == ':' || letter == '{' || letter == '}') {
                return false;
            }
        }
        return true;
    }

    /** All keys of a session, ours first. */
    List<String> of(String id) {
        List<String> keys = new ArrayList<>();
        keys.add(key(OURS, id));
        categories.all().forEach(category -> keys.add(key(category.name(), id)));
        return keys;
    }

    private String key(String category, String id) {
        return "session:" + category + ":" + (cluster ? "{" + id + "}" : id);
    }

    /**
     * What a key of the database tells.
     *
     * @param id the session's id; empty if the key belongs to no session of this layout
     * @param wrong why it does not; empty if it does
     */
    record Told(String id, String wrong) {}

    Told tell(String key) {
        Matcher parts = KEY.matcher(key);
        if (!parts.matches()) {
            return new Told("", "the key is not made of session, a category and an id");
        }
        String category = parts.group(1);
        if (!category.equals(OURS)
                && categories.all().stream().noneMatch(known -> known.name().equals(category))) {
            return new Told("", "the category is none of those configured; add it to the category file");
        }
        String rest = parts.group(2);
        boolean isBraced = rest.startsWith("{") && rest.endsWith("}");
        if (cluster && !isBraced) {
            return new Told("", "in a cluster the id stands in braces, so that the keys of a session are together");
        }
        String id = cluster ? rest.substring(1, rest.length() - 1) : rest;
        return isPlainId(id)
                ? new Told(id, "")
                : new Told(
                        "",
                        "the id is not made of 1 to 512 printable ASCII characters without space, colon and braces");
    }

    /** The place of the category of the user's key among all, from 1; 0 if there is none. */
    int userCategory() {
        return userKey == null ? 0 : categories.placeOf(userKey) + 1;
    }

    SessionKey key(String id, Map<String, ? extends @Nullable Object> state) {
        return new SessionKey(appName, userOf(state), id);
    }

    private String userOf(Map<String, ? extends @Nullable Object> state) {
        Object user = userKey == null ? null : state.get(userKey);
        return user instanceof String || user instanceof Long ? user.toString() : "";
    }
}
