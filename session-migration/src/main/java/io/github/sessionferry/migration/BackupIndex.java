package io.github.sessionferry.migration;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Where in a part its blocks are, and in which of them each session is, by a hash of its key. It stays on the disk, mapped:
 * a search looks at a few places, and the heap holds none of it.
 *
 * <p>The file, all numbers big-endian: {@code SFBI}, version, number of blocks, number of entries, 4 bytes each; the blocks
 * in the order of the part: offset 8, stored length 4, length of its lines 4; the entries in the order of their hashes:
 * hash 32, number of the block 4, position in its lines 4. Immutable.
 */
final class BackupIndex {

    static final int HASH_BYTES = 32;

    private static final int MAGIC = 0x53464249;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 16;
    private static final int BLOCK_BYTES = 16;
    private static final int ENTRY_BYTES = HASH_BYTES + 8;

    private final ByteBuffer file;
    private final int blocks;
    private final int entries;

    private BackupIndex(ByteBuffer file) throws BackupDamage {
        this.file = file;
        if (file.capacity() < HEADER_BYTES || file.getInt(0) != MAGIC) {
            throw new BackupDamage("its index is no index");
        }
        if (file.getInt(4) != VERSION) {
            throw new BackupDamage("its index is of another version");
        }
        blocks = file.getInt(8);
        entries = file.getInt(12);
        if (blocks < 0
                || entries < 0
                || file.capacity() != HEADER_BYTES + (long) BLOCK_BYTES * blocks + (long) ENTRY_BYTES * entries) {
            throw new BackupDamage("its index is not as long as it says");
        }
    }

    /** Opens the index of a part, if it is as it was written. */
    static BackupIndex open(Path file, String sha256) throws BackupDamage {
        ByteBuffer mapped = map(file);
        MessageDigest digest = DigestUtils.getSha256Digest();
        digest.update(mapped.duplicate());
        if (!Hex.encodeHexString(digest.digest()).equals(sha256)) {
            throw new BackupDamage("its index was changed since it was written");
        }
        return new BackupIndex(mapped);
    }

    /** Maps a file, whatever interrupts come: they close channels, and are no damage. */
    private static ByteBuffer map(Path file) throws BackupDamage {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new BackupDamage("its index cannot be read (" + e.getClass().getSimpleName() + ")", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Where a block is. Immutable.
     *
     * @param offset its first byte in the part
     * @param stored how many bytes it takes there
     * @param length how long its lines are
     */
    record Block(long offset, int stored, int length) {}

    /**
     * Where a line is. Immutable.
     *
     * @param block the number of its block
     * @param position its first byte in the block's lines
     */
    record Place(int block, int position) {}

    int blocks() {
        return blocks;
    }

    int entries() {
        return entries;
    }

    Block block(int number) throws BackupDamage {
        if (number < 0 || number >= blocks) {
            throw new BackupDamage("its index names a block that is not there");
        }
        int at = HEADER_BYTES + BLOCK_BYTES * number;
        return new Block(file.getLong(at), file.getInt(at + 8), file.getInt(at + 12));
    }

    /** Looks a hash up. */
    Optional<Place> find(byte[] hash) {
        int low = 0;
        int high = entries - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Arrays.compareUnsigned(hash(middle), hash);
            if (order == 0) {
                return Optional.of(place(middle));
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return Optional.empty();
    }

    /** The hashes of what a block holds, for naming what is lost with it. */
    List<String> hashesIn(int block) {
        List<String> hashes = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            if (place(i).block() == block) {
                hashes.add(Hex.encodeHexString(hash(i)));
            }
        }
        return hashes;
    }

    private int at(int entry) {
        return HEADER_BYTES + BLOCK_BYTES * blocks + ENTRY_BYTES * entry;
    }

    private byte[] hash(int entry) {
        byte[] hash = new byte[HASH_BYTES];
        file.get(at(entry), hash);
        return hash;
    }

    private Place place(int entry) {
        int at = at(entry) + HASH_BYTES;
        return new Place(file.getInt(at), file.getInt(at + 4));
    }

    /** Gathers what a part holds. Not thread-safe. */
    static final class Builder {

        private final List<Block> blocks = new ArrayList<>();
        private final List<byte[]> entries = new ArrayList<>();

        void add(long offset, int stored, BackupBlock block) {
            int number = blocks.size();
            blocks.add(new Block(offset, stored, block.length()));
            block.entries()
                    .forEach(entry -> entries.add(ByteBuffer.allocate(ENTRY_BYTES)
                            .put(entry.hash())
                            .putInt(number)
                            .putInt(entry.position())
                            .array()));
        }

        int entries() {
            return entries.size();
        }

        byte[] build() {
            entries.sort(Arrays::compareUnsigned);
            ByteBuffer file =
                    ByteBuffer.allocate(HEADER_BYTES + BLOCK_BYTES * blocks.size() + ENTRY_BYTES * entries.size());
            file.putInt(MAGIC).putInt(VERSION).putInt(blocks.size()).putInt(entries.size());
            blocks.forEach(
                    block -> file.putLong(block.offset()).putInt(block.stored()).putInt(block.length()));
            entries.forEach(file::put);
            return file.array();
        }
    }
}
