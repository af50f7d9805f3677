#include "scenarios/play/proving.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "scenarios/play/parallel.h"
#include "scenarios/play/statistics.h"
#include "scenarios/play/trunk.h"

namespace rollcage {
namespace {

std::size_t place_of(const std::vector<std::string>& actors, const std::string& actor) {
    return static_cast<std::size_t>(std::ranges::find(actors, actor) - actors.begin());
}

std::vector<Outcome> of_one(const std::vector<std::vector<Outcome>>& lives, std::size_t place) {
    std::vector<Outcome> outcomes;
    for (const auto& day : lives) outcomes.push_back(day[place]);
    return outcomes;
}

struct Compared {
    std::vector<double> worse;  // By day: how much worse the first was.
    double first = 0, second = 0;
};

std::optional<Compared> compared(const std::vector<Outcome>& first,
                                 const std::vector<Outcome>& second, const std::string& key) {
    Compared all;
    const double sign = more_is_better(key) ? -1 : 1;
    for (std::size_t day = 0; day < first.size(); ++day) {
        const auto a = outcome_value(first[day], key), b = outcome_value(second[day], key);
        if (!a || !b) return std::nullopt;
        all.worse.push_back((*a - *b) * sign);
        all.first += *a / static_cast<double>(first.size());
        all.second += *b / static_cast<double>(first.size());
    }
    return all;
}

Hurt worse_than(const std::optional<Compared>& both, double margin, const std::string& what) {
    Hurt hurt;
    hurt.broken = what;
    if (!both) return hurt;
    hurt.by = mean_of(both->worse);
    hurt.of_actor = both->first;
    hurt.of_other = both->second;
    hurt.worst_day =
        static_cast<std::size_t>(std::ranges::max_element(both->worse) - both->worse.begin());
    hurt.breaks = hurt.by > 0 && hurt.by >= margin * std::abs(both->second) &&
                  std::ranges::all_of(both->worse, [](double it) { return it > 0; });
    return hurt;
}

// How far the value is beyond its limit, from -1 to 1; above 0 it is.
double beyond(const Criterion& criterion, double value) {
    const double size = std::abs(value) + std::abs(criterion.limit), over = value - criterion.limit;
    if (criterion.op == "!=") return over == 0 ? 1 : 0;
    if (size == 0) return 0;
    if (criterion.op == "==") return std::abs(over) / size;
    return (criterion.op[0] == '<' ? over : -over) / size;
}

Hurt beyond_limit(const Criterion& criterion, const std::vector<Outcome>& outcomes) {
    Hurt hurt;
    hurt.broken = criterion.text;
    const Judgement all = judge(criterion, outcomes, false);
    if (!all.value) return hurt;
    hurt.breaks = all.verdict == Verdict::fail;
    hurt.by = beyond(criterion, *all.value);
    hurt.of_actor = all.value;
    double worst = -2;
    for (std::size_t day = 0; day < outcomes.size(); ++day) {
        const auto value = judge(criterion, {outcomes[day]}, false).value;
        if (!value || beyond(criterion, *value) <= worst) continue;
        worst = beyond(criterion, *value);
        hurt.worst_day = day;
    }
    return hurt;
}

}  // namespace

std::vector<std::string> Aim::actors() const {
    std::vector<std::string> all{actor};
    const auto add = [&](const std::string& it) {
        if (!it.empty() && std::ranges::find(all, it) == all.end()) all.push_back(it);
    };
    add(other);
    for (const Criterion& it : expectations) add(it.b);
    return all;
}

Hurt hurt_of(const Aim& aim, const std::vector<std::vector<Outcome>>& lives,
             const std::string& only) {
    const std::vector<std::string> actors = aim.actors();
    const std::vector<Outcome> own = of_one(lives, 0);
    if (aim.expectations.empty())
        return worse_than(compared(own, of_one(lives, place_of(actors, aim.other)), aim.key),
                          aim.margin, aim.key);
    std::optional<Hurt> worst;
    for (const Criterion& it : aim.expectations) {
        if (!only.empty() && it.text != only) continue;
        Hurt hurt;
        if (it.op == "better_than") {
            const auto both = compared(own, of_one(lives, place_of(actors, it.b)), it.key);
            hurt = worse_than(both, aim.margin, it.text);
            const double size = both ? std::abs(both->first) + std::abs(both->second) : 0;
            if (size > 0) hurt.by /= size;
        } else {
            hurt = beyond_limit(it, own);
        }
        if (!worst || std::pair{hurt.breaks, hurt.by} > std::pair{worst->breaks, worst->by})
            worst = hurt;
    }
    return worst.value_or(Hurt{});
}

Choices Proving::choices_of(const Script::Told& told, std::uint64_t seed) const {
    Choices choices = ground_.choices;
    choices.seed = seed;
    choices.knobs = told.left;
    return choices;
}

std::string Proving::key_of(const Script::Told& told) const {
    std::string key = told.sources[0].text;
    for (const auto& [knob, value] : told.left) key += '\0' + knob + '=' + value;
    return key;
}

struct Proving::Due {
    std::string key;
    Script::Told told;
    std::uint64_t seed = 0;
    std::vector<Outcome> lives{};
    std::string error{};
    bool over = false;
};

std::vector<Proving::Due> Proving::due(const std::vector<Variant>& variants, std::uint64_t first,
                                       std::uint64_t last) {
    std::vector<Due> days;
    std::set<std::string> asked;
    for (const Variant& it : variants) {
        const Script::Told told = ground_.script->tell(it);
        const std::string key = key_of(told);
        if (!asked.insert(key).second) continue;
        const Days& known = played_by_text_[key];
        if (!known.error.empty()) continue;
        for (std::uint64_t seed = first; seed <= last; ++seed)
            if (!known.lives.contains(seed)) days.push_back({key, told, seed});
    }
    return days;
}

void Proving::live(Due& day, const std::vector<std::string>& actors) const {
    std::vector<RestOfLife> rest(actors.size());
    play_trunk(day.told.sources, choices_of(day.told, day.seed), actors,
               [&](std::size_t actor, RestOfLife it) { rest[actor] = std::move(it); });
    for (RestOfLife& it : rest) {
        const auto outcome = it();
        it = {};
        if (outcome)
            day.lives.push_back(*outcome);
        else if (day.error.empty())
            day.error = outcome.error().message;
    }
    day.over = true;
}

bool Proving::play(const std::vector<Variant>& variants, std::uint64_t first, std::uint64_t last) {
    const std::vector<std::string> actors = ground_.aim.actors();
    std::vector<Due> days = due(variants, first, last);
    if (static_cast<std::int64_t>(days.size() * actors.size()) > left()) return false;
    in_parallel(days.size(), ground_.jobs, ground_.stop,
                [&](std::size_t nth) { live(days[nth], actors); });
    bool all = true;
    for (Due& day : days) {
        all = all && day.over;
        Days& known = played_by_text_[day.key];
        if (!day.error.empty() && known.error.empty()) known.error = day.error;
        if (!day.over || !day.error.empty()) continue;
        known.lives[day.seed] = std::move(day.lives);
        played_ += static_cast<std::int64_t>(actors.size());
    }
    return all;
}

std::optional<Hurt> Proving::hurt(const Variant& variant, std::uint64_t first, std::uint64_t last,
                                  const std::string& only) const {
    const auto known = played_by_text_.find(key_of(ground_.script->tell(variant)));
    if (known == played_by_text_.end() || !known->second.error.empty()) return std::nullopt;
    std::vector<std::vector<Outcome>> lives;
    for (std::uint64_t seed = first; seed <= last; ++seed) {
        const auto day = known->second.lives.find(seed);
        if (day == known->second.lives.end()) return std::nullopt;
        lives.push_back(day->second);
    }
    return hurt_of(ground_.aim, lives, only);
}

std::string Proving::error(const Variant& variant) const {
    const auto known = played_by_text_.find(key_of(ground_.script->tell(variant)));
    return known == played_by_text_.end() ? "" : known->second.error;
}

}  // namespace rollcage
