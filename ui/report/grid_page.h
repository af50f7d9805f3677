// When a choice stops being right, as a page: heat maps of orders by times, one a key.
// Leans on view's grid_view.h and heat_table.h.
// The key is chosen without a script; the first one shown is the one asked for.
#pragma once

#include <string>

#include "scenarios/play/grid.h"

namespace rollcage {

std::string grid_html(const Grid& grid, const std::string& key);

}  // namespace rollcage
