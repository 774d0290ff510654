package io.github.sessionferry.testkit.agentengine;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of the standard list filter that the service takes: comparisons joined by AND. */
final class ListFilter {
    private static final Pattern TERM =
            Pattern.compile("\\s*(?<field>[\\p{L}\\p{N}_.-]+)\\s*(?<operator>>=|<=|!=|=|>|<)\\s*"
                    + "(?:\"(?<quoted>(?:[^\"\\\\]|\\\\.)*+)\"|(?<bare>[^\\s\"()<>=!]++))\\s*");
    private static final Pattern AND = Pattern.compile("AND\\s");

    private ListFilter() {}

    record Term(String field, String operator, String value) {}

    /** @throws RpcException INVALID_ARGUMENT if the filter cannot be read */
    static List<Term> parse(String filter) {
        List<Term> terms = new ArrayList<>();
        if (filter.isBlank()) {
            return terms;
        }
        Matcher term = TERM.matcher(filter);
        Matcher and = AND.matcher(filter);
        int position = 0;
        while (term.region(position, filter.length()).lookingAt()) {
            terms.add(new Term(term.group("field"), term.group("operator"), valueOf(term)));
            position = term.end();
            if (position == filter.length()) {
                return terms;
            }
            if (!and.region(position, filter.length()).lookingAt()) {
                break;
            }
            position = and.end();
        }
        throw invalid();
    }

    static RpcException invalid() {
        return RpcException.invalidField("filter", "Invalid filter.");
    }

    private static String valueOf(Matcher term) {
        String bare = term.group("bare");
        return bare != null ? bare : term.group("quoted").replaceAll("\\\\(.)", "$1");
    }
}
