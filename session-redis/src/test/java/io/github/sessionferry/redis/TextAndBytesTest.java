package io.github.sessionferry.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextAndBytesTest {

    private static final TextAndBytes CODEC = new TextAndBytes();

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "größer", "三つの訳", "😀", "a\ud800b"})
    void arguments_areSentWithTheirLengthsInBytes(String key) {
        byte[] value = {0, (byte) 0xff, '\r', '\n'};
        ByteBuf sent = Unpooled.buffer();

        new CommandArgs<>(CODEC).addKey(key).addValue(value).encode(sent);

        ByteBuf expected = Unpooled.buffer();
        byte[] text = key.getBytes(UTF_8);
        expected.writeBytes(("$" + text.length + "\r\n").getBytes(UTF_8)).writeBytes(text);
        expected.writeBytes("\r\n$4\r\n".getBytes(UTF_8)).writeBytes(value).writeBytes("\r\n".getBytes(UTF_8));
        assertThat(sent).isEqualTo(expected);
    }
}
