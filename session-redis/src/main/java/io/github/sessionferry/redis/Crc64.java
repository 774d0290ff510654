package io.github.sessionferry.redis;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The checksum of what Redis saves: <a href="https://reveng.sourceforge.io/crc-catalogue/all.htm#crc.cat.crc-64-redis">
 * CRC-64/REDIS</a>, which neither the JDK nor the client brings. Thread-safe: static methods only.
 */
final class Crc64 {

    private static final long REFLECTED_POLYNOMIAL = Long.reverse(0xad93d23594c935a9L);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Of each byte, with 0 to 7 zero bytes after it: so eight bytes are looked up at once. */
    private static final long[][] OF_BYTE = new long[Long.BYTES][256];

    static {
        for (int value = 0; value < 256; value++) {
            long crc = value;
            for (int i = 0; i < Long.BYTES; i++) {
                for (int bit = 0; bit < Byte.SIZE; bit++) {
                    crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : REFLECTED_POLYNOMIAL);
                }
                OF_BYTE[i][value] = crc;
            }
        }
    }

    private Crc64() {}

    /** The checksum of the first bytes. */
    static long of(byte[] bytes, int length) {
        long crc = 0;
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            long eight = crc ^ (long) LONG.get(bytes, i);
            crc = 0;
            for (int zeros = Long.BYTES - 1; zeros >= 0; zeros--) {
                crc ^= OF_BYTE[zeros][(int) eight & 0xff];
                eight >>>= Byte.SIZE;
            }
        }
        for (; i < length; i++) {
            crc = crc >>> Byte.SIZE ^ OF_BYTE[0][(int) (crc ^ bytes[i]) & 0xff];
        }
        return crc;
    }
}
