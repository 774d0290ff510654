package io.github.sessionferry.firestore;

class AdkPythonOnEmulatorContractIT extends FirestoreEmulatorContractIT {

    @Override
    FirestoreLayout layout() {
        return FirestoreLayout.adkPython();
    }
}
