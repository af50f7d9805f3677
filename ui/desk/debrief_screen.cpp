#include "ui/desk/debrief_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "scenarios/play/outcome_keys.h"
#include "ui/desk/cards.h"
#include "ui/desk/lanes.h"
#include "ui/desk/time_plot.h"
#include "ui/view/explain_view.h"
#include "ui/view/luck_view.h"

namespace rollcage {
namespace {

// Orders that need nothing but what they are about: the first things to try.
std::vector<std::string> plain_orders(const Names& names) {
    std::vector<std::string> orders;
    for (const Form& form : command_forms()) {
        if (form.slots.empty() || form.slots.front().fallback != nullptr) continue;
        const std::vector<std::string>* targets = names_of(form.slots.front().type, names);
        std::vector<SlotType> needed;
        for (std::size_t i = 1; i < form.slots.size(); ++i)
            if (form.slots[i].fallback == nullptr) needed.push_back(form.slots[i].type);
        const bool flag = needed == std::vector{SlotType::flag_value};
        if (targets == nullptr || (!needed.empty() && !flag)) continue;
        for (const std::string& it : *targets) {
            const std::string target = it.find(' ') == std::string::npos ? it : '"' + it + '"';
            const std::string order = std::string{form.name} + " " + target + (flag ? " off" : "");
            if (parse_command(order, names)) orders.push_back(order);
        }
    }
    return orders;
}

void lines_of(Widgets& on, const std::string& text) {
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);)
        if (line.empty())
            ImGui::Dummy({1, on.look.px(6)});
        else
            words(on, on.look.fonts.number_small, on.look.theme.text, line);
}

void soft(Widgets& on, const std::string& text) {
    paragraph(on, text, on.look.theme.soft);
}

void bullet(Widgets& on, const std::string& text) {
    paragraph(on, "\u2022 " + text, on.look.theme.text);
}

void ledger(Widgets& on, const DrillView& view) {
    for (const LedgerRow& it : view.ledger) {
        if (it.value.value_or(0) == 0 && !it.key.starts_with("times.")) continue;
        row(on, {.label = it.key, .note = it.meaning, .number = ledger_text(it.key, it.value)});
    }
    soft(on, "What stands at nought is left out; the page has every account.");
}

void lesson(Widgets& on, const Debrief& shown) {
    const DrillView& view = *shown.view();
    heading(on, icon::book, "The lesson", "as the scenario states it");
    paragraph(on, view.lesson.empty() ? "The scenario states none." : view.lesson,
              on.look.theme.text);
    heading(on, icon::eye, "What happened", "the truth, in short");
    for (const std::string& it : view.summary) bullet(on, it);
    if (!view.background.empty()) soft(on, "Background: " + view.background);
}

void findings(Widgets& on, const Debrief& shown) {
    const DrillView& view = *shown.view();
    if (shown.others() == nullptr)
        soft(on, shown.busy() ? "Other answers to the same day are being played."
                              : "No other answer to this day was played.");
    heading(on, icon::check, "Strengths", "beside another answer to the same day");
    for (const std::string& it : view.strengths) bullet(on, it);
    if (view.strengths.empty()) soft(on, "None that the ledger shows.");
    heading(on, icon::warning, "To improve", "each wants an owner and a date");
    for (const std::string& it : view.improvements) bullet(on, it);
    if (view.improvements.empty()) soft(on, "None that the ledger shows.");
}

// By what the two lives differ, of all that a decision is weighed by.
void differences(Widgets& on, const WatchedDay& was, const WatchedDay& is) {
    for (const std::string& key : weighed_keys()) {
        const auto before = outcome_value(was.life.outcome, key),
                   after = outcome_value(is.life.outcome, key);
        if (!before || !after || *before == *after) continue;
        const bool better = more_is_better(key) ? *after > *before : *after < *before;
        row(on, {.label = key,
                 .note = fmt::format("{} here", ledger_text(key, before)),
                 .number = ledger_text(key, after),
                 .mark = better ? Mark::effect : Mark::refused});
    }
}

}  // namespace

std::vector<DebriefScreen::PlotChoice> DebriefScreen::plots_to_choose(const Debrief& shown) {
    std::vector<PlotChoice> all;
    std::vector<const WatchedDay*> days{shown.day()};
    std::vector<std::string> names{"this life"};
    for (const Tried& it : shown.tried())
        if (it.life) days.push_back(&it.life->day), names.push_back(it.life->name);
    if (days.size() > 1) all.push_back({"lives", shared_plots(days, names)});
    all.push_back({"the day", day_plots(*shown.day())});
    for (ServicePlots& it : service_plots(*shown.day()))
        all.push_back({it.service, std::move(it.plots)});
    std::erase_if(all, [](const PlotChoice& it) { return it.plots.empty(); });
    return all;
}

DebriefScreen::Wish DebriefScreen::draw(Widgets& on, Debrief& shown, ImVec2 size) {
    Wish wish = Wish::nothing;
    const Look& look = on.look;
    if (shown.view() == nullptr) {
        const bool wrong = !shown.trouble.empty();
        if (empty_state(on, wrong ? icon::warning : icon::clock,
                        wrong ? "This recording does not play" : "Playing the day again",
                        wrong ? shown.trouble : "Every minute of it, with what nobody saw.",
                        "Back to the lobby"))
            wish = Wish::leave;
        return wish;
    }
    axis_.decisions_end_s = shown.view()->decisions_end_s;
    axis_.begin_frame(shown.view()->until_s);
    head(on, shown, size.x - look.px(28), wish);
    const float gap = look.px(8), wide = ImGui::GetContentRegionAvail().x;
    const auto& all = shown.view()->tiles;
    const auto across = std::clamp<std::size_t>(static_cast<std::size_t>(wide / look.px(190)), 1,
                                                std::max<std::size_t>(all.size(), 1));
    const float each =
        std::floor((wide - gap * static_cast<float>(across - 1)) / static_cast<float>(across));
    for (std::size_t i = 0; i < std::min(across, all.size()); ++i) {
        if (i > 0) ImGui::SameLine(0, gap);
        tile(on, {.tile = all[i]}, {each, look.px(80)});
    }
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float left = std::floor(room.x * 0.58F);
    over_time(on, shown, {left, room.y});
    ImGui::SameLine(0, gap);
    told(on, shown, {room.x - left - gap, room.y});
    return wish;
}

void DebriefScreen::head(Widgets& on, Debrief& shown, float wide, Wish& wish) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& to = *ImGui::GetWindowDrawList();
    const RecordingHead& head = shown.recording.head;
    paint_text(to, look.fonts.title, {at.x, at.y - look.px(1)}, look.theme.text,
               shortened(look.fonts.title, shown.view()->title, wide * 0.45F));
    const std::string under = fmt::format(
        "debrief \u00b7 {} \u00b7 seed {} \u00b7 {}{}", head.scenario, head.choices.seed,
        head.actor, shown.day()->as_recorded ? "" : " \u00b7 NOT AS RECORDED: another engine");
    paint_text(to, look.fonts.small, {at.x, at.y + look.px(21)}, look.theme.soft, under);
    ImGui::SetCursorScreenPos({at.x + wide * 0.5F, at.y + look.px(1)});
    if (button(on, "Lobby", {.icon = icon::inbox})) wish = Wish::leave;
    ImGui::SameLine();
    if (button(on, "Write the page",
               {.icon = icon::download, .tip = "An after-action page beside the recording"})) {
        const auto page = shown.write_page();
        said_ = page ? "written: " + *page : page.error().message;
    }
    ImGui::SameLine();
    if (!said_.empty())
        words(on, look.fonts.small, look.theme.soft, said_);
    else
        pill(on, "DRILL", Urgency::notice);
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(46)});
}

void DebriefScreen::over_time(Widgets& on, Debrief& shown, ImVec2 size) {
    const Look& look = on.look;
    begin_card(on, {.title = "##over time", .size = size});
    if (seen_ != shown.revision()) {
        plots_ = plots_to_choose(shown);
        seen_ = shown.revision();
        plot_ = 0;
    }
    const std::vector<PlotChoice>& all = plots_;
    std::vector<std::string> names;
    for (const PlotChoice& it : all) names.push_back(it.name);
    if (names.size() > 1)
        if (const auto other = tabs(on, names, plot_)) plot_ = *other;
    const std::vector<Track>& tracks = shown.view()->tracks;
    const LanesStyle narrow{.lane_high = 23};
    const float room = ImGui::GetContentRegionAvail().y,
                below = lanes_high(on, tracks.size(), narrow) + look.px(38),
                plots = std::max(look.px(170), room - below);
    if (all.empty()) {
        soft(on, "Nothing went wrong all day; there is nothing to draw.");
    } else {
        const std::vector<Plot>& drawn = all[plot_].plots;
        const std::size_t fits = std::clamp<std::size_t>(
            static_cast<std::size_t>(plots / look.px(150)), 1, drawn.size());
        const float each = std::floor(plots / static_cast<float>(fits)) - look.px(4);
        for (std::size_t i = 0; i < fits; ++i)
            if (const auto clicked =
                    time_plot(on, axis_, drawn[i], {each, i + 1 == fits, icon::chart}))
                at_s_ = clicked->at_s, tab_ = 3;
    }
    heading(on, icon::list, "Timeline", "hatched: harm that nobody saw; click a fact to ask why");
    if (const auto fact = lanes(on, axis_, tracks, narrow);
        fact && *fact < shown.view()->facts.size())
        fact_ = fact, tab_ = 2;
    end_card(on);
}

void DebriefScreen::told(Widgets& on, Debrief& shown, ImVec2 size) {
    begin_card(on, {.title = "##told", .size = size, .scrolls = true});
    if (const auto other =
            tabs(on, {"Lesson", "Decisions", "Why", "What if", "Ledger", "Luck", "Findings"}, tab_))
        tab_ = *other;
    switch (tab_) {
        case 0: lesson(on, shown); break;
        case 1: decisions(on, shown); break;
        case 2: why(on, shown); break;
        case 3: what_if(on, shown); break;
        case 4: ledger(on, *shown.view()); break;
        case 5: luck(on, shown); break;
        default: findings(on, shown); break;
    }
    end_card(on);
}

void DebriefScreen::decisions(Widgets& on, const Debrief& shown) {
    const DrillView& view = *shown.view();
    if (view.decisions.empty()) {
        empty_state(on, icon::hand, "Nobody ordered anything",
                    "What would have been right? Try an order under What if.");
        return;
    }
    for (const Decision& it : view.decisions) {
        const Mark mark = it.refused ? Mark::refused : it.effect ? Mark::effect : Mark::order;
        if (row(on, {.label = fmt::format("{}. {}", it.number, it.order),
                     .note = it.who,
                     .number = plain_clock(it.at),
                     .mark = mark,
                     .chosen = fact_ == it.fact}))
            fact_ = it.fact, tab_ = 2;
        if (!it.expected.empty()) soft(on, "expected: " + it.expected);
        soft(on, it.happened + (it.after.empty() ? "" : "; " + it.after));
    }
    if (!view.remarks.empty()) heading(on, icon::comment, "Remarks", "as they were made");
    for (const FactRow& it : view.remarks)
        row(on, {.label = it.text, .number = plain_clock(it.at), .mark = it.mark});
}

void DebriefScreen::why(Widgets& on, const Debrief& shown) {
    const Explanation* all = shown.explanation();
    if (all == nullptr)
        return soft(on, shown.busy() ? "The same day is being played without each thing that was "
                                       "done to it, and on other draws."
                                     : "This day could not be played without what was done to it.");
    if (fact_) {
        if (button(on, "The whole day", {.icon = icon::undo})) {
            fact_.reset();
            return;
        }
        return lines_of(on, explain_fact(all->day, *fact_));
    }
    lines_of(on, explain_day(*all));
}

void DebriefScreen::what_if(Widgets& on, Debrief& shown) {
    const double end_s = shown.view()->decisions_end_s;
    if (!at_s_)
        at_s_ = shown.view()->decisions.empty() ? end_s / 2
                                                : shown.view()->decisions.front().at.seconds();
    heading(on, icon::branch, "The same day, decided otherwise",
            "click a plot to choose the instant");
    double minutes = std::floor(std::min(*at_s_, end_s - 60) / 60);
    SliderStyle when{.least = 0, .most = std::floor(end_s / 60) - 1, .step = 1};
    when.text = [](double value) {
        return plain_clock(SimTime{static_cast<std::int64_t>(value) * 60'000'000});
    };
    if (slider(on, "At", minutes, when)) at_s_ = minutes * 60;
    const SimTime at{static_cast<std::int64_t>(minutes) * 60'000'000};
    const bool entered = text_input(on, "order", order_,
                                    {.hint = "an order, Enter to live that day"}) == Typed::entered;
    if (entered && !order_.empty()) shown.try_order(at, order_);
    if (!shown.tried().empty()) lives(on, shown);
    heading(on, icon::list, "Orders to try", "or write one above");
    std::size_t listed = 0;
    for (const std::string& it : plain_orders(shown.day()->scenario.blueprint->names)) {
        if (!order_.empty() && it.find(order_) == std::string::npos) continue;
        if (++listed > 8) break;
        if (row(on, {.label = it, .icon = icon::play})) shown.try_order(at, it);
    }
}

void DebriefScreen::lives(Widgets& on, Debrief& shown) {
    const Look& look = on.look;
    heading(on, icon::users, "Other lives", "drawn over this one under the tab lives");
    for (const Tried& it : shown.tried()) {
        words(on, look.fonts.strong, look.theme.text,
              clock_text(it.at).substr(0, 8) + "  " + it.order);
        if (it.life)
            differences(on, *shown.day(), it.life->day);
        else
            soft(on, it.trouble.empty() ? "being lived" : it.trouble);
    }
    if (button(on, "Forget them", {.icon = icon::cross, .weight = Weight::ghost}))
        shown.forget_tried();
}

void DebriefScreen::luck(Widgets& on, Debrief& shown) {
    heading(on, icon::dice, "Luck and skill", "the same orders on other days like this one");
    for (const std::uint64_t seeds : {100U, 1'000U}) {
        if (button(on, fmt::format("{} days", seeds), {.icon = icon::play})) shown.ask_luck(seeds);
        ImGui::SameLine();
    }
    if (button(on, "Stop", {.icon = icon::stop, .enabled = shown.luck_asked() > 0}))
        shown.stop_luck();
    const LuckOrSkill* it = shown.luck();
    if (it == nullptr)
        return soft(on, shown.luck_asked() > 0 ? "The first days are being played."
                                               : "Was it the decision, or the day? Ask for other "
                                                 "days with the same hidden truth.");
    soft(on, fmt::format("{} of {} days played", it->seeds.size(),
                         std::max<std::uint64_t>(shown.luck_asked(), it->seeds.size())));
    for (const std::string& text : luck_sentences(*it)) bullet(on, text);
}

}  // namespace rollcage
