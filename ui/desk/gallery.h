// One screen with every widget and drawing of the desk, filled with made-up numbers.
// Leans on all of the kit; shows no drill. It is what people look at when the kit changes.
// Each screen keeps what was clicked and written in it.
#pragma once

#include "ui/desk/widgets.h"
#include "ui/view/fleet_view.h"
#include "ui/view/plot_view.h"

namespace rollcage {

struct GallerySize {
    std::size_t points = 1'800;      // Of each line.
    std::int64_t instances = 2'000;  // Of the fleet.
};
Screen gallery(const GallerySize& size = {});

// What it shows; tests draw them alone too.
Plot sample_latency(std::size_t points);
Plot sample_errors(std::size_t points);
std::vector<Track> sample_tracks();
FleetView sample_fleet(std::int64_t instances);

}  // namespace rollcage
