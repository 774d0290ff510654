package io.github.sessionferry.testkit.contract;

/** What the groups of rules share. */
interface ContractRules {
    /** What the running test works with. */
    Fixture fixture();
}
