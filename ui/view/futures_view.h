// What one decision comes to on many futures of a day, beside none: as a table, and as JSON.
// Leans on play; builds text and prints nothing.
// Intervals are of paired differences, at 95 %.
#pragma once

#include <string>

#include "scenarios/play/futures.h"

namespace rollcage {

std::string futures_table(const Futures& futures, const Turn& turn);  // At most 80 columns.
std::string futures_json(const Futures& futures, const Turn& turn);

}  // namespace rollcage
