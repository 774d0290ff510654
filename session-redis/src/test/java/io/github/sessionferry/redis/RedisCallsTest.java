package io.github.sessionferry.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.testkit.redis.RedisServer;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisCallsTest {

    private static RedisServer server;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeAll
    static void startServer() {
        server = RedisServer.startDurable();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    @Test
    void read_serverAnswers_isTheAnswer() {
        RedisCalls calls = calls(RedisAccess.uri(server));
        RedisAccess.run(server, commands -> commands.set("greeting", "hello"));

        byte[] value = calls.read("find", null, commands -> commands.get("greeting"));

        assertThat(value).asString(UTF_8).isEqualTo("hello");
    }

    @Test
    void read_nobodyListens_failsAtOnceWithHostAndPort() throws IOException {
        int unused = unusedPort();
        RedisCalls calls = calls(RedisURI.create(RedisServer.HOST, unused), Duration.ofMinutes(1));

        SessionException failure = failure(() -> calls.read("find", null, commands -> commands.get("k")));

        assertThat(failure.code()).isEqualTo(SessionErrorCode.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("Connection refused").hasMessageContaining(":" + unused);
    }

    @Test
    void change_serverRestartsMeanwhile_isDoneOnce() {
        RedisCalls calls = calls(RedisAccess.uri(server));
        calls.change("append", null, (commands, maybeApplied) -> commands.set("counter", "0".getBytes(UTF_8)));

        server.kill();
        CompletableFuture<Long> change = CompletableFuture.supplyAsync(
                () -> calls.change("append", null, (commands, maybeApplied) -> commands.incr("counter")));
        server.restart();

        assertThat(change).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(1L);
        assertThat(stored("counter")).isEqualTo("1");
    }

    @Test
    void change_answerIsLost_isTriedAgainAsMaybeApplied_andNotSentByTheClientItself() throws IOException {
        TcpProxy proxy = open(TcpProxy.to(server.port()));
        RedisCalls calls = calls(RedisURI.create(RedisServer.HOST, proxy.port()));
        calls.change("append", null, (commands, maybeApplied) -> commands.set("lost", "0".getBytes(UTF_8)));
        proxy.loseAnswers(1, "INCR");
        List<Boolean> attempts = new ArrayList<>();

        calls.change("append", null, (commands, maybeApplied) -> {
            attempts.add(maybeApplied);
            return maybeApplied ? CompletableFuture.completedFuture(0L) : commands.incr("lost");
        });

        assertThat(attempts).containsExactly(false, true);
        assertThat(proxy.lost()).isEqualTo(1);
        assertThat(stored("lost")).isEqualTo("1");
    }

    @Test
    void change_neverAnswered_isAmbiguousWithinTwiceTheTimeout() throws IOException {
        TcpProxy proxy = open(TcpProxy.to(server.port()));
        RedisCalls calls = calls(RedisURI.create(RedisServer.HOST, proxy.port()), Duration.ofMillis(500));
        proxy.loseAnswers(Integer.MAX_VALUE, "INCR");
        long begin = System.nanoTime();

        SessionException failure =
                failure(() -> calls.change("append", null, (commands, maybeApplied) -> commands.incr("ambiguous")));

        assertThat(failure.code()).isEqualTo(SessionErrorCode.AMBIGUOUS);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void read_serverHangs_failsBeforeItAnswersAgain() {
        RedisCalls calls = calls(RedisAccess.uri(server), Duration.ofMillis(300));
        calls.read("find", null, commands -> commands.get("k"));
        RedisAccess.run(server, commands -> commands.clientPause(3_000));

        SessionException failure = failure(() -> calls.read("find", null, commands -> commands.get("k")));

        assertThat(failure.code()).isEqualTo(SessionErrorCode.UNAVAILABLE);
    }

    @Test
    void call_afterClose_isRefused() {
        RedisCalls calls = calls(RedisAccess.uri(server));
        calls.read("find", null, commands -> commands.get("k"));
        calls.close();

        assertThat(failure(() -> calls.read("find", null, commands -> commands.get("k")))
                        .code())
                .isEqualTo(SessionErrorCode.CLOSED);
    }

    private static String stored(String key) {
        return RedisAccess.run(server, commands -> commands.get(key));
    }

    private RedisCalls calls(RedisURI uri) {
        return calls(uri, Duration.ofSeconds(10));
    }

    private RedisCalls calls(RedisURI uri, Duration timeout) {
        RedisOptions options = RedisOptions.builder(uri).timeout(timeout).build();
        return open(new RedisCalls(options.name(), options));
    }

    private <T extends AutoCloseable> T open(T closeable) {
        opened.add(0, closeable);
        return closeable;
    }

    private static SessionException failure(ThrowingCallable call) {
        SessionException failure = catchThrowableOfType(SessionException.class, call);
        assertThat(failure).isNotNull();
        return failure;
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
