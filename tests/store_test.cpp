// Stores: what is readable by whom, what a visit leaves behind, and that no record goes missing.
#include <rapidcheck.h>

#include "tests/shelf.h"

using namespace rollcage;

namespace {

constexpr std::array every_kind{SchemaKind::add_optional,    SchemaKind::add_required,
                                SchemaKind::remove_optional, SchemaKind::remove_required,
                                SchemaKind::rename_field,    SchemaKind::retype,
                                SchemaKind::new_enum_value,  SchemaKind::new_meaning};

}  // namespace

TEST_CASE("the verdict is the table of the model, row by row", "[store]") {
    struct Row {
        SchemaChange change;
        SchemaVerdict old_on_after, new_on_before;
    };
    using enum SchemaVerdict;
    const std::array rows{
        Row{of(SchemaKind::add_optional), lossy, native},
        Row{of(SchemaKind::add_optional, true), tolerant, native},
        Row{of(SchemaKind::add_required), lossy, reject},
        Row{of(SchemaKind::add_required, true), tolerant, reject},
        Row{of(SchemaKind::remove_optional), native, tolerant},
        Row{of(SchemaKind::remove_required), reject, tolerant},
        Row{of(SchemaKind::rename_field), reject, reject},
        Row{of(SchemaKind::retype), reject, native},
        Row{of(SchemaKind::retype, false, false), reject, reject},
        Row{of(SchemaKind::new_enum_value), reject, native},
        Row{of(SchemaKind::new_enum_value, false, true, misread), misread, native},
        Row{of(SchemaKind::new_meaning), misread, misread},
    };
    for (const Row& row : rows) {
        INFO(static_cast<int>(row.change.kind)
             << " " << row.change.preserves_unknown << row.change.reads_both);
        CHECK(verdict(row.change, false, Format::after) == row.old_on_after);
        CHECK(verdict(row.change, true, Format::before) == row.new_on_before);
        CHECK(verdict(row.change, false, Format::before) == native);
        CHECK(verdict(row.change, true, Format::after) == native);
        CHECK(verdict(row.change, false, Format::both) == native);
        CHECK(verdict(row.change, true, Format::both) == native);
    }
}

TEST_CASE("a column is written in the form that its phase can store", "[store]") {
    const Store table;
    const SchemaChange column = of(SchemaKind::rename_field);
    using enum SchemaPhase;
    const auto form = [&](SchemaPhase phase, bool after) {
        return form_stored(table, &column, phase, after);
    };
    CHECK(form(single, true) == std::nullopt);
    CHECK(form(expanded, true) == Format::after);
    CHECK(form(dual_write, true) == Format::both);
    CHECK(form(backfilled, true) == Format::both);
    CHECK(form(contracted, true) == Format::after);
    for (const auto phase : {single, expanded, dual_write, backfilled})
        CHECK(form(phase, false) == Format::before);
    CHECK(form(contracted, false) == std::nullopt);
    const SchemaChange value = of(SchemaKind::new_enum_value);
    CHECK(form_stored(table, &value, single, true) == Format::after);
    CHECK(form_stored({.kind = StoreKind::topic}, &column, single, true) == Format::after);
    CHECK(form_stored(table, nullptr, single, true) == std::nullopt);
}

TEST_CASE("old readers fail, strip or damage new rows, and new readers of the same rows do not",
          "[store]") {
    struct Case {
        SchemaChange change;
        Health leaves;
    };
    for (const Case& one :
         {Case{of(SchemaKind::add_optional), Health::hollow},
          Case{of(SchemaKind::new_enum_value, false, true, SchemaVerdict::misread),
               Health::damaged},
          Case{of(SchemaKind::new_enum_value), Health::sound}}) {
        Shelf kept{.declared = {.records = 100'000, .hot = none}, .change = one.change};
        kept.ordered();
        kept.visited(new_writers(100'000));
        kept.pass();
        Shelf rolled_back = kept;
        kept.visited(readers(true, 40'000));  // A flag reverts the writer and keeps the reader.
        rolled_back.visited(readers(false, 40'000));
        CHECK(kept.rows(Format::after, Health::sound) == 100'000);
        CHECK(kept.state.accounts.rejected == 0);
        CHECK(kept.state.accounts.lost == 0);
        if (one.leaves == Health::sound) {
            check_near(rolled_back.state.accounts.rejected, 40'000 * .5);
            CHECK(rejected_share(rolled_back.state, rolled_back.declared, rolled_back.schema(),
                                 false) == Approx(.5));
        } else {  // Half of the reads hit new rows and 30 % write back; a few hit a row twice.
            const double each = 40'000 * .3 / 200'000;
            check_near(rolled_back.rows(Format::before, one.leaves),
                       100'000 * (1 - std::exp(-each)));
            CHECK(rolled_back.state.accounts.rejected == 0);
        }
        CHECK(rolled_back.state.accounts.lost == rolled_back.rows(Health::hollow));
    }
}

TEST_CASE("hot reads find what was written in the last hour", "[store]") {
    const Store declared{.records = 99'000, .hot = {400'000}};
    Shelf shelf{.declared = declared,
                .change = of(SchemaKind::new_enum_value),
                .state = start_store(declared, 3'000)};
    shelf.visited(new_writers(1'000));
    const double share = .4 * 1'000 / 4'000 + .6 * 1'000 / 100'000;
    CHECK(rejected_share(shelf.state, declared, shelf.schema(), false) == Approx(share));
    CHECK(rejected_share(shelf.state, declared, shelf.schema(), true) == 0);
    CHECK(unreadable(shelf.state, shelf.schema(), .25) == Approx(.75 * 1'000));
    shelf.visited(readers(false, 50'000));
    check_near(shelf.state.accounts.rejected, 50'000 * share);
}

TEST_CASE("an update by a new writer upgrades the row; a reader that rejects it changes nothing",
          "[store]") {
    Shelf shelf{.declared = {.records = 100'000}, .change = of(SchemaKind::new_enum_value)};
    shelf.visited(new_writers(0, 20'000));
    check_near(shelf.rows(Format::after, Health::sound), 100'000 * (1 - std::exp(-.2)));
    CHECK(shelf.recent() == shelf.rows(Format::after));
    const std::int64_t newer = shelf.rows(Format::after);
    shelf.visited(old_writers(0, 20'000), 1);
    CHECK(shelf.rows(Format::after) == newer);
    CHECK(shelf.state.accounts.rejected_writes > 0);
    Visit flag_off{.knows = true};
    flag_off.updates = 20'000;
    shelf.visited(flag_off, 2);
    CHECK(shelf.rows(Format::after) == newer);
    CHECK(shelf.rows(Health::sound) == 100'000);
}

TEST_CASE("harms come out as often as declared, and a retry doubles unless idempotent", "[store]") {
    Visit harmful = old_writers(100'000);
    harmful.damages = .02;
    harmful.drops = .01;
    harmful.doubles = .005;
    harmful.retried = 300;
    Shelf plain;
    plain.visited(harmful);
    CHECK(plain.state.accounts.accepted == 100'000);
    check_near(plain.state.accounts.lost, 1'000);
    check_near(plain.rows(Health::damaged), 99'000 * .02);
    check_near(plain.rows(Health::doubled), 500);
    Shelf careless{.declared = {.idempotent = false}};
    careless.visited(harmful);
    CHECK(careless.rows(Health::doubled) == plain.rows(Health::doubled) + 300);
    CHECK(careless.rows(Health::damaged) == plain.rows(Health::damaged));

    Shelf updated{.declared = {.records = 100'000, .hot = none}};
    Visit updates = old_writers(0, 50'000);
    updates.damages = .02;
    updates.drops = .01;
    updated.visited(updates);
    const double touched = 100'000 * (1 - std::exp(-.5));
    check_near(updated.state.accounts.lost, touched * .01);
    check_near(updated.rows(Health::damaged), touched * .99 * .02);
    CHECK(updated.rows(Health::hollow) == updated.state.accounts.lost);
}

TEST_CASE("an old writer makes the new half stale, and only while rows have two halves",
          "[store]") {
    Shelf shelf{.declared = {.records = 10'000}, .change = of(SchemaKind::retype)};
    REQUIRE(shelf.ordered());
    shelf.visited(old_writers(0, 5'000));
    CHECK(shelf.rows(Health::diverged) == 0);
    REQUIRE(shelf.ordered());
    shelf.pass(10);
    REQUIRE(shelf.state.phase == SchemaPhase::backfilled);
    REQUIRE(shelf.rows(Format::both, Health::sound) == 10'000);
    Visit flag_off{.knows = true};
    flag_off.updates = 2'000;
    shelf.visited(flag_off);
    const std::int64_t stale = shelf.rows(Format::both, Health::diverged);
    CHECK(stale > 1'500);
    CHECK(stale < 2'000);
    SECTION("taken back, the old half is right") {
        REQUIRE(shelf.ordered(true));
        REQUIRE(shelf.ordered(true));
        shelf.pass(10);
        CHECK(shelf.state.phase == SchemaPhase::single);
        CHECK(shelf.rows(Format::before, Health::sound) == 10'000);
    }
    SECTION("contracted, the stale half is all there is") {
        REQUIRE(shelf.ordered());
        CHECK(shelf.rows(Format::after, Health::damaged) == stale);
        CHECK(shelf.repaired() == 0);
    }
    SECTION("a new writer copies it over the good half") {
        shelf.visited(new_writers(0, 100'000), 1);
        CHECK(shelf.rows(Format::both, Health::damaged) > stale * 9 / 10);
    }
    SECTION("the half kept rebuilds all but two in a hundred, which stay") {
        std::int64_t rebuilt = 0;
        for (int i = 0; i < 20; ++i) rebuilt += shelf.repaired();
        check_near(stale - rebuilt, .02 * static_cast<double>(stale));
        CHECK(rebuilt < stale);
        CHECK(shelf.rows(Health::damaged) == stale - rebuilt);
    }
}

TEST_CASE("contraction is a one-way door", "[store]") {
    Shelf shelf{.declared = {.records = 5'000}, .change = of(SchemaKind::add_optional, true)};
    CHECK_FALSE(shelf.ordered(true));
    REQUIRE(shelf.ordered());
    REQUIRE(shelf.ordered());
    CHECK(unreadable(shelf.state, shelf.schema(), 0) == 0);
    shelf.pass(2);
    REQUIRE(shelf.rows(Format::both) == 2'000);
    REQUIRE(shelf.ordered());  // Too early: three thousand are not filled yet.
    CHECK(shelf.rows(Format::after, Health::sound) == 2'000);
    CHECK(shelf.rows(Format::after, Health::hollow) == 3'000);
    CHECK(shelf.state.accounts.lost == 3'000);
    CHECK_FALSE(shelf.ordered());
    CHECK(unreadable(shelf.state, shelf.schema(), 0) == 5'000);  // Even with a tolerant change.
    CHECK(unreadable(shelf.state, shelf.schema(), 1) == 0);
    shelf.visited(old_writers(100, 1'000));
    CHECK(shelf.state.accounts.accepted == 5'000);
    CHECK(shelf.state.accounts.rejected_writes > 100);
    Shelf logged = shelf;
    logged.declared.event_log = true;
    for (Shelf* back : {&shelf, &logged}) {
        REQUIRE(back->ordered(true));
        CHECK_FALSE(back->ordered(true));
        back->pass(10);
        CHECK(back->state.phase == SchemaPhase::single);
        CHECK(back->rows(Format::before) == 5'000);
        CHECK(unreadable(back->state, back->schema(), 0) == 0);
    }
    CHECK(shelf.state.accounts.lost == 5'000);
    CHECK(logged.state.accounts.lost == 3'000);
}

TEST_CASE("orders that no column answers are refused with a reason", "[store]") {
    CHECK_FALSE(
        Shelf{.declared = {.kind = StoreKind::topic}, .change = of(SchemaKind::rename_field)}
            .ordered());
    CHECK_FALSE(Shelf{.change = of(SchemaKind::new_meaning)}.ordered());
    CHECK_FALSE(Shelf{}.ordered());
}

TEST_CASE("a backfill takes its time and waits for the replica", "[store]") {
    Shelf shelf{.declared = {.records = 10'000, .replicas = 1, .applies_per_second = 800},
                .change = of(SchemaKind::retype)};
    shelf.ordered();
    shelf.ordered();
    shelf.pass(5);
    CHECK(shelf.rows(Format::both) == 5'000);
    CHECK(lag_rows(shelf.state) == 1'000);
    shelf.visited(old_writers(2'000));
    shelf.pass();
    CHECK(shelf.rows(Format::both) == 5'000);
    CHECK(lag_rows(shelf.state) == 2'200);
    shelf.pass(2);
    CHECK(shelf.rows(Format::both) == 5'000);
    shelf.pass();
    CHECK(shelf.rows(Format::both) == 6'000);
}

TEST_CASE("a poisoned message is set aside after exactly as many deliveries as allowed",
          "[store]") {
    for (const std::int64_t receives : {1, 3, 5, 10}) {
        Shelf topic{.declared = {.kind = StoreKind::topic, .records = 50, .receives = receives},
                    .change = of(SchemaKind::rename_field)};
        topic.visited(new_writers(100));
        for (std::int64_t delivery = 1; delivery < receives; ++delivery) {
            topic.visited(readers(false, 1'000));
            topic.pass();
            CHECK(topic.state.accounts.dead_lettered == 0);
            CHECK(topic.state.accounts.redelivered == 100 * delivery);
        }
        Shelf forward = topic;
        topic.visited(readers(false, 1'000));
        CHECK(topic.state.accounts.dead_lettered == 100);
        CHECK(topic.state.accounts.rejected == 100 * receives);
        CHECK(topic.rows(Format::after) == 0);
        forward.visited(readers(true, 1'000));
        CHECK(forward.state.accounts.finished == 100);
        CHECK(forward.state.accounts.dead_lettered == 0);
    }
}

TEST_CASE("a message that expires takes its deliveries along", "[store]") {
    Shelf topic{.declared = {.kind = StoreKind::topic, .lives = 10_s},
                .change = of(SchemaKind::rename_field)};
    topic.visited(new_writers(1'000));
    topic.visited(readers(false, 1'000), 1);
    topic.pass(10);
    const std::int64_t left = topic.rows(Format::after);
    check_near(left, 1'000 * std::exp(-1.0));
    CHECK(topic.state.handed_out[1][1] == left);
}

TEST_CASE("poison burns the consumers' capacity, and a pause burns nothing", "[store]") {
    Shelf topic{.declared = {.kind = StoreKind::topic}, .change = of(SchemaKind::rename_field)};
    topic.visited(new_writers(600));
    topic.visited(old_writers(600), 1);
    Shelf paused = topic;
    topic.visited(readers(false, 300), 2);
    check_near(topic.state.accounts.finished, 150);
    CHECK(topic.state.accounts.finished + topic.state.accounts.redelivered == 300);
    paused.state.paused = true;
    paused.visited(readers(false, 300), 2);
    CHECK(paused.state.accounts.finished + paused.state.accounts.redelivered == 0);
    CHECK(rejected_share(topic.state, topic.declared, topic.schema(), false) == 0);
}

TEST_CASE("a cache misses what it cannot read or no longer has, and is filled again", "[store]") {
    Shelf cache{
        .declared = {.kind = StoreKind::cache, .records = 10'000, .hot = none, .lives = 600_s},
        .change = of(SchemaKind::retype)};
    cache.visited(readers(false, 50'000));
    CHECK(cache.state.accounts.misses == 0);
    cache.visited(new_writers(0, 1'000'000));
    REQUIRE(cache.rows(Format::after) == 10'000);
    cache.visited(readers(false, 10'000), 1);  // The roll-back: cold, though full.
    CHECK(cache.state.accounts.misses == 10'000);
    check_near(cache.rows(Format::before), 10'000 * (1 - std::exp(-1.0)));
    CHECK(cache.rows(Format::before) + cache.rows(Format::after) == 10'000);
    const std::int64_t retired = cache.state.accounts.retired;
    cache.pass(60);
    check_near(cache.state.accounts.retired - retired, 10'000 * (1 - std::exp(-.1)));
    const std::int64_t missing = 10'000 - cache.rows(Format::before) - cache.rows(Format::after);
    const std::int64_t misses = cache.state.accounts.misses;
    cache.visited(readers(true, 10'000));
    check_near(cache.state.accounts.misses - misses, static_cast<double>(missing));
}

TEST_CASE("a session that cannot be read is logged out once", "[store]") {
    Shelf sessions{.declared = {.kind = StoreKind::session, .records = 1'000},
                   .change = of(SchemaKind::retype)};
    sessions.visited(new_writers(500));
    for (std::uint32_t i = 1; i < 4; ++i) sessions.visited(readers(false, 100'000), i);
    CHECK(sessions.state.accounts.logged_out == 500);
    CHECK(sessions.state.accounts.retired == 500);
    CHECK(sessions.rows(Format::before, Health::sound) == 1'000);
    CHECK(rejected_share(sessions.state, sessions.declared, sessions.schema(), false) == 0);
}

TEST_CASE("an effect is only ever added", "[store]") {
    Shelf effects{.declared = {.kind = StoreKind::effects, .idempotent = false},
                  .change = of(SchemaKind::new_meaning)};
    Visit by = new_writers(70, 30);
    by.retried = 9;
    effects.visited(by);
    effects.visited(readers(false, 100'000), 1);
    CHECK(effects.rows(Format::after, Health::sound) == 100);
    CHECK(effects.rows(Health::doubled) == 9);
}

TEST_CASE("what is recent stays so for an hour in the mean", "[store]") {
    Shelf shelf;
    shelf.visited(old_writers(100'000));
    double hours = 0;
    for (int minute = 0; minute < 12 * 60; ++minute) {
        hours += static_cast<double>(shelf.recent()) / 60;
        shelf.pass(60);
    }
    // The sum at the start of each minute is above the integral by half a minute a record.
    CHECK(hours / 100'000 == Approx(1 + .5 / 60).margin(5 / std::sqrt(100'000)));
    CHECK(shelf.rows(Health::sound) == 100'000);
}

TEST_CASE("two stores that differ only in their reader meet the same dice", "[store]") {
    Shelf knowing{.declared = {.records = 50'000}, .change = of(SchemaKind::add_optional)};
    knowing.ordered();
    knowing.visited(new_writers(1'000));
    Shelf old = knowing;
    Visit by = old_writers(500, 2'000);
    by.damages = .1;
    old.visited(by, 1);
    by.knows = true;
    knowing.visited(by, 1);
    CHECK(old.rows(Format::before, Health::damaged) ==
          knowing.rows(Format::before, Health::damaged));
    CHECK(old.digest_differs(knowing));
    CHECK(old.rows(Health::hollow) > 0);
    CHECK(knowing.rows(Health::hollow) == 0);
    Shelf busier = old;
    old.visited(readers(false, 1'000), 2);
    busier.visited(readers(false, 1'200), 2);
    CHECK(busier.rows(Health::hollow) >= old.rows(Health::hollow));
}

TEST_CASE("no visit, order or second loses a record from the accounts", "[store]") {
    CHECK(rc::check("accepted is the sum of what became of it", [] {
        const auto small = [](std::int64_t below) {
            return *rc::gen::inRange<std::int64_t>(0, below);
        };
        const auto share = [&] { return static_cast<double>(small(11)) / 10; };
        const auto coin = [&] { return small(2) == 1; };
        Store declared;
        declared.kind = static_cast<StoreKind>(small(6));
        declared.records = small(2'000);
        declared.hot = {small(1'000'001)};
        declared.writes_back = {small(1'000'001)};
        declared.idempotent = coin();
        declared.event_log = coin();
        declared.receives = 1 + small(receives_max);
        declared.migrates_per_second = 1 + small(500);
        if (coin()) declared.lives = 30_s;
        std::optional<SchemaChange> change;
        if (small(8) > 0)
            change = of(every_kind[static_cast<std::size_t>(small(8))], coin(), coin(),
                        coin() ? std::optional{SchemaVerdict::misread} : std::nullopt);
        Shelf shelf{.declared = declared,
                    .change = change,
                    .seed = static_cast<std::uint64_t>(small(1'000'000)),
                    .state = start_store(declared, small(3'000))};
        const auto steps = 5 + small(30);
        for (std::int64_t step = 0; step < steps; ++step) {
            Visit by;
            by.knows = change && coin();
            by.writes_after = by.knows ? share() : 0;
            by.reads = small(3'000);
            by.inserts = small(300);
            by.updates = small(1'000);
            by.retried = small(20);
            by.damages = share();
            by.drops = share();
            by.doubles = share();
            shelf.visited(by, static_cast<std::uint32_t>(step));
            if (small(3) == 0) (void)shelf.ordered(small(4) == 0);
            if (small(4) == 0) shelf.repaired();
            if (small(6) == 0) shelf.state.paused = !shelf.state.paused;
            shelf.pass(static_cast<int>(small(4)));
            const double share_rejected =
                rejected_share(shelf.state, declared, shelf.schema(), by.knows);
            RC_ASSERT(share_rejected >= 0 && share_rejected <= 1);
        }
    }));
}
