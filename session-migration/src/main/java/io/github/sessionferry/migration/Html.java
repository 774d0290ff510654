package io.github.sessionferry.migration;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * A page in HTML that needs nothing but itself, and whose policy lets a browser run and load nothing at all.
 *
 * <p>Not thread-safe.
 */
final class Html extends Page {

    private static final String STYLE = """

            :root { color-scheme: light dark; --text: #1b1f24; --faint: #57606a; --line: #d0d7de; --page: #ffffff;
              --first: #0550ae; --second: #bc4c00; }
            @media (prefers-color-scheme: dark) {
              :root { --text: #e6edf3; --faint: #9da7b3; --line: #3d444d; --page: #0d1117; --first: #79c0ff;
                --second: #ffa657; }
            }
            body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page);
              max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
            h1 { line-height: 1.25; }
            table { border-collapse: collapse; margin: 1rem 0; }
            th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }
            .n { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
            code { font-size: .9em; }
            .wide { overflow-x: auto; }
            svg { display: block; width: 100%; min-width: 36rem; height: auto; margin: 1rem 0; }
            svg text { font-size: 13px; fill: var(--faint); }
            svg .heading { font-size: 15px; font-weight: 600; fill: var(--text); }
            svg .end { text-anchor: end; }
            svg .middle { text-anchor: middle; }
            svg .axis { stroke: var(--line); }
            svg .line { fill: none; stroke-width: 2.5; stroke-linecap: round; stroke-linejoin: round; }
            svg .first { stroke: var(--first); }
            svg .second { stroke: var(--second); stroke-dasharray: 7 5; }
            """;

    private static final String POLICY =
            "default-src 'none'; style-src 'sha256-" + sha256(STYLE) + "'; base-uri 'none'; form-action 'none'";

    private final StringBuilder body = new StringBuilder();
    private String title = "";
    private String[] columns = {};
    private int plots;

    @Override
    Html title(String text) {
        title = text;
        return block("<h1>" + text + "</h1>");
    }

    @Override
    Html section(String text) {
        return block("<h2>" + text + "</h2>");
    }

    @Override
    Html paragraph(String text) {
        return block("<p>" + text + "</p>");
    }

    @Override
    Html list(List<String> items) {
        block("<ul>");
        items.forEach(item -> block("<li>" + item + "</li>"));
        return block("</ul>");
    }

    @Override
    Html table(String... headings) {
        block("<div class=\"wide\"><table>");
        columns = headings;
        return cells("th scope=\"col\"", "th", headings);
    }

    @Override
    Html row(String... cells) {
        return cells("td", "td", cells);
    }

    private Html cells(String begin, String end, String... cells) {
        body.append("<tr>");
        for (int i = 0; i < cells.length; i++) {
            body.append("<").append(begin).append(columns[i].startsWith(" ") ? " class=\"n\">" : ">");
            body.append(cells[i].strip()).append("</").append(end).append(">");
        }
        body.append("</tr>\n");
        return this;
    }

    @Override
    Html plot(Plot plot) {
        plots++;
        return block("<div class=\"wide\">" + plot.svg("plot" + plots) + "</div>");
    }

    private Html block(String html) {
        endTable();
        body.append(html).append("\n");
        return this;
    }

    private void endTable() {
        if (columns.length > 0) {
            body.append("</table></div>\n");
            columns = new String[0];
        }
    }

    @Override
    String code(String text) {
        return text.isEmpty()
                ? "<em>empty</em>"
                : "<code dir=\"auto\">" + escape(visible(text, c -> (c >= ' ' && c <= '~') || c == '…')) + "</code>";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    @Override
    String bold(String text) {
        return "<strong>" + text + "</strong>";
    }

    @Override
    String text() {
        endTable();
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8"/>
                <meta http-equiv="Content-Security-Policy" content="%s"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="referrer" content="no-referrer"/>
                <title>%s</title>
                <style>%s</style>
                </head>
                <body>
                <main>
                %s</main>
                </body>
                </html>
                """.formatted(POLICY, title, STYLE, body);
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
