package io.github.sessionferry.benchmarks;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.testkit.redis.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Session files of a web application to a real Redis: the whole migration, beside a script that sends the same commands one
 * after the other, and beside {@code redis-cli --pipe} that is fed with them.
 */
final class WebMeasurement implements Measurement {

    private static final int SESSIONS = Integer.getInteger("web.sessions", 100_000);
    private static final int SESSIONS_OF_SCRIPT = Math.min(SESSIONS, 10_000);
    private static final String REDIS_CLI = System.getProperty("redis.cli", "redis-cli");
    private static final int WARM_UPS = 2;
    private static final int RUNS = 5;

    @Override
    public String name() {
        return "web";
    }

    /** A way to bring all files to an empty server. */
    private interface Way {
        void bring() throws Exception;
    }

    @Override
    public void run(Figures figures) throws Exception {
        requireRedisCli();
        try (TemporaryFolder folder = TemporaryFolder.create();
                RedisServer server = RedisServer.start();
                RedisClient client = RedisClient.create(server.address())) {
            RedisCommands<String, String> redis = client.connect().sync();
            Path sessions = Files.createDirectory(folder.path().resolve("sessions"));
            WebFiles.write(sessions, SESSIONS);
            Path commands = folder.path().resolve("commands");
            prepare(sessions, commands);

            double pipe = perSecond(redis, SESSIONS, RUNS, () -> pipe(server, commands));
            double script = perSecond(redis, SESSIONS_OF_SCRIPT, 1, () -> script(redis, sessions));
            double ours = perSecond(redis, SESSIONS, WARM_UPS + RUNS, () -> migrate(sessions, server));
            String load = String.format(Locale.ROOT, "%,d session files", SESSIONS);
            figures.add(
                    "a script, command after command",
                    String.format(Locale.ROOT, "%,d of %s", SESSIONS_OF_SCRIPT, load),
                    "%,.0f sessions/s",
                    script);
            figures.add("redis-cli --pipe", load + " made commands before", "%,.0f sessions/s", pipe);
            figures.add(
                    "migrate, web files to Redis",
                    load + String.format(Locale.ROOT, ", median of %d runs", RUNS),
                    "%,.0f sessions/s: %.1f × the script, %.2f × redis-cli",
                    ours,
                    ours / script,
                    ours / pipe);
        }
    }

    private static void requireRedisCli() throws InterruptedException {
        try {
            new ProcessBuilder(REDIS_CLI, "--version").start().waitFor();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "there is no " + REDIS_CLI + "; install redis-tools, or name it with -Dredis.cli=PATH", e);
        }
    }

    /** The median of the last runs. */
    private static double perSecond(RedisCommands<String, String> redis, int sessions, int runs, Way way)
            throws Exception {
        double[] seconds = new double[runs];
        for (int i = 0; i < runs; i++) {
            redis.flushall();
            long begin = System.nanoTime();
            way.bring();
            seconds[i] = (System.nanoTime() - begin) / 1e9;
            long brought = redis.keys("session:security:*").size();
            if (brought != sessions) {
                throw new IllegalStateException(brought + " of " + sessions + " sessions are there");
            }
        }
        int measured = Math.min(runs, RUNS);
        double[] last = Arrays.copyOfRange(seconds, runs - measured, runs);
        Arrays.sort(last);
        return sessions / last[measured / 2];
    }

    private static void migrate(Path sessions, RedisServer server) {
        try (SessionService from = SessionStores.open("file:" + sessions + "?layout=web");
                SessionService to = SessionStores.open(server.address() + "?layout=web")) {
            MigrationReport report = Migrator.builder(from, to).build().run();
            if (report.counts().created() != SESSIONS) {
                throw new IllegalStateException("not all sessions were migrated: " + report.counts());
            }
        }
    }

    private static void script(RedisCommands<String, String> redis, Path sessions) throws IOException {
        try (Stream<Path> files = Files.list(sessions)) {
            for (Path file : (Iterable<Path>) files.limit(SESSIONS_OF_SCRIPT)::iterator) {
                ScriptedPart.of(file).forEach(part -> part.send(redis));
            }
        }
    }

    private static void pipe(RedisServer server, Path commands) throws IOException, InterruptedException {
        int code = new ProcessBuilder(REDIS_CLI, "-h", RedisServer.HOST, "-p", "" + server.port(), "--pipe")
                .redirectInput(commands.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("redis-cli ended with exit code " + code);
        }
    }

    /** Writes the commands as Redis reads them. */
    private static void prepare(Path sessions, Path commands) throws IOException {
        try (Stream<Path> files = Files.list(sessions);
                Writer out = Files.newBufferedWriter(commands)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                for (ScriptedPart part : ScriptedPart.of(file)) {
                    out.write(part.protocol());
                }
            }
        }
    }
}
