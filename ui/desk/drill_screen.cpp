#include "ui/desk/drill_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ui/desk/cards.h"
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

void soft(Widgets& on, const std::string& text) {
    paragraph(on, text, on.look.theme.soft);
}

Mark mark_of(FeedKind kind) {
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

Mark mark_of(StepState state) {
    switch (state) {
        case StepState::done: return Mark::effect;
        case StepState::now: return Mark::order;
        case StepState::failed: return Mark::refused;
        case StepState::ahead:
        case StepState::skipped: return Mark::fact;
    }
    return Mark::fact;
}

TileShown tile_of(const ServiceTile& it) {
    TileShown shown;
    shown.tile.label = it.name + (it.alerts.empty() ? "" : "  \u00b7  alert");
    const bool over = it.errors_percent && *it.errors_percent > it.errors_goal_percent;
    shown.tile.tone = over ? Tone::bad : it.tone;
    shown.tile.value = it.errors_percent ? fmt::format("{:.2f}%", *it.errors_percent) : "\u2013";
    shown.tile.note = fmt::format("goal {:g}%", it.errors_goal_percent);
    if (it.latency_p95_ms)
        shown.tile.note += fmt::format("  \u00b7  p95 {:.0f} ms", *it.latency_p95_ms);
    if (it.requests_per_s)
        shown.tile.note += fmt::format("  \u00b7  {}/s", grouped_text(*it.requests_per_s));
    for (const auto& value : it.sparkline) shown.spark.push_back(value.value_or(0));
    return shown;
}

}  // namespace

void DrillScreen::see(LiveDrill& live) {
    if (live.revision() == revision_) return;
    revision_ = live.revision();
    live.look([&](const Drill& drill) {
        const FactView known = drill.known();
        if (shop_.services.empty()) shop_ = shop_of(drill.scenario());
        view_ = desk_view(known, shop_, drill.day().team, drill.remarks());
        // Dots set what was shown apart from the truth; here nothing else is drawn.
        for (ServicePlots& it : view_.plots)
            for (Plot& plot : it.plots)
                for (PlotSeries& line : plot.series) line.known = false;
        palette_ = palette_of(known, shop_);
        forms_ = order_forms(known, shop_);
        title_ = drill.scenario().title;
        axis_.decisions_end_s = drill.decisions_end().seconds();
    });
    service_ = std::min(service_, view_.tiles.size() - 1);
}

// While nobody writes: Space, full stop, and the digits.
void DrillScreen::keys(LiveDrill& live) {
    const ImGuiIO& io = ImGui::GetIO();
    if (io.WantTextInput) return;
    const auto go = [&] { live.go(speeds[speed_].seconds_a_second); };
    for (const ImWchar letter : io.InputQueueCharacters) {
        if (letter == ' ') live.going() ? live.halt() : go();
        if (letter == '.') live.go(0, Until::next_fact);
        if (letter < '1' || letter >= '1' + static_cast<ImWchar>(speeds.size())) continue;
        speed_ = static_cast<std::size_t>(letter - '1');
        if (live.going()) go();
    }
}

DrillScreen::Wish DrillScreen::draw(Widgets& on, LiveDrill& live, ImVec2 size) {
    Wish wish = Wish::nothing;
    keys(live);
    see(live);
    const double now_s = view_.clock.now.seconds();
    axis_.now_s = now_s;
    axis_.begin_frame(std::max(now_s * 1.05, 600.0));
    head(on, live, size.x - on.look.px(28), wish);
    services(on);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float gap = on.look.px(8), left = std::floor(room.x * 0.58F);
    over_time(on, {left, room.y});
    ImGui::SameLine(0, gap);
    told(on, live, {room.x - left - gap, room.y});
    if (live.going()) on.keep_drawing();
    return wish;
}

void DrillScreen::head(Widgets& on, LiveDrill& live, float wide, Wish& wish) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& to = *ImGui::GetWindowDrawList();
    const bool roomy = wide > look.px(1'100);
    const float title = roomy ? wide * 0.3F : look.px(160);
    const std::string clock = clock_text(view_.clock.now).substr(0, 8);
    paint_text(to, look.fonts.title, {at.x, at.y - look.px(1)}, look.theme.text,
               shortened(look.fonts.title, title_, title));
    const std::string left = view_.clock.blank ? "DASHBOARDS BLANK" : view_.clock.text;
    paint_text(
        to, look.fonts.small, {at.x, at.y + look.px(21)}, look.theme.soft,
        shortened(look.fonts.small, (roomy ? "DRILL \u00b7 " : clock + " \u00b7 ") + left, title));
    ImGui::SetCursorScreenPos({at.x + title + look.px(10), at.y + look.px(1)});
    const bool going = live.going();
    if (button(on, going ? "Pause" : "Play",
               {.icon = going ? icon::pause : icon::play, .weight = Weight::primary}))
        going ? live.halt() : live.go(speeds[speed_].seconds_a_second);
    ImGui::SameLine();
    if (button(on, "Next",
               {.icon = icon::step, .tip = "On to the next fact", .keys = roomy ? "." : ""}))
        live.go(0, Until::next_fact);
    ImGui::SameLine();
    if (button(on, "Alert", {.icon = icon::bell, .tip = "On until something tells of trouble"}))
        live.go(0, Until::next_trouble);
    ImGui::SameLine();
    std::vector<std::string> labels;
    for (const Speed& it : speeds) labels.emplace_back(it.label);
    if (const auto other = choice(on, labels, speed_)) {
        speed_ = *other;
        if (live.going()) live.go(speeds[speed_].seconds_a_second);
    }
    if (roomy) {
        ImGui::SameLine(0, look.px(16));
        ImGui::SetCursorPosY(ImGui::GetCursorPosY() + look.px(7));
        words(on, look.fonts.number, look.theme.text, clock);
    }
    ImGui::SetCursorScreenPos({at.x + wide - look.px(100), at.y + look.px(1)});
    if (button(on, "Debrief",
               {.icon = icon::eye, .tip = "The rest of the day is played out, and judged"}))
        wish = Wish::end;
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(46)});
}

void DrillScreen::services(Widgets& on) {
    const Look& look = on.look;
    const float gap = look.px(8), wide = ImGui::GetContentRegionAvail().x;
    const auto across = std::clamp<std::size_t>(static_cast<std::size_t>(wide / look.px(300)), 1,
                                                std::max<std::size_t>(view_.tiles.size(), 1));
    const float each = std::min(
        look.px(460),
        std::floor((wide - gap * static_cast<float>(across - 1)) / static_cast<float>(across)));
    for (std::size_t i = 0; i < std::min(across, view_.tiles.size()); ++i) {
        if (i > 0) ImGui::SameLine(0, gap);
        tile(on, tile_of(view_.tiles[i]), {each, look.px(84)});
    }
}

void DrillScreen::over_time(Widgets& on, ImVec2 size) {
    const Look& look = on.look;
    begin_card(on, {.title = "##over time", .size = size});
    std::vector<std::string> names;
    for (const ServiceTile& it : view_.tiles) names.push_back(it.name);
    if (names.size() > 1)
        if (const auto other = tabs(on, names, service_)) service_ = *other;
    const LanesStyle narrow{.lane_high = 23};
    const std::vector<Plot>& all = view_.plots[service_].plots;
    const float room = ImGui::GetContentRegionAvail().y,
                below = lanes_high(on, view_.tracks.size(), narrow) + look.px(38),
                plots = std::max(look.px(170), room - below);
    const std::size_t fits = std::clamp<std::size_t>(static_cast<std::size_t>(plots / look.px(140)),
                                                     1, std::max<std::size_t>(all.size(), 1));
    const float each = std::floor(plots / static_cast<float>(fits)) - look.px(4);
    for (std::size_t i = 0; i < std::min(fits, all.size()); ++i)
        (void)time_plot(on, axis_, all[i], {each, i + 1 == fits, icon::chart});
    heading(on, icon::list, "Timeline", "what is known to have happened");
    if (view_.tracks.empty())
        soft(on, "Nothing has happened yet. Let time pass: Space, or a full stop.");
    else
        (void)lanes(on, axis_, view_.tracks, narrow);
    end_card(on);
}

void DrillScreen::told(Widgets& on, LiveDrill& live, ImVec2 size) {
    begin_card(on, {.title = "##told", .size = size, .scrolls = true});
    if (const auto other =
            tabs(on, {"Orders", "Feed", "Release", "Data", "Fleet", "People", "Notes"}, tab_))
        tab_ = *other;
    switch (tab_) {
        case 0: orders(on, live); break;
        case 1:
            for (const FeedRow& it : view_.feed)
                row(on, {.label = it.text, .number = plain_clock(it.at), .mark = mark_of(it.kind)});
            if (view_.feed.empty()) soft(on, "Nothing is known yet.");
            break;
        case 2: release(on); break;
        case 3: data(on); break;
        case 4:
            heading(on, icon::server, "Fleet of " + view_.tiles[service_].name,
                    "as whoever runs it counted last");
            (void)fleet_grid(on, view_.fleets[service_]);
            break;
        case 5: people(on); break;
        default: notes(on, live); break;
    }
    end_card(on);
}

void DrillScreen::arm(LiveDrill& live, const std::string& text) {
    live.look(
        [&](const Drill& it) { armed_ = order_view(text, it.known(), shop_, it.day().team); });
    said_.clear();
    if (!armed_->wrong.empty()) said_ = armed_->wrong, armed_.reset();
}

void DrillScreen::orders(Widgets& on, LiveDrill& live) {
    if (armed_) return armed(on, live);
    if (form_) return form(on, live);
    if (text_input(on, "order", sought_,
                   {.hint = "an order, as rollback checkout", .icon = icon::search}) ==
            Typed::entered &&
        !sought_.empty())
        return arm(live, sought_);
    if (!said_.empty()) soft(on, said_);
    std::vector<std::string> texts;
    for (const PaletteRow& it : palette_) texts.push_back(it.text);
    for (const std::size_t nth : most_like(sought_, texts)) {
        const PaletteRow& it = palette_[nth];
        if (!row(on, {.label = it.text,
                      .note = it.meaning,
                      .icon = it.complete ? icon::hand : icon::gear}))
            continue;
        if (it.complete)
            arm(live, it.text);
        else
            form_ = forms_[it.form];
        return;
    }
}

void DrillScreen::form(Widgets& on, LiveDrill& live) {
    heading(on, icon::gear, form_->name, form_->meaning);
    if (!form_->impossible.empty()) soft(on, form_->impossible);
    bool chosen = false;
    for (OrderField& it : form_->fields) {
        words(on, on.look.fonts.small, on.look.theme.soft,
              it.key + (it.must ? "" : " (may be left out)"));
        if (it.choices.empty()) {
            (void)text_input(on, it.key, it.value, {.hint = it.hint});
            continue;
        }
        for (const std::string& each : it.choices)
            if (row(on, {.label = each, .chosen = it.value == each}))
                it.value = it.value == each ? "" : each, chosen = true;
    }
    // Which builds there are hangs on the service.
    if (chosen) live.look([&](const Drill& it) { refresh_choices(*form_, it.known(), shop_); });
    if (button(on, "Look at it", {.icon = icon::check, .weight = Weight::primary})) {
        arm(live, order_text(*form_));
        if (armed_) form_.reset();
        return;
    }
    ImGui::SameLine();
    if (button(on, "Back", {.weight = Weight::ghost})) return form_.reset();
    if (!said_.empty()) soft(on, said_);
}

void DrillScreen::armed(Widgets& on, LiveDrill& live) {
    const Look& look = on.look;
    heading(on, icon::hand, armed_->text, armed_->runbook.practice);
    for (const RunbookRow& it : armed_->runbook.steps)
        row(on, {.label = it.step, .number = length_text(it.takes)});
    if (armed_->refused)
        paragraph(on, "As far as is known it would be refused: " + *armed_->refused,
                  look.theme.warning);
    if (!armed_->somebody_free)
        soft(on, fmt::format("Nobody is free; {} before it.", armed_->before_it));
    words(on, look.fonts.strong, look.theme.text, "What do you expect to see, and by when?");
    const bool entered = text_input(on, "expected", expected_,
                                    {.hint = "errors under 1 % in ten minutes"}) == Typed::entered;
    if (button(on, "Give the order", {.icon = icon::check, .weight = Weight::danger}) || entered) {
        const auto given = live.with([&](Drill& it) {
            return it.order(armed_->text, {who_, expected_});
        });
        said_ = given ? "given: " + armed_->text : given.error().message;
        armed_.reset();
        expected_.clear(), sought_.clear();
        return;
    }
    ImGui::SameLine();
    if (button(on, "Not now", {.weight = Weight::ghost})) armed_.reset();
}

void DrillScreen::release(Widgets& on) {
    for (const RolloutView& it : view_.rollouts) {
        heading(on, icon::rocket, it.service_name + " " + it.build, it.state);
        for (const StageRow& stage : it.stages)
            row(on, {.label = stage.name,
                     .note = stage.gate,
                     .number = stage.soak_left ? length_text(*stage.soak_left) : "",
                     .mark = mark_of(stage.state)});
        for (const FactRow& verdict : it.verdicts) soft(on, verdict.text);
    }
    for (const DeliveryView& it : view_.pipeline.deliveries) {
        heading(on, icon::list, it.service + " " + it.build, it.plan + ", " + it.state);
        for (const DeliveryStep& step : it.steps)
            row(on, {.label = step.name, .note = step.note, .mark = mark_of(step.state)});
    }
    for (const FlagView& it : view_.flags)
        row(on, {.label = it.name,
                 .note = it.owner + (it.changed_by.empty() ? "" : ", changed by " + it.changed_by),
                 .number = it.value,
                 .icon = icon::flag});
    if (view_.rollouts.empty() && view_.pipeline.deliveries.empty() && view_.flags.empty())
        soft(on, "Nothing has gone out yet, and there are no flags.");
}

void DrillScreen::data(Widgets& on) {
    for (const StoreView& it : view_.stores) {
        heading(on, icon::database, it.name, it.kind);
        for (const auto& [what, is] : {std::pair{"migration", &it.phase},
                                       {"formats", &it.forms},
                                       {"lag", &it.lag},
                                       {"damage", &it.damage}})
            if (!is->empty()) row(on, {.label = what, .note = *is});
        for (const FactRow& told : it.told) soft(on, plain_clock(told.at) + "  " + told.text);
    }
    for (const EnvironmentView& it : view_.pipeline.environments) {
        heading(on, icon::server, it.name, "beside production");
        for (const std::string& each : it.differences) row(on, {.label = each});
        soft(on, it.looked ? "There may be other differences that nobody found."
                           : "Nobody has looked for differences.");
    }
    if (view_.stores.empty()) soft(on, "Nothing here keeps records.");
}

void DrillScreen::people(Widgets& on) {
    for (const PersonView& it : view_.people.people)
        row(on, {.label = it.name,
                 .note = it.doing.empty() ? "free" : it.doing + ", " + it.step,
                 .icon = icon::user});
    for (const std::string& it : view_.people.waiting)
        row(on, {.label = it, .note = "waits for somebody", .icon = icon::clock});
    if (view_.people.called > 0)
        soft(on, fmt::format("{} more are on their way.", view_.people.called));
}

void DrillScreen::notes(Widgets& on, LiveDrill& live) {
    const Look& look = on.look;
    (void)text_input(on, "who", who_, {.hint = "who sits here", .icon = icon::user});
    if (text_input(on, "note", note_,
                   {.hint = "add a note, Enter to record", .icon = icon::note}) == Typed::entered &&
        !note_.empty()) {
        live.with([&](Drill& it) { it.remark(RemarkKind::note, {who_, note_}); });
        note_.clear();
    }
    if (button(on, "Bookmark", {.icon = icon::bookmark, .tip = "Come back to this at the debrief"}))
        live.with([&](Drill& it) { it.remark(RemarkKind::bookmark, {who_, ""}); });
    bool halts = live.halts_on_trouble;
    if (toggle(on, "Pause on trouble", halts)) live.halts_on_trouble = halts;
    live.look([&](const Drill& it) {
        for (const Remark& said : it.remarks())
            row(on, {.label = said.text.empty() ? name(said.kind) : said.text,
                     .note = said.who,
                     .number = plain_clock(said.at),
                     .mark = Mark::said});
        heading(on, icon::book, it.scenario().title, fmt::format("seed {}", it.choices().seed));
        paragraph(on, it.scenario().briefing, look.theme.text);
        for (const Role& role : it.scenario().roles) {
            words(on, look.fonts.strong, look.theme.text, role.name);
            soft(on, role.brief);
        }
    });
    soft(
        on,
        "Space: play and pause.  Full stop: the next fact.  1 to 5: speed.  Orders are taken while "
        "time stands still.");
}

}  // namespace rollcage
