package io.github.sessionferry.redis;

import io.github.sessionferry.core.Session;
import io.github.sessionferry.core.SessionException;
import io.github.sessionferry.core.SessionKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads of web sessions, many at a time. Thread-safe. */
final class WebReads {

    /** How many ids are asked for before their answers are waited for. */
    static final int AT_ONCE = 256;

    private final RedisCalls calls;
    private final WebKeys keys;
    private final WebScript script;
    private final ForeignSessions foreign;

    WebReads(RedisCalls calls, WebKeys keys, WebScript script, ForeignSessions foreign) {
        this.calls = calls;
        this.keys = keys;
        this.script = script;
        this.foreign = foreign;
    }

    Map<SessionKey, Session> findAll(Collection<SessionKey> wanted) {
        List<SessionKey> plain = wanted.stream().filter(keys::isPlain).toList();
        Map<SessionKey, Session> found = new LinkedHashMap<>();
        for (int i = 0; i < plain.size(); i += AT_ONCE) {
            List<SessionKey> some = plain.subList(i, Math.min(plain.size(), i + AT_ONCE));
            List<WebSlot> slots =
                    script.readAll(some.stream().map(SessionKey::sessionId).toList());
            for (int j = 0; j < some.size(); j++) {
                SessionKey key = some.get(j);
                try {
                    slots.get(j).session(key, keys).ifPresent(session -> found.put(key, session));
                } catch (IllegalArgumentException e) {
                    throw corrupt(key, e);
                }
            }
        }
        found.putAll(foreign.findAll(
                wanted.stream().filter(key -> !keys.isPlain(key)).toList()));
        return found;
    }

    SessionException corrupt(SessionKey key, IllegalArgumentException e) {
        return calls.corrupt("a session", key, String.valueOf(e.getMessage()));
    }

    /** What stands under ids, in their order. */
    List<WebSlot> slots(List<String> ids) {
        List<WebSlot> slots = new ArrayList<>();
        for (int i = 0; i < ids.size(); i += AT_ONCE) {
            slots.addAll(script.readAll(ids.subList(i, Math.min(ids.size(), i + AT_ONCE))));
        }
        return slots;
    }
}
