/**
 * Firestore for tests: {@link io.github.sessionferry.testkit.firestore.FakeFirestore} runs in this process,
 * {@link io.github.sessionferry.testkit.firestore.FirestoreEmulator} finds or starts Google's own emulator. Both public
 * types are thread-safe.
 */
@NullMarked
package io.github.sessionferry.testkit.firestore;

import org.jspecify.annotations.NullMarked;
