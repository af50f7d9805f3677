// What traffic does to the stores, once a simulated second.
#include <algorithm>

#include "sim/base/samplers.h"
#include "sim/world/path.h"

namespace rollcage {

namespace {

constexpr std::uint32_t visit_entity = 0x0700'0000, store_entity = 0x0800'0000,
                        called_entity = 0x0900'0000;

const Change* change_of(const World& world, BuildId build, StoreId store) {
    for (const Change& change : world.plan->builds[build.index].changes)
        if (change.schema && change.schema->is_on(store)) return &change;
    return nullptr;
}

struct Done {
    std::int64_t reads = 0, inserts = 0, updates = 0, again = 0;
    double misread = 0, lossy = 0;  // Of what caused them, by what was said on calls.
};

// Of what one lane's clients left behind since the last second, what was done all the same.
struct Unheard {
    std::int64_t done = 0, again = 0;  // Of these, the client tried again.
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

// Work that was done though its client had left: late, or served when it was dead.
std::array<Unheard, lanes_max> take_unheard(World& world, Pool& pool) {
    Station& station = pool.station;
    std::array<Unheard, lanes_max> unheard{};
    std::int64_t dead = 0, burnt = std::exchange(station.burnt, 0);
    const auto draws = [&](const Lane& lane, std::uint16_t block) {
        return world.draw(Purpose::writes, lane.account * pools_max + pool.key, world.ticks, block);
    };
    for (std::size_t i = 0; i < station.lanes.size(); ++i) {
        Lane& lane = station.lanes[i];
        Unheard& here = unheard[i];
        if (lane.ended.left == 0) continue;
        here.done = lane.ended.late;
        here.again = part_of(draws(lane, 1), 0, lane.ended.left, lane.ended.left_again, here.done);
        // Those who left work behind count as dead work until it is served.
        const std::int64_t dead_again = lane.ended.left_again - here.again;
        lane.dead_again = std::min(lane.dead, lane.dead_again + dead_again);
    }
    for (const Lane& lane : station.lanes) dead += lane.dead;
    std::int64_t lost = dead - burnt - station.dead;
    check(burnt >= 0 && lost >= 0, "dead work is served, lost or still there");
    for (std::size_t i = 0; i < station.lanes.size() && burnt + lost > 0; ++i) {
        Lane& lane = station.lanes[i];
        const Lanes at = draws(lane, 2), then = draws(lane, 3);
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

// Of wrong ones, those that met a record they could not read: they read it all the same.
std::int64_t read_in_vain(const Pool& pool, std::int64_t wrong) {
    if (pool.fails <= 0) return 0;
    return static_cast<std::int64_t>(
        static_cast<double>(wrong) * std::min(1.0, pool.path.rejected / pool.fails) + 0.5);
}

// What a lane's clients, those who left included, did since the last second; good writes and
// inserts are drawn and counted. What was done for a client that tries again is a surplus where
// the next try is done too.
Done take_lane(World& world, const Pool& pool, Lane& lane, const Unheard& unheard) {
    Done done;
    const Cohort& cohort = world.plan->cohorts[lane.cohort];
    const RequestKind& kind = cohort.kinds[lane.account - world.cohorts[lane.cohort].accounts[0]];
    const std::int64_t good = std::exchange(lane.fold_good, 0);
    const Ended ended = std::exchange(lane.ended, {});
    if (good + ended.wrong + unheard.done == 0) return done;
    done.reads = good + unheard.done + read_in_vain(pool, ended.wrong);
    if (kind.writes == none) return done;
    const Lanes draws =
        world.draw(Purpose::writes, lane.account * pools_max + pool.key, world.ticks);
    const std::int64_t writes = binomial(draws[0], good, kind.writes.value()),
                       inserts = binomial(draws[1], writes, kind.inserts.value());
    world.ledger[lane.account].writes += writes;
    world.ledger[lane.account].inserts += inserts;
    done.inserts = inserts;
    done.updates = writes - inserts;
    if (unheard.done == 0) return done;
    const Lanes more =
        world.draw(Purpose::writes, lane.account * pools_max + pool.key, world.ticks, 4);
    const std::int64_t committed = good + unheard.done;
    const double again_done = share(committed, committed + ended.wrong + ended.turned_away);
    const std::int64_t surplus = binomial(more[0], unheard.again, again_done);
    done.again = binomial(draws[2], surplus, kind.writes.value());
    const std::int64_t alone = binomial(more[1], unheard.done - surplus, kind.writes.value());
    const std::int64_t alone_inserts = binomial(more[2], alone, kind.inserts.value());
    done.inserts += alone_inserts;
    done.updates += alone - alone_inserts;
    return done;
}

// Takes what the pool's lanes did since the last second.
Done take_done(World& world, Pool& pool) {
    Done done{.misread = pool.misread, .lossy = pool.lossy};
    const std::array<Unheard, lanes_max> unheard = take_unheard(world, pool);
    std::int64_t served = 0, again = 0;
    for (std::size_t i = 0; i < pool.station.lanes.size(); ++i) {
        Lane& lane = pool.station.lanes[i];
        served += lane.fold_good + lane.ended.wrong + unheard[i].done;
        again += unheard[i].again + lane.ended.wrong_again;
        const Done here = take_lane(world, pool, lane, unheard[i]);
        done.reads += here.reads;
        done.inserts += here.inserts;
        done.updates += here.updates;
        done.again += here.again;
    }
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
    const std::int64_t understood = served - binomial(draws[0], served, of_calls(in.rejected)),
                       wrong = binomial(draws[1], understood, std::min(1.0, pool.fails)),
                       good = understood - wrong;
    done.reads = good + read_in_vain(pool, wrong);
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

Visit visit_of(const World& world, std::uint32_t s, BuildId build, StoreId store,
               const Done& done) {
    Visit visit{.reads = done.reads,
                .inserts = done.inserts,
                .updates = done.updates,
                .retried = done.again};
    if (const Change* change = change_of(world, build, store)) {
        visit.knows = true;
        visit.writes_after = share_at_work(world, s, build, *change);
    }
    double sound = 1 - done.misread, kept = 1 - done.lossy, single = 1;
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

void visit_by(World& world, std::uint32_t s, const Pool& pool, StoreId store, const Done& done,
              std::uint32_t first, Dice& dice) {
    visit(world.stores[store.index].state, world.plan->stores[store.index],
          schema_of(*world.plan, store), visit_of(world, s, pool.build, store, done), first, dice);
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
    const Kept& kept = world.stores[store.index];
    const SchemaChange* change = schema_of(*world.plan, store);
    const double knowing = share_knowing(world, store);
    return world.plan->stores[store.index].kind == StoreKind::jobs
               ? unreadable(kept.jobs, change, knowing)
               : unreadable(kept.state, change, knowing);
}

void fold_second(World& world) {
    for (std::uint32_t s = 0; s < world.services.size(); ++s)
        for (Pool& pool : world.services[s].pools) {
            const Done done = take_done(world, pool), called = take_calls(world, s, pool);
            for (const StoreId store : world.plan->services[s].uses) {
                Dice dice(world.draw, visit_entity + (s * pools_max + pool.key) * 64 + store.index,
                          world.ticks);
                visit_by(world, s, pool, store, done, 0, dice);
                if (called.reads > 0) visit_by(world, s, pool, store, called, visit_ordinals, dice);
            }
            run_wild(world, s, pool, done.inserts + done.updates + called.inserts + called.updates);
        }
    run_jobs(world);
    for (std::uint32_t i = 0; i < world.stores.size(); ++i) {
        Kept& kept = world.stores[i];
        const Store& declared = world.plan->stores[i];
        const SchemaChange* change = schema_of(*world.plan, {i});
        Dice dice(world.draw, store_entity + i, world.ticks);
        const SchemaPhase before = kept.state.phase;
        pass_second(kept.state, declared, change, dice);
        if (kept.state.phase != before) world.news.push_back(Migrated{{i}, kept.state.phase});
        if (kept.repairing && repair_second(kept.state, declared, dice) == 0 &&
            requeue_jobs(world, {i}) == 0)
            kept.repairing = false;
        kept.unreadable_seconds += static_cast<std::int64_t>(unreadable_now(world, {i}) + 0.5);
        check_conserved(kept.state);
    }
    for (std::uint32_t s = 0; s < world.services.size(); ++s)
        if (!world.plan->services[s].uses.empty()) refresh_paths(world, s);
}

}  // namespace rollcage
