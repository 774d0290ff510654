package io.github.sessionferry.testkit.agentengine;

import com.google.protobuf.Struct;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What an update changes of a session; what is empty stays. */
record SessionUpdate(
        Optional<String> displayName,
        Optional<Map<String, String>> labels,
        Optional<Struct> state,
        Optional<Instant> expireTime) {}
