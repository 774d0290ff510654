package io.github.sessionferry.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.sessionferry.core.Precondition;
import io.github.sessionferry.core.SessionService;
import io.github.sessionferry.core.SessionStores;
import io.github.sessionferry.migration.AnalysisReport;
import io.github.sessionferry.migration.SessionAnalyzer;
import io.github.sessionferry.testkit.generators.ConversationGenerator;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AnalysisExampleTest {

    @Test
    void example_tellsWhatAMigrationTakes() {
        try (SessionService source = SessionStores.open("memory:analysis-example-source");
                SessionService target = SessionStores.open("memory:analysis-example-target")) {
            ConversationGenerator.builder().sessions(5).build().stream()
                    .forEach(session -> source.store(session, Precondition.absent()));

            AnalysisReport report = SessionAnalyzer.builder(source)
                    .to(target)
                    .classifier(session -> session.key().userId().isEmpty() ? "visitor" : "user")
                    .build()
                    .run();
            Duration estimate = report.target().orElseThrow().estimate().time();

            assertThat(report.kinds()).containsEntry("user", 5L);
            assertThat(estimate).isLessThan(Duration.ofMinutes(1));
        }
    }
}
