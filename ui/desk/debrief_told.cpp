// What a debrief tells without being asked: the lesson, the decisions, the ledger, what to improve.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/play/outcome_keys.h"
#include "ui/desk/debrief_parts.h"
#include "ui/desk/debrief_screen.h"

namespace rollcage {
namespace {

std::string counted_text(std::size_t count, const char* one, const char* several) {
    return fmt::format("{} {}", count, count == 1 ? one : several);
}

void drift_rows(Widgets& on, const DriftedEnvironment& it) {
    const auto unfound = static_cast<std::size_t>(
        std::ranges::count_if(it.rows, [](const DriftRow& row) { return !row.found; }));
    heading(on, icon::server, "What " + it.name + " did not have",
            fmt::format("{}, {} that nobody found",
                        counted_text(it.rows.size(), "difference", "differences"), unfound));
    if (it.rows.empty()) say_softly(on, "It was like production all day.");
    for (const DriftRow& row : it.rows) {
        std::string under = fmt::format(
            "{}; {}", row.before_day ? "there before the day" : "since " + plain_clock(row.since),
            drift_known(row));
        if (!row.let_past.empty())
            under += "; with it no test there could find what " + row.let_past.front() + " hid";
        figures_row(on, {.text = row.name,
                         .under = under,
                         .number = fmt::format("{:.0f}%", 100 * row.lacks),
                         .beside = "of its " + row.touches,
                         .tone = row.let_past.empty() ? Tone::neutral : Tone::bad,
                         .mark = !row.let_past.empty() ? Mark::refused
                                 : row.found           ? Mark::effect
                                                       : Mark::harm});
    }
}

}  // namespace

void DebriefScreen::lesson(Widgets& on, const Debrief& shown) {
    const DrillView& view = *shown.view();
    heading(on, icon::book, "The lesson", "as the scenario states it");
    paragraph(on, view.lesson.empty() ? "The scenario states none." : view.lesson,
              on.look.theme.text);
    heading(on, icon::eye, "What happened", "the truth, in short");
    for (const std::string& it : view.summary) say_point(on, it);
    if (shown.drift() != nullptr)
        for (const DriftedEnvironment& it : *shown.drift()) drift_rows(on, it);
    else if (!shown.shop().environments.empty())
        say_softly(on, "What staging did not have is being looked up.");
    if (view.background.empty()) return;
    heading(on, icon::info, "Background", "");
    say_softly(on, view.background);
}

void DebriefScreen::decisions(Widgets& on, const Debrief& shown) {
    const DecidedDay& all = shown.decided();
    if (all.decisions.empty()) {
        empty_state(on, icon::hand, "Nobody ordered anything",
                    "What would have been right? Try an order under What if.");
        return;
    }
    std::size_t people = 0, refused = 0, predicted = all.predicted_after.size();
    for (const Decided& it : all.decisions)
        people += !it.decision.by_machine, refused += it.decision.refused,
            predicted += it.predicted.size();
    heading(on, icon::hand, "Decisions",
            fmt::format("{} by people, {} by machines, {} refused \u00b7 {} \u00b7 {}", people,
                        all.decisions.size() - people, refused,
                        counted_text(all.hints, "hint", "hints"),
                        counted_text(predicted, "sealed prediction", "sealed predictions")));
    for (const Decided& it : all.decisions) decision(on, it);
    if (!all.predicted_after.empty())
        heading(on, icon::lock, "Foretold after the last decision", "");
    for (const Foretold& it : all.predicted_after)
        say_labelled(on, {"foretold", it.who + ", at " + plain_clock(it.at) + ": " + it.text});
    if (shown.explanation() == nullptr && shown.busy())
        say_softly(on, "The day without each of them is being played.");
    if (shown.view()->remarks.empty()) return;
    heading(on, icon::comment, "Remarks", "as they were made");
    for (const FactRow& it : shown.view()->remarks)
        figures_row(on, {.text = it.text, .number = plain_clock(it.at), .mark = it.mark});
}

void DebriefScreen::decision(Widgets& on, const Decided& it) {
    const Decision& row = it.decision;
    if (figures_row(on, {.text = row.order,
                         .under = row.who,
                         .number = plain_clock(row.at),
                         .beside = row.refused ? "refused" : "",
                         .tone = Tone::bad,
                         .mark = row.refused ? Mark::refused : Mark::order,
                         .mark_number = std::to_string(row.number),
                         .clickable = true,
                         .strong = true}))
        ask({.of = WhyAsked::Of::fact, .fact = row.fact});
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, on.look.px(3)});
    for (const Foretold& said : it.predicted)
        say_labelled(on,
                     {"foretold", said.who + ", at " + plain_clock(said.at) + ": " + said.text});
    for (const Foretold& said : it.expected)
        if (!said.text.empty()) say_labelled(on, {"expected", said.text});
    if (it.expected.empty() && !row.expected.empty()) say_labelled(on, {"expected", row.expected});
    say_labelled(on, {"happened", row.happened, row.refused ? Tone::bad : Tone::neutral});
    if (!row.after.empty()) say_labelled(on, {"failures", row.after});
    if (it.without && it.without->empty())
        say_labelled(on, {"without it",
                          "nothing that decisions are weighed by would be another by a twentieth",
                          Tone::neutral, true});
    bool first = true;
    for (const WithoutRow& each : it.without.value_or(std::vector<WithoutRow>{})) {
        say_labelled(on,
                     {first ? "without it" : "",
                      fmt::format("{} {}: it {} {}", each.key, ledger_text(each.key, each.without),
                                  each.helped ? "spared" : "cost",
                                  grouped_text(std::abs(each.without - each.was))),
                      each.helped ? Tone::good : Tone::bad});
        first = false;
    }
    ImGui::PopStyleVar();
    ImGui::Dummy({1, on.look.px(4)});
}

void DebriefScreen::ledger(Widgets& on, const Debrief& shown) {
    const DrillView& view = *shown.view();
    heading(on, icon::list, "Ledger", "click an account to ask why");
    toggle(on, "Show all", all_accounts_);
    const Explanation* why = shown.explanation();
    std::size_t left_out = 0;
    for (const LedgerRow& it : view.ledger) {
        const bool told = it.value.value_or(0) != 0 || it.key.starts_with("times.");
        if (!told && !all_accounts_) {
            ++left_out;
            continue;
        }
        std::string beside;
        if (why != nullptr)
            beside = ledger_text(it.key, outcome_value(why->other.outcome, it.key)) + " with " +
                     why->other.actor;
        if (figures_row(on, {.text = it.key,
                             .under = it.meaning,
                             .number = ledger_text(it.key, it.value),
                             .beside = beside,
                             .clickable = true}))
            ask({.of = WhyAsked::Of::figure, .key = it.key});
    }
    if (left_out > 0)
        say_softly(on, fmt::format("{} that stand at nought are left out.",
                                   counted_text(left_out, "account", "accounts")));
}

void DebriefScreen::findings(Widgets& on, Debrief& shown) {
    const DrillView& view = *shown.view();
    if (shown.others() == nullptr)
        say_softly(on, shown.busy() ? "Other answers to the same day are being played."
                                    : "No other answer to this day was played.");
    heading(on, icon::check, "Strengths", "beside another answer to the same day");
    for (const std::string& it : view.strengths) say_point(on, it);
    if (view.strengths.empty()) say_softly(on, "None that the ledger shows.");
    heading(on, icon::warning, "To improve", "each wants an owner and a date");
    for (const std::string& it : view.improvements) say_point(on, it);
    if (view.improvements.empty()) say_softly(on, "None that the ledger shows.");
    const WhatIf& what_if = view.what_if;
    if (what_if.lives.empty() || what_if.keys.empty()) return;
    heading(on, icon::users, "Other answers to the day", "click one to live it over this one");
    for (const OtherLife& it : what_if.lives) {
        std::string under;
        for (std::size_t k = 1; k < what_if.keys.size(); ++k)
            under += (k > 1 ? " \u00b7 " : "") + what_if.keys[k] + " " +
                     ledger_text(what_if.keys[k], it.values[k]) + (it.best[k] ? " (best)" : "");
        if (figures_row(on, {.text = it.actor,
                             .under = under,
                             .number = ledger_text(what_if.keys.front(), it.values.front()),
                             .beside = what_if.keys.front() + (it.best.front() ? ", best" : ""),
                             .tone = it.best.front() ? Tone::good : Tone::neutral,
                             .clickable = !it.the_drill,
                             .strong = it.the_drill}))
            tried_ = shown.try_actor(it.actor);
    }
}

}  // namespace rollcage
