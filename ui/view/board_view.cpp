#include "ui/view/board_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "scenarios/play/outcome_keys.h"
#include "ui/view/orders_view.h"

namespace rollcage {
namespace {

constexpr double board_minute_s = 60;

// How many scrapes could be seen. While dashboards are blank it stays at what it was before.
std::size_t scrapes_seen(SimTime now, std::span<const Occurrence> facts) {
    std::int64_t until_us = now.us;
    for (std::size_t i = facts.size(); i-- > 0;)
        if (const auto* turned = std::get_if<DashboardsTurned>(&facts[i].fact)) {
            if (turned->now == Screens::blank) until_us = facts[i].at.us - 1;
            break;
        }
    const std::int64_t old_enough_us = until_us - scrape_late.us;
    return old_enough_us < 0 ? 0 : static_cast<std::size_t>(old_enough_us / scrape_every.us);
}

struct SummaryKey {
    const char *key, *title;
};
constexpr std::array<SummaryKey, 7> summary_keys{
    {{"requests.failed", "failed requests"},
     {"requests.refused", "refused requests"},
     {"records.damaged", "damaged records"},
     {"records.lost", "lost records"},
     {"records.unreadable", "unreadable records"},
     {"users.minutes_impacted", "impacted user-minutes"},
     {"times.mitigate_s", "until harm stopped"}}};

// Never is worse than any time, and no data is neither.
std::optional<double> badness(const std::string& key, const std::optional<double>& value) {
    if (value) return more_is_better(key) ? -*value : *value;
    return key.starts_with("times.") ? std::optional{1e300} : std::nullopt;
}

void add_key(const std::vector<const WatchedDay*>& days, const SummaryKey& added,
             LivesSummary& summary) {
    std::vector<std::optional<double>> values, bad;
    for (const WatchedDay* day : days) {
        values.push_back(outcome_value(day->life.outcome, added.key));
        bad.push_back(badness(added.key, values.back()));
    }
    if (std::ranges::all_of(values, [](const auto& it) { return it.value_or(0) == 0; })) return;
    const auto [least, most] = std::ranges::minmax(bad);
    summary.keys.emplace_back(added.key), summary.titles.emplace_back(added.title);
    for (std::size_t i = 0; i < days.size(); ++i)
        summary.lives[i].push_back(
            {ledger_text(added.key, values[i]), least && least != most && bad[i] == least});
}

}  // namespace

std::string letter_of(std::size_t nth) {
    return std::string(1, static_cast<char>('A' + nth));
}

std::string wall_clock(SimTime at) {
    return clock_text(at).substr(0, 8);
}

std::string hands_text(unsigned hands) {
    return hands == 1 ? "1 hand" : fmt::format("{} hands", hands);
}

std::vector<DecisionPoint> decision_points(const WatchedDay& day) {
    std::vector<DecisionPoint> points;
    std::size_t ordered = 0;
    for (std::size_t i = 0; i < day.life.facts.size(); ++i) {
        const Occurrence& it = day.life.facts[i];
        const auto* order = std::get_if<Ordered>(&it.fact);
        if (order == nullptr) continue;
        const std::size_t nth = ordered++;
        if (nth < day.life.orders.size() && day.life.orders[nth].by_machine) continue;
        if (points.empty() || points.back().at != it.at) points.push_back({it.at, i, {}});
        points.back().orders.push_back(command_text(order->command, day.scenario.blueprint->names));
    }
    return points;
}

KnownUntil::KnownUntil(const WatchedDay& day) : day_(&day), shop_(shop_of(day.scenario)) {
    columns_.of_service = day.known;
}

FactView KnownUntil::at(SimTime now, std::size_t facts_most) {
    const auto& all = day_->life.facts;
    const auto known = std::ranges::upper_bound(all, now, {}, &Occurrence::at);
    const std::span<const Occurrence> facts{
        all.data(), std::min(static_cast<std::size_t>(known - all.begin()), facts_most)};
    columns_.visible = scrapes_seen(now, facts);
    const Blueprint& plan = *day_->scenario.blueprint;
    return {now, facts, columns_, plan.names, plan.known};
}

KnownNow known_now(const FactView& view, const KnownShop& shop) {
    KnownNow known;
    known.clock = clock_view(view, shop);
    known.tiles = tiles_of(view, shop);
    known.plots = live_plots(view, shop);
    for (ServicePlots& it : known.plots) {
        (void)std::stable_partition(it.plots.begin(), it.plots.end(),
                                    [](const Plot& plot) { return plot.id.ends_with("-errors"); });
        // Dots set what was shown apart from the truth; here nothing else is drawn.
        for (Plot& plot : it.plots)
            for (PlotSeries& line : plot.series) line.known = false;
    }
    known.feed = feed_of(view);
    known.tracks = known_tracks({view.facts(), &view.names(), view.now(), {}});
    const auto loudness = [&](std::size_t nth) {
        const ServiceTile& tile = known.tiles[nth];
        return std::tuple{known.plots[nth].told, tile.tone == Tone::bad,
                          tile.errors_percent.has_value()};
    };
    for (std::size_t i = 1; i < known.tiles.size(); ++i)
        if (loudness(known.loudest) < loudness(i)) known.loudest = i;
    const auto rank = [](const ServiceTile& it) {
        return it.tone == Tone::bad ? 0 : it.errors_percent ? 1 : 2;
    };
    std::ranges::stable_sort(known.tiles, {}, rank);
    return known;
}

std::vector<std::string> plain_orders_of(const FactView& view, const KnownShop& shop) {
    std::vector<std::string> orders;
    for (const PaletteRow& it : palette_of(view, shop))
        if (it.complete) orders.push_back(it.text);
    return orders;
}

const char* title_of(Harm harm) {
    switch (harm) {
        case Harm::requests: return "Requests failed or refused";
        case Harm::records: return "Records gone wrong";
        case Harm::users: return "Users on a harmful change";
    }
    return "";
}

const char* label_of(Harm harm) {
    switch (harm) {
        case Harm::requests: return "failed or refused";
        case Harm::records: return "records gone wrong";
        case Harm::users: return "users on harm now";
    }
    return "";
}

const char* unit_of(Harm harm) {
    return harm == Harm::users ? "% now" : "so far";
}

std::string harm_text(Harm harm, double value) {
    return harm == Harm::users ? fmt::format("{:.3g}%", value) : grouped_text(value);
}

std::vector<PlotPoint> harm_line(const WatchedDay& day, Harm harm) {
    std::vector<PlotPoint> line;
    double sum = 0;
    for (std::size_t m = 0; m < day.truth.size(); ++m) {
        const TrueMinute& it = day.truth[m];
        if (harm == Harm::requests) sum += static_cast<double>(it.sum.bad);
        if (harm == Harm::records) sum += static_cast<double>(it.sum.hurt);
        if (harm == Harm::users) sum = 100 * it.exposed;
        line.push_back({static_cast<double>(m + 1) * board_minute_s, sum});
    }
    return line;
}

std::span<const PlotPoint> cut_at(std::span<const PlotPoint> line, double now_s) {
    const auto later = std::ranges::upper_bound(line, now_s, {}, &PlotPoint::at_s);
    return line.first(static_cast<std::size_t>(later - line.begin()));
}

FactRow last_told(const WatchedDay& day, SimTime since, SimTime now) {
    const auto& all = day.life.facts;
    auto at = std::ranges::upper_bound(all, now, {}, &Occurrence::at);
    while (at != all.begin()) {
        --at;
        if (at->at < since) break;
        const Mark mark = mark_of(at->fact);
        if (mark != Mark::said) return {at->at, mark, headline(*at, day.scenario.blueprint->names)};
    }
    return {};
}

SimTime parting_of(const std::vector<const WatchedDay*>& days) {
    SimTime parting = days.front()->life.ended;
    const auto& first = days.front()->life.orders;
    const auto alike = [](const GivenOrder& one, const GivenOrder& other) {
        return one.at == other.at && one.text == other.text;
    };
    for (const WatchedDay* day : days) {
        const auto& orders = day->life.orders;
        const auto [here, there] =
            std::mismatch(first.begin(), first.end(), orders.begin(), orders.end(), alike);
        if (here != first.end()) parting = std::min(parting, here->at);
        if (there != orders.end()) parting = std::min(parting, there->at);
    }
    return parting;
}

LivesSummary lives_summary(const std::vector<const WatchedDay*>& days) {
    LivesSummary summary;
    summary.lives.resize(days.size());
    for (const SummaryKey& it : summary_keys) add_key(days, it, summary);
    return summary;
}

}  // namespace rollcage
