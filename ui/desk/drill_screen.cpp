#include "ui/desk/drill_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ui/desk/cards.h"
#include "ui/desk/drill_panels.h"
#include "ui/desk/fleet_grid.h"
#include "ui/desk/lanes.h"
#include "ui/desk/time_plot.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

struct Speed {
    const char* label;
    double seconds_a_second;  // Nought: as fast as it goes.
};
constexpr std::array<Speed, 5> speeds{
    {{"1\u00d7", 1}, {"10\u00d7", 10}, {"60\u00d7", 60}, {"300\u00d7", 300}, {"max", 0}}};
constexpr std::size_t table_speed_place = speeds.size();  // Beside those, where a table has time.

struct Tab {
    const char *name, *key;
};
constexpr std::array<Tab, 8> panels{{{"Orders", "o"},
                                     {"Feed", "f"},
                                     {"Map", "m"},
                                     {"Release", "r"},
                                     {"Data", "d"},
                                     {"Fleet", "g"},
                                     {"People", "p"},
                                     {"Notes", "n"}}};

TileShown service_tile(const ServiceTile& it) {
    TileShown shown;
    shown.tile.label = it.name + (it.alerts.empty() ? "" : "  \u00b7  alert");
    const bool over = it.errors_percent && *it.errors_percent > it.errors_goal_percent;
    shown.tile.tone = over ? Tone::bad : it.tone;
    shown.tile.value = it.errors_percent ? fmt::format("{:.2f}%", *it.errors_percent) : "\u2013";
    shown.tile.note = fmt::format("errors, goal {:g}%", it.errors_goal_percent);
    if (it.latency_p95_ms)
        shown.tile.note += fmt::format("  \u00b7  p95 {:.0f} ms", *it.latency_p95_ms);
    if (it.requests_per_s)
        shown.tile.note += fmt::format("  \u00b7  {}/s", grouped_text(*it.requests_per_s));
    if (it.budget_left_percent)
        shown.tile.note += fmt::format("  \u00b7  budget {:.0f}%", *it.budget_left_percent);
    if (!over && !it.alerts.empty()) shown.tile.note = "an alert still fires";
    for (const auto& value : it.sparkline) shown.spark.push_back(value.value_or(0));
    return shown;
}

std::vector<double> spark_of(const std::vector<Plot>& plots, std::size_t plot, std::size_t series) {
    constexpr std::size_t scrapes = 80;
    std::vector<double> values;
    if (plot >= plots.size() || series >= plots[plot].series.size()) return values;
    const auto& points = plots[plot].series[series].points;
    for (std::size_t i = points.size() - std::min(points.size(), scrapes); i < points.size(); ++i)
        values.push_back(points[i].value.value_or(0));
    return values;
}

// Of one service, number by number: where there are few services there is room for it.
std::vector<TileShown> measure_tiles(const ServiceTile& it, const std::vector<Plot>& plots) {
    std::vector<TileShown> tiles{service_tile(it)};
    tiles[0].tile.label = it.name + ", errors" + (it.alerts.empty() ? "" : "  \u00b7  alert");
    if (it.alerts.empty() || (it.errors_percent && *it.errors_percent > it.errors_goal_percent))
        tiles[0].tile.note = fmt::format("goal at most {:g}%", it.errors_goal_percent);
    const auto add = [&](const char* what, const std::optional<double>& value, const char* pattern,
                         std::string note, Tone tone, std::vector<double> spark) {
        TileShown shown;
        shown.tile = {it.name + ", " + what,
                      value ? fmt::format(fmt::runtime(pattern), *value) : "\u2013",
                      std::move(note), tone};
        shown.spark = std::move(spark);
        tiles.push_back(std::move(shown));
    };
    const bool slow = it.latency_p95_ms && *it.latency_p95_ms > it.latency_goal_ms;
    add("p95", it.latency_p95_ms, "{:.0f} ms", fmt::format("goal {:g} ms", it.latency_goal_ms),
        !it.latency_p95_ms ? Tone::neutral
        : slow             ? Tone::bad
                           : Tone::good,
        spark_of(plots, 2, 1));
    add("requests", it.requests_per_s, "{:.1f}/s", "attempts, retries included", Tone::neutral,
        spark_of(plots, 0, 0));
    const bool spent = it.budget_left_percent && *it.budget_left_percent <= 0;
    add("error budget left", it.budget_left_percent, "{:.1f}%", "of thirty days",
        spent ? Tone::bad : Tone::neutral, {});
    add("busy", it.busy_percent, "{:.0f}%",
        it.waiting ? fmt::format("{:.0f} waiting", *it.waiting) : "", Tone::neutral, {});
    return tiles;
}

}  // namespace

void DrillScreen::see(LiveDrill& live) {
    if (live.revision() == revision_) return;
    revision_ = live.revision();
    live.look([&](const Drill& drill) {
        const FactView known = drill.known();
        if (!seen_) {
            shop_ = shop_of(drill.scenario());
            const auto met = std::ranges::find_if(
                shop_.services, [](const ShopService& it) { return it.usual > 0; });
            if (met != shop_.services.end())
                service_ = static_cast<std::size_t>(met - shop_.services.begin());
            if (drill.resumed_at()) recap_ = recap_of(known, shop_, drill.remarks());
        }
        view_ = desk_view(known, shop_, drill.day().team, drill.remarks());
        // Dots set what was shown apart from the truth; here nothing else is drawn.
        for (ServicePlots& it : view_.plots)
            for (Plot& plot : it.plots)
                for (PlotSeries& line : plot.series) line.known = false;
        orders_.see(drill, shop_);
        title_ = drill.scenario().title;
        axis_.decisions_end_s = drill.decisions_end().seconds();
    });
    if (!seen_ && live.has_table_time()) speed_ = table_speed_place;
    seen_ = true;
    // Until somebody chooses, whoever is in trouble is looked at.
    const auto alerts =
        std::ranges::find_if(view_.tiles, [](const ServiceTile& it) { return !it.alerts.empty(); });
    if (!chose_ && alerts != view_.tiles.end())
        service_ = static_cast<std::size_t>(alerts - view_.tiles.begin());
    service_ = std::min(service_, view_.tiles.size() - 1);
}

std::vector<std::string> DrillScreen::people() const {
    std::vector<std::string> all;
    for (const SeatView& it : view_.seats)
        if (!it.who.empty() && std::ranges::find(all, it.who) == all.end()) all.push_back(it.who);
    if (!who.empty() && std::ranges::find(all, who) == all.end()) all.push_back(who);
    return all;
}

void DrillScreen::play(LiveDrill& live) {
    if (speed_ == table_speed_place)
        live.go_by_table();
    else
        live.go(speeds[speed_].seconds_a_second);
}

void DrillScreen::set_speed(LiveDrill& live, std::size_t speed) {
    speed_ = speed;
    if (live.going()) play(live);
}

std::vector<Action> DrillScreen::actions(LiveDrill& live) {
    std::vector<Action> all{
        {"Play or pause", "", "Space", [&] { live.going() ? live.halt() : play(live); },
         icon::play},
        {"On to the next fact", "", ".", [&] { live.go(0, Until::next_fact); }, icon::step},
        {"On until something tells of trouble", "", "!", [&] { live.go(0, Until::next_trouble); },
         icon::bell}};
    for (std::size_t i = 0; i < speeds.size(); ++i)
        all.push_back({fmt::format("Speed {}", speeds[i].label), "", std::to_string(i + 1),
                       [this, &live, i] { set_speed(live, i); }, icon::forward});
    if (live.has_table_time())
        all.push_back({"Speed of the table", "as the table's time allows", "6",
                       [&] { set_speed(live, table_speed_place); }, icon::forward});
    for (std::size_t i = 0; i < panels.size(); ++i)
        all.push_back(
            {panels[i].name, "panel", panels[i].key, [this, i] { tab_ = i; }, icon::list});
    for (std::size_t i = 0; i < view_.tiles.size(); ++i)
        all.push_back({"Show " + view_.tiles[i].name, "its plots and its fleet", "",
                       [this, i] { service_ = i, chose_ = true; }, icon::chart});
    all.push_back({"Bookmark", "come back to this at the debrief", "b",
                   [&] {
                       live.with([&](Drill& it) { it.remark(RemarkKind::bookmark, {who, ""}); });
                   },
                   icon::bookmark});
    all.push_back({"What was known and ordered so far", "for who comes back, or takes over", "w",
                   [&] {
                       live.look([&](const Drill& it) {
                           recap_ = recap_of(it.known(), shop_, it.remarks());
                       });
                   },
                   icon::undo});
    all.push_back(
        {"Enlarge all plots to the whole day", "", "", [this] { axis_.show_all(); }, icon::chart});
    all.push_back({"End the drill", "the rest of the day is played out, and judged", "",
                   [this] { ends_ = true; }, icon::eye});
    for (const PaletteRow& it : orders_.whole_orders())
        all.push_back({it.text, it.meaning, "",
                       [this, &live, text = it.text] {
                           orders_.arm(live, shop_, text);
                           tab_ = 0;
                       },
                       icon::hand});
    return all;
}

DrillScreen::Wish DrillScreen::draw(Widgets& on, LiveDrill& live, Layout& layout, ImVec2 size) {
    see(live);
    const double now_s = view_.clock.now.seconds();
    axis_.now_s = now_s;
    axis_.begin_frame(std::max(now_s * 1.05, 600.0));
    head(on, live, size.x);
    services(on);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float gap = divider_wide(on), left = std::floor(room.x * layout.left);
    over_time(on, {left, room.y});
    ImGui::SameLine(0, 0);
    divider(on, layout, room.x, room.y);
    ImGui::SameLine(0, 0);
    told(on, live, {room.x - left - gap, room.y});
    return std::exchange(wish_, Wish::nothing);
}

void DrillScreen::head(Widgets& on, LiveDrill& live, float wide) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& to = *ImGui::GetWindowDrawList();
    const bool roomy = wide > look.px(1'100);
    const float title = roomy ? wide * 0.27F : look.px(160);
    const std::string clock = clock_text(view_.clock.now).substr(0, 8);
    paint_text(to, look.fonts.title, {at.x, at.y - look.px(1)}, look.theme.text,
               shortened(look.fonts.title, title_, title));
    std::string left = view_.clock.blank ? "DASHBOARDS BLANK" : view_.clock.text;
    if (live.held()) left = "the facilitator holds time";
    if (live.has_table_time())
        left += fmt::format(" \u00b7 table {:.0f} min", live.table_left_s() / 60);
    paint_text(
        to, look.fonts.small, {at.x, at.y + look.px(21)}, look.theme.soft,
        shortened(look.fonts.small, (roomy ? "DRILL \u00b7 " : clock + " \u00b7 ") + left, title));
    ImGui::SetCursorScreenPos({at.x + title + look.px(10), at.y + look.px(1)});
    time_buttons(on, live, roomy);
    if (roomy) {
        ImGui::SameLine(0, look.px(16));
        ImGui::SetCursorPosY(ImGui::GetCursorPosY() + look.px(7));
        words(on, look.fonts.number, look.theme.text, clock);
    }
    ImGui::SetCursorScreenPos({at.x + wide, at.y + look.px(1)});
    end_buttons(on, live);
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(46)});
}

void DrillScreen::time_buttons(Widgets& on, LiveDrill& live, bool roomy) {
    const bool going = live.going(), free = !live.held();
    const std::string why = "The facilitator holds time";
    if (button(on, going ? "Pause" : "Play",
               {.icon = going ? icon::pause : icon::play,
                .weight = Weight::primary,
                .enabled = free,
                .why_not = why}))
        going ? live.halt() : play(live);
    ImGui::SameLine();
    if (button(on, "Next",
               {.icon = icon::step,
                .enabled = free,
                .tip = "On to the next fact",
                .why_not = why,
                .keys = roomy ? "." : ""}))
        live.go(0, Until::next_fact);
    ImGui::SameLine();
    if (button(on, "Alert",
               {.icon = icon::bell,
                .enabled = free,
                .tip = "On until something tells of trouble",
                .why_not = why}))
        live.go(0, Until::next_trouble);
    ImGui::SameLine();
    std::vector<std::string> labels;
    for (const Speed& it : speeds) labels.emplace_back(it.label);
    if (live.has_table_time()) labels.emplace_back("table");
    if (const auto other = choice(on, labels, speed_)) set_speed(live, *other);
}

// What cannot be taken back is asked twice.
void DrillScreen::end_buttons(Widgets& on, LiveDrill& live) {
    const bool decided = view_.clock.phase != DeskPhase::deciding;
    const ButtonStyle debrief{.icon = icon::eye,
                              .tip = "The rest of the day is played out, and judged"};
    const ButtonStyle end{.weight = Weight::danger};
    const float gap = ImGui::GetStyle().ItemSpacing.x;
    const float wide = ends_
                           ? button_wide(on, "End the drill", end) + gap + button_wide(on, "Go on")
                           : button_wide(on, "Debrief", debrief);
    const ImVec2 right = ImGui::GetCursorScreenPos();
    ImGui::SetCursorScreenPos({right.x - wide, right.y});
    if (!ends_) {
        if (!button(on, "Debrief", debrief)) return;
        live.halt();
        if (decided)
            wish_ = Wish::end;
        else
            ends_ = true;
        return;
    }
    if (button(on, "End the drill", end)) wish_ = Wish::end;
    ImGui::SameLine();
    if (button(on, "Go on")) ends_ = false;
}

void DrillScreen::services(Widgets& on) {
    const Look& look = on.look;
    const float gap = look.px(8), wide = ImGui::GetContentRegionAvail().x;
    std::vector<TileShown> tiles;
    const bool few = view_.tiles.size() <= 2;
    if (few)
        tiles = measure_tiles(view_.tiles[service_], view_.plots[service_].plots);
    else
        for (const ServiceTile& it : view_.tiles) tiles.push_back(service_tile(it));
    const auto across =
        std::clamp<std::size_t>(static_cast<std::size_t>(wide / look.px(few ? 230 : 260)), 1,
                                std::max<std::size_t>(tiles.size(), 1));
    const float each =
        std::floor((wide - gap * static_cast<float>(across - 1)) / static_cast<float>(across));
    for (std::size_t i = 0; i < std::min(across, tiles.size()); ++i) {
        if (i > 0) ImGui::SameLine(0, gap);
        const ImVec2 size{each, look.px(84)}, at = ImGui::GetCursorScreenPos();
        tile(on, tiles[i], size);
        if (few) continue;
        ImGui::SetCursorScreenPos(at);
        const std::string& name = view_.tiles[i].name;
        if (ImGui::InvisibleButton(("tile " + name).c_str(), size))
            point_at(Pointed{name, {.service = view_.tiles[i].service}});
        on.note("tile " + name, true);
    }
}

void DrillScreen::over_time(Widgets& on, ImVec2 size) {
    const Look& look = on.look;
    begin_card(on, {.title = "##over time", .size = size});
    std::vector<std::string> names;
    for (const ServiceTile& it : view_.tiles) names.push_back(it.name);
    if (names.size() > 1)
        if (const auto other = tabs(on, names, service_)) service_ = *other, chose_ = true;
    const LanesStyle narrow{.lane_high = 23};
    const std::vector<Plot>& all = view_.plots[service_].plots;
    const float room = ImGui::GetContentRegionAvail().y,
                below = lanes_high(on, view_.tracks.size(), narrow) + look.px(38),
                plots = std::max(look.px(170), room - below);
    const std::size_t fits = std::clamp<std::size_t>(static_cast<std::size_t>(plots / look.px(140)),
                                                     1, std::max<std::size_t>(all.size(), 1));
    const float each = std::floor(plots / static_cast<float>(fits)) - look.px(4);
    // Errors first, where not all have room.
    for (std::size_t i = 0; i < std::min(fits, all.size()); ++i)
        (void)time_plot(on, axis_, all[fits < all.size() ? i + 1 : i],
                        {each, i + 1 == fits, icon::chart});
    heading(on, icon::list, "Timeline", "what is known to have happened; click it to read it");
    if (view_.tracks.empty())
        paragraph(on, "Nothing has happened yet. Let time pass: Space, or a full stop.",
                  look.theme.soft);
    else if (const auto fact = lanes(on, axis_, view_.tracks, narrow))
        fact_ = fact, tab_ = 1;
    end_card(on);
}

void DrillScreen::point_at(const std::optional<Pointed>& pointed) {
    if (!pointed) return;
    orders_.point_at(*pointed);
    tab_ = 0;
    if (pointed->what.service) service_ = pointed->what.service->index, chose_ = true;
}

void DrillScreen::told(Widgets& on, LiveDrill& live, ImVec2 size) {
    begin_card(on, {.title = "##told", .size = size, .scrolls = true});
    if (live.going()) recap_.reset();  // It is of an instant.
    for (std::size_t i = hints_read_; i < view_.hints.size(); ++i) {
        pill(on, "Hint", Urgency::notice);
        paragraph(on, view_.hints[i], on.look.theme.text);
    }
    if (hints_read_ < view_.hints.size() && button(on, "Read it", {.icon = icon::check}))
        hints_read_ = view_.hints.size();
    if (recap_) {
        if (button(on, "Go on from here", {.icon = icon::check, .weight = Weight::primary}))
            recap_.reset();
        else
            recap_panel(on, *recap_);
        return end_card(on);
    }
    std::vector<std::string> labels;
    for (const Tab& it : panels) labels.emplace_back(it.name);
    if (const auto other = tabs(on, labels, tab_)) tab_ = *other;
    switch (tab_) {
        case 0: orders_.draw(on, live, shop_, who, people()); break;
        case 1: feed_panel(on, view_, fact_); break;
        case 2: point_at(map_panel(on, view_)); break;
        case 3: point_at(release_panel(on, view_)); break;
        case 4: point_at(data_panel(on, view_)); break;
        case 5:
            heading(on, icon::server, "Fleet of " + view_.tiles[service_].name,
                    "as whoever runs it counted last");
            (void)fleet_grid(on, view_.fleets[service_]);
            break;
        case 6:
            seats(on, live);
            people_panel(on, view_);
            break;
        default: notes(on, live); break;
    }
    end_card(on);
}

// Who sits where; a handover is somebody else sitting down, and stands in the recording.
void DrillScreen::seats(Widgets& on, LiveDrill& live) {
    heading(on, icon::users, "Seats", "write a name to sit somebody down, or to hand over");
    const auto sit = [&](const std::string& seat, const std::string& person) {
        live.with([&](Drill& it) { it.remark(RemarkKind::seat, {person, seat}); });
        // Who speaks here goes on speaking, unless they sit nowhere.
        if (std::ranges::find(view_.seats, who, &SeatView::who) == view_.seats.end()) who = person;
    };
    for (const SeatView& it : view_.seats) {
        if (row(on, {.label = it.seat,
                     .note = it.brief,
                     .number = it.who.empty() ? "nobody" : it.who,
                     .icon = icon::user,
                     .chosen = seat_ == it.seat}))
            seat_ = it.seat;
        if (!it.who.empty() && it.who != who && seat_ == it.seat &&
            button(on, "Speak as " + it.who, {.icon = icon::comment}))
            who = it.who;
    }
    (void)text_input(on, "seat", seat_, {.hint = "a seat, as commander", .icon = icon::bookmark});
    if (text_input(on, "sits", sits_, {.hint = "who sits down there; Enter", .icon = icon::user}) ==
            Typed::entered &&
        !sits_.empty() && !seat_.empty())
        sit(seat_, std::exchange(sits_, ""));
    paragraph(on, "Orders and notes from here are " + (who.empty() ? "nobody's" : who + "'s") + ".",
              on.look.theme.soft);
}

void DrillScreen::notes(Widgets& on, LiveDrill& live) {
    const Look& look = on.look;
    (void)text_input(on, "who", who, {.hint = "who sits here", .icon = icon::user});
    if (text_input(on, "note", note_,
                   {.hint = "add a note, Enter to record", .icon = icon::note}) == Typed::entered &&
        !note_.empty()) {
        live.with([&](Drill& it) { it.remark(RemarkKind::note, {who, note_}); });
        note_.clear();
    }
    if (button(on, "Bookmark", {.icon = icon::bookmark, .tip = "Come back to this at the debrief"}))
        live.with([&](Drill& it) { it.remark(RemarkKind::bookmark, {who, ""}); });
    bool halts = live.halts_on_trouble;
    if (toggle(on, "Pause on trouble", halts)) live.halts_on_trouble = halts;
    for (const FactRow& it : view_.remarks)
        paragraph(on, clock_text(it.at).substr(0, 8) + "  " + it.text, look.theme.text);
    heading(on, icon::book, shop_.title, "the briefing");
    paragraph(on, shop_.briefing, look.theme.text);
    for (const auto& [seat, brief] : shop_.seats) {
        words(on, look.fonts.strong, look.theme.text, seat);
        paragraph(on, brief, look.theme.soft);
    }
}

}  // namespace rollcage
