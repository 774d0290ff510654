package io.github.sessionferry.cli;

import io.github.sessionferry.migration.AnalysisReport;
import io.github.sessionferry.migration.MigrationReport;
import io.github.sessionferry.migration.Reports;
import io.github.sessionferry.migration.RetirementReport;
import io.github.sessionferry.migration.ValidationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where the reports of a command go, if anywhere. Not thread-safe. */
final class ReportFolder {

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write the report there, as Markdown, HTML and JSON; the folder is made if it is missing.")
    private @Nullable Path folder;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    /** Makes sure, before a long run, that the report can be written after it. */
    void check() {
        if (folder != null) {
            requireWritable(command, "--report", folder);
        }
    }

    static void requireWritable(CommandSpec command, String option, Path folder) {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, "report", ".tmp"));
        } catch (IOException e) {
            throw new ParameterException(
                    command.commandLine(),
                    option + ": cannot write to the folder " + folder + " ("
                            + e.getClass().getSimpleName() + "); name one that can be written to",
                    e);
        }
    }

    void write(AnalysisReport report, Console console) {
        if (folder != null) {
            Reports.write(folder, report);
            console.say("Report: " + folder.resolve("analysis.md"));
        }
    }

    void write(MigrationReport report, Console console) {
        if (folder != null) {
            Reports.write(folder, report);
            console.say("Report: " + folder.resolve("migration.md"));
        }
    }

    void write(ValidationReport report, Console console) {
        if (folder != null) {
            Reports.write(folder, report);
            console.say("Report: " + folder.resolve("validation.md"));
        }
    }

    void write(RetirementReport report, Console console) {
        if (folder != null) {
            Reports.write(folder, report);
            console.say("Report: " + folder.resolve("retirement.md"));
        }
    }
}
