// A heat map as a table: shades for the eye, numbers and a star for everybody.
// Leans on view's contest_view.h and page.h.
// Darker, or brighter where the page is dark, is worse.
#pragma once

#include <string>

#include "ui/view/contest_view.h"

namespace rollcage {

std::string heat_table(const HeatMap& map, const std::string& corner);
std::string heat_legend();

}  // namespace rollcage
