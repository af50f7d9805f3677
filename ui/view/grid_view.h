// A grid of orders and times: as a heat map in text, and as JSON.
// Leans on play; builds text and prints nothing.
// Shades go with the rank of a number, so that they tell apart in black and white too.
#pragma once

#include <string>

#include "scenarios/play/grid.h"
#include "ui/view/contest_view.h"

namespace rollcage {

std::string grid_table(const Grid& grid, const std::string& key,
                       std::size_t width = 80);  // At most so many columns.
HeatMap grid_heat(const Grid& grid, const std::string& key);
std::string grid_json(const Grid& grid, const std::string& key);

}  // namespace rollcage
