package io.github.sessionferry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.core.StoreUri;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisUrisTest {

    private static final Map<String, String> ENVIRONMENT = Map.of("SECRET", "from:env", "SENTINEL_SECRET", "watch");

    @Test
    void options_plainAddress_isOneServer() {
        RedisOptions options = options("redis://cache.example/3?timeout=700ms");

        assertThat(options.isCluster()).isFalse();
        assertThat(options.timeout()).isEqualTo(Duration.ofMillis(700));
        assertThat(options.name()).isEqualTo("redis:cache.example:6379/3");
        assertThat(server(options).isSsl()).isFalse();
        assertThat(server(options).getDatabase()).isEqualTo(3);
    }

    @Test
    void options_userAndPassword_areDecodedAndNotShown() {
        RedisOptions options = options("rediss://ada:p%40ss%3Aword@cache.example:7000");

        assertThat(credentials(server(options)).getUsername()).isEqualTo("ada");
        assertThat(credentials(server(options)).getPassword()).isEqualTo("p@ss:word".toCharArray());
        assertThat(server(options).isSsl()).isTrue();
        assertThat(List.of(options.name(), options.toString())).noneMatch(text -> text.contains("p@ss"));
    }

    @Test
    void options_passwordFromTheEnvironment_isTaken() {
        RedisOptions options = options("redis://ada@cache.example?password-env=SECRET");

        assertThat(credentials(server(options)).getUsername()).isEqualTo("ada");
        assertThat(credentials(server(options)).getPassword()).isEqualTo("from:env".toCharArray());
    }

    @Test
    void options_severalHosts_areACluster() {
        RedisOptions options = options("redis://one:7000,two:7001");

        assertThat(options.isCluster()).isTrue();
        assertThat(options.servers()).extracting(RedisURI::getHost).containsExactly("one", "two");
        assertThat(options("redis://one?cluster=true").isCluster()).isTrue();
    }

    @Test
    void options_sentinels_watchTheNamedPrimary() {
        RedisOptions options = options(
                "redis-sentinel://one,two:7001/2?master=main&password-env=SECRET&sentinel-password-env=SENTINEL_SECRET");

        assertThat(options.isCluster()).isFalse();
        assertThat(options.name()).isEqualTo("redis:one:26379,two:7001/main/2");
        assertThat(server(options).getSentinelMasterId()).isEqualTo("main");
        assertThat(server(options).getSentinels())
                .extracting(sentinel -> new String(credentials(sentinel).getPassword()))
                .containsExactly("watch", "watch");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis:",
                "redis://",
                "redis://host/db",
                "redis://host/1/2",
                "redis://host:99999",
                "redis://host:port",
                "redis://one,,two",
                "redis://ada@host",
                "redis://:secret@host?password-env=SECRET",
                "redis://host?password-env=MISSING",
                "redis://host?ca=/no/such/file",
                "redis-sentinel://host",
            })
    void options_wrongAddress_isRefusedWithoutThePassword(String address) {
        assertThatThrownBy(() -> options(address))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .isNotBlank()
                .doesNotContain("secret");
    }

    @Test
    void open_byServiceLoader_needsNoServer() {
        try (SessionService service = SessionStores.open("redis://:hidden@127.0.0.1:1/0?prefix=app:")) {
            assertThat(service.name()).isEqualTo("redis:127.0.0.1:1/0?prefix=app:");
            assertThat(service.toString()).doesNotContain("hidden");
        }
    }

    @Test
    void open_unknownParameterOrLayout_isRefused() {
        assertThatThrownBy(() -> SessionStores.open("redis://h?speed=9")).hasMessageContaining("speed");
        assertThatThrownBy(() -> SessionStores.open("redis://h?layout=adk")).hasMessageContaining("agent");
        assertThatThrownBy(() -> SessionStores.open("redis://h?prefix={x}")).hasMessageContaining("brace");
    }

    private static RedisOptions options(String address) {
        return new RedisUris(StoreUri.parse(address), ENVIRONMENT::get).options();
    }

    private static RedisURI server(RedisOptions options) {
        return options.servers().get(0);
    }

    private static RedisCredentials credentials(RedisURI uri) {
        return uri.getCredentialsProvider().resolveCredentials().block();
    }
}
