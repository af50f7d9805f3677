#include "ui/view/explain_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/play/debrief.h"
#include "scenarios/play/outcome_keys.h"
#include "ui/view/drift_view.h"
#include "ui/view/outcome_view.h"
#include "ui/view/plot_view.h"

namespace rollcage {
namespace {

constexpr std::size_t text_wide = 80;

std::string clock(SimTime at) {
    return clock_text(at).substr(0, 8);
}

// Indented, with every line after the first under the text.
std::string item(const std::string& text, std::size_t indent = 2) {
    const std::string lines = wrapped(text, text_wide - indent - 2);
    std::string all(indent, ' ');
    for (const char c : lines) {
        all += c;
        if (c == '\n') all += std::string(indent + 2, ' ');
    }
    return all + "\n";
}

std::string fact_line(const ButFor& day, std::size_t nth) {
    const Occurrence& it = day.was.facts[nth];
    return fmt::format("#{}  {}  {}", nth + 1, clock(it.at),
                       headline(it, day.scenario.blueprint->names));
}

std::string title(const ButFor& day) {
    return fmt::format("{}  seed {}  {}\n", day.scenario.name, day.was.seed, day.was.actor);
}

std::string swing_lines(const std::vector<Swing>& all, std::size_t most) {
    std::string text;
    for (std::size_t i = 0; i < std::min(most, all.size()); ++i) {
        const double more = all[i].was - all[i].without;
        text += item(fmt::format("{}: {}, {} {}", influence_text(*all[i].of),
                                 grouped_text(all[i].without), grouped_text(std::abs(more)),
                                 more > 0 ? "fewer" : "more"));
    }
    return text;
}

// What the draws had to do with a fact: how often it came with others, and when.
std::string chance_text(const FactWhy& why) {
    if (why.redrawn.empty()) return "";
    std::vector<SimTime> came;
    for (const auto& it : why.redrawn)
        if (it) came.push_back(*it);
    std::string text = fmt::format(
        "With other draws, and all else the same, it came on {} of {} "
        "days",
        came.size(), why.redrawn.size());
    if (came.empty()) return text + ".";
    const auto [first, last] = std::ranges::minmax(came);
    text += first == last ? ", always at " + clock(first)
                          : ", between " + clock(first) + " and " + clock(last);
    return text + ".";
}

std::string chance_of(const ButFor& day, const std::string& key) {
    const std::string text = on_other_draws(day, key);
    return text.empty() ? "" : item(text);
}

bool worth_asking(const Fact& fact) {
    return tells_of_trouble(fact) || std::holds_alternative<Ordered>(fact) ||
           std::holds_alternative<Refused>(fact);
}

}  // namespace

std::string met_text(const Met& it, const Names& names) {
    const std::string build = names.services[it.service.index] + " " + names.builds[it.build.index];
    switch (it.why) {
        case Met::Why::defect:
            return build + ": attempts that failed by what " + change_name(names, it.what) +
                   " hides";
        case Met::Why::unreadable:
            return build + ": attempts that met rows of " + names.stores[it.what] +
                   " in a form that it cannot read";
        case Met::Why::store_away:
            return build + ": attempts that found no " + names.stores[it.what] + " there";
        case Met::Why::call_failed:
            return build + ": attempts that failed because something it calls did";
        case Met::Why::from_outside: return build + ": attempts that were broken from outside";
        case Met::Why::too_late:
            return build + ": attempts that were turned away, or answered too late";
    }
    return build;
}

std::string spoilt_text(const Spoilt& it, const Names& names) {
    static constexpr std::array<const char*, 10> how{
        "records damaged as they were written",
        "records damaged by a later write",
        "records damaged by being read wrong and written back",
        "records lost",
        "records doubled",
        "accepted writes taken back",
        "messages set aside unread",
        "jobs orphaned",
        "sessions lost",
        "records damaged as the half of them that was right was dropped"};
    std::string text = names.stores[it.store.index] + ": " + how[static_cast<std::size_t>(it.how)];
    for (std::size_t i = 0; i < it.at_it.size(); ++i) {  // Who did not read, or did write wrong.
        const std::uint32_t build = it.at_it[i].index;
        text += (i == 0 ? ", by " : " and ") + names.services[names.build_of[build].index] + " " +
                names.builds[build];
    }
    return text;
}

std::string on_other_draws(const ButFor& day, const std::string& key) {
    std::vector<double> values;
    for (const Life& it : day.redrawn)
        if (const auto value = outcome_value(it.outcome, key)) values.push_back(*value);
    if (values.empty()) return "";
    const auto [least, most] = std::ranges::minmax(values);
    const std::string reach = grouped_text(least) == grouped_text(most)
                                  ? grouped_text(least)
                                  : grouped_text(least) + " to " + grouped_text(most);
    return fmt::format("with other draws, and all else the same: {} on {} days", reach,
                       values.size());
}

std::string influence_text(const Influence& it) {
    const bool change = it.kind == Influence::Kind::defects || it.kind == Influence::Kind::form;
    return change ? it.text + (it.at > SimTime{} ? ", met from " + clock(it.at) : "")
                  : clock(it.at) + "  " + it.text;
}

std::vector<Swing> swings(const ButFor& day, const std::string& key) {
    std::vector<Swing> all;
    const auto was = outcome_value(day.was.outcome, key);
    for (const Without& it : day.without)
        if (const auto without = outcome_value(it.life.outcome, key);
            was && without && *was != *without)
            all.push_back({&it.what, *was, *without});
    std::ranges::stable_sort(all, [](const Swing& a, const Swing& b) {
        return std::abs(a.was - a.without) > std::abs(b.was - b.without);
    });
    return all;
}

std::vector<Wrong> wrongs(const Explanation& all) {
    const Names& names = all.day.scenario.blueprint->names;
    std::vector<Wrong> list;
    const auto note = [&](const std::string& what, double count, double other, SimTime first,
                          SimTime last) {
        const auto it = std::ranges::find(list, what, &Wrong::what);
        if (it == list.end())
            list.push_back({what, count, other, first, last});
        else
            it->other += other;
    };
    constexpr double worth_telling = 1;
    for (const Met& it : all.truth.met)
        if (it.attempts >= worth_telling)
            note(met_text(it, names), it.attempts, 0, it.first, it.last);
    for (const Spoilt& it : all.truth.spoilt)
        note(spoilt_text(it, names), static_cast<double>(it.records), 0, it.first, it.last);
    for (const Met& it : all.of_other.met)
        if (it.attempts >= worth_telling)
            note(met_text(it, names), 0, it.attempts, it.first, it.last);
    for (const Spoilt& it : all.of_other.spoilt)
        note(spoilt_text(it, names), 0, static_cast<double>(it.records), it.first, it.last);
    return list;
}

std::vector<std::string> moved_keys(const ButFor& day) {
    std::vector<std::string> keys;
    for (const std::string& key : weighed_keys())
        if (!swings(day, key).empty()) keys.push_back(key);
    return keys;
}

std::vector<std::size_t> telling_facts(const ButFor& day, std::size_t most) {
    std::vector<std::size_t> facts;
    std::vector<std::string> told;
    for (std::size_t i = 0; i < day.was.facts.size() && facts.size() < most; ++i) {
        const Fact& fact = day.was.facts[i].fact;
        const std::string what = identity(fact, day.scenario.blueprint->names);
        if (!worth_asking(fact) || std::ranges::find(told, what) != told.end()) continue;
        facts.push_back(i);
        told.push_back(what);
    }
    return facts;
}

std::string explain_day(const Explanation& all) {
    const ButFor& day = all.day;
    constexpr std::size_t most_swings = 4, most_facts = 16;
    std::string text =
        title(day) + "\n" +
        wrapped(debrief(day.was.actor, day.was.outcome, all.other.actor, all.other.outcome),
                text_wide) +
        "\n";
    const std::vector<Wrong> list = wrongs(all);
    if (!list.empty())
        text += "\nWhat went wrong, and how much of it with " + all.other.actor + "\n";
    for (const Wrong& it : list)
        text += item(fmt::format(
            "{}  {} ({} to {}); {} with {}", grouped_text(std::round(it.count)), it.what,
            clock(it.first), clock(it.last), grouped_text(std::round(it.other)), all.other.actor));
    for (const std::string& key : moved_keys(day)) {
        const auto was = outcome_value(day.was.outcome, key);
        text += fmt::format("\n{} was {}. It would have been without\n", key, grouped_text(*was));
        text += swing_lines(swings(day, key), most_swings) + chance_of(day, key);
    }
    std::string facts;
    for (const std::size_t it : telling_facts(day, most_facts)) facts += item(fact_line(day, it));
    if (!facts.empty()) text += "\nAsk why of any fact by its number, or of a figure by its name\n";
    return text + facts;
}

namespace {

FactLink link_of(const ButFor& day, std::size_t nth, const FactWhy& why) {
    const Occurrence& fact = day.was.facts[nth];
    FactLink link{.fact = nth};
    link.effect = command_of(fact.fact) != nullptr && !std::holds_alternative<Ordered>(fact.fact);
    for (std::size_t i = 0; i < day.without.size(); ++i) {
        const Influence& it = day.without[i].what;
        const bool itself = it.kind == Influence::Kind::order && it.at == fact.at &&
                            std::holds_alternative<Ordered>(fact.fact);
        if (itself) continue;
        if (!why.at[i])
            link.never.push_back(&it);
        else if (*why.at[i] != fact.at)
            link.moved.push_back({&it, *why.at[i] - fact.at});
        else
            ++link.same;
    }
    link.chance = chance_text(why);
    return link;
}

std::string needs_text(const FactLink& link) {
    std::string text;
    if (!link.never.empty()) text += "  It would never have come without\n";
    for (const Influence* it : link.never) text += item(influence_text(*it), 4);
    if (!link.moved.empty()) text += "  It would have come at another time without\n";
    for (const FactMoved& it : link.moved)
        text += item(influence_text(*it.without) + ": " + moved_text(it), 4);
    if (link.never.empty() && link.moved.empty())
        text += "  Nothing that was done brought it about.\n";
    if (link.same > 0)
        text += fmt::format("  {} {} nothing to do with it.\n", link.same,
                            link.same == 1 ? "other thing has" : "other things have");
    return text + (link.chance.empty() ? "" : item(link.chance));
}

}  // namespace

std::string moved_text(const FactMoved& it) {
    const bool later = it.by > Duration{};
    return length_text(later ? it.by : Duration{} - it.by) + (later ? " later" : " earlier");
}

std::vector<FactLink> fact_chain(const ButFor& day, std::size_t nth) {
    std::vector<FactLink> chain;
    for (std::optional<std::size_t> at = nth; at;) {
        const FactWhy because = why(day, *at);
        chain.push_back(link_of(day, *at, because));
        at = because.after;
    }
    return chain;
}

std::string explain_fact(const ButFor& day, std::size_t nth) {
    std::string text = title(day) + "\n";
    const std::vector<FactLink> chain = fact_chain(day, nth);
    for (std::size_t i = 0; i < chain.size(); ++i) {
        const bool last = i + 1 == chain.size();
        text += fact_line(day, chain[i].fact) + "\n";
        if (!chain[i].effect || last) text += needs_text(chain[i]);
        if (!last)
            text += chain[i].effect ? "  It was ordered\n"
                                    : "  What was last known to be wrong before it was ordered\n";
    }
    return text;
}

std::string explain_figure(const ButFor& day, const std::string& key) {
    const auto was = outcome_value(day.was.outcome, key);
    std::string text = title(day) + "\n";
    if (!was) return text + key + ": this day has no such thing\n";
    const std::vector<Swing> all = swings(day, key);
    if (all.empty())
        return text +
               fmt::format("{} was {}, and would have been without any one thing that was done.\n",
                           key, grouped_text(*was)) +
               chance_of(day, key);
    text += fmt::format("{} was {}. It would have been without\n", key, grouped_text(*was));
    text += swing_lines(all, all.size()) + chance_of(day, key);
    return text +
           fmt::format("{} other things change nothing of it.\n", day.without.size() - all.size());
}

namespace {

std::string as_text(const Overlooked& it) {
    std::string needs;
    for (const Dimension each : it.needs)
        needs += (needs.empty() ? "" : ", ") + std::string{name(each)};
    const std::string has =
        it.needs.empty()
            ? ""
            : fmt::format("; it needs production's {}, and of {} the stage has {:.0f}%", needs,
                          name(it.needs.front()), 100 * it.has.value());
    switch (it.because) {
        case Overlooked::Because::found: return "it was found" + has;
        case Overlooked::Because::out_of_reach: return "out of reach" + has;
        case Overlooked::Because::drift:
            return "out of reach since \"" + it.difference + "\" is another than in production" +
                   has;
        case Overlooked::Because::not_met:
            return "within reach, and no test met it or knew it for wrong" + has;
    }
    return has;
}

std::string opened(const Names& names, const ChangeWalk& walk) {
    std::string text = fmt::format("{} hides {} {}", change_name(names, walk.key), walk.hides,
                                   walk.hides == 1 ? "defect" : "defects");
    if (walk.new_form) text += " and brings a new form";
    text += "; it is in";
    for (std::size_t i = 0; i < walk.builds.size(); ++i)
        text += (i > 0 ? ", " : " ") + names.builds[walk.builds[i].index];
    return text + ".\n";
}

// A halt in time, which then keeps it from everybody; a flag, whenever it is switched.
std::string could_stop(const Names& names, const ChangeWalk& walk) {
    std::string text;
    for (const Reached& it : walk.reached)
        text += item(fmt::format("a halt of {} before {}; by {} it had reached {:.4g}% of users",
                                 names.builds[it.build.index], clock(it.first), clock(it.most_at),
                                 100 * it.most.value()));
    for (const SettingId it : walk.behind)
        text += item(fmt::format("the flag {}, which is in front of it: off, it does nothing",
                                 names.settings[it.index]));
    if (walk.behind.empty()) text += item("no flag: none is in front of it");
    return text;
}

}  // namespace

std::string explain_change(const Scenario& scenario, const ChangeWalk& walk) {
    const Names& names = scenario.blueprint->names;
    std::string text = opened(names, walk);
    if (walk.steps.empty())
        text += "\nNo build that has it set out today.\n";
    else
        text += "\nIts way\n";
    for (const WalkStep& it : walk.steps) {
        text += item(clock(it.at) + "  " + it.what);
        for (const Overlooked& each : it.stage) text += item(as_text(each), 12);
    }
    if (walk.reached.empty()) return text + "\nNo user ever met it.\n";
    text += "\nUsers\n";
    for (const Reached& it : walk.reached)
        text += item(fmt::format("{}  the first on {}; at most {:.4g}%, at {}", clock(it.first),
                                 names.builds[it.build.index], 100 * it.most.value(),
                                 clock(it.most_at)));
    return text + "\nWhat could have stopped it\n" + could_stop(names, walk);
}

namespace {

std::string since(const std::optional<SimTime>& from, const std::optional<SimTime>& until) {
    return from && until ? length_text(*until - *from) : "-";
}

}  // namespace

std::string explain_time(const ResponseTimes& response) {
    std::string text;
    if (!response.harm_began) return "Nobody was harmed; there was nothing to respond to.\n";
    text += fmt::format("harm began at {}\n", clock(*response.harm_began));
    text += fmt::format("  detect  {}\n", since(response.harm_began, response.known));
    text += fmt::format("  decide  {}\n", since(response.known, response.first_order));
    for (const OrderTimes& it : response.orders) {
        text += fmt::format("\n{}  {}\n", clock(it.given), it.order);
        if (!it.took_effect) {
            text += it.refused ? "  refused\n" : "  it never took effect\n";
            continue;
        }
        text += fmt::format("  carry out and approve  {}\n", since(it.given, it.took_effect));
        for (const auto& [what, took] : {std::pair{"build and test", it.tested},
                                         {"pull", it.pulled},
                                         {"boot", it.booted},
                                         {"waves", it.in_waves},
                                         {"propagate", it.propagated}})
            if (took > Duration{}) text += fmt::format("  {:<22} {}\n", what, length_text(took));
        text += fmt::format("  done after             {}\n", since(it.given, it.done));
    }
    text += response.harm_ended ? fmt::format("\nharm ended at {}, {} after it began\n",
                                              clock(*response.harm_ended),
                                              since(response.harm_began, response.harm_ended))
                                : "\nharm went on to the end\n";
    return text;
}

}  // namespace rollcage
