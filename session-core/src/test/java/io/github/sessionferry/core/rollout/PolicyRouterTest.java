package io.github.sessionferry.core.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.sessionferry.core.SessionService;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PolicyRouterTest {

    private static final String RESOURCE_NAME = "projects/shop/locations/l/reasoningEngines/123";

    private final List<String> closed = new ArrayList<>();
    private final List<String> opened = new ArrayList<>();
    private final SessionService source = service("source");
    private final SessionService target = service("target");
    private final Map<String, String> environment = new HashMap<>(
            Map.of("AGENT_ENGINE_ID", "123", "AGENT_ENGINE_RESOURCE_NAME", RESOURCE_NAME, "MIGRATED_USER_IDS", "ada"));

    @Test
    void serviceFor_textOfIncludedUsersOnly_isTheTarget() {
        PolicyRouter router = PolicyRouter.between(source, target, () -> everybody(true));

        assertThat(router.serviceFor("ada", Channel.TEXT)).isSameAs(target);
        assertThat(router.serviceFor("ada", Channel.LIVE)).isSameAs(source);
        assertThat(router.serviceFor("", Channel.TEXT)).isSameAs(source);
        assertThat(router.serviceFor(null, Channel.TEXT)).isSameAs(source);
    }

    @Test
    void serviceFor_afterThePolicyChanged_goesByTheNewOne() {
        List<RolloutPolicy> policy = new ArrayList<>(List.of(everybody(true)));
        PolicyRouter router = PolicyRouter.between(source, target, () -> policy.get(0));
        policy.set(0, everybody(false));

        assertThat(router.serviceFor("ada", Channel.TEXT)).isSameAs(source);
    }

    @Test
    void fromEnvironment_ofIncludedUser_opensTheNamedTargetOnce() {
        PolicyRouter router = fromEnvironment();

        assertThat(router.serviceFor("bob", Channel.TEXT)).isSameAs(source);
        assertThat(router.serviceFor("ada", Channel.LIVE)).isSameAs(source);
        assertThat(opened).isEmpty();
        assertThat(router.serviceFor("ada", Channel.TEXT)).isSameAs(target);
        assertThat(router.serviceFor("ada", Channel.TEXT)).isSameAs(target);
        assertThat(opened).containsExactly("agentengine://" + RESOURCE_NAME);
    }

    @Test
    void fromEnvironment_withoutEngine_neverOpensATarget() {
        environment.remove("AGENT_ENGINE_ID");
        PolicyRouter router = fromEnvironment();

        assertThat(router.serviceFor("ada", Channel.TEXT)).isSameAs(source);
        router.close();

        assertThat(opened).isEmpty();
        assertThat(closed).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Stage.class)
    void fromEnvironment_withStage_usesTheTargetOnlyWhereItDecides(Stage stage) {
        environment.put("MIGRATION_STAGE", stage.name());
        PolicyRouter router = fromEnvironment();

        assertThat(router.serviceFor("ada", Channel.TEXT))
                .isSameAs(stage.authority() == StoreSide.TARGET ? target : source);
        assertThat(router.serviceFor(null, Channel.TEXT)).isSameAs(source);
    }

    @Test
    void fromEnvironment_targetCannotBeOpened_failsAndIsTriedAgain() {
        List<String> attempts = new ArrayList<>();
        PolicyRouter router = PolicyRouter.fromEnvironment(
                source,
                address -> {
                    attempts.add(address);
                    if (attempts.size() == 1) {
                        throw new IllegalStateException("unreachable");
                    }
                    return target;
                },
                environment);

        assertThatThrownBy(() -> router.serviceFor("ada", Channel.TEXT)).hasMessage("unreachable");
        assertThat(router.serviceFor("ada", Channel.TEXT)).isSameAs(target);
    }

    @Test
    void close_closesWhatTheRouterOpenedAndNothingElse() {
        PolicyRouter router = fromEnvironment();
        SessionService unused = router.serviceFor("ada", Channel.TEXT);

        router.close();
        PolicyRouter.between(source, target, () -> everybody(true)).close();

        assertThat(closed).containsExactly("target");
    }

    @Test
    void serviceFor_afterClose_opensNothing() {
        PolicyRouter router = fromEnvironment();
        router.close();

        assertThatThrownBy(() -> router.serviceFor("ada", Channel.TEXT)).isInstanceOf(IllegalStateException.class);
        assertThat(opened).isEmpty();
    }

    private PolicyRouter fromEnvironment() {
        return PolicyRouter.fromEnvironment(
                source,
                address -> {
                    opened.add(address);
                    return target;
                },
                environment);
    }

    private static RolloutPolicy everybody(boolean enabled) {
        return RolloutPolicy.builder("all").percentage(100).enabled(enabled).build();
    }

    /** A service of which only the identity counts. */
    private SessionService service(String name) {
        return (SessionService) Proxy.newProxyInstance(
                SessionService.class.getClassLoader(),
                new Class<?>[] {SessionService.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "close" -> {
                        closed.add(name);
                        yield null;
                    }
                    case "toString" -> name;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }
}
