package io.github.sessionferry.testkit.agentengine;

import com.google.protobuf.Timestamp;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which value of the replay stands for which of the recording, settled at first sight, one for one. Only what the server
 * made is translated: what the recording's own requests brought in stands for itself. Not thread-safe.
 */
final class Correspondence {
    private static final Pattern WORD = Pattern.compile("[\\p{Alnum}_-]+");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{5,}");
    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)");

    private final Map<Object, Object> toReplay = new HashMap<>();
    private final Map<Object, Object> toRecording = new HashMap<>();
    private final Set<Object> fromRequests = new HashSet<>();

    /** Remembers what a recorded request brings in, and writes the replay's values in place of the recorded ones. */
    String request(String recorded) {
        if (toReplay.get(recorded) instanceof String known) {
            return known;
        }
        String times = TIME.matcher(recorded).replaceAll(time -> Matcher.quoteReplacement(requestTime(time.group())));
        return WORD.matcher(times).replaceAll(word -> Matcher.quoteReplacement(requestWord(word.group())));
    }

    Timestamp request(Timestamp recorded) {
        if (toReplay.get(recorded) instanceof Timestamp known) {
            return known;
        }
        fromRequests.add(recorded);
        return recorded;
    }

    boolean matches(Timestamp recorded, Timestamp replayed) {
        return fromRequests.contains(recorded) ? recorded.equals(replayed) : settle(recorded, replayed);
    }

    boolean matchesToken(String recorded, String replayed) {
        boolean lastPage = recorded.isEmpty() || replayed.isEmpty();
        return lastPage ? recorded.equals(replayed) : settle(recorded, replayed);
    }

    /** Compares names or texts that hold ids which the server made. */
    boolean matches(String recorded, String replayed) {
        List<String> recordedWords = words(recorded);
        List<String> replayedWords = words(replayed);
        if (recordedWords.size() != replayedWords.size()
                || !WORD.matcher(recorded)
                        .replaceAll("")
                        .equals(WORD.matcher(replayed).replaceAll(""))) {
            return false;
        }
        for (int i = 0; i < recordedWords.size(); i++) {
            if (!matchesWord(recordedWords.get(i), replayedWords.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean matchesWord(String recorded, String replayed) {
        boolean madeByServer = !fromRequests.contains(recorded)
                && NUMBER.matcher(recorded).matches()
                && NUMBER.matcher(replayed).matches();
        return madeByServer ? settle(recorded, replayed) : recorded.equals(replayed);
    }

    private boolean settle(Object recorded, Object replayed) {
        toReplay.putIfAbsent(recorded, replayed);
        toRecording.putIfAbsent(replayed, recorded);
        return replayed.equals(toReplay.get(recorded)) && recorded.equals(toRecording.get(replayed));
    }

    private String requestWord(String recorded) {
        if (toReplay.get(recorded) instanceof String known) {
            return known;
        }
        fromRequests.add(recorded);
        return recorded;
    }

    private String requestTime(String recorded) {
        Timestamp time = ServerTime.timestamp(OffsetDateTime.parse(recorded).toInstant());
        return toReplay.get(time) instanceof Timestamp known
                ? ServerTime.instant(known).toString()
                : recorded;
    }

    private static List<String> words(String text) {
        return WORD.matcher(text).results().map(MatchResult::group).toList();
    }
}
