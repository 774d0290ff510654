/** The session model, the SPI that every store implements, and the rollout policy. */
module io.github.sessionferry.core {
    requires com.fasterxml.jackson.databind;
    requires org.apache.commons.codec;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.github.sessionferry.core;
    exports io.github.sessionferry.core.codec;
    exports io.github.sessionferry.core.quota;
    exports io.github.sessionferry.core.rollout;

    uses io.github.sessionferry.core.SessionStoreProvider;
}
