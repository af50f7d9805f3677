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
    return draw(Purpose::parity, suspect.change->key, index).fine(0).value();
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

// By what everybody sees: errors and dead processes.
double loud(const Trial& trial, const Suspect& it, double volume) {
    const Defect& defect = it.defect();
    const double hours = static_cast<double>(trial.lasts().us) / hour_us;
    const bool full = defect.leaks_mb_per_hour > 0 &&
                      defect.leaks_mb_per_hour * hours >= static_cast<double>(it.memory_mb);
    if (full) return 1;
    const double quiet = (1 - at_least_once(met(defect) * defect.fails.value(), volume)) *
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

// The chance that one test of a run meets it, and sees it.
double per_test(const Trial& trial, const Suspect& it, const Draw& draw) {
    const double volume = static_cast<double>(trial.volume) /
                          static_cast<double>(std::max<std::int64_t>(1, trial.tests));
    const bool asserted = lot(it, asserted_lot, draw) < trial.oracle.value();
    const double seen = loud(trial, it, volume);
    return asserted ? 1 - (1 - seen) * (1 - silent(it.defect(), volume)) : seen;
}

double slower(const Defect& defect) {
    return p95_times({static_cast<std::int64_t>(met(defect) * 1e6 + 0.5)}, defect.slow);
}

}  // namespace

std::vector<Suspect> suspects(const Build& build, std::int64_t memory_mb) {
    std::vector<Suspect> all;
    for (const Change& change : build.changes)
        for (std::uint32_t i = 0; i < change.hides.size(); ++i)
            all.push_back({&change, i, memory_mb});
    return all;
}

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
                       [](const AgeAbove&) {},  // Time has no parity: it is long enough or not.
                       [&](const PeerIs&) { need(Dimension::skew); },
                       [&](const ReadsForm&) { need(Dimension::skew); },
                       [&](const RowsLike&) { need(Dimension::data); },
                   },
                   atom);
    return all;
}

bool within_reach(const Trial& trial, const Suspect& suspect, const Draw& draw) {
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
        return slower(suspect.defect()) > 1 + trial.regression_at_most.value();
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

Measures measure(const Trial& trial, const Build& build, std::int64_t memory_mb,
                 const TrialRun& run, const Draw& draw) {
    Measures found;
    std::int64_t failing = 0;
    double times = 1;
    for (const Suspect& it : suspects(build, memory_mb)) {
        found.wrong |= exposes(trial, it, run, draw);
        failing += tests_failed(trial, it, run, draw);
        if (within_reach(trial, it, draw) && old_enough(trial, it.defect()))
            times *= slower(it.defect());
    }
    if (trial.kind == TrialKind::performance) {
        found.p95 = share_of(std::max(0.0, times - 1));
        return found;
    }
    if (trial.tests > 0) {
        found.tests = trial.tests;
        found.failing = std::min(failing, trial.tests);
    }
    if (trial.kind != TrialKind::unit) return found;
    std::int64_t lines = 0, run_at_all = 0;  // In millionths of lines.
    for (const Change& change : build.changes) {
        lines += change.lines;
        run_at_all += change.lines * change.coverage.value_or(trial.reach).ppm;
    }
    found.coverage = lines > 0 ? Share{run_at_all / lines} : trial.reach;
    return found;
}

bool passes(const Trial& trial, const Measures& measured) {
    return !measured.wrong && measured.failing.value_or(0) == 0 &&
           measured.coverage.value_or(whole) >= trial.coverage_at_least &&
           measured.p95.value_or(none) <= trial.regression_at_most;
}

}  // namespace rollcage
