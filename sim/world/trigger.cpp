// When a defect is met: each atom is read off the state, never off a table of outcomes.
#include <algorithm>

#include "sim/base/match.h"
#include "sim/base/samplers.h"
#include "sim/world/path.h"
#include "sim/world/rows.h"

namespace rollcage {

namespace {

constexpr double slow_times = 2;  // default: design, who takes this much longer is slow.
constexpr std::int64_t day_us = 86'400'000'000;

double yes(bool holds) {
    return holds ? 1 : 0;
}

double at_work(const Pool* pool) {
    return pool == nullptr ? 0 : static_cast<double>(pool->station.busy);
}

// Of a service's users, those who are routed to a build that `fits`.
double routed_to(const ServiceState& service, const auto& fits) {
    double part = 0;
    for (const Pool& pool : service.pools)
        if (pool.station.slots > 0 && fits(pool.build)) part += pool.users.value();
    return std::min(1.0, part);
}

double depends(const World& world, std::uint32_t s, const Pool* pool, const Dependency& on) {
    const Service& callee = world.plan->services[on.service.index];
    if (on.is == Trouble::changed)
        return routed_to(world.services[on.service.index],
                         [&](BuildId build) { return build != callee.first_build; });
    const std::vector<Call>& calls = world.plan->services[s].calls;
    double well = 1;
    for (std::size_t e = 0; pool != nullptr && e < calls.size(); ++e) {
        if (calls[e].to != on.service) continue;
        const Edge& edge = pool->edges[e];
        const double usual = static_cast<double>(calls[e].rtt.us + callee.work.us);
        well *= on.is == Trouble::down
                    ? 1 - Share{edge.lost_ppm}.value()
                    : yes(static_cast<double>(edge.hold_us) < slow_times * usual);
    }
    return 1 - well;
}

// Of reads, those that hit a record of the form (MODEL 4.3).
double share_read(const StoreState& state, const Store& declared, Format form) {
    const std::int64_t all = all_rows(state), recent_all = recent_rows(state);
    if (all == 0) return 0;
    std::int64_t recent = 0;
    for (const std::int64_t count : state.recent[static_cast<std::size_t>(form)]) recent += count;
    const double hot = recent_all > 0 ? declared.hot.value() : 0;
    const double of_recent =
        recent_all > 0 ? static_cast<double>(recent) / static_cast<double>(recent_all) : 0;
    const double of_all = static_cast<double>(rows_of(state, form)) / static_cast<double>(all);
    return hot * of_recent + (1 - hot) * of_all;
}

SimTime used_from(const World& world, const Published& it) {
    constexpr std::uint32_t exploit_entity = 0x0D00'0000;
    constexpr double longest_us = 1e16;
    if (it.used_per_day <= 0) return {static_cast<std::int64_t>(longest_us)};
    const Uniform die = world.draw.truth()(Purpose::exploit, exploit_entity + it.key, 0).fine(0);
    const double after = exponential(die, static_cast<double>(day_us) / it.used_per_day);
    return SimTime{} + it.at + Duration{static_cast<std::int64_t>(std::min(after, longest_us))};
}

double in_time(const During& it, SimTime now) {
    const std::int64_t at = it.daily ? now.us % day_us : now.us;
    const bool after = at >= it.from.us, before = at < it.until.us;
    return yes(it.daily && it.until < it.from ? after || before : after && before);
}

}  // namespace

double holds_at(const World& world, std::uint32_t s, const Pool* pool, const Atom& atom,
                const Asker& asker) {
    const auto slots = pool == nullptr ? 0.0 : static_cast<double>(pool->station.slots);
    return std::visit(
        match{
            [&](const LoadAbove& it) { return yes(at_work(pool) > it.busy.value() * slots); },
            [&](const Concurrency& it) {
                const double instances = slots / static_cast<double>(world.plan->services[s].slots);
                return yes(at_work(pool) > static_cast<double>(it.requests) * instances);
            },
            [&](const Dependency& it) { return depends(world, s, pool, it); },
            [&](const CohortIs& it) { return yes(fits(*world.plan, it.traits, asker.cohort)); },
            [&](const During& it) { return in_time(it, world.now); },
            [&](const PeerIs& it) {
                const ServiceId of = world.plan->builds[it.build.index].of;
                return routed_to(world.services[of.index],
                                 [&](BuildId build) { return build == it.build; });
            },
            [&](const ReadsForm& it) {
                return share_read(world.stores[it.store.index].state,
                                  world.plan->stores[it.store.index], it.form);
            },
            [&](const RowsLike& it) {
                return all_rows(world.stores[it.store.index].state) > 0 ? it.rows.value() : 0;
            },
            [&](const Published& it) { return yes(world.now >= used_from(world, it)); },
            [](const auto&) {  // Of settings and ages, which processes have each for themselves.
                check(false, "the view of the processes knows these");
                return 0.0;
            },
        },
        atom);
}

}  // namespace rollcage
