// Settings and defects: whom a rule reaches, how it travels, what can be taken back, and when a
// change does harm. Every number is worked out by hand beside it.
#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <cmath>

#include "sim/world/fleet.h"
#include "sim/world/path.h"
#include "sim/world/slices.h"
#include "tests/story.h"

using namespace rollcage;

namespace {

constexpr SettingId one{0}, two{1};

// A calm shop: 400 slots of 100 ms at a load of .1, 400 requests a second by 12,000 users.
Blueprint shop(std::vector<Change> changes, std::vector<Setting> settings = {Setting{}},
               std::int64_t attempts = 1) {
    Blueprint plan = corner_blueprint(
        {.load = .1, .attempts = attempts, .slots = 400, .slow = 1, .lasts = 3600_s});
    plan.injects.clear();
    plan.services[0].instances = 40;
    plan.services[0].slots = 10;
    plan.services[0].work_varies = false;
    plan.cohorts[0].users = 12'000;
    plan.cohorts[0].requests_per_minute = share_of(2);
    plan.cohorts[0].patience.backoff.base = 1_s;
    plan.builds[0].changes = std::move(changes);
    plan.settings = std::move(settings);
    for (std::size_t i = 0; i < plan.settings.size(); ++i)
        plan.names.settings.push_back("flag " + std::to_string(i));
    return plan;
}

Change fails(std::vector<SettingId> behind, double share = 1) {
    return {.behind = std::move(behind), .hides = {Defect{.fails = share_of(share)}}};
}

Change where(Atom atom) {
    Defect defect{.fails = whole};
    defect.when = {std::move(atom)};
    return {.hides = {defect}};
}

Setting part(double share, Unit by = Unit::user) {
    return {.initially = {share_of(share)}, .by = by};
}

Day played(const Blueprint& plan, Duration until = 600_s, std::uint64_t seed = 1) {
    Day day = start_day(sound(plan), seed);
    play_until(day, SimTime{} + until);
    return day;
}

double failed_share(const Day& day) {
    const Outcome it = outcome(day);
    return static_cast<double>(it.failed) / static_cast<double>(it.offered);
}

// Since another time of the same day.
double failed_since(const Day& before, const Day& after) {
    const Outcome was = outcome(before), is = outcome(after);
    return static_cast<double>(is.failed - was.failed) /
           static_cast<double>(is.offered - was.offered);
}

// What fails in the half minute that begins now.
double failing_now(Day& day) {
    const Day before = day;
    play_until(day, now(day) + 30_s);
    return failed_since(before, day);
}

double failed_of(const Day& day, std::size_t account) {
    const Account& it = day.world.ledger[account];
    return static_cast<double>(it.failed) / static_cast<double>(it.fresh);
}

std::size_t lanes(const Day& day) {
    return day.world.services[0].pools[0].station.lanes.size();
}

std::string refused(const Day& day) {
    for (std::size_t i = day.belief.facts.size(); i-- > 0;)
        if (std::holds_alternative<Refused>(day.belief.facts[i].fact))
            return day.belief.facts[i].words;
    return "";
}

// A second cohort as large as the first, of ring 1, tier 0 and region 0.
Blueprint two_cohorts(Blueprint plan) {
    plan.names.cohorts.push_back("friends");
    plan.names.tiers = {"gold"};
    plan.names.regions = {"us", "eu"};
    plan.cohorts.push_back(plan.cohorts[0]);
    plan.cohorts[1].ring = 1;
    plan.cohorts[1].tier = TierId{0};
    plan.cohorts[1].region = RegionId{1};
    return plan;
}

}  // namespace

TEST_CASE("a rule reaches those it names, and a share of the others by hash") {
    const Blueprint plan = two_cohorts(shop({}));
    const CohortId others{0}, friends{1};
    const auto reached = [&](const Rule& rule) {
        return std::pair{reach(plan, rule, others), reach(plan, rule, friends)};
    };
    CHECK(reached({}) == std::pair{none, none});
    CHECK(reached({whole}) == std::pair{whole, whole});
    CHECK(reached({share_of(.05)}) == std::pair{share_of(.05), share_of(.05)});
    CHECK(reached({whole, {.ring = 1}}) == std::pair{none, whole});
    CHECK(reached({whole, {.ring = 3}}) == std::pair{whole, whole});
    CHECK(reached({share_of(.05), {.ring = 1}}) == std::pair{share_of(.05), whole});
    CHECK(reached({whole, {.tier = TierId{0}}}) == std::pair{none, whole});
    CHECK(reached({whole, {.region = RegionId{1}}}) == std::pair{none, whole});
    CHECK(reached({whole, {.ring = 0, .tier = TierId{0}}}) == std::pair{none, none});
    CHECK(reached({whole, {.cohort = others}}) == std::pair{whole, none});
    // 1,500 of 12,000 are one in eight; with half of the rest, 1/8 + 7/16.
    CHECK(reached({whole, {.cohort = others}, 1500}) == std::pair{share_of(.125), none});
    CHECK(reached({share_of(.5), {.cohort = others}, 1500}) ==
          std::pair{share_of(.5625), share_of(.5)});
    CHECK(reach(plan, {whole, {.cohort = others}, 99'999}, others) == whole);
    CHECK(reach(plan, {whole, {.ring = 9}}, std::nullopt) == none);  // Nobody is known of.
}

TEST_CASE("only the cohorts that a rule names meet what the flag guards") {
    Blueprint plan = two_cohorts(shop({fails({one})}, {{.initially = {whole, {.ring = 1}}}}));
    Day day = played(plan);
    CHECK(failed_of(day, 0) == 0);
    CHECK(failed_of(day, 1) == 1);
    CHECK(lanes(day) == 2);  // A cohort is told as a whole; nobody is parted.
    submit(day, SetFlag{one, {whole, {.cohort = CohortId{0}}, 1500}});
    play_until(day, now(day) + 60_s);
    const std::int64_t bad = day.world.ledger[0].failed, all = day.world.ledger[0].fresh;
    play_until(day, now(day) + 300_s);
    CHECK(static_cast<double>(day.world.ledger[0].failed - bad) /
              static_cast<double>(day.world.ledger[0].fresh - all) ==
          Approx(.125).epsilon(.03));
}

TEST_CASE("independent salts multiply, one salt nests, and a share of requests multiplies too") {
    const auto both = [](Setting a, Setting b) {
        return failed_share(played(shop({fails({one, two})}, {a, b})));
    };
    CHECK(both(part(.5), part(.25)) == Approx(.125).epsilon(.02));
    Setting a = part(.5), b = part(.25);
    a.salt = b.salt = 7;
    CHECK(both(a, b) == Approx(.25).epsilon(.02));
    CHECK(both(part(.5, Unit::request), part(.25, Unit::request)) == Approx(.125).epsilon(.02));
    CHECK(both(part(.5), part(.25, Unit::request)) == Approx(.125).epsilon(.02));
    CHECK(both(part(.5), part(1)) == Approx(.5).epsilon(.02));
    CHECK(both(part(.5), part(0)) == 0);
}

TEST_CASE("who is in the share of users stays in it, so retries do not help; of requests they do") {
    // A user whose path fails fails every time; a request that is hashed afresh fails .2 cubed.
    Day users = played(shop({fails({one})}, {part(.2)}, 3), 1200_s);
    Day requests = played(shop({fails({one})}, {part(.2, Unit::request)}, 3), 1200_s);
    Day sessions = played(shop({fails({one})}, {part(.2, Unit::session)}, 3), 1200_s);
    CHECK(failed_share(users) == Approx(.2).epsilon(.02));
    CHECK(failed_share(sessions) == Approx(.2).epsilon(.02));
    CHECK(failed_share(requests) == Approx(.008).epsilon(.05));
}

TEST_CASE("the same failures hit a part of the users always, or nearly all of them now and then") {
    // 30 requests a minute each: a tenth of the users every minute, or 1 - .9^30 = .9576 of them.
    const auto minutes = [](Unit by) {
        Blueprint plan = shop({fails({one})}, {part(.1, by)});
        plan.cohorts[0].users = 800;
        plan.cohorts[0].requests_per_minute = share_of(30);
        const Day day = played(plan, 1200_s);
        CHECK(failed_share(day) == Approx(.1).epsilon(.02));
        return static_cast<double>(outcome(day).user_minutes_impacted_ppm) * 1e-6 / 800 / 20;
    };
    CHECK(minutes(Unit::user) == Approx(.1).epsilon(.01));
    CHECK(minutes(Unit::request) == Approx(.9576).epsilon(.01));
}

TEST_CASE("a slow path slows those who have it on: they time out and nobody else does") {
    // A tenth wait 2 s of work for their 1 s of patience; the others' 100 ms is in time. Load is
    // 40 slots x (.9 + .1 x 20) = 116 of 400.
    Change slow{.behind = {one}, .hides = {Defect{.slow = share_of(20)}}};
    const Day day = played(shop({slow}, {part(.1)}));
    CHECK(failed_share(day) == Approx(.1).epsilon(.03));
    CHECK(day.world.services[0].pools[0].station.work_us == 290'000);  // In the mean.
}

TEST_CASE("a share that grows keeps the users it had and takes their retries along") {
    Day day = played(shop({fails({one})}, {part(.05)}, 4), 300_s);
    REQUIRE(lanes(day) == 2);
    const auto retrying = [&] {
        std::int64_t all = 0;
        for (const Lane& lane : day.world.services[0].pools[0].station.lanes)
            all += lane.returning_total;
        return all;
    };
    const std::int64_t before = retrying();
    REQUIRE(before > 0);
    submit(day, SetFlag{one, {share_of(.2)}});
    CHECK(retrying() == before);
    CHECK(lanes(day) == 2);
    CHECK(day.world.cohorts[0].slices[1].users == share_of(.2));
    // Those of the twentieth are in the fifth too: all who retry still do what fails.
    CHECK(day.world.services[0].pools[0].station.lanes[0].returning_total == 0);
    submit(day, SetFlag{one, {whole}});
    CHECK(retrying() == before);
    CHECK(day.world.services[0].pools[0].station.lanes[0].returning_total == before);
    play_until(day, now(day) + 300_s);
    CHECK(lanes(day) == 1);  // Nobody is parted any more, and what was left has gone.
    CHECK(failing_now(day) == Approx(1).epsilon(.01));
}

TEST_CASE("no more than three flags part the users of one kind, at the start or by an order") {
    const std::vector<Change> changes{fails({{0}}), fails({{1}}), fails({{2}}), fails({{3}})};
    Blueprint plan = shop(changes, {part(.5), part(.5), part(.5), part(.5)});
    const auto answer = checked(plan);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().message.find("more than 3 flags") != std::string::npos);
    plan.settings[3] = part(.5, Unit::request);  // Of requests parts nobody.
    plan.settings[2] = {};
    Day day = played(plan, 60_s);
    CHECK(lanes(day) == 4);
    submit(day, SetFlag{{2}, {share_of(.5)}});
    CHECK(lanes(day) == 8);
    CHECK(refused(day).empty());
    // Eight groups of eight kinds are what a service has room for; a ninth kind is not.
    plan.cohorts[0].kinds.assign(9, RequestKind{share_of(.1)});
    plan.cohorts[0].kinds[0].share = share_of(.2);
    Day more = played(plan, 60_s);
    submit(more, SetFlag{{2}, {share_of(.5)}});
    CHECK(refused(more).find("more than 64 groups") != std::string::npos);
}

TEST_CASE("a setting travels with the polls: half of the way half of the processes have it") {
    Blueprint plan = shop({fails({one})}, {{.poll = 400_s}});
    Day day = played(plan, 60_s);
    submit(day, SetFlag{one, {whole}});
    play_until(day, SimTime{} + 60_s + 185_s);
    // A binomial of 40 processes: the mean of the half minute around is .5, one sd .08.
    CHECK(failing_now(day) == Approx(.5).margin(.24));
    play_until(day, SimTime{} + 60_s + 401_s);
    CHECK(failing_now(day) == 1);
    submit(day, SetFlag{one, {}});
    play_until(day, now(day) + 401_s);
    CHECK(failing_now(day) == 0);
}

TEST_CASE("a push is there at once, whatever is polled, and whom it misses has it at its restart") {
    Blueprint plan = shop({fails({one})}, {{.poll = 400_s}});
    plan.injects = {{SimTime{} + 60_s, PushConfig{one, {whole}, 3_s}}};
    Day day = played(plan, 64_s);
    CHECK(failing_now(day) == 1);
    plan.settings[0] = {.poll = 3_s, .missed = share_of(.25)};
    plan.injects = {{SimTime{} + 60_s, SetSetting{one, {whole}}}};
    Day some = played(plan, 600_s);
    const double deaf = 1 - failing_now(some);
    CHECK(deaf == Approx(.25).margin(.21));  // A binomial of 40: three sds.
    CHECK(deaf > 0);
    play_until(some, SimTime{} + 1800_s);
    CHECK(1 - failing_now(some) == Approx(deaf).margin(.02));  // For ever, if nothing happens.
    submit(some, Scale{{0}, 1});
    play_until(some, now(some) + 60_s);
    submit(some, Scale{{0}, 40});
    play_until(some, now(some) + 60_s);
    const double left = 1 - failing_now(some);
    CHECK(left <= 1.0 / 40 + .005);  // New processes read it when they boot; one was kept.
}

TEST_CASE("a process that boots in an outage runs on the fallback that its build has") {
    Change first = fails({one}), second = fails({two});
    first.fallback = Rule{whole};
    Blueprint plan = shop({first, second}, {Setting{}, Setting{.fallback = {}}});
    plan.services[0].instances = 20;
    plan.injects = {{SimTime{} + 60_s, SettingsDown{3000_s}}};
    Day day = played(plan, 120_s);
    CHECK(failing_now(day) == 0);  // Those who run keep what they saw.
    submit(day, SetFlag{one, {whole}});
    CHECK(refused(day).find("setting service is down") != std::string::npos);
    submit(day, Scale{{0}, 40});
    play_until(day, now(day) + 60_s);
    CHECK(failing_now(day) == Approx(.5).epsilon(.03));  // Twenty of forty.
}

TEST_CASE("a build that has removed a flag is on for ever; the build before it still listens") {
    Change guarded = fails({one});
    Change removal{.removes = one};
    const auto off = [&](std::vector<Change> changes) {
        Day day = played(shop(std::move(changes), {{.initially = {whole}}}), 60_s);
        submit(day, SetFlag{one, {}});
        play_until(day, now(day) + 60_s);
        return failing_now(day);
    };
    CHECK(off({guarded}) == 0);
    CHECK(off({guarded, removal}) == 1);
}

TEST_CASE("two changes that are well alone may fail where both are on") {
    Blueprint plan = shop({fails({one, two})}, {part(.5), part(1)});
    CHECK(failed_share(played(plan)) == Approx(.5).epsilon(.02));
    plan.settings[1] = {};
    CHECK(failed_share(played(plan)) == 0);
    // On for the one and off for the other.
    Change either = where(SettingIs{two, false});
    either.behind = {one};
    plan.builds[0].changes = {either};
    plan.settings[1] = part(.25);
    CHECK(failed_share(played(plan)) == Approx(.5 * .75).epsilon(.02));
    either.hides[0].when = {SettingIs{one, false}};  // The same flag on and off: never.
    plan.builds[0].changes = {either};
    CHECK(failed_share(played(plan)) == 0);
}

TEST_CASE("a dark change works and harms records, and users do not see it fail") {
    Defect defect{.slow = share_of(1.5), .fails = whole, .store = {0}, .damages = share_of(.5)};
    Blueprint plan = shop({{.hides = {defect}, .dark = true}});
    plan.stores = {Store{.records = 1'000'000}};
    plan.names.stores = {"orders"};
    plan.services[0].uses = {{0}};
    plan.cohorts[0].kinds = {RequestKind{whole, whole, whole, whole}};
    const Day day = played(plan);
    CHECK(failed_share(day) == 0);
    CHECK(day.world.services[0].pools[0].station.work_us == 150'000);
    const Outcome it = outcome(day);
    // Of about 240,000 new records half, and of those that reads write back none.
    CHECK(static_cast<double>(it.records[0].damaged) ==
          Approx(.5 * static_cast<double>(it.inserts)).epsilon(.02));
}

TEST_CASE("a flag tells when it is past its day, once, and touching it puts the day off") {
    Setting old{.age = 2'591'900_s};  // 30 days less 100 s.
    const auto told = [](const Day& day) {
        return std::ranges::count_if(day.belief.facts, [](const Occurrence& it) {
            return std::holds_alternative<FlagExpired>(it.fact);
        });
    };
    Day day = played(shop({}, {old}), 60_s);
    CHECK(told(day) == 0);
    Day touched = day;
    play_until(day, SimTime{} + 1800_s);
    CHECK(told(day) == 1);
    submit(touched, SetFlag{one, {whole}});
    play_until(touched, SimTime{} + 1800_s);
    CHECK(told(touched) == 0);
    old.age = 9'999'999_s;
    CHECK(told(played(shop({}, {old}), 120_s)) == 1);
    old.expires.reset();
    CHECK(told(played(shop({}, {old}), 120_s)) == 0);
}

TEST_CASE("revert_config takes the last change back, then the one before; or one flag's") {
    Blueprint plan = shop({}, {part(.1), part(.2), part(.3)});
    plan.injects = {{SimTime{} + 30_s, PushConfig{{0}, {whole}, 3_s}},
                    {SimTime{} + 30_s, PushConfig{{1}, {whole}, 3_s}}};
    Day day = played(plan, 60_s);
    const auto value = [&](std::uint32_t row) {
        return day.world.settings[row].back().rule.value.value_or(none);
    };
    submit(day, SetFlag{{2}, {}});
    play_until(day, now(day) + 1_s);
    submit(day, SetFlag{{0}, {share_of(.5)}});
    CHECK((value(0) == share_of(.5) && value(1) == whole && value(2) == none));
    SECTION("step by step") {
        submit(day, RevertConfig{});
        CHECK((value(0) == whole && value(2) == none));
        submit(day, RevertConfig{});
        CHECK(value(2) == share_of(.3));
        submit(day, RevertConfig{});  // What was pushed at one instant is one change.
        CHECK((value(0) == share_of(.1) && value(1) == share_of(.2)));
        submit(day, RevertConfig{});
        CHECK(refused(day).find("nothing to take back") != std::string::npos);
    }
    SECTION("one flag's") {
        submit(day, RevertConfig{SettingId{1}});
        CHECK((value(0) == share_of(.5) && value(1) == share_of(.2) && value(2) == none));
        submit(day, RevertConfig{SettingId{1}});
        CHECK_FALSE(refused(day).empty());
        submit(day, RevertConfig{SettingId{0}});
        submit(day, RevertConfig{SettingId{0}});
        CHECK(value(0) == share_of(.1));
    }
}

TEST_CASE("what was pushed in seconds is taken back in seconds, to whoever lives to hear it") {
    Blueprint plan = shop({fails({one})}, {{.poll = 1000_s}});
    plan.injects = {{SimTime{} + 60_s, PushConfig{one, {whole}, 3_s}}};
    Day day = played(plan, 120_s);
    submit(day, RevertConfig{});
    play_until(day, now(day) + 4_s);
    CHECK(failing_now(day) == 0);
}

TEST_CASE("off is for everybody: a rule that says off and names somebody is refused") {
    Day day = played(two_cohorts(shop({fails({one})})), 60_s);
    submit(day, SetFlag{one, {{}, {.ring = 1}}});
    CHECK(refused(day).find("off is off for everybody") != std::string::npos);
    Blueprint plan = shop({}, {{.initially = {whole, {}, 20}}});
    CHECK_FALSE(checked(plan));  // Twenty users of nobody knows what.
}

TEST_CASE("a process that reads its settings after the point of its crash never sees the fix") {
    const auto back = [](BootReads reads) {
        Change blank{.behind = {one},
                     .hides = {Defect{.crashes_at_boot = whole, .crashes_per_hour = 36'000}}};
        Blueprint plan = shop({blank}, {{.poll = 3_s}});
        plan.services[0].boot_reads = reads;
        plan.services[0].start = plan.services[0].probe = 1_s;
        Day day = played(plan, 60_s);
        submit(day, SetFlag{one, {whole}});
        play_until(day, SimTime{} + 180_s);
        CHECK(ready_of(day.world.services[0], {0}) == 0);  // e^-10 of 40 are left each second.
        submit(day, SetFlag{one, {}});
        play_until(day, SimTime{} + 900_s);
        const std::int64_t same = ready_of(day.world.services[0], {0});
        // A process that is new, not the same again, has nothing kept: it runs on the fallback.
        submit(day, Scale{{0}, 1});
        play_until(day, now(day) + 60_s);
        submit(day, Scale{{0}, 40});
        play_until(day, now(day) + 60_s);
        return std::pair{same, ready_of(day.world.services[0], {0})};
    };
    CHECK(back(BootReads::before) == std::pair{std::int64_t{40}, std::int64_t{40}});
    CHECK(back(BootReads::after) == std::pair{std::int64_t{0}, std::int64_t{39}});
}

TEST_CASE("a flag that guards nothing parts nobody and changes no draw") {
    Blueprint plan = shop({fails({two}, .3)}, {Setting{}, part(1)});
    Day day = played(plan, 60_s);
    Day other = day;
    submit(other, SetFlag{one, {share_of(.5)}});
    play_until(day, SimTime{} + 600_s);
    play_until(other, SimTime{} + 600_s);
    CHECK(lanes(other) == 1);
    CHECK(outcome(other).failed == outcome(day).failed);
    CHECK(outcome(other).user_minutes_impacted_ppm == outcome(day).user_minutes_impacted_ppm);
}

TEST_CASE("whatever rules come and go, every request is accounted for and every part is whole") {
    CHECK(rc::check("requests and users are conserved under any orders of flags", [] {
        Blueprint plan =
            two_cohorts(shop({fails({one}, .5), fails({two, {2}}), fails({{3}}, .2)},
                             {part(.3), part(.6), Setting{}, part(.5, Unit::request)}, 3));
        plan.settings[1].salt = plan.settings[2].salt = 1;
        plan.injects = {{SimTime{} + 40_s, Release{{1}, {0}}}};
        plan.builds[1].changes = plan.builds[0].changes;
        plan.services[0].start = 3_s;
        plan.services[0].max_unavailable = share_of(.25);
        plan.lasts = 200_s;
        Day day = start_day(sound(plan), *rc::gen::inRange<std::uint64_t>(1, 1000));
        for (int i = 0; i < 8; ++i) {
            play_until(day, now(day) + Duration{*rc::gen::inRange(100'000, 20'000'000)});
            const SettingId setting{*rc::gen::inRange<std::uint32_t>(0, 4)};
            const Share value{*rc::gen::inRange<std::int64_t>(0, 5) * 250'000};
            Rule rule{value == none ? std::optional<Share>{} : value};
            if (value > none && *rc::gen::inRange(0, 3) == 0) rule.named.ring = 1;
            if (*rc::gen::inRange(0, 4) == 0)
                submit(day, RevertConfig{});
            else
                submit(day, SetFlag{setting, rule});
            for (const CohortState& cohort : day.world.cohorts) {
                std::int64_t users = 0;
                for (const Slice& slice : cohort.slices) users += slice.users.ppm;
                RC_ASSERT(users == whole.ppm);
            }
            RC_ASSERT(lanes(day) <= rows_max);
        }
        play_until(day, day_end(day));
        (void)digest(day);  // Recounts every ring.
        const Outcome it = outcome(day);
        RC_ASSERT(it.offered == it.good + it.failed + it.refused + it.pending);
    }));
}

TEST_CASE("users whom a flag keeps apart stay apart at a new build, and its share goes by users") {
    Blueprint plan = shop({fails({one})}, {part(.25)}, 3);
    plan.builds[1].changes = plan.builds[0].changes;
    plan.plans[0].stages = {Stage{.kind = StageKind::canary, .share = share_of(.5)}};
    plan.injects = {{SimTime{} + 100_s, Release{{1}, {0}}}};
    Day day = played(plan, 300_s);
    REQUIRE(day.world.services[0].pools.size() == 2);
    CHECK(failing_now(day) == Approx(.25).epsilon(.05));
    for (const Pool& pool : day.world.services[0].pools) {
        CHECK(pool.station.lanes[0].fails == 0);
        CHECK(pool.station.lanes[1].fails == 1);
    }
    plan.builds[1].changes = {};  // Only who is at the old build and in the quarter: 1/8.
    Day half = played(plan, 300_s);
    CHECK(failing_now(half) == Approx(.125).epsilon(.06));
}
