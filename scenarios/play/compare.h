// Several actors against the same seeds, in parallel, and how far apart they are.
// Leans on trunk.h and statistics.h; a life depends on its seed, never on its thread.
// The results are the same whatever `jobs` is; a raised stop leaves the seeds that are complete.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scenarios/play/expectation.h"
#include "scenarios/play/fresh_life.h"
#include "scenarios/play/statistics.h"

namespace rollcage {

// What a life differs in besides its actor; the rest is as chosen for all.
struct Conditions {
    std::optional<std::string> plan{};
    std::map<std::string, std::string> knobs{};
    friend bool operator==(const Conditions&, const Conditions&) = default;
};

// Stop where it is clear: on the metric, every life's difference to the best is known not to be 0,
// or to within a share of the larger mean. Asked after 8 seeds, 16, 32 and so on.
struct Precision {
    std::string metric;
    double within = .05;
};

struct Contest {
    std::vector<SourceFile> sources;
    Choices choices;  // The seed is taken from the range below.
    std::vector<std::string> actors;
    std::vector<Conditions> under{Conditions{}};  // Every actor is played under each of them.
    std::uint64_t first_seed = 1, last_seed = 1;
    std::vector<std::string> by = weighed_keys();  // What lives are weighed by.
    std::optional<Precision> until{};
    unsigned jobs = 1;
    const std::atomic<bool>* stop = nullptr;
    // Called by one thread a time.
    std::function<void(std::size_t done, std::size_t of)> progress{};
};

struct ContestLife {
    std::string actor;
    Conditions under;
    std::vector<Outcome> outcomes;              // By seed, complete seeds only.
    std::map<std::string, Spread> spreads;      // A key without data is absent.
    std::map<std::string, double> half_widths;  // Of the means' 95% intervals, from two seeds on.
    std::map<std::string, Standing> standings;  // Where every life has data in every seed.
    bool undominated = false;
};
std::string label(const Conditions& under);  // "plan rings, attempts=4"; empty: as for all.
std::string label(const ContestLife& life);  // "rollback, plan rings, attempts=4"
struct ContestPair {
    std::size_t a = 0, b = 0;  // Places in lives.
    std::string metric;
    PairedDifference difference;
};
struct Comparison {
    std::vector<std::uint64_t> seeds;  // Played by every actor.
    std::vector<ContestLife> lives;
    std::vector<ContestPair> pairs;
    std::vector<std::string> by;  // Of what lives are weighed by, what every life has.
    bool interrupted = false, precise = false;
};
Result<Comparison> compare(const Contest& contest);

// Every expectation about one of the actors or about two of them.
Result<std::vector<Judgement>> judge_comparison(const Scenario& scenario,
                                                const Comparison& comparison);

}  // namespace rollcage
