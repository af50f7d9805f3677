// Each part of a client's patience and of a station, alone, against what it promises.
#include <cmath>

#include <catch2/catch.hpp>

#include "tests/story.h"

using namespace rollcage;

namespace {

Day played_plan(const Blueprint& plan, std::uint64_t seed = 1) {
    Day day = start_day(sound(plan), seed);
    play_until(day, day_end(day));
    return day;
}

// Twice what the service can do, for the whole day.
Blueprint overload(std::int64_t attempts) {
    return corner_blueprint(
        {.load = 2, .attempts = attempts, .queue = 300_ms, .slow = 1, .lasts = 900_s});
}

double per_second(const Day& day, Measure measure, Duration from) {
    return mean_of(day, measure, from) / 15;
}

bool near(std::int64_t count, double mean) {  // Five standard deviations of a count.
    return std::abs(static_cast<double>(count) - mean) < 5 * std::sqrt(mean) + 1;
}

}  // namespace

TEST_CASE("last come first served answers the living, and expired work may be dropped") {
    Blueprint plan = corner_blueprint({});
    CHECK(per_second(played_plan(plan), Measure::answered, 300_s) < 5);
    plan.services[0].order = Order::lifo;
    CHECK(per_second(played_plan(plan), Measure::answered, 300_s) > 450);
    plan.services[0].order = Order::fifo;
    plan.services[0].drop_expired = true;
    // What is started is the oldest that still waits, a hair before its time is up: no good,
    // but the queue holds no more than a timeout's worth.
    const Day dropping = played_plan(plan);
    CHECK(dropping.world.services[0].pools[0].station.dead == 0);
    CHECK(mean_of(dropping, Measure::queue, 300_s) < 1920 * 1.3);
}

TEST_CASE("clients that throttle themselves send K times what is accepted") {
    Blueprint plan = overload(1);
    const double unguarded = per_second(played_plan(plan), Measure::errors, 300_s);
    plan.cohorts[0].patience.throttle = Throttle{};
    const Day day = played_plan(plan);
    // Accepted a, asked 1600: rejected share (1600 - 2a) / 1600, so 2a reach the station.
    const double accepted = per_second(day, Measure::answered, 300_s);
    CHECK(accepted == Approx(800).epsilon(.05));
    CHECK(day.world.services[0].pools[0].station.queue() < 800);
    plan.cohorts[0].patience.throttle->k = share_of(1.1);
    const Day strict = played_plan(plan);
    CHECK(outcome(strict).offered == outcome(day).offered);
    CHECK(strict.world.flow.value() != day.world.flow.value());
    CHECK(unguarded == Approx(800).epsilon(.05));
    Blueprint healthy = corner_blueprint({.slow = 1});
    healthy.cohorts[0].patience.throttle = Throttle{};
    CHECK(outcome(played_plan(healthy)).failed == 0);
}

TEST_CASE("a breaker opens, lets nearly nobody through, and closes when it is well again") {
    Blueprint plan = corner_blueprint({.load = .6, .attempts = 1, .slow = 1, .lasts = 600_s});
    plan.cohorts[0].patience.breaker = Breaker{.open_for = 30_s};
    plan.injects = {{SimTime{} + 60_s, Slow{{0}, share_of(50), 120_s}}};
    Day day = start_day(sound(plan), 1);
    play_until(day, SimTime{} + 75_s);
    const std::int64_t then = outcome(day).failed;
    play_until(day, SimTime{} + 90_s);
    // Open: every request fails at once, and nothing is queued behind the slow work.
    CHECK(near(outcome(day).failed - then, 15 * 480));
    play_until(day, day_end(day));
    CHECK(per_second(day, Measure::answered, 400_s) == Approx(480).epsilon(.03));
    plan.cohorts[0].patience.breaker.reset();
    CHECK(played_plan(plan).world.flow.value() != day.world.flow.value());
}

TEST_CASE("an empty token bucket ends the retries") {
    Blueprint plan = corner_blueprint({.load = .6, .attempts = 4, .slow = 1, .lasts = 300_s});
    plan.injects = {{SimTime{}, Slow{{0}, share_of(500), 300_s}}};
    plan.cohorts[0].patience.token_bucket = TokenBucket{};
    const Day day = played_plan(plan);
    std::int64_t attempts = 0;
    for (const std::int64_t n : day.belief.columns.of_service[0][0]) attempts += n;
    const Outcome it = outcome(day);
    // 500 tokens at ten a timeout are fifty retries, and each success gives one back.
    CHECK(attempts - it.offered <= 50 + (it.good + 9) / 10 + it.offered / 300);
    CHECK(attempts - it.offered > 20);
}

TEST_CASE("a retry budget allows its share of the fresh requests") {
    Blueprint plan = corner_blueprint({.attempts = 4, .budget = .1, .slow = 1, .lasts = 1200_s});
    plan.injects = {{SimTime{} + 1_s, Slow{{0}, share_of(500), 1200_s}}};
    const Day day = played_plan(plan);
    std::int64_t attempts = 0;
    for (const std::int64_t n : day.belief.columns.of_service[0][0]) attempts += n;
    const double fresh = static_cast<double>(outcome(day).offered);
    CHECK(static_cast<double>(attempts) - fresh == Approx(.1 * fresh).epsilon(.05));
}

TEST_CASE("kinds of requests have their shares, writes and inserts") {
    Blueprint plan = corner_blueprint({.load = .4, .slow = 1, .lasts = 600_s});
    plan.cohorts[0].kinds = {{share_of(.75), whole, none, none},
                             {share_of(.25), share_of(1.5), share_of(.4), share_of(.5)}};
    const Day day = played_plan(plan);
    const Account reads = day.world.ledger[0], writes = day.world.ledger[1];
    CHECK(near(writes.fresh, .25 * static_cast<double>(reads.fresh + writes.fresh)));
    CHECK(reads.writes == 0);
    CHECK(near(writes.writes, .4 * static_cast<double>(writes.good)));
    CHECK(near(writes.inserts, .5 * static_cast<double>(writes.writes)));
    const double busy = mean_of(day, Measure::busy_ppm, 60_s) * 1e-6;
    CHECK(busy == Approx(.4 * (.75 + .25 * 1.5)).epsilon(.02));
}

TEST_CASE("the team's own numbers per minute are what arrives, and they repeat") {
    Blueprint plan = corner_blueprint({.slow = 1, .lasts = 480_s});
    plan.cohorts[0].per_minute = {6000, 12'000, 0};
    Day day = start_day(sound(plan), 1);
    std::int64_t before = 0;
    for (const std::int64_t wanted : {6000, 12'000, 0, 6000, 12'000, 0}) {
        play_until(day, now(day) + (before == 0 ? 59'900_ms : 60_s));  // Before the next tick.
        CHECK(near(outcome(day).offered - before, static_cast<double>(wanted)));
        before = outcome(day).offered;
    }
    Blueprint daily = corner_blueprint({.slow = 1, .lasts = 7200_s});
    daily.cohorts[0].curve_ppm.assign(96, 1'000'000);
    daily.cohorts[0].curve_ppm[4] = 500'000;  // At one o'clock half of it.
    const double rate = daily.cohorts[0].requests_per_minute.value() * 1e6;
    CHECK(demand_per_minute_ppm(daily.cohorts[0], 0) == Approx(rate * 1e6));
    CHECK(demand_per_minute_ppm(daily.cohorts[0], 60) == Approx(rate * .5e6));
}

TEST_CASE("a surge multiplies the demand while it lasts") {
    Blueprint plan = corner_blueprint({.load = .2, .slow = 1, .lasts = 300_s});
    plan.injects = {{SimTime{} + 60_s, Surge{{0}, share_of(3), 60_s}}};
    const Day day = played_plan(plan);
    CHECK(near(outcome(day).offered, 160.0 * (300 + 2 * 60)));
}

namespace {

// A front that asks a backend; `cold` keys of a cache between them.
Blueprint chain(std::optional<Cache> cache, double per_request) {
    Blueprint plan = corner_blueprint({.load = .05, .slots = 400, .slow = 1, .lasts = 600_s});
    plan.cohorts[0].patience.timeout = 10_s;
    Service backend = plan.services[0];
    backend.first_build = {2};
    plan.names.services.push_back("stock");
    plan.names.builds.push_back("1.0");
    plan.names.build_of.push_back({1});
    plan.builds.push_back(Build{{1}, {}});
    plan.services.push_back(backend);
    plan.services[0].calls = {
        Call{.to = {1}, .per_request = share_of(per_request), .timeout = 1_s, .cache = cache}};
    return plan;
}

double calls_seen(const Day& day) {  // Slots of the backend in use, over its work of 100 ms.
    return mean_of(day, Measure::busy_ppm, 60_s, {1}) * 1e-6 * 400 / .1;
}

}  // namespace

TEST_CASE("a request places its calls, and a failing callee fails its caller") {
    Blueprint plan = chain(std::nullopt, 2.5);
    CHECK(calls_seen(played_plan(plan)) == Approx(2.5 * 200).epsilon(.03));
    plan.injects = {{SimTime{} + 60_s, Slow{{1}, share_of(100), 540_s}}};
    const Outcome down = outcome(played_plan(plan));
    CHECK(static_cast<double>(down.failed) > .8 * static_cast<double>(down.offered) * 540 / 600);
}

TEST_CASE("a cache lets its misses through, and warms only by what succeeds") {
    Cache cold{.keys = 1'000'000'000, .hits = share_of(.9), .initially = none};
    CHECK(calls_seen(played_plan(chain(cold, 1))) == Approx(200).epsilon(.03));
    Cache warm = cold;
    warm.initially = whole;
    CHECK(calls_seen(played_plan(chain(warm, 1))) == Approx(20).epsilon(.08));
    Blueprint plan = chain(Cache{.keys = 20'000, .hits = share_of(.9), .initially = none}, 1);
    CHECK(played_plan(plan).world.services[0].pools[0].edges[0].warm > 15'000);
    plan.injects = {{SimTime{}, Slow{{1}, share_of(1000), 600_s}}};
    CHECK(played_plan(plan).world.services[0].pools[0].edges[0].warm < 200);
}

TEST_CASE("a flag undoes what it guards, and a retry budget is a setting") {
    Blueprint plan = corner_blueprint({.attempts = 1, .slow = 1, .lasts = 600_s});
    plan.settings = {Setting{.initially = whole}};
    plan.names.settings = {"labels"};
    plan.builds[0].changes = {Change{SettingId{0}, {Defect{whole, share_of(1.5)}}}};
    Day day = start_day(sound(plan), 1);
    play_until(day, SimTime{} + 60_s);
    const std::int64_t slow = day.world.services[0].pools[0].station.work_us;
    submit(day, SetFlag{{0}, std::nullopt});
    play_until(day, SimTime{} + 120_s);
    CHECK(slow == 150'000);
    CHECK(day.world.services[0].pools[0].station.work_us == 100'000);

    Blueprint storm = corner_blueprint({.lasts = 1500_s});
    storm.settings = {Setting{.initially = whole}};
    storm.names.settings = {"retries"};
    storm.cohorts[0].patience.retry_budget_flag = SettingId{0};
    CHECK_FALSE(recovered(played_plan(storm)));
    Day told = start_day(sound(storm), 1);
    play_until(told, SimTime{} + 90_s);
    submit(told, SetFlag{{0}, share_of(.1)});
    play_until(told, day_end(told));
    CHECK(recovered(told));
}

TEST_CASE("a day is the same alone, after other days and between the steps of another") {
    const auto plan = sound(corner_blueprint({}));
    Day alone = start_day(plan, 9);
    play_until(alone, day_end(alone));
    (void)played({.load = .9}, 4);
    Day after = start_day(plan, 9), other = start_day(plan, 10);
    while (now(after) < day_end(after)) {
        advance(after, now(after) + 7_s);
        advance(other, now(other) + 3_s);
    }
    CHECK(digest(after).value() == digest(alone).value());
}
