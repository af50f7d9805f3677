// Rows and laws of MODEL 12 that need a day of their own; the others stand beside their mechanism.
#include <array>
#include <cmath>

#include <catch2/catch.hpp>

#include "tests/measured.h"
#include "tests/rolling.h"
#include "tests/shop.h"

using namespace rollcage;

namespace {

// One region's fleet that asks its own store for 100 quotas at every start; the store's servers
// answer four of these starts in ten seconds each.
std::string region_of(const std::string& name, int instances, int servers) {
    return "local " + name + " = drill.cohort { \"" + name +
           "\", users = " + std::to_string(instances * 30) +
           ", requests_per_minute = 2, attempts = 1 }\n" + "local quotas_" + name +
           " = drill.service { \"quotas_" + name + "\", instances = " + std::to_string(servers) +
           ", slots = 4, work = \"100ms\", queue = \"20s\", version = \"1\" }\n" + "local api_" +
           name + " = drill.service { \"api_" + name + "\", serves = " + name +
           ", instances = " + std::to_string(instances) + ", slots = 5, version = \"1\", " +
           "boot_calls = { service = quotas_" + name + ", calls = 100, timeout = \"10s\" } }\n" +
           "local latent_" + name + " = drill.build { \"2\", of = api_" + name +
           ", change { \"reads quota policies\", behind = policy, hides = defect { "
           "crashes_per_hour = 1e6, crashes_at_boot = 1 } } }\n" +
           "drill.at(\"1m\", release(latent_" + name + ", \"usual\"))\n";
}

Day begun(const std::string& text, std::uint64_t seed = 1) {
    const auto scenario = load_scenario({{"day.lua", text}}, seeded(seed));
    if (!scenario) FAIL(scenario.error().message);
    return start_day(scenario->blueprint, seed);
}

std::int64_t ready_at(const Day& day, std::size_t service) {
    return ready_in(day.world.services[service]);
}

}  // namespace

TEST_CASE("polls bring a setting to everybody evenly over one interval", "[measured]") {
    Blueprint plan = corner_blueprint({.load = .1, .slots = 400, .slow = 1, .lasts = 7200_s});
    plan.injects.clear();
    plan.names.settings = {"dear"};
    plan.settings = {Setting{.poll = 400_s}};
    plan.builds[0].changes = {Change{{SettingId{0}}, {Defect{.fails = whole}}}};
    Day day = start_day(sound(plan), 1);
    to(day, 100_s);
    submit(day, SetFlag{{0}, {whole}});
    const double began = now(day).seconds();
    double most = 0, mean = 0;
    for (int second = 1; second <= 400; ++second) {
        play_until(day, SimTime{} + Duration{static_cast<std::int64_t>((began + second) * 1e6)});
        const double seen = day.world.services[0].pools[0].path.fails;
        most = std::max(most, std::abs(seen - second / 400.));
        mean += 1 - seen;
    }
    CHECK(most < 1.63 / std::sqrt(400));  // Kolmogorov and Smirnov at 1 %.
    CHECK(mean == Approx(200).epsilon(.1));
    measured("mean time until a process has polled, of 400 s", "uniform", 200, "10 %", mean);
}

TEST_CASE("a policy in seconds kills every region; each is back as its herd lets it") {  // Row 23
    const std::string text = R"(
local drill = scenario { title = "t", lasts = "6h", judged_after = "0s" }
local policy = drill.flag { "quota policy", initially = off, push = "3s" }
drill.plan "usual" { everyone {} }
)" + region_of("small", 120, 10) +
                             region_of("large", 480, 10) + region_of("roomy", 480, 80) + R"(
drill.at("1h", push_config { flag = policy, to = on })
)";
    Day day = begun(text);
    constexpr std::array services{1u, 3u, 5u};
    const auto ready = [&](std::size_t region) { return ready_at(day, services[region]); };
    to(day, 3600_s);
    REQUIRE(ready(0) == 120);
    REQUIRE(ready(1) == 480);
    to(day, 3610_s);  // The code has been there for an hour, and nothing had asked for it.
    for (std::size_t region = 0; region < 3; ++region) CHECK(ready(region) == 0);
    order(day, 3600_s + 2400_s, "set_flag \"quota policy\" off");  // The red button, at 40 min.
    std::array<double, 3> back{};
    while (std::ranges::find(back, 0) != back.end()) {
        REQUIRE(now(day) < SimTime{} + 21'600_s);
        play_until(day, now(day) + 10_s);
        for (std::size_t region = 0; region < 3; ++region)
            if (back[region] == 0 && ready(region) == (region == 0 ? 120 : 480))
                back[region] = now(day).seconds() - 6000;
    }
    // They ask again every five minutes, all within seconds. Where they are few, or their store is
    // large, once is enough; else who is not answered in time has asked in vain, and was served.
    CHECK(back[0] < 360);
    CHECK(back[2] < 360);
    CHECK(back[1] > 3 * 300);
    CHECK(back[1] < 14 * 300);
}

TEST_CASE("the order in which regions are named changes no more than the dice") {  // M13
    const auto failed = [](bool turned) {
        double sum = 0;
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            Blueprint plan = east_and_west();
            plan.cohorts[0].users *= 3;  // The east is four fifths full when the west is lost.
            if (turned) {
                std::swap(plan.names.regions[0], plan.names.regions[1]);
                std::swap(plan.cohorts[0].region, plan.cohorts[1].region);
            }
            plan.injects = {{SimTime{} + 100_s, LoseRegion{{turned ? 0u : 1u}, 600_s}}};
            Day day = start_day(sound(plan), seed);
            to(day, 1200_s);
            sum += static_cast<double>(outcome(day).failed);
        }
        return sum;
    };
    const double as_it_is = failed(false), turned = failed(true);
    CHECK(as_it_is > 1000);
    CHECK(turned == Approx(as_it_is).epsilon(.05));
}

TEST_CASE("what is ordered in one region leaves who comes in another as it was") {  // M3
    const auto offered = [](bool drains) {
        Day day = start_day(sound(east_and_west()), 7);
        to(day, 60_s);
        if (drains) submit(day, Drain{{0}, {}, {}, RegionId{0}});
        to(day, 600_s);
        return std::pair{day.world.ledger[0].fresh, day.world.ledger[1].fresh};
    };
    CHECK(offered(false) == offered(true));
}

TEST_CASE("a service that fails fails who asks it, for as long as it is said to") {
    Blueprint plan = fleet({Stage{}});
    plan.injects = {{SimTime{} + 100_s, Fail{{0}, share_of(.5), 200_s}},
                    {SimTime{} + 200_s, Fail{{0}, share_of(.5), 200_s}}};
    Day day = start_day(sound(plan), 1);
    CHECK(failed_between(day, 0_s, 99_s) == 0);
    CHECK(near(failed_between(day, 101_s, 200_s), 99 * 240 * .5));
    CHECK(near(failed_between(day, 201_s, 300_s), 99 * 240 * .75));  // Both.
    CHECK(near(failed_between(day, 301_s, 400_s), 99 * 240 * .5));
    CHECK(failed_between(day, 401_s, 500_s) == 0);
}

TEST_CASE("an expired certificate is renewed for those who begin after the new one is there") {
    Blueprint plan = fleet({Stage{}});
    plan.injects = {{SimTime{} + 100_s, ExpireCertificate{{0}, 300_s}}};
    Day day = start_day(sound(plan), 1);
    CHECK(failed_between(day, 0_s, 99_s) == 0);
    order(day, 150_s, Restart{{0}, 60});  // Too early: they read the old one again.
    CHECK(near(failed_between(day, 200_s, 400_s), 200 * 240));
    CHECK(near(failed_between(day, 401_s, 500_s), 99 * 240));  // It is there, and nobody reads it.
    order(day, 500_s, Restart{{0}, 60});
    CHECK(failed_between(day, 600_s, 1000_s) == 0);
}
