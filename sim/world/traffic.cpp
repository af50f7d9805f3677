#include <algorithm>

#include "sim/base/maths.h"
#include "sim/base/samplers.h"
#include "sim/world/route.h"

namespace rollcage {

namespace {

constexpr std::uint32_t cohort_entity = 0x0100'0000;  // Entity keys: cohorts, then pools.
constexpr std::uint32_t pool_entity = 0x0200'0000;
constexpr std::uint32_t called_from = 4096;  // Routes of calls, after the calls themselves.
constexpr std::uint32_t mixed_from = rows_max * pools_max;  // Routes of those who return.

std::uint32_t entity_of(std::uint32_t service, std::uint32_t pool_key) {
    return pool_entity + service * pools_max + pool_key;
}

// `count` spread over the ways by their shares: binomials, the last way first. Takes pools_max
// ordinals from `first`.
template <class Give>
void spread(std::int64_t count, const std::vector<Pool>& pools, const std::vector<Way>& ways,
            Purpose purpose, std::uint32_t first, Dice& dice, const Give& give) {
    std::int64_t rest_ppm = whole.ppm;
    for (std::size_t w = ways.size(); w-- > 1;) {
        const std::int64_t share = ways[w].share.ppm;
        if (share == 0) continue;
        const std::int64_t here =
            binomial(dice(purpose, first + pools[ways[w].pool].key), count,
                     static_cast<double>(share) / static_cast<double>(rest_ppm));
        give(ways[w], here);
        count -= here;
        rest_ppm -= share;
    }
    if (!ways.empty() && count > 0) give(ways[0], count);
}

// The first block of a purpose for entities in a row.
void draw_first_blocks(const World& world, Purpose purpose, std::uint32_t first, std::size_t count,
                       std::vector<Philox>& blocks) {
    blocks.resize((count + 3) / 4 * 4);
    const std::uint32_t word = Draw::block_word(purpose, 0);
    for (std::size_t i = 0; i < count; i += 4, first += 4) {
        const auto four = world.draw.four({first, first + 1, first + 2, first + 3},
                                          {word, word, word, word}, world.ticks);
        std::ranges::copy(four, blocks.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

// Of those who log in again before the next second, the part that comes in this tick.
std::int64_t logins_now(const World& world, CohortState& cohort) {
    if (cohort.logins_due == 0) return 0;
    const auto a_second = static_cast<std::uint64_t>(Duration{1'000'000} / world.tick_length);
    const auto left = static_cast<std::int64_t>(a_second - (world.ticks + a_second - 1) % a_second);
    const std::int64_t now = (cohort.logins_due + left - 1) / left;
    cohort.logins_due -= now;
    return now;
}

// Arrivals are keyed by cohort, never by pool: routing cannot change how many people show up.
void arrive(World& world) {
    draw_first_blocks(world, Purpose::arrivals, cohort_entity, world.cohorts.size(),
                      world.scratch.arrivals);
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) {
        const Cohort& cohort = world.plan->cohorts[c];
        CohortState& state = world.cohorts[c];
        const std::int64_t logins = logins_now(world, state);
        if (state.per_tick.mean <= 0 && logins == 0) continue;
        std::int64_t people = state.per_tick.mean > 0
                                  ? poisson(Lanes{world.scratch.arrivals[c]}[0], state.per_tick)
                                  : 0;
        std::vector<Pool>& pools = world.services[cohort.serves.index].pools;
        if (cohort.kinds.size() == 1 && state.ways.size() == 1) {
            const Way& only = state.ways[0];
            pools[only.pool].station.lanes[only.lane].fresh_now += people;
            continue;
        }
        Dice dice(world.draw, cohort_entity + c, world.ticks);
        std::int64_t rest_ppm = whole.ppm;
        for (std::uint32_t k = 0; k < cohort.kinds.size(); ++k) {
            const std::int64_t part_ppm = cohort.kinds[k].share.ppm;
            const std::int64_t here =
                rest_ppm == part_ppm
                    ? people
                    : binomial(dice(Purpose::kinds, k), people,
                               static_cast<double>(part_ppm) / static_cast<double>(rest_ppm));
            people -= here;
            rest_ppm -= part_ppm;
            spread(cohort.kinds[k].login ? logins : here, pools, state.ways, Purpose::route,
                   k * pools_max, dice, [&](const Way& way, std::int64_t count) {
                       pools[way.pool].station.lanes[way.lane + k].fresh_now += count;
                   });
        }
    }
}

// Those who come back are routed afresh where users do not stick, and where nobody is sent any
// more.
void mix_returning(World& world, std::uint32_t c) {
    CohortState& state = world.cohorts[c];
    if (state.ways.size() < 2) return;
    const Cohort& cohort = world.plan->cohorts[c];
    ServiceState& service = world.services[cohort.serves.index];
    std::vector<Pool>& pools = service.pools;
    Dice dice(world.draw, cohort_entity + c, world.ticks);
    for (std::uint32_t k = 0; k < cohort.kinds.size(); ++k) {
        const auto lane_at = [&](const Way& way) -> Lane& {
            return pools[way.pool].station.lanes[way.lane + k];
        };
        const Lane& first = lane_at(state.ways[0]);
        const auto slot =
            static_cast<std::size_t>(world.ticks % static_cast<std::uint64_t>(first.horizon)) *
            static_cast<std::size_t>(first.attempts);
        for (std::uint32_t t = 1; t < first.attempts; ++t) {
            std::int64_t all = 0;
            for (const Way& way : state.ways) {
                if (service.sticky && way.share > none) continue;
                Lane& lane = lane_at(way);
                const std::int64_t here = std::exchange(lane.returning[slot + t], 0);
                lane.returning_total -= here;
                all += here;
            }
            if (all == 0) continue;
            spread(all, pools, state.ways, Purpose::route, mixed_from + (k * 8 + t) * pools_max,
                   dice, [&](const Way& way, std::int64_t count) {
                       Lane& lane = lane_at(way);
                       lane.returning_total += count;
                       lane.returning[slot + t] += count;
                   });
        }
    }
}

struct PoolPace {
    CallerPace calls;
    double error_share = 0;
};
using Paces = std::vector<std::vector<PoolPace>>;  // By service and pool.

// What a pool's calls find at a service: those of its pools that its region's calls are routed to.
CalleeState callee_state(const World& world, ServiceId to, const std::vector<Way>& ways,
                         std::int64_t placed, const Paces& paces) {
    const ServiceState& state = world.services[to.index];
    const Service& service = world.plan->services[to.index];
    CalleeState callee;
    double slots = 0, queue = 0, others = 0, weighted = 0, hold_us = 0, wrong = 0;
    for (const Way& way : ways) {
        if (way.share == none) continue;
        const Pool& pool = state.pools[way.pool];
        const PoolPace& pace = paces[to.index][way.pool];
        const auto here = static_cast<double>(pool.station.slots);
        slots += here;
        weighted += here * static_cast<double>(pool.station.work_us);
        hold_us += here * pace.calls.hold_us;
        wrong += way.share.value() * pace.error_share;
        queue += static_cast<double>(pool.station.queue());
        others += static_cast<double>(pool.own_served + pool.calls_served);
    }
    callee.bound_us = service.queue ? static_cast<double>(service.queue->us) : -1;
    callee.varies = service.work_varies;
    callee.error_share = std::min(1.0, wrong);
    callee.queue = queue;
    if (slots == 0) {  // Nobody listens.
        callee.work_us = static_cast<double>(service.work.us);
        callee.error_share = 1;
        return callee;
    }
    callee.work_us = (weighted + hold_us) / slots;
    const double used = std::max(0.0, others - static_cast<double>(placed));
    const double whole_rate = slots / callee.work_us;
    callee.rate =
        std::max(whole_rate * 0.001, whole_rate - used / static_cast<double>(world.tick_length.us));
    return callee;
}

double demand(const Pool& pool) {
    std::int64_t there = pool.station.queue() + pool.calls_served;
    for (const Lane& lane : pool.station.lanes) there += lane.fresh_now + lane.dropped_total;
    return static_cast<double>(there);
}

std::int64_t due_back(const World& world, const Pool& pool) {
    std::int64_t back = 0;
    for (const Lane& lane : pool.station.lanes) {
        const auto slot =
            static_cast<std::size_t>(world.ticks % static_cast<std::uint64_t>(lane.horizon)) *
            static_cast<std::size_t>(lane.attempts);
        for (std::size_t a = 1; a < static_cast<std::size_t>(lane.attempts); ++a)
            back += lane.returning[slot + a];
    }
    return back;
}

RegionId region_of(const World& world, std::uint32_t s, const Pool& pool) {
    return world.plan->services[s].regions[pool.site];
}

// Callees before callers: a caller's hold needs what its callees can do.
Paces find_paces(const World& world) {
    Paces paces(world.services.size());
    const auto tick_us = static_cast<double>(world.tick_length.us);
    for (std::size_t n = world.order.size(); n-- > 0;) {
        const ServiceId id = world.order[n];
        const Service& service = world.plan->services[id.index];
        for (const Pool& pool : world.services[id.index].pools) {
            PoolPace& pace = paces[id.index].emplace_back();
            const double well = (1 - pool.path.fails) * (1 - pool.dark.value());
            pace.error_share = 1 - well;
            if (service.calls.empty()) continue;
            const RegionId region = region_of(world, id.index, pool);
            std::vector<CalleeState> callees;
            for (std::size_t e = 0; e < service.calls.size(); ++e) {
                const ServiceId to = service.calls[e].to;
                callees.push_back(callee_state(world, to,
                                               world.services[to.index].calls_from[region.index],
                                               pool.edges[e].placed, paces));
            }
            const double there = demand(pool) + static_cast<double>(due_back(world, pool));
            pace.calls =
                caller_pace(service, pool.edges, callees, static_cast<double>(pool.station.work_us),
                            static_cast<double>(pool.station.slots), there / tick_us, tick_us);
            pace.error_share = 1 - (1 - pace.calls.error_share) * well;
        }
    }
    return paces;
}

// Calls spread over the callee's pools as requests of the caller's region are.
void send_calls(World& world, ServiceId to, RegionId from, std::int64_t calls, Dice& dice,
                std::uint32_t row) {
    ServiceState& callee = world.services[to.index];
    spread(calls, callee.pools, callee.calls_from[from.index], Purpose::calls,
           called_from + row * pools_max, dice,
           [&](const Way& way, std::int64_t count) { callee.pools[way.pool].calls_in += count; });
}

// A side without users does what its region's users ask of the other, for nobody.
void copy_requests(std::vector<Pool>& pools) {
    for (Pool& idle : pools) {
        if (!idle.copies) continue;
        for (const Pool& live : pools) {
            if (live.site != idle.site || live.copies) continue;
            idle.calls_in += live.calls_in;
            for (const Lane& lane : live.station.lanes) idle.calls_in += lane.fresh_now;
        }
    }
}

void check_conserved(World& world) {
    std::vector<std::int64_t>& open = world.scratch.open;
    open.assign(world.ledger.size(), 0);
    for (const ServiceState& service : world.services)
        for (const Pool& pool : service.pools)
            for (const Lane& lane : pool.station.lanes)
                open[lane.account] += lane.waiting + lane.returning_total;
    for (std::size_t i = 0; i < open.size(); ++i) {
        const Account& it = world.ledger[i];
        check(it.fresh == it.good + it.failed + it.refused + open[i],
              "every fresh request is good, failed, refused, waiting or returning");
    }
}

// One pool's tick, and its calls.
void run_pool(World& world, ServiceId id, std::size_t p, const Philox& first_serve,
              const Paces& paces) {
    const Service& service = world.plan->services[id.index];
    Pool& pool = world.services[id.index].pools[p];
    TickAt at{.draw = &world.draw,
              .tick = world.ticks,
              .length = world.tick_length,
              .entity = entity_of(id.index, pool.key),
              .service = &service,
              .first_serve = first_serve};
    at.calls_in = std::exchange(pool.calls_in, 0);
    at.error_share = pool.path.fails;
    at.unreachable = pool.dark.value();
    if (at.unreachable > 0 && at.calls_in > 0) {
        Dice dice(world.draw, at.entity, world.ticks);
        at.calls_in -= binomial(dice(Purpose::callee, 2), at.calls_in, at.unreachable);
    }
    if (!service.calls.empty()) {
        const PoolPace& pace = paces[id.index][p];
        at.hold_us = pace.calls.hold_us;
        at.error_share = 1 - (1 - pace.calls.error_share) * (1 - pool.path.fails);
        pool.hold_us = static_cast<std::int64_t>(std::min(at.hold_us, 1e15));
    }
    const std::int64_t answered_before = pool.station.answered;
    TickDone done = run_tick(pool.station, at, world.ledger, world.flow);
    if (done.served == 0) done.served = pool.station.answered - answered_before;  // A calm tick.
    pool.own_served = done.served - done.served_called;
    pool.calls_served = done.served_called;
    if (pool.copies) pool.copied += done.served_called;
    if (service.calls.empty()) return;
    Dice dice(world.draw, at.entity, world.ticks);
    for (std::uint32_t e = 0; e < service.calls.size(); ++e) {
        const std::int64_t placed =
            place_calls(service.calls[e], pool.edges[e], paces[id.index][p].calls.loads[e],
                        done.served, e, dice);
        send_calls(world, service.calls[e].to, region_of(world, id.index, pool), placed, dice, e);
    }
}

// The first serve draws of every pool, in the order of services and pools.
void draw_serves(World& world) {
    std::vector<Philox>& blocks = world.scratch.serves;
    std::size_t pools = 0;
    for (const ServiceState& service : world.services) pools += service.pools.size();
    blocks.resize((pools + 3) / 4 * 4);
    const std::uint32_t word = Draw::block_word(Purpose::serve, 0);
    FourWords entities{};
    std::size_t n = 0;
    const auto draw = [&] {
        const auto four = world.draw.four(entities, {word, word, word, word}, world.ticks);
        std::ranges::copy(four, blocks.begin() + static_cast<std::ptrdiff_t>((n - 1) / 4 * 4));
    };
    for (std::uint32_t s = 0; s < world.services.size(); ++s) {
        for (const Pool& pool : world.services[s].pools) {
            entities[n % 4] = entity_of(s, pool.key);
            if (++n % 4 == 0) draw();
        }
    }
    if (n % 4 != 0) draw();
}

}  // namespace

void tick(World& world) {
    arrive(world);
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) mix_returning(world, c);
    const bool any_calls = std::ranges::any_of(world.plan->services,
                                               [](const Service& it) { return !it.calls.empty(); });
    const Paces paces = any_calls ? find_paces(world) : Paces{};
    draw_serves(world);
    std::vector<std::size_t>& first = world.scratch.first_pool;
    first.assign(1, 0);
    for (const ServiceState& service : world.services)
        first.push_back(first.back() + service.pools.size());
    for (const ServiceId id : world.order) {
        std::vector<Pool>& pools = world.services[id.index].pools;
        copy_requests(pools);
        for (std::size_t p = 0; p < pools.size(); ++p)
            run_pool(world, id, p, world.scratch.serves[first[id.index] + p], paces);
    }
    check_conserved(world);
    ++world.ticks;
}

}  // namespace rollcage
