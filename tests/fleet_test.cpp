// Rollouts of named instances: waves, capacity, stages, halts, switches, zones.
#include <catch2/catch.hpp>

#include "sim/world/fleet.h"
#include "tests/story.h"

using namespace rollcage;

namespace {

// Sixteen instances of five slots at a load of .3, and a release at one minute.
Blueprint fleet(std::vector<Stage> stages) {
    Blueprint plan =
        corner_blueprint({.load = .3, .slots = 16, .slow = 1, .released = true, .lasts = 3600_s});
    Service& shop = plan.services[0];
    shop.slots = 5;
    plan.cohorts[0].requests_per_minute = share_of(.3 * 800 * 60 / 1e6);
    shop.image_kb = 500'000;  // 20 s at a node's 25 MB a second.
    shop.start = 5_s;
    shop.probe = 10_s;
    shop.grace = 30_s;
    shop.max_surge = shop.max_unavailable = share_of(.25);
    plan.plans = {Plan{std::move(stages)}};
    return plan;
}

template <class Found>
SimTime first(const Day& day, const Found& found) {
    for (const Occurrence& it : day.belief.facts)
        if (found(it.fact)) return it.at;
    return SimTime{-1};
}

const auto ended = [](const Fact& fact) { return std::holds_alternative<RolloutEnded>(fact); };

const Pool* pool_of(const Day& day, BuildId build) {
    for (const Pool& pool : day.world.services[0].pools)
        if (pool.build == build) return &pool;
    return nullptr;
}

}  // namespace

TEST_CASE("a rolling release never has less than three quarters ready, nor more than five") {
    Day day = start_day(sound(fleet({Stage{}})), 1);
    std::int64_t least = 16, most = 0;
    while (now(day) < SimTime{} + 600_s) {
        play_until(day, now(day) + 1_s);
        std::int64_t ready = 0, there = 0;
        for (const Instance& it : day.world.services[0].instances) {
            ready += it.phase == Phase::ready;
            there += it.phase != Phase::gone && it.phase != Phase::draining;
        }
        least = std::min(least, ready);
        most = std::max(most, there);
    }
    CHECK(least >= 12);
    CHECK(least < 16);  // It does dip.
    CHECK(most <= 20);
    CHECK(ready_of(day.world.services[0], {1}) == 16);
    // Eight at a time, surge and unavailable: two waves of pull, start and at most one probe.
    const SimTime done = first(day, ended);
    CHECK(done - SimTime{} > 60_s + 50_s);
    CHECK(done - SimTime{} < 60_s + 35_s * 2 + 30_s + 5_s);
    CHECK(outcome(day).failed == 0);
}

TEST_CASE("a canary takes its share of the users and of the instances, and stays") {
    const Stage canary{.kind = StageKind::canary, .share = share_of(.25)};
    Day day = start_day(sound(fleet({canary})), 1);
    play_until(day, SimTime{} + 900_s);
    REQUIRE(pool_of(day, {1}) != nullptr);
    CHECK(ready_of(day.world.services[0], {1}) == 4);
    CHECK(ready_of(day.world.services[0], {0}) == 16);
    CHECK(pool_of(day, {1})->users == share_of(.25));
    SECTION("promoted beyond its last stage it goes to everyone") {
        submit(day, Promote{{0}});
        play_until(day, SimTime{} + 1800_s);
        CHECK(ready_of(day.world.services[0], {1}) == 16);
        CHECK(pool_of(day, {0}) == nullptr);
    }
    SECTION("rolled back, nothing of it serves") {
        submit(day, Rollback{{0}, {}});
        play_until(day, SimTime{} + 1000_s);
        CHECK(pool_of(day, {1}) == nullptr);
        CHECK(pool_of(day, {0})->users == whole);
    }
}

TEST_CASE("stages follow one another when they have soaked") {
    const Stage canary{.kind = StageKind::canary, .share = share_of(.1), .soak = 300_s};
    Day day = start_day(sound(fleet({canary, Stage{}})), 1);
    play_until(day, SimTime{} + 1800_s);
    const SimTime reached =
        first(day, [](const Fact& fact) { return std::holds_alternative<StageReached>(fact); });
    CHECK(reached > SimTime{} + 60_s + 25_s);
    CHECK(first(day, ended) > reached + 300_s + 25_s);
    CHECK(day.world.services[0].current == BuildId{1});
}

TEST_CASE("a halt keeps the mixture, a resume ends it, and a halt stops a rollback too") {
    Day day = start_day(sound(fleet({Stage{}})), 1);
    play_until(day, SimTime{} + 100_s);
    submit(day, Halt{{0}});
    play_until(day, SimTime{} + 900_s);
    const std::int64_t old_ones = ready_of(day.world.services[0], {0}),
                       new_ones = ready_of(day.world.services[0], {1});
    CHECK(old_ones > 0);
    CHECK(new_ones > 0);
    SECTION("resumed") {
        submit(day, Resume{{0}});
        play_until(day, SimTime{} + 1800_s);
        CHECK(ready_of(day.world.services[0], {1}) == 16);
    }
    SECTION("a rollback, halted") {
        submit(day, Rollback{{0}, {}});
        play_until(day, now(day) + 10_s);
        submit(day, Halt{{0}});
        play_until(day, SimTime{} + 1800_s);
        CHECK(ready_of(day.world.services[0], {1}) > 0);
    }
}

TEST_CASE("blue-green routes everybody at once, and back while the first side is kept") {
    const Stage flip{.kind = StageKind::blue_green, .soak = 600_s};
    Day day = start_day(sound(fleet({flip, Stage{}})), 1);
    play_until(day, SimTime{} + 80_s);
    CHECK(pool_of(day, {0})->users == whole);
    play_until(day, SimTime{} + 200_s);
    CHECK(ready_of(day.world.services[0], {0}) == 16);
    CHECK(ready_of(day.world.services[0], {1}) == 16);
    CHECK(pool_of(day, {1})->users == whole);
    submit(day, SwitchRoute{{0}});
    play_until(day, SimTime{} + 210_s);
    CHECK(pool_of(day, {0})->users == whole);
    submit(day, SwitchRoute{{0}});
    play_until(day, SimTime{} + 1800_s);
    CHECK(pool_of(day, {0}) == nullptr);
    CHECK(outcome(day).failed == 0);
}

TEST_CASE("recreate leaves nobody to answer for a while") {
    Day day = start_day(sound(fleet({Stage{.kind = StageKind::recreate}})), 1);
    play_until(day, SimTime{} + 900_s);
    CHECK(ready_of(day.world.services[0], {1}) == 16);
    CHECK(outcome(day).failed > 0);
}

TEST_CASE("a lost zone is missing until its instances are evicted") {
    Blueprint plan = fleet({Stage{}});
    plan.injects = {{SimTime{} + 60_s, LoseZone{{0}, 1}}};
    Day day = start_day(sound(plan), 1);
    play_until(day, SimTime{} + 61_s);
    CHECK(ready_of(day.world.services[0], {0}) == 10);
    play_until(day, SimTime{} + 600_s);
    CHECK(ready_of(day.world.services[0], {0}) == 16);
}

TEST_CASE("scaling takes a start and a probe up, and down what is in hand") {
    Day day = start_day(sound(fleet({Stage{}})), 1);
    submit(day, Scale{{0}, 24});
    play_until(day, SimTime{} + 9_s);
    CHECK(ready_of(day.world.services[0], {0}) == 16);
    play_until(day, SimTime{} + 5_s + 5_s + 11_s);
    CHECK(ready_of(day.world.services[0], {0}) == 24);
    submit(day, Scale{{0}, 8});
    play_until(day, SimTime{} + 30_s);
    CHECK(ready_of(day.world.services[0], {0}) == 8);
    CHECK(day.world.services[0].pools[0].station.slots == 8 * 5);  // Work takes a tenth of 1 s.
}

TEST_CASE("a rollback in four waves recovers up to a load of .3 with four attempts") {
    const auto recovers = [](double load) {
        Blueprint plan = corner_blueprint({.load = load, .slow = 3 / load, .lasts = 1500_s});
        plan.injects.clear();
        plan.builds[1].changes = {Change{{}, {Defect{whole, share_of(3 / load)}}}};
        Service& shop = plan.services[0];
        shop.first_build = {1};  // Slow for a minute, then four waves of a quarter each.
        shop.max_unavailable = shop.max_surge = share_of(.25);
        shop.start = 15_s;
        Day day = start_day(sound(plan), 1);
        play_until(day, SimTime{} + 60_s);
        submit(day, Rollback{{0}, BuildId{0}});
        play_until(day, day_end(day));
        return recovered(day);
    };
    CHECK(recovers(.2));
    CHECK(recovers(.3));
    CHECK_FALSE(recovers(.34));
}

TEST_CASE("no more slots finish what they began than there are slots") {
    // Everything gets faster while nearly all slots are at work, and most processes end at once.
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Corner corner{.load = .95, .slots = 40, .work = 2000_ms, .slow = .1};
        Day day = start_day(sound(corner_blueprint(corner)), seed);
        play_until(day, SimTime{} + 59_s);
        submit(day, Scale{{0}, 3});  // Takes effect five seconds later.
        while (now(day) < SimTime{} + 80_s) {
            play_until(day, now(day) + day.world.tick_length);
            const Station& station = day.world.services[0].pools[0].station;
            CHECK(station.held <= station.slots);
            CHECK(station.busy <= station.slots);
        }
    }
}
