#include <algorithm>

#include "sim/base/maths.h"
#include "sim/base/samplers.h"
#include "sim/world/world.h"

namespace rollcage {

namespace {

constexpr std::uint32_t cohort_entity = 0x0100'0000;  // Entity keys: cohorts, then pools.
constexpr std::uint32_t pool_entity = 0x0200'0000;
constexpr std::uint32_t called_from = 4096;  // Routes of calls, after the calls themselves.
constexpr std::uint32_t mixed_from = 16 * pools_max;  // Routes of those who return.

std::uint32_t entity_of(std::uint32_t service, std::uint32_t pool_key) {
    return pool_entity + service * pools_max + pool_key;
}

// `count` spread over the pools by their users: binomials, the last pool first. Takes pools_max
// ordinals from `first`.
template <class Give>
void spread(std::int64_t count, const std::vector<Pool>& pools, Purpose purpose,
            std::uint32_t first, Dice& dice, const Give& give) {
    std::int64_t rest_ppm = 0;
    for (const Pool& pool : pools) rest_ppm += pool.users.ppm;
    for (std::size_t p = pools.size(); p-- > 1;) {
        const std::int64_t here =
            rest_ppm <= 0
                ? 0
                : binomial(dice(purpose, first + pools[p].key), count,
                           static_cast<double>(pools[p].users.ppm) / static_cast<double>(rest_ppm));
        give(p, here);
        count -= here;
        rest_ppm -= pools[p].users.ppm;
    }
    give(std::size_t{0}, count);
}

// The first block of a purpose for entities that stand `step` apart.
void draw_first_blocks(const World& world, Purpose purpose, std::uint32_t first, std::uint32_t step,
                       std::size_t count, std::vector<Philox>& blocks) {
    blocks.resize((count + 3) / 4 * 4);
    const std::uint32_t word = Draw::block_word(purpose, 0);
    for (std::size_t i = 0; i < count; i += 4, first += 4 * step) {
        const auto four = world.draw.four({first, first + step, first + 2 * step, first + 3 * step},
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
            binomial(dice(Purpose::slices, kind * lanes_max + slot), count,
                     static_cast<double>(users_ppm) / static_cast<double>(rest_ppm));
        give(slot, here);
        count -= here;
        rest_ppm -= users_ppm;
    }
    give(0, count);
}

// Arrivals are keyed by cohort, never by pool: routing cannot change how many people show up.
void arrive(World& world) {
    draw_first_blocks(world, Purpose::arrivals, cohort_entity, 1, world.cohorts.size(),
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
        if (cohort.kinds.size() == 1 && pools.size() == 1 && state.slices.size() == 1) {
            pools[0].station.lanes[state.first_lane].fresh_now += people;
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
                       [&](std::uint32_t slot, std::int64_t count) {
                           spread(count, pools, Purpose::route, (slot * lanes_max + k) * pools_max,
                                  dice, [&](std::size_t p, std::int64_t some) {
                                      pools[p].station.lanes[state.lanes[slot][k]].fresh_now +=
                                          some;
                                  });
                       });
        }
    }
}

// Where users do not stick, those who come back are routed afresh.
void mix_returning(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    if (service.sticky || service.pools.size() < 2) return;
    std::vector<Pool>& pools = service.pools;
    Dice dice(world.draw, entity_of(s, 0), world.ticks);
    for (std::uint32_t i = 0; i < pools[0].station.lanes.size(); ++i) {
        const Lane& first = pools[0].station.lanes[i];
        const auto slot =
            static_cast<std::size_t>(world.ticks % static_cast<std::uint64_t>(first.horizon)) *
            static_cast<std::size_t>(first.attempts);
        for (std::uint32_t t = 1; t < first.attempts; ++t) {
            std::int64_t all = 0;
            for (const Pool& pool : pools) all += pool.station.lanes[i].returning[slot + t];
            if (all == 0) continue;
            spread(all, pools, Purpose::route, mixed_from + (i * 8 + t) * pools_max, dice,
                   [&](std::size_t p, std::int64_t count) {
                       Lane& lane = pools[p].station.lanes[i];
                       lane.returning_total += count - lane.returning[slot + t];
                       lane.returning[slot + t] = count;
                   });
        }
    }
}

// A service as those who call it find it, and each of its pools.
struct ServicePace {
    std::vector<CallerPace> pools;  // Empty where it calls nobody.
    std::vector<CalleePool> as_callee;
    double hold_us = 0;  // Over the pools, by slots.
};

CalleeState callee_state(const World& world, ServiceId to, const ServicePace& pace,
                         std::int64_t placed) {
    const Service& service = world.plan->services[to.index];
    const ServiceState& state = world.services[to.index];
    CalleeState callee;
    double slots = 0, queue = 0, others = 0, weighted = 0;
    for (const Pool& pool : state.pools) {
        slots += static_cast<double>(pool.station.slots);
        weighted +=
            static_cast<double>(pool.station.slots) * static_cast<double>(pool.station.work_us);
        queue += static_cast<double>(pool.station.queue());
        others += static_cast<double>(pool.own_served + pool.calls_served);
    }
    callee.work_us =
        (slots > 0 ? weighted / slots : static_cast<double>(service.work.us)) + pace.hold_us;
    const double used = std::max(0.0, others - static_cast<double>(placed));
    const double whole_rate = slots / callee.work_us;
    callee.rate =
        std::max(whole_rate * 0.001, whole_rate - used / static_cast<double>(world.tick_length.us));
    callee.queue = queue;
    callee.bound_us = service.queue ? static_cast<double>(service.queue->us) : -1;
    callee.varies = service.work_varies;
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

// What a pool's requests wait for and meet at those it calls.
CallerPace pace_of_pool(const World& world, ServiceId id, const Pool& pool,
                        const std::vector<ServicePace>& paces) {
    const Service& service = world.plan->services[id.index];
    const auto tick_us = static_cast<double>(world.tick_length.us);
    std::vector<CalleeState> callees;
    for (std::size_t e = 0; e < service.calls.size(); ++e) {
        const ServiceId to = service.calls[e].to;
        const ServicePace& callee = paces[to.index];
        callees.push_back(callee_state(world, to, callee, pool.edges[e].placed));
        callees.back().fates =
            fates_of(world.wires[to.index], pool.path.calls[e], callee.as_callee);
    }
    const double there = demand(pool) + static_cast<double>(due_back(world, pool));
    return caller_pace(service, pool.edges, callees, static_cast<double>(pool.station.work_us),
                       static_cast<double>(pool.station.slots), there / tick_us, tick_us);
}

// Callees before callers: a caller's hold needs what its callees can do.
std::vector<ServicePace> find_paces(const World& world) {
    std::vector<ServicePace> paces(world.services.size());
    for (std::size_t n = world.order.size(); n-- > 0;) {
        const ServiceId id = world.order[n];
        ServicePace& pace = paces[id.index];
        double slots = 0;
        for (const Pool& pool : world.services[id.index].pools) {
            double fails = pool.path.fails;
            if (!world.plan->services[id.index].calls.empty()) {
                pace.pools.push_back(pace_of_pool(world, id, pool, paces));
                fails = 1 - (1 - pace.pools.back().error_share) * (1 - fails);
                const auto weight = static_cast<double>(pool.station.slots);
                pace.hold_us += weight * pace.pools.back().hold_us;
                slots += weight;
            }
            pace.as_callee.push_back({pool.users.value(), fails, pool.path.own});
        }
        pace.hold_us = slots > 0 ? pace.hold_us / slots : 0;
    }
    return paces;
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

// Calls spread over the callee's pools by their users, as its requests do.
void send_calls(World& world, const Call& call, const Pool& from, std::uint32_t row,
                std::int64_t calls, Dice& dice) {
    std::vector<Pool>& pools = world.services[call.to.index].pools;
    // Done twice by this caller, or for a request that its own client sends again.
    const std::int64_t doubled_ppm = whole.ppm - (whole.ppm - from.edges[row].doubled_ppm) *
                                                     (whole.ppm - from.again_ppm) / whole.ppm;
    const bool remembers = !world.plan->services[call.to.index].uses.empty();
    spread(calls, pools, Purpose::calls, called_from + row * pools_max, dice,
           [&](std::size_t p, std::int64_t count) {
               pools[p].calls_in += count;
               if (count == 0 || !remembers) return;
               note(pools[p].inbound, call,
                    hearing(world.wires[call.to.index].requests,
                            from.path.calls[row].requests.after, pools[p].path.own.requests.knows),
                    doubled_ppm, count);
           });
}

// What the callers found, for defects that hang on it.
void note_answers(Edge& edge, const Call& call, const CallLoad& load) {
    edge.lost_ppm = share_of(power(load.fail_share, static_cast<double>(call.attempts))).ppm;
    edge.hold_us = static_cast<std::int64_t>(std::min(load.hold_us, 1e15));
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

}  // namespace

void tick(World& world) {
    arrive(world);
    const bool any_calls = std::ranges::any_of(world.plan->services,
                                               [](const Service& it) { return !it.calls.empty(); });
    for (std::uint32_t s = 0; s < world.services.size(); ++s) mix_returning(world, s);
    const std::vector<ServicePace> paces =
        any_calls ? find_paces(world) : std::vector<ServicePace>{};
    draw_first_blocks(world, Purpose::serve, entity_of(0, 0), pools_max, world.services.size(),
                      world.scratch.serves);
    for (const ServiceId id : world.order) {
        const Service& service = world.plan->services[id.index];
        std::vector<Pool>& pools = world.services[id.index].pools;
        for (std::size_t p = 0; p < pools.size(); ++p) {
            Pool& pool = pools[p];
            TickAt at{.draw = &world.draw,
                      .tick = world.ticks,
                      .length = world.tick_length,
                      .entity = entity_of(id.index, pool.key),
                      .service = &service,
                      .first_serve = world.scratch.serves[id.index]};
            if (pool.key > 0)
                at.first_serve = world.draw(Purpose::serve, at.entity, world.ticks).block;
            at.calls_in = std::exchange(pool.calls_in, 0);
            if (!service.calls.empty()) {
                const CallerPace& pace = paces[id.index].pools[p];
                at.hold_us = pace.hold_us;
                at.error_share = pace.error_share;
                pool.hold_us = static_cast<std::int64_t>(std::min(at.hold_us, 1e15));
                pool.misread = pace.misread;
                pool.lossy = pace.lossy;
            }
            pool.fails = at.error_share;
            const std::int64_t answered_before = pool.station.answered;
            TickDone done = run_tick(pool.station, at, world.ledger, world.flow);
            if (done.served == 0)
                done.served = pool.station.answered - answered_before;  // A calm tick.
            pool.own_served = done.served - done.served_called;
            pool.calls_served = done.served_called;
            pool.inbound.served += done.served_called;
            if (service.calls.empty()) continue;
            Dice dice(world.draw, at.entity, world.ticks);
            for (std::uint32_t e = 0; e < service.calls.size(); ++e) {
                const CallLoad& load = paces[id.index].pools[p].loads[e];
                const std::int64_t placed =
                    place_calls(service.calls[e], pool.edges[e], load, done.served, e, dice);
                note_answers(pool.edges[e], service.calls[e], load);
                send_calls(world, service.calls[e], pool, e, placed, dice);
            }
        }
    }
    check_conserved(world);
    ++world.ticks;
}

}  // namespace rollcage
