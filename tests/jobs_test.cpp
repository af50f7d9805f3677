// Long jobs: how long they take, what a process that ends leaves of them, who can resume them, and
// what they send again.
#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <cmath>

#include "sim/world/fleet.h"
#include "tests/story.h"

using namespace rollcage;

namespace {

constexpr ServiceId mailer{0};
constexpr BuildId old_build{0}, new_build{1};
constexpr StoreId campaigns{0}, mails{1};

struct Office {
    SchemaKind kind = SchemaKind::retype;
    std::optional<SchemaVerdict> old_reader{};
    std::int64_t parts = 10, every = 1;
    Duration takes = 600_s;
    double jobs_per_second = 1;
    bool event_log = false, idempotent = false, behind_flag = false;
    Duration grace = 10_s;
    Share surge = whole, unavailable = none;
    bool released = true;
};

// Marketers put campaigns into a list of jobs; each sends 100 mails in every part. The new build
// goes out at once, and its checkpoints have another form.
Blueprint office(const Office& it) {
    Blueprint plan;
    plan.names = {
        {"marketers"},         {"mailer"}, {"1", "2"}, {{0}, {0}}, {"new form"}, {"usual"},
        {"campaigns", "mails"}};
    Service service;
    service.instances = 10;
    service.slots = 4;
    service.image_kb = 125'000;  // 5 s of a pull.
    service.start = 5_s;
    service.probe = {};
    service.grace = it.grace;
    service.max_surge = it.surge;
    service.max_unavailable = it.unavailable;
    service.uses = {campaigns};
    service.runs = {campaigns};
    plan.services = {service};
    plan.stores = {{.kind = StoreKind::jobs,
                    .takes = it.takes,
                    .parts = it.parts,
                    .checkpoint_every = it.every,
                    .at_once = 1'000,
                    .sends = mails,
                    .sends_per_part = 100,
                    .event_log = it.event_log},
                   {.kind = StoreKind::effects, .idempotent = it.idempotent}};
    plan.settings = {{.initially = {whole}, .poll = 2_s}};
    Change change{{}, {}, SchemaChange{campaigns, it.kind}};
    change.schema->old_reader = it.old_reader;
    if (it.behind_flag) change.behind = {SettingId{0}};
    plan.builds = {{mailer, {}}, {mailer, {change}}};
    Cohort marketers;
    marketers.users = 1'000;
    marketers.requests_per_minute = share_of(it.jobs_per_second * 60 / 1e3);
    marketers.patience.attempts = 1;
    marketers.patience.timeout = 4_s;
    marketers.kinds[0].writes = marketers.kinds[0].inserts = whole;
    plan.cohorts = {marketers};
    plan.plans = {Plan{}};
    if (it.released) plan.injects = {{SimTime{}, Release{new_build, {0}}}};
    plan.lasts = 3600_s * 4;
    plan.judged_after = {};
    return plan;
}

Day opened(const Office& it, std::uint64_t seed = 1) {
    return start_day(sound(office(it)), seed);
}
const JobList& jobs(const Day& day) {
    return day.world.stores[0].jobs;
}
const StoreAccounts& accounts(const Day& day, StoreId store = campaigns) {
    return day.world.stores[store.index].state.accounts;
}
std::int64_t running(const Day& day) {
    std::int64_t all = 0;
    for (const JobHolder& it : jobs(day).holders) all += it.at_work.total() + it.leaving.total();
    return all;
}
// Of the jobs that run, `measured` of each, summed.
template <class Measured>
std::int64_t over_running(const Day& day, const Measured& measured) {
    std::int64_t all = 0;
    for (const JobHolder& it : jobs(day).holders)
        for (const JobCounts* counts : {&it.at_work, &it.leaving})
            for (std::size_t row = 0; row < counts->counts.size(); ++row)
                all += counts->counts[row] * measured(counts->at(row));
    return all;
}
void wait(Day& day, Duration length) {
    play_until(day, now(day) + length);
}
void back(Day& day) {
    submit(day, Rollback{mailer, {}});
}
bool near(double found, double mean, double variance) {
    INFO("found " << found << ", expected " << mean);
    CHECK(std::abs(found - mean) <= 5 * std::sqrt(variance) + 1);
    return std::abs(found - mean) <= 5 * std::sqrt(variance) + 1;
}

}  // namespace

TEST_CASE("a job's parts follow one another, each as long as any other second says", "[jobs]") {
    // A part ends in a second with p = 1 - exp(-parts / takes); a job is done at its last.
    for (const std::int64_t parts : {1, 4, 16}) {
        Office it{.parts = parts, .takes = 320_s, .released = false};
        Blueprint plan = office(it);
        plan.stores[0].records = 8'000;
        plan.cohorts[0].users = 0;
        Day day = start_day(sound(plan), 3);
        const double p = 1 - std::exp(-static_cast<double>(parts) / 320);
        std::vector<double> at(static_cast<std::size_t>(parts) + 1, 0);
        at[0] = 1;
        advance(day, SimTime{} + 1_s);  // Taken up in the first second.
        wait(day, 1_s);
        const std::int64_t started = 1;
        for (std::int64_t second = started; second <= 600; ++second) {
            for (std::size_t part = at.size() - 1; part > 0; --part)
                at[part] += at[part - 1] * p, at[part - 1] -= at[part - 1] * p;
            if (second % 100 == 0) {
                play_until(day, SimTime{} + Duration{second * 1'000'000});
                const double share = at.back();
                INFO(parts << " parts, second " << second);
                near(static_cast<double>(accounts(day).finished), 8'000 * share,
                     8'000 * share * (1 - share));
            }
        }
    }
}

TEST_CASE("a rollback orphans what has a checkpoint that the old build rejects", "[jobs]") {
    // Everybody ends at once: what runs now in the new form is what is orphaned.
    Day day = opened({.grace = {}, .surge = none, .unavailable = whole});
    wait(day, 1800_s);
    REQUIRE(accounts(day).orphaned == 0);
    const std::int64_t with_checkpoint =
        over_running(day, [](const JobAt& at) { return at.form == Format::after; });
    REQUIRE(with_checkpoint > 300);
    back(day);
    wait(day, 300_s);
    CHECK(accounts(day).orphaned == with_checkpoint);
    CHECK(outcome(day).jobs_orphaned == with_checkpoint);
    CHECK(outcome(day).failed > 0);  // Nobody was there for a while.
}

TEST_CASE("drained first, or with the writer off first, a rollback orphans nothing", "[jobs]") {
    SECTION("paused until what runs is done") {
        Day day = opened({});
        wait(day, 1800_s);
        submit(day, PauseConsumers{campaigns, true});
        wait(day, 2400_s);
        CHECK(running(day) == 0);
        CHECK(jobs(day).waiting.total() > 2'000);
        back(day);
        wait(day, 300_s);
        submit(day, PauseConsumers{campaigns, false});
        wait(day, 1800_s);
        CHECK(accounts(day).orphaned == 0);
        CHECK(accounts(day, mails).copies == 0);
    }
    SECTION("the flag off until every job has written another checkpoint") {
        Day day = opened({.behind_flag = true});
        wait(day, 1800_s);
        submit(day, SetFlag{{0}, {}});
        wait(day, 900_s);  // Fifteen times the mean of a part.
        back(day);
        wait(day, 1800_s);
        CHECK(accounts(day).orphaned == 0);
    }
    SECTION("processes that may finish what they run") {
        Day day = opened({.takes = 60_s, .grace = 900_s});
        wait(day, 1800_s);
        back(day);
        wait(day, 2400_s);
        CHECK(accounts(day).orphaned == 0);
        CHECK(ready_of(day.world.services[0], old_build) == 10);
        Day hasty = opened({.takes = 60_s, .grace = 1_s});
        wait(hasty, 1800_s);
        back(hasty);
        wait(hasty, 2400_s);
        CHECK(accounts(hasty).orphaned > 0);
    }
    SECTION("a reader that understands") {
        Day day = opened({.kind = SchemaKind::remove_optional});
        wait(day, 1800_s);
        back(day);
        wait(day, 1800_s);
        CHECK(accounts(day).orphaned == 0);
    }
}

TEST_CASE("a process that ends cuts its jobs back: what they did since is sent again", "[jobs]") {
    for (const std::int64_t every : {1, 5, 10}) {
        INFO("a checkpoint after " << every << " parts");
        Office it{.every = every, .grace = {}, .surge = none, .unavailable = whole};
        it.released = false;
        Blueprint plan = office(it);
        plan.builds[1].changes.clear();  // Another build of the same form.
        plan.injects = {{SimTime{} + 1800_s, Release{new_build, {0}}}};
        Day day = start_day(sound(plan), 2);
        play_until(day, SimTime{} + 1799_s);
        wait(day, 1_s);  // To the release, which ends every process.
        Day undisturbed = start_day(sound([&] {
                                        Blueprint calm = plan;
                                        calm.injects.clear();
                                        return calm;
                                    }()),
                                    2);
        play_until(undisturbed, SimTime{} + 1799_s);
        const std::int64_t redone =
            over_running(undisturbed, [&](const JobAt& at) { return at.done % every; });
        wait(day, 7200_s);
        CHECK(accounts(day).orphaned == 0);
        CHECK(accounts(day, mails).copies == redone * 100);
        CHECK((every == 1) == (redone == 0));
        // Of finished jobs every part was sent once, and those under way have sent what they did.
        const std::int64_t under_way = over_running(day, [](const JobAt& at) { return at.ever; });
        CHECK(accounts(day, mails).accepted == (accounts(day).finished * 10 + under_way) * 100);
    }
}

TEST_CASE("orphans go on from their checkpoint with a list, and from the start without", "[jobs]") {
    struct Row {
        bool event_log, idempotent, forward;
    };
    for (const auto& [event_log, idempotent, forward] :
         {Row{false, false, false}, Row{true, false, false}, Row{false, true, false},
          Row{false, false, true}}) {
        INFO("log " << event_log << ", keyed " << idempotent << ", forward " << forward);
        Office it{.event_log = event_log, .idempotent = idempotent};
        Blueprint plan = office(it);
        if (forward) plan.injects.push_back({SimTime{} + 3600_s, Release{new_build, {0}}});
        Day day = start_day(sound(plan), 1);
        wait(day, 1800_s);
        back(day);
        wait(day, 2100_s);
        const std::int64_t orphaned = accounts(day).orphaned;
        REQUIRE(orphaned > 100);
        std::int64_t parts_done = 0;
        const JobCounts& list = jobs(day).orphans;
        for (std::size_t row = 0; row < list.counts.size(); ++row)
            parts_done += list.counts[row] * list.at(row).ever;
        const std::int64_t before = accounts(day, mails).copies;
        submit(day, Repair{campaigns});
        wait(day, 5400_s);
        CHECK(accounts(day).orphaned == 0);
        CHECK(accounts(day).repaired == orphaned);
        const bool sends_again = !event_log && !idempotent && !forward;
        CHECK(accounts(day, mails).copies - before == (sends_again ? parts_done * 100 : 0));
    }
}

TEST_CASE("resumed by a reader that misreads, a job goes on and sends the wrong thing", "[jobs]") {
    Day day = opened({.kind = SchemaKind::new_enum_value,
                      .old_reader = SchemaVerdict::misread,
                      .grace = {},
                      .surge = none,
                      .unavailable = whole});
    wait(day, 1800_s);
    back(day);
    wait(day, 3600_s);
    const auto damaged = [&](StoreId store) {
        std::int64_t rows = 0;
        for (const auto& form : day.world.stores[store.index].state.stored)
            rows += form[static_cast<std::size_t>(Health::damaged)];
        return rows;
    };
    CHECK(accounts(day).orphaned == 0);
    CHECK(damaged(mails) > 1'000);
    CHECK(damaged(campaigns) < 5);  // They are done.
}

TEST_CASE("no job goes missing, whatever happens to its processes", "[jobs]") {
    CHECK(rc::check("begun = finished + orphaned + waiting + running", [] {
        const auto small = [](std::int64_t below) {
            return *rc::gen::inRange<std::int64_t>(0, below);
        };
        const auto coin = [&] { return small(2) == 1; };
        Office it;
        it.kind = std::array{SchemaKind::retype, SchemaKind::rename_field, SchemaKind::add_required,
                             SchemaKind::remove_optional}[static_cast<std::size_t>(small(4))];
        it.parts = 1 + small(job_parts_max);
        it.every = 1 + small(it.parts);
        it.takes = Duration{(it.parts + small(300)) * 1'000'000};
        it.event_log = coin();
        it.idempotent = coin();
        it.behind_flag = coin();
        it.grace = Duration{small(60) * 1'000'000};
        it.jobs_per_second = static_cast<double>(1 + small(5));
        Blueprint plan = office(it);
        plan.services[0].max_unavailable = {small(1'000'001)};
        plan.stores[0].at_once = 1 + small(100);
        plan.stores[0].records = small(500);
        if (coin()) plan.builds[1].changes[0].hides = {{.crashes_per_hour = 20}};
        plan.injects[0].at = SimTime{Duration{small(200) * 1'000'000}.us};
        plan.injects.push_back({SimTime{} + 300_s, LoseZone{mailer, 1}});
        Day day = start_day(sound(plan), static_cast<std::uint64_t>(small(1'000'000)));
        const auto steps = 3 + small(10);
        for (std::int64_t step = 0; step < steps; ++step) {
            wait(day, Duration{(1 + small(200)) * 1'000'000});
            // What a change of flags has folded early is a job from the next second on.
            const StoreAccounts& sum = accounts(day);
            // A lossy reader runs on what is left of a job; its loss was counted.
            std::int64_t hollow = 0;
            for (const auto& form : day.world.stores[0].state.stored)
                hollow += form[static_cast<std::size_t>(Health::hollow)];
            RC_ASSERT(sum.accepted == sum.finished + sum.orphaned + running(day) +
                                          jobs(day).waiting.total() + sum.lost - hollow);
            RC_ASSERT(jobs(day).orphans.total() == sum.orphaned);
            if (it.idempotent) RC_ASSERT(accounts(day, mails).copies == 0);
            const std::array<Command, 8> any{
                Rollback{mailer, {}},
                Rollback{mailer, new_build},
                Halt{mailer},
                Resume{mailer},
                PauseConsumers{campaigns, coin()},
                Repair{campaigns},
                SetFlag{{0}, {coin() ? std::optional{whole} : std::nullopt}},
                Scale{mailer, 1 + small(20)}};
            submit(day, any[static_cast<std::size_t>(small(8))]);
        }
    }));
}

TEST_CASE("a store of jobs that cannot be is refused and says why", "[jobs]") {
    const auto why = [](const auto& spoil) {
        Blueprint plan = office({});
        spoil(plan);
        const auto answer = checked(plan);
        return answer ? std::string() : answer.error().message;
    };
    using B = Blueprint&;
    CHECK(why([](B) {}).empty());
    CHECK(why([](B it) { it.stores[0].parts = 17; }).find("1 to 16 parts") != std::string::npos);
    CHECK(why([](B it) { it.stores[0].checkpoint_every = 11; }).find("checkpoint") !=
          std::string::npos);
    CHECK(why([](B it) { it.stores[0].takes = 9_s; }).find("10s or more") != std::string::npos);
    CHECK(why([](B it) { it.stores[0].sends = campaigns; }).find("effects") != std::string::npos);
    CHECK(why([](B it) { it.stores[0].lives = 60_s; }).find("do not expire") != std::string::npos);
    CHECK(why([](B it) { it.services[0].runs = {mails}; }).find("kind is jobs") !=
          std::string::npos);
}
