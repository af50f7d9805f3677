#include "tests/twin.h"

#include <catch2/catch.hpp>

using namespace rollcage;

namespace {

TwinWorld slow_minute() {
    TwinWorld world;
    world.front.slow_by = 2.5;
    world.front.slow_from_s = 60;
    world.front.slow_until_s = 120;
    return world;
}

}  // namespace

TEST_CASE("the twin waits as Erlang and Pollaczek and Khinchine say", "[slow]") {
    TwinWorld single{.rate_per_s = 20, .lasts_s = 40'000, .timeout_s = 1000, .attempts = 1};
    single.front = {.slots = 1, .work_s = 0.04};
    CHECK(play_twin(single, 1).mean_queue == Approx(3.2).epsilon(.05));
    single.front.work_varies = false;
    CHECK(play_twin(single, 1).mean_queue == Approx(1.6).epsilon(.05));
}

TEST_CASE("the twin tells the story of MODEL 2.4", "[slow]") {
    const TwinCounts stuck = play_twin(slow_minute(), 1);
    CHECK(stuck.failed == Approx(169'000).epsilon(.03));
    CHECK(mean_per_s(stuck.attempts_per_s, 360, 420) == Approx(1920).epsilon(.02));
    CHECK(mean_per_s(stuck.good_per_s, 360, 420) == 0);
    TwinWorld frugal = slow_minute();
    frugal.retry_budget = 0.1;
    CHECK(mean_per_s(play_twin(frugal, 1).good_per_s, 360, 420) == Approx(480).epsilon(.03));
}

TEST_CASE("the twin's short shed does not help, one that outlives the dead work does", "[slow]") {
    // About 186,000 dead pieces at t = 200 drain at some 620 a second: five minutes.
    TwinWorld world = slow_minute();
    world.lasts_s = 900;
    world.shed = .9;
    world.shed_from_s = 200;
    world.shed_until_s = 230;
    CHECK(mean_per_s(play_twin(world, 1).good_per_s, 840, 900) < 10);
    world.shed_until_s = 600;
    CHECK(mean_per_s(play_twin(world, 1).good_per_s, 840, 900) == Approx(480).epsilon(.04));
}

TEST_CASE("last come first served answers the living, and the dead wait") {
    TwinWorld world = slow_minute();
    world.front.order = TwinOrder::lifo;
    CHECK(mean_per_s(play_twin(world, 1).good_per_s, 360, 420) == Approx(480).epsilon(.03));
}
