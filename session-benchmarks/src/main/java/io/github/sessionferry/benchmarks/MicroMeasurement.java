package io.github.sessionferry.benchmarks;

import java.util.Comparator;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** The benchmarks of one package, each alone, by JMH. */
final class MicroMeasurement implements Measurement {

    private final String name;
    private final String prefix;

    /**
     * Measures a package.
     *
     * @param name the last part of the package's name
     */
    MicroMeasurement(String name) {
        this.name = name;
        prefix = MicroMeasurement.class.getPackageName() + "." + name + ".";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run(Figures figures) throws RunnerException {
        new Runner(new OptionsBuilder().include(Pattern.quote(prefix)).build())
                .run().stream()
                        .sorted(Comparator.comparing(
                                result -> result.getParams().getBenchmark()))
                        .forEach(result -> add(figures, result));
    }

    private void add(Figures figures, RunResult run) {
        String benchmark = run.getParams().getBenchmark();
        Result<?> result = run.getPrimaryResult();
        figures.add(
                benchmark.substring(prefix.length()),
                "JMH",
                "%,.3f ± %.3f %s",
                result.getScore(),
                result.getScoreError(),
                result.getScoreUnit());
    }
}
