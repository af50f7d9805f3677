// What a page of a comparison shows: how each life was spread over the days, how far two are
// apart, and which is best by what. Leans on play's compare.h; builds numbers and words.
// Shades go with the rank of a number among its like, as in the grid of a branch.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/play/compare.h"

namespace rollcage {

struct HeatCell {
    std::optional<double> value;
    std::string text;
    std::size_t shade = 0;  // 0 to 4, the worst.
    bool best = false;
};
inline constexpr std::size_t heat_shades = 5;
struct HeatRow {
    std::string name;
    std::vector<HeatCell> cells;
};
struct HeatMap {
    std::string key, meaning;
    std::vector<std::string> columns;
    std::vector<HeatRow> rows;
    std::vector<std::string> sentences{};
};
// By how many of its like are better.
std::size_t shade_among(const std::vector<std::optional<double>>& like, double value, bool more);
std::string short_number(double value);  // "12.3k"

struct SpreadRow {
    std::string life;
    double low = 0, p25 = 0, p50 = 0, p75 = 0, high = 0,
           mean = 0;           // Low, high: of all but a tenth.
    std::vector<double> dots;  // A day each; of many, some.
    bool best = false;
};
struct SpreadPlot {
    std::string key, meaning;
    bool more_is_better = false;
    std::vector<SpreadRow> rows;
};
struct DifferenceRow {
    std::string life;
    double mean = 0;
    std::optional<double> low, high;  // None: it takes two seeds.
    double better_share = 0;
};
struct DifferencePlot {  // Of every other life minus one.
    std::string key, against;
    bool more_is_better = false;
    std::vector<DifferenceRow> rows;
};
struct StandingRow {
    std::string life;
    double mean = 0, worst_tenth = 0, regret = 0, regret_most = 0, best_share = 0;
    bool undominated = false;
};
struct ContestView {
    std::string stopped;  // Why there are fewer seeds than asked for; empty: there are not.
    std::vector<std::string> weighed_by;
    std::vector<std::string> alike;  // Keys in which no mean is better than another.
    std::vector<SpreadPlot> spreads;
    std::vector<DifferencePlot> differences;
    std::vector<StandingRow> standings;  // By the first of `weighed_by`.
    HeatMap heat;                        // Lives by keys, means.
};
ContestView contest_view(const Comparison& comparison);

}  // namespace rollcage
