package io.github.sessionferry.firestore;

class AdkJavaOnFakePropertiesTest extends FirestoreProperties {

    AdkJavaOnFakePropertiesTest() {
        super(FirestoreLayout.adkJava());
    }
}
