package io.github.sessionferry.file;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the file system tells of a file, not of what a link leads to, at one moment. Immutable.
 *
 * @param modified when its content was last written, or what somebody has set that to
 * @param identity which file of the file system it is; a replaced file may have the same
 * @param changed when anything of it last changed, which nobody can set; {@code null} where that is not told
 */
record FileState(
        boolean isSymbolicLink,
        boolean isRegularFile,
        long size,
        FileTime modified,
        @Nullable Object identity,
        @Nullable FileTime changed) {

    private static final String UNIX = "unix";
    private static final String UNIX_ATTRIBUTES = "unix:isSymbolicLink,isRegularFile,size,lastModifiedTime,ino,ctime";

    /** File times are those of the machine; they tell two changes apart that are so far from each other. */
    private static final Clock MACHINE = Clock.systemUTC();

    private static final Duration SURELY_TOLD_APART = Duration.ofSeconds(2);

    static FileState of(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains(UNIX)) {
            Map<String, Object> attributes = Files.readAttributes(file, UNIX_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            return new FileState(
                    (boolean) requireNonNull(attributes.get("isSymbolicLink")),
                    (boolean) requireNonNull(attributes.get("isRegularFile")),
                    (long) requireNonNull(attributes.get("size")),
                    (FileTime) requireNonNull(attributes.get("lastModifiedTime")),
                    attributes.get("ino"),
                    (FileTime) attributes.get("ctime"));
        }
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return new FileState(
                attributes.isSymbolicLink(),
                attributes.isRegularFile(),
                attributes.size(),
                attributes.lastModifiedTime(),
                attributes.fileKey(),
                null);
    }

    /** Whether the file, as long as it has this state, holds what it holds now, whoever writes to it. */
    boolean tellsEveryChange() {
        return changed != null && changed.toInstant().isBefore(MACHINE.instant().minus(SURELY_TOLD_APART));
    }
}
