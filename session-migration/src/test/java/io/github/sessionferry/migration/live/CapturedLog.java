package io.github.sessionferry.migration.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import org.slf4j.LoggerFactory;
import org.slf4j.simple.SimpleLogger;

/** What one logger writes, which is silent in other tests, from its level WARN on. Not thread-safe. */
final class CapturedLog implements AutoCloseable {

    private static final int WARN = 30;

    private final SimpleLogger logger;
    private final int level;
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

    CapturedLog(Class<?> name) {
        logger = (SimpleLogger) LoggerFactory.getLogger(name);
        level = setLevel(WARN);
        System.setErr(new PrintStream(lines, true, UTF_8));
    }

    String lines() {
        return lines.toString(UTF_8);
    }

    @Override
    public void close() {
        System.setErr(err);
        var unused = setLevel(level);
    }

    /** The level can otherwise only be set before the first use of the logger. */
    private int setLevel(int next) {
        try {
            Field field = SimpleLogger.class.getDeclaredField("currentLogLevel");
            field.setAccessible(true);
            int before = field.getInt(logger);
            field.setInt(logger, next);
            return before;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("slf4j-simple keeps its level elsewhere", e);
        }
    }
}
