package io.github.sessionferry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.NewSession;
import io.github.sessionferry.core.ScanCursor;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.testkit.redis.RedisServer;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told when a server refuses. */
class RedisFailuresTest {

    private static final SessionKey KEY = new SessionKey("app", "ada", "s1");

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    @Test
    void anyCall_wrongPassword_asksForCredentials() {
        RedisServer server = open(RedisServer.start("--requirepass", "right-one"));

        SessionException wrong =
                failure(() -> service("redis://:wrong-one@", server, "").find(KEY, EventSelection.all()));
        SessionException none = failure(() -> service("redis://", server, "").find(KEY, EventSelection.all()));

        assertThat(List.of(wrong.code(), none.code())).containsOnly(SessionErrorCode.UNAUTHENTICATED);
        assertThat(trace(wrong)).doesNotContain("wrong-one");
        assertThat(service("redis://:right-one@", server, "").find(KEY, EventSelection.all()))
                .isEmpty();
    }

    @Test
    void anyCall_connectionClosedBeforeItSaysWhy_isMadeOnceMore() throws IOException {
        RedisServer server = open(RedisServer.start("--requirepass", "right-one"));
        TcpProxy proxy = open(TcpProxy.to(server.port()));
        proxy.loseAnswers(1, "HELLO");

        SessionException refused =
                failure(() -> open(SessionStores.open("redis://:wrong-one@" + RedisServer.HOST + ":" + proxy.port()))
                        .find(KEY, EventSelection.all()));

        assertThat(proxy.lost()).isOne();
        assertThat(refused.code()).isEqualTo(SessionErrorCode.UNAUTHENTICATED);
    }

    @Test
    void create_userWithoutTheRight_isDenied() {
        RedisServer server = open(RedisServer.start());
        RedisAccess.run(
                server,
                commands -> commands.dispatch(
                        CommandType.ACL,
                        new StatusOutput<>(StringCodec.UTF8),
                        new CommandArgs<>(StringCodec.UTF8)
                                .add("SETUSER")
                                .add("reader")
                                .add("on")
                                .add(">pw")
                                .add("~*")
                                .add("+@read")
                                .add("+@connection")));

        SessionException failure = failure(() -> create(service("redis://reader:pw@", server, "")));

        assertThat(failure.code()).isEqualTo(SessionErrorCode.PERMISSION_DENIED);
    }

    @Test
    void create_atAReplica_isRefusedWithAdvice() {
        RedisServer primary = open(RedisServer.start());
        RedisServer replica = open(RedisServer.start("--replicaof", RedisServer.HOST, "" + primary.port()));

        SessionException failure = failure(() -> create(service("redis://", replica, "")));

        assertThat(failure.code()).isEqualTo(SessionErrorCode.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("primary");
    }

    @Test
    void create_memoryUsedUp_isRefusedWithAdvice_andReadingGoesOn() {
        RedisServer server = open(RedisServer.start("--maxmemory-policy", "noeviction"));
        SessionService service = service("redis://", server, "");
        create(service);
        RedisAccess.run(server, commands -> commands.configSet("maxmemory", "1"));

        SessionException failure =
                failure(() -> service.create(NewSession.builder("app", "ada").build()));

        assertThat(failure.code()).isEqualTo(SessionErrorCode.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("maxmemory");
        assertThat(service.find(KEY, EventSelection.all())).isPresent();
    }

    @Test
    void find_keyOfAnotherType_isCorrupt_andScanTellsIt() {
        RedisServer server = open(RedisServer.start());
        SessionService service = service("redis://", server, "");
        create(service);
        String key = SessionKeys.of("ferry:", KEY).session();
        RedisAccess.run(server, commands -> commands.set(key, "stray"));

        assertThat(failure(() -> service.find(KEY, EventSelection.all())).code())
                .isEqualTo(SessionErrorCode.CORRUPT);
        assertThat(service.scan(ScanCursor.START, 10).unreadable())
                .singleElement()
                .satisfies(record -> assertThat(record.location()).isEqualTo(key));
    }

    @Test
    void find_eventsEvicted_isCorruptInsteadOfShort() {
        RedisServer server = open(RedisServer.start());
        SessionService service = service("redis://", server, "");
        create(service);
        service.append(KEY, TestEvents.event("e1", 1));
        RedisAccess.run(
                server, commands -> commands.del(SessionKeys.of("ferry:", KEY).events()));

        assertThat(failure(() -> service.find(KEY, EventSelection.all())).code())
                .isEqualTo(SessionErrorCode.CORRUPT);
    }

    @Test
    void anyCall_databaseThatIsNotThere_isToldSo() {
        RedisServer server = open(RedisServer.start());

        SessionException failure =
                failure(() -> service("redis://", server, "/99").find(KEY, EventSelection.all()));

        assertThat(failure.code()).isEqualTo(SessionErrorCode.STORE_NOT_FOUND);
    }

    private static void create(SessionService service) {
        service.create(NewSession.builder(KEY).state(Map.of("k", 1L)).build());
    }

    private SessionService service(String begin, RedisServer server, String end) {
        return open(SessionStores.open(begin + RedisServer.HOST + ":" + server.port() + end));
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

    private static String trace(Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }
}
