// Why: of the whole day, of a fact, of a number, of an instant; each row leads on to the next why.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/play/debrief.h"
#include "scenarios/play/outcome_keys.h"
#include "ui/desk/debrief_parts.h"
#include "ui/desk/debrief_screen.h"
#include "ui/desk/time_plot.h"

namespace rollcage {
namespace {

constexpr std::size_t rows_of_a_figure = 4, facts_to_ask = 16;

std::string more_or_fewer(const std::optional<double>& difference) {
    if (!difference) return "";
    return grouped_text(std::abs(*difference)) + (*difference > 0 ? " more" : " fewer");
}

// Of numbers in a text: "26 min later", "12% more".
std::string apart_text(const std::string& key, const std::optional<double>& difference) {
    if (!difference) return "";
    if (key.ends_with("_s"))
        return seconds_text(std::abs(*difference)) + (*difference > 0 ? " longer" : " sooner");
    if (key.find("share") != std::string::npos)
        return fmt::format("{:.3g} points {}", 100 * std::abs(*difference),
                           *difference > 0 ? "more" : "less");
    return more_or_fewer(difference);
}

void without_rows(Widgets& on, const FigureWhy& why, std::size_t most) {
    for (std::size_t i = 0; i < std::min(most, why.without.size()); ++i) {
        const FigureRow& it = why.without[i];
        figures_row(on, {.text = it.text,
                         .number = ledger_text(why.key, it.value),
                         .beside = apart_text(why.key, it.difference),
                         .tone = it.better ? Tone::good : Tone::bad});
    }
}

void drawn_anew(Widgets& on, const FigureWhy& why) {
    if (why.days == 0) return;
    const std::string least = ledger_text(why.key, why.least),
                      most = ledger_text(why.key, why.most);
    figures_row(on, {.text = "with other draws, and all else the same",
                     .under = fmt::format("on {} days", why.days),
                     .number = least == most ? least : least + " to " + most});
}

std::string second_text(SimTime at) {
    return clock_text(at).substr(0, 8);
}

void wrong_rows(Widgets& on, const std::vector<Wrong>& wrongs, const std::string& other) {
    for (const Wrong& it : wrongs)
        figures_row(on, {.text = it.what,
                         .under = (it.count == 0 ? "only with " + other + ", " : "") +
                                  second_text(it.first) + " to " + second_text(it.last),
                         .number = grouped_text(std::round(it.count)),
                         .beside = grouped_text(std::round(it.other)) + " with " + other});
}

}  // namespace

void DebriefScreen::ask(WhyAsked asked) {
    trail_.push_back(std::move(asked));
    ++asked_;
    tab_ = Tab::why;
}

void DebriefScreen::ask_moment(const Debrief& shown, const Plot& plot, double at_s) {
    const double most_s = std::max(0.0, shown.view()->until_s - 1);
    const auto second = static_cast<std::int64_t>(std::clamp(at_s, 0.0, most_s));
    WhyAsked asked{.of = WhyAsked::Of::moment};
    asked.at = SimTime{second * 1'000'000};
    asked.service = plots_[plot_].service;
    for (const PlotSeries& it : plot.series)
        if (const auto value = value_at(it.points, at_s))
            asked.drawn.emplace_back(plot.title + ", " + it.name + (it.known ? ", as shown" : ""),
                                     grouped_text(*value) + (plot.unit == "%" ? "%" : ""));
    if (asked.at.seconds() < shown.view()->decisions_end_s) at_ = asked.at;
    ask(std::move(asked));
}

// What is asked is worked out once, and again when more is known.
void DebriefScreen::see_why(const Debrief& shown) {
    if (because_.known == shown.known() && because_.asked == asked_) return;
    because_ = {};
    because_.known = shown.known(), because_.asked = asked_;
    const Explanation* all = shown.explanation();
    if (all == nullptr) return;
    if (trail_.empty()) {
        const ButFor& day = all->day;
        because_.debrief =
            rollcage::debrief(day.was.actor, day.was.outcome, all->other.actor, all->other.outcome);
        because_.wrongs = wrongs(*all);
        for (const std::string& key : moved_keys(day))
            because_.figures.push_back(figure_why(*all, key));
        because_.facts = telling_facts(day, facts_to_ask);
        return;
    }
    const WhyAsked& asked = trail_.back();
    switch (asked.of) {
        case WhyAsked::Of::fact: because_.chain = fact_chain(all->day, asked.fact); break;
        case WhyAsked::Of::figure: because_.figures = {figure_why(*all, asked.key)}; break;
        case WhyAsked::Of::moment:
            because_.moment = moment_why(*all, asked.at, asked.service);
            break;
    }
}

void DebriefScreen::why(Widgets& on, Debrief& shown) {
    if (!trail_.empty()) {
        const bool back = button(on, "Back", {.icon = icon::undo});
        ImGui::SameLine();
        const bool day = button(on, "The whole day", {.icon = icon::eye, .weight = Weight::ghost});
        if (back) trail_.pop_back();
        if (day) trail_.clear();
        if (back || day) ++asked_, on.keep_drawing();
    }
    see_why(shown);
    if (trail_.empty()) return why_day(on, shown);
    switch (trail_.back().of) {
        case WhyAsked::Of::fact: return why_fact(on, shown);
        case WhyAsked::Of::figure: return why_figure(on, shown);
        case WhyAsked::Of::moment: return why_moment(on, shown);
    }
}

namespace {

void not_yet(Widgets& on, const Debrief& shown) {
    say_softly(on, shown.busy() ? "The same day is being played without each thing that was done "
                                  "to it, and on other draws."
                                : "This day could not be played without what was done to it.");
}

}  // namespace

void DebriefScreen::fact_row(Widgets& on, const Debrief& shown, std::size_t fact) {
    const FactRow& it = shown.view()->facts[fact];
    if (figures_row(on, {.text = it.text + "##fact " + std::to_string(fact),
                         .number = plain_clock(it.at),
                         .mark = it.mark,
                         .clickable = true}))
        ask({.of = WhyAsked::Of::fact, .fact = fact});
}

void DebriefScreen::why_day(Widgets& on, const Debrief& shown) {
    const Explanation* all = shown.explanation();
    if (all == nullptr) return not_yet(on, shown);
    paragraph(on, because_.debrief, on.look.theme.text);
    if (!because_.wrongs.empty()) {
        heading(on, icon::warning, "What went wrong", "nobody saw this then");
        wrong_rows(on, because_.wrongs, all->other.actor);
    }
    for (const FigureWhy& it : because_.figures) {
        heading(on, icon::chart, it.key + " was " + ledger_text(it.key, it.was),
                "it would have been without");
        without_rows(on, it, rows_of_a_figure);
        drawn_anew(on, it);
        if (button(on, "All of " + it.key, {.icon = icon::question, .weight = Weight::ghost}))
            return ask({.of = WhyAsked::Of::figure, .key = it.key});
    }
    if (because_.facts.empty()) return;
    heading(on, icon::question, "Ask why of a fact", "or click any number, plot or lane");
    const std::vector<std::size_t> facts = because_.facts;
    for (const std::size_t it : facts) fact_row(on, shown, it);
}

void DebriefScreen::why_fact(Widgets& on, const Debrief& shown) {
    const std::size_t asked = trail_.back().fact;
    const std::vector<FactRow>& facts = shown.view()->facts;
    heading(on, icon::question, "Why " + plain_clock(facts[asked].at), "");
    figures_row(on, {.text = facts[asked].text,
                     .number = plain_clock(facts[asked].at),
                     .mark = facts[asked].mark,
                     .strong = true});
    if (shown.explanation() == nullptr) return not_yet(on, shown);
    const std::vector<FactLink>& chain = because_.chain;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        const FactLink& link = chain[i];
        const bool last = i + 1 == chain.size();
        if (i > 0) {
            heading(on, icon::branch,
                    chain[i - 1].effect ? "It was ordered" : "What was last known to be wrong",
                    chain[i - 1].effect ? "" : "before it was ordered");
            const FactRow& it = facts[link.fact];
            figures_row(
                on,
                {.text = it.text, .number = plain_clock(it.at), .mark = it.mark, .strong = true});
        }
        if (link.effect && !last) continue;
        if (!link.never.empty()) say_softly(on, "It would never have come without");
        for (const Influence* it : link.never) figures_row(on, {.text = influence_text(*it)});
        if (!link.moved.empty()) say_softly(on, "It would have come at another time without");
        for (const FactMoved& it : link.moved)
            figures_row(on, {.text = influence_text(*it.without), .number = moved_text(it)});
        if (link.never.empty() && link.moved.empty())
            say_softly(on, "Nothing that was done brought it about.");
        if (link.same > 0)
            say_softly(on, fmt::format("{} {} nothing to do with it.", link.same,
                                       link.same == 1 ? "other thing has" : "other things have"));
        if (!link.chance.empty()) say_softly(on, link.chance);
    }
}

void DebriefScreen::why_figure(Widgets& on, const Debrief& shown) {
    const std::string key = trail_.back().key;
    const auto was = outcome_value(shown.day()->life.outcome, key);
    heading(on, icon::question, key, "");
    figures_row(on, {.text = meaning_of(key), .number = ledger_text(key, was), .strong = true});
    for (const Tried& it : shown.tried()) {
        if (!it.life) continue;
        const auto value = outcome_value(it.life->day.life.outcome, key);
        const auto difference = value && was ? std::optional{*value - *was} : std::nullopt;
        figures_row(on, {.text = "in the life \"" + it.life->name + "\"",
                         .number = ledger_text(key, value),
                         .beside = apart_text(key, difference)});
    }
    if (shown.explanation() == nullptr || because_.figures.empty()) return not_yet(on, shown);
    const FigureWhy& why = because_.figures.front();
    const auto difference =
        why.of_other && was ? std::optional{*why.of_other - *was} : std::nullopt;
    figures_row(on, {.text = "with " + why.other + " on the same day",
                     .number = ledger_text(key, why.of_other),
                     .beside = apart_text(key, difference)});
    drawn_anew(on, why);
    if (why.without.empty())
        return say_softly(on, "It would have been the same without any one thing that was done.");
    heading(on, icon::branch, "It would have been without", "what makes most difference first");
    without_rows(on, why, why.without.size());
    if (why.same > 0)
        say_softly(on, fmt::format("{} other {} nothing of it.", why.same,
                                   why.same == 1 ? "thing changes" : "things change"));
}

void DebriefScreen::why_moment(Widgets& on, Debrief& shown) {
    const WhyAsked asked = trail_.back();
    const std::string where =
        asked.service ? shown.day()->scenario.blueprint->names.services[asked.service->index]
                      : "the whole day";
    heading(on, icon::clock, "Why at " + second_text(asked.at), where);
    for (const auto& [what, value] : asked.drawn) figures_row(on, {.text = what, .number = value});
    if (asked.at.seconds() < shown.view()->decisions_end_s) {
        if (button(on, "Decide otherwise then", {.icon = icon::branch, .weight = Weight::primary}))
            at_ = asked.at, tab_ = Tab::what_if;
    } else {
        say_softly(on, "Nobody decides any more then.");
    }
    if (shown.explanation() == nullptr || !because_.moment) return not_yet(on, shown);
    const MomentWhy moment = *because_.moment;
    heading(on, icon::warning, "What went wrong then",
            moment.wrongs.empty() ? "" : "in all, over the time for which it did");
    if (moment.wrongs.empty()) say_softly(on, "Nothing that anybody met or that was stored.");
    wrong_rows(on, moment.wrongs, shown.explanation()->other.actor);
    heading(on, icon::branch, "What had begun by then", "and the day would be another without");
    if (moment.causes.empty()) say_softly(on, "Nothing that was done had made a difference yet.");
    for (const MomentCause& it : moment.causes)
        figures_row(on, {.text = it.text,
                         .under = it.key + " would have been",
                         .number = ledger_text(it.key, it.without),
                         .beside = "instead of " + ledger_text(it.key, it.was),
                         .tone = it.worse_without ? Tone::bad : Tone::good});
    if (!moment.before.empty()) heading(on, icon::list, "Known by then", "the last facts");
    for (const std::size_t it : moment.before) fact_row(on, shown, it);
    if (!moment.after.empty()) heading(on, icon::list, "And after it", "the next facts");
    for (const std::size_t it : moment.after) fact_row(on, shown, it);
}

}  // namespace rollcage
