// The tick engine against queueing theory and against one event per request.
#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "sim/base/maths.h"
#include "tests/measured.h"
#include "tests/story.h"
#include "tests/twin.h"

using namespace rollcage;

namespace {

#ifdef ROLLCAGE_SANITIZED
constexpr int seeds = 2;
#else
constexpr int seeds = 5;
#endif

// The same world for the twin; a release and its rollback replace the process.
TwinWorld twin_of(const Corner& corner) {
    TwinWorld world;
    const double capacity = static_cast<double>(corner.slots) / corner.work.seconds();
    world.rate_per_s = corner.load * capacity;
    world.lasts_s = corner.lasts.seconds();
    world.attempts = static_cast<int>(corner.attempts);
    world.backoff_s = corner.backoff.seconds();
    world.retry_budget = corner.budget;
    world.front.slots = corner.slots;
    world.front.work_s = corner.work.seconds();
    if (corner.queue) world.front.queue_s = corner.queue->seconds();
    world.front.slow_by = corner.slow;
    world.front.slow_from_s = 60;
    world.front.slow_until_s = 60 + corner.slow_for.seconds();
    if (corner.released) world.front.replaced_at_s = {60, 60 + corner.slow_for.seconds()};
    return world;
}

double twin_failed(const TwinWorld& world) {
    double sum = 0;
    for (int seed = 1; seed <= seeds; ++seed)
        sum += static_cast<double>(play_twin(world, static_cast<std::uint64_t>(seed)).failed);
    return sum / seeds;
}

double engine_failed(const Blueprint& plan) {
    double sum = 0;
    for (int seed = 1; seed <= seeds; ++seed) {
        Day day = start_day(sound(plan), static_cast<std::uint64_t>(seed));
        play_until(day, day_end(day));
        sum += static_cast<double>(outcome(day).failed);
    }
    return sum / seeds;
}

// A day without trigger whose clients never lose patience (10 s is 25 mean waits), at 2.5 works a
// tick: its mean queue.
double mean_queue(double load, std::int64_t slots, Duration work, Duration tick, bool varies) {
    double sum = 0;
    for (int seed = 1; seed <= seeds; ++seed) {
        Blueprint plan = corner_blueprint({.load = load,
                                           .attempts = 1,
                                           .slots = slots,
                                           .work = work,
                                           .slow = 1,
                                           .lasts = 40'000_s});
        plan.tick = tick;
        plan.cohorts[0].patience.timeout = 10_s;
        plan.services[0].work_varies = varies;
        Day day = start_day(sound(plan), static_cast<std::uint64_t>(seed));
        play_until(day, day_end(day));
        sum += mean_of(day, Measure::queue, 300_s);
    }
    return sum / seeds;
}

// A front of 40 slots that calls a backend of 20, both of 20 ms.
Blueprint cascade(double rate_per_s, double slow) {
    Blueprint plan = corner_blueprint(
        {.load = rate_per_s / 2000, .attempts = 3, .slots = 40, .work = 20_ms, .slow = slow});
    Service backend = plan.services[0];
    backend.instances = 20;
    backend.first_build = {2};
    plan.names.services.push_back("stock");
    plan.names.builds.push_back("1.0");
    plan.names.build_of.push_back({1});
    plan.builds.push_back(Build{{1}, {}});
    plan.services.push_back(backend);
    plan.services[0].calls = {Call{.to = {1}, .timeout = 500_ms, .attempts = 1, .rtt = Duration{}}};
    std::get<Slow>(plan.injects[0].inject).service = {1};
    return plan;
}

TwinWorld twin_cascade(double rate_per_s, double slow) {
    TwinWorld world{.rate_per_s = rate_per_s, .attempts = 3};
    world.front = {.slots = 40, .work_s = .02};
    world.backend = TwinStation{
        .slots = 20, .work_s = .02, .slow_by = slow, .slow_from_s = 60, .slow_until_s = 120};
    world.call = {.timeout_s = .5, .attempts = 1};
    return world;
}

bool conserved(const Day& day) {
    const Outcome it = outcome(day);
    return it.offered == it.good + it.failed + it.refused + it.pending;
}

}  // namespace

TEST_CASE("who finds a free slot is late as often as the work is long", "[theory]") {
    // Work of a tenth of the timeout: one in e^10, in calm ticks too.
    const Corner corner{.load = .3, .attempts = 1, .slow = 1, .lasts = 7'200_s};
    const double offered = 240 * 7'200, late = offered * std::exp(-10);
    CHECK(std::abs(engine_failed(corner_blueprint(corner)) - late) <
          4 * std::sqrt(late / seeds) + 1);
}

TEST_CASE("the failures of MODEL 2.4 are those of one event per request", "[slow][measured]") {
    const Corner stuck{};
    const double engine = engine_failed(corner_blueprint(stuck)),
                 twin = twin_failed(twin_of(stuck));
    CHECK(engine == Approx(twin).epsilon(.03));
    measured("failed requests of a retry storm in 420 s", "one event per request", twin, "3 %",
             engine);
    const Corner frugal{.budget = 0.1};
    CHECK(engine_failed(corner_blueprint(frugal)) ==
          Approx(twin_failed(twin_of(frugal))).epsilon(.03));
    const Corner bounded{.queue = 300_ms};
    CHECK(engine_failed(corner_blueprint(bounded)) ==
          Approx(twin_failed(twin_of(bounded))).epsilon(.03));
}

TEST_CASE("a full bounded queue offers what the closed form and the twin offer", "[measured]") {
    // 480 (1 - r^4) = 320 has the root r = .7598: 480 (1 - r^4) / (1 - r) = 1333 a second.
    const Corner full{.load = 1.5, .slots = 16, .work = 50_ms, .queue = 300_ms, .slow = 1};
    const Day day = played(full);
    const double offered = mean_of(day, Measure::attempts, 60_s) / 15;
    const TwinCounts twin = play_twin(twin_of(full), 1);
    CHECK(offered == Approx(1333).epsilon(.03));
    measured("offered load on a full bounded queue, requests/s", "480 (1 - r^4) = 320", 1333, "3 %",
             offered);
    CHECK(offered == Approx(mean_per_s(twin.attempts_per_s, 60, 420)).epsilon(.03));
}

TEST_CASE("a rollback by replacement recovers where the twin does", "[slow]") {
    for (const double load : {.3, .4, .5}) {
        const Corner corner{.load = load, .slow = 3 / load, .released = true, .lasts = 900_s};
        Day day = start_day(sound(corner_blueprint(corner)), 1);
        play_until(day, SimTime{} + 120_s);
        submit(day, Rollback{{0}, std::nullopt});
        play_until(day, day_end(day));
        const TwinCounts twin = play_twin(twin_of(corner), 1);
        const bool twin_recovered = mean_per_s(twin.good_per_s, 840, 900) > .95 * 800 * load;
        INFO("load " << load << ", engine " << outcome(day).failed << ", twin " << twin.failed);
        CHECK(recovered(day) == (load < .45));
        CHECK(twin_recovered == (load < .45));
    }
}

TEST_CASE("one slot waits as theory has it, and half as long when the work is fixed",
          "[slow][measured]") {
    for (const double load : {.8, .9}) {
        const double theory = load * load / (1 - load);
        INFO("load " << load);
        const double varying = mean_queue(load, 1, 40_ms, 100_ms, true),
                     fixed = mean_queue(load, 1, 40_ms, 100_ms, false);
        CHECK(varying == Approx(theory).epsilon(.08));
        CHECK(fixed == Approx(theory / 2).epsilon(.08));
        measured(load < .85 ? "queue of M/M/1 at .8" : "queue of M/M/1 at .9", "theory", theory,
                 "8 %", varying);
        measured(load < .85 ? "queue of M/D/1 at .8" : "queue of M/D/1 at .9",
                 "Pollaczek and Khinchine", theory / 2, "8 %", fixed);
    }
}

TEST_CASE("eight slots wait as Erlang has it", "[slow][measured]") {
    for (const double load : {.9, .95}) {
        const double theory = erlang_wait(8, load) * load * 8;
        INFO("load " << load);
        const double queue = mean_queue(load, 8, 20_ms, 50_ms, true);
        CHECK(queue == Approx(theory).epsilon(.08));
        measured(load < .92 ? "queue of M/M/8 at .9" : "queue of M/M/8 at .95", "Erlang C", theory,
                 "8 %", queue);
    }
}

TEST_CASE("a slow backend fails its front as often as in the twin", "[slow]") {
    for (const double rate : {200.0, 300.0, 600.0}) {
        const double engine = engine_failed(cascade(rate, 4));
        const double twin = twin_failed(twin_cascade(rate, 4));
        INFO("rate " << rate << ", engine " << engine << ", twin " << twin);
        CHECK(engine == Approx(twin).epsilon(.05).margin(50));
    }
}

TEST_CASE("a command to one service leaves the numbers of another equal") {
    Blueprint plan = corner_blueprint({});
    Service other = plan.services[0];
    other.first_build = {2};
    plan.names.services.push_back("other");
    plan.names.cohorts.push_back("others");
    plan.names.builds.push_back("1.0");
    plan.names.build_of.push_back({1});
    plan.builds.push_back(Build{{1}, {}});
    plan.services.push_back(other);
    plan.cohorts.push_back(plan.cohorts[0]);
    plan.cohorts[1].serves = {1};
    Day quiet = start_day(sound(plan), 3), told = start_day(sound(plan), 3);
    submit(told, Shed{{0}, share_of(.5), true});
    submit(told, Scale{{0}, 60});
    play_until(quiet, day_end(quiet));
    play_until(told, day_end(told));
    CHECK(quiet.belief.columns.of_service[1] == told.belief.columns.of_service[1]);
    CHECK(quiet.belief.columns.of_service[0] != told.belief.columns.of_service[0]);
}

TEST_CASE("who comes in one tick waits alike, whichever users they are") {
    Blueprint plan = corner_blueprint({.load = .9, .attempts = 1, .slow = 1, .lasts = 1'800_s});
    plan.cohorts[0].patience.timeout = 500_ms;
    plan.cohorts[0].users /= 2;
    plan.cohorts.push_back(plan.cohorts[0]);
    plan.names.cohorts.push_back("others");
    Day day = start_day(sound(plan), 1);
    play_until(day, day_end(day));
    const std::vector<Account>& ledger = day.world.ledger;
    const auto first = static_cast<double>(ledger[0].failed),
               second = static_cast<double>(ledger[1].failed);
    CHECK(first > 500);
    CHECK(std::abs(first - second) < 5 * std::sqrt(first + second));
}

TEST_CASE("more instances never fail more, over the seeds") {
    for (const std::optional<Duration> bound : {std::optional<Duration>{}, {300_ms}}) {
        double before = 1e18;
        for (const std::int64_t instances : {60, 70, 80, 100, 140}) {
            Blueprint plan = corner_blueprint({.attempts = 3, .queue = bound});
            plan.services[0].instances = instances;
            const double failed = engine_failed(plan);
            INFO(instances << " instances");
            CHECK(failed <= before);
            before = failed;
        }
    }
}

TEST_CASE("random worlds and random commands lose no request") {
    const auto holds = [](std::uint64_t seed) {
        DrawEngine dice(Draw{seed}, Purpose::test, 0);
        const auto upto = [&](std::uint32_t n) { return static_cast<std::int64_t>(dice() % n); };
        Corner corner{.load = .1 + static_cast<double>(upto(16)) / 10,
                      .attempts = 1 + upto(8),
                      .slots = 1 + upto(200),
                      .work = Duration{1'000 + upto(400'000)},
                      .backoff = Duration{upto(500'000)},
                      .slow = 1 + static_cast<double>(upto(6)),
                      .released = upto(2) == 0,
                      .lasts = 600_s};
        if (upto(2) == 0) corner.queue = Duration{10'000 + upto(2'000'000)};
        if (upto(2) == 0) corner.budget = static_cast<double>(upto(10)) / 10;
        Blueprint plan = corner_blueprint(corner);
        plan.services[0].order = upto(2) == 0 ? Order::fifo : Order::lifo;
        plan.services[0].drop_expired = upto(2) == 0;
        plan.services[0].work_varies = upto(3) != 0;
        plan.plans[0].stages[0].kind =
            std::array{StageKind::everyone, StageKind::canary, StageKind::blue_green,
                       StageKind::recreate}[static_cast<std::size_t>(upto(4))];
        plan.plans[0].stages[0].share = share_of(.3);
        plan.plans[0].stages[0].sticky = upto(2) == 0;
        if (upto(3) == 0) plan.cohorts[0].patience.breaker.emplace();
        if (upto(3) == 0) plan.cohorts[0].patience.throttle.emplace();
        if (upto(3) == 0) plan.cohorts[0].patience.token_bucket.emplace();
        Day day = start_day(sound(plan), seed);
        for (std::int64_t minute = 1; minute <= 10; ++minute) {
            play_until(day, SimTime{} + 60_s * minute);
            if (!conserved(day)) return false;
            const std::int64_t what = upto(8);
            if (what == 0)
                submit(day, Shed{{0}, share_of(static_cast<double>(upto(11)) / 10), upto(2) == 0});
            if (what == 1) submit(day, Scale{{0}, 1 + upto(200)});
            if (what == 2) submit(day, Rollback{{0}, std::nullopt});
            if (what == 3) submit(day, Halt{{0}});
            if (what == 4) submit(day, Promote{{0}});
            if (what == 5) submit(day, Resume{{0}});
            if (what == 6) submit(day, SwitchRoute{{0}});
        }
        return conserved(day);
    };
    CHECK(rc::check("offered = good + failed + refused + pending, each minute", [&] {
        const auto seed = *rc::gen::arbitrary<std::uint64_t>();
        RC_LOG() << "seed " << seed << "\n";
        return holds(seed);
    }));
}
