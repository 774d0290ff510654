package io.github.sessionferry.cli;

/** Makes texts from elsewhere fit for a terminal. Thread-safe. */
final class Printable {

    private static final int LONGEST_ID = 60;

    private Printable() {}

    /** The text in one line, without control characters and without what would reverse the direction of writing. */
    static String line(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            int type = Character.getType(character);
            if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE) {
                line.append(String.format("\\u%04x", character));
            } else {
                line.appendCodePoint(character);
            }
        });
        return line.toString();
    }

    /** An id in one line that is not too long. */
    static String id(String id) {
        if (id.isEmpty()) {
            return "(empty)";
        }
        int length = id.codePointCount(0, id.length());
        return length <= LONGEST_ID
                ? line(id)
                : line(id.substring(0, id.offsetByCodePoints(0, LONGEST_ID))) + "… (" + length + " characters)";
    }
}
