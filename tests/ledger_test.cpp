// What the ledger says of an incident: whom it reached, when it ended, what it left, what it cost.
#include "scenarios/play/debrief.h"
#include "tests/rolling.h"

using namespace rollcage;

namespace {

Blueprint staged(std::vector<Stage> stages, const Defect& hides) {
    Blueprint plan = fleet(std::move(stages));
    plan.services[0].image_kb = 0;
    plan.builds[1] = Build{{0}, {Change{{}, {hides}}}};
    return plan;
}

const Stage to_a_quarter{.kind = StageKind::canary, .share = {250'000}, .soak = 7200_s};

}  // namespace

TEST_CASE("a sticky canary exposes its users, and no more of them the longer it lasts") {
    const Blueprint plan = staged({to_a_quarter}, {.fails = share_of(.1)});
    Day day = begun(plan);
    to(day, 59_s);
    CHECK(outcome(day).share_exposed_ever == 0);
    to(day, 3600_s);
    CHECK(outcome(day).share_exposed_ever == Approx(.25).margin(.001));
    CHECK(outcome(day).share_exposed_peak == Approx(.25).margin(.001));
    submit(day, Rollback{{0}, std::nullopt});
    to(day, 4200_s);
    CHECK(outcome(day).share_exposed_ever == Approx(.25).margin(.001));
    CHECK(day.world.minutes.cohorts[0].now == none);
}

TEST_CASE("where every request is routed afresh, all users come by in time") {
    Stage afresh = to_a_quarter;
    afresh.sticky = false;
    Day day = begun(staged({afresh}, {.fails = share_of(.1)}));
    to(day, 1800_s);
    const double rate = day.world.plan->cohorts[0].requests_per_minute.value();
    const double minutes = 29;
    CHECK(outcome(day).share_exposed_ever == Approx(1 - std::pow(.75, rate * minutes)).margin(.02));
    CHECK(outcome(day).share_exposed_peak == Approx(1 - std::pow(.75, rate)).epsilon(.02));
}

TEST_CASE("a change that does no harm exposes nobody") {
    Day day = begun(staged({Stage{}}, {.fails = none}));
    to(day, 1800_s);
    CHECK(outcome(day).share_exposed_ever == 0);
    CHECK(!outcome(day).detect_s);
    CHECK(!outcome(day).mitigate_s);
}

TEST_CASE(
    "times of an incident: noticed by an alert, mitigated by the rollback, recovered at once") {
    Day day = begun(staged({Stage{}}, {.fails = share_of(.1)}));
    to(day, 1790_s);
    CHECK(!outcome(day).mitigate_s);
    submit(day, Rollback{{0}, std::nullopt});
    to(day, 1790_s + 120_s);
    CHECK(!outcome(day).mitigate_s);  // Five minutes must pass without harm.
    to(day, 3600_s);
    const Outcome end = outcome(day);
    REQUIRE(end.detect_s);
    REQUIRE(end.mitigate_s);
    REQUIRE(end.recover_s);
    CHECK(*end.detect_s == told_at<AlertFired>(day) - 60);
    CHECK(*end.mitigate_s >= 1790 - 60);
    CHECK(*end.mitigate_s <= 1790 + 120 - 60);
    CHECK(*end.recover_s == *end.mitigate_s);
    CHECK(end.open_harm_per_hour == 0);
}

TEST_CASE("what goes on at the end is open, at the rate of the last ten minutes") {
    Day day = begun(staged({Stage{}}, {.fails = share_of(.1)}));
    to(day, 7200_s);
    const Outcome end = outcome(day);
    const double per_hour = .1 * static_cast<double>(end.offered) / 2;
    CHECK(end.open_harm_per_hour == Approx(per_hour).epsilon(.05));
}

TEST_CASE("costs are what happened times what it costs, and absent where nothing has a price") {
    Blueprint plan = staged({Stage{}}, {.fails = share_of(.1)});
    Day unpriced = begun(plan);
    to(unpriced, 600_s);
    CHECK(!outcome(unpriced).cost);
    plan.prices = Prices{.request_failed = 20'000, .instance_hour = 100'000};
    Day day = begun(plan);
    to(day, 7200_s);
    const Outcome end = outcome(day);
    REQUIRE(end.cost);
    CHECK(end.cost->requests == Approx(.02 * static_cast<double>(end.failed)));
    // Sixteen instances for two hours, and a quarter more for the minutes of the rollout.
    CHECK(end.cost->machines == Approx(.1 * 16 * 2).epsilon(.05));
    CHECK(end.cost->machines >= .1 * 16 * 119 / 60);
    CHECK(end.cost->total() == Approx(end.cost->requests + end.cost->machines));
}

TEST_CASE("two sides cost twice as much, for as long as both are there") {
    const auto machines = [](std::vector<Stage> stages) {
        Blueprint plan = staged(std::move(stages), {.fails = none});
        plan.prices = Prices{.instance_hour = 1'000'000};
        Day day = begun(plan);
        to(day, 7200_s);
        return outcome(day).cost->machines;
    };
    const double rolling = machines({Stage{}});
    const double two_sides = machines({Stage{.kind = StageKind::blue_green, .soak = 7200_s}});
    CHECK(two_sides == Approx(2 * rolling).epsilon(.03));
}

TEST_CASE("a debrief says what differs and nothing else") {
    Outcome better, worse;
    better.failed = 1'000;
    worse.failed = 1'234'567;
    better.refused = 50;
    worse.refused = 51;  // Less than a twentieth.
    worse.mitigate_s = 3600;
    better.mitigate_s = better.detect_s = worse.detect_s = 60;
    CHECK(debrief("halt", better, "nothing", worse) ==
          "Against nothing on the same day, halt had 1,233,567 fewer failed requests. Harm stopped "
          "after 60 s with halt, after 60 min with nothing.");
    worse.mitigate_s.reset();
    CHECK(debrief("nothing", worse, "halt", better)
              .ends_with(" Harm stopped after 60 s with halt, never with nothing."));
    CHECK(debrief("halt", better, "nothing", better) ==
          "Against nothing on the same day, halt made no difference worth telling. Harm stopped "
          "after 60 s in both.");
}

TEST_CASE(
    "a debrief tells the whole of what an environment was unlike, and what that let through") {
    Outcome life;
    life.environments = {
        {"staging", {"last year's customers", "an index"}, {{"3.4.0", "last year's customers"}}},
        {"mirror"}};
    CHECK(debrief("halt", life, "nothing", life) ==
          "Against nothing on the same day, halt made no difference worth telling. At the end "
          "staging was unlike production in 2: \"last year's customers\" and \"an index\". With "
          "\"last year's customers\" it could no longer find what was wrong with 3.4.0.");
}
