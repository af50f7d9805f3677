// The life of one instance: from a free slot through pull, boot and probe to its end.
#include "sim/world/fleet.h"

#include <algorithm>

#include "sim/base/maths.h"
#include "sim/base/samplers.h"
#include "sim/world/harm.h"
#include "sim/world/route.h"

namespace rollcage {

namespace {

constexpr std::uint32_t instance_entity = 0x0400'0000;
constexpr Duration unnoticed{40'000'000};   // Until a dead node leaves the route. MODEL 3.1
constexpr Duration tolerated{300'000'000};  // From then on, until its instances are evicted.
constexpr Duration forgiven{600'000'000};   // Healthy so long, its crashes are forgotten.

Duration backoff_after(std::uint32_t failures) {
    return Duration{std::min<std::int64_t>(300, std::int64_t{10} << std::min(failures - 1, 5u)) *
                    1'000'000};
}

// How a phase counts. A slot without a process is free where its node takes one.
void count(const World& world, std::uint32_t s, ServiceState& service, std::uint32_t slot,
           bool enters) {
    const Instance& instance = service.instances[slot];
    Site& site = site_of(service, slot);
    const std::uint32_t place = place_of(service, slot);
    const auto put = [&](SlotSet& set) { enters ? set.insert(place) : set.erase(place); };
    const std::int64_t by = enters ? 1 : -1;
    if (instance.phase == Phase::gone) {
        if (enters ? open_to(world, s, slot) : site.free.has(place)) put(site.free);
        return;
    }
    const auto crew = [&]() -> Crew& {
        return crew_of(site, instance.build, instance.spec.baseline);
    };
    Group& group = group_of(site, instance.spec);
    switch (instance.phase) {
        case Phase::ready:
            put(group.serving);
            crew().ready += by;
            return;
        case Phase::pulling:
        case Phase::unpulled:
        case Phase::booting:
        case Phase::probing:
        case Phase::crashed: put(group.coming); return;
        case Phase::draining:
            (instance.then ? group.returning : group.draining) += by;
            crew().draining += by;
            if (instance.leaves_jobs) crew().leaving_jobs += by;
            return;
        case Phase::lost:
            group.lost += by;
            crew().dark += by;
            return;
        case Phase::missing: group.lost += by; return;
        case Phase::gone: return;
    }
}

void turn(World& world, std::uint32_t s, std::uint32_t slot, Phase phase) {
    ServiceState& service = world.services[s];
    Instance& instance = service.instances[slot];
    if (instance.phase == Phase::pulling) end_pull(world, instance_key(s, slot));
    count(world, s, service, slot, false);
    instance.phase = phase;
    count(world, s, service, slot, true);
}

void count_crash(ServiceState& service, std::uint32_t slot) {
    Instance& instance = service.instances[slot];
    ++instance.crashes;
    ++leftover_of(service, instance.build, instance.spec.baseline).restarts;
}

Lanes life_draws(const World& world, std::uint32_t s, std::uint32_t slot, std::uint16_t block) {
    return world.draw(Purpose::lifecycle, instance_entity + instance_key(s, slot),
                      world.services[s].instances[slot].process, block);
}

// What a process that ends has not done: all that it has in hand, or after a drain that was cut
// what is older than the drain.
void leave_work(World& world, std::uint32_t s, std::uint32_t slot) {
    Instance& instance = world.services[s].instances[slot];
    const bool drains = instance.phase == Phase::draining;
    if (drains || instance.phase == Phase::ready) {
        process_ends(world, s, slot);
        if (!drains || instance.cut)
            lose_part(world, s, slot,
                      drains ? world.plan->services[s].grace / world.tick_length : 0);
    }
    if (drains || instance.phase == Phase::ready || instance.phase == Phase::probing)
        instance.remembered = {instance.process, instance.booted, world.now};
    instance.leaked_nb = instance.repeating = 0;
}

// How long the process is busy with the requests it has in hand now: its part of the queue, and
// the last of the pieces that it works on.
Duration finishing(World& world, std::uint32_t s, std::uint32_t slot) {
    const Pool* pool = pool_of(world.services[s], slot);
    double left_us = 0;
    if (pool != nullptr && pool->station.slots > 0) {
        const Service& declared = world.plan->services[s];
        const Station& station = pool->station;
        const Lanes draws = life_draws(world, s, slot, 0);
        const auto work_us = static_cast<double>(station.work_us + pool->hold_us);
        const double here =
            static_cast<double>(declared.slots) / static_cast<double>(station.slots);
        const std::int64_t queue = station.queue();
        const std::int64_t busy =
            queue > 0 ? declared.slots : binomial(draws[2], station.busy, std::min(1.0, here));
        left_us = static_cast<double>(queue) * work_us / static_cast<double>(station.slots);
        if (busy > 0) {  // The longest of so many.
            const double all = power(draws[3].value(), 1.0 / static_cast<double>(busy));
            left_us +=
                work_us * (declared.work_varies ? -natural_log_1m(std::min(all, 1 - 1e-15)) : all);
        }
    }
    return {static_cast<std::int64_t>(std::min(left_us, 1e15))};
}

Phase after(Phase phase) {
    switch (phase) {
        case Phase::pulling: return Phase::booting;
        case Phase::booting: return Phase::probing;
        case Phase::probing:
        case Phase::ready: return Phase::ready;
        case Phase::lost: return Phase::missing;
        case Phase::unpulled:
        case Phase::crashed:
        case Phase::draining:
        case Phase::missing:
        case Phase::gone: return Phase::gone;
    }
    return Phase::gone;
}

Duration length_of(World& world, std::uint32_t s, std::uint32_t slot) {
    const Service& declared = world.plan->services[s];
    Instance& instance = world.services[s].instances[slot];
    switch (instance.phase) {
        case Phase::booting: return declared.start;
        case Phase::probing:
            return {uniform_between(life_draws(world, s, slot, 0)[0], 0, declared.probe.us)};
        case Phase::draining: {
            const Duration needs = finishing(world, s, slot);
            instance.cut = needs > declared.grace;
            // A job may go on until the end of the grace; nobody sees when the last one is done.
            return instance.leaves_jobs ? declared.grace : std::min(needs, declared.grace);
        }
        case Phase::crashed: return backoff_after(instance.crashes);
        case Phase::unpulled: return backoff_after(instance.failed_pulls);
        case Phase::lost: return unnoticed;
        case Phase::missing: return tolerated;
        case Phase::pulling:
        case Phase::ready:
        case Phase::gone: break;
    }
    return {};
}

// Goes on from phase to phase as far as nothing takes time.
void proceed(World& world, std::uint32_t s, std::uint32_t slot, Phase phase) {
    for (;; phase = after(phase)) {
        Instance& instance = world.services[s].instances[slot];
        if (phase == Phase::draining) instance.leaves_jobs = process_drains(world, s, slot);
        if (phase == Phase::gone || phase == Phase::crashed || phase == Phase::lost)
            leave_work(world, s, slot);
        turn(world, s, slot, phase);
        if (phase == Phase::probing && boots_badly(world, s, slot)) {
            count_crash(world.services[s], slot);
            phase = Phase::crashed;
            turn(world, s, slot, phase);
        }
        if (phase == Phase::ready) {
            if (world.services[s].rollout && instance.spec == world.services[s].rollout->to)
                world.services[s].rollout->progress = world.now;
            return;
        }
        if (phase == Phase::gone) {
            if (instance.then && open_to(world, s, slot))
                begin_process(world, s, slot, *instance.then);
            instance.then.reset();
            return;
        }
        Duration takes = length_of(world, s, slot);
        if (phase == Phase::booting) takes = takes + ask_at_boot(world, s, slot);
        if (takes == Duration{}) continue;
        world.due.push_back({Due::Kind::instance, takes, instance_key(s, slot),
                             instance.process * phases + static_cast<std::uint32_t>(phase)});
        return;
    }
}

void fetch(World& world, std::uint32_t s, std::uint32_t slot) {
    Instance& instance = world.services[s].instances[slot];
    const std::int64_t size = world.plan->services[s].image_kb;
    if (size == 0) node_gets(world, s, slot, instance.build);
    if (node_has(world, s, slot, instance.build)) return proceed(world, s, slot, Phase::booting);
    if (image_gone(world, instance.build)) {
        ++instance.failed_pulls;
        if (std::exchange(world.services[s].pulls_told, instance.build.index + 1) !=
            instance.build.index + 1)
            world.news.push_back(PullFailed{{s}, instance.build});
        return proceed(world, s, slot, Phase::unpulled);
    }
    turn(world, s, slot, Phase::pulling);
    begin_pull(world, instance_key(s, slot), size);
}

// On the node where it was: its image is there.
void begin_again(World& world, std::uint32_t s, std::uint32_t slot) {
    ++world.services[s].instances[slot].process;
    proceed(world, s, slot, Phase::booting);
}

}  // namespace

Site& site_of(ServiceState& service, std::uint32_t slot) {
    return service.sites[site_row(service, slot)];
}

Group& group_of(Site& site, const Spec& spec) {
    const auto found = std::ranges::find(site.groups, spec, &Group::spec);
    if (found != site.groups.end()) return *found;
    site.groups.emplace_back().spec = spec;
    return site.groups.back();
}

Crew& crew_of(Site& site, BuildId build, bool baseline) {
    for (Crew& crew : site.crews)
        if (crew.build == build && crew.baseline == baseline) return crew;
    site.crews.push_back({build, baseline});
    return site.crews.back();
}

Leftover& leftover_of(ServiceState& service, BuildId build, bool baseline) {
    for (Leftover& it : service.leftovers)
        if (it.build == build && it.baseline == baseline) return it;
    Leftover& it = service.leftovers.emplace_back();
    it.build = build;
    it.baseline = baseline;
    return it;
}

std::uint32_t nodes_of(const Service& declared) {
    const auto zones = static_cast<std::int64_t>(declared.regions.size()) * declared.zones;
    return static_cast<std::uint32_t>(
        zones * std::max<std::int64_t>(1, declared.instances / (zones * declared.per_node)));
}

BuildId build_of(const World& world, std::uint32_t s, const Spec& spec) {
    if (!spec.name) return spec.build;
    const ServiceState& service = world.services[s];
    return by_version(world, *spec.name == MovingName::stable ? service.stable : service.latest);
}

void start_fleet(World& world, std::uint32_t s) {
    const Service& declared = world.plan->services[s];
    ServiceState& service = world.services[s];
    service.sites.resize(declared.regions.size());
    service.images.assign(nodes_of(declared) * static_cast<std::size_t>(declared.keeps_images), 0);
    service.instances.resize(static_cast<std::size_t>(service.wanted));
    for (std::uint32_t slot = 0; slot < service.instances.size(); ++slot) {
        Instance& instance = service.instances[slot];
        instance.spec = service.spec;
        instance.build = service.current;
        instance.process = 1;
        instance.phase = Phase::ready;
        count(world, s, service, slot, true);
    }
    for (std::uint32_t node = 0; node < nodes_of(declared); ++node)
        node_gets(world, s, node, service.current);
}

void begin_process(World& world, std::uint32_t s, std::uint32_t slot, Spec spec) {
    turn(world, s, slot, Phase::gone);
    Instance& instance = world.services[s].instances[slot];
    const std::uint32_t process = instance.process + 1;
    instance = {};
    instance.process = process;
    instance.spec = spec;
    instance.build = build_of(world, s, spec);
    fetch(world, s, slot);
}

void end_process(World& world, std::uint32_t s, std::uint32_t slot) {
    Instance& instance = world.services[s].instances[slot];
    proceed(world, s, slot, instance.phase == Phase::ready ? Phase::draining : Phase::gone);
}

void replace_process(World& world, std::uint32_t s, std::uint32_t slot, const Spec& spec) {
    world.services[s].instances[slot].then = spec;
    end_process(world, s, slot);
}

void lose_process(World& world, std::uint32_t s, std::uint32_t slot) {
    Instance& instance = world.services[s].instances[slot];
    switch (instance.phase) {
        case Phase::ready: proceed(world, s, slot, Phase::lost); return;
        case Phase::draining:  // Nobody is sent there any more, but what it had in hand is gone.
            process_ends(world, s, slot);
            lose_part(world, s, slot, 0);
            turn(world, s, slot, Phase::gone);
            instance.then.reset();
            return;
        case Phase::gone:
        case Phase::lost:
        case Phase::missing: return;
        case Phase::pulling:
        case Phase::unpulled:
        case Phase::booting:
        case Phase::probing:
        case Phase::crashed:
            instance.then.reset();
            proceed(world, s, slot, Phase::missing);
            return;
    }
}

void find_process(World& world, std::uint32_t s, std::uint32_t slot) {
    const Phase phase = world.services[s].instances[slot].phase;
    if (phase == Phase::lost || phase == Phase::missing) begin_again(world, s, slot);
}

void pulled(World& world, std::uint32_t s, std::uint32_t slot) {
    node_gets(world, s, slot, world.services[s].instances[slot].build);
    proceed(world, s, slot, Phase::booting);
    reconcile(world, s, site_row(world.services[s], slot));
}

void instance_due(World& world, std::uint32_t entity, std::uint32_t ordinal) {
    const std::uint32_t s = entity >> 18, slot = entity & (SlotSet::slots_max - 1);
    ServiceState& service = world.services[s];
    if (slot >= service.instances.size()) return;
    Instance& instance = service.instances[slot];
    if (ordinal != instance.process * phases + static_cast<std::uint32_t>(instance.phase)) return;
    if (instance.phase == Phase::crashed) {
        begin_again(world, s, slot);
    } else if (instance.phase == Phase::unpulled) {
        instance.build = build_of(world, s, instance.spec);
        fetch(world, s, slot);
    } else {
        if (instance.phase == Phase::lost && service.missing_told != world.now) {
            std::int64_t dark = 0;  // All that died together.
            for (const Site& site : service.sites)
                for (const Crew& crew : site.crews) dark += crew.dark;
            service.missing_told = world.now;
            world.news.push_back(InstancesMissing{{s}, dark});
        }
        proceed(world, s, slot, after(instance.phase));
    }
    reconcile(world, s, site_row(service, slot));
}

namespace {

void pass_second(World& world, std::uint32_t s) {
    std::set<std::uint32_t> sites;
    for (const std::uint32_t slot : dying(world, s)) {
        Instance& instance = world.services[s].instances[slot];
        if (world.now - instance.booted >= forgiven) instance.crashes = 0;
        count_crash(world.services[s], slot);
        proceed(world, s, slot, Phase::crashed);
        sites.insert(site_row(world.services[s], slot));
    }
    for (const std::uint32_t site : sites) reconcile(world, s, site);
    sync_repository(world, s);
}

}  // namespace

void pass_second(World& world) {
    const bool news_travels = travelling(world);
    for (std::uint32_t s = 0; s < world.services.size(); ++s) {
        if (news_travels || moving(world, s)) refresh_paths(world, s);
        pass_second(world, s);
    }
}

void fold(const ServiceState& service, Digest& digest) {
    for (const Instance& it : service.instances) {
        digest.fold(std::uint64_t{static_cast<std::uint8_t>(it.phase)} << 56 |
                    std::uint64_t{it.cut} << 55 | std::uint64_t{it.crashes} << 32 |
                    std::uint64_t{it.build.index} << 20 | it.process);
        if (it.failed_pulls > 0) digest.fold(std::uint64_t{it.failed_pulls});
        if (it.phase == Phase::pulling) digest.fold(it.pulled_at);
        for (const std::int64_t number :
             {it.booted.us, std::int64_t{it.remembered.process}, it.remembered.booted.us,
              it.remembered.until.us, it.leaked_nb, it.repeating, std::int64_t{it.starved},
              std::int64_t{it.leaves_jobs}})
            digest.fold(number);
    }
    for (const std::uint32_t image : service.images) digest.fold(std::uint64_t{image});
    for (const Leftover& it : service.leftovers)
        for (const std::int64_t count : {std::int64_t{it.build.index} << 1 | it.baseline,
                                         it.restarts, it.attempts, it.answered, it.errors})
            digest.fold(count);
    fold_intent(service, digest);
}

}  // namespace rollcage
