// What environments before production did not have, all of it: what was found, and what was not.
// Leans on play's truth.h and looks into the world; it is for when the day is over.
// A difference is there from its birth to a refresh; builds that went past it are named.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/play/recording.h"
#include "sim/world/trial.h"

namespace rollcage {

struct DriftRow {
    std::string name, touches;  // "data, scale"
    double lacks = 0;           // Of each of these, 0 to 1, at the last.
    SimTime since;
    bool before_day = false;
    std::optional<SimTime> found{}, closed{};
    std::vector<std::string> let_past{};  // Builds whose trouble could no more be met with it.
};
struct DriftedEnvironment {
    std::string name;
    std::vector<DriftRow> rows;  // What let a build past first, then what nobody found.
};
Result<std::vector<DriftedEnvironment>> drift_of(const Recording& recording);
const char* name(Dimension dimension);
// "found at 00:12:00, closed at 01:12:00", "nobody found it".
std::string drift_known(const DriftRow& row);

}  // namespace rollcage
