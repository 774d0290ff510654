package io.github.sessionferry.testkit.contract;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionEvent;
import io.github.sessionferry.core.SharedValue;
import io.github.sessionferry.core.TaggedValue;
import io.github.sessionferry.core.codec.EventDocument;
import io.github.sessionferry.core.codec.Json;
import io.github.sessionferry.core.codec.SessionDocument;
import org.assertj.core.api.Assertions;

/** Lets failed assertions show what sessions contain, which their own texts never do. */
final class FailureMessages {

    private FailureMessages() {}

    static void showContent() {
        Assertions.registerFormatterForType(Session.class, session -> Json.write(SessionDocument.write(session)));
        Assertions.registerFormatterForType(SessionEvent.class, event -> Json.write(EventDocument.write(event)));
        Assertions.registerFormatterForType(TaggedValue.class, Json::write);
        Assertions.registerFormatterForType(SharedValue.class, shared -> shared + " " + Json.write(shared.value()));
    }
}
