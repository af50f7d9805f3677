// Draws a Plot: lines with their gaps, limits, what happened when, and the values at the cursor.
// Leans on time_axis.h; draws what plot_view.h built and works nothing out about the day.
// Of many points a pixel column keeps its lowest and its highest: no peak is hidden.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ui/desk/time_axis.h"
#include "ui/view/plot_view.h"

namespace rollcage {

struct PlotStyle {
    float high = 0;              // In pixels, all in all; nought: what is left.
    bool times = true;           // Labels under the plot.
    const char* icon = nullptr;  // Before its title.
};
struct PlotClicked {
    double at_s = 0;
    std::optional<std::size_t> series{}, dot{}, mark{};  // What was under the cursor, if anything.
};
std::optional<PlotClicked> time_plot(Widgets& on, TimeAxis& axis, const Plot& plot,
                                     const PlotStyle& style = {});

// Pieces of a line between its gaps, thinned to what so many columns can show.
struct LinePoint {
    double at_s = 0, value = 0;
};
using LinePiece = std::vector<LinePoint>;
std::vector<LinePiece> thinned(std::span<const PlotPoint> points, TimeSpan shown,
                               std::size_t columns);
// The last value at or before an instant; none within a gap.
std::optional<double> value_at(std::span<const PlotPoint> points, double at_s);

// The values a plot spans: round numbers, and the distance of its lines.
struct ValueScale {
    double least = 0, most = 1, step = 1;
};
ValueScale value_scale(double least, double most, double labels_max);

}  // namespace rollcage
