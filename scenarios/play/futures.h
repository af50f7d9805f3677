// One decision on many futures of a recorded day: up to it the day is as it was, then its draws are
// others. Leans on branch.h. On each future the order is given in one life and not in another, so
// that their difference is the order's doing. The same whatever `jobs` is.
#pragma once

#include <atomic>

#include "scenarios/play/branch.h"

namespace rollcage {

struct FuturesAsked {
    std::uint64_t seeds = 1;  // 1 to so many.
    bool family = false;      // What the day hides is drawn anew too, but for what its file drew.
    unsigned jobs = 1;
    const std::atomic<bool>* stop = nullptr;
};
struct Futures {
    std::string scenario;
    std::uint64_t seed = 0;
    Life was;                          // As recorded.
    Outcome turned;                    // With the order, on the day's own draws.
    std::vector<std::uint64_t> seeds;  // Complete ones.
    std::vector<Outcome> ordered, without;
    bool family = false, interrupted = false;
};
Result<Futures> futures(const Recording& recording, const Turn& turn, const FuturesAsked& asked);

}  // namespace rollcage
