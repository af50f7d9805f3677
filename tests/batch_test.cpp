// Batches of changes: how often one is bad, what a chain of tests leaves of it, trains, and worth.
#include <catch2/catch.hpp>

#include <cmath>

#include "sim/world/batch.h"
#include "sim/world/sieve.h"
#include "tests/shop.h"

using namespace rollcage;

namespace {

// A world in which every kind of trigger can be said.
const Blueprint& any_world() {
    static const Blueprint world = [] {
        const auto scenario = load_scenario({{"t.lua", R"(
local drill = scenario { title = "t" }
local orders = drill.store { "orders", records = 1000 }
local users = drill.cohort { "users", users = 60 }
local behind = drill.service { "behind" }
local shop = drill.service { "shop", serves = users, uses = { orders }, instances = 4,
  calls = { { service = behind } } }
drill.flag { "teal" }
)"}},
                                            seeded(1));
        if (!scenario) FAIL(scenario.error().message);
        return *scenario->blueprint;
    }();
    return world;
}

bool bad(const std::vector<Change>& batch) {
    return std::ranges::any_of(batch, [](const Change& it) { return !it.hides.empty(); });
}

// Of drawn defects, those that a chain of stages finds.
// With a ring: a stage that is production but for its load, and sees what its metrics see.
double found_by(const std::vector<TrialKind>& chain, bool ring = false,
                std::uint32_t defects = 6'000) {
    const Draw draw{11};
    std::uint32_t found = 0;
    for (std::uint32_t i = 0; i < defects; ++i) {
        Change change{.key = change_key(i, 0)};
        change.hides = {drawn_defect(any_world(), {1}, draw, change.key, 0)};
        bool any = false;
        for (std::uint32_t stage = 0; stage < chain.size(); ++stage) {
            Trial trial = usual_trial(chain[stage]);
            if (trial.kind == TrialKind::staging) trial.soak = Duration{3'600'000'000};
            any |= exposes(trial, {&change, 0, 512}, {i, stage, 0}, draw);
        }
        Trial last = usual_trial(TrialKind::staging);
        last.parity = {whole, {300'000}, whole, whole, whole, whole};
        last.oracle = none;
        last.volume = 100'000;
        found += any || (ring && exposes(last, {&change, 0, 512}, {i, 31, 0}, draw));
    }
    return found / double(defects);
}

}  // namespace

TEST_CASE("a batch is bad as often as its changes and their pairs make it", "[slow]") {
    // Row 17 of the validation table: two in a hundred a change, five in ten thousand a pair.
    const double mean_lines = 80 * std::exp(1.1 * 1.1 / 2);
    for (const std::int64_t k : {1, 2, 5, 10, 20, 50, 100}) {
        const Habits habits{.count = k, .defects_per_thousand_lines = .02 * 1000 / mean_lines};
        int sum = 0;
        constexpr std::uint32_t batches = 6'000;
        for (std::uint32_t b = 0; b < batches; ++b)
            sum += bad(drawn_batch(any_world(), {1}, habits, b, Draw{5}));
        const double kk = static_cast<double>(k),
                     wanted = 1 - std::exp(-.02 * kk - .0005 * kk * (kk - 1) / 2);
        INFO(k);
        // A hundredth, and three standard errors of so many batches.
        CHECK(sum / double(batches) ==
              Approx(wanted).margin(.01 + 3 * std::sqrt(wanted * (1 - wanted) / batches)));
    }
}

TEST_CASE("one stage of tests finds a quarter to a half of what is wrong, a chain five in six") {
    using K = TrialKind;
    // Row 18 of the validation table.
    for (const K one : {K::unit, K::contract, K::integration}) {
        INFO(int(one));
        CHECK(found_by({one}) > .25);
        CHECK(found_by({one}) < .5);
    }
    const double chain = found_by(
        {K::unit, K::contract, K::integration, K::performance, K::smoke, K::staging}, true);
    CHECK(chain == Approx(.85).margin(.05));
}

TEST_CASE("what is wrong is looked for by halves") {
    const std::pair<std::int64_t, int> steps[] = {{1, 0},  {2, 1},  {5, 3},  {10, 4},
                                                  {20, 5}, {50, 6}, {100, 7}};
    for (const auto& [changes, wanted] : steps)
        CHECK(bisection(changes, Duration{60'000'000}) == Duration{wanted * 60'000'000});
}

TEST_CASE("a version says the largest of what its changes say") {
    const auto after = [](std::vector<ChangeKind> kinds) {
        std::vector<Change> changes;
        for (const ChangeKind kind : kinds) changes.push_back({.does = kind});
        return next_version("1.4.2", changes);
    };
    CHECK(after({ChangeKind::fix}) == "1.4.3");
    CHECK(after({ChangeKind::fix, ChangeKind::feat}) == "1.5.0");
    CHECK(after({ChangeKind::breaks, ChangeKind::feat}) == "2.0.0");
}

TEST_CASE("built anew for each stage, one change in a hundred is not what was tested") {
    Build build{.of = {1}, .changes = {}};
    for (std::int64_t i = 0; i < 4'000; ++i) build.changes.push_back({.key = change_key(1, i)});
    const auto changed = [&](std::uint32_t stage) {
        std::vector<std::uint32_t> keys;
        for (const Change& it : rebuilt(any_world(), build, stage, Draw{3}).changes)
            if (!it.hides.empty()) keys.push_back(it.key);
        return keys;
    };
    CHECK(changed(1).size() == Approx(40).margin(20));
    CHECK(changed(1) == changed(1));
    CHECK(changed(1) != changed(2));
}

namespace {

Day with_train(const std::string& more, std::uint64_t seed = 1) {
    const auto scenario = load_scenario({{"t.lua", R"(
local drill = scenario { title = "t", lasts = "6h", judged_after = "0s", tick = "1s" }
local users = drill.cohort { "users", users = 60, timeout = "4s" }
local shop = drill.service { "shop", serves = users, instances = 4, version = "1.0.0" }
)" + more}},
                                        seeded(seed));
    if (!scenario) FAIL(scenario.error().message);
    return start_day(scenario->blueprint, seed);
}

constexpr Duration minutes(std::int64_t count) {
    return {count * 60'000'000};
}

}  // namespace

TEST_CASE("a train leaves by the clock, with what is in main by then, unless it is frozen") {
    const std::string train = R"(
drill.plan "usual" { everyone {} }
drill.train { "hourly", of = shop, every = "1h", plan = "usual", count = 5, worth = 1,
  defects_per_thousand_lines = 0 }
)";
    Day day = with_train(train);
    to(day, minutes(359));
    CHECK(told<Released>(day).size() == 5);
    const Blueprint& plan = *day.world.plan;
    CHECK(brought_by(plan, {2}).size() == 5);
    CHECK(plan.builds[3].changes.size() == 15);  // Everything since the start is worth something.
    const Outcome end = outcome(day);
    CHECK(end.deploys == 5);
    CHECK(end.change_fail_share == 0.0);
    REQUIRE(end.lead_time_s);
    CHECK(*end.lead_time_s > 30);
    Day frozen = with_train(train);
    order(frozen, minutes(90), "freeze shop");
    order(frozen, minutes(250), "freeze shop frozen=no");
    to(frozen, minutes(359));
    CHECK(told<Held>(frozen).size() == 3);
    CHECK(told<Released>(frozen).size() == 2);
    CHECK(outcome(frozen).worth_delivered < end.worth_delivered);
}

TEST_CASE("what a change is worth is delivered or delayed, minute by minute, until its deadline") {
    const std::string world = R"(
drill.plan "half" { canary { share = "50%" } }
drill.plan "waits" { approval { rota = "away" }, everyone {} }
local v11 = drill.build { "1.1.0", of = shop, change { "x", worth = 6, deadline = "3h" } }
drill.at("1h", release(v11, )";
    const auto worth = [&](const std::string& plan) {
        Day day = with_train(world + "\"" + plan + "\"))");
        to(day, minutes(300));
        return std::pair{outcome(day).worth_delivered, outcome(day).worth_delayed};
    };
    const auto half = worth("half"), waits = worth("waits");
    CHECK(half.first == Approx(6 * 120 * .5).epsilon(.03));
    CHECK(half.first + half.second == Approx(6 * 120).epsilon(.01));
    CHECK(waits.first == 0);
    CHECK(waits.second == Approx(6 * 120).epsilon(.01));
}

TEST_CASE("deploys that were taken back or mended have failed, and fixes are work done again") {
    Day day = with_train(R"(
drill.plan "usual" { everyone {} }
local v11 = drill.build { "1.1.0", of = shop, change { "x" }, change { "y" }, change { "z" } }
drill.at("10m", release(v11, "usual"))
drill.at("4h", release(drill.build { "1.2.0", of = shop, change { "w" } }, "usual"))
drill.hotfix { of = shop, build = drill.build { "1.1.1", of = shop, change { "v" } },
  plan = "usual", lead = "30m" }
)");
    order(day, minutes(30), "hotfix shop");
    to(day, minutes(79));
    CHECK(told<Released>(day).size() == 1);  // Half an hour, and two halvings of three changes.
    to(day, minutes(81));
    CHECK(told<Released>(day).size() == 2);
    to(day, minutes(359));
    const Outcome end = outcome(day);
    CHECK(end.deploys == 3);
    CHECK(end.change_fail_share == Approx(1 / 3.));
    CHECK(end.rework_share == Approx(1 / 3.));
    CHECK_FALSE(end.false_red_share);
}
