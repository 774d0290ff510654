package io.github.sessionferry.redis;

import static java.util.Objects.requireNonNull;

import io.github.sessionferry.core.codec.DocumentReader;
import io.github.sessionferry.core.codec.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which keys of a web session stand in which category, in what form, and how long a category lives after it was written.
 *
 * <p>A key belongs to the category that names it; else to the first one that has a pattern for it; else to the one for
 * unlisted keys. Immutable.
 *
 * @since 0.1
 */
public final class WebCategories {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Set<String> FIELDS = Set.of("name", "keys", "ttl_seconds", "form");

    private final List<Category> all;
    private final int unlisted;
    private final Map<String, Integer> exact = new HashMap<>();
    private final Map<Pattern, Integer> patterns = new LinkedHashMap<>();

    private WebCategories(List<Category> all, Category unlisted) {
        this.all = List.copyOf(all);
        this.unlisted = all.indexOf(unlisted);
        for (int place = 0; place < all.size(); place++) {
            for (String key : all.get(place).keys()) {
                if (key.contains("*")) {
                    patterns.put(pattern(key), place);
                } else {
                    exact.put(key, place);
                }
            }
        }
    }

    private static Pattern pattern(String key) {
        return Pattern.compile(
                List.of(key.split("\\*", -1)).stream().map(Pattern::quote).collect(Collectors.joining(".*")),
                Pattern.DOTALL);
    }

    /** How a category stands in Redis. */
    public enum Form {
        /** A hash, a field for each key. */
        HASH,
        /** A plain string, the value of the category's only key. */
        STRING
    }

    /**
     * A category. Immutable.
     *
     * @param name what stands between the colons of its key; letters, digits, {@code _} and {@code -}
     * @param form how it stands in Redis
     * @param keys the keys of the state that belong to it, {@code *} standing for any characters; of the form
     *     {@link Form#STRING} exactly one, without {@code *}
     * @param ttl how long it lives after it was written; at least a millisecond, empty for ever
     * @since 0.1
     */
    public record Category(String name, Form form, List<String> keys, Optional<Duration> ttl) {

        /**
         * Checks the parts.
         *
         * @throws IllegalArgumentException if one of them is not as it should be
         */
        public Category {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "a category's name is '" + name + "'; it must be made of letters, digits, _ and -, at most 64");
            }
            if (name.equals(WebKeys.OURS)) {
                throw new IllegalArgumentException("no category can have the name " + WebKeys.OURS
                        + ", under which the store keeps what no category has a place for");
            }
            keys = List.copyOf(keys);
            requireNonNull(form, "form");
            if (form == Form.STRING && (keys.size() != 1 || keys.get(0).contains("*"))) {
                throw new IllegalArgumentException(
                        "the category " + name + " is of the form string; it must have exactly one key, without *");
            }
            if (ttl.isPresent() && ttl.get().toMillis() < 1) {
                throw new IllegalArgumentException("the ttl of the category " + name + " must be more than zero");
            }
        }
    }

    /**
     * The categories of a web application with logins and translations, which is also an example: {@code auth} and
     * {@code security} live an hour, {@code translation} half an hour, {@code analysis}, a plain string, a quarter of an
     * hour, {@code ui}, {@code stats} and {@code other}, for unlisted keys, a day.
     *
     * @return the categories
     */
    public static WebCategories standard() {
        return builder()
                .hash(
                        "auth",
                        Duration.ofHours(1),
                        "logged_in",
                        "username",
                        "user_role",
                        "user_id",
                        "daily_limit",
                        "authenticated",
                        "session_token",
                        "account_type",
                        "early_access")
                .hash("security", Duration.ofHours(1), "csrf_token", "session_created")
                .hash(
                        "translation",
                        Duration.ofMinutes(30),
                        "source_lang",
                        "target_lang",
                        "language_pair",
                        "input_text",
                        "partner_message",
                        "context_info",
                        "analysis_engine")
                .string("analysis", Duration.ofMinutes(15), "gemini_3way_analysis")
                .hash("ui", Duration.ofDays(1), "lang", "preferred_lang", "temp_lang_override")
                .hash("stats", Duration.ofDays(1), "usage_count", "last_usage_date", "avg_rating", "bookmarked_count")
                .hash("other", Duration.ofDays(1))
                .unlisted("other")
                .build();
    }

    /**
     * Reads categories from a JSON file; {@code docs/web-sessions.md} describes it, {@code
     * docs/schema/web-categories.schema.json} is its schema.
     *
     * @param file the file
     * @return the categories
     * @throws IllegalArgumentException if the file cannot be read, or says something that it should not; the message names
     *     the file and the field
     */
    public static WebCategories read(Path file) {
        try {
            return parse(Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the category file " + file + " cannot be read ("
                            + e.getClass().getSimpleName() + ")",
                    e);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new IllegalArgumentException("the category file " + file + ": " + e.getMessage(), e);
        }
    }

    private static WebCategories parse(String json) {
        DocumentReader file = new DocumentReader("file", object("the file", Json.read(json)));
        List<@Nullable Object> categories = file.require(file.list("categories"), "categories");
        String unlisted = file.require(file.text("unlisted"), "unlisted");
        requireNothingElse(file, "the file", Set.of("categories", "unlisted"));
        Builder builder = builder();
        for (int i = 0; i < categories.size(); i++) {
            builder.category(category("categories[" + i + "]", categories.get(i)));
        }
        return builder.unlisted(unlisted).build();
    }

    private static Category category(String place, @Nullable Object value) {
        DocumentReader category = new DocumentReader(place, object(place, value));
        String name = category.require(category.text("name"), "name");
        List<@Nullable Object> keys = category.list("keys");
        Object seconds = category.rest().remove("ttl_seconds");
        String form = category.text("form");
        requireNothingElse(category, place, FIELDS);
        return new Category(
                name,
                form(place, form),
                texts(place, keys == null ? List.of() : keys),
                Optional.ofNullable(seconds).map(ttl -> ttl(place, ttl)));
    }

    private static Form form(String place, @Nullable String form) {
        return switch (form == null ? "hash" : form) {
            case "hash" -> Form.HASH;
            case "string" -> Form.STRING;
            default -> throw new IllegalArgumentException(place + ".form is '" + form + "'; write hash or string");
        };
    }

    private static List<String> texts(String place, List<@Nullable Object> values) {
        List<String> texts = new ArrayList<>();
        for (Object value : values) {
            if (!(value instanceof String text)) {
                throw new IllegalArgumentException(place + ".keys holds something that is no string");
            }
            texts.add(text);
        }
        return texts;
    }

    private static Duration ttl(String place, Object seconds) {
        if (seconds instanceof Long number && number >= 1 && number <= Integer.MAX_VALUE) {
            return Duration.ofSeconds(number);
        }
        throw new IllegalArgumentException(place + ".ttl_seconds must be a whole number of seconds, at least 1");
    }

    @SuppressWarnings("unchecked") // state values have no maps with other keys
    private static Map<String, @Nullable Object> object(String place, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw new IllegalArgumentException(place + " is no JSON object");
    }

    private static void requireNothingElse(DocumentReader reader, String place, Set<String> known) {
        if (!reader.rest().isEmpty()) {
            throw new IllegalArgumentException(place + " has the unknown field '"
                    + new TreeSet<>(reader.rest().keySet()).first() + "'; known are "
                    + String.join(", ", new TreeSet<>(known)));
        }
    }

    /**
     * Starts categories.
     *
     * @return a builder with none
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * All categories.
     *
     * @return them in their order; unmodifiable
     */
    public List<Category> all() {
        return all;
    }

    /**
     * The category of a key.
     *
     * @param key a key of a session's state
     * @return its category
     */
    public Category of(String key) {
        return all.get(placeOf(key));
    }

    /** The place of a key's category among all. */
    int placeOf(String key) {
        Integer named = exact.get(key);
        if (named != null) {
            return named;
        }
        return patterns.entrySet().stream()
                .filter(pattern -> pattern.getKey().matcher(key).matches())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(unlisted);
    }

    @Override
    public String toString() {
        return "WebCategories" + all.stream().map(Category::name).toList();
    }

    /**
     * Builds categories. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final List<Category> categories = new ArrayList<>();
        private @Nullable String unlisted;

        private Builder() {}

        /**
         * Adds a category.
         *
         * @param category the category
         * @return this builder
         */
        public Builder category(Category category) {
            categories.add(requireNonNull(category, "category"));
            return this;
        }

        /**
         * Adds a hash.
         *
         * @param name its name
         * @param ttl how long it lives after it was written
         * @param keys its keys, {@code *} standing for any characters
         * @return this builder
         * @throws IllegalArgumentException as {@link Category}
         */
        public Builder hash(String name, Duration ttl, String... keys) {
            return category(new Category(name, Form.HASH, List.of(keys), Optional.of(ttl)));
        }

        /**
         * Adds a plain string.
         *
         * @param name its name
         * @param ttl how long it lives after it was written
         * @param key its key
         * @return this builder
         * @throws IllegalArgumentException as {@link Category}
         */
        public Builder string(String name, Duration ttl, String key) {
            return category(new Category(name, Form.STRING, List.of(key), Optional.of(ttl)));
        }

        /**
         * Says where keys belong that no category lists.
         *
         * @param name the name of a category of the form {@link Form#HASH}
         * @return this builder
         */
        public Builder unlisted(String name) {
            unlisted = requireNonNull(name, "name");
            return this;
        }

        /**
         * Makes the categories.
         *
         * @return the categories
         * @throws IllegalStateException if two have one name or one key, or the one for unlisted keys is missing or a string
         */
        public WebCategories build() {
            Set<String> names = new HashSet<>();
            Set<String> keys = new HashSet<>();
            for (Category category : categories) {
                if (!names.add(category.name())) {
                    throw new IllegalStateException("two categories have the name " + category.name());
                }
                for (String key : category.keys()) {
                    if (!keys.add(key)) {
                        throw new IllegalStateException("two categories have the key " + key);
                    }
                }
            }
            Category forUnlisted = categories.stream()
                    .filter(category -> category.name().equals(unlisted) && category.form() == Form.HASH)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            "unlisted is " + unlisted + "; it must name a category of the form hash"));
            return new WebCategories(categories, forUnlisted);
        }
    }
}
