// Plots over time and tracks of what happened, as inline SVG that is whole without a script.
// Leans on view and page.h. All plots of a page share one axis, so that what is above each other
// was at one time. Lines differ by dashes and marks by shapes, besides their colours.
#pragma once

#include <string>
#include <vector>

#include "ui/view/drill_view.h"
#include "ui/view/plot_view.h"

namespace rollcage {

// `decisions_end_s`: what came later nobody decided any more; shaded.
std::string plot_html(const Plot& plot, double decisions_end_s);
std::string tracks_html(const std::vector<Track>& tracks, double until_s, double decisions_end_s);
std::string glyph(Mark mark);  // The shape of a mark, for texts.
std::string marks_legend();
// What every page with plots has once: patterns, and how to use the keys.
std::string plots_help();

}  // namespace rollcage
