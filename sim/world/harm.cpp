#include "sim/world/harm.h"

#include <algorithm>
#include <span>

#include "sim/base/maths.h"
#include "sim/base/samplers.h"
#include "sim/world/route.h"

namespace rollcage {

namespace {

constexpr std::uint32_t instance_entity = 0x0400'0000, job_entity = 0x0B00'0000;
constexpr double nb_per_mb = 1e9;

// What a process pays for running.
struct Toll {
    double crashes_per_hour = 0, leaks_mb_per_hour = 0;
};

bool costs_processes(const Build& build) {
    for (const Change& change : build.changes)
        for (const Defect& defect : change.hides)
            if (defect.crashes_per_hour > 0 || defect.leaks_mb_per_hour > 0) return true;
    return false;
}

Toll toll_of(const View& view) {
    Toll toll;
    for (const Change& change : view.build().changes) {
        for (const Defect& defect : change.hides) {
            if (defect.crashes_per_hour <= 0 && defect.leaks_mb_per_hour <= 0) continue;
            const double met = view.meets(change, defect);
            toll.crashes_per_hour += defect.crashes_per_hour * met;
            toll.leaks_mb_per_hour += defect.leaks_mb_per_hour * met;
        }
    }
    return toll;
}

// Whether the second that passed was its last.
bool dies(World& world, std::uint32_t s, std::uint32_t slot, const Toll& toll) {
    Instance& instance = world.services[s].instances[slot];
    instance.leaked_nb +=
        static_cast<std::int64_t>(toll.leaks_mb_per_hour * nb_per_mb / 3600 + 0.5);
    if (instance.leaked_nb > world.plan->services[s].memory_mb * 1'000'000'000) return true;
    if (toll.crashes_per_hour <= 0) return false;
    const auto second = static_cast<std::uint64_t>(world.now.us / 1'000'000);
    const double chance = 1 - e_to(-std::min(700.0, toll.crashes_per_hour / 3600));
    return world.draw(Purpose::crash, instance_entity + instance_key(s, slot), second)[0].value() <
           chance;
}

struct Herd {
    double queue = 0, per_us = 0;
};

// What waits where the ways lead, sent this instant included, and how fast it is done.
Herd herd_at(const ServiceState& service, const std::vector<Way>& ways) {
    Herd herd;
    for (const Way& way : ways) {
        if (way.share == none) continue;
        const Pool& pool = service.pools[way.pool];
        herd.queue += static_cast<double>(pool.station.queue() + pool.calls_in);
        herd.per_us += static_cast<double>(pool.station.slots) /
                       static_cast<double>(std::max<std::int64_t>(1, pool.station.work_us));
    }
    return herd;
}

// As the region's calls are routed; the first way has what is left.
void send(ServiceState& service, const std::vector<Way>& ways, std::int64_t calls) {
    if (ways.empty()) return;  // Nobody is there.
    std::int64_t left = calls;
    for (std::size_t w = ways.size(); w-- > 1;) {
        const std::int64_t here = calls * ways[w].share.ppm / whole.ppm;
        service.pools[ways[w].pool].calls_in += here;
        left -= here;
    }
    service.pools[ways[0].pool].calls_in += left;
}

bool running(const Instance& instance) {
    return instance.phase == Phase::ready || instance.phase == Phase::draining;
}

// New jobs fall to any of the processes as likely.
void leave_jobs(World& world, std::uint32_t s, const Pool& pool, std::int64_t jobs, Dice& dice) {
    std::vector<Instance>& instances = world.services[s].instances;
    std::vector<std::uint32_t> slots;
    each_process(world.services[s], pool, [&](std::uint32_t slot) {
        if (running(instances[slot])) slots.push_back(slot);
    });
    for (std::size_t i = 0; i < slots.size() && jobs > 0; ++i) {
        const auto left = static_cast<double>(slots.size() - i);
        const std::int64_t here =
            left == 1 ? jobs : binomial(dice(Purpose::harm, 128 + slots[i]), jobs, 1.0 / left);
        instances[slots[i]].repeating += here;
        jobs -= here;
    }
}

}  // namespace

Duration ask_at_boot(World& world, std::uint32_t s, std::uint32_t slot) {
    const std::optional<BootCalls>& asks = world.plan->services[s].boot_calls;
    Instance& instance = world.services[s].instances[slot];
    instance.starved = false;
    if (!asks) return {};
    ServiceState& asked = world.services[asks->service.index];
    const RegionId region = world.plan->services[s].regions[site_row(world.services[s], slot)];
    const std::vector<Way>& ways = asked.calls_from[region.index];
    send(asked, ways, asks->calls);
    const Herd herd = herd_at(asked, ways);
    const auto patience = static_cast<double>(asks->timeout.us);
    const double wait_us =
        herd.per_us > 0 ? std::min(herd.queue / herd.per_us, patience * 2) : patience * 2;
    instance.starved = wait_us > patience;  // It gives up; what it asked for is done all the same.
    return {static_cast<std::int64_t>(std::min(wait_us, patience))};
}

bool boots_badly(World& world, std::uint32_t s, std::uint32_t slot) {
    Instance& instance = world.services[s].instances[slot];
    if (instance.starved) return true;
    const bool reads_first = world.plan->services[s].boot_reads == BootReads::before;
    if (reads_first) instance.booted = world.now;
    const View view(world, s, slot, true);
    double well = 1;
    for (const Change& change : view.build().changes)
        for (const Defect& defect : change.hides)
            if (defect.crashes_at_boot > none)
                well *= 1 - view.meets(change, defect) * defect.crashes_at_boot.value();
    const Lanes draws =
        world.draw(Purpose::lifecycle, instance_entity + instance_key(s, slot), instance.process);
    if (well < 1 && draws[1].value() < 1 - well) return true;
    instance.booted = world.now;
    return false;
}

std::vector<std::uint32_t> dying(World& world, std::uint32_t s) {
    std::vector<std::uint32_t> slots;
    for (const Pool& pool : world.services[s].pools) {
        const Build& build = built(world, pool.build);
        if (!costs_processes(build)) continue;
        const std::vector<Instance>& instances = world.services[s].instances;
        const View all(world, s, pool);
        const Toll same = toll_of(all);
        each_process(world.services[s], pool, [&](std::uint32_t slot) {
            if (instances[slot].phase != Phase::ready) return;
            const Toll toll = all.groups().size() == 1 ? same : toll_of(View(world, s, slot));
            if (dies(world, s, slot, toll)) slots.push_back(slot);
        });
    }
    std::ranges::sort(slots);
    return slots;
}

const Defect* repeating(const Build& build, const Change** of) {
    for (const Change& change : build.changes)
        for (const Defect& defect : change.hides)
            if (defect.repeats_per_s > 0) {
                if (of != nullptr) *of = &change;
                return &defect;
            }
    return nullptr;
}

std::int64_t pass_jobs(World& world, std::uint32_t s, const Pool& pool, const View& view,
                       std::span<const std::int64_t> writes, std::int64_t called) {
    const Change* change = nullptr;
    const Defect* defect = repeating(view.build(), &change);
    if (defect == nullptr) return 0;
    Dice dice(world.draw, job_entity + s * pools_max + pool.key, world.ticks);
    std::vector<Instance>& instances = world.services[s].instances;
    std::int64_t at_it = 0;
    each_process(world.services[s], pool, [&](std::uint32_t slot) {
        if (!running(instances[slot]) || instances[slot].repeating == 0) return;
        const bool on = view.groups().size() == 1 ? view.at_work(*change) > 0
                                                  : View(world, s, slot).at_work(*change) > 0;
        if (!on) instances[slot].repeating = 0;
        at_it += instances[slot].repeating;
    });
    const std::int64_t wrote =
        poisson(dice(Purpose::harm, 0), static_cast<double>(at_it) * defect->repeats_per_s);
    std::int64_t fresh = 0;
    if (called > 0)
        fresh += binomial(dice(Purpose::harm, 1), called,
                          view.meets(*change, *defect) * defect->rate.value());
    for (std::uint32_t i = 0; i < writes.size(); ++i) {
        const Lane& lane = pool.station.lanes[i];
        const Asker asker{CohortId{lane.cohort}, &world.cohorts[lane.cohort].slices[lane.slice]};
        const double met = view.meets(*change, *defect, asker) * defect->rate.value();
        fresh += binomial(dice(Purpose::harm, 4 + lane.row), writes[i], met);
    }
    leave_jobs(world, s, pool, fresh, dice);
    return wrote;
}

}  // namespace rollcage
