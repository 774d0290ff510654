package io.github.sessionferry.firestore;

class AdkFlatOnFakePropertiesTest extends FirestoreProperties {

    AdkFlatOnFakePropertiesTest() {
        super(FirestoreLayout.adkFlat());
    }
}
