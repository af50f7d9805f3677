#include "ui/desk/drill_panels.h"

#include <fmt/format.h>

#include <algorithm>

#include "ui/desk/cards.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

void aside(Widgets& on, const std::string& text) {
    paragraph(on, text, on.look.theme.soft);
}

std::string whole_clock(SimTime at) {
    return clock_text(at).substr(0, 8);
}

Mark feed_mark(FeedKind kind) {
    switch (kind) {
        case FeedKind::order: return Mark::order;
        case FeedKind::alert: return Mark::alert;
        case FeedKind::cleared: return Mark::cleared;
        case FeedKind::complaint:
        case FeedKind::message: return Mark::said;
        case FeedKind::answer: return Mark::effect;
        case FeedKind::refusal: return Mark::refused;
        case FeedKind::news: return Mark::fact;
    }
    return Mark::fact;
}

Mark step_mark(StepState state) {
    switch (state) {
        case StepState::done: return Mark::effect;
        case StepState::now: return Mark::order;
        case StepState::failed: return Mark::refused;
        case StepState::ahead:
        case StepState::skipped: return Mark::fact;
    }
    return Mark::fact;
}

// Where each node stands: ranks below each other, and those of a rank beside each other.
std::vector<ImVec2> places_of(const GraphView& graph, const Look& look, ImVec2 at, float wide,
                              ImVec2 box) {
    std::size_t ranks = 0;
    for (const GraphNode& it : graph.nodes) ranks = std::max(ranks, it.rank + 1);
    std::vector<std::size_t> in_rank(ranks), nth(ranks);
    for (const GraphNode& it : graph.nodes) ++in_rank[it.rank];
    std::vector<ImVec2> places;
    for (const GraphNode& it : graph.nodes) {
        const auto count = static_cast<float>(in_rank[it.rank]);
        const float each = wide / count;
        const auto place = static_cast<float>(nth[it.rank]++);
        places.emplace_back(
            std::floor(at.x + each * (place + 0.5F) - std::min(box.x, each - look.px(6)) / 2),
            at.y + static_cast<float>(it.rank) * (box.y + look.px(44)));
    }
    return places;
}

void paint_call(ImDrawList& to, const Look& look, ImVec2 from, ImVec2 until, Colour colour) {
    const float bend = std::max(look.px(18), (until.y - from.y) / 2);
    to.AddBezierCubic(from, {from.x, from.y + bend}, {until.x, until.y - bend}, until, colour,
                      look.fine(1.6F));
    to.AddTriangleFilled({until.x - look.fine(4), until.y - look.fine(7)},
                         {until.x + look.fine(4), until.y - look.fine(7)}, until, colour);
}

std::optional<Pointed> flag_rows(Widgets& on, const DeskView& view) {
    std::optional<Pointed> pointed;
    if (!view.flags.empty()) heading(on, icon::flag, "Flags", "click one for what can be done");
    for (const FlagView& it : view.flags) {
        std::string note = it.owner;
        if (!it.changed_by.empty()) note += ", changed by " + it.changed_by;
        note += (note.empty() ? "" : ", ") + ("for " + whole_length(it.age));
        if (it.expired) note += ", expired";
        if (row(on, {.label = it.name, .note = note, .number = it.value, .icon = icon::flag}))
            pointed = Pointed{it.name, {.flag = it.setting}};
    }
    return pointed;
}

}  // namespace

std::optional<Pointed> map_panel(Widgets& on, const DeskView& view) {
    const Look& look = on.look;
    heading(on, icon::branch, "Who calls whom", "click a service for what can be done with it");
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float wide = ImGui::GetContentRegionAvail().x;
    const ImVec2 box{look.px(150), look.px(52)};
    const std::vector<ImVec2> places = places_of(view.graph, look, at, wide, box);
    std::vector<std::size_t> in_rank(view.graph.nodes.size() + 1);
    for (const GraphNode& it : view.graph.nodes) ++in_rank[it.rank];
    const auto wide_of_node = [&](const GraphNode& it) {
        return std::min(box.x, wide / static_cast<float>(in_rank[it.rank]) - look.px(6));
    };
    ImDrawList& to = *ImGui::GetWindowDrawList();
    for (const GraphEdge& it : view.graph.edges) {
        const GraphNode &from = view.graph.nodes[it.from], &until = view.graph.nodes[it.to];
        paint_call(to, look,
                   {places[it.from].x + wide_of_node(from) / 2, places[it.from].y + box.y},
                   {places[it.to].x + wide_of_node(until) / 2, places[it.to].y},
                   it.tone == Tone::neutral ? look.theme.faint : colour_of(look.theme, it.tone));
    }
    std::optional<Pointed> pointed;
    float foot = at.y;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const GraphNode& it = view.graph.nodes[i];
        const ImVec2 size{wide_of_node(it), box.y};
        ImGui::SetCursorScreenPos(places[i]);
        if (ImGui::InvisibleButton(it.name.c_str(), size))
            pointed = Pointed{it.name, {.service = it.service}};
        on.note(it.name, true);
        const bool over = ImGui::IsItemHovered();
        const ImVec2 most{places[i].x + size.x, places[i].y + size.y};
        to.AddRectFilled(places[i], most, over ? look.theme.hovered : look.theme.raised,
                         look.px(8));
        to.AddRect(places[i], most,
                   it.tone == Tone::neutral ? look.theme.line : colour_of(look.theme, it.tone),
                   look.px(8), 0, look.fine(it.tone == Tone::bad ? 2 : 1));
        const float x = places[i].x + look.px(10), room = size.x - look.px(20);
        paint_text(to, look.fonts.strong, {x, places[i].y + look.px(8)}, look.theme.text,
                   shortened(look.fonts.strong, (it.users ? "\u2022 " : "") + it.name, room));
        paint_text(to, look.fonts.small, {x, places[i].y + look.px(29)},
                   colour_of(look.theme, it.tone), shortened(look.fonts.small, it.note, room));
        foot = std::max(foot, most.y);
    }
    ImGui::SetCursorScreenPos({at.x, foot + look.px(10)});
    aside(on, "A dot: users come in there. An arrow points at who is called.");
    return pointed;
}

std::optional<Pointed> release_panel(Widgets& on, const DeskView& view) {
    std::optional<Pointed> pointed;
    for (const RolloutView& it : view.rollouts) {
        heading(on, icon::rocket, it.service_name + " " + it.build, it.state);
        for (const StageRow& stage : it.stages)
            line(on, {.label = stage.name,
                      .note = stage.gate,
                      .number = stage.soak_left ? whole_length(*stage.soak_left) + " more" : "",
                      .mark = step_mark(stage.state)});
        for (const FactRow& verdict : it.verdicts) aside(on, verdict.text);
        if (button(on, "Orders about " + it.service_name, {.icon = icon::hand}))
            pointed = Pointed{it.service_name, {.service = it.service}};
    }
    for (const DeliveryView& it : view.pipeline.deliveries) {
        heading(on, icon::list, it.service + " " + it.build, it.plan + ", " + it.state);
        for (const DeliveryStep& step : it.steps)
            line(on, {.label = step.name, .note = step.note, .mark = step_mark(step.state)});
    }
    for (const auto& [title, all] : {std::pair{"Frozen", &view.pipeline.frozen},
                                     {"Quarantined", &view.pipeline.quarantined}}) {
        if (!all->empty()) heading(on, icon::lock, title, "");
        for (const std::string& it : *all) aside(on, it);
    }
    if (const auto flag = flag_rows(on, view)) pointed = flag;
    if (view.rollouts.empty() && view.pipeline.deliveries.empty() && view.flags.empty())
        aside(on, "Nothing has gone out yet, and there are no flags.");
    return pointed;
}

std::optional<Pointed> data_panel(Widgets& on, const DeskView& view) {
    std::optional<Pointed> pointed;
    for (const StoreView& it : view.stores) {
        heading(on, icon::database, it.name, it.kind);
        for (const auto& [what, is] : {std::pair{"migration", &it.phase},
                                       {"formats", &it.forms},
                                       {"lag", &it.lag},
                                       {"damage", &it.damage}})
            if (!is->empty()) line(on, {.label = what, .note = *is});
        for (const FactRow& told : it.told) aside(on, whole_clock(told.at) + "  " + told.text);
        if (button(on, "Orders about " + it.name, {.icon = icon::hand}))
            pointed = Pointed{it.name, {.store = it.store}};
    }
    for (const EnvironmentView& it : view.pipeline.environments) {
        heading(on, icon::server, it.name,
                "beside production, made like it " + whole_length(it.age) + " ago");
        for (const std::string& each : it.differences) line(on, {.label = each});
        line(on, {.label = "unknown",
                  .note = it.looked ? "there may be other differences that nobody found"
                                    : "nobody has looked for differences",
                  .icon = icon::question});
    }
    if (view.stores.empty()) aside(on, "Nothing here keeps records.");
    return pointed;
}

void feed_panel(Widgets& on, const DeskView& view, std::optional<std::size_t> fact) {
    for (std::size_t i = view.feed.size(); i > 0; --i) {
        const FeedRow& it = view.feed[i - 1];
        line(on, {.label = it.text,
                  .number = whole_clock(it.at),
                  .mark = feed_mark(it.kind),
                  .chosen = fact == it.fact});
    }
    if (view.feed.empty())
        empty_state(on, icon::inbox, "Nothing is known yet",
                    "Let time pass: Space, or a full stop for the next fact.");
}

void people_panel(Widgets& on, const DeskView& view) {
    heading(on, icon::hand, "Hands", "who carries orders out");
    for (const PersonView& it : view.people.people)
        line(on, {.label = it.name,
                  .note = it.doing.empty() ? "free" : it.doing + ", " + it.step,
                  .number = it.since ? "since " + whole_clock(*it.since) : "",
                  .icon = icon::user});
    for (const std::string& it : view.people.waiting)
        line(on, {.label = it, .note = "waits for somebody", .icon = icon::clock});
    if (view.people.called > 0)
        aside(on, fmt::format("{} more are on their way.", view.people.called));
    for (const OpenOrder& it : view.open)
        line(on, {.label = it.text,
                  .note = "nothing was heard of it yet",
                  .number = whole_clock(it.at),
                  .mark = Mark::order});
}

void recap_panel(Widgets& on, const RecapView& recap) {
    heading(on, icon::undo, "Where this drill stands", "at " + whole_clock(recap.until));
    if (recap.firing.empty()) aside(on, "No alert is firing.");
    for (const std::string& it : recap.firing) line(on, {.label = it, .mark = Mark::alert});
    heading(on, icon::hand, "What was ordered", "and what was heard of it");
    for (const RecapRow& it : recap.orders) {
        line(
            on,
            {.label = it.order, .note = it.who, .number = whole_clock(it.at), .mark = Mark::order});
        if (!it.expected.empty()) aside(on, "expected: " + it.expected);
        aside(on, it.answer.empty() ? "nothing was heard of it yet" : it.answer);
    }
    if (recap.orders.empty()) aside(on, "Nothing yet.");
    heading(on, icon::list, "What was told last", "");
    for (const FactRow& it : recap.heard)
        line(on, {.label = it.text, .number = whole_clock(it.at), .mark = it.mark});
    if (!recap.remarks.empty()) heading(on, icon::comment, "What people wrote", "");
    for (const FactRow& it : recap.remarks) aside(on, whole_clock(it.at) + "  " + it.text);
}

}  // namespace rollcage
