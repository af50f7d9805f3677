// One life of a day: a scenario, an actor and a seed played from start to judged end.
// Leans on host and run; knows no screen.
// `play_life` is all that compare, check, replay and the console's run have in common.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "scenarios/host/scenario.h"
#include "sim/run/day.h"

namespace rollcage {

struct GivenOrder {
    SimTime at;
    std::string text;  // As command_text writes it.
};

struct Life {
    std::string actor;
    std::uint64_t seed = 0;
    Outcome outcome;
    std::vector<GivenOrder> orders;
    std::vector<Occurrence> facts;
    Digest digest;
    SimTime ended;
};

// Told of each order and fact as it happens (recordings are written so); may be empty.
struct Witness {
    std::function<void(const GivenOrder&)> order;
    std::function<void(const Occurrence&)> fact;
};

// `actor` is a built-in's name or one of the scenario's own; `until` cuts the day short.
Result<Life> play_life(const Scenario& scenario, const std::string& actor, std::uint64_t seed,
                       std::optional<SimTime> until = std::nullopt, const Witness& witness = {});

}  // namespace rollcage
