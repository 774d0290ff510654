package io.github.sessionferry.firestore;

import com.google.cloud.firestore.Firestore;
import java.util.Map;
import java.util.Objects;

/**
 * How sessions are laid out in documents: which collections there are, and what their documents hold.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class FirestoreLayout {

    /** Makes a layout of given collections. */
    private interface Kind {
        Layout create(Firestore firestore, CollectionNames collections);
    }

    private static final Map<String, Kind> KINDS = Map.of(
            AdkFlatLayout.NAME, AdkFlatLayout::new,
            AdkJavaLayout.NAME, AdkJavaLayout::new,
            AdkPythonLayout.NAME, AdkPythonLayout::new);

    private final String name;
    private final CollectionNames collections;

    private FirestoreLayout(String name, CollectionNames collections) {
        this.name = name;
        this.collections = collections;
    }

    /**
     * All sessions in one collection, {@code sessions}.
     *
     * @return the layout {@code adk-flat}
     */
    public static FirestoreLayout adkFlat() {
        return new FirestoreLayout(AdkFlatLayout.NAME, AdkFlatLayout.COLLECTIONS);
    }

    /**
     * The layout of ADK for Java's contribution: {@code adk-session/USER/sessions}.
     *
     * @return the layout {@code adk-java}
     */
    public static FirestoreLayout adkJava() {
        return new FirestoreLayout(AdkJavaLayout.NAME, AdkJavaLayout.COLLECTIONS);
    }

    /**
     * The layout of ADK for Python: {@code adk-session/APP/users/USER/sessions}.
     *
     * @return the layout {@code adk-python}
     */
    public static FirestoreLayout adkPython() {
        return new FirestoreLayout(AdkPythonLayout.NAME, AdkPythonLayout.COLLECTIONS);
    }

    /** What the layouts are called in addresses, the default first. */
    static String[] names() {
        return new String[] {AdkFlatLayout.NAME, AdkJavaLayout.NAME, AdkPythonLayout.NAME};
    }

    static FirestoreLayout named(String name) {
        return switch (name) {
            case AdkJavaLayout.NAME -> adkJava();
            case AdkPythonLayout.NAME -> adkPython();
            default -> adkFlat();
        };
    }

    /**
     * What the layout is called in addresses of stores.
     *
     * @return the name, such as {@code adk-python}
     */
    public String name() {
        return name;
    }

    /**
     * This layout with another collection that everything but shared state lies in.
     *
     * @param collection its name, printable ASCII
     * @return a layout
     * @throws IllegalArgumentException if a collection cannot be called so
     */
    public FirestoreLayout withRoot(String collection) {
        return new FirestoreLayout(name, collections.withRoot(collection));
    }

    /**
     * This layout with another name for the collections of events.
     *
     * @param collection the name, printable ASCII
     * @return a layout
     * @throws IllegalArgumentException if a collection cannot be called so
     */
    public FirestoreLayout withEvents(String collection) {
        return new FirestoreLayout(name, collections.withEvents(collection));
    }

    /**
     * This layout with another collection for the state of applications.
     *
     * @param collection its name, printable ASCII
     * @return a layout
     * @throws IllegalArgumentException if a collection cannot be called so
     */
    public FirestoreLayout withAppState(String collection) {
        return new FirestoreLayout(name, collections.withAppState(collection));
    }

    /**
     * This layout with another collection for the state of users.
     *
     * @param collection its name, printable ASCII
     * @return a layout
     * @throws IllegalArgumentException if a collection cannot be called so
     */
    public FirestoreLayout withUserState(String collection) {
        return new FirestoreLayout(name, collections.withUserState(collection));
    }

    Layout create(Firestore firestore) {
        return Objects.requireNonNull(KINDS.get(name)).create(firestore, collections);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FirestoreLayout that && name.equals(that.name) && collections.equals(that.collections);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, collections);
    }

    @Override
    public String toString() {
        return "FirestoreLayout[" + name + ", " + collections + "]";
    }
}
