// When a choice stops being right: a recorded day, turned by each of several orders at each of
// several times. Leans on branch.h. Up to its time every life is the recorded one; then its one
// order is given, and whoever was named acts, or nobody.
#pragma once

#include <atomic>

#include "scenarios/play/branch.h"

namespace rollcage {

struct GridAsked {
    std::vector<SimTime> at;
    std::vector<std::string> orders;
    std::string then{};
    unsigned jobs = 1;
    const std::atomic<bool>* stop = nullptr;
};
struct Grid {
    std::string scenario;
    std::uint64_t seed = 0;
    std::vector<SimTime> at;  // In order, none twice.
    std::vector<std::string> orders;
    std::string then;
    std::vector<std::vector<Outcome>> outcomes;  // By order, then by time.
    Life was;
    bool interrupted = false;  // Then there are no outcomes.
};
Result<Grid> turn_everywhere(const Recording& recording, const GridAsked& asked);

}  // namespace rollcage
