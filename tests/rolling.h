// A shop of sixteen instances and what the tests of rollouts ask of it.
// Leans on story.h.
// Loads are low and clients patient: who fails, fails by the rollout.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>

#include <catch2/catch.hpp>

#include "sim/world/route.h"
#include "tests/story.h"

namespace rollcage {

// Instances of five slots at a load of .3, ready the moment they have started: 20 s of pull, 5 s of
// start. Build 1 is released at a minute.
inline Blueprint fleet(std::vector<Stage> stages, std::int64_t instances = 16) {
    Blueprint plan = corner_blueprint({.load = .3,
                                       .attempts = 1,
                                       .slots = instances,
                                       .slow = 1,
                                       .released = true,
                                       .lasts = 7200_s});
    plan.tick = 250_ms;
    plan.cohorts[0].patience.timeout = 4_s;  // Nobody is late for the length of the work alone.
    Service& shop = plan.services[0];
    shop.slots = 5;
    plan.cohorts[0].requests_per_minute =
        share_of(.3 * static_cast<double>(instances) * 50 * 60 / 1e6);
    shop.image_kb = 500'000;
    shop.start = 5_s;
    shop.grace = 30_s;
    shop.max_surge = shop.max_unavailable = share_of(.25);
    plan.plans = {Plan{std::move(stages)}};
    return plan;
}

inline Day begun(const Blueprint& plan, std::uint64_t seed = 1) {
    return start_day(sound(plan), seed);
}

template <class F>
double told_at(const Day& day) {  // When the first such fact was known, in seconds; -1: never.
    for (const Occurrence& it : day.belief.facts)
        if (std::holds_alternative<F>(it.fact)) return it.at.seconds();
    return -1;
}

inline const ServiceState& shop(const Day& day) {
    return day.world.services[0];
}

inline std::int64_t running(const Day& day, BuildId build, Phase phase = Phase::ready) {
    return std::ranges::count_if(shop(day).instances, [&](const Instance& it) {
        return it.build == build && it.phase == phase;
    });
}

inline const Pool& pool_at(const ServiceState& service, BuildId build) {
    const auto found = std::ranges::find(service.pools, build, &Pool::build);
    REQUIRE(found != service.pools.end());
    return *found;
}

inline double failed_between(Day& day, Duration from, Duration until) {
    to(day, from);
    const std::int64_t before = outcome(day).failed;
    to(day, until);
    return static_cast<double>(outcome(day).failed - before);
}

inline bool near(double count, double mean) {  // Five standard deviations of a count.
    return std::abs(count - mean) < 5 * std::sqrt(mean) + 1;
}

inline void order(Day& day, Duration at, const Command& command) {
    to(day, at);
    REQUIRE_FALSE(refusal(day.world, command));
    submit(day, command);
}

// Two regions of the shop, with as many users in each.
inline Blueprint east_and_west(std::vector<Stage> stages = {Stage{}}) {
    Blueprint plan = fleet(std::move(stages));
    plan.names.regions = {"east", "west"};
    plan.services[0].regions = {{0}, {1}};
    plan.cohorts[0].users /= 2;
    plan.cohorts.push_back(plan.cohorts[0]);
    plan.names.cohorts.push_back("westerners");
    plan.cohorts[1].region = {1};
    plan.injects.clear();
    return plan;
}

}  // namespace rollcage
