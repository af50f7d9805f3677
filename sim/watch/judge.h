// What a stage's gate makes of its build, from counters and series of the scrapes of its soak.
// Leans on belief.h. It tells a verdict; whoever reads it decides.
// Only what is measured can fail: a build that damages records in silence passes.
#pragma once

#include <span>

#include "sim/watch/belief.h"

namespace rollcage {

// Counters of one side: how many requests ended, and how many of them badly.
struct Outcomes {
    std::int64_t errors = 0, ended = 0;
};
// One-sided two-proportion test, pooled: whether `canary` fails more often than `control`, when
// chance alone says so at most that often. Sides without requests are not worse.
bool fails_more(const Outcomes& canary, const Outcomes& control, double by_chance);

// How much higher one series lies than another: the Hodges-Lehmann estimate, which is the median of
// all differences, and the interval of the Mann-Whitney test about it, at 98 %.
struct Shift {
    std::int64_t low = 0, estimate = 0, high = 0;
};
inline constexpr std::size_t series_least = 50, series_most = 480;  // Points: Kayenta's; two hours.
Shift shift_of(std::span<const std::int64_t> canary, std::span<const std::int64_t> control);
// As Kayenta has it: the interval lies beyond a quarter of the estimate, and the mean is higher.
bool lies_higher(std::span<const std::int64_t> canary, std::span<const std::int64_t> control);

// Looks at every soak that is due a look, by what is visible, and tells what is decided.
void judge_gates(Belief& belief, const World& world, SimTime now, Digest& chain);

}  // namespace rollcage
