#include <algorithm>

#include "sim/world/fleet.h"
#include "sim/world/path.h"

namespace rollcage {

namespace {

constexpr std::uint32_t restart_entity = 0x0300'0000;
constexpr std::uint32_t instance_entity = 0x0500'0000;

Pool* pool_of(ServiceState& service, BuildId build) {
    const auto found = std::ranges::find(service.pools, build, &Pool::build);
    return found == service.pools.end() ? nullptr : &*found;
}

// A fresh process of this build: cold, empty, at the speed its build has.
void open_pool(World& world, std::uint32_t s, BuildId build) {
    ServiceState& service = world.services[s];
    const Pool& like = service.pools[0];
    Pool pool;
    pool.build = build;
    while (std::ranges::find(service.pools, pool.key, &Pool::key) != service.pools.end())
        ++pool.key;
    check(pool.key < pools_max, "a service runs at most eight builds at once");
    pool.users = none;
    pool.station.shed = like.station.shed;
    pool.station.shed_final = like.station.shed_final;
    pool.edges.resize(like.edges.size());
    for (const Lane& lane : like.station.lanes) {
        const Cohort& cohort = world.plan->cohorts[lane.cohort];
        Lane fresh =
            make_lane(cohort, cohort.kinds[lane.account - world.cohorts[lane.cohort].accounts[0]],
                      world.tick_length);
        fresh.cohort = lane.cohort;
        fresh.account = lane.account;
        fresh.slice = lane.slice;
        fresh.retry_budget = lane.retry_budget;
        pool.station.lanes.push_back(fresh);
    }
    service.pools.push_back(pool);
    refresh_paths(world, s);
    service.pools.back().station.held = 0;
}

// The last process is gone: whoever waited or backs off there comes to the first other pool.
void close_pool(World& world, std::uint32_t s, std::size_t row) {
    ServiceState& service = world.services[s];
    Pool& gone = service.pools[row];
    Pool& heir = service.pools[row == 0 ? 1 : 0];
    const std::uint32_t entity = restart_entity + s * pools_max + gone.key;
    Dice dice(world.draw, entity, world.ticks);
    restart(gone.station, world.draw, entity, world.ticks);
    for (std::uint32_t i = 0; i < gone.station.lanes.size(); ++i) {
        Lane& from = gone.station.lanes[i];
        Lane& to = heir.station.lanes[i];
        move_returning(from, to, whole, i, dice);
        for (std::size_t a = 0; a < to.dropped.size(); ++a) to.dropped[a] += from.dropped[a];
        to.dropped_total += from.dropped_total;
        to.waiting += from.dropped_total;
        to.minute_fresh += from.minute_fresh;
        to.minute_bad += from.minute_bad;
        take_over(to, from);
    }
    heir.station.burnt += gone.station.burnt;
    Inbound& in = heir.inbound;
    const Inbound& rest = gone.inbound;
    in.served += rest.served, in.calls += rest.calls, in.writes += rest.writes;
    in.inserts += rest.inserts, in.rejected += rest.rejected, in.misread += rest.misread;
    in.lossy += rest.lossy, in.doubled += rest.doubled;
    heir.station.attempts += gone.station.attempts;
    heir.station.answered += gone.station.answered;
    heir.station.errors += gone.station.errors;
    service.pools.erase(service.pools.begin() + static_cast<std::ptrdiff_t>(row));
}

// What part of the users each pool has: by a stage that says so, else by its ready processes.
std::vector<Share> routed(const World& world, const ServiceState& service) {
    std::vector<std::int64_t> weights;
    const Stage stage =
        service.rollout && service.rollout->plan
            ? world.plan->plans[service.rollout->plan->index].stages[service.rollout->stage]
            : Stage{};
    for (const Pool& pool : service.pools) {
        const std::int64_t ready = ready_of(service, pool.build);
        std::int64_t weight = ready;
        if (service.rollout && stage.kind == StageKind::canary)
            weight = pool.build == service.rollout->to ? stage.share.ppm
                     : pool.build == service.current   ? whole.ppm - stage.share.ppm
                                                       : 0;
        if (service.rollout && stage.kind == StageKind::blue_green)
            weight =
                pool.build == (service.rollout->switched ? service.rollout->to : service.current);
        weights.push_back(ready == 0 ? 0 : weight);
    }
    std::int64_t all = 0, given = 0;
    for (const std::int64_t weight : weights) all += weight;
    std::vector<Share> users(weights.size(), none);
    for (std::size_t p = 1; p < weights.size() && all > 0; ++p) {
        users[p] = {weights[p] * whole.ppm / all};
        given += users[p].ppm;
    }
    users[0] = {whole.ppm - given};
    return users;
}

// Users of a sticky route who are moved take their retries along.
void move_users(World& world, std::uint32_t s, const std::vector<Share>& users) {
    ServiceState& service = world.services[s];
    Dice dice(world.draw, restart_entity + s * pools_max + pools_max / 2, world.ticks);
    std::int64_t gained = 0;
    for (std::size_t p = 0; p < users.size(); ++p)
        gained += std::max<std::int64_t>(0, users[p].ppm - service.pools[p].users.ppm);
    for (std::size_t from = 0; from < users.size(); ++from) {
        Pool& loser = service.pools[from];
        std::int64_t lost = loser.users.ppm - users[from].ppm, had = loser.users.ppm;
        for (std::size_t to = 0; to < users.size() && lost > 0 && gained > 0; ++to) {
            const std::int64_t gain = users[to].ppm - service.pools[to].users.ppm;
            if (gain <= 0) continue;
            const std::int64_t part = lost * gain / gained;
            for (std::uint32_t i = 0; i < loser.station.lanes.size(); ++i)
                move_returning(loser.station.lanes[i], service.pools[to].station.lanes[i],
                               {part * whole.ppm / std::max<std::int64_t>(1, had)}, i, dice);
            had -= part;
        }
    }
}

}  // namespace

void sync_pools(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    const auto holders = [&](BuildId build) {
        const auto found = std::ranges::find(service.counts, build, &BuildCount::build);
        return found == service.counts.end() ? 0 : found->ready + found->draining;
    };
    for (const BuildCount& count : service.counts)
        if (count.ready > 0 && pool_of(service, count.build) == nullptr)
            open_pool(world, s, count.build);
    for (Pool& pool : service.pools) {
        pool.station.slots = holders(pool.build) * world.plan->services[s].slots;
        // What ended took its part by the die, which may be less than the slots that are gone.
        pool.station.held = std::min(pool.station.held, pool.station.slots);
        pool.station.busy = std::min(pool.station.busy, pool.station.slots);
    }
    for (std::size_t row = service.pools.size(); row-- > 0;)
        if (service.pools.size() > 1 && holders(service.pools[row].build) == 0)
            close_pool(world, s, row);
    const bool by_stage = service.rollout && service.rollout->plan;
    const Stage stage =
        by_stage ? world.plan->plans[service.rollout->plan->index].stages[service.rollout->stage]
                 : Stage{};
    service.sticky =
        stage.sticky && (stage.kind == StageKind::canary || stage.kind == StageKind::blue_green);
    const std::vector<Share> users = routed(world, service);
    if (service.sticky) move_users(world, s, users);
    for (std::size_t p = 0; p < users.size(); ++p) service.pools[p].users = users[p];
}

void lose_part(World& world, std::uint32_t s, BuildId build, std::int64_t holders,
               std::uint32_t slot) {
    ServiceState& service = world.services[s];
    Pool* pool = pool_of(service, build);
    if (pool == nullptr) return;
    const std::uint32_t entity = instance_entity + (s << 18 | slot);
    if (holders <= 1) return restart(pool->station, world.draw, entity, world.ticks);
    Dice dice(world.draw, entity, service.instances[slot].process);
    lose_part(pool->station, 1.0 / static_cast<double>(holders), dice);
}

}  // namespace rollcage
