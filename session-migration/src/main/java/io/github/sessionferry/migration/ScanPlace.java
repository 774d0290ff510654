package io.github.sessionferry.migration;

/**
 * Where in a scan something was met. Immutable.
 *
 * @param partition the partition's number, from 0
 * @param page the page's number in its partition, from 0
 */
record ScanPlace(int partition, long page) {}
