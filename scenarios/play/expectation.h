// What a scenario says a good day looks like, read and judged over one run or many seeds.
// Leans on statistics.h and outcome_keys.h; `KEY [mean|pNN|max|cvar90] OP VALUE`, or
// `"A" better_than "B" on KEY`. No data is a verdict of its own and does not pass.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/host/scenario.h"
#include "scenarios/play/outcome_keys.h"
#include "sim/run/outcome.h"

namespace rollcage {

enum class Statistic { every, mean, percentile, max, cvar90 };
struct Criterion {
    std::string text, key;
    Statistic statistic = Statistic::every;
    int percent = 0;  // Of a percentile.
    std::string op;   // < <= == != >= >, or better_than.
    double limit = 0;
    bool of_offered = false;  // The value is a share of requests.offered.
    std::string a, b;         // Of better_than.
};
Result<Criterion> parse_expectation(std::string_view text);

enum class Verdict { pass, fail, no_data, not_judged };
const char* name(Verdict verdict);
struct Judgement {
    Criterion criterion;
    Verdict verdict = Verdict::not_judged;
    std::optional<double> value;
    std::int64_t samples = 0;
    std::string actor{};  // Whose; of a better_than nobody's.
    int line = 0;         // Of the scenario.
    // Half of the 95 % interval of the value, where it is a mean, a percentile, a tail mean or a
    // difference of means.
    std::optional<double> half_interval{};
};
// Where the value is nearer to what it must pass than its own spread tells apart: how many seeds
// would be enough, by that spread.
std::optional<std::int64_t> seeds_to_settle(const Judgement& judgement);
// Statistics over seeds are not judged in a single run.
Judgement judge(const Criterion& criterion, const std::vector<Outcome>& outcomes, bool single_run);
// Of a better_than: a and b in the same seed order.
Judgement judge_better(const Criterion& criterion, const std::vector<Outcome>& a,
                       const std::vector<Outcome>& b);

// Every expectation about `actor`, judged for a single run.
Result<std::vector<Judgement>> judge_run(const Scenario& scenario, const std::string& actor,
                                         const Outcome& outcome);
// A wrong text, or an actor that nobody declared, is told before a day is played.
Result<void> check_expectations(const Scenario& scenario);
// "pass", "fail", or "none" where nothing was judged.
std::string verdict_of(const std::vector<Judgement>& judgements);

}  // namespace rollcage
