#include "sim/world/path.h"
#include "sim/world/route.h"
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

// Impacted user-minutes of one slice of the users on some ways: a user who makes r requests a
// minute, each failing with p, is impacted with 1 - (1 - p)^r. Where users do not stick to a pool,
// all ways are taken together.
void fold_impact(World& world, std::span<const Way> ways, std::uint32_t c, std::uint32_t slot,
                 std::int64_t minute) {
    const Cohort& cohort = world.plan->cohorts[c];
    const std::vector<Pool>& pools = world.services[cohort.serves.index].pools;
    std::int64_t fresh = 0, bad = 0, users_ppm = 0;
    for (const Way& way : ways) {
        users_ppm += way.share.ppm;
        for (const std::uint32_t row : world.cohorts[c].rows[slot]) {
            const Lane& lane = lane_at(pools[way.pool], row);
            fresh += lane.minute_fresh;
            bad += lane.minute_bad + lane.minute_misled;
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
    const auto more = static_cast<std::int64_t>(std::min(hit * 1e6, 9e18));
    world.cohorts[c].impacted_ppm += more;
    world.impacted_ppm += more;
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

namespace {

bool leaves_traces(const Blueprint& plan, std::uint32_t s) {
    const auto writes = [](const RequestKind& kind) { return kind.writes > none; };
    return !plan.services[s].uses.empty() || !plan.services[s].calls.empty() ||
           std::ranges::any_of(plan.cohorts, [&](const Cohort& it) {
               return it.serves.index == s && std::ranges::any_of(it.kinds, writes);
           });
}

// As the day finds it: everything ready, on the first build.
void open_service(World& world, std::uint32_t s) {
    const Service& declared = world.plan->services[s];
    ServiceState& state = world.services[s];
    state.wanted = state.repository.instances = declared.instances;
    state.current = state.stable = state.latest = declared.first_build;
    state.spec.build = declared.first_build;
    if (declared.runs_latest) state.spec = {.name = MovingName::latest};
    state.repository.spec = state.spec;
    state.calls_from.resize(regions_in(*world.plan));
    state.leaves_traces = leaves_traces(*world.plan, s);
    start_fleet(world, s);
    sync_pools(world, s);
    for (Pool& pool : state.pools)
        for (std::size_t e = 0; e < declared.calls.size(); ++e)
            if (const auto& cache = declared.calls[e].cache)
                pool.edges[e].warm = cache->keys * cache->initially.ppm / whole.ppm;
}

}  // namespace

World build_world(std::shared_ptr<const Blueprint> plan, std::uint64_t seed) {
    World world;
    world.plan = plan;
    world.draw = Draw{seed};
    world.tick_length = tick_for(*plan);
    world.order = callers_first(*plan);
    for (const Setting& setting : plan->settings)
        world.settings.push_back({{SimTime{}, setting.initially, setting.poll}});
    world.origins = find_origins(*plan);
    world.services.resize(plan->services.size());
    for (std::uint32_t s = 0; s < plan->services.size(); ++s)
        world.wires.push_back(
            {schema_of(*plan, {s}, Carries::requests), schema_of(*plan, {s}, Carries::answers)});
    world.cohorts.resize(plan->cohorts.size());
    for (std::uint32_t c = 0; c < plan->cohorts.size(); ++c) {
        for (std::size_t k = 0; k < plan->cohorts[c].kinds.size(); ++k) {
            world.cohorts[c].accounts.push_back(static_cast<std::uint32_t>(world.ledger.size()));
            world.ledger.push_back({});
        }
        take_rows(world, c);
    }
    for (std::uint32_t i = 0; i < plan->stores.size(); ++i) {
        world.schemas.push_back(schema_of(*plan, StoreId{i}));
        Kept& kept = world.stores.emplace_back();
        kept.state = start_store(plan->stores[i], written_in_an_hour(*plan, {i}));
        kept.jobs = start_jobs(plan->stores[i]);
    }
    world.cut.resize(plan->builds.size());
    for (const Plan& it : plan->plans) {
        world.quarantined.emplace_back();
        for (const Trial& trial : it.trials)
            world.quarantined.back().push_back(
                {trial.quarantined, SimTime{} - trial.quarantine_age});
    }
    for (const Environment& it : plan->environments) {
        EnvironmentState& state = world.environments.emplace_back();
        state.refreshed = SimTime{} - it.age;
        for (const ServiceId service : it.holds)
            state.holds.push_back(plan->services[service.index].first_build);
    }
    for (std::uint32_t s = 0; s < plan->services.size(); ++s) open_service(world, s);
    for (std::uint32_t c = 0; c < plan->cohorts.size(); ++c) split_users(world, c);
    for (std::uint32_t s = 0; s < plan->services.size(); ++s) {
        refresh_paths(world, s);
        for (Pool& pool : world.services[s].pools) pool.station.held = 0;  // Nobody is at work yet.
    }
    return world;
}

void fold_minute(World& world) {
    const std::int64_t minute =
        static_cast<std::int64_t>(world.ticks) * world.tick_length.us / 60'000'000;
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) {
        const std::span<const Way> ways = world.cohorts[c].ways;
        const bool sticky = world.services[world.plan->cohorts[c].serves.index].sticky;
        const std::size_t together = sticky ? 1 : std::max<std::size_t>(1, ways.size());
        for (std::uint32_t slot = 0; slot < world.cohorts[c].slices.size(); ++slot)
            for (std::size_t w = 0; w < ways.size(); w += together)
                fold_impact(world, ways.subspan(w, together), c, slot,
                            std::max<std::int64_t>(0, minute - 1));
        refresh_demand(world, c);
    }
    if (world.ticks > 0) fold_into_minutes(world);
    for (ServiceState& service : world.services)
        for (Pool& pool : service.pools)
            for (Lane& lane : pool.station.lanes) {
                lane.minute_fresh = lane.minute_bad = lane.minute_misled = 0;
                if (!service.leaves_traces) forget_done(lane);
            }
    drop_empty_slices(world);
    for (std::uint32_t s = 0; s < world.services.size(); ++s) forget_ways(world, s);
    fold_worth(world);
    for (std::uint32_t i = 0; i < world.stores.size(); ++i)
        keep_image(world.stores[i].state, world.stores[i].copies, world.plan->stores[i], world.now);
}

namespace {

// Nothing where no plan has test stages: such a day is the same as before there were any.
void fold_pipelines(const World& world, Digest& digest) {
    for (const Delivery& it : world.deliveries) fold(it, digest);
    for (const EnvironmentState& it : world.environments) fold(it, digest);
    fold(world.worth, digest);
    for (const std::vector<Quarantine>& plan : world.quarantined)
        for (const Quarantine& it : plan) fold(it, digest);
    for (const std::uint32_t key : world.reverted) digest.fold(std::uint64_t{key});
    for (const std::int64_t count :
         {world.delivered.reds, world.delivered.false_reds, world.delivered.gates_skipped})
        if (count > 0) digest.fold(count);
    for (std::uint32_t b = 0; b < world.cut.size(); ++b)
        if (world.cut[b]) digest.fold(std::uint64_t{b} << 32 | world.cut[b]->changes.size());
    for (const ServiceState& it : world.services)
        if (it.frozen || it.rehearsals > 0)
            digest.fold(std::int64_t{it.frozen}), digest.fold(std::int64_t{it.rehearsals});
}

}  // namespace

void fold_state(const World& world, Digest& digest) {
    digest.fold(world.flow.value());
    digest.fold(world.ticks);
    const auto fold_ways = [&](const ServiceState& service, const std::vector<Way>& ways) {
        for (const Way& way : ways)
            digest.fold(std::uint64_t{service.pools[way.pool].key} << 32 |
                        static_cast<std::uint64_t>(way.share.ppm));
    };
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) {
        const CohortState& cohort = world.cohorts[c];
        digest.fold(cohort.surge.ppm), digest.fold(cohort.logins_due);
        digest.fold(cohort.impacted_ppm);
        for (const Slice& slice : cohort.slices) fold(slice, digest);
        fold_ways(world.services[world.plan->cohorts[c].serves.index], cohort.ways);
    }
    fold(world.registry, digest);
    digest.fold(std::int64_t{world.registry_out});
    for (const ServiceState& service : world.services) {
        for (const std::int64_t count :
             {service.slow.ppm, service.works.ppm, service.certified ? service.certified->us : -1,
              service.slow_sixteenths, std::int64_t{service.sticky}, std::int64_t{service.failing}})
            digest.fold(count);
        fold(service, digest);
        digest.fold(service.rows);
        for (const std::vector<Way>& ways : service.calls_from) fold_ways(service, ways);
        for (const Pool& pool : service.pools) {
            for (const Lane& lane : pool.station.lanes) check_sums(lane);
            for (const std::int64_t count :
                 {std::int64_t{pool.build.index}, std::int64_t{pool.key},
                  std::int64_t{pool.baseline}, pool.users.ppm, pool.dark.ppm,
                  std::int64_t{pool.copies}, pool.copied, pool.calls_in, pool.own_served,
                  pool.calls_served, pool.hold_us, pool.again_ppm})
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
    fold_pipelines(world, digest);
    for (const Outage& it : world.setting_outages)
        digest.fold(it.from.us), digest.fold(it.until.us);
    for (const Account& it : world.ledger)
        for (const std::int64_t count :
             {it.fresh, it.good, it.failed, it.refused, it.writes, it.inserts, it.misled})
            digest.fold(count);
    digest.fold(world.impacted_ppm);
    fold(world.minutes, digest);
}

namespace {

// A place of a service, by the region's name for it; none where it has no such region.
std::optional<Place> place_in(const World& world, std::uint32_t s, std::optional<RegionId> region) {
    if (!region) return Place{.site = 0};
    const std::vector<RegionId>& regions = world.plan->services[s].regions;
    const auto found = std::ranges::find(regions, *region);
    if (found == regions.end()) return std::nullopt;
    return Place{.site = static_cast<std::uint32_t>(found - regions.begin())};
}

// What an inject takes away and its end gives back.
template <class Does>
void each_place(const World& world, const Inject& inject, const Does& does) {
    if (const auto* node = std::get_if<LoseNode>(&inject)) {
        does(node->service.index, Place{.node = node->node - 1});
    } else if (const auto* zone = std::get_if<LoseZone>(&inject)) {
        std::optional<Place> place = place_in(world, zone->service.index, zone->region);
        if (place) place->zone = zone->zone - 1, does(zone->service.index, *place);
    } else if (const auto* region = std::get_if<LoseRegion>(&inject)) {
        for (std::uint32_t s = 0; s < world.services.size(); ++s)
            if (const auto place = place_in(world, s, region->region)) does(s, *place);
    }
}

// Of the injects that go on, the product of those that do what the ended one did, taken afresh:
// multiplying by an inverse would leave a rounding behind.
template <class Kind>
Share still_by(const std::vector<Inject>& still, const Kind& ended, auto Kind::*whose,
               Share Kind::*by) {
    Share all = whole;
    for (const Inject& other : still)
        if (const auto* also = std::get_if<Kind>(&other); also && also->*whose == ended.*whose)
            all = product(all, also->*by);
    return all;
}

}  // namespace

bool works(const World& world, const std::optional<ServiceId>& tool) {
    if (!tool) return true;
    const ServiceState& service = world.services[tool->index];
    return !service.failing && ready_in(service) > 0;
}

void tend_tools(World& world) {
    const bool out = !works(world, world.plan->tools.registry);
    if (std::exchange(world.registry_out, out) != out) change_outages(world, out ? 1 : -1);
}

void begin(World& world, const Inject& inject) {
    const auto lose = [&](const auto&) {
        each_place(world, inject,
                   [&](std::uint32_t s, const Place& place) { lose_place(world, s, place); });
    };
    std::visit(
        match{
            [&](const Slow& it) {
                world.services[it.service.index].slow =
                    product(world.services[it.service.index].slow, it.by);
                refresh_paths(world, it.service.index);
            },
            [&](const Fail& it) {
                Share& works = world.services[it.service.index].works;
                works = product(works, {whole.ppm - it.share.ppm});
                refresh_paths(world, it.service.index);
            },
            [&](const ExpireCertificate& it) {
                world.services[it.service.index].certified = world.now + it.renewed;
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
            [&](const LoseNode& it) { lose(it); },
            [&](const LoseZone& it) { lose(it); },
            [&](const LoseRegion& it) { lose(it); },
            [&](const RegistryDown&) { change_outages(world, 1); },
            [&](const ImageGone& it) { world.registry.gone.push_back(it.build); },
            [&](const Message& it) {
                world.news.push_back(Said{it.from, it.text});
            },
            [&](const Release& it) { deliver(world, it.build, it.plan); },
        },
        inject);
}

void finish(World& world, const Inject& inject, const std::vector<Inject>& still) {
    if (const auto* slow = std::get_if<Slow>(&inject)) {
        world.services[slow->service.index].slow =
            still_by(still, *slow, &Slow::service, &Slow::by);
        refresh_paths(world, slow->service.index);
    } else if (const auto* fails = std::get_if<Fail>(&inject)) {
        Share& works = world.services[fails->service.index].works;
        works = whole;
        for (const Inject& other : still)
            if (const auto* also = std::get_if<Fail>(&other);
                also != nullptr && also->service == fails->service)
                works = product(works, {whole.ppm - also->share.ppm});
        refresh_paths(world, fails->service.index);
    } else if (const auto* lag = std::get_if<SlowReplica>(&inject)) {
        world.stores[lag->store.index].state.applies =
            still_by(still, *lag, &SlowReplica::store, &SlowReplica::to);
    } else if (const auto* surge = std::get_if<Surge>(&inject)) {
        world.cohorts[surge->cohort.index].surge =
            still_by(still, *surge, &Surge::cohort, &Surge::by);
        refresh_demand(world, surge->cohort.index);
    } else if (std::holds_alternative<RegistryDown>(inject)) {
        change_outages(world, -1);
    }
    each_place(world, inject,
               [&](std::uint32_t s, const Place& place) { find_place(world, s, place); });
}

}  // namespace rollcage
