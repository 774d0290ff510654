package io.github.sessionferry.checks;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.github.sessionferry", importOptions = ModuleArrowsTest.WithoutTests.class)
class ModuleArrowsTest {

    @ArchTest
    static final ArchRule MODULES_USE_ONLY_WHAT_THE_ARCHITECTURE_ALLOWS = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.github.sessionferry..")
            .withOptionalLayers(false)
            .layer("core")
            .definedBy("io.github.sessionferry.core..")
            .layer("testkit")
            .definedBy("io.github.sessionferry.testkit..")
            .layer("file")
            .definedBy("io.github.sessionferry.file..")
            .layer("firestore")
            .definedBy("io.github.sessionferry.firestore..")
            .layer("vertex")
            .definedBy("io.github.sessionferry.vertex..")
            .layer("redis")
            .definedBy("io.github.sessionferry.redis..")
            .layer("migration")
            .definedBy("io.github.sessionferry.migration..")
            .layer("adk")
            .definedBy("io.github.sessionferry.adk..")
            .layer("cli")
            .definedBy("io.github.sessionferry.cli..")
            .whereLayer("core")
            .mayNotAccessAnyLayer()
            .whereLayer("testkit")
            .mayOnlyAccessLayers("core")
            .whereLayer("file")
            .mayOnlyAccessLayers("core")
            .whereLayer("firestore")
            .mayOnlyAccessLayers("core")
            .whereLayer("vertex")
            .mayOnlyAccessLayers("core")
            .whereLayer("redis")
            .mayOnlyAccessLayers("core")
            .whereLayer("migration")
            .mayOnlyAccessLayers("core")
            .whereLayer("adk")
            .mayOnlyAccessLayers("core")
            .whereLayer("adk")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .ensureAllClassesAreContainedInArchitecture();

    static final class WithoutTests implements ImportOption {

        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/");
        }
    }
}
