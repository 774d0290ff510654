package io.github.sessionferry.migration.live;

import io.github.sessionferry.core.Capability;
import io.github.sessionferry.core.ForwardingSessionService;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.rollout.Channel;
import io.github.sessionferry.core.rollout.RolloutPlan;
import io.github.sessionferry.core.rollout.Stage;
import io.github.sessionferry.testkit.InMemorySessionService;
import io.github.sessionferry.testkit.TestClock;
import io.github.sessionferry.testkit.contract.SessionServiceContract;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** In every stage the staged service keeps the promises of a single store. */
class StagedSessionServiceContractTest {

    @Nested
    class SourceOnly extends Contract {
        SourceOnly() {
            super(RolloutPlan.everybodyIn(Stage.SOURCE_ONLY), Channel.TEXT);
        }
    }

    @Nested
    class DualWrite extends Contract {
        DualWrite() {
            super(RolloutPlan.everybodyIn(Stage.DUAL_WRITE), Channel.TEXT);
        }
    }

    @Nested
    class Shadow extends Contract {
        Shadow() {
            super(RolloutPlan.everybodyIn(Stage.SHADOW), Channel.TEXT);
        }
    }

    @Nested
    class ShadowNotSettled extends Contract {
        ShadowNotSettled() {
            super(RolloutPlan.everybodyIn(Stage.SHADOW).withSettled(false), Channel.TEXT);
        }
    }

    @Nested
    class TargetFirst extends Contract {
        TargetFirst() {
            super(RolloutPlan.everybodyIn(Stage.TARGET_FIRST), Channel.TEXT);
        }
    }

    @Nested
    class TargetFirstNotSettled extends Contract {
        TargetFirstNotSettled() {
            super(RolloutPlan.everybodyIn(Stage.TARGET_FIRST).withSettled(false), Channel.TEXT);
        }
    }

    @Nested
    class TargetWithFallback extends Contract {
        TargetWithFallback() {
            super(RolloutPlan.everybodyIn(Stage.TARGET_WITH_FALLBACK), Channel.TEXT);
        }
    }

    @Nested
    class TargetOnly extends Contract {
        TargetOnly() {
            super(RolloutPlan.everybodyIn(Stage.TARGET_ONLY), Channel.TEXT);
        }
    }

    @Nested
    class Live extends Contract {
        Live() {
            super(RolloutPlan.everybodyIn(Stage.TARGET_ONLY), Channel.LIVE);
        }
    }

    abstract static class Contract extends SessionServiceContract {

        private final RolloutPlan plan;
        private final Channel channel;

        Contract(RolloutPlan plan, Channel channel) {
            this.plan = plan;
            this.channel = channel;
        }

        @Override
        protected SessionService create(TestClock clock) {
            return new Opened(
                    plan,
                    channel,
                    clock,
                    InMemorySessionService.builder().clock(clock).build(),
                    InMemorySessionService.builder().clock(clock).build());
        }

        @Override
        protected Set<Capability> capabilities() {
            return EnumSet.allOf(Capability.class);
        }

        @Override
        protected Optional<SessionService> reopen(SessionService service) {
            return Optional.of(((Opened) service).again());
        }
    }

    /** A process: closing it closes its connections. */
    private static final class Opened extends ForwardingSessionService {

        private final RolloutPlan plan;
        private final Channel channel;
        private final TestClock clock;
        private final InMemorySessionService source;
        private final InMemorySessionService target;
        private final StagedSessionService staged;

        Opened(
                RolloutPlan plan,
                Channel channel,
                TestClock clock,
                InMemorySessionService source,
                InMemorySessionService target) {
            this(
                    plan,
                    channel,
                    clock,
                    source,
                    target,
                    StagedSessionService.builder(source, target, () -> plan)
                            .clock(clock)
                            .talksLive(channel == Channel.LIVE)
                            .secondWriteWait(Duration.ZERO)
                            .settleInterval(Duration.ZERO)
                            .executor(Runnable::run)
                            .build());
        }

        private Opened(
                RolloutPlan plan,
                Channel channel,
                TestClock clock,
                InMemorySessionService source,
                InMemorySessionService target,
                StagedSessionService staged) {
            super(staged.serviceFor(null, channel));
            this.plan = plan;
            this.channel = channel;
            this.clock = clock;
            this.source = source;
            this.target = target;
            this.staged = staged;
        }

        Opened again() {
            return new Opened(plan, channel, clock, source.openAgain(), target.openAgain());
        }

        @Override
        public void close() {
            staged.close();
            source.close();
            target.close();
        }
    }
}
