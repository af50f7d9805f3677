// Which response is right is a matter of parameters: MODEL 0.2 theorem 3, and 4.6's break-even.
#include <catch2/catch.hpp>

#include "tests/measured.h"
#include "tests/shop.h"

using namespace rollcage;

namespace {

constexpr double requests_per_s = 1000, insert_share = .2, old_rows = 400'000;

// A fifth of the requests insert a row; each reads any row alike; the fix comes after so long.
Shop even_shop(const std::string& reader, double damages, int fix_after_min) {
    Shop shop{.old_reader = reader,
              .defect = "store = orders, damages = " + std::to_string(damages),
              .load = requests_per_s * .05 / 80};
    shop.attempts = 1;
    shop.store = "kind = \"table\", records = 400000, hot = 0, writes_back = 0";
    shop.writes = insert_share;
    shop.inserts = 1;
    shop.fixed = R"(local good = drill.build { "1.3", of = shop, change { "mended", behind = teal,
  schema = new_enum_value { store = orders, old_reader = ")" +
                 reader + R"(" } } })";
    shop.more = "drill.plan \"fix\" { everyone {} }\ndrill.at(\"" +
                std::to_string(1 + fix_after_min) + "m\", release(good, \"fix\"))";
    return shop;
}

struct Bill {
    double failed = 0, damaged = 0;
    double cost(double per_damaged) const { return failed + per_damaged * damaged; }
};

Bill bill(const Shop& shop, const std::string& what, Duration at, int seeds = 2) {
    Bill mean;
    for (int seed = 1; seed <= seeds; ++seed) {
        Day day = begun(shop, static_cast<std::uint64_t>(seed));
        if (!what.empty()) order(day, at, what);
        to(day, 7200_s);
        const Outcome it = outcome(day);
        mean.failed += static_cast<double>(it.failed) / seeds;
        mean.damaged += static_cast<double>(it.records[0].damaged) / seeds;
    }
    return mean;
}

}  // namespace

TEST_CASE("the break-even of rollback and fail-forward is the one of the fluid limit",
          "[measured]") {
    const double damages = .02;
    const Shop shop = even_shop("rejects", damages, 60);
    const Bill forward = bill(shop, "", {}), back = bill(shop, "rollback shop", 1860_s);
    // Written for 1800 s, read by old code for another 1800 s; what fails writes nothing.
    const double inserts = requests_per_s * insert_share;
    double rows = old_rows + inserts * 1860, after = inserts * 1800, rejected = 0;
    for (int second = 0; second < 1800; ++second) {
        rejected += requests_per_s * after / rows;
        rows += inserts * (1 - after / rows);
    }
    CHECK(forward.failed < .001 * rejected);  // Old readers while it rolls.
    CHECK(forward.damaged == Approx(inserts * damages * 3600).epsilon(.03));
    CHECK(back.damaged == Approx(inserts * damages * 1800).epsilon(.05));
    CHECK(back.failed == Approx(rejected).epsilon(.05));
    measured("requests that a rollback fails in half an hour", "fluid limit", rejected, "5 %",
             back.failed);
    const double even = rejected / (inserts * damages * 1800);
    CHECK(back.cost(.9 * even) > forward.cost(.9 * even));
    CHECK(back.cost(1.1 * even) < forward.cost(1.1 * even));
}

TEST_CASE("which response is best turns with the reader, the damage and the way to the fix",
          "[slow]") {
    constexpr double price = 30;  // Of a damaged row, in failed requests.
    const auto back_wins = [&](Shop shop) {
        return bill(shop, "rollback shop", 600_s, 1).cost(price) <
               bill(shop, "", {}, 1).cost(price);
    };
    // Old code that rejects a fifth of the rows: 210 a second fail, or 6000 x damages are lost.
    CHECK_FALSE(back_wins(even_shop("rejects", .02, 60)));
    CHECK(back_wins(even_shop("rejects", .2, 60)));
    // Old code that reads it all: nothing speaks against it.
    Shop tolerant = even_shop("rejects", .02, 60);
    tolerant.schema = "add_optional { store = orders, preserves_unknown = true }";
    tolerant.fixed =
        R"(local good = drill.build { "1.3", of = shop, change { "mended", behind = teal,
  schema = add_optional { store = orders, preserves_unknown = true } } })";
    tolerant.more += "\ndrill.at(0, migrate { store = orders })";  // Room for it.
    CHECK(back_wins(tolerant));
    // Old code that misreads spoils what there is, 108,000 rows and no more, at first faster than
    // the new code spoils 20 a second for as long as it takes.
    for (const int minutes : {25, 100}) {
        Shop shop = even_shop("misreads", .1, minutes);
        shop.store = "kind = \"table\", records = 400000, hot = 0, writes_back = 0.3";
        INFO(minutes);
        CHECK(back_wins(shop) == (minutes == 100));
    }
    // A flag stops the writer and keeps the reader: better than either, whatever they are.
    for (const char* reader : {"rejects", "misreads"}) {
        const Shop shop = even_shop(reader, .02, 60);
        const double flag = bill(shop, "set_flag teal off", 600_s, 1).cost(price);
        CHECK(flag < bill(shop, "rollback shop", 600_s, 1).cost(price));
        CHECK(flag < bill(shop, "", {}, 1).cost(price));
    }
}

// Theorem 2.
TEST_CASE("a halt freezes the mixture: worse than going on until the damage is dear") {
    constexpr double price = 30;
    const auto halt_wins = [](const char* reader, double damages) {
        Shop shop = even_shop(reader, damages, 60);
        shop.stage = "canary { share = \"5%\" }";
        return bill(shop, "halt shop", 600_s, 1).cost(price) <
               bill(shop, "promote shop", 600_s, 1).cost(price);
    };
    // Nineteen in twenty read with old code, and a thirtieth of the rows is new in the end: 46,000
    // fail. Going on takes the old readers away, and 200 x damages a second with them for 3,000 s.
    CHECK_FALSE(halt_wins("rejects", 0));
    CHECK_FALSE(halt_wins("rejects", .001));
    CHECK(halt_wins("rejects", .01));
    CHECK(halt_wins("rejects", .2));
}

TEST_CASE("a halt is best where nothing is wrong but the way there, at the worst hour") {
    // A quarter of the instances is away for six minutes at a time, and the rest cannot do it all.
    const auto scenario = load_scenario({{"peak.lua", R"(
local drill = scenario { title = "t", lasts = "1h", judged_after = "0s" }
local shoppers = drill.cohort { "shoppers", users = 40800, requests_per_minute = 2, attempts = 1 }
local shop = drill.service { "shop", serves = shoppers, instances = 16, slots = 5, version = "1.0",
  start = "6m", max_surge = 0, max_unavailable = "25%" }
local teal = drill.flag { "teal", initially = on }
local new = drill.build { "1.1", of = shop, change { "tidied up", behind = teal } }
local fixed = drill.build { "1.2", of = shop, change { "tidied up again" } }
drill.plan "usual" { everyone {} }
drill.hotfix { of = shop, build = fixed, plan = "usual", lead = "5m" }
drill.at("60s", release(new, "usual"))
)"}},
                                        seeded(1));
    if (!scenario) FAIL(scenario.error().message);
    const auto bad = [&](const std::string& what) {
        Day day = start_day(scenario->blueprint, 1);
        if (!what.empty()) order(day, 900_s, what);
        to(day, 3600_s);
        const Outcome it = outcome(day);
        return it.failed + it.refused;
    };
    const std::int64_t halted = bad("halt shop");
    CHECK(halted > 0);
    for (const char* other : {"", "rollback shop", "set_flag teal off", "hotfix shop",
                              "shed shop share=25%", "restart shop rate=4"}) {
        INFO(other);
        CHECK(halted < bad(other));
    }
}
