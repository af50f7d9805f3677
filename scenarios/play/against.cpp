#include "scenarios/play/against.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scenarios/play/check.h"
#include "scenarios/play/transcript.h"

namespace rollcage {
namespace {

namespace fs = std::filesystem;

bool among(const std::vector<std::string>& all, const std::string& one) {
    return std::ranges::find(all, one) != all.end();
}

// What a decision is weighed by, and whatever either text expects something of.
std::vector<std::string> keys_of(const Scenario& before, const Scenario& after) {
    std::vector<std::string> keys = weighed_keys();
    for (const Scenario* scenario : {&before, &after})
        for (const Expectation& it : scenario->expectations)
            if (const auto criterion = parse_expectation(it.text);
                criterion && !among(keys, criterion->key))
                keys.push_back(criterion->key);
    return keys;
}

struct Values {
    std::vector<double> before, after;  // Of seeds that have both.
    bool any_before = false, any_after = false;
};

Values values_of(const Comparison& before, const Comparison& after, const std::string& actor,
                 const std::string& key) {
    Values values;
    const auto was = std::ranges::find(before.lives, actor, &ContestLife::actor);
    const auto is = std::ranges::find(after.lives, actor, &ContestLife::actor);
    for (std::size_t i = 0; i < before.seeds.size(); ++i) {
        const auto left = outcome_value(was->outcomes[i], key);
        const auto right = outcome_value(is->outcomes[i], key);
        values.any_before |= left.has_value();
        values.any_after |= right.has_value();
        if (!left || !right) continue;
        values.before.push_back(*left);
        values.after.push_back(*right);
    }
    return values;
}

std::vector<BeforeAfter> rows_of(const Comparison& before, const Comparison& after,
                                 const std::vector<std::string>& actors,
                                 const std::vector<std::string>& keys, double margin) {
    std::vector<BeforeAfter> rows;
    const auto nothing = [](const std::vector<double>& values) {
        return std::ranges::all_of(values, [](double it) { return it == 0; });
    };
    for (const std::string& actor : actors)
        for (const std::string& key : keys) {
            const Values values = values_of(before, after, actor, key);
            const bool both = !values.before.empty();
            if (both ? nothing(values.before) && nothing(values.after)
                     : !values.any_before && !values.any_after)
                continue;
            rows.push_back({actor, key, values.any_before, values.any_after, {}});
            if (both)
                rows.back().by =
                    worsening_of(values.before, values.after, more_is_better(key), margin);
            else if (values.any_before && values.any_after)
                rows.pop_back();  // Never in one seed: nothing to pair.
        }
    return rows;
}

// The accepted text under this engine, where its transcript lies beside it.
std::string engine_alone(const std::string& before, const Scenario& then) {
    std::ifstream in{fs::path(before).replace_extension(".transcript"), std::ios::binary};
    if (!in) return "";
    std::ostringstream accepted;
    accepted << in.rdbuf();
    const auto life = load_and_play(then.sources, Choices{}, default_actor(then));
    if (!life) return "the accepted text cannot be played by this engine: " + life.error().message;
    const std::string found = transcript_of(life->scenario, life->life);
    if (same_transcript(accepted.str(), found))
        return "the accepted text still plays as it was accepted: this engine changed nothing of "
               "it, so what differs is the text's doing";
    return "the accepted text plays otherwise too (" + changed_by(accepted.str(), found) + "):\n" +
           difference(accepted.str(), found);
}

}  // namespace

Worsening worsening_of(const std::vector<double>& before, const std::vector<double>& after,
                       bool more_is_better, double margin) {
    Worsening it;
    it.before = mean_of(before);
    it.after = mean_of(after);
    it.difference = paired_difference(after, before, more_is_better);
    const double sign = more_is_better ? -1 : 1, mean = sign * it.difference.mean_difference;
    const double half = (it.difference.high - it.difference.low) / 2;
    const double limit = margin * std::abs(it.before);
    it.worse = mean - half > 0 && mean > limit;
    it.better = mean + half < 0 && mean < -limit;
    if (!it.better) it.seeds_to_settle = seeds_to_tell(mean, limit, half, it.difference.pairs);
    return it;
}

Result<bool> same_text(const std::string& before, const Scenario& scenario) {
    const auto then = load_scenario(before, Choices{});
    if (!then) return then.error();
    return source_digest(then->sources) == source_digest(scenario.sources);
}

Beside set_beside(const std::string& before, const Scenario& scenario, const Comparison& now,
                  Contest contest, double margin) {
    Beside it{.texts = Beside::Texts::changed, .before = before};
    const auto then = load_scenario(before, Choices{});
    if (!then) {
        it.wrong = then.error().message;
        return it;
    }
    const std::vector<std::string> theirs = all_actors(*then);
    contest.sources = then->sources;
    contest.actors.clear();
    for (const ContestLife& life : now.lives)
        (among(theirs, life.actor) ? contest.actors : it.actors_new).push_back(life.actor);
    for (const std::string& actor : then->actors)
        if (!among(scenario.actors, actor)) it.actors_gone.push_back(actor);
    it.engine = engine_alone(before, *then);
    if (contest.actors.empty()) return it;
    const auto comparison = compare(contest);
    if (!comparison)
        it.wrong = comparison.error().message;
    else if (!comparison->interrupted)
        it.rows = rows_of(*comparison, now, contest.actors, keys_of(*then, scenario), margin);
    return it;
}

namespace {

// Of a path that is there too, as a part of the whole checkout; else DIR stands for the path.
fs::path base_of(const std::string& path, const fs::path& other) {
    const fs::path below = other / path;
    std::error_code failed;
    if (fs::path(path).is_relative() && fs::exists(below, failed)) return below;
    return fs::is_directory(path, failed) ? other : other / fs::path(path).filename();
}

}  // namespace

Result<Counterparts> counterparts(const std::vector<std::string>& paths,
                                  const std::vector<std::string>& files, const std::string& other) {
    std::error_code failed;
    if (!fs::is_directory(other, failed))
        return Error{"--against: " + other + " is no folder; name another checkout of " +
                     listed(paths)};
    Counterparts found;
    found.of_files.resize(files.size());
    std::vector<std::string> theirs;
    for (const std::string& path : paths) {
        const fs::path base = base_of(path, other);
        if (fs::equivalent(path, base, failed))
            return Error{"--against: " + other + " is what is checked; name another checkout"};
        const bool folder = fs::is_directory(path, failed);
        for (std::size_t i = 0; i < files.size(); ++i) {
            const fs::path beyond = folder ? fs::path(files[i]).lexically_relative(path) : "";
            if (folder ? beyond.empty() || *beyond.begin() == ".." : files[i] != path) continue;
            const fs::path there = folder ? base / beyond : base;
            if (!found.of_files[i] && fs::exists(there, failed))
                found.of_files[i] = there.lexically_normal().string();
        }
        if (!fs::is_directory(base, failed)) continue;
        const auto all = scenarios_in({base.string()});
        if (!all) return all.error();
        for (const std::string& it : *all)
            theirs.push_back(fs::path(it).lexically_normal().string());
    }
    for (const std::string& it : theirs)
        if (std::ranges::find(found.of_files, std::optional{it}) == found.of_files.end() &&
            !among(found.only_there, it))
            found.only_there.push_back(it);
    if (theirs.empty() &&
        std::ranges::none_of(found.of_files, [](const auto& it) { return it.has_value(); }))
        return Error{"--against: there is no scenario in " + other +
                     "; name a checkout that has some, as here or as " + listed(paths)};
    return found;
}

}  // namespace rollcage
