package io.github.sessionferry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebCategoriesTest {

    private static final String FILE = """
            {"categories": [
               {"name": "auth", "ttl_seconds": 60, "keys": ["user_id", "login_*"]},
               {"name": "result", "form": "string", "ttl_seconds": 5, "keys": ["login_result"]},
               {"name": "rest"}],
             "unlisted": "rest"}
            """;

    @TempDir
    Path folder;

    private WebCategories read(String json) throws IOException {
        return WebCategories.read(Files.writeString(folder.resolve("categories.json"), json));
    }

    @Test
    void of_exactKeysPatternsAndOthers_findsTheirCategory() throws IOException {
        WebCategories categories = read(FILE);

        assertThat(categories.of("user_id").name()).isEqualTo("auth");
        assertThat(categories.of("login_time").name()).isEqualTo("auth");
        assertThat(categories.of("login_result").name()).isEqualTo("result");
        assertThat(categories.of("my_login_time").name()).isEqualTo("rest");
        assertThat(categories.of("user_id").ttl()).contains(Duration.ofMinutes(1));
        assertThat(categories.of("anything").ttl()).isEmpty();
    }

    @Test
    void standard_isTheTableOfTheDocuments() {
        WebCategories categories = WebCategories.standard();

        assertThat(categories.of("csrf_token").name()).isEqualTo("security");
        assertThat(categories.of("gemini_3way_analysis").form()).isEqualTo(WebCategories.Form.STRING);
        assertThat(categories.of("usage_count").ttl()).contains(Duration.ofDays(1));
        assertThat(categories.of("whatever").name()).isEqualTo("other");
    }

    @Test
    void read_whatIsWrong_namesTheFileAndTheField() {
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put(FILE.replace("ttl_seconds", "ttlSeconds"), "categories[0] has the unknown field 'ttlSeconds'");
        wrong.put(FILE.replace("\"unlisted\"", "\"default\""), "unlisted");
        wrong.put(FILE.replace("{\"categories\"", "{\"version\": 1, \"categories\""), "unknown field 'version'");
        wrong.put(FILE.replace("60", "0"), "categories[0].ttl_seconds");
        wrong.put(FILE.replace("60", "\"1h\""), "categories[0].ttl_seconds");
        wrong.put(FILE.replace("\"string\"", "\"list\""), "categories[1].form");
        wrong.put(FILE.replace("\"login_result\"", "\"a\", \"b\""), "exactly one key");
        wrong.put(FILE.replace("\"rest\"}]", "\"auth\"}]"), "two categories have the name auth");
        wrong.put(FILE.replace("\"login_result\"", "\"user_id\""), "two categories have the key user_id");
        wrong.put(FILE.replace("\"rest\"}]", "\"ferry\"}]"), "ferry");
        wrong.put(FILE.replace("\"rest\"}]", "\"a:b\"}]"), "a:b");
        wrong.put(FILE.replace(": \"rest\"}\n", ": \"result\"}\n"), "form hash");
        wrong.put(FILE.replace("\"user_id\"", "7"), "categories[0].keys");
        wrong.put("[]", "no JSON object");
        wrong.put("{", "JSON");

        wrong.forEach((json, told) -> assertThatThrownBy(() -> read(json))
                .as(told)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("categories.json")
                .hasMessageContaining(told));
        assertThatThrownBy(() -> WebCategories.read(folder.resolve("absent.json")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("absent.json");
    }
}
