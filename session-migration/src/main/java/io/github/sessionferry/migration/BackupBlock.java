package io.github.sessionferry.migration;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Some lines that are compressed together, as one gzip member: few enough that one of them is soon read. Immutable; nobody
 * changes its arrays.
 */
final class BackupBlock {

    /** What a block of a backup can be at most, so that a forged one cannot take all memory. */
    static final int LONGEST = 1 << 28;

    private static final int FULL = 1 << 17;

    private final byte[] compressed;
    private final int length;
    private final List<Entry> entries;
    private final BackupCounts counts;

    private BackupBlock(byte[] compressed, int length, List<Entry> entries, BackupCounts counts) {
        this.compressed = compressed;
        this.length = length;
        this.entries = List.copyOf(entries);
        this.counts = counts;
    }

    /** The member. */
    byte[] compressed() {
        return compressed;
    }

    /** How long the lines are with their ends, in bytes. */
    int length() {
        return length;
    }

    /** Where the lines are that can be looked up. */
    List<Entry> entries() {
        return entries;
    }

    /** What the lines tell. */
    BackupCounts counts() {
        return counts;
    }

    /** Where a line begins. Immutable. */
    static final class Entry {

        private final byte[] hash;
        private final int position;

        private Entry(byte[] hash, int position) {
            this.hash = hash;
            this.position = position;
        }

        /** Of what it is looked up by. */
        byte[] hash() {
            return hash;
        }

        /** Its first byte in the block. */
        int position() {
            return position;
        }
    }

    /** The lines of a block, one after the other. */
    static byte[] decompress(byte[] compressed, int length) throws BackupDamage {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            byte[] lines = in.readNBytes(length);
            if (lines.length != length || in.read() >= 0) {
                throw new BackupDamage("a block is not as long as the index says");
            }
            return lines;
        } catch (IOException e) {
            throw new BackupDamage("a block cannot be decompressed", e);
        }
    }

    /** The line that begins at a position. */
    static byte[] line(byte[] lines, int position) throws BackupDamage {
        int end = end(lines, position);
        return Arrays.copyOfRange(lines, position, end);
    }

    /** Where the line that begins at a position ends. */
    static int end(byte[] lines, int position) throws BackupDamage {
        int end = position;
        while (end < lines.length && lines[end] != '\n') {
            end++;
        }
        if (position < 0 || end >= lines.length) {
            throw new BackupDamage("a line has no end");
        }
        return end;
    }

    /** Gathers lines. Not thread-safe. */
    static final class Builder {

        private final BackupCipher cipher;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final List<Entry> entries = new ArrayList<>();
        private final GZIPOutputStream gzip;
        private BackupCounts counts = BackupCounts.NONE;
        private int length;

        Builder(BackupCipher cipher) {
            this.cipher = cipher;
            try {
                gzip = new GZIPOutputStream(bytes);
            } catch (IOException e) {
                throw inMemory(e);
            }
        }

        /** Adds a line about a key or scope that can be looked up. */
        void add(byte[] line, Object item, BackupCounts what) {
            entries.add(new Entry(cipher.hash(BackupItems.bytes(item)), length));
            add(line, what);
        }

        /** Adds a line that is not looked up. */
        void add(byte[] line, BackupCounts what) {
            try {
                gzip.write(line);
                gzip.write('\n');
            } catch (IOException e) {
                throw inMemory(e);
            }
            length += line.length + 1;
            counts = counts.plus(what);
        }

        boolean isFull() {
            return length >= FULL;
        }

        BackupBlock build() {
            try {
                gzip.finish();
            } catch (IOException e) {
                throw inMemory(e);
            }
            return new BackupBlock(bytes.toByteArray(), length, entries, counts);
        }

        private static AssertionError inMemory(IOException e) {
            return new AssertionError("memory can be written", e);
        }
    }
}
