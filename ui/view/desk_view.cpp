#include "ui/view/desk_view.h"

#include <fmt/format.h>

#include <iterator>

namespace rollcage {
namespace {

// Lines of text, a panel at a time.
class Lines {
public:
    template <class... Values>
    void add(fmt::format_string<Values...> pattern, Values&&... values) {
        fmt::format_to(std::back_inserter(text_), pattern, std::forward<Values>(values)...);
        text_ += '\n';
    }
    void rows(const std::vector<std::string>& all) {
        for (const std::string& it : all) add("  {}", it);
    }
    void facts(const std::vector<FactRow>& all) {
        for (const FactRow& it : all) add("    {} {}", plain_clock(it.at), it.text);
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

std::string number_or(const std::optional<double>& value, const char* unit) {
    return value ? fmt::format("{:.4g}{}", *value, unit) : "not measured";
}

const char* word(StepState state) {
    static constexpr std::array words{"done", "now", "ahead", "failed", "skipped"};
    return words[static_cast<std::size_t>(state)];
}
const char* word(FeedKind kind) {
    static constexpr std::array words{"order",   "alert",  "cleared", "complaint",
                                      "message", "answer", "refusal", "news"};
    return words[static_cast<std::size_t>(kind)];
}
const char* word(CellPhase phase) {
    static constexpr std::array words{"serving", "starting", "draining", "failing", "missing"};
    return words[static_cast<std::size_t>(phase)];
}

void say_services(const DeskView& desk, Lines& out) {
    out.add("clock {}, {}; measured until {}{}", plain_clock(desk.clock.now), desk.clock.text,
            plain_clock(desk.clock.measured), desk.clock.blank ? ", dashboards are blank" : "");
    for (const ServiceTile& it : desk.tiles) {
        out.add("service {}: errors {}, p95 {}, {}, busy {}, waiting {}; budget left {}", it.name,
                number_or(it.errors_percent, "%"), number_or(it.latency_p95_ms, " ms"),
                number_or(it.requests_per_s, "/s"), number_or(it.busy_percent, "%"),
                number_or(it.waiting, ""), number_or(it.budget_left_percent, "%"));
        for (const BurnView& burn : it.burns)
            out.add("    burns {:.4g} and {:.4g} of {:g}", burn.over_long, burn.over_short,
                    burn.fires_at);
        for (const FiringAlert& alert : it.alerts)
            out.add("    {} since {}", alert.text, plain_clock(alert.since));
    }
    for (const GraphNode& it : desk.graph.nodes)
        out.add("node {} at rank {}: {}", it.name, it.rank, it.note);
    for (const GraphEdge& it : desk.graph.edges)
        out.add("  {} calls {}", desk.graph.nodes[it.from].name, desk.graph.nodes[it.to].name);
    for (const ServicePlots& it : desk.plots)
        for (const Plot& plot : it.plots) {
            out.add("plot {} of {}", plot.title, it.service);
            for (const PlotSeries& series : plot.series) {
                std::string points;
                for (const PlotPoint& point : series.points)
                    points += point.value ? fmt::format(" {:g}", *point.value) : " -";
                out.add("  {}:{}", series.name, points);
            }
            for (const PlotLimit& limit : plot.limits) out.add("  limit {}", limit.label);
            for (const PlotMark& mark : plot.marks) out.add("  {:g} {}", mark.at_s, mark.label);
        }
    for (const FleetView& fleet : desk.fleets)
        for (const FleetZone& zone : fleet.zones)
            for (const FleetGroup& it : zone.groups)
                out.add("fleet {}, {}: {} of {} {}", fleet.service, zone.name, it.count,
                        it.build_name, word(it.phase));
}

void say_release(const DeskView& desk, Lines& out) {
    for (const RolloutView& it : desk.rollouts) {
        out.add("rollout {} {} by {}: {}{}", it.service_name, it.build,
                it.plan.empty() ? "nobody said which plan" : it.plan, it.state,
                it.halted ? ", halted" : "");
        for (const StageRow& row : it.stages)
            out.add("    {} {}{}{}", word(row.state), row.name,
                    row.soak_left ? ", soaks for " + length_text(*row.soak_left) : "",
                    row.gate.empty() ? "" : ", asks for " + row.gate);
        out.facts(it.verdicts);
    }
    for (const FlagView& it : desk.flags)
        out.add("flag {} of {}: {}, for {}{}{}", it.name, it.owner.empty() ? "nobody" : it.owner,
                it.value, length_text(it.age), it.changed_by.empty() ? "" : ", by " + it.changed_by,
                it.expired ? ", expired" : "");
    for (const StoreView& it : desk.stores) {
        out.add("store {} ({}): {}; forms {}; replica {}; damage {}", it.name, it.kind, it.phase,
                it.forms, it.lag, it.damage);
        out.facts(it.told);
    }
    for (const DeliveryView& it : desk.pipeline.deliveries) {
        out.add("delivery {} {} by {} since {}: {}", it.service, it.build, it.plan,
                plain_clock(it.entered), it.state);
        for (const DeliveryStep& step : it.steps)
            out.add("    {} {} {}", word(step.state), step.name, step.note);
    }
    for (const EnvironmentView& it : desk.pipeline.environments) {
        out.add("environment {}: like production {} ago; {}", it.name, length_text(it.age),
                it.looked ? "found so far:" : "nobody has looked");
        out.rows(it.differences);
    }
    out.rows(desk.pipeline.frozen);
    out.rows(desk.pipeline.quarantined);
}

void say_people(const DeskView& desk, Lines& out) {
    for (const PersonView& it : desk.people.people)
        out.add("{} {} {}{}", it.name, it.doing.empty() ? "is free" : it.doing, it.step,
                it.since ? " since " + plain_clock(*it.since) : "");
    out.rows(desk.people.waiting);
    if (desk.people.called > 0) out.add("{} are called", desk.people.called);
    for (const SeatView& it : desk.seats)
        out.add("seat {}: {}", it.seat, it.who.empty() ? "nobody" : it.who);
    for (const FactRow& it : desk.remarks) out.add("{} {}", plain_clock(it.at), it.text);
    for (const OpenOrder& it : desk.open) out.add("open since {}: {}", plain_clock(it.at), it.text);
    for (const FeedRow& it : desk.feed)
        out.add("{} {} {}", plain_clock(it.at), word(it.kind), it.text);
    for (const Track& it : desk.tracks) {
        out.add("track {}", it.name);
        for (const TrackSpan& span : it.spans)
            out.add("    {:g} to {:g} {}", span.from_s, span.until_s, span.label);
        for (const TrackEvent& event : it.events) out.add("    {:g} {}", event.at_s, event.label);
    }
}

}  // namespace

DeskView desk_view(const FactView& view, const KnownShop& shop, const Team& team,
                   std::span<const Remark> remarks) {
    DeskView desk;
    desk.clock = clock_view(view, shop);
    desk.tiles = tiles_of(view, shop);
    desk.graph = graph_of(shop, desk.tiles);
    desk.plots = live_plots(view, shop);
    desk.fleets = fleets_of(view, shop);
    desk.rollouts = rollouts_of(view, shop);
    desk.flags = flags_of(view, shop);
    desk.stores = stores_of(view, shop);
    desk.pipeline = pipeline_of(view, shop);
    desk.feed = feed_of(view);
    const std::vector<Remark> heard = for_everybody(remarks);
    desk.tracks = known_tracks({view.facts(), &view.names(), view.now(), heard});
    desk.seats = seats_of(shop, heard);
    desk.remarks = remarks_of(heard);
    for (const Remark& it : heard)
        if (it.kind == RemarkKind::hint) desk.hints.push_back(it.text);
    desk.people = people_of(view, team);
    desk.open = open_orders(view);
    return desk;
}

std::string desk_text(const DeskView& desk) {
    Lines out;
    say_services(desk, out);
    say_release(desk, out);
    say_people(desk, out);
    return out.take();
}

}  // namespace rollcage
