package io.github.sessionferry.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class UnreachableTest {

    @Test
    void explain_ofARefusedConnectionInsideOtherFailures_tellsWhereItWent() {
        Throwable failure =
                new RuntimeException(new IOException(new ConnectException("Connection refused: h/1.2.3.4:5")));

        assertThat(Unreachable.explain(failure)).get().asString().contains("h/1.2.3.4:5", "check the address");
    }

    @Test
    void explain_ofAnUnknownHost_tellsItsName() {
        assertThat(Unreachable.explain(new RuntimeException(new UnknownHostException("no.such.host"))))
                .get()
                .asString()
                .contains("no.such.host", "check the address");
    }

    @Test
    void explain_ofAnythingElse_isEmpty() {
        RuntimeException circular = new RuntimeException();
        circular.initCause(new IOException(circular));

        assertThat(Unreachable.explain(new IOException("connection reset by a test")))
                .isEmpty();
        assertThat(Unreachable.explain(circular)).isEmpty();
    }
}
