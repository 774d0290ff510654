package io.github.sessionferry.firestore;

class AdkPythonOnFakeContractTest extends FakeFirestoreContractTest {

    @Override
    FirestoreLayout layout() {
        return FirestoreLayout.adkPython();
    }
}
