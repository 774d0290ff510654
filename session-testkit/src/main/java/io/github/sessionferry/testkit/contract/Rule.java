package io.github.sessionferry.testkit.contract;

import io.github.sessionferry.core.Capability;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the rule of {@code docs/contract.md} that a test proves.
 *
 * @since 0.1
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Rule {

    /**
     * The rule.
     *
     * @return its id, such as {@code S-401}
     */
    String value();

    /**
     * What a store must be capable of for the rule to apply to it.
     *
     * @return the capabilities
     */
    Capability[] needs() default {};
}
