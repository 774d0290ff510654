package io.github.sessionferry.adk;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.adk.sessions.BaseSessionService;
import com.google.adk.sessions.InMemorySessionService;
import java.lang.reflect.Method;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * ADK's own service in memory as the reference of the contract. It breaks these rules, and the test fails once it keeps one:
 *
 * <ul>
 *   <li>It replaces a session that is created again, and drops its events.
 *   <li>Shared keys of a first state stay in that session.
 *   <li>Temporary keys are kept, of a first state and of a delta.
 *   <li>A partial event changes the state.
 *   <li>An append puts the caller's object in the place of the session: what another object had appended is lost, and a
 *       session that is not there is made.
 *   <li>The events of a session that is not there are none.
 * </ul>
 */
class AdkInMemorySessionServiceTest extends BaseSessionServiceContract {

    @RegisterExtension
    final BrokenRules broken = new BrokenRules(Set.of(
            "create_ofASessionThatExists_isAnErrorAndChangesNothing",
            "create_withSharedKeys_sharesThem",
            "create_withTemporaryKeys_dropsThem",
            "append_withTemporaryKeys_leavesThemOutOfTheState",
            "append_ofAPartialEvent_changesNothing",
            "append_throughAnOlderObject_losesNothing",
            "append_toASessionThatIsNotThere_isAnError_andMakesNone",
            "listEvents_ofASessionThatIsNotThere_isAnError"));

    private final BaseSessionService service = new InMemorySessionService();

    @Override
    BaseSessionService service() {
        return service;
    }

    /** Tests that must fail. */
    private record BrokenRules(Set<String> tests) implements InvocationInterceptor {

        @Override
        public void interceptTestMethod(
                Invocation<Void> invocation, ReflectiveInvocationContext<Method> call, ExtensionContext context)
                throws Throwable {
            String test = call.getExecutable().getName();
            if (tests.contains(test)) {
                assertThatThrownBy(invocation::proceed)
                        .as("ADK keeps the rule %s now", test)
                        .isInstanceOf(Throwable.class);
            } else {
                invocation.proceed();
            }
        }
    }
}
