package io.github.sessionferry.core.rollout;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A plan in a file that may change while processes run.
 *
 * <pre>{@code
 * PlanSource plans = PlanFile.open(Path.of("/etc/my-app/rollout.json"));
 * Stage stage = plans.current().stageOf(userId);
 * }</pre>
 *
 * <p>The file is JSON or properties, as its name ends. It is to be replaced as a whole, by renaming another file to its
 * name. Its fields are listed in {@code docs/configuration.md}; one that is not known is an error.
 *
 * <p><b>Looking.</b> At most once in a check interval one of the threads that ask for the plan looks at the file, and the
 * others go on with the plan that they have. There is no thread of its own.
 *
 * <p><b>Keeping.</b> A file that is gone, unreadable, broken or larger than 1 MiB changes nothing: the last plan stays in
 * force, {@link #problem()} says what is wrong, and it is logged once. So does a plan by which some user would move more
 * than one step, unless it says {@code force}. A plan that keeps everybody in {@link Stage#SOURCE_ONLY} is always taken.
 *
 * <p><b>Settling.</b> A new plan has the next version and is not settled: other processes look at the file at their own
 * time. It is settled when it has been in force for long enough for all of them. Until then a further plan is taken only
 * if no user moves more than one step from the plan before either.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class PlanFile implements PlanSource {

    private static final int MAX_BYTES = 1 << 20;
    private static final Logger log = LoggerFactory.getLogger(PlanFile.class);

    private final Path file;
    private final PlanDocument.Form form;
    private final long checkNanos;
    private final long settleNanos;
    private final LongSupplier ticker;
    private final AtomicBoolean looking = new AtomicBoolean();

    private volatile long nextLook;
    private volatile RolloutPlan plan;
    private volatile @Nullable String problem;

    // Only the thread that looks, one after the other, touches these.
    private byte[] content;
    private RolloutPlan planBefore;
    private long settlesAt;

    private PlanFile(Builder builder) {
        file = builder.file;
        form = builder.form();
        checkNanos = builder.checkInterval.toNanos();
        settleNanos = builder.settleAfter.toNanos();
        ticker = builder.ticker;
        try {
            Duration age = Duration.between(Files.getLastModifiedTime(file).toInstant(), Instant.now(builder.clock));
            content = read();
            long now = ticker.getAsLong();
            boolean settled = age.compareTo(builder.settleAfter) >= 0;
            plan = PlanDocument.read(content, form).plan().withVersion(1).withSettled(settled);
            planBefore = plan;
            settlesAt = now + settleNanos;
            nextLook = now + checkNanos;
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + described(e), e);
        }
    }

    /**
     * Opens a file, which is looked at once a second; a new plan settles in a minute.
     *
     * @param file the file
     * @return the plan in it
     * @throws IllegalArgumentException if there is no plan in it; the message says why
     */
    public static PlanFile open(Path file) {
        return builder(file).open();
    }

    /**
     * Starts to open a file.
     *
     * @param file the file
     * @return a builder
     */
    public static Builder builder(Path file) {
        return new Builder(file);
    }

    @Override
    public RolloutPlan current() {
        if (ticker.getAsLong() - nextLook >= 0 && looking.compareAndSet(false, true)) {
            try {
                look();
            } finally {
                nextLook = ticker.getAsLong() + checkNanos;
                looking.set(false);
            }
        }
        return plan;
    }

    /**
     * Tells what is wrong with the file, for health checks.
     *
     * @return what, where, and what to do, without user ids; empty if the plan in force is the one in the file
     */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void look() {
        settle();
        try {
            byte[] seen = read();
            if (!Arrays.equals(seen, content)) {
                take(PlanDocument.read(seen, form));
                content = seen;
            }
            solved();
        } catch (IOException | RuntimeException e) {
            report(file + ": " + described(e) + ". Until it is corrected, the last plan stays in force: version "
                    + plan.version() + ", base " + plan.base() + ", rollout " + plan.rollout() + ".");
        }
    }

    private byte[] read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IllegalArgumentException("it is larger than 1 MiB; list fewer users, or use the percentage");
            }
            return bytes;
        }
    }

    private static String described(Exception e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file; put it back";
        }
        return e instanceof IOException
                ? "it cannot be read (" + e.getClass().getSimpleName() + "); see to its permissions and its disk"
                : String.valueOf(e.getMessage());
    }

    private void take(PlanDocument document) {
        RolloutPlan next = document.plan();
        if (isSame(next)) {
            return;
        }
        if (!document.force() && !next.isOff() && !(plan.leadsTo(next) && planBefore.leadsTo(next))) {
            throw new IllegalArgumentException(
                    "some user would move more than one step from the plan in force, or from the one before, which"
                            + " other processes may still have; move one step, wait until it has settled, or say force");
        }
        planBefore = plan;
        plan = next.withVersion(plan.version() + 1).withSettled(false);
        settlesAt = ticker.getAsLong() + settleNanos;
        log.info("{}: new plan: {}", file, plan);
    }

    private boolean isSame(RolloutPlan next) {
        return next.withVersion(plan.version()).withSettled(plan.isSettled()).equals(plan);
    }

    private void settle() {
        if (!plan.isSettled() && ticker.getAsLong() - settlesAt >= 0) {
            planBefore = plan;
            plan = plan.withSettled(true);
        }
    }

    private void report(String found) {
        if (!found.equals(problem)) {
            problem = found;
            log.warn("{}", found);
        }
    }

    private void solved() {
        if (problem != null) {
            problem = null;
            log.info("{}: the plan in it is in force", file);
        }
    }

    @Override
    public String toString() {
        return "PlanFile[" + file + ", " + plan + "]";
    }

    /**
     * Opens a file. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private final Path file;
        private Duration checkInterval = Duration.ofSeconds(1);
        private Duration settleAfter = Duration.ofMinutes(1);
        private Clock clock = Clock.systemUTC();
        private LongSupplier ticker = System::nanoTime;

        private Builder(Path file) {
            this.file = requireNonNull(file, "file");
        }

        /**
         * Sets how often the file is looked at.
         *
         * @param interval the shortest time between two looks; positive, a second if not set
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder checkInterval(Duration interval) {
            checkInterval = requirePositive(interval, "checkInterval");
            return this;
        }

        /**
         * Sets how long it takes until all processes act by a new plan.
         *
         * @param time longer than the check interval, an operation's longest time, and the time that the file takes to
         *     reach every machine, together; positive, a minute if not set
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder settleAfter(Duration time) {
            settleAfter = requirePositive(time, "settleAfter");
            return this;
        }

        Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        Builder ticker(LongSupplier ticker) {
            this.ticker = ticker;
            return this;
        }

        private PlanDocument.Form form() {
            try {
                return PlanDocument.Form.ofFileName(file.toString());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
            }
        }

        private static Duration requirePositive(Duration time, String name) {
            if (requireNonNull(time, name).isNegative() || time.isZero()) {
                throw new IllegalArgumentException(name + " is " + time + "; it must be positive");
            }
            return time;
        }

        /**
         * Opens the file.
         *
         * @return the plan in it
         * @throws IllegalArgumentException if there is no plan in it; the message says why
         * @throws IllegalStateException if a plan would settle before the file is looked at
         */
        public PlanFile open() {
            if (settleAfter.compareTo(checkInterval) <= 0) {
                throw new IllegalStateException(
                        "settleAfter is " + settleAfter + "; it must be longer than checkInterval, " + checkInterval);
            }
            return new PlanFile(this);
        }
    }
}
