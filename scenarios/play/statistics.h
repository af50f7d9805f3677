// What many seeds say about one number: its spread, and the paired difference of two actors.
// Leans on the standard library alone; every list stands in seed order.
// The bad tail is the high one, except where more is better.
#pragma once

#include <cstdint>
#include <vector>

namespace rollcage {

struct Spread {
    double mean = 0, p50 = 0, p95 = 0, cvar90 = 0, min = 0, max = 0;
};
double mean_of(const std::vector<double>& values);               // Not empty.
double percentile(std::vector<double> values, int percent);      // Nearest rank; not empty.
double cvar90(std::vector<double> values, bool more_is_better);  // Mean of the worst tenth.
Spread spread_of(const std::vector<double>& values, bool more_is_better);

struct PairedDifference {  // a - b, seed by seed.
    std::int64_t pairs = 0;
    double mean_difference = 0, low = 0, high = 0;  // 95% confidence.
    double a_better_share = 0;
};
// With one pair the interval is unknown: it reaches from minus to plus infinity.
PairedDifference paired_difference(const std::vector<double>& a, const std::vector<double>& b,
                                   bool more_is_better);

}  // namespace rollcage
