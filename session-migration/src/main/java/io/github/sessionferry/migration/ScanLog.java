package io.github.sessionferry.migration;

import io.github.sessionferry.core.ScanCursor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Remembers how far a scan has come. Implementations are thread-safe. */
interface ScanLog {

    /** Remembers nothing: every scan begins at the beginning. */
    ScanLog NONE = new ScanLog() {

        @Override
        public ScanStart start(int pageSize, Supplier<List<ScanCursor>> partitions) {
            return atTheBeginning(pageSize, partitions.get());
        }

        @Override
        public void pageDone(ScanPlace page, Optional<ScanCursor> next) {}
    };

    /**
     * Tells where to go on.
     *
     * @param pageSize the size of a page, if the scan begins
     * @param partitions asked for the partitions if the scan begins
     */
    ScanStart start(int pageSize, Supplier<List<ScanCursor>> partitions);

    /**
     * All of a page, and of the pages before it in its partition, was dealt with and noted.
     *
     * @param page which page
     * @param next where the next one begins; empty if the partition is at its end
     */
    void pageDone(ScanPlace page, Optional<ScanCursor> next);

    static ScanStart atTheBeginning(int pageSize, List<ScanCursor> partitions) {
        return new ScanStart(
                pageSize,
                IntStream.range(0, partitions.size())
                        .mapToObj(i -> new ScanStart.Partition(i, 0, partitions.get(i), Set.of()))
                        .toList());
    }
}
