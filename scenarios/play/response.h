// Where the time of a response went: to see it, to decide, to carry it out, to reach everybody.
// Leans on truth.h. A second counts for what was then under way, the earliest part of it first.
// What a part took is zero where there was none of it.
#pragma once

#include "scenarios/play/truth.h"

namespace rollcage {

struct OrderTimes {
    std::string order;
    SimTime given;
    std::optional<SimTime> took_effect;  // None: it was refused, or the day ended first.
    bool refused = false;
    Duration tested{};            // A build on its way through its plan, before users.
    Duration pulled{};            // Images into nodes.
    Duration booted{};            // Processes from their start to ready.
    Duration in_waves{};          // For room, for a stage to soak, or for old processes to end.
    Duration propagated{};        // Until every process had heard of a setting.
    std::optional<SimTime> done;  // None: something else was ordered meanwhile, or the day ended.
};
struct ResponseTimes {
    std::optional<SimTime> harm_began, known, harm_ended;
    std::optional<SimTime> first_order;  // Since it was known.
    std::vector<OrderTimes> orders;      // As given; those by machines too.
};
Result<ResponseTimes> response_times(const Scenario& scenario,
                                     const std::vector<GivenOrder>& orders, std::uint64_t seed,
                                     std::optional<SimTime> end);

}  // namespace rollcage
