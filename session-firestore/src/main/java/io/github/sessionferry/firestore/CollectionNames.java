package io.github.sessionferry.firestore;

import com.google.common.base.Utf8;

/**
 * What the collections of a layout are called.
 *
 * @param root that which everything but shared state lies in
 * @param events that under a session
 * @param appState that of applications' state
 * @param userState that of users' state
 */
record CollectionNames(String root, String events, String appState, String userState) {

    CollectionNames {
        check("root", root);
        check("events", events);
        check("app-state", appState);
        check("user-state", userState);
    }

    private static void check(String what, String name) {
        if (!DocumentIds.isLegal(name) || Utf8.encodedLength(name) != name.length()) {
            throw new IllegalArgumentException("the collection name for " + what
                    + " is none that is taken here; it must be printable ASCII without '/', and not of the form __x__");
        }
    }

    CollectionNames withRoot(String name) {
        return new CollectionNames(name, events, appState, userState);
    }

    CollectionNames withEvents(String name) {
        return new CollectionNames(root, name, appState, userState);
    }

    CollectionNames withAppState(String name) {
        return new CollectionNames(root, events, name, userState);
    }

    CollectionNames withUserState(String name) {
        return new CollectionNames(root, events, appState, name);
    }
}
