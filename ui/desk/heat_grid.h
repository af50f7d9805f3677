// Draws an AnswersGrid: a line an order, a column an instant, a cell what that day ends with.
// Leans on widgets.h and answers_view.h; works nothing out. A cell is named "ORDER at HH:MM".
// What is best at an instant has a frame and a tick, the worst is hatched: colour is not needed.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/desk/widgets.h"
#include "ui/view/answers_view.h"

namespace rollcage {

struct HeatPlace {
    std::size_t line = 0, column = 0;
    friend bool operator==(const HeatPlace&, const HeatPlace&) = default;
};
struct HeatGridStyle {
    float cell_high = 30;                         // Unscaled.
    std::vector<std::string> waiting{};           // Orders whose cells are still being played.
    std::optional<HeatPlace> chosen{};            // The life that is shown.
    std::function<void(const HeatPlace&)> tip{};  // What else is said of a cell, within its tip.
};
// The answer: the cell that was clicked.
std::optional<HeatPlace> heat_grid(Widgets& on, const AnswersGrid& shown,
                                   const HeatGridStyle& style = {});
// What the colours and the marks of the grid mean, on one line.
void heat_legend(Widgets& on);

// From what is best (0) to what is worst (4): blue, then grey, then orange; also told apart by how
// light they are.
Colour heat_colour(const Theme& theme, std::size_t shade);

}  // namespace rollcage
