#include <catch2/catch.hpp>

#include "sim/base/maths.h"
#include "tests/story.h"

using namespace rollcage;

TEST_CASE("a slow minute at load .6 with four attempts is never recovered from") {
    // MODEL 2.4: per-request simulation 168,353 to 169,441 failed, offered 1,909 to 1,940 a second.
    const Day day = played({});
    CHECK(outcome(day).failed == Approx(169'000).epsilon(0.03));
    CHECK(mean_of(day, Measure::attempts, 180_s) / 15 == Approx(1920).epsilon(0.03));
    CHECK(mean_of(day, Measure::answered, 180_s) == 0);
}

TEST_CASE("a retry budget of a tenth breaks the loop") {
    const Day day = played({.budget = 0.1});
    CHECK(recovered(day));
    CHECK(outcome(day).failed < 60'000);
}

TEST_CASE("a bounded queue never collapses and offers what theory says") {
    const Day day = played({.queue = 300_ms});
    CHECK(recovered(day));
    CHECK(outcome(day).failed == Approx(10'500).epsilon(0.05));
    // 480 (1 - r^4) = 320 has the root r = .7598, which offers 1333 a second.
    const Day full = played({.load = 1.5, .slots = 16, .work = 50_ms, .queue = 300_ms, .slow = 1});
    CHECK(mean_of(full, Measure::attempts, 60_s) / 15 == Approx(1333).epsilon(0.03));
}

TEST_CASE("a slowdown in place is recovered from exactly where load < 1 / attempts") {
    int points = 0;
    for (const std::int64_t attempts : {2, 3, 4, 6}) {
        for (const double load :
             {.14, .18, .22, .24, .26, .30, .32, .36, .40, .44, .48, .52, .6, .7}) {
            const double edge = 1.0 / static_cast<double>(attempts);
            if (load > edge - .02 && load < edge + .02) continue;
            const Day day = played({.load = load,
                                    .attempts = attempts,
                                    .slots = 800,
                                    .slow = 3 / load,
                                    .slow_for = 60_s,
                                    .lasts = 1500_s});
            INFO("attempts " << attempts << ", load " << load);
            CHECK(recovered(day) == (load < edge));
            ++points;
        }
    }
    CHECK(points >= 52);
}

TEST_CASE("replacing the build frees slots and drops the queue, and recovers a little further") {
    const auto rolled_back = [](double load) {
        Day day =
            start_day(sound(corner_blueprint(
                          {.load = load, .slow = 3 / load, .released = true, .lasts = 900_s})),
                      1);
        play_until(day, SimTime{} + 120_s);
        submit(day, Rollback{{0}, std::nullopt});
        play_until(day, day_end(day));
        return recovered(day);
    };
    CHECK(rolled_back(.3));
    CHECK(rolled_back(.4));
    CHECK_FALSE(rolled_back(.5));
}

TEST_CASE("the tick's queue is the queue of Erlang", "[slow]") {
    // MODEL 12 rows 3 and 5, at a tick of 2.5 works.
    for (const double load : {.9, .95}) {
        Corner corner{
            .load = load, .attempts = 1, .slots = 8, .work = 40_ms, .slow = 1, .lasts = 40'000_s};
        Blueprint plan = corner_blueprint(corner);
        plan.tick = 100_ms;
        plan.cohorts[0].patience.timeout = 60_s;
        Day day = start_day(sound(plan), 3);
        play_until(day, day_end(day));
        const double theory = erlang_wait(8, load) * load * 8;  // Little: waiting = rate x wait.
        CHECK(mean_of(day, Measure::queue, 60_s) == Approx(theory).epsilon(0.12));
    }
}

TEST_CASE("a command that changes nothing leaves the world and the ledger equal") {
    const auto plan = sound(corner_blueprint({}));
    Day quiet = start_day(plan, 7), told = start_day(plan, 7);
    play_until(told, SimTime{} + 30_s);
    submit(told, Shed{{0}, none, false});
    play_until(quiet, day_end(quiet));
    play_until(told, day_end(told));
    Digest a, b;
    fold_state(quiet.world, a);
    fold_state(told.world, b);
    CHECK(a == b);
    CHECK(digest(quiet).value() != digest(told).value());  // The order itself is a fact.
}

TEST_CASE("copying a day forks it") {
    Day day = start_day(sound(corner_blueprint({})), 5);
    play_until(day, SimTime{} + 100_s);
    Day other = day, third = day;
    submit(third, Shed{{0}, share_of(.9), false});
    play_until(third, day_end(third));
    play_until(day, day_end(day));
    play_until(other, day_end(other));
    CHECK(digest(day).value() == digest(other).value());
    CHECK(digest(third).value() != digest(other).value());
}

TEST_CASE("shedding refuses, and refused is not failed") {
    Day day = start_day(sound(corner_blueprint({.slow = 1})), 5);
    submit(day, Shed{{0}, share_of(.5), true});
    play_until(day, day_end(day));
    const Outcome it = outcome(day);
    CHECK(it.refused == Approx(static_cast<double>(it.offered) / 2).epsilon(.03));
    CHECK(it.failed == 0);
    CHECK(it.offered == it.good + it.failed + it.refused + it.pending);
}

TEST_CASE("five layers of three attempts are 243 times the load") {
    Blueprint plan =
        corner_blueprint({.load = .001, .attempts = 3, .slots = 10'000, .slow = 1, .lasts = 300_s});
    plan.cohorts[0].patience.timeout = 60_s;
    plan.cohorts[0].requests_per_minute = share_of(.006);
    plan.tick = 1_s;
    for (std::uint32_t i = 1; i < 5; ++i) {
        Service next = plan.services[0];
        next.first_build = {1 + i};
        next.calls.clear();
        plan.names.services.push_back("layer " + std::to_string(i));
        plan.names.builds.push_back("1");
        plan.names.build_of.push_back({i});
        plan.builds.push_back(Build{{i}, {}});
        plan.services[i - 1].calls = {Call{.to = {i}, .timeout = 100_s, .attempts = 3}};
        plan.services.push_back(next);
    }
    plan.services[4].work = 600_s;  // Never back in time.
    plan.services[3].calls[0].timeout = 2_ms;
    Day day = start_day(sound(plan), 1);
    play_until(day, day_end(day));
    // The client's three attempts, and three at each of the four calls.
    double reached = static_cast<double>(day.world.services[4].pools[0].station.called) +
                     static_cast<double>(day.world.services[4].pools[0].calls_served);
    const Outcome it = outcome(day);
    CHECK(it.good == 0);
    CHECK(reached / static_cast<double>(it.failed) == Approx(243).epsilon(.05));
}

TEST_CASE("more capacity never fails more") {
    std::int64_t before = INT64_MAX;
    for (const std::int64_t slots : {60, 80, 100, 140}) {
        Blueprint plan = corner_blueprint({.load = .6, .attempts = 3});
        plan.services[0].instances = slots;
        Day day = start_day(sound(plan), 2);
        play_until(day, day_end(day));
        CHECK(outcome(day).failed <= before);
        before = outcome(day).failed;
    }
}
