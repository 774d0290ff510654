package io.github.sessionferry.benchmarks;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Runs the measurements that the command line names, or all of them, and prints one table. */
final class Benchmarks {

    private static final List<Measurement> ALL = List.of(
            new MicroMeasurement("micro"),
            new MicroMeasurement("routing"),
            new MemoryMeasurement(),
            new LatencyMeasurement(),
            new QuotaMeasurement(),
            new SoakMeasurement(),
            new LoadMeasurement(),
            new HeapMeasurement(),
            new FilesMeasurement(),
            new WebMeasurement());

    private Benchmarks() {}

    public static void main(String[] args) {
        Set<String> wanted = new LinkedHashSet<>(List.of(args));
        Set<String> known = ALL.stream().map(Measurement::name).collect(Collectors.toCollection(LinkedHashSet::new));
        if (!known.containsAll(wanted)) {
            wanted.removeAll(known);
            System.err.println("error: unknown: " + String.join(" ", wanted) + "; name some of these, or none for all: "
                    + String.join(" ", known));
            System.exit(2);
        }
        System.exit(run(wanted.isEmpty() ? known : wanted) ? 0 : 1);
    }

    private static boolean run(Set<String> wanted) {
        Figures figures = new Figures(System.err);
        boolean allMeasured = true;
        for (Measurement measurement : ALL) {
            if (wanted.contains(measurement.name())) {
                allMeasured &= measured(measurement, figures);
            }
        }
        System.out.println("%s, JDK %s, %d processors"
                .formatted(
                        System.getProperty("os.arch"),
                        Runtime.version(),
                        Runtime.getRuntime().availableProcessors()));
        System.out.println();
        figures.print(System.out);
        return allMeasured;
    }

    private static boolean measured(Measurement measurement, Figures figures) {
        try {
            measurement.run(figures);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            System.err.println("error: " + measurement.name() + " failed");
            e.printStackTrace();
        }
        return false;
    }
}
