package io.github.sessionferry.migration;

/**
 * How a run came to its end.
 *
 * @since 0.1
 */
public enum RunEnding {
    /** Everything that the scan of the source told was dealt with, and the scan came to its end for certain. */
    COMPLETE,
    /** Somebody asked the run to end early; what was under way was finished. */
    CANCELLED,
    /** Going on made no sense: the credentials were refused, the store was gone, the scan failed. */
    STOPPED
}
