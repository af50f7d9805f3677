// What one decision comes to on many futures of a day, beside none: as a table, and as JSON.
// Leans on play; builds text and prints nothing.
// Intervals are of paired differences, at 95 %.
#pragma once

#include <string>

#include "scenarios/play/futures.h"

namespace rollcage {

// At most so wide; where there is room an interval stands on the line of its measure.
std::string futures_table(const Futures& futures, const Turn& turn, std::size_t width = 80);
std::string futures_json(const Futures& futures, const Turn& turn);

}  // namespace rollcage
