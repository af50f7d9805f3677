// What a board is drawn with: letters, large words, and one life of several over time.
// Leans on time_axis.h; draws the points it is given and knows of no later ones.
// Plots side by side are alike when they are given the same lines and the same largest value.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ui/desk/time_axis.h"
#include "ui/view/plot_view.h"

namespace rollcage {

struct BoardLine {
    std::span<const PlotPoint> points{};  // Up to now.
    std::size_t letter = 0;
};
inline constexpr std::size_t all_alike = SIZE_MAX;
struct BoardPlot {
    std::string title{}, unit{};
    std::vector<BoardLine> lines{};
    bool headed = true;                 // Else what is around it says what it is of.
    std::size_t own = 0;                // Of those; or all of them alike.
    double most = 1;                    // Of all of them.
    std::optional<double> parting_s{};  // Until then they are the same.
    std::function<std::string(double)> text{};
};
// The own line is strong, the others lie behind it.
void board_plot(Widgets& on, TimeAxis& axis, const BoardPlot& plot, float high);
Colour hue_of_life(const Look& look, std::size_t nth);
// The letter of a life or an option, as large as `high`; answers how wide it is.
float paint_letter(Widgets& on, ImDrawList& to, ImVec2 at, float high, std::size_t nth);

void wrapped_words(Widgets& on, ImFont* font, Colour colour, const std::string& text);

// The largest of the fonts in which a text fits.
ImFont* largest_fitting(const Look& look, const std::string& text, float wide);

}  // namespace rollcage
