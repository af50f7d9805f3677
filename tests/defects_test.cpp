// Defects: each atom of a trigger against what the state says, each harm against its arithmetic.
#include <catch2/catch.hpp>

#include <cmath>

#include "sim/world/fleet.h"
#include "sim/world/rows.h"
#include "tests/story.h"

using namespace rollcage;

namespace {

constexpr SettingId flag{0};

// 400 requests a second at a load of .1: 40 instances of 10 slots, 100 ms of fixed work.
Blueprint shop(std::vector<Defect> hides, Duration lasts = 1800_s) {
    Blueprint plan =
        corner_blueprint({.load = .1, .attempts = 1, .slots = 400, .slow = 1, .lasts = lasts});
    plan.injects.clear();
    plan.services[0].instances = 40;
    plan.services[0].slots = 10;
    plan.services[0].work_varies = false;
    plan.services[0].start = plan.services[0].probe = 1_s;
    plan.builds[0].changes = {Change{.hides = std::move(hides)}};
    return plan;
}

Defect fails_where(std::vector<Atom> when) {
    Defect defect{.fails = whole};
    defect.when = std::move(when);
    return defect;
}

// The front of `shop` asks a second service, 100 ms a call, once a request.
Blueprint chain(std::vector<Defect> of_front, std::vector<Defect> of_stock = {}) {
    Blueprint plan = shop(std::move(of_front));
    plan.cohorts[0].patience.timeout = 10_s;
    plan.tick = 250_ms;
    plan.services[0].slots = 40;
    Service stock = plan.services[0];
    stock.first_build = {2};
    plan.services.push_back(stock);
    plan.names.services.push_back("stock");
    for (const char* version : {"5.0", "5.1"}) {
        plan.names.builds.emplace_back(version);
        plan.names.build_of.push_back({1});
        plan.builds.push_back(Build{{1}, {Change{.hides = of_stock}}});
    }
    plan.services[0].calls = {Call{.to = {1}, .timeout = 9_s}};
    return plan;
}

Blueprint with_store(Blueprint plan, Store store = {.records = 1'000'000, .hot = none}) {
    plan.stores = {store};
    plan.names.stores = {"orders"};
    plan.services[0].uses = {{0}};
    return plan;
}

Day played(const Blueprint& plan, Duration until = 300_s) {
    Day day = start_day(sound(plan), 1);
    play_until(day, SimTime{} + until);
    return day;
}

double failing(Day& day, Duration length = 30_s) {
    const Outcome was = outcome(day);
    play_until(day, now(day) + length);
    const Outcome is = outcome(day);
    return static_cast<double>(is.failed - was.failed) /
           static_cast<double>(is.offered - was.offered);
}

// What fails within [from, until) of the day, apart from a second at either end.
double failing_in(const Blueprint& plan, Duration from, Duration until) {
    Day day = played(plan, from + 1_s);
    return failing(day, until - from - 2_s);
}

Release canary(Blueprint& plan, double share, BuildId build = {1}) {
    plan.plans[0].stages = {Stage{.kind = StageKind::canary, .share = share_of(share)}};
    return {build, {0}};
}

}  // namespace

TEST_CASE("load and concurrency are those of the pool, while they last") {
    for (const Atom& atom : {Atom{LoadAbove{share_of(.5)}}, Atom{Concurrency{5}}}) {
        Blueprint plan = shop({fails_where({atom})});
        plan.injects = {{SimTime{} + 300_s, Surge{{0}, share_of(8), 300_s}}};  // To .8, and 8.
        CHECK(failing_in(plan, 100_s, 300_s) == 0);
        CHECK(failing_in(plan, 300_s, 600_s) == 1);
        CHECK(failing_in(plan, 600_s, 900_s) == 0);
    }
}

TEST_CASE("a dependency that takes twice its time, fails or changes is met by who calls it") {
    const ServiceId stock{1};
    Blueprint slow = chain({fails_where({Dependency{stock, Trouble::slow}})});
    slow.injects = {{SimTime{} + 300_s, Slow{stock, share_of(1.8), 300_s}},
                    {SimTime{} + 900_s, Slow{stock, share_of(2.2), 300_s}}};
    CHECK(failing_in(slow, 100_s, 300_s) == 0);
    CHECK(failing_in(slow, 300_s, 600_s) == 0);
    CHECK(failing_in(slow, 900_s, 1200_s) == 1);
    CHECK(failing_in(slow, 1200_s, 1500_s) == 0);
    // .3 of the calls fail their requests; of all requests .3 meet the defect besides.
    Blueprint down =
        chain({fails_where({Dependency{stock, Trouble::down}})}, {Defect{.fails = share_of(.3)}});
    CHECK(failing_in(down, 100_s, 600_s) == Approx(1 - .7 * .7).epsilon(.01));
    Blueprint changed = chain({fails_where({Dependency{stock, Trouble::changed}})});
    CHECK(failing_in(changed, 100_s, 300_s) == 0);
    changed.injects = {{SimTime{} + 300_s, canary(changed, .25, {3})}};
    CHECK(failing_in(changed, 400_s, 900_s) == Approx(.25).epsilon(.02));
}

TEST_CASE("only the cohort that is meant meets it, of whichever part") {
    Blueprint plan =
        shop({fails_where({CohortIs{{.ring = 1}}}), fails_where({CohortIs{{.tier = TierId{0}}}})});
    plan.names.cohorts = {"all", "friends", "gold"};
    plan.names.tiers = {"gold"};
    plan.cohorts.resize(3, plan.cohorts[0]);
    plan.cohorts[1].ring = 0;
    plan.cohorts[2].tier = TierId{0};
    const Day day = played(plan);
    CHECK(day.world.ledger[0].failed == 0);
    CHECK(day.world.ledger[1].good == 0);
    CHECK(day.world.ledger[2].good == 0);
}

TEST_CASE("a time is of the day that is played, or of every day over midnight too") {
    Blueprint plan = shop({fails_where({During{300_s, 600_s}})});
    CHECK(failing_in(plan, 100_s, 300_s) == 0);
    CHECK(failing_in(plan, 300_s, 600_s) == 1);
    CHECK(failing_in(plan, 600_s, 900_s) == 0);
    plan = shop({fails_where({During{86'100_s, 300_s, true}})}, 90'000_s);
    plan.cohorts[0].requests_per_minute = share_of(.00024);
    CHECK(failing_in(plan, 0_s, 300_s) == 1);
    CHECK(failing_in(plan, 300_s, 86'100_s) == 0);
    CHECK(failing_in(plan, 86'100_s, 86'700_s) == 1);
}

TEST_CASE("a process is old by itself: new ones beside it are not") {
    Blueprint plan = shop({fails_where({AgeAbove{600_s}})});
    plan.services[0].instances = 20;
    CHECK(failing_in(plan, 100_s, 600_s) == 0);
    Day day = played(plan, 300_s);
    submit(day, Scale{{0}, 40});
    play_until(day, SimTime{} + 620_s);
    CHECK(failing(day) == Approx(.5).epsilon(.02));
    play_until(day, SimTime{} + 930_s);
    CHECK(failing(day) == 1);
}

TEST_CASE("a mixed fleet: whose peer is another build fails by the part that is routed there") {
    Blueprint plan = shop({fails_where({PeerIs{{1}}})});
    plan.builds[1].changes.clear();
    plan.injects = {{SimTime{} + 300_s, canary(plan, .25)}};
    CHECK(failing_in(plan, 100_s, 300_s) == 0);
    CHECK(failing_in(plan, 400_s, 900_s) == Approx(.75 * .25).epsilon(.02));
}

TEST_CASE("who reads a record of the new form meets it as often as there are such") {
    // From the start 400 a second are written in the new form, beside a million in the old.
    Blueprint plan = with_store(shop({fails_where({ReadsForm{{0}, Format::after}})}));
    plan.cohorts[0].kinds = {RequestKind{whole, whole, whole, whole}};
    plan.builds[0].changes.push_back(
        {.schema = SchemaChange{.store = {0}, .kind = SchemaKind::new_enum_value}});
    Day day = played(plan, 1200_s);
    const StoreState& store = day.world.stores[0].state;
    const double part =
        static_cast<double>(rows_of(store, Format::after)) / static_cast<double>(all_rows(store));
    CHECK(part > .2);  // 400 x 1200 s less those that failed, of 1.4 million.
    CHECK(failing(day, 5_s) == Approx(part).epsilon(.06));
}

TEST_CASE("a shape that a part of the rows has is met by that part of the reads") {
    Blueprint plan = with_store(shop({fails_where({RowsLike{{0}, share_of(.02)}})}));
    CHECK(failing_in(plan, 0_s, 900_s) == Approx(.02).epsilon(.05));
    plan.stores[0].records = 0;
    CHECK(failing_in(plan, 0_s, 300_s) == 0);
}

TEST_CASE("atoms are a conjunction, and a rate thins what is left") {
    Defect defect =
        fails_where({During{300_s, 600_s}, RowsLike{{0}, share_of(.5)}, SettingIs{flag, true}});
    defect.rate = share_of(.5);
    Blueprint plan = with_store(shop({defect}));
    plan.settings = {Setting{.initially = {share_of(.5)}, .by = Unit::request}};
    plan.names.settings = {"flag"};
    CHECK(failing_in(plan, 100_s, 300_s) == 0);
    CHECK(failing_in(plan, 300_s, 600_s) == Approx(.125).epsilon(.03));
}

TEST_CASE("a trigger that its service can never meet is an error that says so") {
    const auto wrong = [](const Atom& atom) {
        const auto answer = checked(shop({fails_where({atom})}));
        return answer ? std::string{} : answer.error().message;
    };
    CHECK(wrong(Dependency{{0}, Trouble::slow}).find("does not call") != std::string::npos);
    CHECK(wrong(RowsLike{{0}, share_of(.1)}).find("does not use") != std::string::npos);
    CHECK(wrong(Concurrency{10}).find("slots") != std::string::npos);
    CHECK(wrong(During{600_s, 300_s}).find("end after") != std::string::npos);
    CHECK(wrong(SettingIs{{4}, true}).find("flag") != std::string::npos);
    CHECK(wrong(PeerIs{{9}}).find("build") != std::string::npos);
    CHECK_FALSE(checked(shop({Defect{.amplifies = share_of(2)}})));
    CHECK_FALSE(checked(shop({Defect{.repeats_per_s = 1}})));
}

TEST_CASE("extra calls load who is called, as often as the defect is met") {
    const auto calls_a_request = [](std::vector<Defect> hides) {
        Day day = played(chain(std::move(hides)), 60_s);
        const std::int64_t before = outcome(day).good;
        std::int64_t calls = 0;
        while (now(day) < SimTime{} + 160_s) {
            play_until(day, now(day) + 250_ms);
            calls += day.world.services[1].pools[0].calls_served;
        }
        return static_cast<double>(calls) / static_cast<double>(outcome(day).good - before);
    };
    CHECK(calls_a_request({}) == Approx(1).epsilon(.01));
    CHECK(calls_a_request({Defect{.amplifies = share_of(3)}}) == Approx(3).epsilon(.01));
    CHECK(calls_a_request({Defect{.rate = share_of(.25), .amplifies = share_of(3)}}) ==
          Approx(1.5).epsilon(.01));
}

TEST_CASE("a leak ends a process when its memory is full, and again as long after") {
    // 1536 MB an hour fill 512 MB in 1200 s: all forty at once, as all began at once.
    Blueprint plan = shop({Defect{.leaks_mb_per_hour = 1536}}, 3600_s);
    Day day = played(plan, 1198_s);
    CHECK(ready_of(day.world.services[0], {0}) == 40);
    play_until(day, SimTime{} + 1202_s);
    CHECK(ready_of(day.world.services[0], {0}) == 0);
    play_until(day, SimTime{} + 2409_s);  // Ten seconds of back-off, one of start, up to one more.
    CHECK(ready_of(day.world.services[0], {0}) == 40);
    play_until(day, SimTime{} + 2416_s);
    CHECK(ready_of(day.world.services[0], {0}) == 0);
    plan.services[0].memory_mb = 1024;
    CHECK(ready_of(played(plan, 2398_s).world.services[0], {0}) == 40);
}

TEST_CASE("a leak that hangs on a flag fills memory only where and while it is on") {
    Blueprint plan = shop({Defect{.leaks_mb_per_hour = 1536}}, 3600_s);
    plan.builds[0].changes[0].behind = {flag};
    plan.settings = {Setting{.initially = {whole}}};
    plan.names.settings = {"flag"};
    Day day = played(plan, 600_s);
    submit(day, SetFlag{flag, {}});
    play_until(day, SimTime{} + 1800_s);
    CHECK(ready_of(day.world.services[0], {0}) == 40);  // Half full, by 600 s or a poll more.
    for (const Instance& it : day.world.services[0].instances)
        CHECK(static_cast<double>(it.leaked_nb) * 1e-9 == Approx(259).margin(4));
}

TEST_CASE("jobs that repeat go on by themselves: quadratic while on, and gone with the flag") {
    // One write a second leaves a job that writes twice a second: after T seconds T squared.
    Defect defect{.store = {0}, .repeats_per_s = 2};
    Blueprint plan = with_store(shop({defect}), {.kind = StoreKind::effects});
    plan.cohorts[0].kinds = {RequestKind{whole, whole, share_of(.0025), whole}};
    plan.builds[0].changes[0].behind = {flag};
    plan.settings = {Setting{.initially = {whole}}};
    plan.names.settings = {"flag"};
    Day day = played(plan, 900_s);
    const auto doubled = [&] { return static_cast<double>(outcome(day).records[0].doubled); };
    CHECK(doubled() == Approx(810'000).epsilon(.1));
    CHECK(outcome(day).records[0].accepted == outcome(day).inserts);  // M12: beside the accounts.
    const double before = doubled();
    SECTION("the flag off stops them, within a poll") {
        submit(day, SetFlag{flag, {}});
        play_until(day, now(day) + 16_s);
        const double then = doubled();
        CHECK(then < before + 16 * 2000);
        play_until(day, SimTime{} + 1800_s);
        CHECK(doubled() == then);
    }
    SECTION("with their processes they end too, and others go on") {
        submit(day, Scale{{0}, 20});
        play_until(day, now(day) + 60_s);
        const double then = doubled();
        play_until(day, now(day) + 10_s);
        // Half of some 960 jobs are left, and go on: 2 x 10 s x 480, and what was left since.
        CHECK(doubled() - then == Approx(2 * 10 * (900 / 2. + 65)).epsilon(.2));
    }
}

TEST_CASE("a herd of starts outlives its cause: who waits too long asks again") {
    // Forty starts ask 1000 calls each of ten slots of 10 ms: a second of work each. Within ten
    // seconds ten of them are answered, and what the others asked for is done all the same.
    const auto ready_after = [](std::int64_t calls, Duration after) {
        Blueprint plan = chain({});
        plan.services[0].calls.clear();
        plan.services[0].start = 1_s;
        plan.services[0].probe = {};
        plan.services[1].instances = 1;
        plan.services[1].slots = 10;
        plan.services[1].work = 10_ms;
        plan.services[0].boot_calls = BootCalls{{1}, calls, 10_s};
        plan.plans[0].stages = {Stage{.kind = StageKind::recreate}};
        plan.injects = {{SimTime{} + 60_s, Release{{1}, {0}}}};
        return ready_of(played(plan, 60_s + after).world.services[0], {1});
    };
    CHECK(ready_after(200, 10_s) == 40);  // Eight seconds for them all.
    CHECK(ready_after(1000, 7500_ms) == 6);
    CHECK(ready_after(1000, 8500_ms) == 7);  // The seventh comes at 1 s + 7 s.
    CHECK(ready_after(1000, 30_s) == 10);  // At 21 s thirty ask again behind twenty seconds' work.
    CHECK(ready_after(1000, 95_s) == 10);  // At 52 s behind nineteen: forty seconds of back-off.
    CHECK(ready_after(1000, 125_s) == 20);
    CHECK(ready_after(1000, 600_s) == 40);
}
