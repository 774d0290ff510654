package io.github.sessionferry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.sessionferry.core.EventSelection;
import io.github.sessionferry.core.SessionErrorCode;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.testkit.redis.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rediss:} at a server behind a proxy that ends TLS with a certificate of its own. */
class RedisTlsTest {

    private static final SessionKey KEY = new SessionKey("app", "ada", "s1");
    private static final String PASSWORD = "changeit";

    @TempDir
    static Path folder;

    private static RedisServer server;
    private static TcpProxy door;

    @BeforeAll
    static void start() throws Exception {
        keytool("-genkeypair", "-alias", "door", "-keyalg", "RSA", "-dname", "CN=door", "-ext", "SAN=ip:127.0.0.1");
        keytool("-exportcert", "-alias", "door", "-rfc", "-file", certificate().toString());
        server = RedisServer.start();
        door = new TcpProxy(
                context().getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                server.port());
    }

    @AfterAll
    static void stop() throws IOException {
        door.close();
        server.close();
    }

    @Test
    void find_trustedCertificate_isAnswered() {
        try (SessionService service = open("?ca=" + certificate())) {
            assertThat(service.find(KEY, EventSelection.all())).isEmpty();
        }
    }

    @Test
    void find_unknownCertificate_isRefusedWithAdvice() {
        try (SessionService service = open("?timeout=5s")) {
            SessionException failure =
                    catchThrowableOfType(SessionException.class, () -> service.find(KEY, EventSelection.all()));

            assertThat(failure.code()).isEqualTo(SessionErrorCode.UNAVAILABLE);
            assertThat(failure).hasMessageContaining("ca=FILE");
        }
    }

    private static SessionService open(String parameters) {
        return SessionStores.open("rediss://" + RedisServer.HOST + ":" + door.port() + "/0" + parameters);
    }

    private static Path certificate() {
        return folder.resolve("door.pem");
    }

    private static SSLContext context() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(folder.resolve("door.p12"))) {
            keys.load(file, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of("-keystore", folder.resolve("door.p12").toString()));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
