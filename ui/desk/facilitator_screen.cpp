#include "ui/desk/facilitator_screen.h"

#include <fmt/format.h>

#include <algorithm>

#include "ui/desk/cards.h"
#include "ui/desk/lanes.h"
#include "ui/desk/order_desk.h"
#include "ui/desk/time_plot.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

constexpr std::array<const char*, 5> pages{"Injects", "Add", "Hints", "Notes", "Numbers"};

std::string minutes_text(double minutes) {
    return fmt::format("{:.0f} min", minutes);
}

const char* state_text(InjectState state) {
    switch (state) {
        case InjectState::ahead: return "ahead";
        case InjectState::came: return "came";
        case InjectState::withheld: return "skipped";
    }
    return "";
}

Mark state_mark(InjectState state) {
    switch (state) {
        case InjectState::ahead: return Mark::order;
        case InjectState::came: return Mark::effect;
        case InjectState::withheld: return Mark::refused;
    }
    return Mark::fact;
}

Duration minutes_of(double minutes) {
    return Duration{static_cast<std::int64_t>(minutes) * 60'000'000};
}

void hidden_rows(Widgets& on, const std::vector<HiddenRow>& rows) {
    for (const HiddenRow& it : rows) {
        words(on, on.look.fonts.small, on.look.theme.soft, it.what);
        paragraph(
            on, it.is,
            it.tone == Tone::neutral ? on.look.theme.text : colour_of(on.look.theme, it.tone));
    }
}

}  // namespace

void FacilitatorScreen::see(LiveDrill& live) {
    if (live.revision() == revision_) return;
    revision_ = live.revision();
    live.look([&](const Drill& drill) {
        view_ = facilitator_view(drill);
        if (forms_.empty()) forms_ = inject_forms_of(drill.scenario());
        title_ = drill.scenario().title;
        axis_.decisions_end_s = drill.decisions_end().seconds();
    });
}

std::vector<Action> FacilitatorScreen::actions(LiveDrill& live) {
    std::vector<Action> all{{live.held() ? "Let time go on" : "Hold time", "for everybody", "h",
                             [&] { live.hold(!live.held()); }, icon::lock},
                            {"Mark this moment", "an observation for the debrief", "b",
                             [&] { observe(live, "look at this"); }, icon::bookmark}};
    for (std::size_t i = 0; i < pages.size(); ++i)
        all.push_back({std::string{"Facilitator: "} + pages[i], "", std::to_string(i + 1),
                       [this, i] { tab_ = i; }, icon::list});
    return all;
}

FacilitatorScreen::Wish FacilitatorScreen::draw(Widgets& on, LiveDrill& live, Layout& layout,
                                                bool shares_window) {
    see(live);
    axis_.now_s = view_.clock.now.seconds();
    axis_.begin_frame(std::max(axis_.decisions_end_s, *axis_.now_s * 1.05));
    head(on, live, shares_window);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float gap = divider_wide(on), left = std::floor(room.x * layout.left);
    truth(on, {left, room.y});
    ImGui::SameLine(0, 0);
    divider(on, layout, room.x, room.y);
    ImGui::SameLine(0, 0);
    told(on, live, {room.x - left - gap, room.y});
    return std::exchange(wish_, Wish::nothing);
}

void FacilitatorScreen::head(Widgets& on, LiveDrill& live, bool shares_window) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float wide = ImGui::GetContentRegionAvail().x;
    ImDrawList& to = *ImGui::GetWindowDrawList();
    const float title = wide * 0.3F;
    paint_text(to, look.fonts.title, {at.x, at.y - look.px(1)}, look.theme.text,
               shortened(look.fonts.title, "Facilitator \u00b7 " + title_, title));
    paint_text(to, look.fonts.small, {at.x, at.y + look.px(21)}, look.theme.warning,
               shortened(look.fonts.small,
                         plain_clock(view_.clock.now) + " \u00b7 the truth: keep it from the team",
                         title));
    ImGui::SetCursorScreenPos({at.x + title + look.px(10), at.y + look.px(1)});
    const bool held = live.held();
    if (button(on, held ? "Let time go on" : "Hold time",
               {.icon = icon::lock,
                .weight = held ? Weight::primary : Weight::danger,
                .tip = "Nobody else lets time pass while you hold it"}))
        live.hold(!held);
    ImGui::SameLine();
    const bool going = live.going();
    if (button(on, going ? "Pause" : "Play",
               {.icon = going ? icon::pause : icon::play, .enabled = !held}))
        going ? live.halt() : live.go(60);
    ImGui::SameLine();
    if (button(on, "Mark", {.icon = icon::bookmark, .tip = "Come back to this at the debrief"}))
        observe(live, "look at this");
    if (shares_window) {
        const ButtonStyle leave{.icon = icon::users};
        ImGui::SetCursorScreenPos(
            {at.x + wide - button_wide(on, "To the team's", leave), at.y + look.px(1)});
        if (button(on, "To the team's", leave)) wish_ = Wish::leave;
    }
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(46)});
}

void FacilitatorScreen::truth(Widgets& on, ImVec2 size) {
    const Look& look = on.look;
    begin_card(on, {.title = "##truth", .size = size});
    const LanesStyle narrow{.lane_high = 23};
    const float room = ImGui::GetContentRegionAvail().y,
                below = lanes_high(on, view_.tracks.size(), narrow) + look.px(38),
                plots = std::max(look.px(170), room - below);
    const std::size_t fits =
        std::clamp<std::size_t>(static_cast<std::size_t>(plots / look.px(130)), 1,
                                std::max<std::size_t>(view_.plots.size(), 1));
    const float each = std::floor(plots / static_cast<float>(fits)) - look.px(4);
    for (std::size_t i = 0; i < std::min(fits, view_.plots.size()); ++i)
        (void)time_plot(on, axis_, view_.plots[i], {each, i + 1 == fits, icon::eye});
    heading(on, icon::list, "Timeline", "what is known; harm and injects below");
    (void)lanes(on, axis_, view_.tracks, narrow);
    end_card(on);
}

void FacilitatorScreen::told(Widgets& on, LiveDrill& live, ImVec2 size) {
    begin_card(on, {.title = "##facilitate", .size = size, .scrolls = true});
    const std::vector<std::string> labels{pages.begin(), pages.end()};
    if (const auto other = tabs(on, labels, tab_)) tab_ = *other, said_.clear();
    if (!said_.empty()) paragraph(on, said_, on.look.theme.warning);
    switch (tab_) {
        case 0: injects(on, live); break;
        case 1: catalogue(on, live); break;
        case 2: hints(on, live); break;
        case 3: notes(on, live); break;
        default: numbers(on); break;
    }
    end_card(on);
}

void FacilitatorScreen::say(const Result<void>& done, const std::string& what) {
    said_ = done ? what : done.error().message;
}

void FacilitatorScreen::injects(Widgets& on, LiveDrill& live) {
    for (const InjectRow& it : view_.injects) {
        const std::string when = it.state == InjectState::withheld ? "" : plain_clock(it.at) + " ";
        if (row(on, {.label = fmt::format("{}##inject{}", it.text, it.nth),
                     .note = it.added ? "added" : "",
                     .number = when + state_text(it.state),
                     .mark = state_mark(it.state),
                     .chosen = inject_ == it.nth}))
            inject_ = it.nth;
        if (!it.expected.empty()) paragraph(on, "expected: " + it.expected, on.look.theme.soft);
        for (const std::string& answer : it.answers)
            paragraph(on, "since then: " + answer, on.look.theme.text);
    }
    if (view_.injects.empty())
        paragraph(on, "This day holds no injects. Add one from the catalogue.", on.look.theme.soft);
    const auto chosen = std::ranges::find_if(view_.injects, [&](const InjectRow& it) {
        return inject_ == it.nth && it.state == InjectState::ahead;
    });
    const bool ahead = chosen != view_.injects.end();
    const std::string why = "Choose one that is still ahead";
    const auto move = [&](SimTime at, const std::string& what) {
        const std::size_t nth = chosen->nth;
        say(live.with([&](Drill& it) { return move_inject(it, nth, at); }), what);
        inject_.reset();
    };
    (void)slider(on, "later by", later_min_,
                 {.least = 1, .most = 60, .step = 1, .text = minutes_text});
    if (button(on, "Fire now", {.icon = icon::bolt, .enabled = ahead, .why_not = why}))
        return move(view_.clock.now, "it comes now");
    ImGui::SameLine();
    if (button(on, "Delay", {.icon = icon::clock, .enabled = ahead, .why_not = why}))
        return move(chosen->at + minutes_of(later_min_),
                    "it comes " + minutes_text(later_min_) + " later");
    ImGui::SameLine();
    if (button(on, "Skip", {.icon = icon::cross, .enabled = ahead, .why_not = why})) {
        const std::size_t nth = chosen->nth;
        say(live.with([&](Drill& it) { return skip_inject(it, nth); }), "it does not come");
        inject_.reset();
    }
}

void FacilitatorScreen::catalogue(Widgets& on, LiveDrill& live) {
    if (!form_) {
        heading(on, icon::bolt, "What may happen to this day", "it acts on reality, not on intent");
        (void)text_input(on, "inject", sought_, {.hint = "a few letters", .icon = icon::search});
        std::vector<std::string> texts;
        for (const OrderForm& it : forms_) texts.push_back(it.name);
        for (const std::size_t nth : most_like(sought_, texts)) {
            const OrderForm& it = forms_[nth];
            if (row(on, {.label = it.name,
                         .note = it.impossible.empty() ? it.meaning : it.impossible,
                         .icon = icon::bolt,
                         .enabled = it.impossible.empty()}))
                form_ = it;
        }
        return;
    }
    heading(on, icon::bolt, form_->name, form_->meaning);
    (void)form_fields(on, *form_);
    (void)slider(on, "in", later_min_, {.least = 0, .most = 60, .step = 1, .text = minutes_text});
    if (button(on, "Add it", {.icon = icon::check, .weight = Weight::primary})) {
        const Act act{.done = {},
                      .withholds = {},
                      .at = view_.clock.now + minutes_of(later_min_),
                      .inject = order_text(*form_)};
        const auto done = live.with([&](Drill& it) { return it.act(act); });
        say(done, "added: " + act.inject);
        if (done) form_.reset(), tab_ = 0;
        return;
    }
    ImGui::SameLine();
    if (button(on, "Back", {.weight = Weight::ghost})) form_.reset(), said_.clear();
}

void FacilitatorScreen::hints(Widgets& on, LiveDrill& live) {
    const auto send = [&](const std::string& text) {
        live.with([&](Drill& it) { it.remark(RemarkKind::hint, {who_, text}); });
        said_ = "sent: " + text;
    };
    heading(on, icon::comment, "Hints",
            fmt::format("{} given; they are counted, not punished", view_.hints_given));
    for (std::size_t i = 0; i < view_.hints.size(); ++i) {
        const HintRow& it = view_.hints[i];
        const bool fits = it.at <= view_.clock.now;
        paragraph(on, it.text, on.look.theme.text);
        const std::string when = it.given ? "given at " + plain_clock(*it.given)
                                 : fits   ? "fits now"
                                          : "fits from " + plain_clock(it.at);
        if (button(on, fmt::format("Send hint {}", i + 1), {.icon = icon::comment})) send(it.text);
        ImGui::SameLine();
        words(on, on.look.fonts.small, on.look.theme.soft, when);
    }
    if (text_input(on, "hint", hint_,
                   {.hint = "a hint in your own words; Enter sends it", .icon = icon::comment}) ==
            Typed::entered &&
        !hint_.empty())
        send(std::exchange(hint_, ""));
}

void FacilitatorScreen::observe(LiveDrill& live, const std::string& text) {
    live.with([&](Drill& it) { it.remark(RemarkKind::observation, {who_, text}); });
}

void FacilitatorScreen::notes(Widgets& on, LiveDrill& live) {
    heading(on, icon::note, "Observations", "for the debrief; the team does not see them");
    (void)text_input(on, "observer", who_, {.hint = "who observes", .icon = icon::user});
    if (text_input(on, "observation", note_,
                   {.hint = "what you saw them do; Enter keeps it", .icon = icon::note}) ==
            Typed::entered &&
        !note_.empty())
        observe(live, std::exchange(note_, ""));
    for (std::size_t i = view_.remarks.size(); i > 0; --i)
        line(on, {.label = view_.remarks[i - 1].text,
                  .number = plain_clock(view_.remarks[i - 1].at),
                  .mark = Mark::said});
}

void FacilitatorScreen::numbers(Widgets& on) {
    heading(on, icon::eye, "So far", "as it truly is");
    for (const HiddenRow& it : view_.harm)
        line(on, {.label = it.what,
                  .number = it.is,
                  .mark = it.tone == Tone::bad ? Mark::harm : Mark::fact});
    heading(on, icon::lock, "Hidden", "what nobody in the team was told");
    hidden_rows(on, view_.hidden);
}

}  // namespace rollcage
