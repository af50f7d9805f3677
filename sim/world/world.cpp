#include "sim/world/fleet.h"
#include "sim/world/path.h"
#include "sim/world/slices.h"

#include <algorithm>
#include <span>

#include "sim/base/match.h"
#include "sim/base/maths.h"
#include "sim/base/samplers.h"

namespace rollcage {

namespace {

Share product(Share a, Share b) {
    return {a.ppm * b.ppm / whole.ppm};
}

void refresh_demand(World& world, std::uint32_t c) {
    const std::int64_t minute =
        static_cast<std::int64_t>(world.ticks) * world.tick_length.us / 60'000'000;
    CohortState& state = world.cohorts[c];
    state.per_tick =
        PoissonMean(static_cast<double>(demand_per_minute_ppm(world.plan->cohorts[c], minute)) *
                    1e-6 / 60 * state.surge.value() * world.tick_length.seconds());
}

// Impacted user-minutes of one slice of the users at some pools: a user who makes r requests a
// minute, each failing with p, is impacted with 1 - (1 - p)^r. Where users do not stick to a pool,
// all pools are taken together.
void fold_impact(World& world, std::span<const Pool> pools, std::uint32_t c, std::uint32_t slot,
                 std::int64_t minute) {
    const Cohort& cohort = world.plan->cohorts[c];
    std::int64_t fresh = 0, bad = 0, users_ppm = 0;
    for (const Pool& pool : pools) {
        users_ppm += pool.users.ppm;
        for (const Lane& lane : pool.station.lanes) {
            if (lane.cohort != c || lane.slice != slot) continue;
            fresh += lane.minute_fresh;
            bad += lane.minute_bad;
        }
    }
    if (bad == 0) return;
    const double p =
        std::min(1.0, static_cast<double>(bad) / static_cast<double>(std::max(fresh, bad)));
    const double rate = cohort.requests_per_minute.value();
    const double users =
        rate > 0 ? static_cast<double>(demand_per_minute_ppm(cohort, minute)) * 1e-6 / rate : 0;
    const double hit = users * Share{users_ppm}.value() *
                       world.cohorts[c].slices[slot].users.value() * (1 - power(1 - p, rate));
    world.impacted_ppm += static_cast<std::int64_t>(std::min(hit * 1e6, 9e18));
}

}  // namespace

std::int64_t work_now(const World& world, std::uint32_t service, const Pool& pool) {
    const auto work = static_cast<double>(world.plan->services[service].work.us);
    const double now = work * world.services[service].slow.value() * pool.path.work + 0.5;
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::min(now, 1e15)));
}

std::int64_t demand_per_minute_ppm(const Cohort& cohort, std::int64_t minute) {
    if (!cohort.per_minute.empty())
        return cohort.per_minute[static_cast<std::size_t>(minute) % cohort.per_minute.size()] *
               1'000'000;
    double activity = 1;
    if (!cohort.curve_ppm.empty()) {
        const std::int64_t quarter = minute / 15, within = minute % 15;
        const auto at = [&](std::int64_t q) {
            return static_cast<double>(cohort.curve_ppm[static_cast<std::size_t>(q % 96)]);
        };
        activity = (at(quarter) * static_cast<double>(15 - within) +
                    at(quarter + 1) * static_cast<double>(within)) /
                   15e6;
    }
    return static_cast<std::int64_t>(
        std::min(static_cast<double>(cohort.users) * activity *
                     static_cast<double>(cohort.requests_per_minute.ppm),
                 9e18));
}

// What the hour before the start wrote into a store, at the demand of its first minute.
std::int64_t written_in_an_hour(const Blueprint& plan, StoreId store) {
    double written = 0;
    for (const Cohort& cohort : plan.cohorts) {
        const std::vector<StoreId>& uses = plan.services[cohort.serves.index].uses;
        if (std::ranges::find(uses, store) == uses.end()) continue;
        for (const RequestKind& kind : cohort.kinds)
            written += static_cast<double>(demand_per_minute_ppm(cohort, 0)) * 60e-6 *
                       kind.share.value() * kind.writes.value();
    }
    return static_cast<std::int64_t>(std::min(written, 1e15));
}

World build_world(std::shared_ptr<const Blueprint> plan, std::uint64_t seed) {
    World world;
    world.plan = plan;
    world.draw = Draw{seed};
    world.tick_length = tick_for(*plan);
    world.order = callers_first(*plan);
    for (const Setting& setting : plan->settings)
        world.settings.push_back({{SimTime{}, setting.initially, setting.poll}});
    world.origins = find_origins(*plan);
    world.cohorts.resize(plan->cohorts.size());
    for (std::uint32_t s = 0; s < plan->services.size(); ++s) {
        const Service& declared = plan->services[s];
        ServiceState state;
        state.wanted = declared.instances;
        state.current = declared.first_build;
        Pool pool;
        pool.build = declared.first_build;
        pool.station.slots = declared.instances * declared.slots;
        for (const Call& call : declared.calls)
            pool.edges.push_back(
                {.warm =
                     call.cache ? call.cache->keys * call.cache->initially.ppm / whole.ppm : 0});
        state.pools.push_back(pool);
        world.services.push_back(state);
        world.wires.push_back(
            {schema_of(*plan, {s}, Carries::requests), schema_of(*plan, {s}, Carries::answers)});
        start_fleet(world, s);
    }
    for (std::uint32_t c = 0; c < plan->cohorts.size(); ++c) {
        const Cohort& cohort = plan->cohorts[c];
        world.cohorts[c].first_lane = static_cast<std::uint32_t>(
            world.services[cohort.serves.index].pools[0].station.lanes.size());
        world.cohorts[c].lanes.push_back({});
        for (const RequestKind& kind : cohort.kinds) {
            world.cohorts[c].lanes[0].push_back(
                world.cohorts[c].first_lane +
                static_cast<std::uint32_t>(world.cohorts[c].accounts.size()));
            Lane lane = make_lane(cohort, kind, world.tick_length);
            lane.cohort = c;
            lane.account = static_cast<std::uint32_t>(world.ledger.size());
            if (cohort.patience.retry_budget_flag)
                lane.retry_budget =
                    world.settings[cohort.patience.retry_budget_flag->index].back().rule.value;
            world.cohorts[c].accounts.push_back(lane.account);
            world.ledger.push_back({});
            world.services[cohort.serves.index].pools[0].station.lanes.push_back(lane);
        }
    }
    for (std::uint32_t c = 0; c < plan->cohorts.size(); ++c) split_users(world, c);
    for (std::uint32_t i = 0; i < plan->stores.size(); ++i) {
        Kept& kept = world.stores.emplace_back();
        kept.state = start_store(plan->stores[i], written_in_an_hour(*plan, {i}));
        kept.jobs = start_jobs(plan->stores[i]);
    }
    for (std::uint32_t s = 0; s < plan->services.size(); ++s) {
        refresh_paths(world, s);
        world.services[s].pools[0].station.held = 0;  // Nobody is at work yet.
    }
    return world;
}

void fold_minute(World& world) {
    const std::int64_t minute =
        static_cast<std::int64_t>(world.ticks) * world.tick_length.us / 60'000'000;
    for (std::uint32_t s = 0; s < world.services.size(); ++s) {
        const std::span<Pool> pools = world.services[s].pools;
        const std::size_t together = world.services[s].sticky ? 1 : pools.size();
        for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) {
            if (world.plan->cohorts[c].serves.index != s) continue;
            for (std::uint32_t slot = 0; slot < world.cohorts[c].slices.size(); ++slot)
                for (std::size_t p = 0; p < pools.size(); p += together)
                    fold_impact(world, pools.subspan(p, together), c, slot,
                                std::max<std::int64_t>(0, minute - 1));
        }
        for (Pool& pool : pools)
            for (Lane& lane : pool.station.lanes) lane.minute_fresh = lane.minute_bad = 0;
    }
    drop_empty_slices(world);
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) refresh_demand(world, c);
    for (std::uint32_t i = 0; i < world.stores.size(); ++i)
        keep_image(world.stores[i].state, world.stores[i].copies, world.plan->stores[i], world.now);
}

void fold_state(const World& world, Digest& digest) {
    digest.fold(world.flow.value());
    digest.fold(world.ticks);
    for (const CohortState& cohort : world.cohorts) {
        digest.fold(cohort.surge.ppm), digest.fold(cohort.logins_due);
        for (const Slice& slice : cohort.slices) fold(slice, digest);
    }
    for (const ServiceState& service : world.services) {
        for (const std::int64_t count :
             {service.slow.ppm, service.slow_sixteenths, std::int64_t{service.sticky}})
            digest.fold(count);
        fold(service, digest);
        for (const BuildId build : service.before) digest.fold(std::uint64_t{build.index});
        for (const Pool& pool : service.pools) {
            for (const Lane& lane : pool.station.lanes) check_sums(lane);
            for (const std::int64_t count :
                 {std::int64_t{pool.build.index}, std::int64_t{pool.key}, pool.users.ppm,
                  pool.calls_in, pool.own_served, pool.calls_served, pool.hold_us, pool.again_ppm})
                digest.fold(count);
            const Inbound& in = pool.inbound;
            for (const std::int64_t count : {in.served, in.calls, in.writes, in.inserts,
                                             in.rejected, in.misread, in.lossy, in.doubled})
                digest.fold(count);
            for (const Edge& edge : pool.edges)
                for (const std::int64_t count :
                     {edge.warm, edge.placed, edge.doubled_ppm, edge.lost_ppm, edge.hold_us})
                    digest.fold(count);
            fold(pool.station, digest);
        }
    }
    for (const std::vector<Epoch>& epochs : world.settings)
        for (const Epoch& it : epochs)
            digest.fold(it.at.us), digest.fold(it.within.us), fold(it.rule, digest);
    for (const Undo& change : world.undo)
        for (const auto& [setting, rule] : change.before)
            digest.fold(std::int64_t{setting.index}), fold(rule, digest);
    for (const Kept& it : world.stores) {
        fold(it.state, digest);
        fold(it.copies, digest);
        for (const std::int64_t count :
             {std::int64_t{it.repairing}, it.rebuilt, it.unreadable_seconds, it.unmatched})
            digest.fold(count);
        fold(it.jobs, digest);
    }
    for (const Outage& it : world.setting_outages)
        digest.fold(it.from.us), digest.fold(it.until.us);
    for (const Account& it : world.ledger)
        for (const std::int64_t count :
             {it.fresh, it.good, it.failed, it.refused, it.writes, it.inserts, it.misled})
            digest.fold(count);
    digest.fold(world.impacted_ppm);
}

void begin(World& world, const Inject& inject) {
    std::visit(
        match{
            [&](const Slow& it) {
                world.services[it.service.index].slow =
                    product(world.services[it.service.index].slow, it.by);
                refresh_paths(world, it.service.index);
            },
            [&](const Surge& it) {
                CohortState& cohort = world.cohorts[it.cohort.index];
                cohort.surge = product(cohort.surge, it.by);
                refresh_demand(world, it.cohort.index);
            },
            [&](const MigrateStep& it) {
                // A step that cannot be taken is not taken: the automation says nothing.
                (void)step_schema(world, it.store, it.down);
            },
            [&](const SettingsDown& it) {
                world.setting_outages.push_back({world.now, world.now + it.lasts});
            },
            [&](const SetSetting& it) {
                set_settings(world, {{it.setting, it.rule}});
                world.news.push_back(FlagChanged{it.setting, it.rule});
            },
            [&](const PushConfig& it) {
                set_settings(world, {{it.setting, it.rule}}, it.within);
                world.news.push_back(FlagChanged{it.setting, it.rule});
            },
            [&](const SlowReplica& it) {
                StoreState& state = world.stores[it.store.index].state;
                state.applies = product(state.applies, it.to);
            },
            [&](const LosePrimary& it) {
                Kept& kept = world.stores[it.store.index];
                lose_primary(kept.state, kept.copies, world.now, it.lasts);
                world.news.push_back(StoreTurned{it.store, StoreChange::primary_lost});
                for (std::uint32_t s = 0; s < world.services.size(); ++s) refresh_paths(world, s);
            },
            [&](const BadBackup& it) { world.stores[it.store.index].copies.backups_bad = true; },
            [&](const LoseZone& it) { lose_zone(world, it.service.index, it.zone); },
            [&](const Release& it) {
                begin_rollout(world, world.plan->builds[it.build.index].of.index,
                              {.to = it.build, .plan = it.plan});
            },
        },
        inject);
}

void finish(World& world, const Inject& inject, const std::vector<Inject>& still) {
    // The product is taken afresh: multiplying by an inverse would leave a rounding behind.
    if (const auto* slow = std::get_if<Slow>(&inject)) {
        ServiceState& service = world.services[slow->service.index];
        service.slow = whole;
        for (const Inject& other : still) {
            const auto* also = std::get_if<Slow>(&other);
            if (also != nullptr && also->service == slow->service)
                service.slow = product(service.slow, also->by);
        }
        refresh_paths(world, slow->service.index);
    } else if (const auto* lag = std::get_if<SlowReplica>(&inject)) {
        StoreState& state = world.stores[lag->store.index].state;
        state.applies = whole;
        for (const Inject& other : still) {
            const auto* also = std::get_if<SlowReplica>(&other);
            if (also != nullptr && also->store == lag->store)
                state.applies = product(state.applies, also->to);
        }
    } else if (const auto* surge = std::get_if<Surge>(&inject)) {
        CohortState& cohort = world.cohorts[surge->cohort.index];
        cohort.surge = whole;
        for (const Inject& other : still) {
            const auto* also = std::get_if<Surge>(&other);
            if (also != nullptr && also->cohort == surge->cohort)
                cohort.surge = product(cohort.surge, also->by);
        }
        refresh_demand(world, surge->cohort.index);
    }
}

}  // namespace rollcage
