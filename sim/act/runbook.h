// How a person carries an order out: the steps of each command's runbook, and how they go wrong.
// Leans on words. An order is one line for whoever gives it and this many steps for whoever does
// it. Times are of somebody who has a runbook; practice makes them, and the mistakes, smaller.
#pragma once

#include <vector>

#include "sim/base/draw.h"
#include "sim/words/facts.h"
#include "sim/words/names.h"

namespace rollcage {

struct RunbookStep {
    Step step;
    Duration takes;  // Of a wait: at most.
};
using Runbook = std::vector<RunbookStep>;
Runbook runbook_of(const Command& command);  // One of its steps is `act`.

// What a step costs and how often it goes wrong, by how often the runbook was practised: HEART
// generic tasks B (never), F (a runbook, once or twice) and G (routine). MODEL 7.6
struct Practice {
    double pace;   // Times the step's length.
    double error;  // Of steps.
};
Practice practice_of(std::int64_t times);

// How a step goes that was drawn; the same in every strategy that comes to it.
struct Luck {
    const Draw* draw;
    std::uint32_t runbook, nth, step, again;  // The nth time today; tried again so often.
};
StepEnd end_of(const Luck& luck, const Practice& practice, Step step);
// Another object of the same kind, where there is one; else the command itself.
Command on_wrong_target(const Command& command, const Names& names, const Luck& luck);

}  // namespace rollcage
