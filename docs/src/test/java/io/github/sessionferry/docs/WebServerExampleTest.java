package io.github.sessionferry.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.SettablePlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.migration.Migrator;
import io.github.sessionferry.migration.live.StagedSessionService;
import io.github.sessionferry.testkit.redis.RedisServer;
import java.io.IOException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example of docs/web-server.md, called by real clients while its sessions move from files to a real Redis. */
@Timeout(120)
class WebServerExampleTest {

    private static final String CATEGORIES = """
            {"categories": [{"name": "visit", "ttl_seconds": 1800}], "unlisted": "visit"}
            """;

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SettablePlan plan = new SettablePlan(RolloutPlan.everybodyIn(Stage.SOURCE_ONLY));
    private RedisServer redis;
    private SessionService source;
    private SessionService target;
    private StagedSessionService staged;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        redis = RedisServer.start();
        Path categories = Files.writeString(folder.resolve("categories.json"), CATEGORIES);
        source = SessionStores.open("file:" + folder.resolve("sessions") + "?layout=web&ttl=30m&create=true");
        target = SessionStores.open(redis.address() + "?layout=web&categories=" + categories);
        staged = StagedSessionService.builder(source, target, plan)
                .debtFile(folder.resolve("debt.jsonl"))
                .build();

        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", new VisitCounter(staged.serviceFor(null, Channel.TEXT)));
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdown();
        staged.close();
        target.close();
        source.close();
        redis.close();
    }

    private static HttpClient visitor() {
        return HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"));
    }

    private long visit(HttpClient visitor) throws IOException, InterruptedException {
        HttpResponse<String> answer = visitor.send(request().build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return Long.parseLong(answer.body());
    }

    private void moveTo(Stage stage) {
        if (stage == Stage.SHADOW) {
            assertThat(Migrator.builder(source, target).build().run().succeeded())
                    .isTrue();
        }
        assertThat(staged.settleDebt()).isZero();
        plan.set(RolloutPlan.everybodyIn(stage).withSettled(false));
        while (!staged.isDrained()) {
            Thread.onSpinWait();
        }
        plan.set(RolloutPlan.everybodyIn(stage));
    }

    @Test
    void counter_whileSessionsMoveFromFilesToRedis_goesOnForEachVisitor() throws IOException, InterruptedException {
        HttpClient steady = visitor();
        HttpClient seldom = visitor();
        assertThat(visit(seldom)).isEqualTo(1);
        long visits = 0;

        for (Stage stage : Stage.values()) {
            if (stage != Stage.SOURCE_ONLY) {
                moveTo(stage);
            }
            for (int i = 0; i < 5; i++) {
                assertThat(visit(steady)).as("in %s", stage).isEqualTo(++visits);
            }
            assertThat(visit(visitor())).as("a new visitor in %s", stage).isEqualTo(1);
        }

        assertThat(visit(seldom)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sid",
                "sid=",
                "sid=../../../etc/passwd",
                "sid=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "sid=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:other",
                "other=x; sid={\"$ne\":1}"
            })
    void visit_withACookieThatNamesNoSession_beginsANewOne(String cookie) throws IOException, InterruptedException {
        HttpRequest request = request().header("Cookie", cookie).build();

        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("1");
        assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow())
                .doesNotContain("AAAAAAAA")
                .matches("sid=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax; Max-Age=1800");
    }

    @Test
    void visit_whenNoStoreAnswers_isToldSo() throws IOException, InterruptedException {
        source.close();

        HttpResponse<String> answer = visitor().send(request().build(), HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(503);
    }
}
