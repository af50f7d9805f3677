#include "ui/view/grid_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "scenarios/play/outcome_keys.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

using nlohmann::json;
using Values = std::vector<std::vector<std::optional<double>>>;  // By order, then by time.

Values values_of(const Grid& grid, const std::string& key) {
    Values values;
    for (const auto& row : grid.outcomes) {
        values.emplace_back();
        for (const Outcome& it : row) values.back().push_back(outcome_value(it, key));
    }
    return values;
}

// The order that is best at a time; none where no number is, or all are alike.
std::optional<std::size_t> best_at(const Values& values, std::size_t time, bool more) {
    std::optional<std::size_t> best;
    bool alike = true;
    for (std::size_t order = 0; order < values.size(); ++order) {
        const auto& here = values[order][time];
        if (!here) continue;
        if (best) alike &= *here == *values[*best][time];
        if (!best || (more ? *here > *values[*best][time] : *here < *values[*best][time]))
            best = order;
    }
    return alike && values.size() > 1 ? std::nullopt : best;
}

// Darker is worse: by how many of the grid's numbers are better.
std::size_t shade_of(const Values& values, double value, bool more) {
    std::vector<std::optional<double>> all;
    for (const auto& row : values) all.insert(all.end(), row.begin(), row.end());
    return shade_among(all, value, more);
}

std::string clock_of(SimTime at) {
    const std::string text = clock_text(at);  // Without what is nought of the fraction.
    return text.ends_with(".000") ? text.substr(0, 8) : text;
}

// From when to when each order was the best, as sentences.
std::vector<std::string> told(const Grid& grid, const Values& values, bool more) {
    std::vector<std::string> text;
    for (std::size_t from = 0; from < grid.at.size();) {
        const auto best = best_at(values, from, more);
        std::size_t to = from;
        while (to + 1 < grid.at.size() && best_at(values, to + 1, more) == best) ++to;
        const std::string when =
            from == to ? "At " + clock_of(grid.at[from])
                       : "From " + clock_of(grid.at[from]) + " to " + clock_of(grid.at[to]);
        text.push_back(when + (best ? ": " + grid.orders[*best] + " is best."
                                    : ": it makes no difference which."));
        from = to + 1;
    }
    return text;
}

}  // namespace

std::string grid_table(const Grid& grid, const std::string& key, std::size_t width) {
    static constexpr std::array shades{" ", "\u2591", "\u2592", "\u2593", "\u2588"};
    static_assert(shades.size() == heat_shades);
    constexpr std::size_t cell = 10, cells_min = 5, label_min = 24;
    std::size_t label = label_min;
    for (const std::string& it : grid.orders) label = std::max(label, it.size());
    // What is over goes to names first, then to more times in a row.
    label = std::min(label, std::max(label_min, width - 1 - cells_min * (cell + 1)));
    const std::size_t across = (width - 1 - label) / (cell + 1);
    const Values values = values_of(grid, key);
    const bool more = more_is_better(key);
    const auto was = outcome_value(grid.was.outcome, key);
    std::string text = fmt::format("{}  seed {}  {}: as it was {}\n", grid.scenario, grid.seed, key,
                                   was ? number_text(*was) : "no data");
    text += fmt::format("one order at a time{}; darker is worse, * is the best of its time\n",
                        grid.then.empty() ? "" : ", then " + grid.then);
    for (std::size_t from = 0; from < grid.at.size(); from += across) {
        const std::size_t to = std::min(from + across, grid.at.size());
        text += fmt::format("\n{:<{}}", "", label);
        for (std::size_t i = from; i < to; ++i)
            text += fmt::format(" {:>{}}", clock_of(grid.at[i]), cell);
        text += '\n';
        for (std::size_t order = 0; order < values.size(); ++order) {
            const std::string& name = grid.orders[order];
            text +=
                fmt::format("{:<{}}", name.size() > label ? name.substr(0, label) : name, label);
            for (std::size_t i = from; i < to; ++i) {
                const auto& value = values[order][i];
                const bool best = best_at(values, i, more) == order;
                text += value ? fmt::format(" {}{:>{}}{}", shades[shade_of(values, *value, more)],
                                            short_number(*value), cell - 2, best ? "*" : " ")
                              : fmt::format(" {:>{}}", "no data", cell);
            }
            while (text.back() == ' ') text.pop_back();
            text += '\n';
        }
    }
    text += '\n';
    for (const std::string& it : told(grid, values, more)) text += wrapped(it, width) + "\n";
    return text;
}

HeatMap grid_heat(const Grid& grid, const std::string& key) {
    const Values values = values_of(grid, key);
    const bool more = more_is_better(key);
    HeatMap map{key, meaning_of(key), {}, {}};
    for (const SimTime at : grid.at) map.columns.push_back(clock_of(at));
    for (std::size_t order = 0; order < values.size(); ++order) {
        HeatRow row{grid.orders[order], {}};
        for (std::size_t i = 0; i < grid.at.size(); ++i) {
            const auto& value = values[order][i];
            row.cells.push_back({value, value ? short_number(*value) : "no data",
                                 value ? shade_of(values, *value, more) : 0,
                                 best_at(values, i, more) == order});
        }
        map.rows.push_back(std::move(row));
    }
    map.sentences = told(grid, values, more);
    return map;
}

std::string grid_json(const Grid& grid, const std::string& key) {
    const Values values = values_of(grid, key);
    json rows = json::array(), best = json::array(), times = json::array();
    for (const SimTime at : grid.at) times.push_back(static_cast<double>(at.us) / 1e6);
    for (std::size_t order = 0; order < grid.orders.size(); ++order) {
        json lives = json::array();
        for (const Outcome& it : grid.outcomes[order])
            lives.push_back(json::parse(outcome_line(it)));
        rows.push_back({{"do", grid.orders[order]}, {"outcomes", lives}});
    }
    for (std::size_t i = 0; i < grid.at.size(); ++i) {
        const auto at = best_at(values, i, more_is_better(key));
        best.push_back(at ? json(grid.orders[*at]) : json(nullptr));
    }
    return json{{"format", 1},
                {"scenario", grid.scenario},
                {"seed", grid.seed},
                {"at_s", times},
                {"then", grid.then.empty() ? json(nullptr) : json(grid.then)},
                {"by", key},
                {"best", best},
                {"was", json::parse(outcome_line(grid.was.outcome))},
                {"orders", rows}}
               .dump(2, ' ', false, json::error_handler_t::replace) +
           "\n";
}

}  // namespace rollcage
