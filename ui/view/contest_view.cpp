#include "ui/view/contest_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/play/outcome_keys.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

constexpr std::size_t dots_max = 60;

bool untouched(const Comparison& comparison, const std::string& key) {
    return std::ranges::all_of(comparison.lives, [&](const ContestLife& life) {
        const auto it = life.spreads.find(key);
        return it == life.spreads.end() || (it->second.min == 0 && it->second.max == 0);
    });
}

std::vector<double> values_of(const ContestLife& life, const std::string& key) {
    std::vector<double> values;
    for (const Outcome& it : life.outcomes)
        if (const auto value = outcome_value(it, key)) values.push_back(*value);
    return values;
}

SpreadRow spread_row(const ContestLife& life, const std::string& key) {
    const std::vector<double> values = values_of(life, key);
    SpreadRow row;
    row.life = label(life);
    row.low = percentile(values, 5), row.p25 = percentile(values, 25);
    row.p50 = percentile(values, 50), row.p75 = percentile(values, 75);
    row.high = percentile(values, 95), row.mean = mean_of(values);
    const std::size_t apart = (values.size() + dots_max - 1) / dots_max;
    for (std::size_t i = 0; i < values.size(); i += apart) row.dots.push_back(values[i]);
    return row;
}

SpreadPlot spread_plot(const Comparison& comparison, const std::string& key) {
    SpreadPlot plot{key, meaning_of(key), more_is_better(key), {}};
    for (const ContestLife& life : comparison.lives)
        if (!values_of(life, key).empty()) plot.rows.push_back(spread_row(life, key));
    std::optional<double> best;
    bool alike = true;
    for (const SpreadRow& it : plot.rows) {
        alike &= it.mean == plot.rows.front().mean;
        if (!best || (plot.more_is_better ? it.mean > *best : it.mean < *best)) best = it.mean;
    }
    if (!alike)
        for (SpreadRow& it : plot.rows) it.best = it.mean == *best;
    return plot;
}

// The life that is best in the mean of what counts first.
std::size_t leader(const Comparison& comparison) {
    std::size_t best = 0;
    if (comparison.by.empty()) return best;
    const std::string& key = comparison.by.front();
    const auto mean = [&](std::size_t i) { return comparison.lives[i].spreads.at(key).mean; };
    for (std::size_t i = 1; i < comparison.lives.size(); ++i)
        if (more_is_better(key) ? mean(i) > mean(best) : mean(i) < mean(best)) best = i;
    return best;
}

std::optional<double> finite(double value) {
    return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

DifferencePlot differences(const Comparison& comparison, const std::string& key) {
    const std::size_t first = leader(comparison);
    DifferencePlot plot{key, label(comparison.lives[first]), more_is_better(key), {}};
    for (const ContestPair& it : comparison.pairs) {
        if (it.metric != key || (it.a != first && it.b != first)) continue;
        const bool turned = it.a == first;  // Then it is the other way round.
        const PairedDifference& pair = it.difference;
        DifferenceRow row;
        row.life = label(comparison.lives[turned ? it.b : it.a]);
        row.mean = turned ? -pair.mean_difference : pair.mean_difference;
        row.low = finite(turned ? -pair.high : pair.low);
        row.high = finite(turned ? -pair.low : pair.high);
        row.better_share = pair.a_better_share;
        if (turned) {  // Days on which both are alike are nobody's.
            const auto own = values_of(comparison.lives[it.b], key),
                       its = values_of(comparison.lives[it.a], key);
            std::size_t better = 0;
            for (std::size_t i = 0; i < std::min(own.size(), its.size()); ++i)
                better += plot.more_is_better ? own[i] > its[i] : own[i] < its[i];
            row.better_share =
                own.empty() ? 0 : static_cast<double>(better) / static_cast<double>(own.size());
        }
        plot.rows.push_back(std::move(row));
    }
    return plot;
}

HeatMap heat_of(const Comparison& comparison) {
    HeatMap map;
    std::vector<std::string> keys;
    for (const std::string& key : outcome_keys())
        if (!untouched(comparison, key)) keys.push_back(key);
    for (const ContestLife& life : comparison.lives) map.columns.push_back(label(life));
    for (const std::string& key : keys) {
        HeatRow row{key, {}};
        std::vector<std::optional<double>> means;
        for (const ContestLife& life : comparison.lives) {
            const auto it = life.spreads.find(key);
            means.push_back(it == life.spreads.end() ? std::nullopt
                                                     : std::optional{it->second.mean});
        }
        const bool more = more_is_better(key);
        const bool alike =
            std::ranges::all_of(means, [&](const auto& it) { return it == means.front(); });
        for (const auto& it : means) {
            HeatCell cell{it, it ? short_number(*it) : "no data", 0, false};
            if (it && !alike) {
                cell.shade = shade_among(means, *it, more);
                cell.best = std::ranges::none_of(means, [&](const auto& other) {
                    return other && (more ? *other > *it : *other < *it);
                });
            }
            row.cells.push_back(std::move(cell));
        }
        map.rows.push_back(std::move(row));
    }
    return map;
}

}  // namespace

std::size_t shade_among(const std::vector<std::optional<double>>& like, double value, bool more) {
    std::size_t better = 0, all = 0;
    for (const auto& it : like) {
        if (!it) continue;
        ++all;
        if (more ? *it > value : *it < value) ++better;
    }
    return all < 2 ? 0 : std::min(heat_shades - 1, better * heat_shades / all);
}

std::string short_number(double value) {
    const double size = std::abs(value);
    if (size >= 1e6) return fmt::format("{:.1f}M", value / 1e6);
    if (size >= 1e4) return fmt::format("{:.0f}k", value / 1e3);
    return fmt::format("{:.4g}", value);
}

ContestView contest_view(const Comparison& comparison) {
    ContestView view;
    if (comparison.interrupted)
        view.stopped = fmt::format("Interrupted after {} complete seeds.", comparison.seeds.size());
    else if (comparison.precise)
        view.stopped = fmt::format("Stopped after {} seeds: {} was as precise as asked.",
                                   comparison.seeds.size(), comparison.by.front());
    if (comparison.seeds.empty()) return view;
    std::vector<std::string> keys = comparison.by;
    for (const char* it : {"requests.failed", "cost.total"})
        if (std::ranges::find(keys, it) == keys.end()) keys.push_back(it);
    std::erase_if(keys, [&](const std::string& it) { return untouched(comparison, it); });
    for (const std::string& it : comparison.by)
        if (!untouched(comparison, it)) view.weighed_by.push_back(it);
    for (const std::string& key : keys) {
        SpreadPlot spread = spread_plot(comparison, key);
        if (comparison.lives.size() > 1 && std::ranges::none_of(spread.rows, &SpreadRow::best)) {
            view.alike.push_back(key);
            continue;
        }
        view.spreads.push_back(std::move(spread));
        if (comparison.lives.size() > 1) view.differences.push_back(differences(comparison, key));
    }
    std::erase_if(view.differences, [](const DifferencePlot& it) { return it.rows.empty(); });
    view.heat = heat_of(comparison);
    if (comparison.by.empty() || comparison.lives.size() < 2) return view;
    for (const ContestLife& life : comparison.lives) {
        const Spread& spread = life.spreads.at(comparison.by.front());
        const Standing& stands = life.standings.at(comparison.by.front());
        view.standings.push_back({label(life), spread.mean, spread.cvar90, stands.regret_mean,
                                  stands.regret_max, stands.best_share, life.undominated});
    }
    return view;
}

}  // namespace rollcage
