#include "sim/world/fleet.h"

#include <algorithm>

#include "sim/base/maths.h"
#include "sim/base/samplers.h"
#include "sim/world/harm.h"

namespace rollcage {

namespace {

constexpr std::uint32_t instance_entity = 0x0400'0000;
constexpr Duration lost_for{340'000'000};  // Unhealthy after 40 s, evicted after 300. MODEL 3.1
constexpr Duration deadline{600'000'000};  // progressDeadlineSeconds; it only reports.

std::int64_t part_of(std::int64_t count, Share share, std::int64_t round_up_ppm) {
    return (count * share.ppm + round_up_ppm) / whole.ppm;
}

constexpr Duration healthy_after{600'000'000};  // Its crashes are forgotten. default: MODEL 3.1

Duration backoff_after(std::uint32_t crashes) {
    return Duration{std::min<std::int64_t>(300, std::int64_t{10} << std::min(crashes - 1, 5u)) *
                    1'000'000};
}

std::vector<Stage> stages_of(const World& world, const Rollout& rollout) {
    return rollout.plan ? world.plan->plans[rollout.plan->index].stages
                        : std::vector<Stage>{Stage{}};
}

Stage stage_of(const World& world, const ServiceState& service) {
    if (!service.rollout) return {};
    const std::vector<Stage> stages = stages_of(world, *service.rollout);
    return stages[std::min<std::size_t>(service.rollout->stage, stages.size() - 1)];
}

BuildCount& count_of(ServiceState& service, BuildId build) {
    for (BuildCount& count : service.counts)
        if (count.build == build) return count;
    service.counts.push_back({build});
    return service.counts.back();
}

// How a phase counts: alive, ready, draining.
void count(ServiceState& service, const Instance& instance, std::int64_t by) {
    BuildCount& counts = count_of(service, instance.build);
    switch (instance.phase) {
        case Phase::ready:
            counts.ready += by;
            counts.alive += by;
            return;
        case Phase::pulling:
        case Phase::booting:
        case Phase::probing:
        case Phase::crashed: counts.alive += by; return;
        case Phase::draining: counts.draining += by; return;
        case Phase::lost:
        case Phase::gone: return;
    }
}

void turn(ServiceState& service, Instance& instance, Phase phase) {
    count(service, instance, -1);
    instance.phase = phase;
    count(service, instance, 1);
}

std::int64_t target_of(const World& world, const ServiceState& service, BuildId build) {
    if (!service.rollout) return build == service.current ? service.wanted : 0;
    const Stage stage = stage_of(world, service);
    const bool is_new = build == service.rollout->to;
    if (stage.kind == StageKind::canary) {
        if (is_new) return std::max<std::int64_t>(1, part_of(service.wanted, stage.share, 500'000));
        return build == service.current ? service.wanted : 0;
    }
    if (stage.kind == StageKind::blue_green)
        return is_new || build == service.current ? service.wanted : 0;
    return is_new ? service.wanted : 0;
}

std::int64_t holders(const ServiceState& service, BuildId build) {
    for (const BuildCount& count : service.counts)
        if (count.build == build) return count.ready + count.draining;
    return 0;
}

void end_process(World& world, std::uint32_t s, std::uint32_t slot, Phase into) {
    ServiceState& service = world.services[s];
    Instance& instance = service.instances[slot];
    if (instance.phase == Phase::ready || instance.phase == Phase::draining) {
        process_ends(world, s, slot);
        lose_part(world, s, instance.build, holders(service, instance.build), slot);
    }
    const bool had_read = instance.phase == Phase::probing || instance.phase == Phase::ready ||
                          instance.phase == Phase::draining;
    if (had_read) instance.remembered = {instance.process, instance.booted, world.now};
    if (into != Phase::crashed) instance.remembered = {};  // Another process, another disk.
    instance.leaked_nb = instance.repeating = 0;
    turn(service, instance, into);
}

Phase after(Phase phase) {
    switch (phase) {
        case Phase::pulling: return Phase::booting;
        case Phase::booting: return Phase::probing;
        case Phase::probing:
        case Phase::ready: return Phase::ready;
        case Phase::crashed: return Phase::booting;
        case Phase::draining:
        case Phase::lost:
        case Phase::gone: return Phase::gone;
    }
    return Phase::gone;
}

Duration length_of(const World& world, const Service& declared, const Instance& instance,
                   std::uint32_t entity) {
    switch (instance.phase) {
        case Phase::pulling: return declared.pull;
        case Phase::booting: return declared.start;
        case Phase::probing:
            return {uniform_between(
                world.draw(Purpose::lifecycle, instance_entity + entity, instance.process)[0], 0,
                declared.probe.us)};
        case Phase::draining: return declared.grace;
        case Phase::crashed: return backoff_after(instance.crashes);
        case Phase::lost: return lost_for;
        case Phase::ready:
        case Phase::gone: break;
    }
    return {};
}

// Goes on from phase to phase as far as nothing takes time.
void proceed(World& world, std::uint32_t s, std::uint32_t slot, Phase phase) {
    ServiceState& service = world.services[s];
    const std::uint32_t entity = instance_key(s, slot);
    for (;; phase = after(phase)) {
        Instance& instance = service.instances[slot];
        if (phase == Phase::draining) process_drains(world, s, slot);
        if (phase == Phase::gone || phase == Phase::crashed)
            end_process(world, s, slot, phase);
        else
            turn(service, instance, phase);
        if (phase == Phase::probing && boots_badly(world, s, slot)) {
            ++instance.crashes;
            phase = Phase::crashed;
            turn(service, instance, phase);
        }
        if (phase == Phase::ready || phase == Phase::gone) return;
        Duration takes = length_of(world, world.plan->services[s], instance, entity);
        if (phase == Phase::booting) takes = takes + ask_at_boot(world, s, slot);
        if (takes == Duration{}) continue;
        world.due.push_back({Due::Kind::instance, takes, entity,
                             instance.process * 8 + static_cast<std::uint32_t>(phase)});
        return;
    }
}

void begin_process(World& world, std::uint32_t s, std::uint32_t slot, BuildId build) {
    ServiceState& service = world.services[s];
    Instance& instance = service.instances[slot];
    const bool held = build == service.current ||
                      std::ranges::find(service.before, build) != service.before.end();
    instance.build = build;
    instance.crashes = 0;
    ++instance.process;
    proceed(world, s, slot, held ? Phase::booting : Phase::pulling);
}

std::uint32_t free_slot(ServiceState& service) {
    std::uint32_t slot = 0;
    while (slot < service.instances.size() && service.instances[slot].phase != Phase::gone) ++slot;
    if (slot == service.instances.size()) service.instances.push_back({});
    return slot;
}

struct Limits {
    std::int64_t most = 0;         // Instances at once.
    std::int64_t least_ready = 0;  // While instances are taken away.
    bool drained_count = false;    // Recreate waits until the old ones are gone.
};

Limits limits_of(const World& world, std::uint32_t s) {
    const Service& declared = world.plan->services[s];
    const ServiceState& service = world.services[s];
    std::int64_t wanted = 0;
    for (const BuildCount& it : service.counts) wanted += target_of(world, service, it.build);
    const BuildId to = service.rollout ? service.rollout->to : service.current;
    if (std::ranges::find(service.counts, to, &BuildCount::build) == service.counts.end())
        wanted += target_of(world, service, to);
    if (stage_of(world, service).kind == StageKind::recreate) return {wanted, 0, true};
    const std::int64_t least =
        std::min(wanted, service.wanted) - part_of(service.wanted, declared.max_unavailable, 0);
    const std::int64_t surge = part_of(service.wanted, declared.max_surge, whole.ppm - 1);
    return {wanted + surge, least, surge == 0 && least <= 0};
}

// Takes instances of builds that have too many: those that serve nobody yet first.
void take_away(World& world, std::uint32_t s, const Limits& limits) {
    ServiceState& service = world.services[s];
    std::int64_t ready = 0;
    for (const BuildCount& it : service.counts) ready += it.ready;
    for (const bool serving : {false, true}) {
        for (std::size_t b = 0; b < service.counts.size(); ++b) {
            const BuildId build = service.counts[b].build;
            std::int64_t over = service.counts[b].alive - target_of(world, service, build);
            if (!serving && service.counts[b].alive == service.counts[b].ready) continue;
            if (serving && over > 0 && ready - 1 < limits.least_ready) return;
            for (std::uint32_t slot = 0; over > 0 && slot < service.instances.size(); ++slot) {
                const Instance& instance = service.instances[slot];
                if (instance.build != build || instance.phase == Phase::gone ||
                    instance.phase == Phase::lost || instance.phase == Phase::draining ||
                    (instance.phase == Phase::ready) != serving)
                    continue;
                if (serving && ready - 1 < limits.least_ready) return;
                if (serving) --ready;
                --over;
                proceed(world, s, slot, serving ? Phase::draining : Phase::gone);
            }
        }
    }
}

void bring_up(World& world, std::uint32_t s, const Limits& limits) {
    ServiceState& service = world.services[s];
    std::int64_t there = 0;
    for (const BuildCount& it : service.counts)
        there += it.alive + (limits.drained_count ? it.draining : 0);
    std::vector<BuildId> wanted{service.current};
    if (service.rollout && service.rollout->to != service.current)
        wanted.insert(wanted.begin(), service.rollout->to);
    for (const BuildId build : wanted) {
        std::int64_t missing = target_of(world, service, build) - count_of(service, build).alive;
        for (; missing > 0 && there < limits.most; --missing, ++there)
            begin_process(world, s, free_slot(service), build);
    }
}

bool as_wanted(const World& world, const ServiceState& service) {
    return std::ranges::all_of(service.counts, [&](const BuildCount& it) {
        const std::int64_t target = target_of(world, service, it.build);
        return it.ready == target && it.alive == target && it.draining == 0;
    });
}

void end_rollout(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    const Rollout done = *service.rollout;
    if (done.to != service.current) {
        if (!done.back) service.before.push_back(service.current);
        service.current = done.to;
    }
    if (done.back)
        while (!service.before.empty() && service.before.back() == done.to)
            service.before.pop_back();
    service.rollout.reset();
    world.news.push_back(RolloutEnded{{s}, done.to});
}

// The stage has what it asks for: it soaks, or the next begins.
void reach(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    Rollout& rollout = *service.rollout;
    const Stage stage = stage_of(world, service);
    if (!rollout.reached) {
        rollout.reached = true;
        if (stage.kind == StageKind::blue_green) {
            rollout.switched = true;
            sync_pools(world, s);
        }
        const std::size_t stages = stages_of(world, rollout).size();
        world.news.push_back(
            StageReached{{s}, rollout.to, stage.kind == StageKind::canary ? stage.share : whole});
        const bool stays = stage.kind == StageKind::canary && rollout.stage + 1 == stages;
        if (stays) return;  // Until somebody promotes it or rolls it back.
        if (stage.soak > Duration{}) {
            world.due.push_back(
                {Due::Kind::stage, stage.soak, s, service.rollouts * 64 + rollout.stage});
            return;
        }
        promote(world, s);
    }
}

}  // namespace

Stage stage_now(const World& world, ServiceId service) {
    return stage_of(world, world.services[service.index]);
}

std::int64_t ready_of(const ServiceState& service, BuildId build) {
    for (const BuildCount& count : service.counts)
        if (count.build == build) return count.ready;
    return 0;
}

void start_fleet(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    service.instances.resize(static_cast<std::size_t>(service.wanted));
    for (Instance& instance : service.instances) {
        instance.phase = Phase::ready;
        instance.build = service.current;
        instance.process = 1;
        count(service, instance, 1);
    }
}

void reconcile(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    if (!service.rollout || !service.rollout->halted) {
        // Taking away makes room at once where nothing drains, and bringing up makes ready.
        for (int round = 0; round < 2; ++round) {
            const Limits limits = limits_of(world, s);
            bring_up(world, s, limits);
            take_away(world, s, limits);
        }
        bring_up(world, s, limits_of(world, s));
    }
    sync_pools(world, s);
    if (service.rollout && !service.rollout->halted && as_wanted(world, service)) reach(world, s);
    std::erase_if(service.counts, [&](const BuildCount& it) {
        return it.alive == 0 && it.draining == 0 && it.build != service.current &&
               (!service.rollout || it.build != service.rollout->to);
    });
}

void begin_rollout(World& world, std::uint32_t s, Rollout rollout) {
    ServiceState& service = world.services[s];
    service.rollout = rollout;
    ++service.rollouts;
    world.due.push_back({Due::Kind::deadline, deadline, s, service.rollouts});
    reconcile(world, s);
}

void promote(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    Rollout& rollout = *service.rollout;
    const std::size_t stages = stages_of(world, rollout).size();
    const Stage stage = stage_of(world, service);
    if (rollout.stage + 1 < stages) {
        ++rollout.stage;
    } else if (stage.kind == StageKind::everyone || stage.kind == StageKind::recreate) {
        if (rollout.reached) end_rollout(world, s);
        return;
    } else {
        rollout.plan.reset();  // Beyond the last stage is everyone.
        rollout.stage = 0;
    }
    rollout.reached = false;
    reconcile(world, s);
}

void instance_due(World& world, std::uint32_t entity, std::uint32_t ordinal) {
    const std::uint32_t s = entity >> 18, slot = entity & ((1u << 18) - 1);
    ServiceState& service = world.services[s];
    if (slot >= service.instances.size()) return;
    Instance& instance = service.instances[slot];
    if (ordinal != instance.process * 8 + static_cast<std::uint32_t>(instance.phase)) return;
    if (instance.phase == Phase::crashed) ++instance.process;  // Where its image is already.
    proceed(world, s, slot, after(instance.phase));
    reconcile(world, s);
}

void pass_second(World& world, std::uint32_t s) {
    if (travelling(world) || moving(world, s)) refresh_paths(world, s);
    const std::vector<std::uint32_t> slots = dying(world, s);
    for (const std::uint32_t slot : slots) {
        Instance& instance = world.services[s].instances[slot];
        if (world.now - instance.booted >= healthy_after) instance.crashes = 0;
        ++instance.crashes;
        proceed(world, s, slot, Phase::crashed);
    }
    if (!slots.empty()) reconcile(world, s);
}

void stage_due(World& world, std::uint32_t s, std::uint32_t ordinal) {
    const ServiceState& service = world.services[s];
    if (!service.rollout || ordinal != service.rollouts * 64 + service.rollout->stage ||
        service.rollout->halted)
        return;
    promote(world, s);
}

void deadline_due(World& world, std::uint32_t s, std::uint32_t ordinal) {
    const ServiceState& service = world.services[s];
    if (service.rollout && ordinal == service.rollouts && !service.rollout->reached)
        world.news.push_back(RolloutSlow{{s}, service.rollout->to});
}

void lose_zone(World& world, std::uint32_t s, std::uint32_t zone) {
    ServiceState& service = world.services[s];
    const auto zones = static_cast<std::uint32_t>(world.plan->services[s].zones);
    for (std::uint32_t slot = 0; slot < service.instances.size(); ++slot) {
        if (slot % zones != zone - 1 || service.instances[slot].phase == Phase::gone) continue;
        end_process(world, s, slot, Phase::gone);
        proceed(world, s, slot, Phase::lost);
    }
    reconcile(world, s);
}

void fold(const ServiceState& service, Digest& digest) {
    for (const Instance& it : service.instances)
        digest.fold(std::uint64_t{static_cast<std::uint8_t>(it.phase)} << 56 |
                    std::uint64_t{it.crashes} << 32 | std::uint64_t{it.build.index} << 20 |
                    it.process);
    for (const Instance& it : service.instances)
        for (const std::int64_t number :
             {it.booted.us, std::int64_t{it.remembered.process}, it.remembered.booted.us,
              it.remembered.until.us, it.leaked_nb, it.repeating, std::int64_t{it.starved}})
            digest.fold(number);
    digest.fold(std::uint64_t{service.current.index});
    digest.fold(std::uint64_t{service.rollouts});
    digest.fold(service.wanted);
    if (!service.rollout) return;
    const Rollout& it = *service.rollout;
    for (const std::int64_t number :
         {std::int64_t{it.to.index}, it.plan ? std::int64_t{it.plan->index} : -1,
          std::int64_t{it.stage}, std::int64_t{it.back}, std::int64_t{it.halted},
          std::int64_t{it.reached}, std::int64_t{it.switched}})
        digest.fold(number);
}

}  // namespace rollcage
