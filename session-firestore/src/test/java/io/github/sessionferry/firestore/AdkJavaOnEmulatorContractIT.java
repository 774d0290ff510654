package io.github.sessionferry.firestore;

class AdkJavaOnEmulatorContractIT extends FirestoreEmulatorContractIT {

    @Override
    FirestoreLayout layout() {
        return FirestoreLayout.adkJava();
    }
}
