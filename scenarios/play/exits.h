// Which ways out of a release stand open, stage by stage and as its data move, and what shuts each.
// Leans on the declared world: the verdicts of its schema changes, its plans, flags and backups.
// Derived, never guessed: what only a person could decide, or chance, is left out.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/host/scenario.h"

namespace rollcage {

enum class Exit : std::uint8_t {
    halt,
    flag_off,
    roll_back,
    switch_back,
    config_revert,
    forward,
    restore,
};
inline constexpr std::size_t exits = 7;
const char* name(Exit exit);

struct ExitState {
    bool open = false;
    std::string why;  // What shuts it, or what it costs; may be empty where it is open.
};
struct ExitStep {
    SimTime from;      // At the earliest: nobody knows how long waves take.
    std::string what;  // "canary for 5%", "orders is contracted".
    std::array<ExitState, exits> states;
    const ExitState& at(Exit exit) const { return states[static_cast<std::size_t>(exit)]; }
};
struct Door {  // From this step on it never opens again.
    Exit exit;
    std::size_t step = 0;
};
struct ReleaseExits {
    std::string service, build, before, plan;
    SimTime at;
    std::vector<ExitStep> steps;
    std::vector<Door> doors;
};
std::vector<ReleaseExits> exits_of(const Scenario& scenario);

}  // namespace rollcage
