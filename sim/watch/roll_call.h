// How many instances there are, by zone, by what was asked for there, and by how they are.
// Leans on world; it follows from state and is no part of a day's digest. A controller's book: who
// died is not known at once, a tag hides what was typed, and of a fleet kept by hand no build is.
#pragma once

#include <vector>

#include "sim/words/fact_view.h"
#include "sim/world/world.h"

namespace rollcage {

std::vector<std::vector<InstanceCount>> roll_call(const World& world);  // By service.
// From the next scrape on they are counted: it costs time, and most days have nobody to look.
inline void ask_for_roll_call(Columns& columns) {
    columns.instances.resize(columns.of_service.size());
}

}  // namespace rollcage
