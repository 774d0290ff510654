package io.github.sessionferry.firestore;

import com.google.cloud.firestore.Firestore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

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

    private static final String AUTO = "auto";

    /** One layout, or those of which one is to be looked for. */
    private final List<One> layouts;

    private FirestoreLayout(List<One> layouts) {
        this.layouts = layouts;
    }

    private FirestoreLayout(String name, CollectionNames collections) {
        this(List.of(new One(name, collections)));
    }

    private record One(String name, CollectionNames collections) {}

    private FirestoreLayout with(UnaryOperator<CollectionNames> change) {
        return new FirestoreLayout(layouts.stream()
                .map(one -> new One(one.name(), change.apply(one.collections())))
                .toList());
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

    /**
     * Whichever of the layouts the database has sessions in. It is looked for when the service is built, which fails if
     * there are sessions in none of them, or in several.
     *
     * @return all layouts
     */
    public static FirestoreLayout auto() {
        return new FirestoreLayout(Stream.of(adkFlat(), adkJava(), adkPython())
                .flatMap(layout -> layout.layouts.stream())
                .toList());
    }

    /** What the layouts are called in addresses, the default first. */
    static String[] names() {
        return new String[] {AdkFlatLayout.NAME, AdkJavaLayout.NAME, AdkPythonLayout.NAME, AUTO};
    }

    static FirestoreLayout named(String name) {
        return switch (name) {
            case AdkJavaLayout.NAME -> adkJava();
            case AdkPythonLayout.NAME -> adkPython();
            case AUTO -> auto();
            default -> adkFlat();
        };
    }

    /**
     * What the layout is called in addresses of stores.
     *
     * @return the name, such as {@code adk-python}
     */
    public String name() {
        return isOne() ? layouts.get(0).name() : AUTO;
    }

    boolean isOne() {
        return layouts.size() == 1;
    }

    List<FirestoreLayout> each() {
        return layouts.stream().map(one -> new FirestoreLayout(List.of(one))).toList();
    }

    /**
     * This layout with another collection that everything but shared state lies in.
     *
     * @param collection its name, printable ASCII
     * @return a layout
     * @throws IllegalArgumentException if a collection cannot be called so
     */
    public FirestoreLayout withRoot(String collection) {
        return with(collections -> collections.withRoot(collection));
    }

    /**
     * This layout with another name for the collections of events.
     *
     * @param collection the name, printable ASCII
     * @return a layout
     * @throws IllegalArgumentException if a collection cannot be called so
     */
    public FirestoreLayout withEvents(String collection) {
        return with(collections -> collections.withEvents(collection));
    }

    /**
     * This layout with another collection for the state of applications.
     *
     * @param collection its name, printable ASCII
     * @return a layout
     * @throws IllegalArgumentException if a collection cannot be called so
     */
    public FirestoreLayout withAppState(String collection) {
        return with(collections -> collections.withAppState(collection));
    }

    /**
     * This layout with another collection for the state of users.
     *
     * @param collection its name, printable ASCII
     * @return a layout
     * @throws IllegalArgumentException if a collection cannot be called so
     */
    public FirestoreLayout withUserState(String collection) {
        return with(collections -> collections.withUserState(collection));
    }

    Layout create(Firestore firestore) {
        One one = layouts.get(0);
        return Objects.requireNonNull(KINDS.get(one.name())).create(firestore, one.collections());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FirestoreLayout that && layouts.equals(that.layouts);
    }

    @Override
    public int hashCode() {
        return layouts.hashCode();
    }

    @Override
    public String toString() {
        return "FirestoreLayout" + layouts;
    }
}
