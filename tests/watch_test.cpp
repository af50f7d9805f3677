// What is known, how late, and by what channel.
#include "sim/watch/breakdown.h"
#include "tests/rolling.h"

using namespace rollcage;

namespace {

// Build 1 is given to a quarter of the users at a minute; what it hides is the test's.
Blueprint canary_of(const Defect& hides,
                    Stage stage = {.kind = StageKind::canary, .share = {250'000}}) {
    Blueprint plan = fleet({std::move(stage)});
    plan.services[0].image_kb = 0;
    plan.builds[1] = Build{{0}, {Change{{}, {hides}}}};
    return plan;
}

const BuildSeen& of_build(const Breakdown& found, BuildId build, bool baseline = false) {
    const auto it = std::ranges::find_if(found.builds, [&](const BuildSeen& seen) {
        return seen.build == build && seen.baseline == baseline;
    });
    REQUIRE(it != found.builds.end());
    return *it;
}

std::int64_t total(const Day& day, Measure measure, std::size_t from, std::size_t until) {
    std::int64_t sum = 0;
    const auto& column = day.belief.columns.of_service[0][static_cast<std::size_t>(measure)];
    for (std::size_t i = from; i < until; ++i) sum += column[i];
    return sum;
}

}  // namespace

TEST_CASE("who looks by build finds the one that fails, and the builds add up to the whole") {
    Day day = begun(canary_of({.fails = share_of(.1)},
                              {.kind = StageKind::canary, .share = {250'000}, .baseline = true}));
    to(day, 50_s);
    REQUIRE(breakdown(day.belief, {0}, now(day)).builds.size() == 1);
    CHECK(breakdown(day.belief, {0}, now(day)).builds[0].build == BuildId{0});
    to(day, 475_s);
    const Breakdown found = breakdown(day.belief, {0}, now(day));
    CHECK(found.until == SimTime{} + 465_s);
    CHECK(found.from == SimTime{} + 165_s);
    REQUIRE(found.builds.size() == 3);
    CHECK(found.builds[0].build == BuildId{1});
    const BuildSeen& bad = found.builds[0];
    CHECK(near(static_cast<double>(bad.errors), .1 * static_cast<double>(bad.attempts)));
    CHECK(of_build(found, {0}).errors == 0);
    CHECK(of_build(found, {0}, true).errors == 0);
    CHECK(near(static_cast<double>(of_build(found, {0}, true).attempts),
               static_cast<double>(bad.attempts)));
    std::int64_t attempts = 0, answered = 0, slots = 0;
    for (const BuildSeen& it : found.builds)
        attempts += it.attempts, answered += it.answered, slots += it.slots;
    CHECK(attempts == total(day, Measure::attempts, 11, 31));
    CHECK(answered == total(day, Measure::answered, 11, 31));
    CHECK(slots == day.belief.columns.of_service[0][8][30]);
}

TEST_CASE("what is found by build is as old as what a dashboard shows") {
    Day day = begun(canary_of({.fails = share_of(.1)}));
    for (const std::int64_t seconds : {89, 90, 99, 100, 101, 115, 340}) {
        to(day, Duration{seconds * 1'000'000});
        const Breakdown found = breakdown(day.belief, {0}, now(day));
        CHECK(found.until <= now(day) - scrape_late);
        CHECK(found.until > now(day) - scrape_late - scrape_every);
    }
    const SimTime asked = now(day);
    const Breakdown then = breakdown(day.belief, {0}, asked);
    to(day, 700_s);
    const Breakdown later = breakdown(day.belief, {0}, asked);
    CHECK(later.until == then.until);
    REQUIRE(later.builds.size() == then.builds.size());
    for (std::size_t i = 0; i < later.builds.size(); ++i) {
        CHECK(later.builds[i].errors == then.builds[i].errors);
        CHECK(later.builds[i].slots == then.builds[i].slots);
    }
}

TEST_CASE("what a build did before it was taken back stays its own") {
    Day day = begun(canary_of({.fails = share_of(.1)}));
    to(day, 307_s);
    const std::int64_t failed = outcome(day).failed;
    submit(day, Rollback{{0}, {}});
    to(day, 475_s);
    const Breakdown found = breakdown(day.belief, {0}, now(day), 465_s);
    CHECK(of_build(found, {0}).errors == 0);
    CHECK(of_build(found, {1}).errors >= failed);
    CHECK(found.builds[0].build == BuildId{1});
}

TEST_CASE("a slow build is told apart by its latency though nobody fails") {
    Day day = begun(canary_of({.slow = share_of(3)}));
    to(day, 500_s);
    const Breakdown found = breakdown(day.belief, {0}, now(day));
    REQUIRE(found.builds.size() == 2);
    CHECK(found.builds[0].build == BuildId{1});
    CHECK(found.builds[0].latency_p95_us > 2 * found.builds[1].latency_p95_us);
}

TEST_CASE("a build that crashes is seen by its restarts before it has served anybody") {
    Day day = begun(canary_of({.crashes_at_boot = whole}));
    to(day, 1000_s);
    const Breakdown found = breakdown(day.belief, {0}, now(day), 940_s);
    const BuildSeen& bad = of_build(found, {1});
    CHECK(bad.slots == 0);
    CHECK(bad.attempts == 0);
    // Four processes, each at 5 s of start and then 10, 20, 40, 80, 160, 300 s and a start apart.
    CHECK(bad.restarts == 4 * 7);
    CHECK(total(day, Measure::restarts, 0, 66) == bad.restarts);
    CHECK(of_build(found, {0}).restarts == 0);
}

TEST_CASE("an hour after the old build is gone the new one is all there is to tell") {
    Blueprint plan = canary_of({}, Stage{});
    plan.services[0].start = 60_s;
    Day day = begun(plan);
    to(day, 300_s);
    CHECK(breakdown(day.belief, {0}, now(day)).builds.size() == 2);
    to(day, 1000_s);
    REQUIRE(breakdown(day.belief, {0}, now(day)).builds.size() == 1);
    CHECK_FALSE(day.belief.by_build[0].sides.empty());
    to(day, 4000_s);
    CHECK(day.belief.by_build[0].sides.empty());
    REQUIRE(breakdown(day.belief, {0}, now(day)).builds.size() == 1);
    CHECK(breakdown(day.belief, {0}, now(day)).builds[0].build == BuildId{1});
}
