// Tools are services too: what people see and do depends on what their tools run on.
#include "scenarios/host/scenario.h"
#include "sim/watch/breakdown.h"
#include "sim/world/route.h"
#include "tests/story.h"

#include <catch2/catch.hpp>

using namespace rollcage;

namespace {

// A shop that begins to fail at ten minutes, and an inner service that is down from 9 to 30.
Blueprint with_tools(const std::string& tools) {
    const auto loaded = load_scenario({{"tools.lua", R"(
local drill = scenario { title = "t", lasts = "2h", judged_after = "0s" }
local people = drill.cohort { "people", users = 60000, attempts = 1 }
local staff = drill.cohort { "staff", users = 100, attempts = 1 }
local inner = drill.service { "inner", serves = staff, instances = 4, slots = 4 }
local shop = drill.service { "shop", serves = people, instances = 40, slots = 5 }
local teal = drill.flag { "teal", initially = on }
local new = drill.build { "2", of = shop }
drill.plan "usual" { everyone {} }
drill.at("9m", fail { service = inner, share = "100%", lasts = "21m" })
drill.at("10m", fail { service = shop, share = "50%", lasts = "1h" })
)" + tools}},
                                      {});
    if (!loaded) FAIL(loaded.error().message);
    return *loaded->blueprint;
}

constexpr ServiceId inner{0}, the_shop{1};

double first_alert(const Day& day) {
    for (const Occurrence& it : day.belief.facts)
        if (const auto* fired = std::get_if<AlertFired>(&it.fact);
            fired != nullptr && fired->service == the_shop)
            return it.at.seconds();
    return -1;
}

std::string refused_because(Day& day, const std::string& text) {
    const auto command = parse_command(text, day.world.plan->names);
    REQUIRE(command);
    submit(day, *command);
    const Occurrence& answer = day.belief.facts.back();
    return std::holds_alternative<Refused>(answer.fact) ? answer.words : "";
}

}  // namespace

TEST_CASE("while what dashboards run on is down, nobody sees a scrape, and no alert fires") {
    Day with = start_day(sound(with_tools("drill.tools { dashboards = inner }")), 1);
    Day without = start_day(sound(with_tools("")), 1);
    to(with, 1500_s), to(without, 1500_s);
    // The scrape at 9:00 is seen at 9:10; the next one found that everything failed.
    CHECK(facts_known(with).series(the_shop, Measure::errors).size() == 36);
    CHECK(facts_known(without).series(the_shop, Measure::errors).size() == 99);
    CHECK(breakdown(with.belief, the_shop, now(with)).until == SimTime{} + 540_s);
    CHECK(first_alert(with) == -1);
    CHECK(first_alert(without) > 600);
    CHECK(first_alert(without) < 800);
    // Users fail alike, whoever sees it.
    CHECK(outcome(with).failed == outcome(without).failed);
    to(with, 1900_s);
    const auto seen = facts_known(with).series(the_shop, Measure::errors);
    CHECK(seen.size() == 126);
    CHECK(seen[60] > 0);               // What was measured meanwhile is seen late.
    CHECK(first_alert(with) == 1825);  // Found well at 30:15, seen ten seconds later.
    std::vector<double> turned;        // Whoever stares at them knows as much.
    for (const Occurrence& it : with.belief.facts)
        if (std::holds_alternative<DashboardsTurned>(it.fact)) turned.push_back(it.at.seconds());
    CHECK(turned == std::vector<double>{565, 1825});
}

TEST_CASE("while what the flag console runs on is down, nobody sets a flag") {
    Day day = start_day(sound(with_tools("drill.tools { flags = inner }")), 1);
    to(day, 500_s);
    CHECK(refused_because(day, "set_flag teal off") == "");
    to(day, 700_s);
    CHECK(refused_because(day, "set_flag teal on") == "what the flag console runs on is down");
    CHECK(refused_because(day, "rollback shop to=2") == "");
    to(day, 1900_s);
    CHECK(refused_because(day, "set_flag teal on") == "");
}

TEST_CASE("while what the deploy tool runs on is down, no rollout is moved, by whomever") {
    Day day = start_day(
        sound(with_tools("drill.tools { deploys = inner }\ndrill.at('8m', release(new, 'usual'))")),
        1);
    to(day, 700_s);
    CHECK(day.world.services[1].current == BuildId{2});  // What was under way goes on.
    CHECK(refused_because(day, "rollback shop") == "what the deploy tool runs on is down");
    CHECK(refused_because(day, "shed shop share=10%") == "");
    CHECK(refused_because(day, "scale shop instances=50") == "");
    to(day, 1900_s);
    CHECK(refused_because(day, "rollback shop") == "");
}

TEST_CASE("while what the registry runs on has nothing ready, pulls wait") {
    Blueprint plan =
        with_tools("drill.tools { registry = inner }\ndrill.at('12m', release(new, 'usual'))");
    plan.injects.erase(plan.injects.begin(), plan.injects.begin() + 2);
    plan.injects.insert(plan.injects.begin(), {SimTime{} + 540_s, Fail{inner, whole, 1260_s}});
    Day day = start_day(sound(plan), 1);
    to(day, 1790_s);
    std::int64_t pulling = 0;
    for (const Instance& it : day.world.services[1].instances)
        pulling += it.phase == Phase::pulling;
    CHECK(pulling > 0);
    CHECK(ready_of(day.world.services[1], {2}) == 0);
    to(day, 2200_s);
    CHECK(day.world.services[1].current == BuildId{2});
}
