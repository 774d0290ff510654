package io.github.sessionferry.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.codec.ToByteBufEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;

/** Keys as UTF-8 text, values as bytes, both written straight into what is sent. Immutable. */
final class TextAndBytes implements RedisCodec<String, byte[]>, ToByteBufEncoder<String, byte[]> {

    private static final StringCodec TEXT = StringCodec.UTF8;
    private static final ByteArrayCodec BYTES = ByteArrayCodec.INSTANCE;

    @Override
    public String decodeKey(ByteBuffer bytes) {
        return TEXT.decodeKey(bytes);
    }

    @Override
    public byte[] decodeValue(ByteBuffer bytes) {
        return BYTES.decodeValue(bytes);
    }

    @Override
    public ByteBuffer encodeKey(String key) {
        return TEXT.encodeKey(key);
    }

    @Override
    public ByteBuffer encodeValue(byte[] value) {
        return BYTES.encodeValue(value);
    }

    @Override
    public void encodeKey(String key, ByteBuf target) {
        TEXT.encodeKey(key, target);
    }

    @Override
    public void encodeValue(byte[] value, ByteBuf target) {
        BYTES.encodeValue(value, target);
    }

    @Override
    public int estimateSize(Object keyOrValue) {
        return keyOrValue instanceof String key ? ByteBufUtil.utf8Bytes(key) : BYTES.estimateSize(keyOrValue);
    }

    /** Otherwise each would be written into a buffer of its own first. */
    @Override
    public boolean isEstimateExact() {
        return true;
    }
}
