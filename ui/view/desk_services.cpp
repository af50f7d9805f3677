// Services as they are measured: the clock, tiles, who calls whom, live plots and the fleet.
#include <fmt/format.h>

#include <algorithm>

#include "ui/view/desk_view.h"

namespace rollcage {
namespace {

constexpr std::size_t a_minute = 4;  // Scrapes.
static_assert(scrape_every * a_minute == 1_min);
constexpr std::size_t spark_scrapes = 80;   // Twenty minutes. default: design
constexpr double budget_scrapes = 172'800;  // Thirty days.

using Series = std::span<const std::int64_t>;

std::int64_t sum_of(Series series, std::size_t scrapes) {
    std::int64_t sum = 0;
    for (const std::int64_t it : series.last(std::min(scrapes, series.size()))) sum += it;
    return sum;
}

std::optional<double> percent(std::int64_t part, std::int64_t of) {
    if (of <= 0) return std::nullopt;
    return 100 * static_cast<double>(part) / static_cast<double>(of);
}

// What a window asks of the time before the start is an even day that spent the budget as it had.
double burn_over(const FactView& view, const ShopService& shop, ServiceId service,
                 std::int64_t scrapes) {
    const Series errors = view.series(service, Measure::errors),
                 answered = view.series(service, Measure::answered);
    const auto window = static_cast<std::size_t>(scrapes);
    const auto before = static_cast<double>(
        (scrapes - static_cast<std::int64_t>(std::min(window, errors.size()))) * shop.usual);
    const double budget = 1 - shop.goal.value();
    const auto bad = static_cast<double>(sum_of(errors, window));
    const double all = before + bad + static_cast<double>(sum_of(answered, window));
    if (all <= 0 || budget <= 0) return 0;
    return (bad + before * budget * shop.spent.value()) / (all * budget);
}

std::optional<double> budget_left(const FactView& view, const ShopService& shop,
                                  ServiceId service) {
    const double budget = (1 - shop.goal.value()) * static_cast<double>(shop.usual);
    if (budget <= 0) return std::nullopt;
    const Series errors = view.series(service, Measure::errors);
    const auto bad = static_cast<double>(sum_of(errors, errors.size()));
    return 100 * (1 - shop.spent.value() - bad / (budget * budget_scrapes));
}

// What fired and has not cleared, by service.
std::vector<std::vector<FiringAlert>> alerts_of(const FactView& view) {
    std::vector<std::vector<FiringAlert>> all(view.names().services.size());
    const auto fire = [&](ServiceId service, SimTime at, const std::string& text, bool pages) {
        std::vector<FiringAlert>& here = all[service.index];
        if (std::ranges::find(here, text, &FiringAlert::text) == here.end())
            here.push_back({at, text, pages});
    };
    const auto clear = [&](ServiceId service, const std::string& text) {
        std::erase_if(all[service.index], [&](const FiringAlert& it) { return it.text == text; });
    };
    const auto rule = [](AlertRule it) {
        static constexpr std::array words{"fast burn", "slow burn", "ticket"};
        return std::string{words[static_cast<std::size_t>(it)]};
    };
    for (const Occurrence& it : view.facts()) {
        if (const auto* fired = std::get_if<AlertFired>(&it.fact))
            fire(fired->service, it.at, rule(fired->rule), fired->rule != AlertRule::ticket);
        if (const auto* cleared = std::get_if<AlertCleared>(&it.fact))
            clear(cleared->service, rule(cleared->rule));
        if (const auto* fired = std::get_if<CauseFired>(&it.fact))
            fire(fired->service, it.at, view.names().alerts[fired->alert.index], true);
        if (const auto* cleared = std::get_if<CauseCleared>(&it.fact))
            clear(cleared->service, view.names().alerts[cleared->alert.index]);
        if (const auto* failed = std::get_if<ProbeFailed>(&it.fact))
            fire(failed->service, it.at, "probes fail", true);
        if (const auto* again = std::get_if<ProbeRecovered>(&it.fact))
            clear(again->service, "probes fail");
    }
    return all;
}

bool dashboards_blank(const FactView& view) {
    const auto facts = view.facts();
    for (std::size_t i = facts.size(); i-- > 0;)
        if (const auto* turned = std::get_if<DashboardsTurned>(&facts[i].fact))
            return turned->now == Screens::blank;
    return false;
}

void measure(const FactView& view, bool has_users, ServiceTile& tile) {
    const auto series = [&](Measure measure) { return view.series(tile.service, measure); };
    const Series errors = series(Measure::errors), answered = series(Measure::answered);
    if (errors.empty()) return;
    const std::int64_t bad = sum_of(errors, a_minute), good = sum_of(answered, a_minute);
    const auto seconds =
        static_cast<double>(std::min(errors.size(), a_minute)) * scrape_every.seconds();
    tile.errors_percent = percent(bad, bad + good);
    // Requests are counted where users come in; whom only services call has work, and no count.
    if (has_users)
        tile.requests_per_s =
            static_cast<double>(sum_of(series(Measure::attempts), a_minute)) / seconds;
    if (answered.back() > 0)
        tile.latency_p95_ms = static_cast<double>(series(Measure::latency_p95_us).back()) / 1e3;
    tile.busy_percent = static_cast<double>(series(Measure::busy_ppm).back()) / 1e4;
    tile.waiting = static_cast<double>(series(Measure::queue).back());
    for (std::size_t i = errors.size() - std::min(errors.size(), spark_scrapes); i < errors.size();
         ++i)
        tile.sparkline.push_back(percent(errors[i], errors[i] + answered[i]));
}

Tone tone_of(const ServiceTile& tile) {
    const bool pages = std::ranges::any_of(tile.alerts, &FiringAlert::pages);
    if (pages || tile.errors_percent.value_or(0) > 10 * tile.errors_goal_percent) return Tone::bad;
    return tile.errors_percent ? Tone::good : Tone::neutral;
}

}  // namespace

ClockView clock_view(const FactView& view, const KnownShop& shop) {
    ClockView clock{.now = view.now(), .measured = view.scraped_at()};
    clock.blank = dashboards_blank(view);
    const SimTime decided = SimTime{} + shop.lasts, end = decided + shop.judged_after;
    clock.phase = clock.now < decided ? DeskPhase::deciding
                  : clock.now < end   ? DeskPhase::judged
                                      : DeskPhase::over;
    if (clock.phase == DeskPhase::over) {
        clock.text = "the day is over";
        return clock;
    }
    const bool deciding = clock.phase == DeskPhase::deciding;
    clock.left = (deciding ? decided : end) - clock.now;
    const double whole_seconds = static_cast<double>(clock.left.us / 1'000'000);
    clock.text =
        seconds_text(whole_seconds) + (deciding ? " left to decide" : " until the day is judged");
    return clock;
}

std::vector<ServiceTile> tiles_of(const FactView& view, const KnownShop& shop) {
    const auto alerts = alerts_of(view);
    std::vector<ServiceTile> tiles;
    for (std::uint32_t s = 0; s < shop.services.size(); ++s) {
        const ShopService& it = shop.services[s];
        ServiceTile tile{.service = {s}, .name = view.names().services[s]};
        tile.errors_goal_percent = 100 * (1 - it.goal.value());
        tile.latency_goal_ms = static_cast<double>(it.latency_goal.us) / 1e3;
        tile.alerts = alerts[s];
        measure(view, it.usual > 0, tile);
        tile.budget_left_percent = budget_left(view, it, {s});
        for (const BurnRule& rule : burn_rules)
            tile.burns.push_back({rule.rule, burn_over(view, it, {s}, rule.long_scrapes),
                                  burn_over(view, it, {s}, rule.short_scrapes),
                                  static_cast<double>(rule.times_tenths) / 10});
        tile.tone = tone_of(tile);
        tiles.push_back(std::move(tile));
    }
    return tiles;
}

GraphView graph_of(const KnownShop& shop, const std::vector<ServiceTile>& tiles) {
    GraphView graph;
    for (const ServiceTile& it : tiles) {
        const bool users = shop.services[it.service.index].usual > 0;
        const std::string note = it.errors_percent
                                     ? fmt::format("{:.3g}% errors", *it.errors_percent)
                                 : it.busy_percent ? fmt::format("{:.3g}% busy", *it.busy_percent)
                                                   : "not measured yet";
        graph.nodes.push_back({it.service, it.name, note, it.tone, 0, users});
    }
    for (std::size_t s = 0; s < shop.services.size(); ++s)
        for (const ServiceId to : shop.services[s].calls)
            graph.edges.push_back({s, to.index, graph.nodes[to.index].tone});
    // Calls go round in no circle, so this many passes are enough.
    for (std::size_t pass = 0; pass < graph.nodes.size(); ++pass)
        for (const GraphEdge& it : graph.edges)
            graph.nodes[it.to].rank =
                std::max(graph.nodes[it.to].rank, graph.nodes[it.from].rank + 1);
    return graph;
}

std::vector<FleetView> fleets_of(const FactView& view, const KnownShop& shop) {
    static_assert(static_cast<int>(CellPhase::missing) == static_cast<int>(InstancePhase::missing));
    const Names& names = view.names();
    std::vector<FleetView> fleets;
    for (std::uint32_t s = 0; s < shop.services.size(); ++s) {
        const ShopService& service = shop.services[s];
        FleetView fleet{names.services[s], {}};
        const bool several = service.regions.size() > 1;
        for (const RegionId region : service.regions)
            for (std::int64_t zone = 1; zone <= service.zones; ++zone)
                fleet.zones.push_back({several
                                           ? fmt::format("{} {}", names.regions[region.index], zone)
                                           : fmt::format("zone {}", zone),
                                       {}});
        for (const InstanceCount& it : view.instances({s})) {
            FleetGroup group;
            group.phase = static_cast<CellPhase>(it.phase);
            group.count = it.instances;
            if (it.name) {
                group.build = names.builds.size() + static_cast<std::size_t>(*it.name);
                group.build_name = *it.name == MovingName::stable ? "stable" : "latest";
            } else if (it.build) {
                group.build = it.build->index;
                group.build_name = names.builds[it.build->index];
            } else {
                group.build = names.builds.size() + 2;
                group.build_name = "kept by hand";
            }
            fleet.zones[it.zone].groups.push_back(std::move(group));
        }
        fleets.push_back(std::move(fleet));
    }
    return fleets;
}

}  // namespace rollcage
