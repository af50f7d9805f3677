// What traffic does to the stores, once a simulated second.
#include <algorithm>
#include <span>

#include "sim/base/samplers.h"
#include "sim/world/harm.h"
#include "sim/world/route.h"

namespace rollcage {

namespace {

constexpr std::uint32_t visit_entity = 0x0700'0000, store_entity = 0x0800'0000,
                        called_entity = 0x0C00'0000, copy_entity = 0x0900'0000;
constexpr Duration nightly_at{10'800'000'000}, day{86'400'000'000};  // default: MODEL 4.7

struct Done {
    std::int64_t reads = 0, inserts = 0, updates = 0, again = 0;
    std::int64_t logins = 0;               // Within reads; each begins a session.
    std::span<const std::int64_t> writes;  // By lane; none of calls.
    double misread = 0, lossy = 0;         // Of what caused them, by what was said on calls.
};

// Part of a count whose draws are all alike; drawn only where a die decides.
std::int64_t part_of(const Lanes& draws, std::uint32_t lane, std::int64_t total,
                     std::int64_t marked, std::int64_t drawn) {
    if (marked == 0 || drawn == 0) return 0;
    if (marked == total) return drawn;
    return drawn == total ? marked : hypergeometric(draws[lane], total, marked, drawn);
}

// `burnt` pieces of the station's dead work were done, and `lost` went with their processes.
Unheard take_dead(Lane& lane, std::int64_t burnt, std::int64_t lost, const Lanes& draws) {
    const std::int64_t again = part_of(draws, 1, lane.dead, lane.dead_again, burnt);
    lane.dead -= burnt;
    lane.dead_again -= again;
    lane.dead_again -= part_of(draws, 2, lane.dead, lane.dead_again, lost);
    lane.dead -= lost;
    return {burnt, again};
}

Lanes draws_of(const World& world, const Pool& pool, const Lane& lane, std::uint16_t block) {
    return world.draw(Purpose::writes, lane.account * pools_max + pool.key,
                      world.ticks | static_cast<std::uint64_t>(lane.slice) << 56, block);
}

// Work that was done though its client had left: late, or served when it was dead.
const std::vector<Unheard>& take_unheard(World& world, Pool& pool) {
    Station& station = pool.station;
    std::vector<Unheard>& unheard = world.scratch.unheard;
    unheard.assign(station.lanes.size(), {});
    std::int64_t dead = 0, burnt = std::exchange(station.burnt, 0);
    for (std::size_t i = 0; i < station.lanes.size(); ++i) {
        Lane& lane = station.lanes[i];
        Unheard& here = unheard[i];
        if (lane.ended.left == 0) continue;
        here.done = lane.ended.late;
        here.again = part_of(draws_of(world, pool, lane, 1), 0, lane.ended.left,
                             lane.ended.left_again, here.done);
        // Those who left work behind count as dead work until it is served.
        const std::int64_t dead_again = lane.ended.left_again - here.again;
        lane.dead_again = std::min(lane.dead, lane.dead_again + dead_again);
    }
    for (const Lane& lane : station.lanes) dead += lane.dead;
    std::int64_t lost = dead - burnt - station.dead;
    check(burnt >= 0 && lost >= 0, "dead work is served, lost or still there");
    for (std::size_t i = 0; i < station.lanes.size() && burnt + lost > 0; ++i) {
        Lane& lane = station.lanes[i];
        const Lanes at = draws_of(world, pool, lane, 2), then = draws_of(world, pool, lane, 3);
        const std::int64_t here = lane.dead;
        const std::int64_t of_burnt = part_of(at, 0, dead, here, burnt);
        const std::int64_t of_lost = part_of(at, 3, dead - burnt, here - of_burnt, lost);
        const Unheard served = take_dead(lane, of_burnt, of_lost, then);
        unheard[i].done += served.done;
        unheard[i].again += served.again;
        dead -= here;
        burnt -= of_burnt;
        lost -= of_lost;
    }
    return unheard;
}

double share(std::int64_t part, std::int64_t of) {
    return of > 0 ? static_cast<double>(part) / static_cast<double>(of) : 0;
}

// Of requests whose own path fails so many, those that are wrong: there, or by what others answer.
double wrong_share(const Pool& pool, double path_fails) {
    return std::min(1.0, 1 - (1 - pool.pace.error_share) * (1 - path_fails));
}

// Of wrong ones, those that met a record they could not read: they read it all the same.
std::int64_t read_in_vain(const Pool& pool, double wrong_share, std::int64_t wrong) {
    if (wrong_share <= 0) return 0;
    return static_cast<std::int64_t>(
        static_cast<double>(wrong) * std::min(1.0, pool.path.rejected / wrong_share) + 0.5);
}

// Work that is wrong writes nothing, whether anybody hears of it or not.
Unheard that_is_right(const Unheard& unheard, double wrong_share, const Lanes& draws) {
    if (wrong_share <= 0 || unheard.done == 0) return unheard;
    const std::int64_t right = unheard.done - binomial(draws[0], unheard.done, wrong_share);
    return {right, part_of(draws, 1, unheard.done, unheard.again, right)};
}

// Writes that were done for clients who had left. What was done for one that tries again is a
// surplus where the next try is done too.
void write_unheard(const RequestKind& kind, const Unheard& unheard, double again_done,
                   const Lanes& draws, const Lanes& more, Done& done, std::int64_t& of_lane) {
    const std::int64_t surplus = binomial(more[0], unheard.again, again_done);
    done.again += binomial(draws[2], surplus, kind.writes.value());
    const std::int64_t alone = binomial(more[1], unheard.done - surplus, kind.writes.value());
    const std::int64_t inserts = binomial(more[2], alone, kind.inserts.value());
    done.inserts += inserts;
    done.updates += alone - inserts;
    of_lane += alone;
}

// What a lane's clients, those who left included, did since the last second; good writes and
// inserts are drawn and counted, and those who were misled.
void take_lane(World& world, const Pool& pool, Lane& lane, const Unheard& all_unheard, Done& done) {
    std::int64_t& of_lane = world.scratch.writes.emplace_back(0);
    const Cohort& cohort = world.plan->cohorts[lane.cohort];
    const RequestKind& kind = cohort.kinds[lane.account - world.cohorts[lane.cohort].accounts[0]];
    const std::int64_t good = std::exchange(lane.fold_good, 0);
    const Ended ended = std::exchange(lane.ended, {});
    if (good + ended.wrong + all_unheard.done == 0) return;
    const double wrong = wrong_share(pool, lane.fails);
    const Unheard unheard = that_is_right(all_unheard, wrong, draws_of(world, pool, lane, 5));
    done.reads += good + unheard.done +
                  read_in_vain(pool, wrong, ended.wrong + all_unheard.done - unheard.done);
    if (kind.login) done.logins += good;
    if (kind.writes == none && pool.path.misled <= 0) return;
    const Lanes draws = draws_of(world, pool, lane, 0);
    const std::int64_t writes = binomial(draws[0], good, kind.writes.value()),
                       inserts = binomial(draws[1], writes, kind.inserts.value()),
                       misled = binomial(draws[3], good, pool.path.misled);
    Account& account = world.ledger[lane.account];
    account.writes += writes;
    account.inserts += inserts;
    account.misled += misled;
    lane.minute_misled += misled;
    done.inserts += inserts;
    done.updates += writes - inserts;
    of_lane = writes;
    if (kind.writes == none || unheard.done == 0) return;
    const std::int64_t committed = good + unheard.done,
                       others = ended.wrong + all_unheard.done - unheard.done + ended.turned_away;
    write_unheard(kind, unheard, share(committed, committed + others), draws,
                  draws_of(world, pool, lane, 4), done, of_lane);
}

// Takes what the pool's lanes did since the last second.
Done take_done(World& world, Pool& pool) {
    Done done;
    done.misread = pool.pace.misread;
    done.lossy = pool.pace.lossy;
    const std::vector<Unheard>& unheard = take_unheard(world, pool);
    world.scratch.writes.clear();
    std::int64_t served = 0, again = 0;
    for (std::size_t i = 0; i < pool.station.lanes.size(); ++i) {
        Lane& lane = pool.station.lanes[i];
        served += lane.fold_good + lane.ended.wrong + unheard[i].done;
        again += unheard[i].again + lane.ended.wrong_again;
        take_lane(world, pool, lane, unheard[i], done);
    }
    done.writes = world.scratch.writes;
    const Inbound& in = pool.inbound;
    again += in.calls > 0
                 ? static_cast<std::int64_t>(
                       static_cast<double>(in.served) * share(in.doubled, in.calls) * 1e-6 + 0.5)
                 : 0;
    pool.again_ppm = share_of(std::min(1.0, share(again, served + in.served))).ppm;
    return done;
}

// The same of the calls that the pool served.
Done take_calls(World& world, std::uint32_t s, Pool& pool) {
    Inbound& in = pool.inbound;
    const std::int64_t served = std::exchange(in.served, 0), calls = in.calls;
    Done done;
    if (calls == 0 || served == 0) return done;
    const auto of_calls = [&](std::int64_t sum) { return share(sum, calls) * 1e-6; };
    const std::uint32_t entity = called_entity + s * pools_max + pool.key;
    const Lanes draws = world.draw(Purpose::writes, entity, world.ticks),
                more = world.draw(Purpose::writes, entity, world.ticks, 1);
    const double fails = wrong_share(pool, pool.path.fails);
    const std::int64_t understood = served - binomial(draws[0], served, of_calls(in.rejected)),
                       wrong = binomial(draws[1], understood, fails), good = understood - wrong;
    done.reads = good + read_in_vain(pool, fails, wrong);
    const std::int64_t writes = binomial(draws[2], good, of_calls(in.writes));
    done.again = binomial(draws[3], writes, of_calls(in.doubled));
    done.inserts =
        binomial(more[0], writes - done.again, std::min(1.0, share(in.inserts, in.writes)));
    done.updates = writes - done.again - done.inserts;
    done.misread = of_calls(in.misread);
    done.lossy = of_calls(in.lossy);
    // What still waits is like what came.
    const std::int64_t rest = std::clamp<std::int64_t>(pool.station.called, 0, calls);
    for (std::int64_t* sum :
         {&in.writes, &in.inserts, &in.rejected, &in.misread, &in.lossy, &in.doubled})
        *sum = *sum / calls * rest;
    in.calls = rest;
    return done;
}

// What a side without users copied: every read, and where it is told to the writes as well. They
// are made twice.
Done take_copied(const World& world, std::uint32_t s, Pool& pool) {
    Done done;
    done.reads = std::exchange(pool.copied, 0);
    if (done.reads == 0 || !pool.copies_writes) return done;
    double all = 0, writes = 0, inserts = 0;
    for (const Cohort& cohort : world.plan->cohorts) {
        if (cohort.serves.index != s) continue;
        for (const RequestKind& kind : cohort.kinds) {
            const double here = demand_of(cohort) * kind.share.value();
            all += here;
            writes += here * kind.writes.value();
            inserts += here * kind.writes.value() * kind.inserts.value();
        }
    }
    if (writes <= 0) return done;
    const Lanes draws =
        world.draw(Purpose::writes, copy_entity + s * pools_max + pool.key, world.ticks);
    const std::int64_t written = binomial(draws[0], done.reads, std::min(1.0, writes / all));
    done.again = binomial(draws[1], written, std::min(1.0, inserts / writes));
    done.updates = written - done.again;
    return done;
}

// What the requests did to this one of the stores: only a login begins a session, and whatever else
// is written keeps one.
Visit flows_into(const World& world, StoreId store, const Done& done) {
    Visit visit{.reads = done.reads,
                .inserts = done.inserts,
                .updates = done.updates,
                .retried = serves(world.stores[store.index].copies) ? done.again : 0};
    if (world.plan->stores[store.index].kind != StoreKind::session) return visit;
    visit.reads -= done.logins;
    visit.updates += visit.inserts;
    visit.inserts = done.logins;
    return visit;
}

// The mean of what is `told` of each lane's clients, over what they wrote; over everybody where
// no lane wrote.
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

bool writes_otherwise(const Build& build) {
    return std::ranges::any_of(build.changes, [](const Change& it) {
        return it.schema || std::ranges::any_of(it.hides, &Defect::writes_wrong);
    });
}

Visit visit_of(const World& world, const Pool& pool, const std::optional<View>& seen, StoreId store,
               const Done& done) {
    Visit visit = flows_into(world, store, done);
    if (!seen) {  // The build writes as it always was.
        visit.damages = done.misread;
        visit.drops = done.lossy;
        return visit;
    }
    const View& view = *seen;
    if (const Change* change = change_of(world, pool.build, store)) {
        visit.knows = true;
        visit.writes_after =
            over_writes(world, pool, done, view.at_work(*change),
                        [&](const Asker& asker) { return view.at_work(*change, asker); });
    }
    double sound = 1 - done.misread, kept = 1 - done.lossy, single = 1;
    for (const Change& change : view.build().changes) {
        for (const Defect& defect : change.hides) {
            if (defect.store != store || !defect.writes_wrong()) continue;
            const double of_all = done.writes.empty() ? view.meets(change, defect) : 0;
            const double met = defect.rate.value() *
                               over_writes(world, pool, done, of_all, [&](const Asker& asker) {
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
        const Service& service = world.plan->services[s];
        const std::vector<StoreId>& has =
            world.plan->stores[store.index].kind == StoreKind::jobs ? service.runs : service.uses;
        if (std::ranges::find(has, store) == has.end()) continue;
        for (const Pool& pool : world.services[s].pools) {
            if (pool.station.slots == 0) continue;
            all += pool.users.value();
            if (change_of(world, pool.build, store)) knowing += pool.users.value();
        }
    }
    return all > 0 ? knowing / all : 0;
}

double unreadable_now(const World& world, StoreId store) {
    const SchemaChange* change = world.schemas[store.index];
    if (change == nullptr) return 0;  // One form, which everybody reads.
    const Kept& kept = world.stores[store.index];
    const double knowing = share_knowing(world, store);
    return world.plan->stores[store.index].kind == StoreKind::jobs
               ? unreadable(kept.jobs, change, knowing)
               : unreadable(kept.state, change, knowing);
}

namespace {

// Who asks and has no session, or has just lost it, logs in: a request more, of another kind.
// Spread over the cohorts that have sessions here by what they ask.
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
    const Done done = take_done(world, pool), called = take_calls(world, s, pool),
               copied = take_copied(world, s, pool);
    if (world.plan->services[s].uses.empty()) return;
    const Build& build = built(world, pool.build);
    const Defect* job = repeating(build);
    std::optional<View> view;
    if (job != nullptr || writes_otherwise(build)) view.emplace(world, s, pool);
    const std::int64_t jobs_wrote = job != nullptr ? pass_jobs(world, s, pool, *view, done.writes,
                                                               called.inserts + called.updates)
                                                   : 0;
    for (const StoreId store : world.plan->services[s].uses) {
        Dice dice(world.draw, visit_entity + (s * pools_max + pool.key) * 64 + store.index,
                  world.ticks);
        Visit did = visit_of(world, pool, view, store, done);
        if (job != nullptr && job->store == store) did.repeats = jobs_wrote;
        StoreState& state = world.stores[store.index].state;
        const Store& declared = world.plan->stores[store.index];
        const SchemaChange* change = world.schemas[store.index];
        const StoreAccounts& a = state.accounts;
        const std::int64_t before = a.logged_out + a.misses;
        visit(state, declared, change, did, 0, dice);
        if (called.reads > 0)
            visit(state, declared, change, visit_of(world, pool, view, store, called),
                  visit_ordinals, dice);
        if (copied.reads > 0) {
            Visit again = visit_of(world, pool, view, store, copied);
            if (declared.idempotent) again.updates += std::exchange(again.retried, 0);
            visit(state, declared, change, again, 2 * visit_ordinals, dice);
        }
        if (declared.kind == StoreKind::session)
            log_in_again(world, s, a.logged_out + a.misses - before, dice);
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

// A second of repair: of records, and when those are through of jobs that nobody could resume.
void repair(World& world, StoreId store, Dice& dice) {
    Kept& kept = world.stores[store.index];
    const Repaired done =
        repair_second(kept.state, kept.copies, world.plan->stores[store.index], world.now, dice);
    const std::int64_t requeued = done.tried > 0 ? 0 : requeue_jobs(world, store);
    kept.rebuilt += done.rebuilt + requeued;
    kept.repairing = done.tried + requeued > 0;
    if (!kept.repairing) world.news.push_back(RepairEnded{store, std::exchange(kept.rebuilt, 0)});
}

// A store by itself: its replica, its copies, what migrates and what is repaired.
void pass_store(World& world, std::uint32_t i) {
    Kept& kept = world.stores[i];
    const Store& declared = world.plan->stores[i];
    const SchemaChange* change = world.schemas[i];
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
    if (kept.repairing && serves(kept.copies)) repair(world, {i}, dice);
    const bool checked_nightly = declared.nightly && (declared.kind == StoreKind::table ||
                                                      declared.kind == StoreKind::effects);
    if (checked_nightly && (world.now - SimTime{}).us % day.us == nightly_at.us)
        begin_reconciling(kept.state, kept.copies, world.now);
    kept.unreadable_seconds += static_cast<std::int64_t>(unreadable_now(world, {i}) + 0.5);
    check_conserved(kept.state);
}

}  // namespace

void fold_second(World& world) {
    for (std::uint32_t s = 0; s < world.services.size(); ++s)
        if (world.services[s].leaves_traces)
            for (Pool& pool : world.services[s].pools) visit_stores(world, s, pool);
    run_jobs(world);
    for (std::uint32_t i = 0; i < world.stores.size(); ++i) pass_store(world, i);
    for (std::uint32_t s = 0; s < world.services.size(); ++s)
        if (!world.plan->services[s].uses.empty()) meet_stores(world, s);
    if (world.now.us % 60'000'000 == 0) remind_of_flags(world);
}

}  // namespace rollcage
