#include "sim/world/route.h"

#include <algorithm>

#include "sim/world/path.h"

namespace rollcage {

namespace {

constexpr std::uint32_t restart_entity = 0x0300'0000;
constexpr std::uint32_t move_entity = 0x0380'0000;
constexpr std::uint8_t nowhere = 0xFF;
constexpr std::uint32_t part_entity = 0x0500'0000;

struct Part {
    std::uint32_t pool;
    std::int64_t weight;
};

bool is_of(const Pool& pool, std::uint32_t site, const Crew& crew) {
    return pool.site == site && pool.build == crew.build && pool.baseline == crew.baseline;
}

const Crew* crew_at(const ServiceState& service, const Pool& pool) {
    for (const Crew& crew : service.sites[pool.site].crews)
        if (is_of(pool, pool.site, crew)) return &crew;
    return nullptr;
}

std::int64_t routable_at(const ServiceState& service, const Pool& pool) {
    const Crew* crew = crew_at(service, pool);
    return crew == nullptr ? 0 : crew->routable();
}

std::int64_t routable_in(const ServiceState& service, std::uint32_t row) {
    std::int64_t all = 0;
    for (const Crew& crew : service.sites[row].crews) all += crew.routable();
    return all;
}

// What part of a region's users a pool is to have, by the stage; out of `routable` in all.
std::int64_t weight_of(const World& world, std::uint32_t s, const Pool& pool, bool meant) {
    const ServiceState& service = world.services[s];
    const std::int64_t routable = routable_at(service, pool);
    const Stage* stage = stage_at(world, s, pool.site);
    if (routable == 0 || !service.rollout || stage == nullptr) return routable;
    const Rollout& rollout = *service.rollout;
    const bool is_new = pool.build == rollout.build && !pool.baseline,
               is_old = pool.build == service.current && !pool.baseline;
    if (stage->kind == StageKind::canary) {
        const Share share = meant ? rollout.weight.value_or(stage->share) : none;
        const std::int64_t twin = stage->baseline ? std::min(share.ppm, whole.ppm - share.ppm) : 0;
        if (is_new) return share.ppm;
        if (pool.baseline) return twin;
        return is_old ? whole.ppm - share.ppm - twin : 0;
    }
    if (rollout.weight) {
        const std::int64_t others = routable_in(service, pool.site) - routable;
        if (is_new) return others == 0 ? 1 : rollout.weight->ppm;
        std::int64_t news = 0;
        for (const Crew& crew : service.sites[pool.site].crews)
            if (crew.build == rollout.build && !crew.baseline) news = crew.routable();
        if (news == 0) return routable;
        return (whole.ppm - rollout.weight->ppm) * routable / (others + routable - news);
    }
    if (stage->kind == StageKind::blue_green)
        return pool.build == (rollout.switched ? rollout.build : service.current);
    return routable;
}

// The parts of a region's users, over its pools; all of `share`, or nothing where it is dead.
void spread_in(const World& world, std::uint32_t s, std::uint32_t row, bool meant, Share share,
               std::vector<Part>& into) {
    const ServiceState& service = world.services[s];
    std::vector<Part> parts;
    std::int64_t all = 0;
    for (const bool by_stage : {true, false}) {
        for (std::uint32_t p = 0; p < service.pools.size(); ++p) {
            const Pool& pool = service.pools[p];
            if (pool.site != row) continue;
            const std::int64_t weight =
                by_stage ? weight_of(world, s, pool, meant) : routable_at(service, pool);
            if (weight > 0) parts.push_back({p, weight});
            all += weight;
        }
        if (all > 0) break;
    }
    if (parts.empty()) return;
    Part& most = *std::ranges::max_element(parts, {}, &Part::weight);
    std::int64_t given = 0;
    for (Part& part : parts) {
        part.weight = part.weight * share.ppm / all;
        given += part.weight;
    }
    most.weight += share.ppm - given;
    into.insert(into.end(), parts.begin(), parts.end());
}

// Where a region's users go: to its own pools, or where it is dead to all that live.
std::vector<Part> parts_from(const World& world, std::uint32_t s, std::optional<std::uint32_t> home,
                             bool meant, bool& away) {
    const ServiceState& service = world.services[s];
    std::vector<Part> parts;
    away = !home || routable_in(service, *home) == 0;
    if (!away) {
        spread_in(world, s, *home, meant, whole, parts);
        return parts;
    }
    if (home && !world.plan->services[s].fails_over) return parts;
    std::int64_t all = 0, rest = whole.ppm;
    std::uint32_t last = 0;
    for (std::uint32_t row = 0; row < service.sites.size(); ++row) {
        all += routable_in(service, row);
        if (routable_in(service, row) > 0) last = row;
    }
    for (std::uint32_t row = 0; row < service.sites.size() && all > 0; ++row) {
        const std::int64_t here = row == last ? rest : routable_in(service, row) * whole.ppm / all;
        if (here == 0) continue;
        rest -= here;
        spread_in(world, s, row, meant, {here}, parts);
    }
    return parts;
}

// After lanes came or went.
void index_lanes(Pool& pool) {
    pool.places.fill(nowhere);
    for (std::size_t i = 0; i < pool.station.lanes.size(); ++i)
        pool.places[pool.station.lanes[i].row] = static_cast<std::uint8_t>(i);
}

template <class Does>
void each_row(const CohortState& cohort, const Does& does) {
    for (const std::vector<std::uint32_t>& kinds : cohort.rows)
        for (const std::uint32_t row : kinds) does(row);
}

void open_lanes(World& world, std::uint32_t c, Pool& pool) {
    const CohortState& state = world.cohorts[c];
    for (std::uint32_t slice = 0; slice < state.rows.size(); ++slice)
        for (std::uint32_t kind = 0; kind < state.rows[slice].size(); ++kind)
            open_lane(world, c, slice, kind, pool);
}

// Ways to nowhere: nobody is sent there, and nobody waits there.
void close_lanes(World& world, std::uint32_t c) {
    CohortState& state = world.cohorts[c];
    ServiceState& service = world.services[world.plan->cohorts[c].serves.index];
    std::erase_if(state.ways, [&](const Way& way) {
        if (way.share > none) return false;
        Pool& pool = service.pools[way.pool];
        bool unused = true;
        each_row(state, [&](std::uint32_t row) { unused &= holds_nothing(lane_at(pool, row)); });
        if (unused) each_row(state, [&](std::uint32_t row) { drop_lane(pool, row); });
        return unused;
    });
}

// Users of a sticky route who are moved take their retries along.
void move_users(World& world, std::uint32_t c, const std::vector<Share>& before) {
    const CohortState& state = world.cohorts[c];
    const std::vector<Way>& ways = state.ways;
    std::vector<Pool>& pools = world.services[world.plan->cohorts[c].serves.index].pools;
    std::int64_t gained = 0;
    for (std::size_t w = 0; w < ways.size(); ++w)
        gained += std::max<std::int64_t>(0, ways[w].share.ppm - before[w].ppm);
    for (std::size_t from = 0; from < ways.size(); ++from) {
        const std::int64_t lost = before[from].ppm - ways[from].share.ppm;
        std::int64_t had = before[from].ppm;
        for (std::size_t to = 0; to < ways.size() && lost > 0 && gained > 0; ++to) {
            const std::int64_t gain = ways[to].share.ppm - before[to].ppm;
            if (gain <= 0) continue;
            Pool &loser = pools[ways[from].pool], &gainer = pools[ways[to].pool];
            const std::int64_t part = lost * gain / gained;
            StationDice dice(world.draw, move_entity + c,
                             world.ticks | std::uint64_t{loser.key << 10 | gainer.key} << 44);
            each_row(state, [&](std::uint32_t row) {
                move_returning(lane_at(loser, row), lane_at(gainer, row),
                               {part * whole.ppm / std::max<std::int64_t>(1, had)},
                               dice.of(lane_at(loser, row)));
            });
            had -= part;
        }
    }
}

// Says whether there are new ways.
bool reroute(World& world, std::uint32_t c) {
    const std::uint32_t s = world.plan->cohorts[c].serves.index;
    ServiceState& service = world.services[s];
    CohortState& state = world.cohorts[c];
    const std::vector<Part> parts =
        parts_from(world, s, home_of(world, {c}), in_audience(world, s, {c}), state.away);
    if (parts.empty()) return false;  // Nobody lives: they go on knocking where they did.
    std::vector<Share> before;
    for (Way& way : state.ways) before.push_back(std::exchange(way.share, none));
    const std::size_t had = state.ways.size();
    for (const Part& part : parts) {
        auto way = std::ranges::find(state.ways, part.pool, &Way::pool);
        if (way == state.ways.end()) {
            open_lanes(world, c, service.pools[part.pool]);
            state.ways.push_back({part.pool, none});
            before.push_back(none);
            way = state.ways.end() - 1;
        }
        way->share = {part.weight};
    }
    if (service.sticky) move_users(world, c, before);
    return state.ways.size() > had;
}

void take_over(Inbound& heir, const Inbound& gone) {
    heir.served += gone.served, heir.calls += gone.calls, heir.writes += gone.writes;
    heir.inserts += gone.inserts, heir.rejected += gone.rejected, heir.misread += gone.misread;
    heir.lossy += gone.lossy, heir.doubled += gone.doubled;
}

// A fresh process of this build: cold, empty, at the speed its build has.
void open_pool(World& world, std::uint32_t s, std::uint32_t row, const Crew& crew) {
    ServiceState& service = world.services[s];
    Pool pool;
    pool.site = row;
    pool.build = crew.build;
    pool.baseline = crew.baseline;
    pool.key = row * builds_together;
    while (std::ranges::find(service.pools, pool.key, &Pool::key) != service.pools.end())
        ++pool.key;
    check(pool.key < (row + 1) * builds_together,
          "a region has room for every build that runs there");
    pool.users = none;
    pool.places.fill(nowhere);
    if (!service.pools.empty()) {
        pool.station.shed = service.pools[0].station.shed;
        pool.station.shed_final = service.pools[0].station.shed_final;
    }
    pool.edges.resize(world.plan->services[s].calls.size());
    service.pools.push_back(pool);
    refresh_paths(world, s);
    service.pools.back().station.held = 0;
}

// The last process is gone, and nobody is sent there: whoever waited or backs off goes where the
// others are.
void close_pool(World& world, std::uint32_t s, std::uint32_t row) {
    ServiceState& service = world.services[s];
    Pool& gone = service.pools[row];
    const std::uint32_t entity = restart_entity + s * pools_max + gone.key;
    StationDice dice(world.draw, entity, world.ticks);
    restart(gone.station, world.draw, entity, world.ticks);
    std::int64_t burnt = gone.station.burnt;  // Of the dead work that is told of with the lanes.
    for (Lane& from : gone.station.lanes) {
        const std::vector<Way>& ways = world.cohorts[from.cohort].ways;
        const Way& heir = *std::ranges::max_element(ways, {}, &Way::share);
        Lane& to = lane_at(service.pools[heir.pool], from.row);
        move_returning(from, to, whole, dice.of(from));
        for (std::size_t a = 0; a < to.dropped.size(); ++a) to.dropped[a] += from.dropped[a];
        to.dropped_total += from.dropped_total;
        to.waiting += from.dropped_total;
        to.minute_fresh += from.minute_fresh;
        to.minute_bad += from.minute_bad;
        to.minute_misled += from.minute_misled;
        const std::int64_t told = std::min(burnt, from.dead);
        service.pools[heir.pool].station.burnt += told;
        burnt -= told;
        take_over(to, from);
    }
    Leftover& left = leftover_of(service, gone.build, gone.baseline);
    left.attempts += gone.station.attempts;
    left.answered += gone.station.answered;
    left.errors += gone.station.errors;
    take_over(service.pools[row == 0 ? 1 : 0].inbound, gone.inbound);
    service.pools.erase(service.pools.begin() + row);
    const auto leave = [&](std::vector<Way>& ways) {
        std::erase_if(ways, [&](const Way& way) { return way.pool == row; });
        for (Way& way : ways) way.pool -= way.pool > row;
    };
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c)
        if (world.plan->cohorts[c].serves.index == s) leave(world.cohorts[c].ways);
    for (std::vector<Way>& ways : service.calls_from) leave(ways);
}

void route_calls(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    const std::vector<RegionId>& regions = world.plan->services[s].regions;
    for (std::uint32_t region = 0; region < service.calls_from.size(); ++region) {
        const auto found = std::ranges::find(regions, RegionId{region});
        std::optional<std::uint32_t> home;
        if (found != regions.end()) home = static_cast<std::uint32_t>(found - regions.begin());
        bool away = false;
        const Stage& stage = stage_now(world, s);  // A ring's users are known by their requests.
        const std::vector<Part> parts = parts_from(world, s, home, stage.audience.empty(), away);
        if (parts.empty()) continue;
        service.calls_from[region].clear();
        for (const Part& part : parts)
            service.calls_from[region].push_back({part.pool, {part.weight}});
    }
}

bool sent_to(const World& world, std::uint32_t s, std::uint32_t pool) {
    const auto any = [&](const std::vector<Way>& ways) {
        return std::ranges::any_of(
            ways, [&](const Way& way) { return way.pool == pool && way.share > none; });
    };
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c)
        if (world.plan->cohorts[c].serves.index == s && any(world.cohorts[c].ways)) return true;
    return std::ranges::any_of(world.services[s].calls_from, any);
}

// The part of all users that each pool has; of the callers where there are no users.
void sum_users(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    std::vector<std::int64_t> sums(service.pools.size(), 0);
    std::int64_t all = 0;
    const auto add = [&](const std::vector<Way>& ways, std::int64_t weight) {
        for (const Way& way : ways) sums[way.pool] += way.share.ppm * weight;
        all += weight;
    };
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c)
        if (world.plan->cohorts[c].serves.index == s)
            add(world.cohorts[c].ways, std::max<std::int64_t>(1, world.plan->cohorts[c].users));
    if (all == 0)
        for (const std::vector<Way>& ways : service.calls_from) add(ways, 1);
    for (std::size_t p = 0; p < sums.size(); ++p)
        service.pools[p].users = {all == 0 ? 0 : sums[p] / all};
}

// The side of a blue-green stage that has no users may do what the other does.
void copy_work(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    for (Pool& pool : service.pools) {
        pool.copies = pool.copies_writes = false;
        if (!service.rollout || !service.rollout->reached || pool.users > none) continue;
        const Stage& stage = stage_now(world, s);
        if (stage.kind != StageKind::blue_green) continue;
        const bool switched = service.rollout->switched;
        if (pool.build == (switched ? service.current : service.rollout->build)) {
            pool.copies = switched ? stage.keeps_warm : stage.mirror;
            pool.copies_writes = !switched && stage.mirror;
        }
    }
}

}  // namespace

void open_lane(World& world, std::uint32_t c, std::uint32_t slice, std::uint32_t kind, Pool& pool) {
    const Cohort& cohort = world.plan->cohorts[c];
    const CohortState& state = world.cohorts[c];
    Lane lane = make_lane(cohort, cohort.kinds[kind], world.tick_length);
    lane.cohort = c;
    lane.slice = slice;
    lane.account = state.accounts[kind];
    lane.row = state.rows[slice][kind];
    if (const auto& flag = cohort.patience.retry_budget_flag)
        lane.retry_budget = world.settings[flag->index].back().rule.value;
    std::vector<Lane>& lanes = pool.station.lanes;
    lanes.insert(std::ranges::lower_bound(lanes, lane.row, {}, &Lane::row), std::move(lane));
    index_lanes(pool);
}

void drop_lane(Pool& pool, std::uint32_t row) {
    pool.station.lanes.erase(pool.station.lanes.begin() + pool.places[row]);
    index_lanes(pool);
}

const Pool* pool_of(const ServiceState& service, std::uint32_t slot) {
    const Instance& it = service.instances[slot];
    const std::uint32_t site = site_row(service, slot);
    for (const Pool& pool : service.pools)
        if (pool.site == site && pool.build == it.build && pool.baseline == it.spec.baseline)
            return &pool;
    return nullptr;
}

std::int64_t ready_at(const ServiceState& service, const Pool& pool) {
    const Crew* crew = crew_at(service, pool);
    return crew == nullptr ? 0 : crew->ready;
}

void sync_site(World& world, std::uint32_t s, std::uint32_t row) {
    ServiceState& service = world.services[s];
    const Stage& stage = stage_now(world, s);
    service.sticky = service.rollout && service.rollout->plan && stage.sticky &&
                     (stage.kind == StageKind::canary || stage.kind == StageKind::blue_green);
    for (const Crew& crew : service.sites[row].crews)
        if (crew.ready > 0 && std::ranges::none_of(service.pools, [&](const Pool& pool) {
                return is_of(pool, row, crew);
            }))
            open_pool(world, s, row, crew);
    for (Pool& pool : service.pools) {
        if (pool.site != row) continue;
        const Crew* crew = crew_at(service, pool);
        const std::int64_t holders = crew == nullptr ? 0 : crew->holders();
        set_slots(pool.station, holders * world.plan->services[s].slots);
        pool.dark = crew == nullptr || crew->dark == 0
                        ? none
                        : Share{crew->dark * whole.ppm / crew->routable()};
    }
    bool opened = false;
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) {
        if (world.plan->cohorts[c].serves.index != s) continue;
        if (world.cohorts[c].away || home_of(world, {c}).value_or(row) == row)
            opened |= reroute(world, c);
    }
    if (opened) refresh_paths(world, s);
    route_calls(world, s);
    for (auto p = static_cast<std::uint32_t>(service.pools.size()); p-- > 0;) {
        const Crew* crew = crew_at(service, service.pools[p]);
        const bool empty = crew == nullptr || (crew->holders() == 0 && crew->dark == 0);
        if (empty && service.pools.size() > 1 && !sent_to(world, s, p)) close_pool(world, s, p);
    }
    sum_users(world, s);
    copy_work(world, s);
}

void sync_pools(World& world, std::uint32_t s) {
    for (std::uint32_t row = 0; row < world.services[s].sites.size(); ++row)
        sync_site(world, s, row);
}

void forget_ways(World& world, std::uint32_t s) {
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c)
        if (world.plan->cohorts[c].serves.index == s && world.cohorts[c].ways.size() > 1)
            close_lanes(world, c);
}

void lose_part(World& world, std::uint32_t s, std::uint32_t slot, std::int64_t from_age) {
    ServiceState& service = world.services[s];
    const Instance& instance = service.instances[slot];
    const Pool* of = pool_of(service, slot);
    if (of == nullptr) return;
    Pool& pool = service.pools[static_cast<std::size_t>(of - service.pools.data())];
    const std::uint32_t entity = part_entity + instance_key(s, slot);
    const std::int64_t holders = crew_at(service, pool)->holders();
    if (holders <= 1 && from_age == 0)
        return restart(pool.station, world.draw, entity, world.ticks);
    StationDice dice(world.draw, entity, instance.process);
    lose_part(pool.station, 1.0 / static_cast<double>(std::max<std::int64_t>(1, holders)), from_age,
              dice);
}

}  // namespace rollcage
