#include "ui/desk/order_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "ui/desk/cards.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

// Of an order: is it about something of this name?
bool is_about(const std::string& order, const std::string& name) {
    for (std::size_t at = order.find(name); at != std::string::npos;
         at = order.find(name, at + 1)) {
        const auto edge = [&](std::size_t place) {
            return place >= order.size() || order[place] == ' ' || order[place] == '"' ||
                   order[place] == '=';
        };
        if (at > 0 && edge(at - 1) && edge(at + name.size())) return true;
    }
    return false;
}

}  // namespace

std::string whole_length(Duration length) {
    constexpr std::int64_t second = 1'000'000, day_s = 86'400;
    const std::int64_t seconds = (length.us + second / 2) / second;
    if (seconds >= 2 * day_s) return fmt::format("{} days", seconds / day_s);
    return length_text(Duration{seconds * second});
}

bool form_fields(Widgets& on, OrderForm& form) {
    bool chosen = false;
    for (OrderField& it : form.fields) {
        words(on, on.look.fonts.small, on.look.theme.soft,
              it.key + (it.meaning.empty() ? "" : ": " + it.meaning) +
                  (it.must ? "" : " (may be left out)"));
        if (it.choices.empty()) {
            (void)text_input(on, it.key, it.value, {.hint = it.hint});
            continue;
        }
        for (const std::string& each : it.choices)
            if (row(on, {.label = each + "##" + it.key, .chosen = it.value == each}))
                it.value = it.value == each ? "" : each, chosen = true;
    }
    return chosen;
}

void OrderDesk::see(const Drill& drill, const KnownShop& shop) {
    const FactView known = drill.known();
    // What can be ordered follows from facts alone.
    if (facts_ == known.facts().size()) return;
    facts_ = known.facts().size();
    palette_ = palette_of(known, shop);
    forms_ = order_forms(known, shop);
    takes_.clear();
    for (const PaletteRow& it : palette_) {
        const auto command =
            it.complete ? parse_command(it.text, known.names()) : Result<Command>{Error{"not yet"}};
        takes_.push_back(command ? whole_length(runbook_view(*command, known).takes) : "");
    }
}

std::vector<PaletteRow> OrderDesk::whole_orders() const {
    std::vector<PaletteRow> given_so;
    std::ranges::copy_if(palette_, std::back_inserter(given_so), &PaletteRow::complete);
    return given_so;
}

void OrderDesk::draw(Widgets& on, LiveDrill& live, const KnownShop& shop, std::string& who,
                     const std::vector<std::string>& people) {
    if (armed_) return armed(on, live, who, people);
    if (form_) return form(on, live, shop);
    list(on, live, shop);
}

void OrderDesk::arm(LiveDrill& live, const KnownShop& shop, const std::string& text) {
    live.look([&](const Drill& it) { armed_ = order_view(text, it.known(), shop, it.day().team); });
    said_.clear();
    sealed_.clear(), written_.clear();
    if (!armed_->wrong.empty()) said_ = armed_->wrong, armed_.reset();
}

void OrderDesk::list(Widgets& on, LiveDrill& live, const KnownShop& shop) {
    if (pointed_) {
        heading(on, icon::hand, pointed_->name, "what can be done with it");
        if (button(on, "Everything else", {.icon = icon::undo, .weight = Weight::ghost}))
            return pointed_.reset();
    }
    if (text_input(on, "order", sought_,
                   {.hint = "an order, as rollback checkout",
                    .icon = icon::search,
                    .focus = std::exchange(writes_again_, false)}) == Typed::entered &&
        !sought_.empty()) {
        arm(live, shop, sought_);
        writes_again_ = !armed_;  // Who mistyped goes on writing.
        if (writes_again_) on.keep_drawing();
        return;
    }
    if (!said_.empty()) paragraph(on, said_, on.look.theme.soft);
    std::vector<std::string> texts;
    for (const PaletteRow& it : palette_) texts.push_back(it.text);
    for (const std::size_t nth : most_like(sought_, texts)) {
        const PaletteRow& it = palette_[nth];
        if (pointed_ && !is_about(it.text, pointed_->name)) continue;
        // What an order may be told besides stands in its form, or is typed.
        if (sought_.empty() && it.text.find('=') != std::string::npos) continue;
        if (!row(on, {.label = it.text,
                      .note = it.meaning,
                      .number = takes_[nth],
                      .icon = it.complete ? icon::hand : icon::gear}))
            continue;
        if (it.complete) return arm(live, shop, it.text);
        form_ = forms_[it.form];
        if (pointed_)
            live.look([&](const Drill& drill) {
                form_ = order_forms(drill.known(), shop, pointed_->what)[it.form];
            });
        return;
    }
}

void OrderDesk::form(Widgets& on, LiveDrill& live, const KnownShop& shop) {
    heading(on, icon::gear, form_->name, form_->meaning);
    if (!form_->impossible.empty()) paragraph(on, form_->impossible, on.look.theme.soft);
    // Which builds there are hangs on the service.
    if (form_fields(on, *form_))
        live.look([&](const Drill& it) { refresh_choices(*form_, it.known(), shop); });
    if (button(on, "Look at it", {.icon = icon::check, .weight = Weight::primary})) {
        arm(live, shop, order_text(*form_));
        if (armed_) form_.reset();
        return;
    }
    ImGui::SameLine();
    if (button(on, "Back", {.weight = Weight::ghost})) return form_.reset();
    if (!said_.empty()) paragraph(on, said_, on.look.theme.warning);
}

void OrderDesk::armed(Widgets& on, LiveDrill& live, std::string& who,
                      const std::vector<std::string>& people) {
    const Look& look = on.look;
    heading(on, icon::hand, armed_->text, armed_->runbook.practice);
    for (const RunbookRow& it : armed_->runbook.steps)
        line(on, {.label = it.step, .number = whole_length(it.takes)});
    line(on, {.label = "all of it",
              .note = armed_->runbook.goes_wrong > 0 ? fmt::format("{:.0f}% of such steps go wrong",
                                                                   100 * armed_->runbook.goes_wrong)
                                                     : "",
              .number = whole_length(armed_->runbook.takes)});
    if (armed_->refused)
        paragraph(on, "As far as is known it would be refused: " + *armed_->refused,
                  look.theme.warning);
    if (!armed_->somebody_free)
        paragraph(on,
                  armed_->before_it == 0
                      ? "Nobody is free: it waits until somebody is."
                      : fmt::format("Nobody is free: {} wait before it.", armed_->before_it),
                  look.theme.warning);
    const auto giver = std::ranges::find(people, who);
    if (people.size() > 1) {
        words(on, look.fonts.small, look.theme.soft, "Given by");
        if (const auto other = choice(on, people, static_cast<std::size_t>(giver - people.begin())))
            who = people[*other];
    }
    words(on, look.fonts.strong, look.theme.text, "What do you expect to see, and by when?");
    const bool entered = text_input(on, "expected", expected_,
                                    {.hint = "errors under 1 % in ten minutes"}) == Typed::entered;
    predictions(on, people);
    if (button(on, "Give the order", {.icon = icon::check, .weight = Weight::danger}) || entered)
        return give(live, who);
    ImGui::SameLine();
    if (button(on, "Not now", {.weight = Weight::ghost})) armed_.reset();
}

// One after the other at the keyboard: what somebody has sealed nobody reads before the debrief.
void OrderDesk::predictions(Widgets& on, const std::vector<std::string>& people) {
    (void)toggle(on, "Sealed predictions of everybody", seals_);
    if (!seals_) return;
    written_.resize(people.size());
    for (std::size_t i = 0; i < people.size(); ++i) {
        const bool done = std::ranges::find(sealed_, people[i], [](const auto& it) {
                              return it.first;
                          }) != sealed_.end();
        if (done) {
            line(on, {.label = people[i], .note = "sealed", .icon = icon::lock});
            continue;
        }
        const Typed typed = text_input(
            on, "prediction of " + people[i], written_[i],
            {.hint = people[i] + " predicts; Enter seals it", .icon = icon::lock, .secret = true});
        if (typed == Typed::entered && !written_[i].empty())
            sealed_.emplace_back(people[i], std::exchange(written_[i], ""));
    }
    if (people.empty())
        paragraph(on, "Nobody sits anywhere yet: say who under People.", on.look.theme.soft);
}

void OrderDesk::give(LiveDrill& live, const std::string& who) {
    const auto given = live.with([&](Drill& it) {
        for (const auto& [person, text] : sealed_)
            it.remark(RemarkKind::prediction, {person, text});
        return it.order(armed_->text, {who, expected_});
    });
    said_ = given ? "given: " + armed_->text : given.error().message;
    armed_.reset();
    expected_.clear(), sought_.clear(), sealed_.clear();
}

}  // namespace rollcage
