// What a plan decides besides what its stages find: what builds are called, who approves, which
// tests stay aside, what its environments hold.
#include <catch2/catch.hpp>

#include "sim/world/environment.h"
#include "sim/world/sieve.h"
#include "tests/one_service.h"

using namespace rollcage;

namespace {

// 1.1 goes out by a plan whose versions are named so; 1.2 an hour later, and is rolled back.
Day versions(const std::string& how, const std::string& back) {
    Day day = one_service("drill.plan \"usual\" { everyone {}, " + how + R"( }
drill.plan "sound" { everyone {} }
local v11 = drill.build { "1.1", of = shop, change { "x" } }
drill.at("1m", release(v11, "usual"))
drill.at("1h", release(drill.build { "1.2", of = shop, after = v11, change { "y" } }, "sound"))
)");
    to(day, minutes(50));
    CHECK(refused(day, "rollback shop to=1.0") ==
          (how.find("\"typed\"") == std::string::npos
               ? ""
               : "that build serves already, or is on its way"));
    order(day, minutes(90), back);
    to(day, minutes(120));
    return day;
}

std::string serves(const Day& day) {
    return day.world.plan->names.builds[day.world.services[0].current.index];
}

}  // namespace

TEST_CASE("a rollback by a version that two builds have puts the one that went in last") {
    const std::string typed = "versions = \"typed\", mistyped = 1",
                      commits = "versions = \"commits\", mistyped = 1";
    CHECK(serves(versions(commits, "rollback shop to=1.0")) == "1.0");
    CHECK(serves(versions(typed, "rollback shop to=1.0")) == "1.1");
    CHECK(serves(versions(commits, "rollback shop name=stable")) == "1.0");
    CHECK(serves(versions(typed, "rollback shop name=stable")) == "1.1");
    CHECK(serves(versions(typed, "rollback shop")) == "1.1");  // Which was meant.
    const Day day = versions(typed, "rollback shop to=1.0");
    CHECK(std::get<RolloutEnded>(told<RolloutEnded>(day).back().fact).build == BuildId{1});
}

TEST_CASE("one version in a hundred that is typed is one that the service has had") {
    Day day = one_service(R"(drill.plan "usual" { everyone {} }
drill.build { "1.1", of = shop, change { "x" } })");
    const auto taken = [&](Share mistyped) {
        int sum = 0;
        for (std::uint64_t seed = 1; seed <= 40'000; ++seed) {
            day.world.draw = Draw{seed};
            day.world.registry.typed.clear();
            type_version(day.world, {1}, mistyped);
            sum += by_version(day.world, {0}) == BuildId{1};
        }
        return sum / 40'000.0;
    };
    CHECK(taken({10'000}) == Approx(.01).margin(.0015));
    CHECK(taken(none) == 0);
}

namespace {

// Builds that go by the same plan at these minutes.
std::string every(std::vector<int> at) {
    std::string all;
    for (std::size_t i = 0; i < at.size(); ++i)
        all += "drill.at(\"" + std::to_string(at[i]) + "m\", release(drill.build { \"1." +
               std::to_string(i + 1) + "\", of = shop, change { \"x\" } }, \"usual\"))\n";
    return all;
}

}  // namespace

TEST_CASE("tests in quarantine have an age and an owner, and stay there until they are mended") {
    Day day = one_service(R"(
drill.plan "usual" { unit { tests = 1000, flake = 0.002, on_flake = "quarantine",
  quarantined = 3, quarantine_age = "20d", owner = "the payments team" }, everyone {} }
)" + every({1, 200}));
    to(day, minutes(5));
    const auto first = told<Quarantined>(day);
    REQUIRE(first.size() == 1);
    const auto& it = std::get<Quarantined>(first[0].fact);
    CHECK(it.oldest.us == 20 * 86'400'000'000 + (60 + 131) * 1'000'000);
    CHECK(it.all == 3 + it.tests);
    CHECK(it.tests > 0);
    CHECK_THAT(headline(first[0], day.world.plan->names),
               Catch::Contains("in all oldest=") && Catch::Contains("owner=the payments team"));
    CHECK(std::get<TrialEnded>(told<TrialEnded>(day)[0].fact).tests == 997);
    CHECK(refused(day, "organise end_quarantine") == "say whose: service=");
    order(day, minutes(6), "organise end_quarantine service=shop");
    to(day, Duration{minutes(6).us + mending.us * it.all - 1});
    CHECK(day.world.quarantined[0][0].tests == it.all);  // It takes somebody its time.
    to(day, Duration{minutes(6).us + mending.us * it.all});
    CHECK(day.world.quarantined[0][0].tests == 0);
    CHECK(day.world.quarantined[0][0].mended == it.all);
    CHECK(refused(day, "organise end_quarantine service=shop") ==
          "no test of its plans is in quarantine");
    to(day, minutes(210));
    CHECK(std::get<TrialEnded>(told<TrialEnded>(day).back().fact).tests == 1000);
}

TEST_CASE("a test that was mended does not flake again") {
    Trial suite = usual_trial(TrialKind::unit);
    suite.flake = {10'000};
    suite.on_flake = OnFlake::quarantine;
    const auto aside = [&](std::int64_t mended) {
        suite.mended = mended;
        std::int64_t sum = 0;
        for (std::uint32_t run = 0; run < 2'000; ++run)
            sum += measure(suite, Build{}, 512, {1, 0, run}, {}, Draw{3}).aside;
        return static_cast<double>(sum) / 2'000;
    };
    CHECK(aside(0) == Approx(9.9).epsilon(.03));
    CHECK(aside(600) == Approx(.4 * 9.9).epsilon(.04));
    CHECK(aside(1'000) == 0);
}

namespace {

// A build that is to be approved at a minute, by people as declared.
Day to_approve(const std::string& people, const std::string& approval, std::uint64_t seed = 1) {
    return one_service("drill.people { " + people + " }\ndrill.plan \"usual\" { approval { " +
                           approval + " }, everyone {} }\n" + every({1}),
                       seed);
}
SimTime approved_at(const Day& day) {  // Below zero: not yet.
    const auto ends = told<TrialEnded>(day);
    return ends.empty() ? SimTime{-1} : ends[0].at;
}
const std::string ada = R"(rota = { { name = "Ada" } })", by_ada = R"(approvers = { "Ada" })";

}  // namespace

TEST_CASE("an approval takes the attention of who is named, which an order then waits for",
          "[slow]") {
    std::vector<double> looks;
    for (std::uint64_t seed = 1; seed <= 41; ++seed) {
        Day day = to_approve(ada, by_ada, seed);
        to(day, minutes(90));
        looks.push_back(approved_at(day).seconds() - 60);
        CHECK(day.team.toil.seconds() == Approx(looks.back()));
        CHECK(told<Released>(day).size() == 1);
        // What is ordered of the only one there is done afterwards.
        Day busy = to_approve(ada, by_ada, seed);
        to(busy, Duration{61'000'000});
        submit(busy, Scale{{0}, 5}, By::person);
        to(busy, minutes(90));
        CHECK(told<TookEffect>(busy).at(0).at.seconds() == Approx(60 + looks.back() + 30 + 5));
    }
    std::ranges::sort(looks);
    CHECK(looks[20] == Approx(300).epsilon(.35));
}

TEST_CASE("an approval waits while who is named does something else, unless another is named too") {
    const auto after = [](const std::string& people, const std::string& by) {
        Day day = to_approve(people, by);
        submit(day, Inspect{{0}}, By::person);  // Three minutes.
        to(day, minutes(90));
        return approved_at(day).seconds();
    };
    const double looks = after(ada, by_ada) - 180;
    CHECK(looks > 30);
    // The first who is free takes up what was ordered: Ada, and not who has no name.
    CHECK(after("responders = 2, " + ada, by_ada) == Approx(180 + looks));
    const std::string both = R"(responders = 2, rota = { { name = "Ada" }, { name = "Bo" } })";
    CHECK(after(both, R"(approvers = { "Ada", "Bo" })") == Approx(60 + looks));
    CHECK(after(both, R"(approvers = { "Bo" })") == Approx(60 + looks));
}

TEST_CASE("nobody approves before their shift begins, and a page finds them all the same",
          "[slow]") {
    const auto at = [](const std::string& shift) {
        Day day = to_approve("rota = { { name = \"Ada\", " + shift + " } }", by_ada);
        submit(day, Scale{{0}, 5}, By::person);
        to(day, minutes(719));
        CHECK(told<TookEffect>(day).at(0).at.seconds() == 35);
        return approved_at(day).seconds();
    };
    const double looks = at("from = \"0s\"") - 60;
    CHECK(looks > 30);
    CHECK(at("from = \"3h\", to = \"11h\"") == Approx(3 * 3600 + looks));
    CHECK(at("from = \"22h\", to = \"6h\"") == Approx(60 + looks));
    CHECK(at("from = \"13h\", to = \"14h\"") < 0);
}

TEST_CASE("who has a name approves whatever it is as often as anybody") {
    const auto result = [](const std::string& catches) {
        Day day = one_service("drill.people { " + ada + " }\ndrill.plan \"usual\" { approval { " +
                              by_ada + ", catches = " + catches +
                              " }, everyone {} }\ndrill.at(\"1m\", release(drill.build { \"1.1\", "
                              "of = shop, change { \"x\", hides = defect { fails = 1 } } }, "
                              "\"usual\"))");
        to(day, minutes(60));
        return stages_of(day).at(0);
    };
    CHECK(result("1") == "approval failed");
    CHECK(result("0") == "approval passed");
}

namespace {

// A rehearsal of a renamed column with data like production's; columns go their way by these lines.
std::string rehearsed(const std::string& store, const std::string& way,
                      const std::string& rehearsal = "data = 1") {
    Day day = one_service("local accounts = drill.store { \"accounts\", records = 60000, " + store +
                          " }\nlocal back = drill.service { \"back\", uses = { accounts }, "
                          "version = \"7.0\" }\ndrill.plan \"usual\" { rehearsal { " +
                          rehearsal + " }, everyone {} }\n" + way +
                          "drill.at(\"1m\", release(drill.build { \"7.1\", of = back, change { "
                          "\"x\", schema = rename_field { store = accounts } } }, \"usual\"))");
    to(day, minutes(30));
    return stages_of(day).at(0);
}
std::string steps(int up) {
    std::string all;
    for (int i = 0; i < up; ++i)
        all += "drill.at(\"" + std::to_string(5 + 60 * i) + "m\", migrate { store = accounts })\n";
    return all;
}

}  // namespace

TEST_CASE("a rehearsal takes the columns down again, as far as the day's plan takes them up") {
    const std::string quick = "migrates_per_second = 1000";
    CHECK(rehearsed(quick, "") == "rehearsal failed");  // The old build rejects the new name.
    CHECK(rehearsed(quick, steps(1)) == "rehearsal passed");
    CHECK(rehearsed(quick, steps(2)) == "rehearsal passed");
    // The old column is gone, and what it held with it; the log has it.
    CHECK(rehearsed(quick, steps(3)) == "rehearsal failed");
    CHECK(rehearsed(quick + ", event_log = true", steps(3)) == "rehearsal passed");
}

TEST_CASE("a way down that takes longer than the rehearsal is seen where the data are as many") {
    const std::string slow = "migrates_per_second = 90";  // 11 minutes; a rehearsal has ten.
    CHECK(rehearsed(slow, steps(2)) == "rehearsal failed");
    CHECK(rehearsed(slow, steps(2), "data = 1, takes = \"12m\"") == "rehearsal passed");
    CHECK(rehearsed(slow, steps(2), "data = 0.5") == "rehearsal passed");
}

namespace {

std::vector<std::string> drifts(const Day& day) {  // Without those of age.
    std::vector<std::string> names;
    for (const Drift& it : differences(day.world, {0}))
        if (it.name.find(" old") == std::string::npos) names.push_back(it.name);
    return names;
}

}  // namespace

TEST_CASE("an environment drifts from a change of a flag until it is taken back, and back again") {
    Day day = one_service(R"(drill.environment { "staging", age = "20d", refresh_takes = "10m" })");
    using Names = std::vector<std::string>;
    order(day, minutes(5), "set_flag teal off");
    CHECK(drifts(day) == Names{"flag teal was changed"});
    order(day, minutes(10), "revert_config");
    CHECK(drifts(day).empty());
    order(day, minutes(15), "set_flag teal off");
    order(day, minutes(20), "refresh staging");
    to(day, minutes(40));
    CHECK(drifts(day).empty());
    // What it was refreshed from was taken back since: it has the flag off, production on.
    order(day, minutes(45), "revert_config flag=teal");
    CHECK(drifts(day) == Names{"flag teal was changed"});
}

TEST_CASE("an environment drifts from a dependency that is deployed further") {
    Day day = one_service(R"(
local back = drill.service { "back", version = "7.0" }
local area = drill.environment { "staging", refresh_takes = "10m", holds = { back } }
drill.plan "sound" { everyone {} }
drill.plan "usual" { staging { environment = area }, everyone {} }
drill.at("1m", release(drill.build { "7.1", of = back, change { "x" } }, "sound"))
drill.at("2h", release(drill.build { "7.2", of = back, change { "y" } }, "sound"))
)");
    using Names = std::vector<std::string>;
    const Trial& declared = day.world.plan->plans[1].trials[0];
    const auto dependencies = [&] { return as_of_now(day.world, declared).parity[3].value(); };
    CHECK(drifts(day).empty());
    CHECK(dependencies() == Approx(.8));
    to(day, minutes(10));
    CHECK(drifts(day) == Names{"back runs 7.1, it has 7.0"});
    CHECK(dependencies() == Approx(.8 * .9));
    order(day, minutes(20), "rollback back");
    to(day, minutes(30));
    CHECK(drifts(day).empty());
    order(day, minutes(40), "rollback back to=7.1");
    order(day, minutes(60), "refresh staging");
    to(day, minutes(130));
    CHECK(drifts(day) == Names{"back runs 7.2, it has 7.1"});
}

TEST_CASE("checks after the deploy have thresholds, and what crosses one is rolled back") {
    const auto after = [](const std::string& hides, const std::string& thresholds) {
        Day day =
            one_service("drill.plan \"usual\" { everyone { soak = \"10m\", gate = { " + thresholds +
                        " }, on_fail = \"rollback\" } }\ndrill.at(\"1m\", release(drill.build "
                        "{ \"1.1\", of = shop, change { \"x\", hides = defect { " +
                        hides + " } } }, \"usual\"))");
        to(day, minutes(40));
        const auto verdicts = told<BuildJudged>(day);
        REQUIRE(verdicts.size() == 1);
        return std::pair{std::get<BuildJudged>(verdicts[0].fact).measure, serves(day)};
    };
    using Ends = std::pair<Judged, std::string>;
    const std::string both = "error_share = \"2%\", latency_p95 = \"400ms\"";
    CHECK(after("fails = 0.001", both).second == "1.1");
    CHECK(after("fails = 0.1", both) == Ends{Judged::error_share_ppm, "1.0"});
    CHECK(after("fails = 0.1", "latency_p95 = \"400ms\"").second == "1.1");  // Nobody asks.
    CHECK(after("slow = 8", both) == Ends{Judged::latency_p95_us, "1.0"});
}
