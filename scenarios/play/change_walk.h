// One change on its way: from its first test stage to users, and what each step could know of it.
// Leans on truth.h. What a stage could not find is read off what the defect needs and what the
// stage has of production, as it was then.
#pragma once

#include "scenarios/play/truth.h"
#include "sim/world/environment.h"

namespace rollcage {

// One thing that a change hides, at one stage that has no users.
struct Overlooked {
    enum class Because : std::uint8_t { found, out_of_reach, drift, not_met };
    Because because = Because::not_met;
    std::vector<Dimension> needs{};  // Of production; of these the stage has least of the first.
    Share has = whole;               // Of that.
    std::string difference{};        // The one with which it no longer could.
};
struct WalkStep {
    SimTime at;
    std::string what;  // A fact about a build that has the change.
    std::vector<Overlooked> stage{};
};
struct Reached {  // Users of a build that has it.
    BuildId build;
    SimTime first;
    Share most;
    SimTime most_at;
};
struct ChangeWalk {
    std::uint32_t key = 0;
    std::vector<BuildId> builds;    // That have it.
    std::vector<SettingId> behind;  // Who could switch it off.
    std::size_t hides = 0;          // Defects.
    bool new_form = false;
    std::vector<WalkStep> steps;
    std::vector<Reached> reached;
};
// By name, or by the key of one of a batch.
Result<ChangeWalk> walk_change(const Scenario& scenario, const std::vector<GivenOrder>& orders,
                               std::uint64_t seed, std::optional<SimTime> end,
                               const std::string& change);

}  // namespace rollcage
