#include "scenarios/play/change_walk.h"

#include <algorithm>

#include "sim/world/path.h"

namespace rollcage {
namespace {

Result<std::uint32_t> key_of(const Scenario& scenario, const std::string& change) {
    std::vector<std::string> known;
    for (const Build& build : scenario.blueprint->builds)
        for (const Change& it : build.changes) {
            std::string called = change_name(scenario.blueprint->names, it.key);
            std::erase(called, '"');
            if (called == change) return it.key;
            if (std::ranges::find(known, called) == known.end()) known.push_back(called);
        }
    const std::string near = nearest_word(change, known);
    constexpr std::size_t shown = 12;
    const bool many = known.size() > shown;
    if (many) known.resize(shown);
    return Error{"no build has a change \"" + change + "\"; the changes are " + listed(known) +
                 (many ? " and more" : "") +
                 (near.empty() ? "" : "; did you mean \"" + near + "\"?")};
}

bool has(const Build& build, std::uint32_t key) {
    return std::ranges::find(build.changes, key, &Change::key) != build.changes.end();
}

// The build that a fact is about, if it is about one.
std::optional<BuildId> build_of(const Fact& fact) {
    const Form& form = fact_forms()[fact.index()];
    const Numbers values = numbers(fact);
    for (std::size_t i = 0; i < form.slots.size() && i < values.size(); ++i)
        if (form.slots[i].type == SlotType::build && values[i] >= 0)
            return BuildId{static_cast<std::uint32_t>(values[i])};
    return std::nullopt;
}

Overlooked seen_by(const World& world, const Trial& declared, const Suspect& suspect,
                   const TrialRun& run) {
    const Trial now = as_of_now(world, declared);
    Overlooked it;
    const Needs needed = needs(*suspect.change, suspect.defect());
    for (std::size_t d = 0; d < dimensions; ++d)
        if (needed[d]) it.needs.push_back(static_cast<Dimension>(d));
    const auto parity = [&](Dimension d) { return now.parity[static_cast<std::size_t>(d)]; };
    std::ranges::sort(it.needs, std::ranges::less{}, parity);
    if (!it.needs.empty()) it.has = parity(it.needs.front());
    if (exposes(now, suspect, run, world.draw)) {
        it.because = Overlooked::Because::found;
    } else if (!within_reach(now, suspect, world.draw)) {
        it.because = Overlooked::Because::out_of_reach;
        if (const auto drift = guilty(world, declared, suspect)) {
            it.because = Overlooked::Because::drift;
            it.difference = drift->name;
        }
    }
    return it;
}

// What a stage that has just ended could know of the change.
std::vector<Overlooked> stage_of(const World& world, const TrialEnded& ended, std::uint32_t key) {
    const auto delivery = std::ranges::find_if(
        world.deliveries, [&](const Delivery& it) { return it.build == ended.build; });
    if (delivery == world.deliveries.end() || ended.result == TrialResult::skipped) return {};
    const std::vector<Trial>& trials = world.plan->plans[delivery->plan.index].trials;
    const auto trial = std::ranges::find(trials, ended.stage, &Trial::kind);
    constexpr std::array without_tests{TrialKind::merge, TrialKind::approval, TrialKind::rehearsal,
                                       TrialKind::compile};
    if (trial == trials.end() ||
        std::ranges::find(without_tests, ended.stage) != without_tests.end())
        return {};
    const auto stage = static_cast<std::uint32_t>(trial - trials.begin());
    std::vector<Overlooked> all;
    for (const Suspect& suspect :
         suspects(built(world, ended.build), world.plan->services[ended.service.index].memory_mb,
                  time_on_calls(*world.plan, ended.service)))
        if (suspect.change->key == key)
            all.push_back(
                seen_by(world, *trial, suspect, {ended.build.index, stage, delivery->run}));
    return all;
}

void note_users(const Day& day, ChangeWalk& walk) {
    for (const BuildId build : walk.builds) {
        const ServiceState& service =
            day.world.services[day.world.plan->builds[build.index].of.index];
        Share users = none;
        for (const Pool& pool : service.pools)
            if (pool.build == build && pool.station.slots > 0) users.ppm += pool.users.ppm;
        if (users == none) continue;
        auto it = std::ranges::find(walk.reached, build, &Reached::build);
        if (it == walk.reached.end()) {
            walk.reached.push_back({build, day.now, users, day.now});
        } else if (users > it->most) {
            it->most = users;
            it->most_at = day.now;
        }
    }
}

}  // namespace

Result<ChangeWalk> walk_change(const Scenario& scenario, const std::vector<GivenOrder>& orders,
                               std::uint64_t seed, std::optional<SimTime> end,
                               const std::string& change) {
    const auto key = key_of(scenario, change);
    if (!key) return key.error();
    ChangeWalk walk;
    walk.key = *key;
    const std::vector<Build>& builds = scenario.blueprint->builds;
    for (std::uint32_t i = 0; i < builds.size(); ++i) {
        if (!has(builds[i], *key)) continue;
        walk.builds.push_back({i});
        const Change& it = *std::ranges::find(builds[i].changes, *key, &Change::key);
        walk.behind = it.behind;
        walk.hides = it.hides.size();
        walk.new_form = it.schema.has_value();
    }
    std::size_t heard = 0;
    const auto day = watch(scenario, orders, seed, end, [&](const Day& it) {
        note_users(it, walk);
        for (; heard < it.belief.facts.size(); ++heard) {
            const Occurrence& fact = it.belief.facts[heard];
            const auto build = build_of(fact.fact);
            if (!build || std::ranges::find(walk.builds, *build) == walk.builds.end()) continue;
            walk.steps.push_back({fact.at, headline(fact, scenario.blueprint->names), {}});
            if (const auto* ended = std::get_if<TrialEnded>(&fact.fact))
                walk.steps.back().stage = stage_of(it.world, *ended, *key);
        }
    });
    if (!day) return day.error();
    return walk;
}

}  // namespace rollcage
