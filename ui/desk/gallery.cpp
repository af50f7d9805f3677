#include "ui/desk/gallery.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "ui/desk/cards.h"
#include "ui/desk/fleet_grid.h"
#include "ui/desk/lanes.h"
#include "ui/desk/time_plot.h"

namespace rollcage {
namespace {

constexpr double half_hour_s = 1'800;

// Noise that is the same everywhere: whole numbers only.
class Noise {
public:
    explicit Noise(std::uint64_t seed) : state_(seed) {}
    double next() {  // -1 to 1
        state_ = state_ * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
        return static_cast<double>(state_ >> 40) / 8'388'608.0 - 1;
    }

private:
    std::uint64_t state_;
};

// How far into the trouble an instant is, 0 to 1.
double trouble(double at_s) {
    const double began = std::clamp((at_s - 880) / 120, 0.0, 1.0);
    const double ended = std::clamp((at_s - 1'400) / 60, 0.0, 1.0);
    return began * began * (3 - 2 * began) * (1 - ended);
}

struct Shape {
    double calm, troubled, noise;
    std::uint64_t seed;
};
std::vector<PlotPoint> points_of(const Shape& shape, std::size_t count) {
    Noise noise{shape.seed};
    std::vector<PlotPoint> points;
    double drift = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double at = half_hour_s * static_cast<double>(i) / static_cast<double>(count);
        drift = drift * 0.9 + noise.next() * 0.3;
        const double level = shape.calm + trouble(at) * (shape.troubled - shape.calm);
        points.push_back({at, std::max(0.0, level + (drift + noise.next() * 0.4) * shape.noise *
                                                        (1 + 2 * trouble(at)))});
    }
    return points;
}

void leave_gap(std::vector<PlotPoint>& points, TimeSpan gap) {
    for (PlotPoint& it : points)
        if (gap.holds(it.at_s)) it.value.reset();
}

std::vector<PlotMark> sample_marks() {
    return {{300, Mark::order, "canary started at 2 %", "1"},
            {600, Mark::stage, "the canary grows to 10 %", ""},
            {930, Mark::harm, "the pool of connections is exhausted", ""},
            {1'005, Mark::alert, "p99 above 400 ms for a minute", ""},
            {1'012, Mark::alert, "errors above 1 %", ""},
            {1'320, Mark::order, "roll back", "2"},
            {1'470, Mark::cleared, "p99 below 400 ms", ""}};
}

// What a person did to the gallery.
struct Gallery {
    GallerySize size;
    Plot latency, errors;
    std::vector<Track> tracks;
    FleetView fleet;
    TimeAxis axis;
    bool playing = false, pause_on_alert = true, sealed = false;
    std::size_t speed = 1, tab = 0, theme = 0, row = 2;
    double canary = 10, scale = 100;
    bool scale_known = false;
    std::string note, last = "nothing clicked yet";
    std::vector<std::string> notes;
};

void header(Widgets& on, Gallery& shown, float wide) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& to = *ImGui::GetWindowDrawList();
    const bool roomy = wide > look.px(1'120);
    const float logo = look.px(36);
    to.AddRectFilled(at, {at.x + logo, at.y + logo}, look.theme.accent, look.px(9));
    const float icon_wide = wide_of(look.fonts.title, icon::flask);
    to.AddText(look.fonts.title, look.fonts.title->FontSize,
               {std::floor(at.x + (logo - icon_wide) / 2), at.y + look.px(8)}, look.theme.on_accent,
               icon::flask);
    paint_text(to, look.fonts.title, {at.x + logo + look.px(12), at.y - look.px(1)},
               look.theme.text, "Rollcage kit");
    paint_text(to, look.fonts.small, {at.x + logo + look.px(12), at.y + look.px(21)},
               look.theme.soft, shown.last);
    const bool narrow = wide < look.px(640);
    const float below = look.px(narrow ? 88 : 46);
    ImGui::SetCursorScreenPos({at.x + look.px(narrow  ? 0
                                              : roomy ? 330
                                                      : 240),
                               at.y + look.px(narrow ? 44 : 1)});
    ButtonStyle play;
    play.icon = shown.playing ? icon::pause : icon::play;
    play.weight = Weight::primary;
    play.keys = roomy ? "Space" : "";
    if (button(on, shown.playing ? "Pause" : "Play", play)) shown.playing = !shown.playing;
    ImGui::SameLine();
    ButtonStyle step;
    step.icon = icon::step;
    step.enabled = !shown.playing;
    step.tip = "On to the next event";
    step.why_not = "Pause first: a running drill goes on by itself";
    if (button(on, "Step", step)) shown.last = "one step";
    ImGui::SameLine();
    if (const auto other = choice(on, {"1\u00d7", "10\u00d7", "60\u00d7"}, shown.speed))
        shown.speed = *other;
    if (!roomy) return ImGui::SetCursorScreenPos({at.x, at.y + below});
    ImGui::SameLine(0, look.px(20));
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + look.px(7));
    words(on, look.fonts.number, look.theme.text, "00:24:30");
    const std::string alarm = "SEV-2  error budget 61 %";
    ImGui::SetCursorScreenPos(
        {at.x + wide - wide_of(look.fonts.strong, alarm) - look.px(50), at.y + look.px(3)});
    pill(on, alarm, Urgency::critical);
    ImGui::SetCursorScreenPos({at.x, at.y + below});
}

std::vector<double> spark_of(const Plot& plot, std::size_t series) {
    std::vector<double> values;
    const auto& points = plot.series[series].points;
    const std::size_t every = std::max<std::size_t>(1, points.size() / 60);
    for (std::size_t i = 0; i < points.size(); i += every)
        values.push_back(points[i].value.value_or(0));
    return values;
}

void tiles(Widgets& on, Gallery& shown, float wide) {
    const Look& look = on.look;
    const std::vector<TileShown> all{
        {{"availability, 30 min", "99.42 %", "goal 99.9 %: missed", Tone::bad},
         spark_of(shown.errors, 0),
         icon::check,
         0},
        {{"p99 latency", "187 ms", "at most 871 ms at 00:18:40", Tone::neutral},
         spark_of(shown.latency, 2),
         icon::clock,
         look.theme.hues[1]},
        {{"errors of v2", "0.21 %", "at most 6.0 %", Tone::neutral},
         spark_of(shown.errors, 0),
         icon::warning,
         look.theme.hues[0]},
        {{"instances on v2", "1,000", "wave 3 of 5, rolling back", Tone::neutral},
         spark_of(shown.latency, 0),
         icon::server,
         look.theme.hues[3]},
        {{"until harm stopped", "6 min 30 s", "goal 10 min: met", Tone::good}, {}, icon::flag, 0}};
    const float gap = look.px(8);
    const auto across = static_cast<std::size_t>(
        std::clamp(std::floor(wide / look.px(215)), 1.0F, static_cast<float>(all.size())));
    const float each =
        std::floor((wide - gap * static_cast<float>(across - 1)) / static_cast<float>(across));
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i % across != 0) ImGui::SameLine(0, gap);
        tile(on, all[i], {each, look.px(92)});
    }
}

void over_time(Widgets& on, Gallery& shown, ImVec2 size) {
    const Look& look = on.look;
    begin_card(on, {.title = "##over time", .size = size});
    const float room = ImGui::GetContentRegionAvail().y;
    const float below = lanes_high(on, shown.tracks.size()) + look.px(40);
    const float plots = std::max(look.px(300), room - below);
    const auto told = [&](const Plot& plot, const std::optional<PlotClicked>& clicked) {
        if (clicked) shown.last = fmt::format("{} at {}", plot.title, clock_text(clicked->at_s, 1));
    };
    PlotStyle upper{plots * 0.55F, false, icon::chart};
    told(shown.latency, time_plot(on, shown.axis, shown.latency, upper));
    PlotStyle lower{plots * 0.45F - look.px(12), true, icon::warning};
    told(shown.errors, time_plot(on, shown.axis, shown.errors, lower));
    heading(on, icon::list, "Timeline", "what happened, who did what");
    if (const auto fact = lanes(on, shown.axis, shown.tracks))
        shown.last = fmt::format("fact {}", *fact);
    end_card(on);
}

void fleet(Widgets& on, Gallery& shown, ImVec2 size) {
    const std::string many = grouped_text(static_cast<double>(shown.size.instances));
    begin_card(on, {"Fleet", many + " instances, 3 zones", icon::server, size, false});
    if (const auto clicked = fleet_grid(on, shown.fleet))
        shown.last = fmt::format("{} in {}",
                                 shown.fleet.zones[clicked->zone].groups[clicked->group].build_name,
                                 shown.fleet.zones[clicked->zone].name);
    end_card(on);
}

void decisions(Widgets& on, Gallery& shown) {
    const Look& look = on.look;
    if (button(on, "Roll back", {.icon = icon::undo, .weight = Weight::danger}))
        shown.last = "roll back";
    ImGui::SameLine();
    if (button(on, "Hold rollout", {.icon = icon::hand})) shown.last = "hold";
    ImGui::SameLine();
    ButtonStyle page;
    page.icon = icon::bell;
    page.enabled = false;
    page.why_not = "Somebody is being paged already";
    if (button(on, "Page on-call", page)) shown.last = "page";
    if (text_input(on, "note", shown.note,
                   {.hint = "add a note, Enter to record", .icon = icon::note}) == Typed::entered) {
        shown.notes.push_back(shown.note);
        shown.last = "noted: " + shown.note;
        shown.note.clear();
    }
    const std::vector<RowShown> rows{
        {.label = "rolled back, 0 of 1,000 on v2", .number = "00:24:30", .mark = Mark::effect},
        {.label = "roll back wave 3", .note = "ana", .number = "00:22:00", .mark = Mark::order},
        {.label = "p99 412 ms above 400 ms", .number = "00:16:45", .mark = Mark::alert},
        {.label = "launch refused: no room", .number = "00:16:10", .mark = Mark::refused},
        {.label = "hint: look at the flags", .number = "00:12:00", .mark = Mark::said},
        {.label = "wave 2 begins", .note = "10 %", .number = "00:10:00", .mark = Mark::stage}};
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {look.px(4), look.px(1)});
    for (std::size_t i = 0; i < rows.size(); ++i) {
        RowShown it = rows[i];
        it.chosen = shown.row == i;
        if (row(on, it)) shown.row = i, shown.last = it.label;
    }
    ImGui::PopStyleVar();
}

void settings(Widgets& on, Gallery& shown) {
    const Look& look = on.look;
    if (!shown.scale_known) shown.scale = static_cast<double>(look.scale) * 100;
    shown.scale_known = true;
    words(on, look.fonts.text, look.theme.soft, "Theme");
    shown.theme = static_cast<std::size_t>(look.theme.name);
    if (const auto other = choice(on, {"Dark", "Light", "High contrast"}, shown.theme))
        on.ask_for(static_cast<ThemeName>(*other), look.scale);
    SliderStyle share{.least = 0, .most = 50, .step = 5};
    share.text = [](double value) { return fmt::format("{:.0f} %", value); };
    slider(on, "First stage", shown.canary, share);
    SliderStyle display{.least = 75, .most = 250, .step = 25, .text = share.text};
    slider(on, "Display scale", shown.scale, display);
    if (button(on, "Apply scale", {.icon = icon::check}))
        on.ask_for(look.theme.name, static_cast<float>(shown.scale) / 100);
    toggle(on, "Pause on every alert", shown.pause_on_alert);
    toggle(on, "Take predictions sealed", shown.sealed);
    toggle(on, "Only the facilitator may", shown.sealed, false);
}

void signs(Widgets& on) {
    const Look& look = on.look;
    pill(on, "all is well", Urgency::calm);
    ImGui::SameLine();
    pill(on, "handover in 5 min", Urgency::notice);
    pill(on, "budget at 61 %", Urgency::warning);
    ImGui::SameLine();
    pill(on, "SEV-1", Urgency::critical);
    paragraph(on,
              "What has not been measured or inspected is not on screen: a quiet plot may mean "
              "that all is well, or that nobody looks.",
              look.theme.soft);
    key_hint(on, "Space", "pause");
    ImGui::SameLine(0, look.px(14));
    key_hint(on, ".", "next event");
    ImGui::SameLine(0, look.px(14));
    key_hint(on, "Ctrl+K", "anything");
}

void desk_of(Widgets& on, Gallery& shown, ImVec2 size) {
    begin_card(on, {.title = "##desk", .size = size, .scrolls = true});
    if (const auto other = tabs(on, {"Decisions", "Settings", "Signs", "Empty"}, shown.tab))
        shown.tab = *other;
    switch (shown.tab) {
        case 0: decisions(on, shown); break;
        case 1: settings(on, shown); break;
        case 2: signs(on); break;
        default:
            if (empty_state(on, icon::inbox, "No recordings yet",
                            "Play a drill to its end and it is kept here.", "Play a drill"))
                shown.tab = 0, shown.last = "play a drill";
    }
    end_card(on);
}

void draw(Widgets& on, Gallery& shown, ImVec2 size) {
    const Look& look = on.look;
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(size);
    ImGui::Begin("gallery", nullptr,
                 ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize |
                     ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoMove |
                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus);
    shown.axis.begin_frame(half_hour_s);
    shown.axis.decisions_end_s = 1'620;
    shown.axis.now_s = shown.playing ? std::optional{1'470.0} : std::nullopt;
    const ImVec2 room = ImGui::GetContentRegionAvail();
    header(on, shown, room.x);
    tiles(on, shown, room.x);
    const ImVec2 left = ImGui::GetContentRegionAvail();
    // Side by side where there is room for both; else below each other, and the page scrolls.
    if (room.x >= look.px(980) && left.y >= look.px(430)) {
        const float wide = std::floor(room.x * 0.6F);
        over_time(on, shown, {wide, left.y});
        ImGui::SameLine();
        ImGui::BeginGroup();
        const float right = room.x - wide - ImGui::GetStyle().ItemSpacing.x;
        const float high = std::floor(left.y * 0.46F);
        fleet(on, shown, {right, high});
        desk_of(on, shown, {right, left.y - high - ImGui::GetStyle().ItemSpacing.y});
        ImGui::EndGroup();
    } else {
        over_time(on, shown, {room.x, look.px(560)});
        fleet(on, shown, {room.x, look.px(300)});
        desk_of(on, shown, {room.x, look.px(330)});
    }
    ImGui::End();
}

}  // namespace

Plot sample_latency(std::size_t points) {
    Plot plot{
        "latency", "Latency of checkout", "ms", "Of requests that were answered.", half_hour_s, {}};
    plot.series = {{"p50", points_of({45, 80, 4, 1}, points), false},
                   {"p95", points_of({95, 260, 16, 2}, points), false},
                   {"p99", points_of({150, 690, 38, 3}, points), false},
                   {"p99 on the dashboard", points_of({150, 640, 12, 4}, points / 30 + 1), true}};
    leave_gap(plot.series[3].points, {1'100, 1'200});
    plot.limits = {{"goal 400 ms", 400}};
    plot.marks = sample_marks();
    return plot;
}

Plot sample_errors(std::size_t points) {
    Plot plot{"errors",    "Errors", "% of requests, by build", "Of requests that ended.",
              half_hour_s, {}};
    plot.series = {{"v2", points_of({0.15, 5, 0.18, 5}, points), false},
                   {"v1", points_of({0.05, 0.5, 0.02, 6}, points), false}};
    leave_gap(plot.series[0].points, {0, 299});
    plot.limits = {{"abort at 1 %", 1}};
    plot.dots = {{0, 1'005, 2.6, "errors were 2.6 % when the alert fired"}};
    return plot;
}

std::vector<Track> sample_tracks() {
    return {{"rollout",
             {{300, 600, Mark::stage, "canary 2 %"},
              {600, 900, Mark::stage, "10 %"},
              {900, 1'320, Mark::stage, "wave 3: 50 %"},
              {1'320, 1'470, Mark::said, "roll back"}},
             {}},
            {"trouble",
             {{180, 260, Mark::harm, "packet loss"},
              {930, 1'390, Mark::harm, "pool of connections exhausted in zone b"}},
             {}},
            {"alerts",
             {{1'005, 1'480, Mark::alert, "p99 above 400 ms"}},
             {{204, Mark::alert, "loss above 1 %", "", 7}}},
            {"people",
             {{1'040, 1'090, Mark::step, "acknowledged"},
              {1'100, 1'240, Mark::step, "reads dashboards"}},
             {{300, Mark::order, "canary started", "1", 12},
              {1'320, Mark::order, "roll back", "2", 40},
              {1'326, Mark::refused, "launch refused", "3", 41},
              {1'470, Mark::effect, "rolled back", "", 44}}}};
}

FleetView sample_fleet(std::int64_t instances) {
    FleetView fleet{"checkout", {}};
    for (const char* zone : {"zone a", "zone b", "zone c"}) {
        const std::int64_t all = instances / 3;
        const bool hit = std::string_view{zone} == "zone b";
        fleet.zones.push_back({zone,
                               {{0, "v1", CellPhase::serving, all * 48 / 100},
                                {1, "v2", CellPhase::serving, all * (hit ? 30 : 40) / 100},
                                {1, "v2", CellPhase::starting, all * 4 / 100},
                                {1, "v2", CellPhase::failing, all * (hit ? 11 : 1) / 100},
                                {0, "v1", CellPhase::draining, all * 5 / 100},
                                {0, "v1", CellPhase::missing, all * 2 / 100}}});
    }
    return fleet;
}

Screen gallery(const GallerySize& size) {
    auto shown = std::make_shared<Gallery>();
    shown->size = size;
    shown->latency = sample_latency(size.points);
    shown->errors = sample_errors(size.points);
    shown->tracks = sample_tracks();
    shown->fleet = sample_fleet(size.instances);
    return [shown](Widgets& on, ImVec2 room) { draw(on, *shown, room); };
}

}  // namespace rollcage
