package io.github.sessionferry.benchmarks;

/** One thing that is measured from end to end. Used by one thread. */
interface Measurement {

    /** What the command line calls it: one short word. */
    String name();

    /**
     * Measures, and tells the figures as they come.
     *
     * @throws Exception if it could not be measured; the others are measured all the same
     */
    void run(Figures figures) throws Exception;
}
