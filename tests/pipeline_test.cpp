// Builds on their way through a plan: environments that drift, tests that flake, gates, people,
// main.
#include <catch2/catch.hpp>
#include <set>

#include <cmath>

#include "sim/world/environment.h"
#include "tests/one_service.h"

using namespace rollcage;

namespace {

double red_share(Trial trial, int runs) {
    int red = 0;
    for (int run = 0; run < runs; ++run)
        red += !passes(trial, measure(trial, Build{}, 512, {1, 0, static_cast<std::uint32_t>(run)},
                                      {}, Draw{3}));
    return red / double(runs);
}

}  // namespace

TEST_CASE(
    "a suite of a hundred tests that flake is red three times in four, unless it tries again") {
    Trial suite = usual_trial(TrialKind::unit);
    suite.tests = 100;
    suite.flake = {15'000};
    // Row 19 of the validation table.
    const double alone = 1 - std::pow(1 - .015, 100);
    CHECK(alone == Approx(.78).margin(.005));
    CHECK(red_share(suite, 40'000) == Approx(alone).margin(.01));
    suite.on_flake = OnFlake::retry;
    suite.retries = 1;
    CHECK(red_share(suite, 40'000) == Approx(1 - std::pow(1 - .015 * .015, 100)).margin(.003));
    suite.retries = 2;
    CHECK(red_share(suite, 40'000) < .002);
}

TEST_CASE("who tries again also masks what is really wrong now and then") {
    Change change{.hides = {Defect{.rate = {300}, .fails = whole}}, .coverage = whole, .key = 4};
    const auto found = [&](Trial trial) {
        int sum = 0;
        for (std::uint32_t run = 0; run < 4'000; ++run)
            sum += exposes(trial, {&change, 0, 512}, {1, 0, run}, Draw{5});
        return sum / 4'000.0;
    };
    Trial suite = usual_trial(TrialKind::unit);
    const double once = found(suite);  // 3,000 requests at .0003.
    CHECK(once == Approx(1 - std::pow(1 - .0003, 3'000)).margin(.02));
    suite.on_flake = OnFlake::retry;
    const double tried = found(suite);
    CHECK(tried < once / 100);
    suite.on_flake = OnFlake::quarantine;
    CHECK(found(suite) > tried);
    CHECK(found(suite) < once / 10);
}

TEST_CASE("tests in quarantine see nothing") {
    Trial suite = usual_trial(TrialKind::integration);
    const Trial before = suite;
    put_aside(suite, 50);
    CHECK(suite.tests == 150);
    CHECK(suite.volume == before.volume * 3 / 4);
    CHECK(suite.oracle.ppm == before.oracle.ppm * 3 / 4);
    Day day = one_service(R"(
drill.plan "usual" { unit { tests = 100, flake = 0.2, on_flake = "quarantine" }, everyone {} }
drill.at("1m", release(drill.build { "1.1", of = shop, change { "x" } }, "usual")))");
    to(day, minutes(10));
    REQUIRE(told<Quarantined>(day).size() == 1);
    CHECK(std::get<Quarantined>(told<Quarantined>(day)[0].fact).all ==
          day.world.quarantined[0][0].tests);
    CHECK(day.world.quarantined[0][0].tests > 5);
}

namespace {

const std::string drifting = R"(
local staging_area = drill.environment { "staging", age = "20d", refresh_takes = "2h",
  cost_per_hour = 6,
  differences = { { name = "a missing index", kind = "index", lacks = "50%" },
                  { name = "last year's customers", kind = "data_shape", lacks = "60%" } } }
drill.plan "usual" { staging { environment = staging_area }, everyone {} }
)";

}  // namespace

TEST_CASE(
    "an environment has what it is declared to have, less every difference, until a refresh") {
    Day day = one_service(drifting);
    const Trial& declared = day.world.plan->plans[0].trials[0];
    const auto data = [&] { return as_of_now(day.world, declared).parity[0].value(); };
    const auto config = [&] { return as_of_now(day.world, declared).parity[2].value(); };
    CHECK(data() == Approx(.6 * .4 * std::exp(-20 / 30.0)).margin(1e-5));
    CHECK(config() == Approx(.7 * std::exp(-20 / 14.0)).margin(1e-5));
    CHECK(differences(day.world, {0}).size() == 4);
    order(day, minutes(10), "set_flag teal off");
    CHECK(differences(day.world, {0}).size() == 5);
    CHECK(config() == Approx(.9 * .7 * std::exp(-(20 + 10 / 1440.0) / 14)).margin(1e-5));
    order(day, minutes(20), "refresh staging");
    CHECK(refused(day, "refresh staging") == "it is on its way already");
    to(day, minutes(140));
    REQUIRE(told<Refreshed>(day).size() == 1);
    CHECK(data() == Approx(.6).margin(1e-5));
    CHECK(config() == Approx(.7).margin(1e-5));
    CHECK(environment_cents(day.world) == 6 * 100 * 140 / 60);
}

TEST_CASE("differences are found in one order, whatever else comes to differ") {
    Day day = one_service(drifting);
    const auto names = [&] {
        std::vector<std::string> all;
        for (const Drift& it : as_found(day.world, {0})) all.push_back(it.name);
        return all;
    };
    const auto before = names();
    REQUIRE(before.size() == 4);
    submit(day, *parse_command("set_flag teal off", day.world.plan->names));
    auto after = names();
    REQUIRE(after.size() == 5);
    std::erase(after, "flag teal was changed");
    CHECK(after == before);
}

TEST_CASE("what comes to differ between two looks is told once, and so is all else") {
    Day day = one_service(drifting);
    const auto look = [&] {
        submit(day, Inspect{{0}, Angle::environment});
        return *std::get<Inspected>(day.belief.facts.back().fact).found;
    };
    CHECK(look() == 2);
    submit(day, *parse_command("set_flag teal off", day.world.plan->names));
    CHECK(look() == 2);
    CHECK(look() == 1);
    CHECK(look() == 0);
    std::set<std::string> names;
    for (const Occurrence& it : told<Differs>(day)) names.insert(it.words);
    CHECK(names.size() == 5);
}

TEST_CASE("each inspection tells of some differences more, until there are none") {
    Day day = one_service(drifting);
    std::vector<std::int64_t> found;
    std::vector<std::string> told;
    for (int look = 0; look < 4; ++look) {
        submit(day, Inspect{{0}, Angle::environment});
        found.push_back(*std::get<Inspected>(day.belief.facts.back().fact).found);
    }
    for (const Occurrence& it : day.belief.facts)
        if (std::holds_alternative<Differs>(it.fact)) told.push_back(it.words);
    CHECK(found == std::vector<std::int64_t>{2, 2, 0, 0});
    std::vector<std::string> all;
    for (const Drift& it : differences(day.world, {0})) all.push_back(it.name);
    CHECK(std::ranges::is_permutation(told, all));
}

TEST_CASE("the guilty difference is the one with which staging lost sight of it") {
    const Day day = one_service(drifting);
    const Trial& declared = day.world.plan->plans[0].trials[0];
    int by_declared = 0, by_age = 0, never = 0;
    for (std::uint32_t key = 1; key <= 3'000; ++key) {
        Change change{.hides = {Defect{.fails = whole, .when = {RowsLike{{0}, whole}}}},
                      .key = key};
        const Suspect it{&change, 0, 512};
        const auto by = guilty(day.world, declared, it);
        const bool found = within_reach(as_of_now(day.world, declared), it, day.world.draw);
        CHECK_FALSE((found && by));
        if (by) (by->name == "last year's customers" ? by_declared : by_age) += 1;
        never += !by && !found;
    }
    // Of all: .6 would be met, .24 after the first, .1232 after its age.
    CHECK(by_declared / 3'000. == Approx(.6 - .24).margin(.04));
    CHECK(by_age / 3'000. == Approx(.24 - .24 * std::exp(-20 / 30.)).margin(.03));
    CHECK(never / 3'000. == Approx(.4).margin(.04));
}

TEST_CASE("a build waits while its environment is refreshed") {
    Day day = one_service(drifting + R"(
drill.at("10m", release(drill.build { "1.1", of = shop, change { "x" } }, "usual")))");
    order(day, minutes(5), "refresh staging");
    to(day, minutes(60));
    CHECK(told<Waits>(day).size() == 1);
    CHECK(told<Released>(day).empty());
    to(day, minutes(130));
    CHECK(told<Released>(day).size() == 1);
}

namespace {

const std::string failing = R"(
local bad = drill.build { "1.1", of = shop, change { "x", hides = defect { fails = 1 } } }
drill.at("1m", release(bad, "usual"))
)";

}  // namespace

TEST_CASE("a hard gate stops, a skippable one until somebody says so, an advisory one nobody") {
    for (const char* mode : {"hard", "skippable", "advisory"}) {
        Day day = one_service("drill.plan \"usual\" { smoke { mode = \"" + std::string(mode) +
                              "\" }, everyone {} }" + failing);
        to(day, minutes(20));
        INFO(mode);
        CHECK(stages_of(day) == std::vector<std::string>{"smoke failed"});
        CHECK(told<Released>(day).size() == (mode == std::string("advisory") ? 1u : 0u));
        if (mode == std::string("hard"))
            CHECK_THAT(refused(day, "organise skip_gate service=shop"),
                       Catch::Contains("that gate is hard"));
        if (mode != std::string("skippable")) continue;
        order(day, minutes(20), "organise skip_gate service=shop");
        CHECK(stages_of(day).back() == "smoke skipped");
        CHECK(told<Released>(day).size() == 1);
        CHECK(day.world.delivered.gates_skipped == 1);
    }
}

TEST_CASE("a stage that is red can be run again, and what is wrong is as wrong as before") {
    Day day = one_service("drill.plan \"usual\" { smoke {}, everyone {} }" + failing);
    CHECK(refused(day, "rerun shop") == "no stage of its plan is red");
    for (int i = 1; i <= 5; ++i) order(day, minutes(5 * i), "rerun shop");
    to(day, minutes(40));
    CHECK(stages_of(day) == std::vector<std::string>(6, "smoke failed"));
    CHECK(told<Released>(day).empty());
    CHECK(day.world.delivered.reds == 6);
    CHECK(day.world.delivered.false_reds == 0);
}

TEST_CASE("a scan is red from the day on which a vulnerability is known, for the hotfix too") {
    const std::string world = R"(
drill.plan "usual" { scan {}, everyone {} }
local lib = function()
  return change { "lib", hides = defect { when = published { at = "30m" }, fails = 1 } }
end
drill.at("1m", release(drill.build { "1.1", of = shop, lib() }, "usual"))
drill.hotfix { of = shop, build = drill.build { "1.2", of = shop, lib() }, plan = "usual",
  lead = "50m" }
)";
    Day day = one_service(world);
    to(day, minutes(5));
    CHECK(stages_of(day) == std::vector<std::string>{"scan passed"});
    order(day, minutes(6), "hotfix shop");
    to(day, minutes(70));
    CHECK(stages_of(day).back() == "scan failed");
    CHECK(std::get<TrialEnded>(told<TrialEnded>(day).back().fact).critical == 1);
    CHECK(told<Released>(day).size() == 1);
    // The express lane goes past it.
    Day hasty = one_service(world);
    order(hasty, minutes(6), "hotfix shop lane=express");
    to(hasty, minutes(70));
    CHECK(told<Released>(hasty).size() == 2);
    CHECK(hasty.world.delivered.gates_skipped == 1);
}

TEST_CASE("what is published harms nobody until somebody uses it") {
    const auto failed_in = [](const char* used) {
        Day day = one_service(
            "drill.plan \"usual\" { everyone {} }\n"
            "drill.at(\"1m\", release(drill.build { \"1.1\", of = shop, change "
            "{ \"lib\", hides = defect { fails = 1, when = published { at = "
            "\"30m\", used_per_day = " +
            std::string(used) + " } } } }, \"usual\"))");
        to(day, minutes(29));
        const auto before = outcome(day).failed;
        to(day, minutes(60));
        return std::pair{before, outcome(day).failed};
    };
    CHECK(failed_in("0") == std::pair<std::int64_t, std::int64_t>{0, 0});
    CHECK(failed_in("100000").first == 0);
    CHECK(failed_in("100000").second > 1'000);
}

TEST_CASE("somebody approves when somebody is there, and mostly whatever it is", "[slow]") {
    const auto approved_at = [](const std::string& rota, std::uint64_t seed) {
        Day day = one_service("drill.plan \"usual\" { approval { " + rota +
                                  " }, everyone {} }\ndrill.at(\"1m\", release(drill.build { "
                                  "\"1.1\", of = shop, change { \"x\" } }, \"usual\"))",
                              seed);
        to(day, minutes(719));
        const auto ends = told<TrialEnded>(day);
        return ends.empty() ? -1 : ends[0].at.seconds() / 60 - 1;
    };
    std::vector<double> waits;
    for (std::uint64_t seed = 1; seed <= 41; ++seed) waits.push_back(approved_at("", seed));
    std::ranges::sort(waits);
    CHECK(waits[20] == Approx(30).epsilon(.35));  // In the median half an hour.
    CHECK(waits.front() > 3);
    CHECK(approved_at("rota = \"away\"", 1) == -1);
    const double later =
        approved_at("rota = \"office_hours\", opens = \"3h\", closes = \"11h\"", 1);
    CHECK(later == Approx(179 + approved_at("", 1)).margin(.01));
}

TEST_CASE("who waits for an approval can be helped") {
    Day day = one_service(R"(drill.plan "usual" { approval { rota = "away" }, everyone {} }
drill.at("1m", release(drill.build { "1.1", of = shop, change { "x" } }, "usual")))");
    CHECK(refused(day, "organise approve service=shop") == "none of its builds waits for approval");
    CHECK(refused(day, "organise approve") == "say whose: service=");
    order(day, minutes(30), "organise approve service=shop");
    CHECK(told<Released>(day).size() == 1);
}

TEST_CASE("a red main blocks what is behind it, the hotfix too, until it is reverted") {
    Day day = one_service(R"(
drill.plan "usual" { unit { coverage_at_least = 0 }, merge {}, smoke {}, everyone {} }
local bad = drill.build { "1.1", of = shop,
  change { "x", coverage = 0, hides = defect { fails = 1 } } }  -- No unit test runs it.
drill.at("1m", release(bad, "usual"))
drill.at("10m", release(drill.build { "1.2", of = shop, after = bad, change { "y" } }, "usual"))
drill.hotfix { of = shop, build = drill.build { "1.1.1", of = shop, change { "z" } },
  plan = "usual", lead = "20m" }
)");
    to(day, minutes(8));
    REQUIRE(stages_of(day) ==
            std::vector<std::string>{"unit passed", "merge passed", "smoke failed"});
    order(day, minutes(9), "hotfix shop");
    to(day, minutes(60));
    CHECK(told<Waits>(day).size() == 2);
    CHECK(told<Released>(day).empty());
    CHECK(refused(day, "revert_change shop build=1.0") == "that build brought nothing of its own");
    order(day, minutes(60), "revert_change shop build=1.1");
    to(day, minutes(74));
    CHECK(told<Released>(day).empty());  // It is being reviewed.
    to(day, minutes(90));
    CHECK(told<Released>(day).size() == 2);
    CHECK(refused(day, "revert_change shop build=1.1") == "what it brought is reverted already");
}

namespace {

// 1.2 holds what 1.1 brought; it goes out an hour and a half after that was rolled back.
struct Later {
    Day day;
    std::int64_t failed = 0;  // From then on.
};
Later comes_back(const std::string& meanwhile) {
    Day day = one_service(R"(
drill.plan "usual" { everyone {} }
local bad = drill.build { "1.1", of = shop,
  change { "x", behind = teal, hides = defect { fails = 0.5 } } }
drill.at("10m", release(bad, "usual"))
drill.at("2h", release(drill.build { "1.2", of = shop, after = bad, change { "y" } }, "usual"))
)");
    order(day, minutes(30), "rollback shop");
    if (!meanwhile.empty()) order(day, minutes(40), meanwhile);
    to(day, minutes(119));
    const std::int64_t before = outcome(day).failed;
    to(day, minutes(180));
    return {day, outcome(day).failed - before};
}

}  // namespace

TEST_CASE("what was rolled back comes back with the next build, unless something is done") {
    CHECK(comes_back("").failed > 500);
    CHECK(comes_back("set_flag teal off").failed == 0);
    const Later without = comes_back("revert_change shop build=1.1");
    CHECK(without.failed == 0);
    CHECK(told<Released>(without.day).size() == 2);
    const Later frozen = comes_back("freeze shop");
    CHECK(frozen.failed == 0);
    CHECK(told<Released>(frozen.day).size() == 1);
    CHECK(told<Held>(frozen.day).size() == 1);
    CHECK(refused(frozen.day, "freeze shop") == "it is frozen already");
}

TEST_CASE("a rehearsal finds that there is no way back, where it has data like production's") {
    const auto result = [](const std::string& data, const std::string& schema) {
        Day day = one_service("drill.plan \"usual\" { rehearsal { oracle = 1, data = " + data +
                              " }, everyone {} }\ndrill.at(\"1m\", release(drill.build { \"1.1\", "
                              "of = shop, change { \"x\", schema = " +
                              schema + " } }, \"usual\"))");
        to(day, minutes(20));
        CHECK(day.world.services[0].rehearsals == 1);
        return stages_of(day).at(0);
    };
    CHECK(result("1", "retype { store = orders }") == "rehearsal failed");
    CHECK(result("1", "new_enum_value { store = orders, old_reader = \"misreads\" }") ==
          "rehearsal failed");
    CHECK(result("1", "add_optional { store = orders, preserves_unknown = true }") ==
          "rehearsal passed");
    CHECK(result("0", "retype { store = orders }") == "rehearsal passed");
    Day gone = one_service(R"(drill.plan "usual" { rehearsal {}, everyone {} }
drill.at("30s", image_gone { build = "1.0" })
drill.at("1m", release(drill.build { "1.1", of = shop, change { "x" } }, "usual")))");
    to(gone, minutes(20));
    CHECK(stages_of(gone).at(0) == "rehearsal failed");
}
