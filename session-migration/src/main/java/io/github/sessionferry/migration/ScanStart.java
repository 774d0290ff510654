package io.github.sessionferry.migration;

import io.github.sessionferry.core.ScanCursor;
import java.util.List;
import java.util.Set;

/**
 * Where a scan begins, or goes on. Immutable.
 *
 * @param pageSize how many items a page has at most; the same for all attempts, so that pages are the same
 * @param partitions the partitions that are not at their end
 */
record ScanStart(int pageSize, List<Partition> partitions) {

    /**
     * Where one partition goes on. Immutable.
     *
     * @param number the partition's number
     * @param page the number of the next page
     * @param cursor where that page begins
     * @param met what earlier attempts have dealt with from there on: keys, scopes, and places of unreadable records
     */
    record Partition(int number, long page, ScanCursor cursor, Set<Object> met) {}
}
