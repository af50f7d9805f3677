// Every die of the simulation on one page: what a draw decides.
// Leans on nothing of ours.
// Numbers are part of every recording: append, never renumber.
#pragma once

#include <cstdint>

namespace rollcage {

enum class Purpose : std::uint16_t {
    arrivals = 1,   // cohort, tick
    kinds = 2,      // cohort, tick: which request kind
    route = 3,      // cohort, tick: which pool
    serve = 4,      // pool, tick: capacity, held slots, late, calls
    turn_away = 5,  // pool, tick: shed, throttle, breaker, queue bound
    leave = 6,      // pool, tick: which attempts leave a mixed batch
    back_off = 7,   // pool, tick: when retries return
    budget = 8,     // pool, tick: who gets the last retry tokens
    calls = 9,      // pool, tick: calls placed, missed, retried
    callee = 10,    // pool, tick: capacity shared between requests and calls, and over classes
    warm = 11,      // pool, tick: keys filled
    writes = 12,    // class, second: writes and inserts among the good
    scenario = 13,  // declaration, ordinal: one_of, between
    lua = 14,       // a script's own dice
    test = 15,
    stores = 16,      // pool or store, second: flows of records
    settings = 18,    // process, setting and epoch: when it polls
    crash = 19,       // process, second
    lifecycle = 17,   // instance, process: probe, crash, what it held
    backups = 25,     // store, attempt: whether its backup can be restored
    logins = 26,      // pool and store, second: which cohort was logged out
    by_hand = 30,     // instance, pass: whether somebody missed it
    hotfix = 31,      // service, order: whether it is a bad one
    people = 32,      // person's phase, incident: how long thinking takes
    step_error = 33,  // runbook, time and step and try: how it goes wrong
    slices = 20,      // cohort, tick: who has which flags on
    harm = 21,        // pool or process, second: jobs that repeat, what they write
    parity = 50,      // change, defect and dimension: who has so much of production meets it
    trial = 51,       // change, run of a stage and defect: whether a test hits it
    probes = 60,      // service, minute: whether a probe is answered
    complaints = 61,  // cohort, minute: who complains, and whom they name
    log_lines = 62,   // alert, scrape: lines that match by chance
    flake = 52,       // stage and build, run: tests that fail for nothing
    approval = 53,    // delivery, or change and build: how long it takes, what it catches
    drift = 54,       // environment, difference: what is found first
    batch = 56,       // change, what of it: size, defects, kind
    exploit = 55,     // trigger: when somebody uses what is published
    versions = 57,    // build: whether who typed its version took one that there was
};

}  // namespace rollcage
