package io.github.sessionferry.migration;

import io.github.sessionferry.core.Capability;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a backup is, from its beginning on. Immutable.
 *
 * @param id which backup it is, of all
 * @param source the name of the store
 * @param capabilities what the source can do, as far as reading goes
 * @param wrappedKey what an encrypted backup needs to be opened with its key; empty if it is not encrypted
 */
record BackupHeader(String id, String source, Set<Capability> capabilities, Optional<String> wrappedKey) {

    private static final String FORMAT = "session-ferry";
    private static final long VERSION = 1;

    BackupHeader {
        capabilities = Set.copyOf(capabilities);
    }

    /** What a store can do that its backup can do as well. */
    static Set<Capability> readable(Set<Capability> capabilities) {
        Set<Capability> readable = EnumSet.of(
                Capability.EVENTS,
                Capability.SHARED_STATE,
                Capability.SHARED_STATE_PER_APP,
                Capability.SHARED_STATE_TIMES,
                Capability.EXPIRY);
        readable.retainAll(capabilities);
        return readable;
    }

    Map<String, Object> write() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("backup", FORMAT);
        fields.put("version", VERSION);
        fields.put("id", id);
        fields.put("source", source);
        fields.put(
                "capabilities", capabilities.stream().map(Enum::name).sorted().toList());
        wrappedKey.ifPresent(key -> fields.put("wrapped_key", key));
        return fields;
    }

    static BackupHeader read(JournalLine fields) {
        if (!fields.text("backup").equals(FORMAT) || fields.number("version") != VERSION) {
            throw new IllegalArgumentException("it is of another format or version");
        }
        Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        fields.texts("capabilities").forEach(name -> capabilities.add(Capability.valueOf(name)));
        return new BackupHeader(fields.text("id"), fields.text("source"), capabilities, fields.findText("wrapped_key"));
    }
}
