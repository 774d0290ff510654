package io.github.sessionferry.testkit.agentengine;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The field that a list is ordered by, and the direction. */
record Order(String field, boolean descending) {
    private static final Pattern ORDER = Pattern.compile("\\s*(\\w+)(?:\\s+(asc|desc))?\\s*");

    /**
     * Reads an {@code order_by} of one field.
     *
     * @param fields the fields that may be named, each in both spellings, to the one used here
     * @throws RpcException INVALID_ARGUMENT if it names another field or cannot be read
     */
    static Order parse(String orderBy, Order byDefault, Map<String, String> fields) {
        if (orderBy.isBlank()) {
            return byDefault;
        }
        Matcher order = ORDER.matcher(orderBy);
        if (!order.matches() || !fields.containsKey(order.group(1))) {
            throw RpcException.invalidField("order_by", "Invalid order_by.");
        }
        return new Order(fields.getOrDefault(order.group(1), ""), "desc".equals(order.group(2)));
    }
}
