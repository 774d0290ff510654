package io.github.sessionferry.vertex;

/** Filters in the service's language; whatever they answer is checked again. */
final class Filters {

    private Filters() {}

    static String user(String userId) {
        return "user_id=\"" + userId.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
