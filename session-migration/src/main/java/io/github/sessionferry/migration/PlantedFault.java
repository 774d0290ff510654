package io.github.sessionferry.migration;

/**
 * A fault that the self-test of a {@link Validator} plants in a copy of the target, to see whether it is found.
 *
 * @since 0.1
 */
public enum PlantedFault {
    /** One of the events is dropped, not the last one. */
    EVENT_DROPPED("an event is dropped"),
    /** The last event is dropped. */
    LAST_EVENT_DROPPED("the last event is dropped"),
    /** An event comes a second time, under another id. */
    EVENT_DUPLICATED("an event comes twice, under another id"),
    /** The time of an event is moved by one second more than what counts as equal: by two seconds if nothing is set. */
    EVENT_TIME_MOVED("the time of an event is moved"),
    /** Two events stand in the other order. */
    EVENTS_SWAPPED("two events are swapped"),
    /** The session's update time is moved by one second more than what counts as equal. */
    UPDATE_TIME_MOVED("the update time is moved"),
    /** A state key of the session becomes one of the user. */
    SESSION_KEY_BECOMES_USER_KEY("a state key of the session becomes the user's"),
    /** A state key of the user becomes one of the session. */
    USER_KEY_BECOMES_SESSION_KEY("a state key of the user becomes the session's"),
    /** A whole number changes its type: {@code 1} becomes {@code 1.0}, or the other way. */
    NUMBER_TYPE_CHANGED("a number changes its type"),
    /** A value deep in a map or a list is another one. */
    DEEP_VALUE_CHANGED("a value deep in a map is changed"),
    /** A state key that is absent is there with null. */
    NULL_FOR_ABSENT("an absent state key becomes null"),
    /** A session is missing. */
    SESSION_MISSING("a session is missing"),
    /** There is a session that the source does not have. */
    SESSION_UNEXPECTED("a session is there that should not be"),
    /** A value that sessions share is another one. */
    SHARED_VALUE_CHANGED("a value of shared state is changed");

    private final String description;

    PlantedFault(String description) {
        this.description = description;
    }

    /**
     * Tells in words what is done.
     *
     * @return the beginning of a sentence
     */
    public String description() {
        return description;
    }
}
