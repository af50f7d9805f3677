#include "sim/world/pipeline.h"

#include "sim/world/sieve.h"
#include "sim/world/world.h"

namespace rollcage {

namespace {

const std::vector<Trial>& trials_of(const World& world, const Delivery& it) {
    return world.plan->plans[it.plan.index].trials;
}

// To the users, as far as the plan's stages say.
void go_out(World& world, BuildId build, PlanId plan) {
    const ServiceId of = world.plan->builds[build.index].of;
    world.news.push_back(Released{of, build, meant_share(*world.plan, of, plan, 0)});
    release(world, build, plan);
}

void begin_run(World& world, std::uint32_t d) {
    Delivery& it = world.deliveries[d];
    it.now = Delivery::Now::testing;
    ++it.step;
    world.due.push_back({Due::Kind::trial, trials_of(world, it)[it.stage].lasts(), d, it.step});
}

void next_stage(World& world, std::uint32_t d) {
    Delivery& it = world.deliveries[d];
    ++it.stage;
    it.run = 0;
    if (it.stage < trials_of(world, it).size()) return begin_run(world, d);
    it.now = Delivery::Now::out;
    go_out(world, it.build, it.plan);
}

}  // namespace

void deliver(World& world, BuildId build, PlanId plan, bool express) {
    if (express || world.plan->plans[plan.index].trials.empty()) return go_out(world, build, plan);
    const auto d = static_cast<std::uint32_t>(world.deliveries.size());
    world.deliveries.push_back({build, plan, world.now});
    world.news.push_back(Entered{world.plan->builds[build.index].of, build, plan});
    begin_run(world, d);
}

void trial_due(World& world, std::uint32_t d, std::uint32_t step) {
    Delivery& it = world.deliveries[d];
    if (it.now != Delivery::Now::testing || it.step != step) return;
    const Build& build = world.plan->builds[it.build.index];
    const Trial& trial = trials_of(world, it)[it.stage];
    const Measures found = measure(trial, build, world.plan->services[build.of.index].memory_mb,
                                   {it.build.index, it.stage, it.run}, world.draw);
    const bool passed = passes(trial, found);
    world.news.push_back(TrialEnded{build.of, it.build, trial.kind,
                                    passed ? TrialResult::passed : TrialResult::failed, found.tests,
                                    found.failing, found.coverage, found.p95});
    if (passed)
        next_stage(world, d);
    else
        it.now = Delivery::Now::red;
}

void fold(const Delivery& it, Digest& digest) {
    for (const std::int64_t number :
         {std::int64_t{it.build.index}, std::int64_t{it.plan.index}, it.entered.us,
          static_cast<std::int64_t>(it.now), std::int64_t{it.stage}, std::int64_t{it.run},
          std::int64_t{it.step}})
        digest.fold(number);
}

}  // namespace rollcage
