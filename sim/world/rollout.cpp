// Who begins and ends instances: targets by stage, waves within limits, names, the repository.
#include <algorithm>

#include "sim/world/route.h"

namespace rollcage {

namespace {

constexpr Duration deadline{600'000'000};  // progressDeadlineSeconds; it only reports.
constexpr std::uint32_t stages_max = 64;   // In an event's ordinal.

const Stage to_everyone{};
const Stage by_hand_again{.kind = StageKind::by_hand};

std::int64_t part_of(std::int64_t count, Share share, std::int64_t round_up_ppm) {
    return (count * share.ppm + round_up_ppm) / whole.ppm;
}

std::size_t stages_in(const World& world, const Rollout& rollout) {
    return rollout.plan ? world.plan->plans[rollout.plan->index].stages.size() : 1;
}

// Instances that a region is to have, over all regions as alike as can be.
std::int64_t wanted_at(const ServiceState& service, std::uint32_t row) {
    const auto sites = static_cast<std::int64_t>(service.sites.size());
    return service.wanted / sites + (row < service.wanted % sites);
}

// Of a region's demand, the part of a canary's audience.
Share audience_share(const World& world, std::uint32_t s, std::uint32_t row) {
    double all = 0, meant = 0;
    for (std::uint32_t c = 0; c < world.plan->cohorts.size(); ++c) {
        const Cohort& cohort = world.plan->cohorts[c];
        if (cohort.serves.index != s || home_of(world, {c}).value_or(row) != row) continue;
        all += demand_of(cohort);
        if (in_audience(world, s, {c})) meant += demand_of(cohort);
    }
    return all > 0 ? share_of(meant / all) : whole;
}

struct Target {
    Spec spec;
    std::int64_t instances = 0;
};

// What a region is to run, in the order in which it is begun.
std::vector<Target> targets_at(const World& world, std::uint32_t s, std::uint32_t row) {
    const ServiceState& service = world.services[s];
    const std::int64_t all = wanted_at(service, row);
    const Stage* stage = stage_at(world, s, row);
    if (!service.rollout || stage == nullptr) return {{service.spec, all}};
    if (service.rollout->halted) {
        std::vector<Target> as_it_was;
        for (const Group& group : service.sites[row].groups)
            as_it_was.push_back({group.spec, group.halted_at});
        return as_it_was;
    }
    const Spec& to = service.rollout->to;
    if (to == service.spec) return {{to, all}};
    if (stage->kind == StageKind::blue_green) return {{to, all}, {service.spec, all}};
    if (stage->kind != StageKind::canary) return {{to, all}};
    const Share of_users{stage->share.ppm * audience_share(world, s, row).ppm / whole.ppm};
    const std::int64_t some = of_users == none || all == 0
                                  ? 0
                                  : std::max<std::int64_t>(1, part_of(all, of_users, 500'000));
    std::vector<Target> targets{{to, some}, {service.spec, all}};
    if (stage->baseline)
        targets.insert(targets.begin() + 1, {{.build = service.current, .baseline = true}, some});
    return targets;
}

std::int64_t target_of(const std::vector<Target>& targets, const Spec& spec) {
    const auto found = std::ranges::find(targets, spec, &Target::spec);
    return found == targets.end() ? 0 : found->instances;
}

struct Limits {
    std::int64_t most = 0;         // Instances at once.
    std::int64_t least_ready = 0;  // While instances are taken away.
    bool drained_count = false;    // Recreate waits until the old ones are gone.
};

Limits limits_at(const World& world, std::uint32_t s, std::uint32_t row,
                 const std::vector<Target>& targets) {
    const Service& declared = world.plan->services[s];
    const std::int64_t all = wanted_at(world.services[s], row);
    std::int64_t wanted = 0;
    for (const Target& target : targets) wanted += target.instances;
    const Stage* stage = stage_at(world, s, row);
    if (stage != nullptr && stage->kind == StageKind::recreate) return {wanted, 0, true};
    const std::int64_t surge = part_of(all, declared.max_surge, whole.ppm - 1);
    std::int64_t away = part_of(all, declared.max_unavailable, 0);
    if (surge == 0 && away == 0) away = 1;  // Or nothing could ever roll.
    const std::int64_t least = std::min(wanted, all) - away;
    return {wanted + surge, least, surge == 0 && least <= 0};
}

// Takes instances of specs that have too many: those that serve nobody yet first.
void take_away(World& world, std::uint32_t s, std::uint32_t row, const std::vector<Target>& targets,
               const Limits& limits) {
    Site& site = world.services[s].sites[row];
    const auto sites = static_cast<std::uint32_t>(world.services[s].sites.size());
    std::int64_t ready = 0;
    for (const Group& group : site.groups) ready += group.serving.size();
    for (const bool serving : {false, true}) {
        for (std::size_t g = 0; g < site.groups.size(); ++g) {
            std::int64_t over = site.groups[g].alive() - target_of(targets, site.groups[g].spec);
            for (; over > 0; --over) {
                const SlotSet& from = serving ? site.groups[g].serving : site.groups[g].coming;
                if (from.empty()) break;
                if (serving && ready-- <= limits.least_ready) return;
                end_process(world, s, from.first() * sites + row);
            }
        }
    }
}

}  // namespace

// A region routes among so many builds of a service at once; more wait until one of them is gone.
// One is kept free for a name that moves while an image is pulled.
bool room_for(const World& world, std::uint32_t s, std::uint32_t row, const Spec& spec) {
    const ServiceState& service = world.services[s];
    std::vector<std::pair<BuildId, bool>> there;
    const auto count = [&](BuildId build, bool baseline) {
        const std::pair it{build, baseline};
        if (std::ranges::find(there, it) == there.end()) there.push_back(it);
    };
    for (const Pool& pool : service.pools)
        if (pool.site == row) count(pool.build, pool.baseline);
    for (const Group& group : service.sites[row].groups)
        if (group.alive() > 0) count(build_of(world, s, group.spec), group.spec.baseline);
    count(build_of(world, s, spec), spec.baseline);
    return there.size() < builds_together;
}

namespace {

// The smallest group that is to go makes room, whatever it serves.
void make_room(World& world, std::uint32_t s, std::uint32_t row,
               const std::vector<Target>& targets) {
    Site& site = world.services[s].sites[row];
    const auto sites = static_cast<std::uint32_t>(world.services[s].sites.size());
    const Group* least = nullptr;
    for (const Group& group : site.groups) {
        if (group.draining > 0 && group.alive() == 0) return;  // It is on its way.
        const bool goes = group.serving.size() > 0 && target_of(targets, group.spec) == 0;
        if (goes && (least == nullptr || group.alive() < least->alive())) least = &group;
    }
    if (least == nullptr) return;
    const Spec spec = least->spec;
    while (!group_of(site, spec).serving.empty())
        end_process(world, s, group_of(site, spec).serving.first() * sites + row);
}

void bring_up(World& world, std::uint32_t s, std::uint32_t row, const std::vector<Target>& targets,
              const Limits& limits) {
    Site& site = world.services[s].sites[row];
    std::int64_t there = 0;
    for (const Group& group : site.groups)
        there += group.alive() + (limits.drained_count ? group.draining : 0);
    for (const Target& target : targets) {
        std::int64_t missing = target.instances - group_of(site, target.spec).alive();
        if (missing > 0 && !room_for(world, s, row, target.spec)) {
            make_room(world, s, row, targets);
            continue;
        }
        for (; missing > 0 && there < limits.most; --missing, ++there) {
            const auto slot = free_slot(world, s, row);
            if (!slot) return;
            begin_process(world, s, *slot, target.spec);
        }
    }
}

bool as_wanted(const World& world, std::uint32_t s) {
    const ServiceState& service = world.services[s];
    for (std::uint32_t row = 0; row < service.sites.size(); ++row) {
        const std::vector<Target> targets = targets_at(world, s, row);
        for (const Group& group : service.sites[row].groups) {
            const std::int64_t target = target_of(targets, group.spec);
            if (group.serving.size() != target || group.alive() != target || group.draining != 0)
                return false;
        }
        for (const Target& target : targets)
            if (target.instances > 0 &&
                std::ranges::find(service.sites[row].groups, target.spec, &Group::spec) ==
                    service.sites[row].groups.end())
                return false;
    }
    return true;
}

void forget_empty(Site& site) {
    std::erase_if(site.groups, [](const Group& it) {
        return it.alive() == 0 && it.draining == 0 && it.halted_at == 0;
    });
    std::erase_if(site.crews, [](const Crew& it) { return it.holders() == 0 && it.dark == 0; });
}

void end_rollout(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    const Rollout done = *service.rollout;
    const BuildId build = build_of(world, s, done.to);
    if (build != service.current) {
        if (!done.back) service.before.push_back(service.current);
        service.current = build;
        compare_build(world, {s});
    }
    service.spec = done.to;
    if (done.back)
        while (!service.before.empty() && service.before.back() == build) service.before.pop_back();
    service.rollout.reset();
    if (!done.back) deploy_arrived(world, {s}, build);
    world.news.push_back(RolloutEnded{{s}, build});
}

// The stage begins: by hand somebody sets out, else the controller sees to it.
void enter_stage(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    Rollout& rollout = *service.rollout;
    const Stage& stage = stage_now(world, s);
    rollout.reached = rollout.switched = false;
    rollout.weight.reset();
    rollout.soaks = SimTime{-1};
    service.pass.reset();
    if (stage.kind == StageKind::by_hand) {
        if (rollout.plan) service.by_hand = Hand{stage.each, stage.misses};
        begin_pass(
            world, s,
            {.to = rollout.to, .each = service.by_hand->each, .misses = service.by_hand->misses});
    } else {
        service.by_hand.reset();
    }
    reconcile(world, s);
}

void soak(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    Rollout& rollout = *service.rollout;
    const Stage& stage = stage_now(world, s);
    const bool last = rollout.stage + 1 == stages_in(world, rollout);
    rollout.soaks = world.now;
    if (stage.gate) return;  // Until somebody has read what its judge says.
    if (stage.kind == StageKind::canary && last)
        return;  // Until somebody promotes it or rolls it back.
    if (stage.soak > Duration{})
        world.due.push_back(
            {Due::Kind::stage, stage.soak, s, service.rollouts * stages_max + rollout.stage});
    else
        promote(world, s);
}

// The stage is what it is meant to be: it is told, it soaks, and the next begins.
void complete(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    const Stage& stage = stage_now(world, s);
    if (stage.kind == StageKind::mark_stable) {
        service.stable = service.rollout->build;
        world.news.push_back(NameMoved{{s}, MovingName::stable, service.stable});
    } else {
        const auto& plan = service.rollout->plan;
        world.news.push_back(StageReached{
            {s},
            service.rollout->build,
            plan ? meant_share(*world.plan, {s}, *plan, service.rollout->stage) : whole});
    }
    soak(world, s);
}

}  // namespace

void reach(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    Rollout& rollout = *service.rollout;
    if (rollout.reached) return;
    rollout.reached = true;
    const Stage& stage = stage_now(world, s);
    if (stage.kind != StageKind::blue_green) return complete(world, s);
    sync_pools(world, s);  // The dark side may have work from now on.
    if (stage.dark == Duration{})
        flip_due(world, s, service.rollouts * stages_max + rollout.stage);
    else
        world.due.push_back(
            {Due::Kind::flip, stage.dark, s, service.rollouts * stages_max + rollout.stage});
}

Share meant_share(const Blueprint& blueprint, ServiceId service, PlanId id, std::size_t stage) {
    const std::vector<Stage>& stages = blueprint.plans[id.index].stages;
    double all = 0, meant = 0;
    for (std::uint32_t c = 0; c < blueprint.cohorts.size(); ++c) {
        const Cohort& cohort = blueprint.cohorts[c];
        if (cohort.serves != service) continue;
        bool named = false;  // By some stage so far; an audience widens.
        Share share = none;
        for (std::size_t i = 0; i <= stage; ++i) {
            const Stage& it = stages[i];
            named |= it.audience.empty() || std::ranges::count(it.audience, CohortId{c}) > 0;
            const bool here =
                it.regions.empty() || std::ranges::count(it.regions, cohort.region) > 0;
            if (!here || it.kind == StageKind::mark_stable) continue;
            share = it.kind != StageKind::canary ? whole : named ? it.share : none;
        }
        all += demand_of(cohort);
        meant += demand_of(cohort) * share.value();
    }
    return all > 0 ? share_of(meant / all) : stages[stage].share;
}

const Stage& stage_now(const World& world, std::uint32_t s) {
    const std::optional<Rollout>& rollout = world.services[s].rollout;
    if (!rollout) return to_everyone;
    if (rollout->plan) return world.plan->plans[rollout->plan->index].stages[rollout->stage];
    return rollout->by_hand ? by_hand_again : to_everyone;
}

const Stage* stage_at(const World& world, std::uint32_t s, std::uint32_t row) {
    const std::optional<Rollout>& rollout = world.services[s].rollout;
    if (!rollout || !rollout->plan) return &stage_now(world, s);
    const RegionId here = world.plan->services[s].regions[row];
    const std::vector<Stage>& stages = world.plan->plans[rollout->plan->index].stages;
    for (std::size_t i = rollout->stage + 1; i-- > 0;) {
        const std::vector<RegionId>& regions = stages[i].regions;
        if (stages[i].kind == StageKind::mark_stable && i > 0) continue;
        if (regions.empty() || std::ranges::find(regions, here) != regions.end()) return &stages[i];
    }
    return nullptr;
}

bool in_audience(const World& world, std::uint32_t s, CohortId cohort) {
    const std::optional<Rollout>& rollout = world.services[s].rollout;
    if (!rollout || !rollout->plan || stage_now(world, s).audience.empty()) return true;
    const std::vector<Stage>& stages = world.plan->plans[rollout->plan->index].stages;
    for (std::size_t i = 0; i <= rollout->stage; ++i)
        if (std::ranges::find(stages[i].audience, cohort) != stages[i].audience.end()) return true;
    return false;
}

std::optional<std::uint32_t> home_of(const World& world, CohortId id) {
    const Cohort& cohort = world.plan->cohorts[id.index];
    const std::vector<RegionId>& regions = world.plan->services[cohort.serves.index].regions;
    const auto found = std::ranges::find(regions, cohort.region);
    if (found == regions.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - regions.begin());
}

std::int64_t ready_of(const ServiceState& service, BuildId build) {
    std::int64_t ready = 0;
    for (const Site& site : service.sites)
        for (const Crew& crew : site.crews)
            if (crew.build == build && !crew.baseline) ready += crew.ready;
    return ready;
}

std::int64_t ready_in(const ServiceState& service) {
    std::int64_t ready = 0;
    for (const Site& site : service.sites)
        for (const Group& group : site.groups) ready += group.serving.size();
    return ready;
}

void reconcile(World& world, std::uint32_t s, std::uint32_t row) {
    ServiceState& service = world.services[s];
    if (!service.by_hand) {
        const std::vector<Target> targets = targets_at(world, s, row);
        const Limits limits = limits_at(world, s, row, targets);
        // Taking away makes room at once where nothing drains, and bringing up makes ready.
        for (int round = 0; round < 2; ++round) {
            bring_up(world, s, row, targets, limits);
            take_away(world, s, row, targets, limits);
        }
        bring_up(world, s, row, targets, limits);
    }
    sync_site(world, s, row);
    forget_empty(service.sites[row]);
    const bool goes_on = !service.by_hand && service.rollout && !service.rollout->halted;
    if (goes_on && as_wanted(world, s)) reach(world, s);
}

void reconcile(World& world, std::uint32_t s) {
    for (std::uint32_t row = 0; row < world.services[s].sites.size(); ++row)
        reconcile(world, s, row);
}

void begin_rollout(World& world, std::uint32_t s, Rollout rollout) {
    ServiceState& service = world.services[s];
    for (Site& site : service.sites)
        for (Group& group : site.groups) group.halted_at = 0;
    ++service.rollouts;
    if (rollout.back) deploy_failed(world, {s});
    if (rollout.to.name) rollout.to.stamp = service.rollouts;
    rollout.build = build_of(world, s, rollout.to);
    rollout.by_hand = !rollout.plan && service.by_hand;
    rollout.progress = world.now;
    service.rollout = rollout;
    world.due.push_back({Due::Kind::deadline, deadline, s, service.rollouts});
    enter_stage(world, s);
}

void release(World& world, BuildId build, PlanId plan) {
    const std::uint32_t s = world.plan->builds[build.index].of.index;
    ServiceState& service = world.services[s];
    service.latest = build;
    Spec to{.build = build};
    if (world.plan->services[s].runs_latest) to = {.name = MovingName::latest};
    begin_rollout(world, s, {.to = to, .plan = plan});
    service.repository.spec = service.rollout ? service.rollout->to : service.spec;
    service.repository.plan = plan;
}

void promote(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    Rollout& rollout = *service.rollout;
    const StageKind kind = stage_now(world, s).kind;
    if (rollout.stage + 1 < stages_in(world, rollout)) {
        ++rollout.stage;
    } else if (kind != StageKind::canary && kind != StageKind::blue_green) {
        if (rollout.reached) end_rollout(world, s);
        return;
    } else {
        rollout.plan.reset();  // Beyond the last stage is everyone.
        rollout.stage = 0;
    }
    enter_stage(world, s);
}

void halt(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    if (service.pass) service.pass->halted = true;
    if (!service.rollout) return;
    service.rollout->halted = true;
    for (Site& site : service.sites)
        for (Group& group : site.groups) group.halted_at = group.alive();
}

void resume(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    if (service.pass && service.pass->halted) {
        service.pass->halted = false;
        world.due.push_back({Due::Kind::pass, service.pass->each, s, service.passes});
    }
    if (!service.rollout || !service.rollout->halted) return;
    Rollout& rollout = *service.rollout;
    rollout.halted = false;
    rollout.progress = world.now;
    for (Site& site : service.sites)
        for (Group& group : site.groups) group.halted_at = 0;
    const bool was_reached = rollout.reached;
    const bool dark = stage_now(world, s).kind == StageKind::blue_green && !rollout.switched;
    reconcile(world, s);
    if (!was_reached) return;
    if (dark)
        flip_due(world, s, service.rollouts * stages_max + rollout.stage);
    else
        soak(world, s);  // It begins anew.
}

void turn_over(World& world, std::uint32_t s) {
    Rollout& rollout = *world.services[s].rollout;
    rollout.switched = !rollout.switched;
    rollout.weight.reset();
    sync_pools(world, s);
}

void flip_due(World& world, std::uint32_t s, std::uint32_t ordinal) {
    const ServiceState& service = world.services[s];
    if (!service.rollout || ordinal != service.rollouts * stages_max + service.rollout->stage ||
        service.rollout->halted)
        return;
    if (!service.rollout->switched) turn_over(world, s);
    complete(world, s);
}

void stage_due(World& world, std::uint32_t s, std::uint32_t ordinal) {
    const ServiceState& service = world.services[s];
    if (!service.rollout || ordinal != service.rollouts * stages_max + service.rollout->stage ||
        service.rollout->halted)
        return;
    promote(world, s);
}

void deadline_due(World& world, std::uint32_t s, std::uint32_t ordinal) {
    ServiceState& service = world.services[s];
    if (!service.rollout || ordinal != service.rollouts || service.rollout->told) return;
    Rollout& rollout = *service.rollout;
    if (rollout.reached || rollout.halted) rollout.progress = world.now;
    const Duration still = world.now - rollout.progress;
    rollout.told = still >= deadline;
    if (rollout.told)
        world.news.push_back(RolloutSlow{{s}, rollout.build});
    else
        world.due.push_back({Due::Kind::deadline, deadline - still, s, service.rollouts});
}

void fold_intent(const ServiceState& service, Digest& digest) {
    const auto all = [&](std::initializer_list<std::int64_t> numbers) {
        for (const std::int64_t number : numbers) digest.fold(number);
    };
    const auto spec = [&](const Spec& it) {
        all({it.build.index, it.name ? static_cast<std::int64_t>(*it.name) : -1, it.stamp,
             it.baseline});
    };
    spec(service.spec), spec(service.repository.spec);
    all({service.current.index, service.stable.index, service.latest.index, service.rollouts,
         service.passes, service.wanted, service.hotfixes, service.hotfix_coming,
         service.repository.instances, service.repository.paused, service.pulls_told,
         service.missing_told.us});
    for (const BuildId build : service.before) digest.fold(std::uint64_t{build.index});
    for (const Closed& it : service.closed)
        all({it.place.site.value_or(~0u), it.place.zone.value_or(~0u), it.place.node.value_or(~0u),
             it.lost});
    if (service.by_hand) all({service.by_hand->each.us, service.by_hand->misses.ppm});
    if (service.pass) all({service.pass->each.us, service.pass->slot, service.pass->halted});
    if (!service.rollout) return;
    const Rollout& it = *service.rollout;
    spec(it.to);
    all({it.build.index, it.plan ? std::int64_t{it.plan->index} : -1, it.stage, it.back, it.by_hand,
         it.halted, it.reached, it.switched, it.told, it.weight ? it.weight->ppm : -1,
         it.progress.us, it.soaks.us});
}

}  // namespace rollcage
