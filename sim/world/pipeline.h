// Builds on their way through the test stages of their plans, before anybody can use them.
// Leans on blueprint.h; what takes time is asked for in `World::due` and comes back as an event.
// A plan without test stages lets a build go out at the instant it is released.
#pragma once

#include "sim/base/digest.h"
#include "sim/world/blueprint.h"

namespace rollcage {

struct World;

struct Delivery {
    enum class Now : std::uint8_t { testing, red, out };
    BuildId build;
    PlanId plan;
    SimTime entered;
    Now now = Now::testing;
    std::uint32_t stage = 0;  // Of the plan's test stages.
    std::uint32_t run = 0;    // Of that stage, from 0.
    std::uint32_t step = 0;   // Which of its runs an event means, over all stages.
};

// The build enters the plan's first test stage; `express` goes past all of them.
void deliver(World& world, BuildId build, PlanId plan, bool express = false);
void trial_due(World& world, std::uint32_t delivery, std::uint32_t step);
void fold(const Delivery& delivery, Digest& digest);

}  // namespace rollcage
