#include "sim/world/sieve.h"

#include <algorithm>

#include "sim/base/match.h"
#include "sim/base/maths.h"
#include "sim/base/samplers.h"

namespace rollcage {

namespace {

constexpr double hour_us = 3.6e9;
// Lots of a defect beside those of the dimensions.
constexpr std::uint64_t asserted_lot = dimensions, reached_lot = dimensions + 1;

constexpr std::size_t at(Dimension dimension) {
    return static_cast<std::size_t>(dimension);
}

// Once for all stages and runs.
double lot(const Suspect& suspect, std::uint64_t what, const Draw& draw) {
    const std::uint64_t index = std::uint64_t{suspect.place} << 8 | what;
    return draw.truth()(Purpose::parity, suspect.change->key, index).fine(0).value();
}

Lanes luck(const Suspect& suspect, const TrialRun& run, const Draw& draw) {
    const std::uint64_t index = std::uint64_t{run.build} << 40 | std::uint64_t{run.stage} << 32 |
                                std::uint64_t{run.run} << 8 | suspect.place;
    return draw(Purpose::trial, suspect.change->key, index);
}

// Of the requests that come, those that can meet it once the environment has what it needs.
double met(const Defect& defect) {
    double part = defect.rate.value();
    for (const Atom& atom : defect.when)
        if (const auto* rows = std::get_if<RowsLike>(&atom)) part *= rows->rows.value();
    return part;
}

bool old_enough(const Trial& trial, const Defect& defect) {
    return std::ranges::all_of(defect.when, [&](const Atom& atom) {
        const auto* age = std::get_if<AgeAbove>(&atom);
        return age == nullptr || trial.lasts() >= age->age;
    });
}

double at_least_once(double p, double times) {
    return 1 - power(1 - std::min(p, 1.0), times);
}

// Unit tests and contracts call code, not processes.
bool starts_processes(TrialKind kind) {
    return kind == TrialKind::integration || kind == TrialKind::smoke || kind == TrialKind::staging;
}

// By what everybody sees: errors and dead processes.
double loud(const Trial& trial, const Suspect& it, double volume) {
    const Defect& defect = it.defect();
    const double errors = at_least_once(met(defect) * defect.fails.value(), volume);
    if (!starts_processes(trial.kind)) return errors;
    const double hours = static_cast<double>(trial.lasts().us) / hour_us;
    const bool full = defect.leaks_mb_per_hour > 0 &&
                      defect.leaks_mb_per_hour * hours >= static_cast<double>(it.memory_mb);
    if (full) return 1;
    const double quiet = (1 - errors) *
                         (1 - defect.crashes_at_boot.value()) *  // A stage starts one process.
                         e_to(-std::min(700.0, defect.crashes_per_hour * hours));
    return 1 - quiet;
}

// By results that somebody compares with what they should be.
double silent(const Defect& defect, double volume) {
    if (defect.repeats_per_s > 0) return at_least_once(met(defect), volume);
    const double sound =
        (1 - defect.damages.value()) * (1 - defect.drops.value()) * (1 - defect.doubles.value());
    return at_least_once(met(defect) * (1 - sound), volume);
}

// How often a test that failed is run again before that counts.
std::int64_t tried_again(const Trial& trial) {
    switch (trial.on_flake) {
        case OnFlake::stop: return 0;
        case OnFlake::retry: return trial.retries;
        case OnFlake::quarantine: return 1;
    }
    return 0;
}

// The chance that one test of a run meets it, and sees it, however often it is tried.
double per_test(const Trial& trial, const Suspect& it, const Draw& draw) {
    const double volume = static_cast<double>(trial.volume) /
                          static_cast<double>(std::max<std::int64_t>(1, trial.tests));
    const bool asserted = lot(it, asserted_lot, draw) < trial.oracle.value();
    const double seen = loud(trial, it, volume);
    const double once = asserted ? 1 - (1 - seen) * (1 - silent(it.defect(), volume)) : seen;
    return power(once, static_cast<double>(1 + tried_again(trial)));
}

// More calls to others take more time where there are others to call.
double slower(const Trial& trial, const Suspect& it, const Draw& draw) {
    const Defect& defect = it.defect();
    const Share hit{static_cast<std::int64_t>(met(defect) * 1e6 + 0.5)};
    const double times = p95_times(hit, defect.slow);
    const bool called = lot(it, at(Dimension::dependencies), draw) <
                        trial.parity[at(Dimension::dependencies)].value();
    if (defect.amplifies == whole || !called) return times;
    return times *
           p95_times(hit, share_of(1 + it.on_calls.value() * (defect.amplifies.value() - 1)));
}

}  // namespace

Share time_on_calls(const Blueprint& world, ServiceId service) {
    const Service& it = world.services[service.index];
    double calls = 0;
    for (const Call& call : it.calls) {
        const double one = static_cast<double>(call.rtt.us + world.services[call.to.index].work.us);
        const double misses = call.cache ? 1 - call.cache->hits.value() : 1;
        calls += call.per_request.value() * misses * one;
    }
    return share_of(calls / (calls + static_cast<double>(it.work.us)));
}

std::vector<Suspect> suspects(const Build& build, std::int64_t memory_mb, Share on_calls) {
    std::vector<Suspect> all;
    for (const Change& change : build.changes)
        for (std::uint32_t i = 0; i < change.hides.size(); ++i)
            all.push_back({&change, i, memory_mb, on_calls});
    return all;
}

namespace {

const Published* published(const Defect& defect) {
    for (const Atom& atom : defect.when)
        if (const auto* it = std::get_if<Published>(&atom)) return it;
    return nullptr;
}

}  // namespace

Needs needs(const Change& change, const Defect& defect) {
    Needs all{};
    const auto need = [&](Dimension dimension) { all[at(dimension)] = true; };
    // Tests run under the settings of their environment, whatever production's are.
    if (!change.behind.empty()) need(Dimension::config);
    for (const Atom& atom : defect.when)
        std::visit(match{
                       [&](const LoadAbove&) { need(Dimension::scale); },
                       [&](const Concurrency&) { need(Dimension::scale); },
                       [&](const SettingIs&) { need(Dimension::config); },
                       [&](const Dependency&) { need(Dimension::dependencies); },
                       [&](const CohortIs&) { need(Dimension::behaviour); },
                       [&](const During&) { need(Dimension::behaviour); },
                       [](const Published&) {},  // Nobody attacks a test.
                       [](const AgeAbove&) {},   // Time has no parity: it is long enough or not.
                       [&](const PeerIs&) { need(Dimension::skew); },
                       [&](const ReadsForm&) { need(Dimension::skew); },
                       [&](const RowsLike&) { need(Dimension::data); },
                   },
                   atom);
    return all;
}

bool within_reach(const Trial& trial, const Suspect& suspect, const Draw& draw) {
    if (published(suspect.defect()) != nullptr) return false;
    const Needs needed = needs(*suspect.change, suspect.defect());
    for (std::size_t d = 0; d < dimensions; ++d)
        if (needed[d] && lot(suspect, d, draw) >= trial.parity[d].value()) return false;
    if (trial.kind != TrialKind::unit) return true;
    const Share reach = suspect.change->coverage.value_or(trial.reach);
    return lot(suspect, reached_lot, draw) < reach.value();
}

bool exposes(const Trial& trial, const Suspect& suspect, const TrialRun& run, const Draw& draw) {
    if (!within_reach(trial, suspect, draw) || !old_enough(trial, suspect.defect())) return false;
    if (trial.kind == TrialKind::performance)
        return slower(trial, suspect, draw) > 1 + trial.regression_at_most.value();
    const auto tests = static_cast<double>(std::max<std::int64_t>(1, trial.tests));
    const double found = at_least_once(per_test(trial, suspect, draw), tests);
    return luck(suspect, run, draw).fine(0).value() < found;
}

std::int64_t tests_failed(const Trial& trial, const Suspect& suspect, const TrialRun& run,
                          const Draw& draw) {
    if (!exposes(trial, suspect, run, draw)) return 0;
    const Uniform die = luck(suspect, run, draw).fine(1);
    return std::max<std::int64_t>(1, binomial(die, trial.tests, per_test(trial, suspect, draw)));
}

double p95_times(Share of_requests, Share times) {
    constexpr double usual = 2.995732273553991;  // ln 20: a twentieth takes longer.
    const double part = of_requests.value(), slow = times.value();
    if (part <= 0 || slow == 1) return 1;
    double low = std::min(1.0, slow) * usual, high = std::max(1.0, slow) * usual;
    for (int step = 0; step < 60; ++step) {
        const double middle = (low + high) / 2;
        const double longer = (1 - part) * e_to(-std::min(700.0, middle)) +
                              part * e_to(-std::min(700.0, middle / slow));
        (longer > 0.05 ? low : high) = middle;
    }
    return high / usual;
}

namespace {

// Tests that fail for nothing, and still do when they are tried again.
void add_flakes(const Trial& trial, const TrialRun& run, const Draw& draw, Measures& found) {
    constexpr std::uint32_t flake_entity = 0x0C00'0000;
    const std::int64_t flaky = trial.tests - trial.mended;
    if (trial.flake == none || flaky <= 0) return;
    const Lanes die =
        draw(Purpose::flake, flake_entity + run.stage, std::uint64_t{run.build} << 32 | run.run);
    const std::int64_t once = binomial(die.fine(0), flaky, trial.flake.value());
    const std::int64_t again = tried_again(trial);
    const std::int64_t still =
        again == 0
            ? once
            : binomial(die.fine(1), once, power(trial.flake.value(), static_cast<double>(again)));
    found.failing = std::min(trial.tests, *found.failing + still);
    if (trial.on_flake == OnFlake::quarantine) found.aside = once - still;
}

Share coverage_of(const Trial& trial, const Build& build) {
    std::int64_t lines = 0, run_at_all = 0;  // In millionths of lines.
    for (const Change& change : build.changes) {
        lines += change.lines;
        run_at_all += change.lines * change.coverage.value_or(trial.reach).ppm;
    }
    return lines > 0 ? Share{run_at_all / lines} : trial.reach;
}

std::int64_t known_by(const Build& build, SimTime now) {
    std::int64_t known = 0;
    for (const Suspect& it : suspects(build, 1)) {
        const Published* day = published(it.defect());
        known += day != nullptr && SimTime{} + day->at <= now;
    }
    return known;
}

}  // namespace

Measures measure(const Trial& trial, const Build& build, std::int64_t memory_mb,
                 const TrialRun& run, SimTime now, const Draw& draw, Share on_calls) {
    Measures found;
    if (trial.kind == TrialKind::scan) found.critical = known_by(build, now);
    std::int64_t failing = 0;
    double times = 1;
    for (const Suspect& it : suspects(build, memory_mb, on_calls)) {
        found.wrong |= exposes(trial, it, run, draw);
        failing += tests_failed(trial, it, run, draw);
        if (within_reach(trial, it, draw) && old_enough(trial, it.defect()))
            times *= slower(trial, it, draw);
    }
    if (trial.kind == TrialKind::performance) found.p95 = share_of(std::max(0.0, times - 1));
    if (trial.kind == TrialKind::unit) found.coverage = coverage_of(trial, build);
    if (trial.tests == 0) return found;
    found.tests = trial.tests;
    found.failing = std::min(failing, trial.tests);
    add_flakes(trial, run, draw, found);
    return found;
}

void put_aside(Trial& trial, std::int64_t tests) {
    const std::int64_t left = std::max<std::int64_t>(0, trial.tests - tests);
    if (trial.tests == 0 || tests == 0) return;
    trial.volume = trial.volume * left / trial.tests;
    trial.oracle.ppm = trial.oracle.ppm * left / trial.tests;
    trial.tests = left;
}

bool meets_rehearsal(const Trial& trial, const Change& change, bool only_wrong, const Draw& draw) {
    constexpr std::uint64_t rehearsed = 0xFFFF;  // Where a defect's place would stand.
    const auto met_with = [&](std::uint64_t what, Share share) {
        return draw.truth()(Purpose::parity, change.key, rehearsed << 8 | what).fine(0).value() <
               share.value();
    };
    const auto has = [&](Dimension it) { return met_with(at(it), trial.parity[at(it)]); };
    return has(Dimension::data) && (change.behind.empty() || has(Dimension::config)) &&
           (!only_wrong || met_with(asserted_lot, trial.oracle));
}

bool passes(const Trial& trial, const Measures& measured) {
    return !measured.wrong && measured.failing.value_or(0) == 0 &&
           measured.coverage.value_or(whole) >= trial.coverage_at_least &&
           measured.p95.value_or(none) <= trial.regression_at_most &&
           measured.critical.value_or(0) <= trial.critical_at_most;
}

}  // namespace rollcage
