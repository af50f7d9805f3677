// What processes do besides answering: long jobs.
#include <algorithm>

#include "sim/base/maths.h"
#include "sim/base/samplers.h"
#include "sim/world/path.h"
#include "sim/world/route.h"

namespace rollcage {

namespace {

constexpr std::uint32_t runner_entity = 0x0D00'0000, list_entity = 0x0E00'0000,
                        process_entity = 0x0F00'0000;
constexpr std::uint32_t emits_from = 0x20000;  // A runner's draws for what it sends.

std::vector<JobRunner> runners_of(const World& world, StoreId store) {
    std::vector<JobRunner> runners;
    for (std::uint32_t s = 0; s < world.services.size(); ++s) {
        const ServiceState& service = world.services[s];
        if (std::ranges::find(world.plan->services[s].runs, store) ==
            world.plan->services[s].runs.end())
            continue;
        for (const Pool& pool : service.pools) {
            const Change* change = change_of(world, pool.build, store);
            runners.push_back(
                {.key = s * pools_max + pool.key,
                 .knows = change != nullptr,
                 .writes_after = change ? View(world, s, pool).at_work(*change) : 0,
                 .slow = service.slow.value() * pool.path.work,
                 .room = ready_at(service, pool) * world.plan->stores[store.index].at_once});
        }
    }
    return runners;
}

// Of the jobs in a store, those that nobody meant twice to be there, and those gone wrong.
struct Mix {
    double copies = 0, wrong = 0;
};
Mix mix_of(const StoreState& state) {
    const auto all = [&](Health health) {
        std::int64_t sum = 0;
        for (const auto& form : state.stored) sum += form[static_cast<std::size_t>(health)];
        return static_cast<double>(sum);
    };
    const double copies = all(Health::doubled), wrong = all(Health::damaged) + all(Health::hollow),
                 sound = all(Health::sound);
    const double meant = wrong + sound;
    return {copies > 0 ? copies / (copies + meant) : 0, wrong > 0 ? wrong / meant : 0};
}

// What is sent for a part that was done before, or by a surplus job, is sent again.
void send_effects(World& world, const Store& jobs, const PartsDone& done, const Mix& mix,
                  Dice& dice) {
    if (!jobs.sends) return;
    StoreState& effects = world.stores[jobs.sends->index].state;
    const std::int64_t first = done.first * jobs.sends_per_part;
    const std::int64_t copies = thin(dice, emits_from, first, mix.copies),
                       wrong = thin(dice, emits_from + 1, first - copies, mix.wrong);
    effects.accounts.born_damaged += wrong;
    accept_rows(effects, Format::before, Health::damaged, wrong);
    accept_rows(effects, Format::before, Health::sound, first - copies - wrong);
    if (world.plan->stores[jobs.sends->index].idempotent) return;
    copy_rows(effects, Format::before, copies + done.again * jobs.sends_per_part);
}

}  // namespace

void run_jobs(World& world) {
    for (std::uint32_t i = 0; i < world.stores.size(); ++i) {
        const Store& declared = world.plan->stores[i];
        if (declared.kind != StoreKind::jobs) continue;
        Kept& kept = world.stores[i];
        const SchemaChange* change = world.schemas[i];
        const std::vector<JobRunner> runners = runners_of(world, {i});
        const Mix mix = mix_of(kept.state);
        admit(kept.jobs, kept.state);
        std::vector<Dice> dice;
        for (const JobRunner& by : runners) {
            dice.emplace_back(world.draw, runner_entity + by.key * 64 + i, world.ticks);
            const PartsDone done =
                run_second(kept.jobs, kept.state, declared, change, by, dice.back());
            send_effects(world, declared, done, mix, dice.back());
        }
        Dice of_list(world.draw, list_entity + i, world.ticks);
        const std::vector<std::int64_t> taken = shared_out(kept.jobs, kept.state, runners, of_list);
        for (std::size_t r = 0; r < runners.size(); ++r)
            claim(kept.jobs, kept.state, change, runners[r], taken[r], dice[r]);
        check_conserved(kept.jobs, kept.state);
    }
}

JobsThere jobs_there(const World& world, ServiceId service) {
    JobsThere there;
    for (const StoreId store : world.plan->services[service.index].runs) {
        const JobList& jobs = world.stores[store.index].jobs;
        there.waiting += jobs.waiting.total();
        there.orphaned += jobs.orphans.total();
        for (const JobHolder& it : jobs.holders)
            if (it.key / pools_max == service.index)
                there.running += it.at_work.total() + it.leaving.total();
    }
    return there;
}

std::int64_t requeue_jobs(World& world, StoreId store) {
    Kept& kept = world.stores[store.index];
    Dice dice(world.draw, list_entity + store.index, world.ticks);
    return requeue_second(kept.jobs, kept.state, world.plan->stores[store.index],
                          world.schemas[store.index], runners_of(world, store), dice);
}

bool process_drains(World& world, std::uint32_t s, std::uint32_t slot) {
    ServiceState& service = world.services[s];
    const Pool* pool = pool_of(service, slot);
    if (pool == nullptr) return false;
    std::int64_t jobs = 0;
    for (const StoreId store : world.plan->services[s].runs) {
        Dice dice(world.draw, process_entity + instance_key(s, slot),
                  service.instances[slot].process);
        jobs += drain_jobs(world.stores[store.index].jobs, s * pools_max + pool->key,
                           1 / static_cast<double>(ready_at(service, *pool)),
                           store.index * process_ordinals, dice);
    }
    return jobs > 0;
}

void process_ends(World& world, std::uint32_t s, std::uint32_t slot) {
    ServiceState& service = world.services[s];
    const Instance& instance = service.instances[slot];
    const Pool* pool = pool_of(service, slot);
    const bool draining = instance.phase == Phase::draining;
    if (pool == nullptr || (draining && !instance.leaves_jobs)) return;
    const Crew& crew = crew_of(site_of(service, slot), instance.build, instance.spec.baseline);
    const std::int64_t alike = draining ? crew.leaving_jobs : crew.ready;
    Dice dice(world.draw, process_entity + instance_key(s, slot), instance.process);
    for (const StoreId store : world.plan->services[s].runs)
        cut_jobs(world.stores[store.index].jobs, world.plan->stores[store.index],
                 s * pools_max + pool->key, draining, 1 / static_cast<double>(alike),
                 store.index * process_ordinals, dice);
}

}  // namespace rollcage
