package io.github.sessionferry.migration.internal;

import io.github.sessionferry.core.codec.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tells where an exception comes from without its message: those of other libraries may quote what a session contains.
 * Thread-safe: static methods only.
 */
public final class Traces {

    private static final int MOST_CAUSES = 5;
    private static final int MOST_FRAMES = 20;

    private Traces() {}

    /**
     * The classes of an exception and of its causes, each with the places that it passed.
     *
     * @param exception the exception
     * @return a JSON array of strings, for a log line
     */
    public static String withoutMessages(Throwable exception) {
        List<String> lines = new ArrayList<>();
        Throwable told = exception;
        for (int depth = 0; told != null && depth < MOST_CAUSES; depth++) {
            lines.add(told.getClass().getName());
            Arrays.stream(told.getStackTrace())
                    .limit(MOST_FRAMES)
                    .map(frame -> "at " + frame)
                    .forEach(lines::add);
            told = told.getCause();
        }
        return Json.write(lines);
    }
}
