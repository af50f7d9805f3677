// Draws Tracks as swim lanes: what lasted as bars, what happened as shapes with their numbers.
// Leans on time_axis.h and drill_view.h; shares its time with every plot on the screen.
// Bars of harm are hatched, so that they differ where colours do not.
#pragma once

#include <optional>
#include <vector>

#include "ui/desk/time_axis.h"

namespace rollcage {

struct LanesStyle {
    float lane_high = 27;  // Unscaled.
    bool times = true;
};
// The answer: the place among the facts of what was clicked.
std::optional<std::size_t> lanes(Widgets& on, TimeAxis& axis, const std::vector<Track>& tracks,
                                 const LanesStyle& style = {});

// How high that many lanes are, in pixels, for those who lay out a screen.
float lanes_high(const Widgets& on, std::size_t count, const LanesStyle& style = {});

}  // namespace rollcage
