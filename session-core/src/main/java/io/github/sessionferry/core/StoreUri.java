package io.github.sessionferry.core;

import static java.util.Objects.requireNonNull;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The address of a store, such as {@code file:/var/lib/sessions?layout=agent}: a scheme, a location and parameters.
 *
 * <p>The location stands between the scheme's colon and the question mark and is taken as it is; names and values of
 * parameters are percent-decoded. Immutable. {@link #toString()} hides a password in the location.
 *
 * @since 0.1
 */
public final class StoreUri {

    private final String scheme;
    private final String location;
    private final Map<String, String> parameters;

    private StoreUri(String scheme, String location, Map<String, String> parameters) {
        this.scheme = scheme;
        this.location = location;
        this.parameters = parameters;
    }

    /**
     * Reads an address.
     *
     * @param text the address
     * @return its parts
     * @throws IllegalArgumentException if there is no scheme, or a parameter has no value, comes twice or is
     *     not well encoded
     */
    public static StoreUri parse(String text) {
        int colon = requireNonNull(text, "text").indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException(
                    "a store's address begins with a scheme, such as file:DIR; this one has none");
        }
        int question = text.indexOf('?', colon);
        String location = text.substring(colon + 1, question < 0 ? text.length() : question);
        String query = question < 0 ? "" : text.substring(question + 1);
        return new StoreUri(text.substring(0, colon), location, parameters(query));
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "the store's parameter '" + pair + "' has no value; write NAME=VALUE");
            }
            String name = decode(pair.substring(0, equals));
            if (parameters.put(name, decode(pair.substring(equals + 1))) != null) {
                throw new IllegalArgumentException("the store's parameter '" + name + "' is given twice");
            }
        }
        return Collections.unmodifiableMap(parameters);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "a '%' in the store's parameters is not followed by two hexadecimal digits; write a percent sign as %25",
                    e);
        }
    }

    /**
     * Which kind of store.
     *
     * @return what stands before the first colon
     */
    public String scheme() {
        return scheme;
    }

    /**
     * Where the store is.
     *
     * @return what stands between the scheme and the parameters, without leading {@code //}; may hold a password
     */
    public String location() {
        return location.startsWith("//") ? location.substring(2) : location;
    }

    /**
     * The value of a parameter.
     *
     * @param name the parameter
     * @return its value, or empty if it is not given
     */
    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /**
     * The value of a parameter that is one of several words.
     *
     * @param name the parameter
     * @param choices the words allowed, the default first
     * @return the word given, or the first choice
     * @throws IllegalArgumentException if another word is given
     */
    public String choice(String name, String... choices) {
        String value = parameters.getOrDefault(name, choices[0]);
        if (!Arrays.asList(choices).contains(value)) {
            throw new IllegalArgumentException("the store's parameter " + name + " is '" + value
                    + "'; it must be one of " + String.join(", ", choices));
        }
        return value;
    }

    /**
     * The value of a parameter that is {@code true} or {@code false}.
     *
     * @param name the parameter
     * @return true if it is given and true
     * @throws IllegalArgumentException if it is anything else
     */
    public boolean flag(String name) {
        return choice(name, "false", "true").equals("true");
    }

    /**
     * The value of a parameter that is a length of time, such as {@code 500ms}, {@code 10s}, {@code 2m}, {@code 12h} or
     * {@code 7d}.
     *
     * @param name the parameter
     * @param otherwise what to take if it is not given
     * @return the duration, more than zero
     * @throws IllegalArgumentException if it is not such a duration
     */
    public Duration duration(String name, Duration otherwise) {
        String value = parameters.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            Duration duration = duration(value);
            if (duration.compareTo(Duration.ZERO) > 0) {
                return duration;
            }
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(badDuration(name, value), e);
        }
        throw new IllegalArgumentException(badDuration(name, value));
    }

    private static Duration duration(String value) {
        if (value.endsWith("ms")) {
            return Duration.ofMillis(Long.parseLong(value.substring(0, value.length() - 2)));
        }
        return Duration.parse((value.endsWith("d") ? "P" : "PT") + value);
    }

    private static String badDuration(String name, String value) {
        return "the store's parameter " + name + " is '" + value + "'; write a time such as 500ms, 10s, 2m, 12h or 7d";
    }

    /**
     * The value of a parameter that is a whole number of at least 1.
     *
     * @param name the parameter
     * @param otherwise what to take if it is not given
     * @return the number
     * @throws IllegalArgumentException if it is no such number
     */
    public long count(String name, long otherwise) {
        String value = parameters.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            long count = Long.parseLong(value);
            if (count >= 1) {
                return count;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(badCount(name, value), e);
        }
        throw new IllegalArgumentException(badCount(name, value));
    }

    private static String badCount(String name, String value) {
        return "the store's parameter " + name + " is '" + value + "'; write a whole number of at least 1";
    }

    /**
     * The parameters of a group, such as {@code app.shop=1} and {@code app.desk=2}.
     *
     * @param name the group's name, {@code app}
     * @return their values by what stands after the group's name and a dot, in the order given
     */
    public Map<String, String> group(String name) {
        Map<String, String> group = new LinkedHashMap<>();
        parameters.forEach((parameter, value) -> {
            if (parameter.startsWith(name + ".")) {
                group.put(parameter.substring(name.length() + 1), value);
            }
        });
        return Collections.unmodifiableMap(group);
    }

    /**
     * Refuses parameters that the store does not know.
     *
     * @param known the names that it knows; {@code app.*} for all of a {@linkplain #group group}
     * @throws IllegalArgumentException if there is any other
     */
    public void requireKnownParameters(String... known) {
        Set<String> unknown = new TreeSet<>(parameters.keySet());
        for (String name : known) {
            unknown.removeIf(
                    name.endsWith(".*")
                            ? parameter -> parameter.startsWith(name.substring(0, name.length() - 1))
                            : name::equals);
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("the store " + scheme + ": knows no parameter "
                    + String.join(", ", unknown) + "; it knows " + String.join(", ", known));
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(scheme).append(':').append(withoutPassword(location));
        char separator = '?';
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            text.append(separator).append(parameter.getKey()).append('=').append(parameter.getValue());
            separator = '&';
        }
        return text.toString();
    }

    private static String withoutPassword(String location) {
        int at = location.lastIndexOf('@');
        int colon = location.indexOf(':');
        return at < 0 || colon < 0 || colon > at
                ? location
                : location.substring(0, colon + 1) + "***" + location.substring(at);
    }
}
