// The copies of a store: lag, failover and fail-back, backups and restores, repair and its sources.
#include <rapidcheck.h>

#include "tests/shelf.h"

using namespace rollcage;

namespace {

// A primary with one replica that is to be lost at a second of 1,000 writes.
Shelf replicated(std::int64_t records = 100'000, std::int64_t replicas = 1) {
    const Store declared{.records = records, .replicas = replicas};
    return {.declared = declared, .state = start_store(declared, records / 10)};
}

Store backed_up(std::int64_t records) {
    return {.records = records, .size_mb = 100'000, .backup_good = whole};
}

// Visits of the same size in each second of `minutes`.
void work(Shelf& shelf, int minutes, const Visit& each) {
    for (int second = 0; second < minutes * 60; ++second) {
        shelf.pass();
        shelf.visited(each);
    }
}

CopyOrder as_of(SimTime to, bool aside = false) {
    return {aside ? CopyWork::restore_aside : CopyWork::restore, to};
}
const CopyOrder over{CopyWork::failover}, back{CopyWork::failback};

std::int64_t all_of(const Shelf& shelf) {
    return shelf.rows(Format::before) + shelf.rows(Format::after) + shelf.rows(Format::both);
}

}  // namespace

TEST_CASE("a replica falls behind by what it cannot apply, and catches up by what it can",
          "[copies]") {
    Shelf shelf = replicated();
    shelf.declared.applies_per_second = 500;
    for (int second = 1; second <= 20; ++second) {
        shelf.visited(old_writers(700));
        shelf.pass();
        CHECK(lag_rows(shelf.state) == 200 * second);
    }
    CHECK_FALSE(shelf.learned<ReplicaBehind>());
    shelf.state.applies = share_of(.1);
    for (int second = 1; second <= 5; ++second) {
        shelf.visited(old_writers(700));
        shelf.pass();
        CHECK(lag_rows(shelf.state) == 4'000 + 650 * second);
    }
    CHECK(shelf.learned<ReplicaBehind>());
    shelf.state.applies = whole;
    shelf.pass(14);
    CHECK(lag_rows(shelf.state) == 250);
    CHECK(shelf.turned(StoreChange::replica_caught_up));
    shelf.pass();
    CHECK(lag_rows(shelf.state) == 0);
    Shelf alone{.declared = {.records = 100, .applies_per_second = 1}};
    alone.visited(old_writers(1'000, 500));
    CHECK(lag_rows(alone.state) == 0);  // Nobody follows.
}

TEST_CASE("reads of a replica are stale as often as they hit what it has not applied", "[copies]") {
    const Store declared{
        .records = 100'000, .hot = {400'000}, .replicas = 1, .replica_reads = {250'000}};
    Shelf shelf{.declared = declared, .state = start_store(declared, 20'000)};
    shelf.state.applies = none;
    shelf.visited(old_writers(0, 0));
    shelf.visited(old_writers(5'000), 1);
    shelf.visited(readers(true, 400'000), 2);
    shelf.pass();
    const double share = .4 * 5'000 / 25'000 + .6 * 5'000 / 105'000;
    check_near(shelf.state.accounts.stale_reads, 100'000 * share);
    shelf.state.applies = whole;
    shelf.pass();
    const std::int64_t stale = shelf.state.accounts.stale_reads;
    shelf.visited(readers(true, 400'000), 3);
    shelf.pass();
    CHECK(shelf.state.accounts.stale_reads == stale);
}

TEST_CASE("a failover from a primary that lives loses nothing; from a lost one, the lag",
          "[copies]") {
    Shelf planned = replicated();
    planned.declared.applies_per_second = 100;
    planned.visited(old_writers(1'000));
    Shelf lost = planned;
    REQUIRE(planned.done(over));
    CHECK(planned.second == 60);
    CHECK(planned.state.accounts.stranded == 0);
    CHECK(all_of(planned) == 101'000);
    CHECK(planned.state.replicas == 1);  // The old primary follows at once.
    CHECK_FALSE(planned.done(back));

    lose_primary(lost.state, lost.copies, lost.now(), 3'600_s);
    CHECK_FALSE(serves(lost.copies));
    REQUIRE(lost.done(over));
    CHECK(serves(lost.copies));
    CHECK(lost.state.accounts.stranded == 1'000);
    CHECK(all_of(lost) == 100'000);
    CHECK(lost.state.replicas == 0);
    CHECK_FALSE(lost.told(over));
    CHECK_FALSE(lost.told(back));  // Not before it can be reached.
    CHECK(lost.repaired() == 0);
    lost.pass(3'600);
    CHECK(lost.turned(StoreChange::primary_back));
    CHECK(lost.state.accounts.stranded == 1'000);
}

TEST_CASE("a lost primary that comes back by itself has lost nothing", "[copies]") {
    Shelf shelf = replicated();
    shelf.visited(old_writers(1'000));
    lose_primary(shelf.state, shelf.copies, shelf.now(), 43_s);
    shelf.pass(42);
    CHECK_FALSE(serves(shelf.copies));
    CHECK(lag_rows(shelf.state) == 1'000);
    shelf.pass();
    CHECK(serves(shelf.copies));
    shelf.pass();
    CHECK(lag_rows(shelf.state) == 0);
    CHECK(shelf.state.accounts.stranded == 0);
}

TEST_CASE("merging the stranded or discarding those since is the decision", "[copies]") {
    // As published of October 2018: some 954 writes stranded against some 55,000 since.
    Shelf merged = replicated();
    merged.declared.failover = 30_s;
    merged.visited(old_writers(954));
    lose_primary(merged.state, merged.copies, merged.now(), 43_s);
    REQUIRE(merged.done(over));
    for (int second = 0; second < 550; ++second) {
        merged.visited(old_writers(100));
        merged.pass();
    }
    Shelf failed_back = merged;
    REQUIRE(failed_back.done(back));
    CHECK(failed_back.state.accounts.stranded == 0);
    CHECK(failed_back.state.accounts.lost == 55'000);
    CHECK(failed_back.state.accounts.undone == 55'000);
    CHECK(failed_back.rows(Health::sound) == 100'954);
    CHECK(failed_back.state.replicas == 1);

    check_near(merged.repaired_all(), 954 * .98);
    CHECK(merged.state.accounts.lost == 0);
    CHECK(merged.state.accounts.stranded == merged.state.accounts.by_hand);
    CHECK(merged.rows(Health::sound) == 155'954 - merged.state.accounts.stranded);
    merged.pass();
    CHECK(merged.state.replicas == 1);
    CHECK_FALSE(merged.told(back));
}

TEST_CASE("an update that is stranded leaves its row hollow; the merge meets those since",
          "[copies]") {
    Shelf shelf = replicated(10'000);
    shelf.declared.hot = none;
    shelf.declared.failover = 5_s;
    for (std::uint32_t nth = 0; nth < 100; ++nth) shelf.visited(old_writers(0, 40), nth);
    lose_primary(shelf.state, shelf.copies, shelf.now(), 6_s);
    REQUIRE(shelf.done(over));
    const auto stranded = static_cast<double>(shelf.state.accounts.stranded);
    CHECK(stranded == Approx(10'000 * (1 - std::exp(-.4))).epsilon(.06));
    CHECK(shelf.rows(Health::hollow) == shelf.state.accounts.stranded);
    CHECK(all_of(shelf) == 10'000);
    shelf.pass(2);
    for (std::uint32_t nth = 0; nth < 100; ++nth) shelf.visited(old_writers(0, 50), nth);
    const double conflict = 1 - std::exp(-.5);
    const std::int64_t rebuilt = shelf.repaired_all();
    check_near(rebuilt, stranded * .98 * (1 - conflict));
    CHECK(shelf.rows(Health::hollow) == shelf.state.accounts.stranded);
    CHECK(shelf.state.accounts.by_hand == shelf.state.accounts.stranded);
}

TEST_CASE("the next failover throws away what an older primary still holds", "[copies]") {
    Shelf shelf = replicated(1'000, 2);
    shelf.visited(old_writers(70));
    lose_primary(shelf.state, shelf.copies, shelf.now(), 86'400_s);
    REQUIRE(shelf.done(over));
    shelf.visited(old_writers(30));
    lose_primary(shelf.state, shelf.copies, shelf.now(), 86'400_s);
    REQUIRE(shelf.done(over));
    CHECK(shelf.state.accounts.stranded == 30);
    CHECK(shelf.state.accounts.lost == 70);
    CHECK(shelf.state.replicas == 0);
}

TEST_CASE("who is lost in turn is rescued by going back, at the price of what came since",
          "[copies]") {
    Shelf shelf = replicated(1'000);
    shelf.visited(old_writers(70));
    lose_primary(shelf.state, shelf.copies, shelf.now(), 90_s);
    REQUIRE(shelf.done(over));
    shelf.visited(old_writers(30));
    lose_primary(shelf.state, shelf.copies, shelf.now(), 86'400_s);
    shelf.pass(31);
    CHECK_FALSE(serves(shelf.copies));
    REQUIRE(shelf.done(back));
    CHECK(serves(shelf.copies));
    CHECK(shelf.rows(Health::sound) == 1'070);
    CHECK(shelf.state.accounts.lost == 30);
    CHECK(shelf.state.accounts.stranded == 0);
}

TEST_CASE("rows that a backfill had not shipped are as they were before it", "[copies]") {
    Shelf shelf = replicated(5'000);
    shelf.change = of(SchemaKind::retype);
    shelf.ordered();
    shelf.ordered();
    shelf.state.applies = none;
    shelf.pass();
    CHECK(shelf.rows(Format::both) == 1'000);
    lose_primary(shelf.state, shelf.copies, shelf.now(), 3'600_s);
    REQUIRE(shelf.done(over));
    CHECK(shelf.rows(Format::before) == 5'000);
    CHECK(shelf.state.phase == SchemaPhase::dual_write);
    CHECK(shelf.state.accounts.stranded == 0);
}

TEST_CASE("a restore in place loses every write since, exactly; aside it loses none", "[copies]") {
    Shelf shelf{.declared = backed_up(100'000)};
    work(shelf, 10, old_writers(20));
    const SimTime then = shelf.now();
    work(shelf, 30, old_writers(20, 5));
    const std::int64_t updates = shelf.state.accounts.updated;
    Shelf aside = shelf;
    REQUIRE(shelf.done(as_of(then)));
    // The image is of the second before that minute's.
    const std::int64_t inserted = 20 * (30 * 60 + 1);
    CHECK(shelf.state.accounts.undone == inserted + updates);
    CHECK(shelf.state.accounts.lost == inserted + shelf.rows(Health::hollow));
    CHECK(all_of(shelf) == 100'000 + 20 * (10 * 60 - 1));
    CHECK(shelf.learned<Restored>());

    REQUIRE(aside.told(as_of(then, true)));
    CHECK(serves(aside.copies));
    while (aside.copies.work) aside.pass();
    CHECK(aside.state.accounts.lost == 0);
    CHECK(aside.state.accounts.undone == 0);
    CHECK(aside.copies.aside);
}

TEST_CASE("a restore is as long as its copy, the log since the base backup and the cut-over",
          "[copies]") {
    const Store half_a_terabyte{};
    const SimTime at = SimTime{} + 1_h;
    CHECK(takes(half_a_terabyte, as_of(at), true) == 2'500_s + 5'040_s + 600_s);
    CHECK(takes(half_a_terabyte, as_of(at, true), true) == 2'500_s + 5'040_s);
    CHECK(takes(half_a_terabyte, as_of(at), false) == 2'500_s);
    // The base of the day after is 18 hours into the run.
    CHECK(takes(half_a_terabyte, as_of(SimTime{} + 19_h, true), true) == 2'500_s + 720_s);
    Shelf shelf{.declared = backed_up(10)};
    shelf.pass(600);
    const SimTime begun = shelf.now();
    REQUIRE(shelf.done(as_of(SimTime{} + 120_s)));
    CHECK(shelf.now() - begun == 500_s + 4'344_s + 600_s);
}

TEST_CASE("what can be restored begins with the first backup and ends five minutes ago",
          "[copies]") {
    Shelf shelf{.declared = backed_up(10)};
    shelf.declared.keeps = 1_h;
    shelf.pass(600);
    CHECK_FALSE(shelf.told(as_of(SimTime{} + 59_s)));
    CHECK_FALSE(shelf.told(as_of(SimTime{} + 301_s)));
    CHECK(Shelf{shelf}.told(as_of(SimTime{} + 300_s)));
    CHECK(Shelf{shelf}.told(as_of(SimTime{} + 60_s)));
    shelf.pass(2 * 3'600);
    CHECK_FALSE(shelf.told(as_of(shelf.now() - 1_h - 61_s)));
    CHECK(Shelf{shelf}.told(as_of(shelf.now() - 1_h)));
    REQUIRE(shelf.told(as_of(shelf.now() - 1_h)));
    CHECK_FALSE(shelf.told(over));  // One thing at a time.
    Shelf effects{.declared = {.kind = StoreKind::effects}};
    effects.pass(600);
    CHECK_FALSE(effects.told(as_of(SimTime{} + 60_s)));
    Shelf careless{.declared = {.backups = false}};
    careless.pass(600);
    CHECK_FALSE(careless.told(as_of(SimTime{} + 60_s)));
}

TEST_CASE("a backup fails as often as declared, takes its time and changes nothing", "[copies]") {
    int good = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        Shelf shelf{.declared = {.records = 5, .backup_good = {700'000}}, .seed = seed};
        shelf.pass(600);
        REQUIRE(shelf.told(as_of(SimTime{} + 60_s)));
        good += shelf.copies.work->good ? 1 : 0;
    }
    CHECK(std::abs(good - 280) < 5 * std::sqrt(400 * .7 * .3));

    Shelf shelf{.declared = backed_up(1'000)};
    shelf.copies.backups_bad = true;
    work(shelf, 10, old_writers(5));
    const SimTime begun = shelf.now();
    REQUIRE(shelf.told(as_of(SimTime{} + 60_s)));
    CHECK_FALSE(serves(shelf.copies));
    while (shelf.copies.work) shelf.pass();
    CHECK(shelf.now() - begun == 500_s);
    CHECK(shelf.turned(StoreChange::restore_failed));
    CHECK(shelf.state.accounts.lost == 0);
    CHECK(shelf.rows(Health::sound) == 4'000);
}

TEST_CASE("a row updated since the backup is hollow: as many as the updates hit", "[copies]") {
    // New writers mark what they touch: after the run, the rows of the new form are those that some
    // update hit. They are counted beside what the restore reckons.
    for (const std::int64_t hot : {0, 500'000, 900'000}) {
        Store declared = backed_up(50'000);
        declared.hot = {hot};
        Shelf shelf{.declared = declared,
                    .change = of(SchemaKind::new_enum_value),
                    .state = start_store(declared, 5'000)};
        shelf.pass(60);
        Visit each = new_writers(0, 10);
        work(shelf, 60, each);
        const auto hit = static_cast<double>(shelf.rows(Format::after));
        REQUIRE(shelf.done(as_of(SimTime{} + 60_s)));
        INFO("hot " << hot);
        CHECK(static_cast<double>(shelf.rows(Health::hollow)) == Approx(hit).epsilon(.03));
        CHECK(shelf.rows(Format::after) == 0);
        CHECK(shelf.state.accounts.lost == shelf.rows(Health::hollow));
    }
}

TEST_CASE("a restore takes a contraction and a damage back, at the price of the writes since",
          "[copies]") {
    Shelf shelf{.declared = backed_up(5'000), .change = of(SchemaKind::retype)};
    REQUIRE(shelf.ordered());
    REQUIRE(shelf.ordered());
    shelf.pass(2);
    shelf.declared.migrates_per_second = 0;
    shelf.pass(118);
    REQUIRE(shelf.ordered());
    REQUIRE(shelf.state.accounts.lost == 3'000);
    Visit harmful = new_writers(100);
    harmful.damages = .5;
    shelf.visited(harmful);
    shelf.pass(600);
    REQUIRE(shelf.done(as_of(SimTime{} + 120_s)));
    CHECK(shelf.state.phase == SchemaPhase::dual_write);
    CHECK(shelf.state.accounts.lost == 100);
    CHECK(shelf.rows(Health::damaged) == 0);
    CHECK(shelf.rows(Format::before) == 3'000);
    CHECK(shelf.rows(Format::both) == 2'000);
}

TEST_CASE("restoring twice to one time loses what once does", "[copies]") {
    Shelf shelf{.declared = backed_up(1'000)};
    work(shelf, 2, old_writers(10));
    const SimTime then = shelf.now();
    work(shelf, 10, old_writers(10));
    REQUIRE(shelf.done(as_of(then)));
    const std::int64_t lost = shelf.state.accounts.lost, undone = shelf.state.accounts.undone;
    REQUIRE(shelf.done(as_of(then)));
    CHECK(shelf.state.accounts.lost == lost);
    CHECK(shelf.state.accounts.undone == undone);
}

TEST_CASE("a restored row that should have expired expires", "[copies]") {
    Store declared = backed_up(20'000);
    declared.lives = 3'600_s;
    declared.size_mb = 0;
    declared.cut_over = {};
    declared.last_backup = {};
    Shelf shelf{.declared = declared};
    shelf.pass(60);
    const std::int64_t then = all_of(shelf);
    shelf.pass(3'600);
    REQUIRE(shelf.done(as_of(SimTime{} + 60_s)));
    const double since = static_cast<double>(shelf.second - 60);
    check_near(all_of(shelf), static_cast<double>(then) * std::exp(-since / 3'600));
    CHECK(shelf.state.accounts.lost == 0);
}

TEST_CASE(
    "a backup beside puts right what was spoiled, puts back what was overwritten, and knows "
    "nothing of what was born since",
    "[copies]") {
    // Old readers misread new rows and write them back: no user meant it.
    Shelf spoiled{.declared = backed_up(10'000),
                  .change = of(SchemaKind::new_enum_value, false, true, SchemaVerdict::misread)};
    spoiled.declared.hot = none;
    spoiled.visited(new_writers(0, 100'000));
    const std::int64_t newer = spoiled.rows(Format::after);
    spoiled.pass(120);
    spoiled.visited(readers(false, 20'000));
    const std::int64_t damaged = spoiled.rows(Health::damaged);
    check_near(damaged, static_cast<double>(newer) * (1 - std::exp(-.6)));
    CHECK(spoiled.repaired_all() == 0);  // There is no source yet.
    spoiled.pass(300);
    REQUIRE(spoiled.done(as_of(SimTime{} + 120_s, true)));
    check_near(spoiled.repaired_all(), static_cast<double>(damaged) * .98);
    CHECK(spoiled.rows(Health::damaged) == spoiled.state.accounts.by_hand);
    CHECK(spoiled.state.accounts.lost == 0);

    Shelf written{.declared = backed_up(10'000)};
    written.declared.hot = none;
    written.pass(120);
    Visit harmful = old_writers(500, 2'000);
    harmful.damages = 1;
    written.visited(harmful);
    const std::int64_t overwritten = written.state.accounts.overwritten;
    CHECK(written.rows(Health::damaged) == 500 + overwritten);
    Shelf logged = written;
    logged.declared.event_log = true;
    written.pass(300);
    REQUIRE(written.done(as_of(SimTime{} + 120_s, true)));
    written.repaired_all();
    check_near(written.rows(Health::hollow), static_cast<double>(overwritten) * .98 * 1e4 / 10'500);
    CHECK(written.state.accounts.lost == written.rows(Health::hollow));
    CHECK(written.rows(Health::damaged) >= 500);
    check_near(logged.repaired_all(), static_cast<double>(500 + overwritten) * .98);
}

TEST_CASE("the log of events also brings back what was lost", "[copies]") {
    Shelf shelf{.declared = {.records = 10'000, .event_log = true}};
    Visit careless = old_writers(2'000, 3'000);
    careless.drops = .5;
    shelf.visited(careless);
    const std::int64_t lost = shelf.state.accounts.lost;
    REQUIRE(lost > 2'000);
    const std::int64_t rebuilt = shelf.repaired_all();
    check_near(lost - rebuilt, static_cast<double>(lost) * .02);
    CHECK(shelf.state.accounts.lost == lost - rebuilt);
    CHECK(shelf.state.accounts.by_hand == lost - rebuilt);
}

TEST_CASE("who goes back when all is merged has as many copies as before", "[copies]") {
    Shelf shelf = replicated();
    shelf.declared.failover = 5_s;
    shelf.state.applies = none;
    shelf.visited(old_writers(1'000));
    lose_primary(shelf.state, shelf.copies, shelf.now(), 6_s);
    REQUIRE(shelf.done(over));
    shelf.pass(10);
    while (shelf.repaired() > 0) continue;
    REQUIRE(shelf.copies.old);  // Until the second is over.
    REQUIRE(shelf.told(back));
    shelf.pass(10);
    CHECK(shelf.state.replicas == shelf.declared.replicas);
    CHECK_FALSE(shelf.copies.old);
}

TEST_CASE("a repair takes its time, loads the replica, and damage goes on while the cause does",
          "[copies]") {
    Shelf shelf = replicated(10'000);
    shelf.declared.event_log = true;
    shelf.state.applies = none;
    Visit harmful = old_writers(5'000);
    harmful.damages = 1;
    shelf.visited(harmful);
    const std::int64_t lag = lag_rows(shelf.state);
    const std::int64_t rebuilt = shelf.repaired();
    CHECK(rebuilt + shelf.state.accounts.by_hand == 500);
    CHECK(lag_rows(shelf.state) == lag + rebuilt);
    CHECK(shelf.rows(Health::damaged) == 5'000 - rebuilt);
    harmful.inserts = 600;
    for (std::uint32_t i = 1; i < 20; ++i) {  // More than it can repair.
        shelf.visited(harmful);
        shelf.repaired();
    }
    CHECK(shelf.rows(Health::damaged) > 5'000);
}

TEST_CASE("what a reconciliation will say is as of its start", "[copies]") {
    Shelf shelf{.declared = {.records = 1'000}};
    Visit harmful = old_writers(100);
    harmful.damages = 1;
    harmful.doubles = 1;
    shelf.visited(harmful);
    begin_reconciling(shelf.state, shelf.copies, shelf.now());
    shelf.visited(harmful, 1);
    shelf.pass(1'199);
    CHECK_FALSE(shelf.learned<Reconciled>());
    shelf.pass();
    const auto* found = shelf.learned<Reconciled>();
    REQUIRE(found);
    CHECK(found->damaged == 100);
    CHECK(found->doubled == 100);
}

TEST_CASE("no failover, restore or repair loses a record from the accounts", "[copies]") {
    CHECK(rc::check("accepted is the sum of what became of it", [] {
        const auto small = [](std::int64_t below) {
            return *rc::gen::inRange<std::int64_t>(0, below);
        };
        const auto coin = [&] { return small(2) == 1; };
        constexpr std::array kinds{SchemaKind::add_optional, SchemaKind::retype,
                                   SchemaKind::new_enum_value};
        Store declared;
        declared.records = small(3'000);
        declared.hot = {small(1'000'001)};
        declared.event_log = small(4) == 0;
        declared.migrates_per_second = 1 + small(300);
        declared.repairs_per_second = 1 + small(300);
        declared.replicas = small(3);
        declared.applies_per_second = 1 + small(400);
        declared.replica_reads = {small(1'000'001)};
        declared.failover = 1_s * small(20);
        declared.size_mb = small(20'000);
        declared.cut_over = 1_s * small(60);
        declared.last_backup = {};
        if (coin()) declared.lives = 200_s;
        Shelf shelf{.declared = declared,
                    .change = of(kinds[static_cast<std::size_t>(small(3))], coin(), coin(),
                                 SchemaVerdict::misread),
                    .seed = static_cast<std::uint64_t>(small(1'000'000)),
                    .state = start_store(declared, small(3'000))};
        const auto steps = 10 + small(40);
        for (std::int64_t step = 0; step < steps; ++step) {
            Visit by;
            by.knows = coin();
            by.writes_after = by.knows ? static_cast<double>(small(11)) / 10 : 0;
            by.reads = small(2'000);
            by.inserts = small(200);
            by.updates = small(500);
            by.damages = static_cast<double>(small(5)) / 10;
            by.drops = static_cast<double>(small(3)) / 10;
            by.doubles = static_cast<double>(small(3)) / 10;
            if (serves(shelf.copies)) shelf.visited(by, static_cast<std::uint32_t>(step % 200));
            if (small(4) == 0) (void)shelf.ordered(small(3) == 0);
            if (small(6) == 0)
                lose_primary(shelf.state, shelf.copies, shelf.now(), 1_s * small(100));
            if (small(4) == 0) shelf.state.applies = {small(1'000'001)};
            if (small(5) == 0) (void)shelf.told(over);
            if (small(5) == 0) (void)shelf.told(back);
            if (small(5) == 0) {
                const auto minutes = shelf.copies.backups.size();
                if (minutes > 0)
                    (void)shelf.told(as_of(shelf.copies
                                               .backups[static_cast<std::size_t>(
                                                   small(static_cast<std::int64_t>(minutes)))]
                                               .at,
                                           coin()));
            }
            if (serves(shelf.copies))
                for (std::int64_t i = small(5); i > 0; --i) (void)shelf.repaired();
            shelf.pass(small(120));
            RC_ASSERT(shelf.state.accounts.lost >= 0);
            RC_ASSERT(shelf.state.accounts.stranded >= 0);
            RC_ASSERT(shelf.state.accounts.retired >= 0);
            RC_ASSERT(shelf.state.replicas >= 0 && shelf.state.replicas <= declared.replicas);
        }
    }));
}
