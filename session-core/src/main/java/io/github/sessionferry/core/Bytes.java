package io.github.sessionferry.core;

import java.util.Arrays;

/**
 * A byte string as a state value: immutable and compared by content.
 *
 * <p>Its {@link #toString()} tells the length only.
 *
 * @since 0.1
 */
public final class Bytes {

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    /**
     * Copies an array.
     *
     * @param content the bytes
     * @return a value of its own, unaffected by later changes of the array
     */
    public static Bytes copyOf(byte[] content) {
        return new Bytes(content.clone());
    }

    /**
     * Copies the bytes out.
     *
     * @return a new array
     */
    public byte[] toArray() {
        return content.clone();
    }

    /**
     * Counts the bytes.
     *
     * @return how many bytes there are
     */
    public int size() {
        return content.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return "Bytes[" + content.length + "]";
    }
}
