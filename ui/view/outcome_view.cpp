#include "ui/view/outcome_view.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace rollcage {
namespace {

using nlohmann::json;

json nulls(std::initializer_list<const char*> keys) {
    json object = json::object();
    for (const char* key : keys) object[key] = nullptr;
    return object;
}

json maybe(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? json(*value) : json(nullptr);
}

// Whole numbers stay whole on paper.
json tidy(const std::optional<double>& value) {
    if (value && std::abs(*value) < 9e15 && *value == std::floor(*value))
        return static_cast<std::int64_t>(*value);
    return maybe(value);
}

json environments_json(const Outcome& outcome) {
    json all = json::object();
    for (const Outcome::Environment& it : outcome.environments) {
        json missed = json::array();
        for (const auto& [build, difference] : it.missed)
            missed.push_back({{"build", build}, {"difference", difference}});
        all[it.name] = {{"differences", it.differences}, {"missed", missed}};
    }
    return all;
}

json outcome_json(const Outcome& it) {
    json users{{"share_exposed_ever", it.share_exposed_ever},
               {"share_exposed_peak", it.share_exposed_peak}};
    users["logged_out"] = it.logged_out;
    users["minutes_impacted"] = static_cast<double>(it.user_minutes_impacted_ppm) * 1e-6;
    json records = json::object();
    for (const Outcome::Records& store : it.records)
        records[store.store] = {{"accepted", store.accepted},
                                {"sound", store.sound},
                                {"diverged", store.diverged},
                                {"damaged", store.damaged},
                                {"lost", store.lost},
                                {"doubled", store.doubled},
                                {"stranded", store.stranded},
                                {"dead_lettered", store.dead_lettered},
                                {"undone", store.undone},
                                {"by_hand", store.by_hand},
                                {"stale_reads", store.stale_reads},
                                {"unreadable", store.unreadable},
                                {"unreadable_minutes", store.unreadable_minutes}};
    json cost =
        nulls({"total", "requests", "data", "people", "machines", "environments", "worth_delayed"});
    if (it.cost)
        cost = {{"total", it.cost->total()},
                {"requests", it.cost->requests},
                {"data", it.cost->data},
                {"people", it.cost->people},
                {"machines", it.cost->machines},
                {"environments", it.cost->environments},
                {"worth_delayed", it.cost->worth_delayed}};
    return {{"requests",
             {{"offered", it.offered},
              {"good", it.good},
              {"failed", it.failed},
              {"refused", it.refused},
              {"slow", it.slow},
              {"pending", it.pending},
              {"misled", it.misled}}},
            {"users", users},
            {"budget", {{"burned_share", maybe(it.budget_burned_share)}}},
            {"records", records},
            {"jobs", {{"finished", it.jobs_finished}, {"orphaned", it.jobs_orphaned}}},
            {"effects",
             {{"sent", it.effects_sent},
              {"doubled", it.effects_doubled},
              {"unmatched", it.effects_unmatched}}},
            {"open", {{"harm_per_hour", it.open_harm_per_hour}, {"residue", it.open_residue}}},
            {"times",
             {{"detect_s", maybe(it.detect_s)},
              {"mitigate_s", maybe(it.mitigate_s)},
              {"recover_s", maybe(it.recover_s)}}},
            {"delivery",
             {{"deploys", it.deploys},
              {"lead_time_s", maybe(it.lead_time_s)},
              {"change_fail_share", maybe(it.change_fail_share)},
              {"rework_share", maybe(it.rework_share)},
              {"false_red_share", maybe(it.false_red_share)},
              {"gates_skipped", it.gates_skipped}}},
            {"worth", {{"delivered", it.worth_delivered}, {"delayed", it.worth_delayed}}},
            {"environments", environments_json(it)},
            {"people", {{"toil_minutes", it.toil_minutes}}},
            {"cost", cost}};
}

json judgements_json(const std::vector<Judgement>& judgements) {
    json list = json::array();
    for (const Judgement& it : judgements) {
        const bool comparison = it.criterion.op == "better_than";
        list.push_back(
            {{"text", it.criterion.text},
             {"ok", it.verdict == Verdict::not_judged ? json(nullptr)
                                                      : json(it.verdict == Verdict::pass)},
             {"value", tidy(it.value)},
             {"limit", comparison ? json(nullptr) : tidy(it.criterion.limit)},
             {"op", it.criterion.op},
             {"first_broken_s", nullptr},
             {"samples", it.samples},
             {"verdict", name(it.verdict)}});
    }
    return list;
}

json knobs_json(const Scenario& scenario) {
    json knobs = json::object();
    for (const Knob& it : scenario.knobs)
        std::visit([&](const auto& value) { knobs[it.name] = value; }, it.value);
    for (auto& value : knobs)
        if (value.is_number_float()) value = tidy(value.get<double>());
    return knobs;
}

std::string written(const json& value) {
    return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::size_t letters(std::string_view it) {
    return it.size() - static_cast<std::size_t>(std::ranges::count_if(
                           it, [](char c) { return (c & '\xC0') == '\x80'; }));
}

std::string clipped(const std::string& text, std::size_t width) {
    // Names of one family begin alike, so the end is kept too; letters are kept whole.
    if (letters(text) <= width) return text;
    std::size_t front = text.size(), back = 0;
    const auto inside = [&](std::size_t at) {
        return at < text.size() && (text[at] & '\xC0') == '\x80';
    };
    while (letters(std::string_view{text}.substr(0, front)) > width / 2 - 1 || inside(front))
        --front;
    while (letters(std::string_view{text}.substr(back)) > width / 2 - 1 || inside(back)) ++back;
    return text.substr(0, front) + ".." + text.substr(back);
}

// Nothing to compare: no life has data, or nothing ever happened there.
bool idle(const Comparison& comparison, const std::string& key) {
    return std::ranges::all_of(comparison.lives, [&](const ContestLife& life) {
        const auto it = life.spreads.find(key);
        return it == life.spreads.end() || (it->second.min == 0 && it->second.max == 0);
    });
}

// The place of the best mean, if one is better than all others.
std::optional<std::size_t> best_of(const Comparison& comparison, const std::string& key) {
    std::optional<std::size_t> best;
    bool tied = false;
    for (std::size_t i = 0; i < comparison.lives.size(); ++i) {
        const auto it = comparison.lives[i].spreads.find(key);
        if (it == comparison.lives[i].spreads.end()) continue;
        if (!best) {
            best = i;
            continue;
        }
        const double gain = it->second.mean - comparison.lives[*best].spreads.at(key).mean;
        if (gain == 0)
            tied = true;
        else if ((gain > 0) == more_is_better(key))
            best = i, tied = false;
    }
    return tied || comparison.lives.size() < 2 ? std::nullopt : best;
}

}  // namespace

std::string number_text(double value) {
    return std::abs(value) >= 1000 || value == std::floor(value) ? fmt::format("{:.0f}", value)
                                                                 : fmt::format("{:.4g}", value);
}

std::string wrapped(const std::string& text, std::size_t width) {
    std::string lines;
    std::size_t begins = 0;
    while (text.size() - begins > width) {
        const std::size_t space = text.rfind(' ', begins + width);
        if (space == std::string::npos || space <= begins) break;
        lines += text.substr(begins, space - begins) + "\n";
        begins = space + 1;
    }
    return lines + text.substr(begins);
}

std::string run_json(const RunView& run) {
    return written({{"format", 1},
                    {"rollcage", run.version},
                    {"scenario", run.scenario->name},
                    {"seed", run.choices.seed},
                    {"actor", run.life->actor},
                    {"plan", run.choices.plan ? json(*run.choices.plan) : json(nullptr)},
                    {"knobs", knobs_json(*run.scenario)},
                    {"digest", hex(run.life->digest)},
                    {"ended_s", tidy(run.life->ended.seconds())},
                    {"status", run.cut_short ? "cut short" : "completed"},
                    {"verdict", verdict_of(run.judgements)},
                    {"debrief", run.debrief},
                    {"outcome", outcome_json(run.life->outcome)},
                    {"expectations", judgements_json(run.judgements)}});
}

std::string run_table(const RunView& run, std::size_t width) {
    std::string text = fmt::format("{}  actor {}  seed {}\n", run.scenario->name, run.life->actor,
                                   run.choices.seed);
    for (const std::string& key : outcome_keys()) {
        const auto value = outcome_value(run.life->outcome, key);
        // What the scenario has none of is not shown; what never came is.
        if (value || key.starts_with("times."))
            text += fmt::format("  {:<26} {:>12}\n", key, value ? number_text(*value) : "never");
    }
    text += fmt::format("  {:<26} {:>12}{}\n", "ended", clock_text(run.life->ended),
                        run.cut_short ? "  cut short" : "");
    text += fmt::format("  {:<26} {:>12}\n", "digest", hex(run.life->digest));
    text +=
        judgements_table(run.judgements, width) + "verdict: " + verdict_of(run.judgements) + "\n";
    return run.debrief.empty() ? text : text + "\n" + wrapped(run.debrief, width) + "\n";
}

std::string judgements_table(const std::vector<Judgement>& judgements, std::size_t width) {
    constexpr std::size_t before = 27;  // The verdict and the value.
    std::string text;
    for (const bool failures : {false, true})  // Failures come last, where people look.
        for (const Judgement& it : judgements) {
            const bool failed = it.verdict == Verdict::fail || it.verdict == Verdict::no_data;
            if (failed != failures) continue;
            std::string told = wrapped(it.criterion.text, width - before) + "\n";
            for (auto at = told.find('\n'); at + 1 < told.size(); at = told.find('\n', at + 1))
                told.insert(at + 1, before, ' ');
            text += fmt::format("  {:<10} {:>12}  {}", name(it.verdict),
                                it.value ? number_text(*it.value) : "", told);
        }
    return text;
}

std::string comparison_json(const Scenario& scenario, const Choices& choices,
                            const Comparison& comparison,
                            const std::vector<Judgement>& judgements) {
    json lives = json::array(), pairs = json::array();
    for (const ContestLife& life : comparison.lives) {
        json outcome = json::object();
        for (const std::string& key : outcome_keys()) {
            const auto it = life.spreads.find(key);
            outcome[key] = nullptr;
            if (it == life.spreads.end()) continue;
            const Spread& spread = it->second;
            outcome[key] = {{"mean", spread.mean},     {"p50", spread.p50}, {"p95", spread.p95},
                            {"cvar90", spread.cvar90}, {"min", spread.min}, {"max", spread.max}};
            const auto stands = life.standings.find(key);
            if (stands == life.standings.end()) continue;
            outcome[key]["best_share"] = stands->second.best_share;
            outcome[key]["regret"] = {{"mean", stands->second.regret_mean},
                                      {"max", stands->second.regret_max}};
        }
        const auto& plan = life.under.plan ? life.under.plan : choices.plan;
        json knobs = knobs_json(scenario);
        for (const auto& [knob, value] : life.under.knobs) {
            const json typed = json::parse(value, nullptr, false);
            knobs[knob] = typed.is_number() ? typed : json(value);
        }
        lives.push_back({{"actor", life.actor},
                         {"plan", plan ? json(*plan) : json(nullptr)},
                         {"knobs", knobs},
                         {"runs", life.outcomes.size()},
                         {"undominated", life.undominated},
                         {"outcome", outcome}});
    }
    for (const ContestPair& it : comparison.pairs)
        pairs.push_back({{"a", it.a},
                         {"b", it.b},
                         {"metric", it.metric},
                         {"mean_difference", it.difference.mean_difference},
                         {"ci95", {maybe(it.difference.low), maybe(it.difference.high)}},
                         {"a_better_share", it.difference.a_better_share}});
    json seeds = nullptr;
    if (!comparison.seeds.empty()) seeds = {comparison.seeds.front(), comparison.seeds.back()};
    return written({{"format", 1},
                    {"scenario", scenario.name},
                    {"seeds", seeds},
                    {"stopped", comparison.interrupted ? json("interrupted")
                                : comparison.precise   ? json("precise")
                                                       : json(nullptr)},
                    {"weighed_by", comparison.by},
                    {"lives", lives},
                    {"pairs", pairs},
                    {"expectations", judgements_json(judgements)}});
}

namespace {

// What lives are weighed by first, a life a line; then whom nobody beats in all of it.
std::string standings_table(const Comparison& comparison, std::size_t width) {
    if (comparison.by.empty() || comparison.lives.size() < 2) return "";
    const std::string& key = comparison.by.front();
    std::size_t longest = 29;
    for (const ContestLife& life : comparison.lives)
        longest = std::max(longest, letters(label(life)));
    const std::size_t names = std::min(longest, width - 51);
    std::string text = fmt::format("\n{:<{}}{:>12}{:>12}{:>12}{:>12}\n", key, names + 2, "mean",
                                   "worst tenth", "regret", "best in");
    for (const ContestLife& life : comparison.lives) {
        const Spread& spread = life.spreads.at(key);
        const Standing& stands = life.standings.at(key);
        text += fmt::format("  {:<{}}{:>12}{:>12}{:>12}{:>11.0f}%\n", clipped(label(life), names),
                            names, number_text(spread.mean), number_text(spread.cvar90),
                            number_text(stands.regret_mean), 100 * stands.best_share);
    }
    std::string kept, weighed;
    for (const ContestLife& life : comparison.lives)
        if (life.undominated) kept += (kept.empty() ? "" : ", ") + label(life);
    for (const std::string& it : comparison.by)
        if (!idle(comparison, it)) weighed += (weighed.empty() ? "" : ", ") + it;
    if (weighed.empty()) return text;
    return text + wrapped("Nobody is better in all of " + weighed + " than: " + kept + ".", width) +
           "\n";
}

// The mean, and how far it may be off with 95% confidence, as a share of it.
std::string mean_text(const ContestLife& life, const std::string& key, std::size_t width) {
    const auto it = life.spreads.find(key);
    if (it == life.spreads.end()) return "no data";
    const std::string mean = number_text(it->second.mean);
    const auto off = life.half_widths.find(key);
    if (off == life.half_widths.end() || off->second == 0 || it->second.mean == 0) return mean;
    const double percent = 100 * off->second / std::abs(it->second.mean);
    const std::string both =
        mean + (percent < 1 ? "\u00b1<1%" : fmt::format("\u00b1{:.0f}%", percent));
    return both.size() - 1 <= width ? both : mean;  // The sign takes two bytes.
}

std::string pair_line(const ContestPair& it) {
    const PairedDifference& pair = it.difference;
    return fmt::format("  {:<26}{:>12} {:>26} {:>5.0f}%\n", it.metric,
                       number_text(pair.mean_difference),
                       std::isfinite(pair.low)
                           ? fmt::format("[{}, {}]", number_text(pair.low), number_text(pair.high))
                           : "takes 2 seeds",
                       100 * pair.a_better_share);
}

// Two lives in all that they differ in; of several, the best beside each other, in what they are
// weighed by.
std::string pairs_table(const Comparison& comparison, std::size_t width) {
    const bool two = comparison.lives.size() <= 2 || comparison.by.empty();
    const std::size_t best = two ? 0 : best_of(comparison, comparison.by.front()).value_or(0);
    const auto wanted = [&](const ContestPair& it) {
        const bool same = it.difference.low == 0 && it.difference.high == 0;
        return !idle(comparison, it.metric) && !same &&
               (two || ((it.a == best || it.b == best) &&
                        std::ranges::find(comparison.by, it.metric) != comparison.by.end()));
    };
    std::string text;
    const ContestPair* last = nullptr;
    for (const ContestPair& it : comparison.pairs) {
        if (!wanted(it)) continue;
        if (last == nullptr || last->a != it.a || last->b != it.b)
            text += fmt::format("\n{} minus {}: mean difference, 95% interval, share better\n",
                                label(comparison.lives[it.a]), label(comparison.lives[it.b]));
        last = &it;
        text += pair_line(it);
    }
    if (comparison.lives.size() > 2)
        text += "\n" +
                wrapped(
                    "Every pair in every measure: --json or --html. Measures that are not "
                    "listed are the same.",
                    width) +
                "\n";
    return text;
}

}  // namespace

std::string comparison_table(const std::string& scenario, const Comparison& comparison,
                             std::size_t width) {
    // Beside the key of 26 columns; a cell is a blank, what it says and perhaps the mark.
    constexpr std::size_t keys = 26, narrowest = 11, widest = 20, around = 2;
    const std::size_t across = std::max<std::size_t>(1, (width - keys) / (narrowest + around));
    const std::size_t beside = std::clamp<std::size_t>(comparison.lives.size(), 1, across);
    const std::size_t cell = std::min(widest, (width - keys) / beside - around);
    std::string text = fmt::format("{}: means over {} seeds with their 95% reach, * is best\n",
                                   clipped(scenario, 40), comparison.seeds.size());
    for (std::size_t from = 0; from < comparison.lives.size(); from += across) {
        const std::size_t to = std::min(from + across, comparison.lives.size());
        const auto heads = [&](const auto& head) {
            text += fmt::format("{:<26}", "");
            for (std::size_t i = from; i < to; ++i)
                text += fmt::format(" {:>{}}{}", clipped(head(comparison.lives[i]), cell), cell,
                                    i + 1 < to ? " " : "");
            text += '\n';
        };
        heads([](const ContestLife& life) { return life.actor; });
        if (std::ranges::any_of(comparison.lives, [](const ContestLife& life) {
                return !(life.under == Conditions{});
            }))
            heads([](const ContestLife& life) { return label(life.under); });
        for (const std::string& key : outcome_keys()) {
            if (idle(comparison, key)) continue;
            const auto best = best_of(comparison, key);
            text += fmt::format("{:<26}", key);
            for (std::size_t i = from; i < to; ++i) {
                text += fmt::format(" {:>{}}{}", mean_text(comparison.lives[i], key, cell), cell,
                                    best == i    ? "*"
                                    : i + 1 < to ? " "
                                                 : "");
            }
            text += '\n';
        }
    }
    text += standings_table(comparison, width);
    return text + pairs_table(comparison, width);
}

std::string fact_json(const Occurrence& it, const Names& names) {
    const Form& form = fact_forms()[it.fact.index()];
    json line{{"at_s", static_cast<double>(it.at.us) / 1e6},
              {"clock", clock_text(it.at)},
              {"kind", form.name},
              {"fact", headline(it, names)}};
    if (const Command* command = command_of(it.fact))
        line["command"] = command_text(*command, names);
    const Numbers held = numbers(it.fact);
    for (std::size_t i = 0; i < held.size(); ++i) {
        const Slot& slot = form.slots[i];
        if (held[i] < 0 && slot.type != SlotType::flag_value) continue;
        const bool part = slot.type == SlotType::share || slot.type == SlotType::times;
        line[slot.key] = part                           ? json(Share{held[i]}.value())
                         : slot.type == SlotType::count ? json(held[i])
                                                        : json(slot_text(slot, held[i], names));
    }
    return line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace rollcage
