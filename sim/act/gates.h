// Who tends the gates of rollouts: promotes what its judge passes, and halts or rolls back what it
// fails. Leans on words; it decides from facts alone, a scrape late, and can be as wrong as they
// are. A verdict that is neither waits for somebody, and so does every gate while it is held.
#pragma once

#include <vector>

#include "sim/words/commands.h"
#include "sim/words/fact_view.h"

namespace rollcage {

struct GateOrder {
    SimTime at;  // When it is given, unless somebody acts before.
    ServiceId service;
    Command command;
};
struct GateKeeper {
    bool held = false;     // Somebody told it to leave rollouts alone.
    std::size_t read = 0;  // Facts, so far.
    std::vector<GateOrder> planned;
};

// What it orders now that it sees this. Called at each instant at which something is new.
std::vector<Command> keep_gates(GateKeeper& keeper, const FactView& view);

}  // namespace rollcage
