// The intervention algebra of MODEL 1: what each order resets and what it leaves, in one world.
#include <catch2/catch.hpp>

#include "sim/world/fleet.h"
#include "tests/measured.h"
#include "tests/shop.h"

using namespace rollcage;

namespace {

// What MODEL 1 has columns for.
struct Seen {
    double exposed = 0;  // Users on the new build.
    double reader = 0;   // Of the readers, those that know the new form.
    double writes = 0;   // Of what is written now, in the new form.
    double residue = 0;  // Records in the new form.
    double unreadable = 0;
    std::int64_t slots = 0;
};

Seen seen(Day& day) {  // Takes ten seconds.
    const auto in_new = [&] {
        const Population& all = day.world.stores[0].state.stored;
        std::int64_t sum = 0;
        for (const std::int64_t count : all[static_cast<std::size_t>(Format::after)]) sum += count;
        return sum;
    };
    const std::int64_t before = in_new(), accepted = outcome(day).inserts;
    play_until(day, now(day) + 10_s);
    Seen it;
    for (const Pool& pool : day.world.services[0].pools) {
        if (day.world.plan->names.builds[pool.build.index] != "1.0")
            it.exposed += pool.users.value();
        it.slots += pool.station.slots;
    }
    it.reader = share_knowing(day.world, {0});
    it.residue = static_cast<double>(in_new());
    it.writes = static_cast<double>(in_new() - before) /
                static_cast<double>(std::max<std::int64_t>(1, outcome(day).inserts - accepted));
    it.unreadable =
        unreadable(day.world.stores[0].state, schema_of(*day.world.plan, {0}), it.reader);
    return it;
}

double failed_share(const Day& day) {
    const Outcome it = outcome(day);
    return static_cast<double>(it.failed) / static_cast<double>(it.offered);
}

}  // namespace

TEST_CASE("halt: exposure is frozen, readers stay mixed, the residue grows at that share") {
    Day day = begun({.stage = "canary { share = \"25%\", soak = \"1h\" }, everyone {}"});
    to(day, 300_s);
    order(day, 300_s, "promote shop");
    while (seen(day).exposed < .4) REQUIRE(now(day) < SimTime{} + 900_s);
    order(day, now(day) - SimTime{}, "halt shop");
    to(day, now(day) - SimTime{} + 60_s);
    const Seen first = seen(day);
    to(day, now(day) - SimTime{} + 1200_s);
    const Seen later = seen(day);
    CHECK(first.exposed > .25);
    CHECK(first.exposed < 1);
    CHECK(later.exposed == first.exposed);
    CHECK(later.reader == Approx(first.reader));
    CHECK(later.residue > first.residue);
    CHECK(later.writes > .05);
    CHECK(later.unreadable > 0);  // For the readers that are old.
}

TEST_CASE("flag off: the path ends within a poll, the reader is kept, the residue stays readable") {
    Day day = begun({});
    order(day, 600_s, "set_flag teal off");
    to(day, 600_s + 16_s);  // A poll is 15 s.
    const Seen after = seen(day);
    CHECK(after.exposed == Approx(1));
    CHECK(after.reader == 1);
    CHECK(after.writes <= 0);
    CHECK(after.residue > 1000);
    CHECK(after.unreadable == 0);
    CHECK(after.slots == 80);
}

TEST_CASE("app rollback: exposure, writer and reader are old, the residue is not readable") {
    Day day = begun({});
    to(day, 600_s);
    const double residue = seen(day).residue;
    order(day, 610_s, "rollback shop");
    std::int64_t least = 16;
    while (day.world.services[0].rollout) {
        REQUIRE(now(day) < SimTime{} + 1200_s);
        play_until(day, now(day) + 1_s);
        least = std::min(least, ready_in(day.world.services[0]));
    }
    const double minutes = (now(day) - SimTime{610'000'000}).seconds() / 60;
    const Seen after = seen(day);
    CHECK(minutes > .25);  // Two waves of a start, 5 s, and a probe.
    CHECK(minutes < 5);
    CHECK(least == 12);  // Three quarters.
    CHECK(after.exposed == 0);
    CHECK(after.reader == 0);
    CHECK(after.writes <= 0);
    CHECK(after.residue > .9 * residue);
    CHECK(after.unreadable == Approx(after.residue));
}

TEST_CASE("blue-green switch back: exposure ends at once and without a dip, the residue stays") {
    Day day = begun({.stage = "blue_green { soak = \"1h\" }"});
    to(day, 600_s);
    const Seen before = seen(day);
    REQUIRE(before.exposed == Approx(1));
    order(day, 620_s, "switch_route shop");
    to(day, 630_s);
    const Seen after = seen(day);
    CHECK(after.exposed == 0);
    CHECK(after.reader == 0);
    CHECK(after.slots == before.slots);
    CHECK(after.residue > .9 * before.residue);
    CHECK(after.unreadable == Approx(after.residue));
}

TEST_CASE("fail forward: exposed until the fix is out, then its reader reads the residue") {
    Shop shop{.defect = "fails = 0.2"};
    shop.fixed =
        R"(local good = drill.build { "1.3", of = shop,
  change { "teal orders, mended", behind = teal,
           schema = new_enum_value { store = orders, old_reader = "rejects" } } })";
    shop.more = "drill.plan \"fix\" { everyone {} }\ndrill.at(\"20m\", release(good, \"fix\"))";
    Day day = begun(shop);
    to(day, 1200_s);
    const double harmed = failed_share(day);
    to(day, 1500_s);
    const std::int64_t failed = outcome(day).failed;
    const Seen after = seen(day);
    to(day, 3600_s);
    CHECK(harmed > .005);  // .2 of requests, after three attempts.
    CHECK(outcome(day).failed == failed);
    CHECK(after.exposed == Approx(1));
    CHECK(after.reader == 1);
    CHECK(after.unreadable == 0);
}

TEST_CASE("a guarded path's flag damages and loses no more than a rollback does", "[slow]") {  // M6
    for (const char* reader : {"rejects", "misreads"}) {
        INFO(reader);
        std::array<std::int64_t, 2> harm{};
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            Day flag = begun({.old_reader = reader}, seed), back = flag;
            order(flag, 900_s, "set_flag teal off");
            order(back, 900_s, "rollback shop");
            for (int i = 0; i < 2; ++i) {
                Day& day = i == 0 ? flag : back;
                to(day, 3600_s);
                const Outcome it = outcome(day);
                harm[static_cast<std::size_t>(i)] +=
                    it.records[0].damaged + it.records[0].lost + it.records[0].unreadable;
            }
        }
        CHECK(harm[0] <= harm[1]);
        CHECK(harm[1] > 0);
    }
}

TEST_CASE(
    "where old code reads what new code wrote, a rollback is never worse than waiting") {  // M7
    for (const char* schema : {"add_optional { store = orders, preserves_unknown = true }",
                               "remove_optional { store = orders }"}) {
        for (const double load : {.1, .3}) {
            INFO(schema << " at " << load);
            Shop shop{.defect = "fails = 0.3"};
            shop.schema = schema;
            shop.load = load;  // Below 1 / 3.
            shop.fixed =
                R"(local good = drill.build { "1.3", of = shop,
  change { "mended", behind = teal, schema = )" +
                shop.schema + " } }";
            shop.more =
                "drill.at(0, migrate { store = orders })\n"  // Room for what is added.
                "drill.plan \"fix\" { everyone {} }\ndrill.at(\"70m\", release(good, \"fix\"))";
            Day wait = begun(shop), back = wait;
            order(back, 600_s, "rollback shop");
            to(wait, 4100_s);
            to(back, 4100_s);
            const Outcome waited = outcome(wait), rolled = outcome(back);
            CHECK(rolled.failed < waited.failed);
            CHECK(rolled.records[0].damaged <= waited.records[0].damaged);
            CHECK(rolled.records[0].lost <= waited.records[0].lost);
        }
    }
}

TEST_CASE("after the contraction a rollback leaves every row unreadable") {  // M8
    Shop shop;
    shop.schema = "rename_field { store = orders }";
    shop.more = R"(for i = 1, 4 do drill.at(i * 300, migrate { store = orders }) end)";
    Day day = begun(shop);
    to(day, 2400_s);
    REQUIRE(day.world.stores[0].state.phase == SchemaPhase::contracted);
    CHECK(outcome(day).records[0].unreadable == 0);
    order(day, 2400_s, "rollback shop");
    to(day, 3000_s);
    const Outcome it = outcome(day);
    const auto& orders = it.records[0];
    CHECK(orders.unreadable == orders.sound + orders.damaged + orders.diverged);
    CHECK(orders.unreadable > 100'000);
}

TEST_CASE("idempotent writes are never doubled, whatever the retries") {  // M12
    for (const bool idempotent : {true, false}) {
        Shop shop{.load = .6, .attempts = 4};
        shop.store += std::string(", idempotent = ") + (idempotent ? "true" : "false");
        shop.more = R"(drill.at("5m", slow { service = shop, by = 2.5, lasts = "1m" }))";
        Day day = begun(shop);
        to(day, 1200_s);
        REQUIRE(outcome(day).failed > 10'000);
        if (idempotent)
            CHECK(outcome(day).records[0].doubled == 0);
        else
            CHECK(outcome(day).records[0].doubled > 0);
    }
}

TEST_CASE("a crash loop restarts after 10, 20, 40, 80, 160 and then every 300 seconds",
          "[measured]") {
    Shop shop{.defect = "crashes_at_boot = 1"};
    Day day = begun(shop);
    std::vector<double> starts;
    Phase before = Phase::gone;
    std::uint32_t slot = 16;  // The first of the surge.
    while (now(day) < SimTime{} + 1800_s) {
        play_until(day, now(day) + 100_ms);
        const auto& all = day.world.services[0].instances;
        if (all.size() <= slot) continue;
        if (all[slot].phase == Phase::booting && before != Phase::booting)
            starts.push_back(now(day).seconds());
        before = all[slot].phase;
    }
    REQUIRE(starts.size() >= 7);
    const double run = day.world.plan->services[0].start.seconds();
    double wait = 10;
    for (std::size_t i = 1; i < 7; ++i, wait = std::min(300., wait * 2)) {
        CHECK(starts[i] - starts[i - 1] == Approx(run + wait).margin(.3));
        if (i == 5)
            measured("fifth pause of a crash loop, s", "Kubernetes", wait, ".3 s",
                     starts[i] - starts[i - 1] - run);
    }
    CHECK(outcome(day).failed == 0);  // Twelve old ones serve on.
}

TEST_CASE("ten healthy minutes forget a process's crashes") {
    Shop shop{.defect = "crashes_per_hour = 3"};  // Twenty minutes apart, in the mean.
    Day day = begun(shop);
    std::uint32_t most = 0;
    while (now(day) < SimTime{} + 7200_s) {
        play_until(day, now(day) + 60_s);
        for (const Instance& it : day.world.services[0].instances)
            most = std::max(most, it.crashes);
    }
    CHECK(most >= 2);  // Within ten minutes of the one before: 1 - exp(-1/2) each.
    CHECK(most < 10);  // Some 96 crashes, six a process: none within reach of ten in a row.
}

TEST_CASE("renaming everything changes only the names") {
    Shop shop;
    const auto replaced = [](std::string text) {
        for (const auto& [from, into] : {std::pair{"\"shop\"", "\"boutique\""},
                                         {"\"orders\"", "\"ledger\""},
                                         {"\"shoppers\"", "\"guests\""},
                                         {"\"teal\"", "\"blue\""},
                                         {"\"1.1\"", "\"9.9\""}})
            for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; ++at)
                text.replace(at, std::string(from).size(), into);
        return text;
    };
    Outcome played[2];
    std::uint64_t digests[2] = {};
    for (int i = 0; i < 2; ++i) {
        const auto scenario =
            load_scenario({{"shop.lua", i == 0 ? shop.text() : replaced(shop.text())}}, seeded(3));
        REQUIRE(scenario);
        Day day = start_day(scenario->blueprint, 3);
        to(day, 1800_s);
        played[i] = outcome(day);
        digests[i] = digest(day).value();
    }
    CHECK(digests[0] == digests[1]);
    CHECK(played[0].failed == played[1].failed);
    CHECK(played[0].records[0].store != played[1].records[0].store);
}
