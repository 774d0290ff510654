package io.github.sessionferry.vertex;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which engine holds the sessions of which application. Immutable. */
final class EnginesByApp {

    private final EngineName main;
    private final Map<String, EngineName> mapped;
    private final Map<EngineName, String> unnotedApps = new LinkedHashMap<>();
    private final Map<String, EngineName> engines;

    /**
     * @param main the engine of every application that has no other
     * @param mainApp the application of its sessions of which none is noted; {@code null} for the engine's id
     * @param mapped the engines of the others
     * @throws IllegalStateException if an engine could not find its own sessions of which no application is noted
     */
    EnginesByApp(EngineName main, @Nullable String mainApp, Map<String, EngineName> mapped) {
        this.main = main;
        this.mapped = new TreeMap<>(mapped);
        unnotedApps.put(main, mainApp == null ? main.engine() : mainApp);
        this.mapped.values().forEach(engine -> unnotedApps.computeIfAbsent(engine, this::onlyAppOrId));
        engines = new HashMap<>(mapped);
        unnotedApps.forEach((engine, app) -> engines.putIfAbsent(app, engine));
        unnotedApps.forEach(this::requireFound);
    }

    private String onlyAppOrId(EngineName engine) {
        List<String> apps = mapped.entrySet().stream()
                .filter(entry -> entry.getValue().equals(engine))
                .map(Map.Entry::getKey)
                .toList();
        return apps.size() == 1 ? apps.get(0) : engine.engine();
    }

    private void requireFound(EngineName engine, String app) {
        if (!of(app).equals(engine)) {
            throw new IllegalStateException("sessions in " + engine + " of which no application is noted are of '" + app
                    + "', so that application cannot be in " + of(app)
                    + "; leave it out of the map, or name another default application");
        }
    }

    /** Where the sessions of an application are. */
    EngineName of(String app) {
        return engines.getOrDefault(app, main);
    }

    /** All engines, the one for every other application first. */
    Set<EngineName> all() {
        return new LinkedHashSet<>(unnotedApps.keySet());
    }

    /** The application of the sessions of which none is noted, for another client created them. */
    String unnotedApp(EngineName engine) {
        return unnotedApps.getOrDefault(engine, engine.engine());
    }

    /** The main engine and what is elsewhere, as in an address. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(main.toString());
        mapped.forEach((app, engine) -> text.append(text.indexOf("?") < 0 ? '?' : '&')
                .append("app.")
                .append(URLEncoder.encode(app, StandardCharsets.UTF_8).replace("+", "%20"))
                .append('=')
                .append(main.isBeside(engine) ? engine.engine() : engine));
        return text.toString();
    }
}
