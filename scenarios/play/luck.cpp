#include "scenarios/play/luck.h"

#include <algorithm>

#include "scenarios/play/outcome_keys.h"
#include "scenarios/play/parallel.h"
#include "scenarios/play/statistics.h"

namespace rollcage {
namespace {

struct Pair {
    Outcome ordered, idle;
};

Result<Pair> play_other(const Recording& recording, bool family, std::uint64_t seed) {
    Choices choices = recording.head.choices;
    if (family) choices.seed = seed;
    const auto scenario = load_scenario(recording.head.sources, choices);
    if (!scenario) return scenario.error();
    const Player again = player_of(orders_of(recording), scenario->blueprint->names);
    const auto ordered = play_player(*scenario, again, seed, recording.head.until);
    if (!ordered) return ordered.error();
    const auto idle = play_life(*scenario, name(BuiltIn::nothing), seed, recording.head.until);
    if (!idle) return idle.error();
    return Pair{ordered->outcome, idle->outcome};
}

}  // namespace

Result<LuckOrSkill> luck_or_skill(const Recording& recording, const OtherDays& others) {
    const RecordingHead& head = recording.head;
    auto was =
        load_and_play(head.sources, head.choices, head.actor, head.until, orders_of(recording));
    if (!was) return was.error();
    std::vector<std::uint64_t> seeds;
    for (std::uint64_t seed = others.first; seed <= others.seeds; ++seed)
        if (seed != head.choices.seed) seeds.push_back(seed);
    if (seeds.empty())
        return Error{"no other day is left beside the recorded one; give more seeds"};
    std::vector<std::optional<Result<Pair>>> days(seeds.size());
    in_parallel(days.size(), others.jobs, others.stop, [&](std::size_t nth) {
        days[nth].emplace(play_other(recording, others.family, seeds[nth]));
    });
    LuckOrSkill luck;
    luck.recorded = std::move(was->life);
    luck.family = others.family;
    for (std::size_t i = 0; i < days.size(); ++i) {
        if (!days[i]) {
            luck.interrupted = true;
            continue;
        }
        if (!*days[i])
            return Error{"seed " + std::to_string(seeds[i]) + ": " + days[i]->error().message};
        luck.seeds.push_back(seeds[i]);
        luck.ordered.push_back((*days[i])->ordered);
        luck.idle.push_back((*days[i])->idle);
    }
    return luck;
}

std::optional<OnOtherDays> on_other_days(const LuckOrSkill& luck, const std::string& key) {
    const auto that_day = outcome_value(luck.recorded.outcome, key);
    std::vector<double> ordered, idle;
    for (std::size_t i = 0; i < luck.seeds.size(); ++i) {
        const auto with = outcome_value(luck.ordered[i], key),
                   without = outcome_value(luck.idle[i], key);
        if (!with || !without) return std::nullopt;
        ordered.push_back(*with);
        idle.push_back(*without);
    }
    if (!that_day || ordered.empty()) return std::nullopt;
    const auto share = [&](const auto& is) {
        return static_cast<double>(std::ranges::count_if(ordered, is)) /
               static_cast<double>(ordered.size());
    };
    const bool more = more_is_better(key);
    return OnOtherDays{*that_day, mean_of(ordered), mean_of(idle),
                       share([&](double it) { return more ? it < *that_day : it > *that_day; }),
                       share([&](double it) { return it == *that_day; })};
}

}  // namespace rollcage
