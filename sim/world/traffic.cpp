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

// Those of one kind over the slices of the users, the last first: the first has what is left.
template <class Give>
void part_users(const CohortState& state, std::uint32_t kind, std::int64_t count, Dice& dice,
                const Give& give) {
    std::int64_t rest_ppm = whole.ppm;
    for (auto slot = static_cast<std::uint32_t>(state.slices.size()); slot-- > 1;) {
        const std::int64_t users_ppm = state.slices[slot].users.ppm;
        if (users_ppm == 0) continue;
        const std::int64_t here =
            binomial(dice(Purpose::slices, state.rows[slot][kind]), count,
                     static_cast<double>(users_ppm) / static_cast<double>(rest_ppm));
        give(state.rows[slot][kind], here);
        count -= here;
        rest_ppm -= users_ppm;
    }
    give(state.rows[0][kind], count);
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
        if (cohort.kinds.size() == 1 && state.ways.size() == 1 && state.slices.size() == 1) {
            lane_at(pools[state.ways[0].pool], state.rows[0][0]).fresh_now += people;
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
            part_users(state, k, cohort.kinds[k].login ? logins : here, dice,
                       [&](std::uint32_t row, std::int64_t count) {
                           spread(count, pools, state.ways, Purpose::route, row * pools_max, dice,
                                  [&](const Way& way, std::int64_t some) {
                                      lane_at(pools[way.pool], row).fresh_now += some;
                                  });
                       });
        }
    }
}

// Of one row, those who come back in this tick and may go elsewhere.
void mix_row(ServiceState& service, const std::vector<Way>& ways, std::uint32_t row,
             std::uint64_t tick, Dice& dice) {
    std::vector<Pool>& pools = service.pools;
    const Lane& first = lane_at(pools[ways[0].pool], row);
    const auto slot = static_cast<std::size_t>(tick % static_cast<std::uint64_t>(first.horizon)) *
                      static_cast<std::size_t>(first.attempts);
    for (std::uint32_t t = 1; t < first.attempts; ++t) {
        std::int64_t all = 0;
        for (const Way& way : ways) {
            if (service.sticky && way.share > none) continue;
            Lane& lane = lane_at(pools[way.pool], row);
            const std::int64_t here = std::exchange(lane.returning[slot + t], 0);
            lane.returning_total -= here;
            all += here;
        }
        if (all == 0) continue;
        spread(all, pools, ways, Purpose::route, mixed_from + (row * 8 + t) * pools_max, dice,
               [&](const Way& way, std::int64_t count) {
                   Lane& lane = lane_at(pools[way.pool], row);
                   lane.returning_total += count;
                   lane.returning[slot + t] += count;
               });
    }
}

// Those who come back are routed afresh where users do not stick, and where nobody is sent any
// more.
void mix_returning(World& world, std::uint32_t c) {
    const CohortState& state = world.cohorts[c];
    if (state.ways.size() < 2) return;
    ServiceState& service = world.services[world.plan->cohorts[c].serves.index];
    Dice dice(world.draw, cohort_entity + c, world.ticks);
    for (const std::vector<std::uint32_t>& kinds : state.rows)
        for (const std::uint32_t row : kinds) mix_row(service, state.ways, row, world.ticks, dice);
}

// What a pool's calls find at a service: those of its pools that its region's calls are routed to.
CalleeState callee_state(const World& world, ServiceId to, const std::vector<Way>& ways,
                         std::int64_t placed) {
    const ServiceState& state = world.services[to.index];
    const Service& service = world.plan->services[to.index];
    CalleeState callee;
    double slots = 0, queue = 0, others = 0, weighted = 0, hold_us = 0;
    for (const Way& way : ways) {
        if (way.share == none) continue;
        const Pool& pool = state.pools[way.pool];
        const auto here = static_cast<double>(pool.station.slots);
        slots += here;
        weighted += here * static_cast<double>(pool.station.work_us);
        hold_us += here * pool.pace.hold_us;
        queue += static_cast<double>(pool.station.queue());
        others += static_cast<double>(pool.own_served + pool.calls_served);
    }
    callee.work_us =
        slots > 0 ? (weighted + hold_us) / slots : static_cast<double>(service.work.us);
    const double used = std::max(0.0, others - static_cast<double>(placed));
    const double whole_rate = slots / callee.work_us;
    callee.rate =
        std::max(whole_rate * 0.001, whole_rate - used / static_cast<double>(world.tick_length.us));
    callee.queue = queue;
    callee.bound_us = service.queue ? static_cast<double>(service.queue->us) : -1;
    callee.varies = service.work_varies;
    return callee;
}

// The pools that calls of one region come to, by their builds' ends of the wire.
void find_called(const World& world, ServiceId to, const std::vector<Way>& ways,
                 std::vector<CalleePool>& called) {
    const std::vector<Pool>& pools = world.services[to.index].pools;
    called.clear();
    if (ways.empty()) called.push_back({1, 1, {}});  // No region is for them.
    for (const Way& way : ways) {
        const Pool& pool = pools[way.pool];
        called.push_back(
            {way.share.value(), pool.station.slots > 0 ? pool.fails_calls : 1, pool.path.own});
    }
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

// What a pool's requests wait for and meet at those it calls.
void find_pace(World& world, ServiceId id, Pool& pool) {
    const Service& service = world.plan->services[id.index];
    const auto tick_us = static_cast<double>(world.tick_length.us);
    const RegionId region = region_of(world, id.index, pool);
    std::vector<CalleeState>& callees = world.scratch.callees;
    callees.clear();
    for (std::size_t e = 0; e < service.calls.size(); ++e) {
        const ServiceId to = service.calls[e].to;
        const std::vector<Way>& ways = world.services[to.index].calls_from[region.index];
        callees.push_back(callee_state(world, to, ways, pool.edges[e].placed));
        find_called(world, to, ways, world.scratch.called);
        callees.back().fates =
            fates_of(world.wires[to.index], pool.path.calls[e], world.scratch.called);
    }
    const double there = demand(pool) + static_cast<double>(due_back(world, pool));
    find_pace(pool.pace, service, pool.edges, callees, static_cast<double>(pool.station.work_us),
              static_cast<double>(pool.station.slots), there / tick_us, tick_us);
}

// Callees before callers: a caller's hold needs what its callees can do.
void find_paces(World& world) {
    for (std::size_t n = world.order.size(); n-- > 0;) {
        const ServiceId id = world.order[n];
        for (Pool& pool : world.services[id.index].pools) {
            if (!world.plan->services[id.index].calls.empty()) find_pace(world, id, pool);
            pool.fails_calls =
                1 - (1 - pool.pace.error_share) * (1 - pool.path.fails) * (1 - pool.dark.value());
        }
    }
}

// What calls of a caller's end are like for the pool that they come to.
void note(Inbound& inbound, const Call& call, const Hearing& heard, std::int64_t doubled_ppm,
          std::int64_t count) {
    inbound.calls += count;
    inbound.writes += count * call.writes.ppm;
    inbound.inserts += count * (call.writes.ppm * call.inserts.ppm / whole.ppm);
    inbound.rejected += count * share_of(heard.rejected).ppm;
    inbound.misread += count * share_of(heard.misread).ppm;
    inbound.lossy += count * share_of(heard.lossy).ppm;
    inbound.doubled += count * doubled_ppm;
}

// Calls spread over the callee's pools as requests of the caller's region are.
void send_calls(World& world, const Call& call, RegionId region, const Pool& from,
                std::uint32_t row, std::int64_t calls, Dice& dice) {
    ServiceState& callee = world.services[call.to.index];
    // Done twice by this caller, or for a request that its own client sends again.
    const std::int64_t doubled_ppm = whole.ppm - (whole.ppm - from.edges[row].doubled_ppm) *
                                                     (whole.ppm - from.again_ppm) / whole.ppm;
    const bool remembers = !world.plan->services[call.to.index].uses.empty();
    spread(calls, callee.pools, callee.calls_from[region.index], Purpose::calls,
           called_from + row * pools_max, dice, [&](const Way& way, std::int64_t count) {
               Pool& pool = callee.pools[way.pool];
               pool.calls_in += count;
               if (count == 0 || !remembers) return;
               note(pool.inbound, call,
                    hearing(world.wires[call.to.index].requests,
                            from.path.calls[row].requests.after, pool.path.own.requests.knows),
                    doubled_ppm, count);
           });
}

// What the callers found, for defects that hang on it.
void note_answers(Edge& edge, const Call& call, const CallLoad& load) {
    edge.lost_ppm = share_of(raised(load.fail_share, call.attempts)).ppm;
    edge.hold_us = static_cast<std::int64_t>(std::min(load.hold_us, 1e15));
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

// One pool's tick, and its calls.
void run_pool(World& world, ServiceId id, Pool& pool, const Philox& first_serve) {
    const Service& service = world.plan->services[id.index];
    TickAt at{.draw = &world.draw,
              .tick = world.ticks,
              .length = world.tick_length,
              .entity = entity_of(id.index, pool.key),
              .service = &service,
              .first_serve = first_serve};
    at.calls_in = std::exchange(pool.calls_in, 0);
    at.unreachable = pool.dark.value();
    if (at.unreachable > 0 && at.calls_in > 0) {
        Dice dice(world.draw, at.entity, world.ticks);
        at.calls_in -= binomial(dice(Purpose::callee, 2), at.calls_in, at.unreachable);
    }
    at.hold_us = pool.pace.hold_us;
    at.error_share = pool.pace.error_share;
    pool.hold_us = static_cast<std::int64_t>(std::min(at.hold_us, 1e15));
    const std::int64_t answered_before = pool.station.answered;
    TickDone done = run_tick(pool.station, at, world.ledger, world.flow);
    if (done.served == 0) done.served = pool.station.answered - answered_before;  // A calm tick.
    pool.own_served = done.served - done.served_called;
    pool.calls_served = done.served_called;
    (pool.copies ? pool.copied : pool.inbound.served) += done.served_called;
    if (service.calls.empty()) return;
    Dice dice(world.draw, at.entity, world.ticks);
    for (std::uint32_t e = 0; e < service.calls.size(); ++e) {
        const CallLoad& load = pool.pace.loads[e];
        const std::int64_t placed =
            place_calls(service.calls[e], pool.edges[e], load, done.served, e, dice);
        note_answers(pool.edges[e], service.calls[e], load);
        send_calls(world, service.calls[e], region_of(world, id.index, pool), pool, e, placed,
                   dice);
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

void tick(World& world) {
    arrive(world);
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) mix_returning(world, c);
    const bool any_calls = std::ranges::any_of(world.plan->services,
                                               [](const Service& it) { return !it.calls.empty(); });
    if (any_calls) find_paces(world);
    draw_serves(world);
    std::vector<std::size_t>& first = world.scratch.first_pool;
    first.assign(1, 0);
    for (const ServiceState& service : world.services)
        first.push_back(first.back() + service.pools.size());
    for (const ServiceId id : world.order) {
        std::vector<Pool>& pools = world.services[id.index].pools;
        copy_requests(pools);
        for (std::size_t p = 0; p < pools.size(); ++p)
            run_pool(world, id, pools[p], world.scratch.serves[first[id.index] + p]);
    }
    ++world.ticks;
}

}  // namespace rollcage
