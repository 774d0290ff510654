package io.github.sessionferry.core.rollout;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;

/**
 * What the environment of a process says about a migration from Firestore to Agent Engine: the plan, and where the two
 * stores are.
 *
 * <table class="striped">
 * <caption>Variables besides those of {@link RolloutPolicy#fromEnvironment}; white space around a value is
 *     ignored, and blank is unset</caption>
 * <thead><tr><th scope="col">variable</th><th scope="col">meaning</th></tr></thead>
 * <tbody>
 * <tr><th scope="row">{@code MIGRATION_STAGE}</th><td>The {@link Stage} of the users whom the policy includes; everybody
 *     else is in the stage before it. Unset is {@link Stage#TARGET_FIRST}; a name that is no stage keeps everybody in
 *     {@link Stage#SOURCE_ONLY}.</td></tr>
 * <tr><th scope="row">{@code GCP_PROJECT_ID}, {@code GCP_LOCATION}</th><td>Where the stores are; unset, those of the
 *     engine.</td></tr>
 * </tbody>
 * </table>
 *
 * <p>Where the policy is switched off, everybody is in {@link Stage#SOURCE_ONLY}: unsetting {@code AGENT_ENGINE_ID} is
 * how one rolls back. Bad values never fail and never move anybody further than asked; each is logged once, as a warning
 * without user ids.
 *
 * <p>A process cannot see its environment change, so {@link #current()} is always the same. Immutable.
 *
 * @since 0.1
 */
public final class MigrationEnvironment implements PlanSource {

    private final RolloutPlan plan;
    private final Optional<String> engineResourceName;
    private final Optional<String> project;
    private final Optional<String> location;

    MigrationEnvironment(
            RolloutPlan plan,
            Optional<String> engineResourceName,
            Optional<String> project,
            Optional<String> location) {
        this.plan = plan;
        this.engineResourceName = engineResourceName;
        this.project = project;
        this.location = location;
    }

    /**
     * Reads the environment.
     *
     * @param environment the variables by name, such as {@link System#getenv()}; others in it are ignored
     * @return what it says
     */
    public static MigrationEnvironment from(Map<String, String> environment) {
        return RolloutEnvironment.logging(requireNonNull(environment, "environment"))
                .read();
    }

    @Override
    public RolloutPlan current() {
        return plan;
    }

    /**
     * The engine that is moved to.
     *
     * @return {@code projects/P/locations/L/reasoningEngines/ID}; empty if the environment names none, or not clearly
     */
    public Optional<String> engineResourceName() {
        return engineResourceName;
    }

    /**
     * The project of the stores.
     *
     * @return {@code GCP_PROJECT_ID}, or else the engine's project
     */
    public Optional<String> project() {
        return project;
    }

    /**
     * The location of the engine.
     *
     * @return {@code GCP_LOCATION}, or else the engine's location
     */
    public Optional<String> location() {
        return location;
    }

    /**
     * The usual address of the source.
     *
     * @return {@code firestore://PROJECT}; empty if no project is known
     */
    public Optional<String> sourceAddress() {
        return project.map(name -> "firestore://" + name);
    }

    /**
     * The address of the target.
     *
     * @return {@code agentengine://} and the engine's name; empty if the environment names none, or not clearly
     */
    public Optional<String> targetAddress() {
        return engineResourceName.map(name -> "agentengine://" + name);
    }

    @Override
    public String toString() {
        return "MigrationEnvironment[" + plan + ", engine=" + engineResourceName.orElse("none") + "]";
    }
}
