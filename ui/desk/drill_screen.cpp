#include "ui/desk/drill_screen.h"

#include <fmt/format.h>

#include <algorithm>

#include "ui/desk/cards.h"
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

bool pressed(ImGuiKey key) {
    return ImGui::IsKeyPressed(ImGui::GetKeyIndex(key), false);
}

void soft(Widgets& on, const std::string& text) {
    paragraph(on, text, on.look.theme.soft);
}

}  // namespace

void DrillScreen::see(LiveDrill& live) {
    if (live.revision() == revision_) return;
    revision_ = live.revision();
    live.look([&](const Drill& drill) {
        const FactView known = drill.known();
        const DeskAsked asked{&known, drill.scenario().blueprint.get(), decisions_end(drill.day())};
        seen_.view = desk_view(asked);
        service_ = std::min<std::uint32_t>(
            service_, static_cast<std::uint32_t>(seen_.view.services.size()) - 1);
        seen_.plots = live_plots(asked, {service_});
        title_ = drill.scenario().title;
        axis_.decisions_end_s = decisions_end(drill.day()).seconds();
    });
}

// While nobody writes: Space, full stop, and the digits.
void DrillScreen::keys(LiveDrill& live) {
    const ImGuiIO& io = ImGui::GetIO();
    if (io.WantTextInput) return;
    if (pressed(ImGuiKey_Space))
        live.going() ? live.halt() : live.go(speeds[speed_].seconds_a_second);
    for (const ImWchar letter : io.InputQueueCharacters) {
        if (letter == '.') live.go(0, Until::next_fact);
        if (letter >= '1' && letter < '1' + static_cast<ImWchar>(speeds.size())) {
            speed_ = static_cast<std::size_t>(letter - '1');
            if (live.going()) live.go(speeds[speed_].seconds_a_second);
        }
    }
}

DrillScreen::Wish DrillScreen::draw(Widgets& on, LiveDrill& live, ImVec2 size) {
    Wish wish = Wish::nothing;
    keys(live);
    see(live);
    axis_.now_s = seen_.view.now_s;
    axis_.begin_frame(std::max(seen_.view.now_s * 1.05, 600.0));
    head(on, live, size.x - on.look.px(28), wish);
    services(on);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float gap = on.look.px(8), left = std::floor(room.x * 0.6F);
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
    paint_text(to, look.fonts.title, {at.x, at.y - look.px(1)}, look.theme.text,
               shortened(look.fonts.title, title_, wide * 0.3F));
    paint_text(to, look.fonts.small, {at.x, at.y + look.px(21)}, look.theme.soft,
               "DRILL \u00b7 " + seen_.view.left);
    ImGui::SetCursorScreenPos({at.x + wide * 0.31F, at.y + look.px(1)});
    const bool going = live.going();
    if (button(on, going ? "Pause" : "Play",
               {.icon = going ? icon::pause : icon::play, .weight = Weight::primary}))
        going ? live.halt() : live.go(speeds[speed_].seconds_a_second);
    ImGui::SameLine();
    if (button(on, "Next", {.icon = icon::step, .tip = "On to the next fact", .keys = "."}))
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
    ImGui::SameLine(0, look.px(16));
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + look.px(7));
    words(on, look.fonts.number, look.theme.text, seen_.view.clock);
    ImGui::SetCursorScreenPos({at.x + wide - look.px(100), at.y + look.px(1)});
    if (button(on, "Debrief",
               {.icon = icon::eye, .tip = "The rest of the day is played out, and judged"}))
        wish = Wish::end;
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(46)});
}

void DrillScreen::services(Widgets& on) {
    const Look& look = on.look;
    const float gap = look.px(8), wide = ImGui::GetContentRegionAvail().x;
    const auto& all = seen_.view.services;
    const auto across = std::clamp<std::size_t>(static_cast<std::size_t>(wide / look.px(300)), 1,
                                                std::max<std::size_t>(all.size(), 1));
    const float each = std::min(
        look.px(460),
        std::floor((wide - gap * static_cast<float>(across - 1)) / static_cast<float>(across)));
    for (std::size_t i = 0; i < std::min(across, all.size()); ++i) {
        if (i > 0) ImGui::SameLine(0, gap);
        TileShown shown{.tile = all[i].errors, .spark = all[i].spark};
        if (all[i].firing) shown.tile.label += "  \u00b7  alert";
        if (!all[i].latency.empty())
            shown.tile.note += "  \u00b7  " + all[i].latency + "  \u00b7  " + all[i].traffic;
        tile(on, shown, {each, look.px(84)});
    }
}

void DrillScreen::over_time(Widgets& on, ImVec2 size) {
    const Look& look = on.look;
    begin_card(on, {.title = "##over time", .size = size});
    std::vector<std::string> names;
    for (const ServicePulse& it : seen_.view.services) names.push_back(it.name);
    if (names.size() > 1)
        if (const auto other = tabs(on, names, service_))
            service_ = static_cast<std::uint32_t>(*other), revision_ = 0, on.keep_drawing();
    const LanesStyle narrow{.lane_high = 23};
    const float room = ImGui::GetContentRegionAvail().y,
                below = lanes_high(on, seen_.view.tracks.size(), narrow) + look.px(38),
                plots = std::max(look.px(170), room - below);
    const std::size_t fits = std::clamp<std::size_t>(static_cast<std::size_t>(plots / look.px(140)),
                                                     1, seen_.plots.size());
    const float each = std::floor(plots / static_cast<float>(fits)) - look.px(4);
    for (std::size_t i = 0; i < fits; ++i)
        (void)time_plot(on, axis_, seen_.plots[i], {each, i + 1 == fits, icon::chart});
    heading(on, icon::list, "Timeline", "what is known to have happened");
    if (seen_.view.tracks.empty())
        soft(on, "Nothing has happened yet. Let time pass: Space, or a full stop.");
    else
        (void)lanes(on, axis_, seen_.view.tracks, narrow);
    end_card(on);
}

void DrillScreen::told(Widgets& on, LiveDrill& live, ImVec2 size) {
    begin_card(on, {.title = "##told", .size = size, .scrolls = true});
    if (const auto other = tabs(on, {"Orders", "Feed", "Briefing", "Notes"}, tab_)) tab_ = *other;
    switch (tab_) {
        case 0: orders(on, live); break;
        case 1:
            for (const FeedRow& it : seen_.view.feed)
                row(on, {.label = it.text, .number = plain_clock(it.at), .mark = it.mark});
            if (seen_.view.feed.empty()) soft(on, "Nothing is known yet.");
            break;
        case 2: brief(on, live); break;
        default: notes(on, live); break;
    }
    end_card(on);
}

void DrillScreen::orders(Widgets& on, LiveDrill& live) {
    if (armed_) return armed(on, live);
    const auto arm = [&](const std::string& text) {
        live.look([&](const Drill& it) {
            armed_ = order_shown(text, it.scenario().blueprint->names,
                                 it.scenario().blueprint->known.people);
        });
        if (!armed_->trouble.empty()) said_ = armed_->trouble, armed_.reset();
    };
    if (text_input(on, "order", sought_,
                   {.hint = "an order, as rollback checkout", .icon = icon::search}) ==
            Typed::entered &&
        !sought_.empty())
        arm(sought_);
    if (!said_.empty()) soft(on, said_);
    const auto all =
        live.look([](const Drill& it) { return plain_orders(it.scenario().blueprint->names); });
    for (const std::string& it : all) {
        if (!sought_.empty() && it.find(sought_) == std::string::npos) continue;
        if (row(on, {.label = it, .icon = icon::hand})) arm(it);
    }
}

void DrillScreen::armed(Widgets& on, LiveDrill& live) {
    const Look& look = on.look;
    heading(on, icon::hand, armed_->text, armed_->practice);
    for (const StepShown& it : armed_->steps) row(on, {.label = it.step, .number = it.takes});
    words(on, look.fonts.strong, look.theme.text, "What do you expect to see, and by when?");
    const bool entered = text_input(on, "expected", expected_,
                                    {.hint = "errors under 1 % in ten minutes"}) == Typed::entered;
    if (button(on, "Give the order", {.icon = icon::check, .weight = Weight::danger}) || entered) {
        const auto given =
            live.with([&](Drill& it) { return it.order(armed_->text, who_, expected_); });
        said_ = given ? "given: " + armed_->text : given.error().message;
        armed_.reset();
        expected_.clear(), sought_.clear();
        return;
    }
    ImGui::SameLine();
    if (button(on, "Not now", {.weight = Weight::ghost})) armed_.reset();
}

void DrillScreen::brief(Widgets& on, LiveDrill& live) {
    const Look& look = on.look;
    live.look([&](const Drill& it) {
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

void DrillScreen::notes(Widgets& on, LiveDrill& live) {
    (void)text_input(on, "who", who_, {.hint = "who sits here", .icon = icon::user});
    if (text_input(on, "note", note_,
                   {.hint = "add a note, Enter to record", .icon = icon::note}) == Typed::entered &&
        !note_.empty()) {
        live.with([&](Drill& it) { it.remark(RemarkKind::note, who_, note_); });
        note_.clear();
    }
    if (button(on, "Bookmark", {.icon = icon::bookmark, .tip = "Come back to this at the debrief"}))
        live.with([&](Drill& it) { it.remark(RemarkKind::bookmark, who_, ""); });
    bool halts = live.halts_on_trouble;
    if (toggle(on, "Pause on trouble", halts)) live.halts_on_trouble = halts;
    live.look([&](const Drill& it) {
        for (const Remark& said : it.remarks())
            row(on, {.label = said.text.empty() ? name(said.kind) : said.text,
                     .note = said.who,
                     .number = plain_clock(said.at),
                     .mark = Mark::said});
    });
}

}  // namespace rollcage
