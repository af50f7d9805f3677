// Orders given to fleets: drain, restart, hotfix, halts, and the repository that undoes them.
#include "tests/rolling.h"

using namespace rollcage;

TEST_CASE("drained places are empty and stay so until somebody opens them") {
    Day day = begun(east_and_west());
    order(day, 60_s, Drain{{0}, {}, {}, RegionId{0}});
    to(day, 119_s);
    CHECK(shop(day).pools.size() == 2);
    to(day, 125_s);
    CHECK(shop(day).pools.size() == 1);
    CHECK(shop(day).pools[0].users == whole);
    to(day, 600_s);
    CHECK(ready_in(shop(day)) == 8);
    CHECK(refusal(day.world, Drain{{0}, {}, {}, RegionId{0}}));
    order(day, 600_s, Drain{{0}, {}, {}, RegionId{0}, true});
    to(day, 700_s);
    CHECK(ready_in(shop(day)) == 16);
    CHECK(shop(day).pools.size() == 2);
    CHECK(outcome(day).failed == 0);
    Blueprint plan = fleet({Stage{}}, 15);
    plan.injects.clear();
    Day zone = begun(plan);
    order(zone, 60_s, Drain{{0}, {}, 1});
    to(zone, 66_s);
    CHECK(ready_in(shop(zone)) == 10);
    to(zone, 71_s);  // Begun again in the other zones, which have the image.
    CHECK(ready_in(shop(zone)) == 15);
    Day some = begun(plan);
    order(some, 60_s, Drain{{0}, 3});
    to(some, 66_s);
    CHECK(ready_in(shop(some)) == 12);
    to(some, 72_s);
    CHECK(ready_in(shop(some)) == 15);
    CHECK(outcome(some).failed == 0);
}

TEST_CASE("a restart goes over the instances at its rate, and fast is with fewer of them") {
    for (const std::int64_t rate : {6, 60}) {
        Blueprint plan = fleet({Stage{}});
        plan.injects.clear();
        Day day = begun(plan);
        order(day, 60_s, Restart{{0}, rate});
        std::int64_t least = 16;
        while (shop(day).pass) {
            play_until(day, now(day) + 500_ms);
            least = std::min(least, ready_in(shop(day)));
        }
        CHECK(now(day).seconds() == Approx(60 + 16 * 60. / static_cast<double>(rate)).margin(.5));
        // Away for a start of 5 s and what is in hand: one every 10 s, or one a second.
        CHECK(least == Approx(rate == 6 ? 15 : 10.5).margin(.6));
        to(day, 300_s);
        for (const Instance& it : shop(day).instances) CHECK(it.process == 2);
        CHECK(ready_in(shop(day)) == 16);
        CHECK(outcome(day).failed == 0);
    }
    Day day = begun(fleet({Stage{}}));
    order(day, 300_s, Restart{{0}, 6});
    order(day, 345_s, Halt{{0}});
    to(day, 500_s);
    CHECK(std::ranges::count_if(shop(day).instances,
                                [](const Instance& it) { return it.booted.seconds() > 299; }) == 5);
    order(day, 500_s, Resume{{0}});
    to(day, 700_s);
    CHECK_FALSE(shop(day).pass);
}

TEST_CASE("a hotfix comes after its lead time, and in seven of a hundred is a bad one", "[slow]") {
    Blueprint plan = fleet({Stage{}});
    plan.injects.clear();
    for (const char* version : {"1.2"}) {
        plan.names.builds.push_back(version);
        plan.names.build_of.push_back({0});
        plan.builds.push_back(Build{{0}, {}});
    }
    plan.services[0].hotfix = Hotfix{.build = {1}, .plan = {0}, .lead = 1000_s, .bad = BuildId{2}};
    for (const bool express : {false, true}) {
        int bad = 0;
        constexpr int days = 400;
        for (std::uint64_t seed = 0; seed < days; ++seed) {
            Day day = begun(plan, seed);
            order(day, 60_s, OrderHotfix{{0}, express});
            CHECK(refusal(day.world, OrderHotfix{{0}, express}));
            to(day, express ? 661_s : 1061_s);
            CHECK(told_at<Released>(day) == (express ? 660 : 1060));
            bad += shop(day).rollout->build == BuildId{2};
        }
        CHECK(near(bad, days * (express ? .14 : .07)));
    }
}

TEST_CASE("a halted mixture is kept as it was, also where nodes die") {
    Blueprint plan = fleet({Stage{}});
    plan.injects.push_back({SimTime{} + 200_s, LoseZone{{0}, 1}});
    Day day = begun(plan);
    order(day, 90_s, Halt{{0}});
    to(day, 199_s);
    const std::int64_t old_ones = running(day, {0}), new_ones = running(day, {1});
    REQUIRE(old_ones > 0);
    REQUIRE(new_ones > 0);
    to(day, 250_s);
    CHECK(ready_in(shop(day)) < old_ones + new_ones);
    to(day, 700_s);
    CHECK(running(day, {0}) == old_ones);
    CHECK(running(day, {1}) == new_ones);
    CHECK(told_at<RolloutSlow>(day) < 0);  // It waits for somebody; it is not stuck.
}
