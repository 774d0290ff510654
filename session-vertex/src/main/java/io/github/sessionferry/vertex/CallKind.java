package io.github.sessionferry.vertex;

/** The kinds of calls that the service counts apart. */
enum CallKind {
    SESSION_WRITE("session writes"),
    APPEND("events appended"),
    READ("reads"),
    /** Whether an operation has ended; not counted. */
    POLL("polls");

    private final String label;

    CallKind(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    long perMinute(AgentEngineQuotas quotas) {
        return switch (this) {
            case SESSION_WRITE -> quotas.sessionWrites();
            case APPEND -> quotas.appends();
            case READ -> quotas.reads();
            case POLL -> AgentEngineQuotas.UNLIMITED;
        };
    }
}
