// Machines that decide: each answers one kind of fact with one order, or stands in the way of one.
// Leans on words; they know facts alone, so they can be as wrong, and as late, as these are.
// What each has read, is about to order, and whether it is held, lives in the Day.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/words/fact_view.h"

namespace rollcage {

struct MachineMind {
    bool held = false;
    std::size_t read = 0;        // Facts, so far.
    std::vector<SimTime> due{};  // When it orders what it orders.
};
struct Machines {
    std::vector<MachineMind> minds;  // Parallel to the known automations.
};

struct MachineOrder {
    std::size_t machine;
    Command command;
};

// What they order now that they see this. Called at each instant at which something is new.
std::vector<MachineOrder> run_machines(Machines& machines, const FactView& view);
// A machine that refuses this order, by what is known; none: nothing stands in its way.
std::optional<std::size_t> guard_against(const Machines& machines, const Command& command,
                                         const FactView& view);
void fold(const Machines& machines, Digest& digest);

}  // namespace rollcage
