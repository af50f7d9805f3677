// Draws a FleetView: every instance a cell, by zone; its build a hue, its phase a shape.
// Leans on widgets.h and fleet_view.h; knows no instance by name.
// Where cells would be too small to see, each stands for several; none of a group is never shown.
#pragma once

#include <optional>

#include "ui/desk/widgets.h"
#include "ui/view/fleet_view.h"

namespace rollcage {

struct FleetClicked {
    std::size_t zone = 0, group = 0;
};
// Fills what room there is, or as much as is asked for in pixels; the legend is below.
std::optional<FleetClicked> fleet_grid(Widgets& on, const FleetView& fleet, float high = 0);

const char* name(CellPhase phase);

// Cells of one size for all zones: as large as fit.
struct CellPlan {
    float size = 0;           // Of a cell and its gap, in pixels.
    std::int64_t each = 1;    // Instances a cell stands for.
    std::int64_t across = 1;  // Cells in a row of a zone.
};
CellPlan cell_plan(const FleetView& fleet, ImVec2 room, float zone_gap, float size_least,
                   float size_most);

}  // namespace rollcage
