package io.github.sessionferry.firestore;

class AdkJavaOnFakeContractTest extends FakeFirestoreContractTest {

    @Override
    FirestoreLayout layout() {
        return FirestoreLayout.adkJava();
    }
}
