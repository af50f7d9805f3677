// What if: another order at an instant, every order at every instant, the same orders on other
// days.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/play/outcome_keys.h"
#include "ui/desk/debrief_parts.h"
#include "ui/desk/debrief_screen.h"
#include "ui/desk/heat_grid.h"
#include "ui/view/luck_view.h"

namespace rollcage {
namespace {

constexpr std::size_t lives_listed_most = 4, answers_listed_most = 10, choices_most = 6,
                      differences_most = 5;
constexpr Duration a_minute{60'000'000};

// By what the two lives differ, of all that a decision is weighed by.
void life_differences(Widgets& on, const WatchedDay& was, const WatchedDay& is) {
    std::vector<std::string> keys = weighed_keys();
    for (const char* it : {"requests.failed", "cost.total"}) keys.emplace_back(it);
    std::size_t told = 0;
    for (const std::string& key : keys) {
        const auto before = outcome_value(was.life.outcome, key),
                   after = outcome_value(is.life.outcome, key);
        if (!before || !after || *before == *after || told++ == differences_most) continue;
        const bool better = more_is_better(key) ? *after > *before : *after < *before;
        figures_row(on, {.text = key,
                         .number = ledger_text(key, after),
                         .beside = "instead of " + ledger_text(key, before) +
                                   (better ? ", better" : ", worse"),
                         .tone = better ? Tone::good : Tone::bad});
    }
    if (told == 0) say_softly(on, "By what decisions are weighed it is the same day.");
}

std::string then_text(SimTime at) {
    return clock_text(at).substr(0, 8);
}

// Its first field that has it among its choices.
void fill_in(OrderForm& form, const std::string& word) {
    for (OrderField& it : form.fields) {
        if (!it.value.empty() || std::ranges::find(it.choices, word) == it.choices.end()) continue;
        it.value = word;
        return;
    }
}

// Buttons where there are few to choose from, else a line to write on; true: it is another one.
bool form_field(Widgets& on, OrderField& it) {
    const std::string before = it.value;
    ImGui::PushID(it.key.c_str());
    on.enter(it.key);
    words(on, on.look.fonts.small, on.look.theme.soft,
          it.key + (it.must ? "" : " (may be left out)") +
              (it.meaning.empty() ? "" : ": " + it.meaning));
    if (!it.choices.empty() && it.choices.size() <= choices_most) {
        const auto at = std::ranges::find(it.choices, it.value.empty() ? it.fallback : it.value);
        const auto chosen = static_cast<std::size_t>(at - it.choices.begin());
        if (const auto other = choice_on_lines(on, it.choices, chosen))
            it.value = it.choices[*other];
    } else {
        (void)text_input(on, "value of " + it.key, it.value, {.hint = it.hint});
    }
    on.leave();
    ImGui::PopID();
    return it.value != before;
}

}  // namespace

void DebriefScreen::live(Debrief& shown, SimTime at, const std::string& order) {
    tried_ = shown.try_order(at, order);
    form_.reset();
    order_.clear();
}

void DebriefScreen::see_answers(const Debrief& shown) {
    if (answers_at_ == at_) return;
    answers_ = answers_then(*shown.day(), shown.shop(), *at_);
    answers_at_ = at_;
    form_.reset();
}

void DebriefScreen::what_if(Widgets& on, Debrief& shown) {
    const SimTime end = shown.day()->decisions_end;
    heading(on, icon::branch, "The same day, decided otherwise",
            "choose an instant, or click a plot and decide otherwise then");
    if (end <= SimTime{} + a_minute * 2)
        return say_softly(on, "There was no time to decide anything on this day.");
    if (!at_) at_ = grid_choice(*shown.day(), shown.shop()).at.front();
    double minutes = std::floor(at_->seconds() / 60);
    SliderStyle when{.most = std::floor(end.seconds() / 60) - 1, .step = 1};
    when.text = [&](double) { return then_text(*at_); };
    if (slider(on, "At", minutes, when))
        at_ = SimTime{static_cast<std::int64_t>(minutes) * a_minute.us};
    see_answers(shown);
    if (!shown.tried().empty()) lives(on, shown);
    if (form_)
        form(on, shown);
    else
        answers(on, shown);
}

void DebriefScreen::answers(Widgets& on, Debrief& shown) {
    heading(on, icon::list, "Orders to try", "as could be given then; a click lives that day");
    const bool entered = text_input(on, "order", order_,
                                    {.hint = "find an order, or write one and press Enter",
                                     .icon = icon::search}) == Typed::entered;
    const Names& names = shown.day()->scenario.blueprint->names;
    if (entered && parse_command(order_, names)) return live(shown, *at_, order_);
    std::vector<std::string> texts;
    for (const AnswerRow& it : answers_) texts.push_back(it.text);
    const std::vector<std::size_t> found = most_like(order_, texts);
    if (found.empty()) {
        const auto wrong = parse_command(order_, names);
        say_softly(on, wrong ? "Enter lives that day." : wrong.error().message);
    }
    for (std::size_t i = 0; i < std::min(found.size(), answers_listed_most); ++i) {
        const AnswerRow row = answers_[found[i]];
        const std::string note = row.refused ? "would be refused: " + *row.refused : row.meaning;
        if (!rollcage::row(on, {.label = row.text,
                                .note = note,
                                .number = row.given      ? "given"
                                          : row.complete ? ""
                                                         : "\u2026",
                                .icon = row.refused    ? icon::lock
                                        : row.complete ? icon::play
                                                       : icon::note}))
            continue;
        if (row.complete) return live(shown, *at_, row.text);
        return begin_form(shown, row);
    }
    if (found.size() > answers_listed_most)
        say_softly(on, fmt::format("{} more: write a few letters of what is looked for.",
                                   found.size() - answers_listed_most));
}

void DebriefScreen::begin_form(const Debrief& shown, const AnswerRow& row) {
    const KnownThen then{*shown.day(), *at_};
    form_ = order_forms(then.view(), shown.shop())[row.form];
    // The row says what it is about: its first choice, perhaps a second one.
    for (const OrderField& it : std::vector{form_->fields})
        for (const std::string& word : it.choices)
            if (row.text.ends_with(" " + word) ||
                row.text.find(" " + word + " ") != row.text.npos ||
                row.text.ends_with(" \"" + word + "\"") || row.text.ends_with("=" + word))
                fill_in(*form_, word);
    for (OrderField& it : form_->fields)
        if (it.must && it.value.empty()) it.value = it.suggested;
    refresh_choices(*form_, then.view(), shown.shop());
}

void DebriefScreen::form(Widgets& on, Debrief& shown) {
    heading(on, icon::note, form_->name, form_->meaning);
    bool other = false;
    for (OrderField& it : form_->fields) other |= form_field(on, it);
    if (other) {
        const KnownThen then{*shown.day(), *at_};
        refresh_choices(*form_, then.view(), shown.shop());
    }
    const std::string text = order_text(*form_);
    const auto command = parse_command(text, shown.day()->scenario.blueprint->names);
    words(on, on.look.fonts.number, on.look.theme.text, text);
    if (button(on, "Live that day",
               {.icon = icon::play,
                .weight = Weight::primary,
                .enabled = static_cast<bool>(command),
                .why_not = command ? "" : command.error().message}))
        return live(shown, *at_, text);
    ImGui::SameLine();
    if (button(on, "Another order", {.icon = icon::undo, .weight = Weight::ghost})) form_.reset();
}

void DebriefScreen::lives(Widgets& on, Debrief& shown) {
    heading(on, icon::users, "Other lives", "the chosen one and the last are drawn over this one");
    const std::vector<Tried>& all = shown.tried();
    for (std::size_t i = all.size(); i-- > 0;) {
        const Tried& it = all[i];
        const bool last = tried_ == i;
        if (all.size() - i > lives_listed_most && !last) continue;
        const std::string name =
            it.actor.empty() ? then_text(it.at) + "  " + it.order : "all day: " + it.actor;
        if (figures_row(on, {.text = name,
                             .under = it.life              ? ""
                                      : it.trouble.empty() ? "being lived"
                                                           : it.trouble,
                             .mark = it.trouble.empty() ? Mark::order : Mark::refused,
                             .clickable = true,
                             .strong = true,
                             .chosen = last}))
            tried_ = i;
        if (last && it.life) life_differences(on, *shown.day(), it.life->day);
    }
    if (all.size() > lives_listed_most)
        say_softly(
            on, fmt::format("The last {} of {} that were lived.", lives_listed_most, all.size()));
    if (button(on, "Forget them", {.icon = icon::cross, .weight = Weight::ghost}))
        shown.forget_tried(), tried_.reset();
}

void DebriefScreen::ask_grid(Debrief& shown) {
    GridChoice choice = grid_choice(*shown.day(), shown.shop());
    for (const Tried& it : shown.tried())  // Who asked for a life wants to see it among the others.
        if (it.life && it.actor.empty() &&
            std::ranges::find(choice.orders, it.order) == choice.orders.end())
            choice.orders.push_back(it.order);
    shown.ask_grid(std::move(choice));
}

void DebriefScreen::grid(Widgets& on, Debrief& shown) {
    if (shown.day()->decisions_end <= SimTime{} + a_minute * 2)
        return say_softly(on, "There was no time to decide anything on this day.");
    if (shown.grid_asked().orders.empty()) {
        if (empty_state(on, icon::chart, "When does a choice stop being right?",
                        "The orders that were given, and others that were possible, each at eight "
                        "instants from the first trouble on: how would that day have ended?",
                        "Play the grid"))
            ask_grid(shown);
        return;
    }
    const std::size_t of = shown.grid_asked().orders.size();
    const std::size_t done = shown.grid() ? shown.grid()->orders.size() : 0;
    heading(on, icon::chart, "Every order at every instant",
            shown.grid_going() ? fmt::format("being played: {} of {} orders", done, of)
            : done < of        ? fmt::format("stopped after {} of {} orders", done, of)
                               : "the day as it was, then this order, then nobody; click a cell");
    if (shown.grid_going()) {
        thin_progress(on, static_cast<double>(done) / static_cast<double>(of));
        if (button(on, "Stop", {.icon = icon::stop})) shown.stop_grid();
    }
    if (!shown.grid_trouble().empty()) say_softly(on, shown.grid_trouble());
    if (shown.grid() != nullptr) grid_shown(on, shown);
    if (!shown.grid_going() &&
        button(on, "Play it again", {.icon = icon::undo, .weight = Weight::ghost}))
        ask_grid(shown);
}

// Worked out once for a key, and again when more of it was played.
void DebriefScreen::see_grid(const Debrief& shown) {
    if (grid_seen_.known == shown.known()) return;
    grid_seen_ = {shown.known(), telling_keys(*shown.grid()), {}};
    const std::vector<std::string>& keys = grid_seen_.keys;
    if (keys.empty()) return;
    if (std::ranges::find(keys, grid_key_) == keys.end()) grid_key_ = keys.front();
    grid_seen_.shown = answers_grid(*shown.grid(), grid_key_);
}

void DebriefScreen::grid_shown(Widgets& on, Debrief& shown) {
    const Grid& grid = *shown.grid();
    see_grid(shown);
    const std::vector<std::string>& keys = grid_seen_.keys;
    if (keys.empty())
        return say_softly(on, "By what decisions are weighed all of these days end the same.");
    const auto at = std::ranges::find(keys, grid_key_);
    if (const auto other = choice_on_lines(on, keys, static_cast<std::size_t>(at - keys.begin())))
        grid_key_ = keys[*other], grid_seen_.known = 0, see_grid(shown);
    const AnswersGrid& answers = grid_seen_.shown;
    say_softly(on, answers.meaning);
    HeatGridStyle style;
    const std::vector<std::string>& asked = shown.grid_asked().orders;
    if (shown.grid_going())
        style.waiting.assign(asked.begin() + static_cast<std::ptrdiff_t>(grid.orders.size()),
                             asked.end());
    if (tried_ && *tried_ < shown.tried().size()) {
        const Tried& life = shown.tried()[*tried_];
        const auto line = std::ranges::find(grid.orders, life.order);
        const auto column = std::ranges::find(grid.at, life.at);
        if (line != grid.orders.end() && column != grid.at.end())
            style.chosen = HeatPlace{static_cast<std::size_t>(line - grid.orders.begin()),
                                     static_cast<std::size_t>(column - grid.at.begin())};
    }
    style.tip = [&](const HeatPlace& place) {
        for (const std::string& key : keys)
            if (key != grid_key_)
                words(on, on.look.fonts.small, on.look.theme.soft,
                      key + "  " +
                          ledger_text(key,
                                      outcome_value(grid.outcomes[place.line][place.column], key)));
    };
    const auto clicked = heat_grid(on, answers, style);
    heat_legend(on);
    for (const std::string& it : answers.sentences) say_point(on, it);
    if (clicked) tried_ = shown.try_order(grid.at[clicked->column], grid.orders[clicked->line]);
    if (!tried_ || *tried_ >= shown.tried().size()) return;
    const Tried& life = shown.tried()[*tried_];
    heading(on, icon::branch,
            life.actor.empty() ? then_text(life.at) + "  " + life.order : life.actor,
            life.life ? "drawn over this life, at the left" : "being lived");
    if (life.life) life_differences(on, *shown.day(), life.life->day);
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
        return say_softly(on, shown.luck_asked() > 0
                                  ? "The first days are being played."
                                  : "Was it the decision, or the day? Ask for other days with the "
                                    "same hidden truth.");
    const auto played = static_cast<double>(it->seeds.size());
    const double of = std::max(static_cast<double>(shown.luck_asked()), played);
    say_softly(on, fmt::format("{} of {} days played", grouped_text(played), grouped_text(of)));
    if (played < of) thin_progress(on, played / of);
    for (const std::string& text : luck_sentences(*it)) say_point(on, text);
    heading(on, icon::list, "By account", "that day; in the mean of the others");
    for (const std::string& key : weighed_keys()) {
        const auto on_others = on_other_days(*it, key);
        if (!on_others ||
            (on_others->that_day == 0 && on_others->ordered == 0 && on_others->idle == 0))
            continue;
        if (figures_row(on, {.text = key,
                             .under = fmt::format("{} with these orders, {} with nobody",
                                                  grouped_text(on_others->ordered),
                                                  grouped_text(on_others->idle)),
                             .number = ledger_text(key, on_others->that_day),
                             .beside = fmt::format("worse on {:.0f}% of the others",
                                                   100 * on_others->worse_share),
                             .clickable = true}))
            ask({.of = WhyAsked::Of::figure, .key = key});
    }
}

}  // namespace rollcage
