// What traffic does to the stores, once a simulated second.
#include <algorithm>

#include "sim/base/samplers.h"
#include "sim/world/harm.h"

namespace rollcage {

namespace {

constexpr std::uint32_t visit_entity = 0x0700'0000, store_entity = 0x0800'0000;
constexpr Duration nightly_at{10'800'000'000}, day{86'400'000'000};  // default: MODEL 4.7

const Change* change_of(const World& world, BuildId build, StoreId store) {
    for (const Change& change : world.plan->builds[build.index].changes)
        if (change.schema && change.schema->store == store) return &change;
    return nullptr;
}

struct Done {
    std::int64_t reads = 0, inserts = 0, updates = 0, late = 0;
    std::int64_t logins = 0;           // Within reads; each begins a session.
    std::vector<std::int64_t> writes;  // By lane.
};

// Takes what the pool's lanes did since the last second; writes and inserts are drawn and counted.
Done take_done(World& world, Pool& pool) {
    Done done;
    for (Lane& lane : pool.station.lanes) {
        std::int64_t& of_lane = done.writes.emplace_back(0);
        const Cohort& cohort = world.plan->cohorts[lane.cohort];
        const RequestKind& kind =
            cohort.kinds[lane.account - world.cohorts[lane.cohort].accounts[0]];
        const std::int64_t good = std::exchange(lane.fold_good, 0),
                           wrong = std::exchange(lane.fold_wrong, 0),
                           late = std::exchange(lane.fold_late, 0);
        if (good + wrong + late == 0) continue;
        done.reads +=
            good + late +
            static_cast<std::int64_t>(static_cast<double>(wrong) *
                                          (lane.fails > 0 ? pool.path.rejected / lane.fails : 0) +
                                      0.5);
        if (kind.login) done.logins += good;
        if (kind.writes == none && pool.path.misled <= 0) continue;
        const Lanes draws = world.draw(Purpose::writes, lane.account * pools_max + pool.key,
                                       world.ticks | static_cast<std::uint64_t>(lane.slice) << 56);
        const std::int64_t writes = binomial(draws[0], good, kind.writes.value()),
                           inserts = binomial(draws[1], writes, kind.inserts.value());
        const std::int64_t misled = binomial(draws[3], good, pool.path.misled);
        world.ledger[lane.account].writes += writes;
        world.ledger[lane.account].inserts += inserts;
        world.ledger[lane.account].misled += misled;
        lane.minute_bad += misled;
        done.inserts += inserts;
        done.updates += writes - inserts;
        of_lane = writes;
        done.late += binomial(draws[2], late, kind.writes.value());
    }
    return done;
}

// What the requests did to this one of the stores: only a login begins a session, and whatever else
// is written keeps one.
Visit flows_into(const World& world, StoreId store, const Done& done) {
    Visit visit{.reads = done.reads,
                .inserts = done.inserts,
                .updates = done.updates,
                .retried = serves(world.stores[store.index].copies) ? done.late : 0};
    if (world.plan->stores[store.index].kind != StoreKind::session) return visit;
    visit.reads -= done.logins;
    visit.updates += visit.inserts;
    visit.inserts = done.logins;
    return visit;
}

// The mean of what is `told` of each lane's clients, over what they wrote; over everybody where
// nobody wrote.
double over_writes(const World& world, const Pool& pool, const Done& done, double of_all,
                   const auto& told) {
    double sum = 0, all = 0, first = 0;
    bool same = true;
    for (std::size_t i = 0; i < done.writes.size(); ++i) {
        if (done.writes[i] == 0) continue;
        const Lane& lane = pool.station.lanes[i];
        const double here =
            told({CohortId{lane.cohort}, &world.cohorts[lane.cohort].slices[lane.slice]});
        same &= all == 0 || here == first;
        if (all == 0) first = here;
        sum += static_cast<double>(done.writes[i]) * here;
        all += static_cast<double>(done.writes[i]);
    }
    return all == 0 ? of_all : same ? first : sum / all;
}

Visit visit_of(const World& world, const Pool& pool, const View& view, StoreId store,
               const Done& done) {
    Visit visit = flows_into(world, store, done);
    if (const Change* change = change_of(world, pool.build, store)) {
        visit.knows = true;
        visit.writes_after =
            over_writes(world, pool, done, view.at_work(*change),
                        [&](const Asker& asker) { return view.at_work(*change, asker); });
    }
    double sound = 1, kept = 1, single = 1;
    for (const Change& change : view.build().changes) {
        for (const Defect& defect : change.hides) {
            if (defect.store != store || !defect.writes_wrong()) continue;
            const double met =
                defect.rate.value() * over_writes(world, pool, done, 0, [&](const Asker& asker) {
                    return view.meets(change, defect, asker);
                });
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

void visit_stores(World& world, std::uint32_t s, Pool& pool) {
    const Done done = take_done(world, pool);
    if (world.plan->services[s].uses.empty()) return;
    const View view(world, s, pool);
    const std::int64_t jobs_wrote = pass_jobs(world, s, pool, view, done.writes);
    for (const StoreId store : world.plan->services[s].uses) {
        Dice dice(world.draw, visit_entity + (s * pools_max + pool.key) * 64 + store.index,
                  world.ticks);
        Visit did = visit_of(world, pool, view, store, done);
        const Defect* job = repeating(view.build());
        if (job != nullptr && job->store == store) did.repeats = jobs_wrote;
        StoreState& state = world.stores[store.index].state;
        const std::int64_t before = state.accounts.logged_out;
        visit(state, world.plan->stores[store.index], schema_of(*world.plan, store), did, 0, dice);
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
        for (Pool& pool : world.services[s].pools) visit_stores(world, s, pool);
    for (std::uint32_t i = 0; i < world.stores.size(); ++i) pass_store(world, i);
    for (std::uint32_t s = 0; s < world.services.size(); ++s)
        if (!world.plan->services[s].uses.empty()) refresh_paths(world, s);
    if (world.now.us % 60'000'000 == 0) remind_of_flags(world);
}

}  // namespace rollcage
