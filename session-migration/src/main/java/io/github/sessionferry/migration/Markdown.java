package io.github.sessionferry.migration;

import java.util.List;

/** A page in Markdown that reads well as plain text, too. Not thread-safe. */
final class Markdown extends Page {

    private static final String SAFE_PUNCTUATION = " -_.:,;/@#+=~!?()[]{}$%^*'\"…";

    private final StringBuilder page = new StringBuilder();

    @Override
    Markdown title(String text) {
        page.append("# ").append(text).append("\n");
        return this;
    }

    @Override
    Markdown section(String text) {
        page.append("\n## ").append(text).append("\n");
        return this;
    }

    @Override
    Markdown paragraph(String text) {
        page.append("\n").append(text).append("\n");
        return this;
    }

    @Override
    Markdown list(List<String> items) {
        page.append("\n");
        items.forEach(item -> page.append("- ").append(item).append("\n"));
        return this;
    }

    @Override
    Markdown table(String... headings) {
        page.append("\n");
        row(headings);
        page.append("|");
        for (String heading : headings) {
            page.append(heading.startsWith(" ") ? "---:|" : "---|");
        }
        page.append("\n");
        return this;
    }

    @Override
    Markdown row(String... cells) {
        page.append("|");
        for (String cell : cells) {
            page.append(" ").append(cell.strip()).append(" |");
        }
        page.append("\n");
        return this;
    }

    @Override
    Markdown plot(Plot plot) {
        return this;
    }

    @Override
    String code(String text) {
        return text.isEmpty() ? "*empty*" : "`" + visible(text, c -> SAFE_PUNCTUATION.indexOf(c) >= 0) + "`";
    }

    @Override
    String bold(String text) {
        return "**" + text + "**";
    }

    @Override
    String text() {
        return page.toString();
    }
}
