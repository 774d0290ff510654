package io.github.sessionferry.firestore;

class AdkPythonOnFakePropertiesTest extends FirestoreProperties {

    AdkPythonOnFakePropertiesTest() {
        super(FirestoreLayout.adkPython());
    }
}
