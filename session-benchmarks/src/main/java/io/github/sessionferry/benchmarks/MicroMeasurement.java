package io.github.sessionferry.benchmarks;

import java.util.Comparator;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** What is done to every session and event, each alone, by JMH. */
final class MicroMeasurement implements Measurement {

    private static final String PACKAGE = MicroMeasurement.class.getPackageName() + ".micro.";

    @Override
    public String name() {
        return "micro";
    }

    @Override
    public void run(Figures figures) throws RunnerException {
        new Runner(new OptionsBuilder().include(Pattern.quote(PACKAGE)).build())
                .run().stream()
                        .sorted(Comparator.comparing(
                                result -> result.getParams().getBenchmark()))
                        .forEach(result -> add(figures, result));
    }

    private static void add(Figures figures, RunResult run) {
        String benchmark = run.getParams().getBenchmark();
        Result<?> result = run.getPrimaryResult();
        figures.add(
                benchmark.substring(PACKAGE.length()),
                "JMH",
                "%,.3f ± %.3f %s",
                result.getScore(),
                result.getScoreError(),
                result.getScoreUnit());
    }
}
