// What traffic does to the stores, once a simulated second.
#include <algorithm>

#include "sim/base/samplers.h"
#include "sim/world/path.h"
#include "sim/world/route.h"

namespace rollcage {

namespace {

constexpr std::uint32_t copy_entity = 0x0900'0000;
constexpr std::uint32_t visit_entity = 0x0700'0000, store_entity = 0x0800'0000;
constexpr Duration nightly_at{10'800'000'000}, day{86'400'000'000};  // default: MODEL 4.7

const Change* change_of(const World& world, BuildId build, StoreId store) {
    for (const Change& change : world.plan->builds[build.index].changes)
        if (change.schema && change.schema->store == store) return &change;
    return nullptr;
}

struct Done {
    std::int64_t reads = 0, inserts = 0, updates = 0, late = 0;
    std::int64_t logins = 0;  // Within reads; each begins a session.
    std::int64_t copied_inserts = 0, copied_updates = 0;  // By a side that has no users.
};

// What a side without users copied: every read, and where it is told to the writes as well.
void take_copied(World& world, std::uint32_t s, Pool& pool, Done& done) {
    const std::int64_t copied = std::exchange(pool.copied, 0);
    if (copied == 0) return;
    done.reads += copied;
    if (!pool.copies_writes) return;
    double all = 0, writes = 0, inserts = 0;
    for (const Cohort& cohort : world.plan->cohorts) {
        if (cohort.serves.index != s) continue;
        for (const RequestKind& kind : cohort.kinds) {
            const double here = static_cast<double>(cohort.users) *
                                cohort.requests_per_minute.value() * kind.share.value();
            all += here;
            writes += here * kind.writes.value();
            inserts += here * kind.writes.value() * kind.inserts.value();
        }
    }
    if (writes <= 0) return;
    const Lanes draws =
        world.draw(Purpose::writes, copy_entity + s * pools_max + pool.key, world.ticks);
    const std::int64_t written = binomial(draws[0], copied, std::min(1.0, writes / all));
    const std::int64_t inserted = binomial(draws[1], written, std::min(1.0, inserts / writes));
    done.copied_inserts += inserted;
    done.copied_updates += written - inserted;
}

// Takes what the pool's lanes did since the last second; writes and inserts are drawn and counted.
void take_done(World& world, std::uint32_t s, Pool& pool, Done& done) {
    take_copied(world, s, pool, done);
    for (Lane& lane : pool.station.lanes) {
        const Cohort& cohort = world.plan->cohorts[lane.cohort];
        const RequestKind& kind =
            cohort.kinds[lane.account - world.cohorts[lane.cohort].accounts[0]];
        const std::int64_t good = std::exchange(lane.fold_good, 0),
                           wrong = std::exchange(lane.fold_wrong, 0),
                           late = std::exchange(lane.fold_late, 0);
        if (good + wrong + late == 0) continue;
        done.reads += good + late +
                      static_cast<std::int64_t>(
                          static_cast<double>(wrong) *
                              (pool.path.fails > 0 ? pool.path.rejected / pool.path.fails : 0) +
                          0.5);
        if (kind.login) done.logins += good;
        if (kind.writes == none && pool.path.misled <= 0) continue;
        const Lanes draws =
            world.draw(Purpose::writes, lane.account * pools_max + pool.key, world.ticks);
        const std::int64_t writes = binomial(draws[0], good, kind.writes.value()),
                           inserts = binomial(draws[1], writes, kind.inserts.value());
        const std::int64_t misled = binomial(draws[3], good, pool.path.misled);
        world.ledger[lane.account].writes += writes;
        world.ledger[lane.account].inserts += inserts;
        world.ledger[lane.account].misled += misled;
        lane.minute_bad += misled;
        done.inserts += inserts;
        done.updates += writes - inserts;
        done.late += binomial(draws[2], late, kind.writes.value());
    }
}

// What the requests did to this one of the stores: only a login begins a session, and whatever else
// is written keeps one.
Visit flows_into(const World& world, StoreId store, const Done& done) {
    Visit visit{.reads = done.reads,
                .inserts = done.inserts,
                .updates = done.updates,
                .retried = serves(world.stores[store.index].copies) ? done.late : 0};
    // A write that is made twice is the same record twice, or writes the record once more.
    const Store& declared = world.plan->stores[store.index];
    const bool again = declared.idempotent && declared.kind != StoreKind::topic &&
                       declared.kind != StoreKind::effects;
    if (!serves(world.stores[store.index].copies)) return visit;
    visit.updates += done.copied_updates + (again ? done.copied_inserts : 0);
    visit.retried += again ? 0 : done.copied_inserts;
    if (declared.kind != StoreKind::session) return visit;
    visit.reads -= done.logins;
    visit.updates += visit.inserts;
    visit.inserts = done.logins;
    return visit;
}

Visit visit_of(const World& world, std::uint32_t s, BuildId build, StoreId store,
               const Done& done) {
    Visit visit = flows_into(world, store, done);
    if (const Change* change = change_of(world, build, store)) {
        visit.knows = true;
        visit.writes_after = share_at_work(world, s, build, *change);
    }
    double sound = 1, kept = 1, single = 1;
    for (const Change& change : world.plan->builds[build.index].changes) {
        for (const Defect& defect : change.hides) {
            if (defect.store != store) continue;
            if (defect.damages == none && defect.drops == none && defect.doubles == none) continue;
            const double met = share_at_work(world, s, build, change) * defect.rate.value();
            sound *= 1 - met * defect.damages.value();
            kept *= 1 - met * defect.drops.value();
            single *= 1 - met * defect.doubles.value();
        }
    }
    visit.damages = 1 - sound;
    visit.drops = 1 - kept;
    visit.doubles = 1 - single;
    return visit;
}

}  // namespace

double share_knowing(const World& world, StoreId store) {
    double all = 0, knowing = 0;
    for (std::uint32_t s = 0; s < world.services.size(); ++s) {
        const std::vector<StoreId>& uses = world.plan->services[s].uses;
        if (std::ranges::find(uses, store) == uses.end()) continue;
        for (const Pool& pool : world.services[s].pools) {
            if (pool.station.slots == 0) continue;
            all += pool.users.value();
            if (change_of(world, pool.build, store)) knowing += pool.users.value();
        }
    }
    return all > 0 ? knowing / all : 0;
}

namespace {

// Who was logged out is there and logs in again: a request more, of another kind. Spread over the
// cohorts that have sessions here by what they ask.
void log_in_again(World& world, std::uint32_t s, std::int64_t logged_out, Dice& dice) {
    std::vector<std::uint32_t> here;
    double demand = 0;
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) {
        if (world.plan->cohorts[c].serves.index != s) continue;
        here.push_back(c);
        demand += world.cohorts[c].per_tick.mean;
    }
    for (std::size_t nth = here.size(); nth-- > 0 && logged_out > 0;) {
        CohortState& cohort = world.cohorts[here[nth]];
        const auto u = dice(Purpose::logins, static_cast<std::uint32_t>(nth));
        const std::int64_t back =
            nth == 0 ? logged_out
                     : binomial(u, logged_out,
                                demand > 0 ? std::min(1.0, cohort.per_tick.mean / demand) : 0);
        cohort.logins_due += back;
        logged_out -= back;
        demand -= cohort.per_tick.mean;
    }
}

// What the pools of a build did is one visit.
void visit_stores(World& world, std::uint32_t s, std::size_t p) {
    std::vector<Pool>& pools = world.services[s].pools;
    const BuildId build = pools[p].build;
    const auto same = [&](const Pool& pool) { return pool.build == build; };
    if (std::any_of(pools.begin(), pools.begin() + static_cast<std::ptrdiff_t>(p), same)) return;
    Done done;
    for (std::size_t other = p; other < pools.size(); ++other)
        if (same(pools[other])) take_done(world, s, pools[other], done);
    for (const StoreId store : world.plan->services[s].uses) {
        Dice dice(world.draw, visit_entity + (s * pools_max + pools[p].key) * 64 + store.index,
                  world.ticks);
        StoreState& state = world.stores[store.index].state;
        const std::int64_t before = state.accounts.logged_out;
        visit(state, world.plan->stores[store.index], schema_of(*world.plan, store),
              visit_of(world, s, build, store, done), 0, dice);
        log_in_again(world, s, state.accounts.logged_out - before, dice);
    }
}

// What was sent about records that are taken back stays sent.
void leave_unmatched(World& world, StoreId store, Duration to) {
    for (std::uint32_t i = 0; i < world.stores.size(); ++i) {
        if (world.plan->stores[i].kind != StoreKind::effects) continue;
        const bool together = std::ranges::any_of(world.plan->services, [&](const Service& it) {
            return std::ranges::find(it.uses, store) != it.uses.end() &&
                   std::ranges::find(it.uses, StoreId{i}) != it.uses.end();
        });
        if (!together) continue;
        Kept& kept = world.stores[i];
        const std::int64_t sent = kept.state.accounts.accepted;
        std::int64_t then = 0;
        for (const Image& image : kept.copies.backups)
            if (image.at - SimTime{} <= to) then = image.accounts.accepted;
        kept.unmatched = std::min(sent, kept.unmatched + sent - then);
    }
}

// A store by itself: its replica, its copies, what migrates and what is repaired.
void pass_store(World& world, std::uint32_t i) {
    Kept& kept = world.stores[i];
    const Store& declared = world.plan->stores[i];
    const SchemaChange* change = schema_of(*world.plan, {i});
    Dice dice(world.draw, store_entity + i, world.ticks);
    const SchemaPhase before = kept.state.phase;
    const bool up = serves(kept.copies);
    pass_second(kept.state, declared, up ? change : nullptr, dice);
    for (const Fact& fact : pass_second(kept.state, kept.copies, declared, {i}, world.now, dice)) {
        if (const auto* it = std::get_if<Restored>(&fact)) leave_unmatched(world, {i}, it->to);
        if (const auto* it = std::get_if<FailedBack>(&fact)) leave_unmatched(world, {i}, it->to);
        world.news.push_back(fact);
    }
    if (kept.state.phase != before) world.news.push_back(Migrated{{i}, kept.state.phase});
    if (kept.repairing && serves(kept.copies)) {
        const Repaired done = repair_second(kept.state, kept.copies, declared, world.now, dice);
        kept.rebuilt += done.rebuilt;
        kept.repairing = done.tried > 0;
        if (!kept.repairing) world.news.push_back(RepairEnded{{i}, std::exchange(kept.rebuilt, 0)});
    }
    const bool checked_nightly = declared.nightly && (declared.kind == StoreKind::table ||
                                                      declared.kind == StoreKind::effects);
    if (checked_nightly && (world.now - SimTime{}).us % day.us == nightly_at.us)
        begin_reconciling(kept.state, kept.copies, world.now);
    kept.unreadable_seconds +=
        static_cast<std::int64_t>(unreadable(kept.state, change, share_knowing(world, {i})) + 0.5);
    check_conserved(kept.state);
}

}  // namespace

void fold_second(World& world) {
    for (std::uint32_t s = 0; s < world.services.size(); ++s)
        for (std::size_t p = 0; p < world.services[s].pools.size(); ++p) visit_stores(world, s, p);
    for (std::uint32_t i = 0; i < world.stores.size(); ++i) pass_store(world, i);
    for (std::uint32_t s = 0; s < world.services.size(); ++s)
        if (!world.plan->services[s].uses.empty()) refresh_paths(world, s);
}

}  // namespace rollcage
