#include "ui/view/drill_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/play/debrief.h"
#include "ui/view/luck_view.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

constexpr const char* the_drill = "the drill";
constexpr double worth_saying = .05;

// By what other answers are held against the drill's: failures first, then what lives are weighed
// by, and money. What nobody has is left out.
std::vector<std::string> compared_keys(const Outcome& own, const Comparison& others) {
    std::vector<std::string> keys{"requests.failed", "requests.refused"};
    for (const std::string& it : weighed_keys()) keys.push_back(it);
    for (const char* it : {"open.residue", "times.mitigate_s", "cost.total"}) keys.push_back(it);
    std::erase_if(keys, [&](const std::string& key) {
        return outcome_value(own, key).value_or(0) == 0 &&
               std::ranges::all_of(others.lives, [&](const ContestLife& it) {
                   return outcome_value(it.outcomes.front(), key).value_or(0) == 0;
               });
    });
    return keys;
}

// Whether a is so much better than b that it is worth a sentence. Never is worse than any time.
bool clearly_better(const std::string& key, std::optional<double> a, std::optional<double> b) {
    if (!a || !b) return key.starts_with("times.") && a && !b;
    const double gain = more_is_better(key) ? *a - *b : *b - *a;
    return gain >= std::max(1e-9, worth_saying * std::max(std::abs(*a), std::abs(*b))) &&
           (gain >= 1 || key.ends_with("share"));
}

std::string value_text(const std::string& key, std::optional<double> value) {
    if (!value) return key.starts_with("times.") ? "never" : "no data";
    if (key.ends_with("_s")) return seconds_text(*value);
    if (key.find("share") != std::string::npos) return fmt::format("{:.4g}%", 100 * *value);
    return grouped_text(*value);
}

WhatIf what_if_of(const Outcome& own, const Comparison* others) {
    WhatIf view;
    if (others == nullptr) return view;
    view.keys = compared_keys(own, *others);
    const auto add = [&](const std::string& actor, bool drill, const Outcome& outcome) {
        OtherLife life{actor, drill, {}, {}};
        for (const std::string& key : view.keys) life.values.push_back(outcome_value(outcome, key));
        life.best.resize(view.keys.size());
        view.lives.push_back(std::move(life));
    };
    add(the_drill, true, own);
    for (const ContestLife& it : others->lives) add(label(it), false, it.outcomes.front());
    for (std::size_t k = 0; k < view.keys.size(); ++k) {
        const bool more = more_is_better(view.keys[k]);
        std::optional<double> best, worst;
        for (const OtherLife& it : view.lives) {
            if (!it.values[k]) continue;
            const double value = *it.values[k];
            if (!best || (more ? value > *best : value < *best)) best = value;
            if (!worst || (more ? value < *worst : value > *worst)) worst = value;
        }
        if (best == worst) continue;
        for (OtherLife& it : view.lives) it.best[k] = it.values[k] == best;
    }
    return view;
}

// Where the drill stands by one number, in words.
std::string standing(const WhatIf& what_if) {
    if (what_if.lives.size() < 2) return "";
    const auto at = std::ranges::find(what_if.keys, weighed_keys().front());
    if (at == what_if.keys.end()) return "";
    const auto k = static_cast<std::size_t>(at - what_if.keys.begin());
    const auto own = what_if.lives.front().values[k];
    if (!own) return "";
    std::size_t better = 0;
    const OtherLife* best = nullptr;
    for (const OtherLife& it : what_if.lives) {
        if (it.the_drill || !it.values[k]) continue;
        better += clearly_better(*at, it.values[k], own);
        if (best == nullptr || *it.values[k] < *best->values[k]) best = &it;
    }
    if (best == nullptr) return "";
    if (better == 0)
        return fmt::format("Of {} other answers to the same day none was clearly better by {}.",
                           what_if.lives.size() - 1, *at);
    return fmt::format(
        "Of {} other answers to the same day {} {} clearly better by {}: the best, "
        "{}, had {} where the drill had {}.",
        what_if.lives.size() - 1, better, better == 1 ? "was" : "were", *at, best->actor,
        grouped_text(*best->values[k]), grouped_text(*own));
}

std::string what_happened(const WatchedDay& day) {
    const Outcome& it = day.life.outcome;
    const auto harmful = std::ranges::find_if(
        day.truth, [](const TrueMinute& minute) { return minute.sum.harmful(); });
    if (harmful == day.truth.end()) return "No minute of the day harmed anybody.";
    const SimTime began{(1_min).us * (harmful - day.truth.begin())};
    const auto after = [](const std::optional<double>& seconds, const char* never) {
        return seconds ? "after " + seconds_text(*seconds) : std::string{never};
    };
    std::string text = fmt::format("Harm began at {}. The first fact that told of it came {}; ",
                                   plain_clock(began), after(it.detect_s, "never"));
    text += it.mitigate_s ? "it stopped " + after(it.mitigate_s, "") : "it never stopped";
    return text + (it.recover_s ? ", and nothing was left to mend " + after(it.recover_s, "") + "."
                                : ", and something was left to mend at the end.");
}

std::vector<Tile> tiles_of(const Outcome& it) {
    std::vector<Tile> tiles;
    const auto add = [&](const char* key, const char* name, bool always = false) {
        const auto value = outcome_value(it, key);
        if (!always && value.value_or(0) == 0) return;
        std::string note = key;
        if (key == std::string_view{"requests.failed"} && it.offered > 0)
            note =
                fmt::format("{:.3g}% of {}",
                            100 * static_cast<double>(it.failed) / static_cast<double>(it.offered),
                            grouped_text(static_cast<double>(it.offered)));
        // Money and time are neither good nor bad by themselves; what never came is.
        const bool neutral = value && (note.starts_with("times.") || note.starts_with("cost."));
        const bool nought = value.value_or(1) == 0;
        tiles.push_back({name, value_text(key, value), note,
                         neutral  ? Tone::neutral
                         : nought ? Tone::good
                                  : Tone::bad,
                         key});
    };
    add("requests.failed", "failed requests", true);
    add("requests.refused", "refused requests");
    add("users.minutes_impacted", "impacted user-minutes", true);
    add("records.damaged", "damaged records");
    add("records.lost", "lost records");
    add("records.unreadable", "unreadable records");
    const bool harmed = it.detect_s || it.mitigate_s || it.failed + it.refused > 0;
    if (harmed) {
        add("times.detect_s", "until noticed", true);
        add("times.mitigate_s", "until harm stopped", true);
        add("times.recover_s", "until nothing to mend", true);
    }
    add("cost.total", "cost");
    return tiles;
}

std::vector<std::pair<std::string, std::string>> head_of(const DrillAsked& asked) {
    const RecordingHead& head = asked.recording->head;
    const WatchedDay& day = *asked.day;
    std::string knobs;
    for (const auto& [knob, value] : head.choices.knobs)
        knobs += (knobs.empty() ? "" : ", ") + knob + "=" + value;
    std::vector<std::pair<std::string, std::string>> rows{
        {"scenario", head.scenario + ", digest " + hex(source_digest(head.sources))},
        {"seed", std::to_string(head.choices.seed)},
        {"who decided", head.actor},
        {"plan", head.choices.plan.value_or("as the scenario has it")},
        {"knobs", knobs.empty() ? "as the scenario has them" : knobs},
        {"recorded by", "engine " + head.engine},
        {"played again by", "engine " + asked.engine},
        {"digest",
         hex(day.life.digest) + (asked.recording->digest.empty() ? " (the recording was cut off)"
                                 : day.as_recorded               ? ", as recorded"
                                                                 : ", NOT as recorded")},
        {"decisions until", plain_clock(day.decisions_end)},
        {"judged until", plain_clock(day.life.ended)}};
    return rows;
}

// What the drill did better, or worse, than others, key by key.
void find_differences(const DrillAsked& asked, const WhatIf& what_if, DrillView& view) {
    if (asked.others == nullptr) return;
    const OtherLife& own = what_if.lives.front();
    for (std::size_t k = 0; k < what_if.keys.size(); ++k) {
        const std::string& key = what_if.keys[k];
        const OtherLife* best = nullptr;
        const OtherLife* idle = nullptr;
        for (const OtherLife& it : what_if.lives) {
            if (it.the_drill) continue;
            if (it.actor == name(BuiltIn::nothing)) idle = &it;
            if (best == nullptr || clearly_better(key, it.values[k], best->values[k])) best = &it;
        }
        const auto said = [&](const OtherLife& other) {
            return fmt::format("{}: {} with {}, {} in the drill.", key,
                               value_text(key, other.values[k]), other.actor,
                               value_text(key, own.values[k]));
        };
        if (idle && clearly_better(key, own.values[k], idle->values[k]))
            view.strengths.push_back(said(*idle));
        if (idle && clearly_better(key, idle->values[k], own.values[k]))
            view.improvements.push_back(said(*idle));
        if (best && best != idle && clearly_better(key, best->values[k], own.values[k]))
            view.improvements.push_back(said(*best));
    }
}

// What the facts alone say of how it was done.
void find_habits(const WatchedDay& day, DrillView& view) {
    const Outcome& it = day.life.outcome;
    std::size_t refused = 0, unsure = 0;
    for (const Decision& row : view.decisions) refused += row.refused;
    for (const Occurrence& fact : day.life.facts)
        if (const auto* step = std::get_if<StepEnded>(&fact.fact))
            unsure += step->how != StepEnd::done;
    if (refused > 0)
        view.improvements.push_back(
            fmt::format("{} of {} orders were refused.", refused, view.decisions.size()));
    if (unsure > 0)
        view.improvements.push_back(
            fmt::format("{} steps of runbooks went wrong or took too long.", unsure));
    if (it.gates_skipped > 0)
        view.improvements.push_back(fmt::format("{} gates were passed over.", it.gates_skipped));
    if (it.open_residue > 0)
        view.improvements.push_back(
            fmt::format("{} records or jobs were left that nothing will mend by itself.",
                        grouped_text(static_cast<double>(it.open_residue))));
    if (it.mitigate_s && !view.decisions.empty() && refused == 0)
        view.strengths.push_back(
            fmt::format("Harm stopped {} after it began, and no order was refused.",
                        seconds_text(*it.mitigate_s)));
}

void sum_up(const DrillAsked& asked, DrillView& view) {
    const WatchedDay& day = *asked.day;
    view.summary.push_back(what_happened(day));
    if (asked.others != nullptr)
        for (const ContestLife& it : asked.others->lives)
            if (it.actor == name(BuiltIn::nothing))
                view.summary.push_back(
                    debrief(the_drill, day.life.outcome, it.actor, it.outcomes.front()));
    if (const std::string text = standing(view.what_if); !text.empty())
        view.summary.push_back(text);
    std::size_t people = 0;
    for (const Decision& it : view.decisions) people += !it.by_machine;
    view.summary.push_back(fmt::format("Decisions by people: {}; by machines: {}.", people,
                                       view.decisions.size() - people));
    if (asked.luck != nullptr)
        for (const std::string& it : luck_sentences(*asked.luck))
            if (it.starts_with(weighed_keys().front())) view.summary.push_back(it);
}

}  // namespace

DrillView drill_view(const DrillAsked& asked) {
    const WatchedDay& day = *asked.day;
    const Scenario& scenario = day.scenario;
    DrillView view;
    view.title = scenario.title.empty() ? scenario.name : scenario.title;
    view.scenario = scenario.name;
    view.briefing = scenario.briefing, view.lesson = scenario.lesson;
    view.background = scenario.background;
    view.until_s = day.life.ended.seconds();
    view.decisions_end_s = std::min(view.until_s, day.decisions_end.seconds());
    view.head = head_of(asked);
    view.tiles = tiles_of(day.life.outcome);
    view.tracks = tracks_of(day);
    view.decisions = decisions_of(day);
    view.remarks = remarks_of(day.remarks);
    view.evidence = evidence_of(day);
    for (const Occurrence& it : day.life.facts)
        view.facts.push_back({it.at, mark_of(it.fact), headline(it, scenario.blueprint->names)});
    for (const std::string& key : outcome_keys()) {
        const auto value = outcome_value(day.life.outcome, key);
        if (value || key.starts_with("times."))
            view.ledger.push_back({key, meaning_of(key), value, more_is_better(key)});
    }
    view.what_if = what_if_of(day.life.outcome, asked.others);
    find_differences(asked, view.what_if, view);
    find_habits(day, view);
    sum_up(asked, view);
    return view;
}

std::vector<std::string> telling_lives(const Comparison& others) {
    std::vector<std::string> telling;
    const ContestLife* best = nullptr;
    const auto worth = [](const ContestLife& it) {
        return outcome_value(it.outcomes.front(), weighed_keys().front());
    };
    for (const ContestLife& it : others.lives) {
        if (it.actor == name(BuiltIn::nothing)) telling.push_back(it.actor);
        if (worth(it) && (best == nullptr || *worth(it) < *worth(*best))) best = &it;
    }
    if (best != nullptr && std::ranges::find(telling, best->actor) == telling.end())
        telling.push_back(best->actor);
    return telling;
}

std::string ledger_text(const std::string& key, const std::optional<double>& value) {
    return value_text(key, value);
}

}  // namespace rollcage
