// What somebody finds who looks into a service: what is measured, or counted, and nothing newer.
#include "tests/shop.h"

using namespace rollcage;

namespace {

std::vector<Inspected> looked(Day& day, const std::string& what, Duration at) {
    order(day, at, what);
    to(day, at + 1_s);
    std::vector<Inspected> found;
    for (const Occurrence& it : day.belief.facts)
        if (const auto* answer = std::get_if<Inspected>(&it.fact)) found.push_back(*answer);
    return found;
}

Day in_two_regions(const std::string& release) {
    const auto scenario = load_scenario({{"regions.lua", R"(
local drill = scenario { title = "t", lasts = "2h", judged_after = "0s", regions = { "eu", "us" } }
local function people(region)
  return drill.cohort { "people of " .. region, users = 9000, requests_per_minute = 2, attempts = 1,
    region = region }
end
local shop = drill.service { "shop", serves = { people("eu"), people("us") }, instances = 16,
  slots = 5, version = "1.0", regions = { "eu", "us" } }
local new = drill.build { "1.1", of = shop,
  change { "new", hides = defect { rate = 1, fails = 0.3 } } }
drill.plan "west" { everyone { regions = { "us" } } }
)" + release}},
                                        seeded(1));
    if (!scenario) FAIL(scenario.error().message);
    return start_day(scenario->blueprint, 1);
}

}  // namespace

TEST_CASE("by flag, those for whom it is on stand against those for whom it is off") {
    Shop shop{.defect = "rate = 1, fails = 0.2"};
    shop.attempts = 1;
    Day day = begun(shop);
    order(day, 300_s, "set_flag teal 30%");
    const auto found = looked(day, "inspect shop by=flag", 1200_s);
    REQUIRE(found.size() == 1);
    CHECK(found[0].flag == SettingId{0});
    CHECK(found[0].on == true);
    CHECK(found[0].errors->value() == Approx(.2).margin(.01));
    CHECK(found[0].others_errors->value() < .001);
    CHECK_FALSE(found[0].worst);
}

TEST_CASE("by flag, nobody stands against those for whom it is on when it is on for all") {
    Day day = begun(Shop{.defect = "rate = 1, fails = 0.2"});
    const auto found = looked(day, "inspect shop by=flag", 1200_s);
    REQUIRE(found.size() == 1);
    CHECK_FALSE(found[0].flag);
    CHECK_FALSE(found[0].errors);
}

TEST_CASE("who is misled by a damaged record shows in no breakdown") {
    Shop shop{.defect = "rate = 1, store = orders, damages = 0.5"};
    shop.attempts = 1;
    Day day = begun(shop);
    order(day, 300_s, "set_flag teal 30%");
    const auto found = looked(day, "inspect shop by=flag", 1800_s);
    REQUIRE(found.size() == 1);
    CHECK(outcome(day).misled > 1'000);
    CHECK(*found[0].errors == none);
}

TEST_CASE("by region, the worst stands against the others") {
    Day day = in_two_regions("drill.at(\"60s\", release(new, \"west\"))");
    const auto found = looked(day, "inspect shop by=region", 1200_s);
    REQUIRE(found.size() == 1);
    CHECK(day.world.plan->names.regions[found[0].region->index] == "us");
    CHECK(found[0].errors->value() == Approx(.3).margin(.02));
    CHECK(found[0].others_errors->value() < .001);
}

TEST_CASE("by format, rows are counted, and nothing is said of what they are worth") {
    Day day = begun(Shop{.defect = "rate = 1, store = orders, damages = 0.5"});
    order(day, 900_s, "inspect shop by=format");
    to(day, 901_s);
    std::vector<FormsCounted> counted;
    for (const Occurrence& it : day.belief.facts)
        if (const auto* rows = std::get_if<FormsCounted>(&it.fact)) counted.push_back(*rows);
    REQUIRE(counted.size() == 1);
    CHECK(counted[0].after > 1'000);
    CHECK(counted[0].both == 0);
    CHECK(counted[0].before <= 100'000);
    CHECK(std::get<Inspected>(day.belief.facts.back().fact).found == 1);
}

TEST_CASE("nothing that an inspection says was measured after it was begun") {
    Day day = in_two_regions("drill.at(\"10m\", release(new, \"west\"))");
    to(day, 590_s);
    submit(day, *parse_command("inspect shop by=region", day.world.plan->names), By::person);
    to(day, 1200_s);
    for (const Occurrence& it : day.belief.facts)
        if (const auto* found = std::get_if<Inspected>(&it.fact)) {
            CHECK(it.at > SimTime{} + 700_s);  // The release has failed for a minute and more.
            CHECK(*found->errors == none);
        }
}

TEST_CASE("who looks before a minute has passed finds nothing to part") {
    for (const char* by : {"flag", "region"}) {
        for (const Duration at : {10_s, 59_s, 61_s, 120_s}) {
            Day day = in_two_regions("");
            const auto found = looked(day, std::string("inspect shop by=") + by, at);
            REQUIRE(found.size() == 1);
            CHECK_FALSE(found[0].flag);
            CHECK((at < 60_s) <= !found[0].region);
        }
    }
}
