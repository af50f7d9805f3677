// Each part of a client's patience and of a station, alone, against theory or what it promises.
#include <cmath>

#include <catch2/catch.hpp>

#include "tests/story.h"

using namespace rollcage;

namespace {

void play_to(Day& day, Duration since_start) {
    play_until(day, SimTime{} + since_start);
}

Day played_plan(const Blueprint& plan) {
    Day day = start_day(sound(plan), 1);
    play_to(day, plan.lasts);
    return day;
}

void order_at(Day& day, Duration since_start, const Command& command) {
    play_to(day, since_start);
    submit(day, command);
}

double good_per_s(const Blueprint& plan, Duration from, Duration until) {
    Day day = start_day(sound(plan), 1);
    play_to(day, from);
    const std::int64_t before = outcome(day).good;
    play_to(day, until);
    return static_cast<double>(outcome(day).good - before) / (until - from).seconds();
}

bool near(std::int64_t count, double mean) {  // Five standard deviations of a count.
    return std::abs(static_cast<double>(count) - mean) < 5 * std::sqrt(mean) + 1;
}

const Pool& pool_of(const Day& day, std::size_t pool = 0) {
    return day.world.services[0].pools[pool];
}

std::int64_t retries(const Day& day) {  // Of all requests so far.
    std::int64_t attempts = pool_of(day).station.attempts;
    for (const std::int64_t count : day.belief.columns.of_service[0][0]) attempts += count;
    return attempts - outcome(day).offered;
}

std::int64_t slots_at(Day& day, Duration since_start) {
    return play_to(day, since_start), pool_of(day).station.slots;
}

// What reaches the station's queue from now on.
std::int64_t sent(Day& day, Duration until) {
    std::int64_t all = 0;
    while (now(day) < SimTime{} + until) {
        play_until(day, now(day) + day.world.tick_length);
        const Lane& lane = pool_of(day).station.lanes[0];
        all += lane.pushed[lane.slot_of(0)];
    }
    return all;
}

// Nobody is answered from `at` on: the work is the same for all and takes hours.
void go_down(Blueprint& plan, Duration at, ServiceId service = {0}) {
    plan.services[service.index].work_varies = false;
    plan.injects = {{SimTime{} + at, Slow{service, share_of(100'000), plan.lasts}}};
}

Blueprint overload(double load) {
    return corner_blueprint(
        {.load = load, .attempts = 1, .queue = 300_ms, .slow = 1, .lasts = 900_s});
}

// 8000 requests a second, of which none are answered from 60 s to 180 s.
Blueprint guarded(double opens_at) {
    Blueprint plan =
        corner_blueprint({.load = .4, .attempts = 1, .slots = 2000, .slow = 1, .lasts = 300_s});
    plan.cohorts[0].patience.breaker = Breaker{.opens_at = share_of(opens_at)};
    plan.services[0].work_varies = false;
    plan.injects = {{SimTime{} + 60_s, Slow{{0}, share_of(50), 120_s}}};
    return plan;
}

bool breaker_open(const Day& day) {
    return pool_of(day).station.lanes[0].broken.open_until_us != 0;
}

// 7200 users, 240 requests a second; from 60 s on 30 % have a build that answers nobody.
Day canary(bool sticky, std::int64_t attempts) {
    Blueprint plan = corner_blueprint(
        {.load = .3, .attempts = attempts, .slow = 1000, .released = true, .lasts = 359_s});
    plan.plans[0].stages = {Stage{StageKind::canary, share_of(.3), sticky}};
    plan.services[0].work_varies = false;
    plan.cohorts[0].users = 7200;
    plan.cohorts[0].requests_per_minute = share_of(2);
    return played_plan(plan);
}

// A front of 200 requests a second that asks a backend.
Blueprint chain(double per_request, std::optional<Cache> cache = {}) {
    Blueprint plan = corner_blueprint({.load = .05, .slots = 400, .slow = 1, .lasts = 100_s});
    plan.cohorts[0].patience.timeout = 10_s;
    plan.tick = 100_ms;
    plan.names.services.push_back("stock");
    plan.names.builds.push_back("1.0");
    plan.names.build_of.push_back({1});
    plan.builds.push_back(Build{{1}, {}});
    plan.services.push_back(plan.services[0]);
    plan.services[1].first_build = {2};
    plan.services[0].calls = {
        Call{.to = {1}, .per_request = share_of(per_request), .cache = cache}};
    return plan;
}

double calls_a_request(const Blueprint& plan) {
    Day day = start_day(sound(plan), 1);
    double calls = 0;
    for (; now(day) < day_end(day); play_until(day, now(day) + 100_ms))
        calls += static_cast<double>(pool_of(day).edges[0].placed);
    return calls / static_cast<double>(outcome(day).good);
}

}  // namespace

TEST_CASE("last come first served answers the living, and dropped dead do not hold anybody up") {
    Blueprint plan = corner_blueprint({});
    CHECK(good_per_s(plan, 300_s, 420_s) < 5);
    plan.services[0].order = Order::lifo;
    CHECK(good_per_s(plan, 300_s, 420_s) > 450);
    // 640 attempts a second at 53 of capacity: a minute leaves 35,000 dead, which the 160 a second
    // to spare take 220 s to serve.
    plan = corner_blueprint({.load = .2, .slow = 15});
    CHECK(good_per_s(plan, 300_s, 315_s) < 5);
    CHECK(good_per_s(plan, 380_s, 420_s) == Approx(160).epsilon(.1));
    plan.services[0].drop_expired = true;
    CHECK(good_per_s(plan, 130_s, 170_s) == Approx(160).epsilon(.1));
}

TEST_CASE("clients that throttle themselves let K times what is accepted go out, and arrive") {
    Blueprint plan = corner_blueprint({.slow = 1});
    plan.cohorts[0].patience.throttle = Throttle{.k = share_of(1.1)};
    CHECK(outcome(played_plan(plan)).failed == 0);
    plan = overload(2);
    plan.services[0].queue.reset();
    plan.services[0].order = Order::lifo;
    for (const double k : {1.1, 1.5}) {
        plan.cohorts[0].patience.throttle = Throttle{.k = share_of(k)};
        Day day = start_day(sound(plan), 1);
        play_to(day, 300_s);
        const std::int64_t before = outcome(day).good;
        const auto out = static_cast<double>(sent(day, 900_s));
        const auto accepted = static_cast<double>(outcome(day).good - before);
        CHECK(out == Approx(k * accepted).epsilon(.01));
        CHECK(mean_of(day, Measure::attempts, 300_s) / 15 == Approx(out / 600).epsilon(.01));
    }
}

TEST_CASE("a breaker opens when the failed share of its window passes the limit") {
    // Answers end at 60 s, failures begin at 61 s; of a window of 8.75 s to 10 s that is a share of
    // (t - 61) / (window - 1).
    for (const auto& [opens_at, about] : {std::pair{.2, 62.6}, {.5, 65.1}, {.8, 67.6}}) {
        Day day = start_day(sound(guarded(opens_at)), 1);
        while (!breaker_open(day) && now(day) < day_end(day)) play_until(day, now(day) + 250_ms);
        CHECK(now(day).seconds() == Approx(about).margin(.4 + opens_at));
    }
    Blueprint plan = overload(4);  // The station turns three of four away.
    plan.cohorts[0].patience.breaker.emplace();
    CHECK(breaker_open(played_plan(plan)));
}

TEST_CASE("an open breaker lets nobody through, then its probes, and closes when all is well") {
    Day day = start_day(sound(guarded(.5)), 1);
    play_to(day, 66_s);
    CHECK(sent(day, 94_s) == 0);
    // Three times: four ticks until the first probe's second is over, and that tick itself.
    CHECK(near(sent(day, 175_s), 3 * 5 * 2000 * .01));
    CHECK(good_per_s(guarded(.5), 215_s, 300_s) == Approx(8000).epsilon(.01));
}

TEST_CASE("tokens and a budget pay for so many retries and no more") {
    Blueprint plan = corner_blueprint({.load = .1, .slow = 1, .lasts = 120_s});
    plan.cohorts[0].patience.token_bucket = TokenBucket{.tokens = 5000};
    Day shed = start_day(sound(plan), 1);
    order_at(shed, 0_s, Shed{{0}, whole});
    order_at(shed, 30_s, Shed{{0}, none});
    CHECK(retries(shed) == Approx(5000 / 5).margin(15));
    order_at(shed, 55_s, Shed{{0}, whole});
    play_to(shed, 120_s);
    // 25 s of 80 answers a second, a token each.
    CHECK(retries(shed) == Approx((5000 + 25 * 80) / 5).margin(15 + 45));
    go_down(plan, 0_s);
    CHECK(retries(played_plan(plan)) == Approx(5000 / 10).margin(15));
    plan = corner_blueprint({.budget = .1, .slow = 1, .lasts = 600_s});
    go_down(plan, 60_s);
    // A minute would save 2880 and may save 1000; the first fail 1 s after it.
    CHECK(retries(played_plan(plan)) == Approx(1000 + .1 * 480 * 539).epsilon(.02));
}

TEST_CASE("kinds of requests have their shares, work, writes and inserts") {
    Blueprint plan = corner_blueprint({.load = .4, .slow = 1, .lasts = 90_s});
    plan.cohorts[0].kinds = {{share_of(.75), whole, share_of(.1), none},
                             {share_of(.25), share_of(3), share_of(.4), share_of(.5)}};
    const Day day = played_plan(plan);
    const Account light = day.world.ledger[0], heavy = day.world.ledger[1];
    CHECK(near(heavy.fresh, .25 * static_cast<double>(outcome(day).offered)));
    CHECK(near(light.writes, .1 * static_cast<double>(light.good)));
    CHECK(near(heavy.writes, .4 * static_cast<double>(heavy.good)));
    CHECK(near(heavy.inserts, .5 * static_cast<double>(heavy.writes)));
    Blueprint full = overload(2);
    full.cohorts[0].kinds = plan.cohorts[0].kinds;
    full.cohorts[0].patience.timeout = 10_s;  // Nobody is late.
    full.tick = 250_ms;
    CHECK(good_per_s(full, 60_s, 900_s) == Approx(800 / (.75 + .25 * 3)).epsilon(.02));
}

TEST_CASE("the team's own numbers, the curve of a day and surges are what arrives") {
    Blueprint plan = corner_blueprint({.slow = 1, .lasts = 1560_min});
    plan.cohorts[0].patience.timeout = 4_s;
    const auto off = [&](const std::vector<std::int64_t>& wanted) {  // Minutes that differ.
        Day day = start_day(sound(plan), 1);
        std::int64_t before = 0, minutes = 0;
        for (std::size_t minute = 0; minute < 1560; ++minute) {
            play_until(day, now(day) + (minute == 0 ? 60_s - 1_us : 60_s));
            const std::int64_t came = outcome(day).offered - before;
            before += came;
            minutes += !near(came, static_cast<double>(wanted[minute % wanted.size()]));
        }
        return minutes;
    };
    plan.cohorts[0].per_minute = {600, 1200, 0, 300};
    CHECK(off({600, 1200, 0, 300}) == 0);
    plan.cohorts[0].per_minute.clear();
    plan.cohorts[0].users = 600;
    plan.cohorts[0].requests_per_minute = whole;
    std::vector<std::int64_t> line;  // Straight from one quarter-hour to the next.
    for (std::int64_t at = 0; at < 96; ++at) {
        const std::int64_t here = at * 7 % 5, next = (at + 1) % 96 * 7 % 5;
        plan.cohorts[0].curve_ppm.push_back(here * whole.ppm);
        for (std::int64_t i = 0; i < 15; ++i) line.push_back(40 * (here * (15 - i) + next * i));
    }
    CHECK(off(line) == 0);
    // A surge multiplies it while it lasts, and so does another.
    plan = corner_blueprint({.load = .1, .slow = 1, .lasts = 150_s});
    plan.injects = {{SimTime{} + 30_s, Surge{{0}, share_of(2), 60_s}},
                    {SimTime{} + 60_s, Surge{{0}, share_of(3), 60_s}}};
    Day day = start_day(sound(plan), 1);
    std::int64_t before = 0, part = 0;
    for (const double times : {1, 2, 6, 3, 1}) {
        play_to(day, 30_s * ++part - 1_us);
        CHECK(near(outcome(day).offered - before, 80 * 30 * times));
        before = outcome(day).offered;
    }
}

TEST_CASE("a bad canary fails its own users, or a little of everybody's requests") {
    const Day kept = canary(true, 3), mixed = canary(false, 3);
    const auto share = [](const Day& day) {  // The canary's, of attempts since the last scrape.
        const auto there = static_cast<double>(pool_of(day, 1).station.attempts);
        return there / (there + static_cast<double>(pool_of(day).station.attempts));
    };
    CHECK(outcome(kept).failed == Approx(.3 * 240 * 298).epsilon(.03));
    CHECK(share(kept) == Approx(.9 / (.9 + .7)).epsilon(.05));
    CHECK(outcome(mixed).failed == Approx(.027 * 240 * 298).epsilon(.1));
    CHECK(share(mixed) == Approx(.3).epsilon(.05));
    // Two requests a minute: both meet the canary, or either may.
    const auto impacted = [](bool sticky) {  // Users, in each of the four minutes.
        return static_cast<double>(outcome(canary(sticky, 1)).user_minutes_impacted_ppm) * 1e-6 / 4;
    };
    CHECK(impacted(true) == Approx(7200 * .3).epsilon(.03));
    CHECK(impacted(false) == Approx(7200 * (1 - .7 * .7)).epsilon(.03));
}

TEST_CASE("more instances serve after their start, fewer after five seconds") {
    Blueprint plan = overload(3);
    plan.services[0].instances = 40;
    plan.services[0].slots = 2;
    plan.services[0].start = 60_s;
    Day day = start_day(sound(plan), 1);
    order_at(day, 60_s, Scale{{0}, 60});
    CHECK(slots_at(day, 65_s) == 80);
    CHECK(slots_at(day, 180_s) == 120);
    const std::int64_t before = outcome(day).good;
    order_at(day, 240_s, Scale{{0}, 20});
    CHECK(near(outcome(day).good - before, 60 * 1200));
    CHECK(slots_at(day, 245_s - 1_us) == 120);
    CHECK(slots_at(day, 245_s) == 40);
    Day fewer = start_day(sound(plan), 1);
    order_at(fewer, 10_s, Scale{{0}, 1000});
    order_at(fewer, 20_s, Scale{{0}, 60});  // Fewer than asked for, more than there are.
    CHECK(slots_at(fewer, 25_s) == 80);
    CHECK(slots_at(fewer, 200_s) == 120);
}

TEST_CASE("a flag takes effect on what it guards by its share, and turns a storm off") {
    Blueprint plan = corner_blueprint({.lasts = 900_s});
    plan.settings = {Setting{.initially = {whole}}};
    plan.names.settings = {"flag"};
    Blueprint storm = plan;
    plan.injects.clear();
    plan.builds[0].changes = {Change{{SettingId{0}}, {Defect{whole, share_of(1.5)}}}};
    Day day = start_day(sound(plan), 1);
    play_to(day, 60_s);
    CHECK(pool_of(day).station.work_us == 150'000);
    submit(day, SetFlag{{0}, {share_of(.5)}});
    play_to(day, 120_s);
    CHECK(pool_of(day).station.work_us == 125'000);
    submit(day, SetFlag{{0}, {}});
    play_to(day, 180_s);
    CHECK(pool_of(day).station.work_us == 100'000);
    storm.cohorts[0].patience.retry_budget_flag = SettingId{0};
    CHECK_FALSE(recovered(played_plan(storm)));
    Day told = start_day(sound(storm), 1);
    order_at(told, 150_s, SetFlag{{0}, {share_of(.1)}});
    play_to(told, 900_s);
    CHECK(recovered(told));
}

TEST_CASE("a request places its calls, and each of them can fail it") {
    CHECK(calls_a_request(chain(2.5)) == Approx(2.5).epsilon(.01));
    // 400 calls a second for 300 that can be served: both of a request's pass in .75 x .75 if they
    // come apart, in .68 (simulated request by request) if at one instant: a lucky one helps both.
    Blueprint plan = chain(2);
    plan.services[1].instances = 30;
    plan.services[1].queue = 100_ms;
    plan.cohorts[0].patience.attempts = 1;
    const Outcome it = outcome(played_plan(plan));
    const double both = static_cast<double>(it.good) / static_cast<double>(it.offered);
    CHECK(both > .75 * .75);
    CHECK(both < .62);
}

TEST_CASE("a cache lets through what is cold or misses, and only what succeeds warms it") {
    Cache cache{.keys = 1'000'000'000, .hits = share_of(.9), .initially = none};
    CHECK(calls_a_request(chain(1, cache)) == Approx(1).epsilon(.01));
    cache.initially = share_of(.5);
    CHECK(calls_a_request(chain(1, cache)) == Approx(.55).epsilon(.02));
    cache.initially = whole;
    CHECK(calls_a_request(chain(1, cache)) == Approx(.1).epsilon(.05));
    // Of n lookups of keys drawn alike, 1 - exp(-n / keys) of the keys have had one.
    Blueprint plan = chain(1, Cache{.keys = 10'000, .hits = share_of(.9), .initially = none});
    const Day day = played_plan(plan);
    const double seen = 1 - std::exp(-static_cast<double>(outcome(day).good) / 10'000);
    CHECK(static_cast<double>(pool_of(day).edges[0].warm) == Approx(10'000 * seen).epsilon(.02));
    go_down(plan, 0_s, {1});
    CHECK(pool_of(played_plan(plan)).edges[0].warm == 0);
}

TEST_CASE("after one tick of outage the clients return spread over the whole backoff") {
    Blueprint plan = corner_blueprint(
        {.load = .5, .attempts = 2, .slots = 40'000, .backoff = 4_s, .slow = 1, .lasts = 60_s});
    plan.services[0].work_varies = false;  // Nobody else is late.
    Day day = start_day(sound(plan), 1);
    order_at(day, 1_s, Shed{{0}, whole});
    order_at(day, 1250_ms, Shed{{0}, none});
    play_to(day, 6_s);
    const std::int64_t& waiting = pool_of(day).station.lanes[0].returning_total;
    const std::int64_t lost = waiting;
    CHECK(near(lost, 50'000));
    // Gave up anywhere within a tick, then waits up to 16; nobody is back before the next.
    for (int tick = 1; tick <= 17; ++tick) {
        const std::int64_t before = waiting, parts = tick == 1 ? 3 : tick < 16 ? 2 : tick == 16;
        play_until(day, now(day) + 250_ms);
        CHECK(near(before - waiting, static_cast<double>(lost * parts) / 32));
    }
}

TEST_CASE("a day is the same alone, after other days and between the steps of another") {
    const auto plan = sound(corner_blueprint({}));
    Day alone = start_day(plan, 9);
    play_until(alone, day_end(alone));
    const Day first = played({.load = .9}, 4);
    Day after = start_day(plan, 9), other = start_day(plan, 10);
    while (now(after) < day_end(after)) {
        advance(after, now(after) + 7_s);
        advance(other, now(other) + 3_s);
    }
    CHECK(digest(after).value() == digest(alone).value());
    CHECK(digest(other).value() != digest(alone).value());
}
