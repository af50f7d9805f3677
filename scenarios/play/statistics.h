// What many seeds say about one number: its spread, and the paired difference of two actors.
// Leans on the standard library alone; every list stands in seed order.
// The bad tail is the high one, except where more is better.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace rollcage {

struct Spread {
    double mean = 0, p50 = 0, p95 = 0, cvar90 = 0, min = 0, max = 0;
};
double mean_of(const std::vector<double>& values);     // Not empty.
double half_width(const std::vector<double>& values);  // Of the mean's 95% interval; two or more.
double percentile(std::vector<double> values, int percent);      // Nearest rank; not empty.
double cvar90(std::vector<double> values, bool more_is_better);  // Mean of the worst tenth.
Spread spread_of(const std::vector<double>& values, bool more_is_better);

// The same of a percentile and of the tail mean, as if the values fell in a bell of their spread.
double percentile_half_width(const std::vector<double>& values, int percent);
double cvar90_half_width(const std::vector<double>& values);

// A value and what it must pass, nearer than the value is known: how many seeds would tell them
// apart, by the spread of these.
std::optional<std::int64_t> seeds_to_tell(double value, double limit, double half_interval,
                                          std::int64_t seeds);

struct PairedDifference {  // a - b, seed by seed.
    std::int64_t pairs = 0;
    double mean_difference = 0, low = 0, high = 0;  // 95% confidence.
    double a_better_share = 0;
};
// With one pair the interval is unknown: it reaches from minus to plus infinity.
PairedDifference paired_difference(const std::vector<double>& a, const std::vector<double>& b,
                                   bool more_is_better);

// How one of several lives stands beside the others on one number, seed by seed.
struct Standing {
    double best_share = 0;                   // Of seeds, those in which nobody was better.
    double regret_mean = 0, regret_max = 0;  // What the best of all would have spared in that seed.
};
std::vector<Standing> standings_of(const std::vector<std::vector<double>>& lives,
                                   bool more_is_better);

// The Pareto set: lives that no other equals in every number and beats in one. Less is better.
std::vector<bool> undominated(const std::vector<std::vector<double>>& lives);

}  // namespace rollcage
