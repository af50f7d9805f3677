#include "ui/view/futures_view.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

#include "scenarios/play/outcome_keys.h"
#include "scenarios/play/statistics.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

using nlohmann::json;

// One measure over the futures that have it in both lives.
struct Row {
    std::vector<double> ordered, without;
    PairedDifference difference;
};
std::optional<Row> row_of(const Futures& futures, const std::string& key) {
    Row row;
    for (std::size_t i = 0; i < futures.seeds.size(); ++i) {
        const auto with = outcome_value(futures.ordered[i], key),
                   without = outcome_value(futures.without[i], key);
        if (!with || !without) continue;
        row.ordered.push_back(*with);
        row.without.push_back(*without);
    }
    if (row.ordered.empty()) return std::nullopt;
    row.difference = paired_difference(row.ordered, row.without, more_is_better(key));
    return row;
}

}  // namespace

std::string futures_table(const Futures& futures, const Turn& turn, std::size_t width) {
    constexpr std::size_t narrow = 79, interval = 27;
    const bool one_line = width >= narrow + interval;
    std::string text = fmt::format(
        "{}  seed {}  at {}: {}{}\non {} futures of the day{}\n\n", futures.scenario, futures.seed,
        clock_text(turn.at), turn.order, turn.then.empty() ? "" : ", then " + turn.then,
        futures.seeds.size(),
        futures.family ? ", with what it hides drawn anew, but for what its file drew" : "");
    text += fmt::format("{:<26}{:>11}{:>11}{:>11}{:>13}{:>7}{}\n", "", "its own", "ordered", "not",
                        "difference", "better",
                        one_line ? fmt::format("{:>{}}", "95% interval", interval) : "");
    std::string same;
    for (const std::string& key : outcome_keys()) {
        const auto row = row_of(futures, key);
        const auto own = outcome_value(futures.turned, key);
        if (!row || !own) continue;
        const PairedDifference& by = row->difference;
        if (by.low == 0 && by.high == 0) continue;  // The order is nothing to it.
        text += fmt::format("{:<26}{:>11}{:>11}{:>11}{:>13}{:>6.0f}%", key, number_text(*own),
                            number_text(mean_of(row->ordered)), number_text(mean_of(row->without)),
                            number_text(by.mean_difference), 100 * by.a_better_share);
        const std::string of = number_text(by.low) + " to " + number_text(by.high);
        if (!std::isfinite(by.low))
            text += "\n";
        else if (one_line)
            text += fmt::format("{:>{}}\n", of, interval);
        else
            text += fmt::format("\n{:>{}}\n", "95% of " + of, narrow);
    }
    return text + "\n" +
           wrapped(
               "Its own: with the order, on the draws that the day had. Not: the same future "
               "without it. Measures that the order does not change are left out.",
               80) +
           "\n";
}

std::string futures_json(const Futures& futures, const Turn& turn) {
    json rows = json::object();
    for (const std::string& key : outcome_keys()) {
        const auto row = row_of(futures, key);
        const auto own = outcome_value(futures.turned, key),
                   was = outcome_value(futures.was.outcome, key);
        rows[key] = nullptr;
        if (!row) continue;
        const PairedDifference& by = row->difference;
        const bool known = std::isfinite(by.low);
        rows[key] = {{"was", was ? json(*was) : json(nullptr)},
                     {"turned", own ? json(*own) : json(nullptr)},
                     {"ordered", row->ordered},
                     {"without", row->without},
                     {"mean_difference", by.mean_difference},
                     {"ci95", known ? json{by.low, by.high} : json(nullptr)},
                     {"better_share", by.a_better_share}};
    }
    return json{{"format", 1},
                {"scenario", futures.scenario},
                {"seed", futures.seed},
                {"at_s", turn.at.seconds()},
                {"do", turn.order},
                {"then", turn.then.empty() ? json(nullptr) : json(turn.then)},
                {"family", futures.family},
                {"interrupted", futures.interrupted},
                {"seeds", futures.seeds},
                {"measures", rows}}
               .dump(2, ' ', false, json::error_handler_t::replace) +
           "\n";
}

}  // namespace rollcage
