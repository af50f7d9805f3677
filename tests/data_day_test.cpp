// Stores in a day: what losing, restoring and rejecting them does to requests, users and callees.
#include <cmath>

#include <catch2/catch.hpp>

#include "tests/story.h"

using namespace rollcage;

namespace {

// 8 requests a second, 30 % of which write, all of them into one table.
Blueprint shop_with(Store store) {
    Blueprint plan = corner_blueprint({.load = .01, .attempts = 1, .slow = 1, .lasts = 7'200_s});
    plan.injects.clear();
    plan.tick = 250_ms;
    plan.cohorts[0].patience.timeout = 4_s;  // Nobody is late for the length of the work alone.
    plan.cohorts[0].users = 240;
    plan.cohorts[0].requests_per_minute = share_of(2);
    plan.cohorts[0].kinds = {{.writes = share_of(.3), .inserts = share_of(.5)}};
    plan.stores = {store};
    plan.names.stores = {"orders"};
    plan.services[0].uses = {{0}};
    return plan;
}

Store table(std::int64_t records = 100'000) {
    return {.records = records,
            .size_mb = 60'000,
            .cut_over = 300_s,
            .backup_good = whole,
            .last_backup = {}};
}

// A second build whose change the first does not know.
void knows(Blueprint& plan, SchemaKind kind) {
    SchemaChange change{{0}, kind};
    change.old_reader = SchemaVerdict::reject;
    plan.builds[1].changes = {Change{{}, {}, change}};
}

void play_to(Day& day, Duration since_start) {
    play_until(day, SimTime{} + since_start);
}

void order_at(Day& day, Duration since_start, const Command& command) {
    play_to(day, since_start);
    submit(day, command);
}

const StoreState& state_of(const Day& day, std::size_t store = 0) {
    return day.world.stores[store].state;
}

std::int64_t rows(const Day& day) {
    std::int64_t all = 0;
    for (const auto& form : state_of(day).stored)
        for (const std::int64_t count : form) all += count;
    return all;
}

template <class Known>
const Occurrence* first(const Day& day) {
    for (const Occurrence& it : day.belief.facts)
        if (std::holds_alternative<Known>(it.fact)) return &it;
    return nullptr;
}

std::int64_t failed_between(Day& day, Duration from, Duration until) {
    play_to(day, from);
    const std::int64_t before = outcome(day).failed;
    play_to(day, until);
    return outcome(day).failed - before;
}

bool near(std::int64_t count, double mean) {  // Five standard deviations of a count.
    return std::abs(static_cast<double>(count) - mean) < 5 * std::sqrt(mean) + 1;
}

}  // namespace

TEST_CASE("what uses a store fails while its primary is lost, until a replica serves") {
    Store replicated = table();
    replicated.replicas = 1;
    Blueprint plan = shop_with(replicated);
    plan.injects = {{SimTime{} + 600_s, LosePrimary{{0}, 1'800_s}}};
    Day waiting = start_day(sound(plan), 1);
    CHECK(failed_between(waiting, 0_s, 599_s) == 0);
    CHECK(near(failed_between(waiting, 599_s, 2'400_s), 1'800 * 8));
    CHECK(failed_between(waiting, 2'402_s, 3'000_s) == 0);

    Day day = start_day(sound(plan), 1);
    order_at(day, 660_s, Failover{{0}});
    CHECK(near(failed_between(day, 661_s, 720_s), 59 * 8));
    CHECK(failed_between(day, 722_s, 1'800_s) == 0);
    REQUIRE(first<FailedOver>(day));
    CHECK(first<FailedOver>(day)->at == SimTime{} + 720_s);
    order_at(day, 1'800_s, Failover{{0}});
    CHECK(first<Refused>(day)->at == SimTime{} + 1'800_s);
    // The old primary is back with the writes of the second in which it was lost.
    order_at(day, 2'410_s, Repair{{0}});
    play_to(day, 2'420_s);
    CHECK(state_of(day).replicas == 1);
}

TEST_CASE("what a failover strands is what the slow replica had not applied") {
    Store replicated = table();
    replicated.replicas = 1;
    replicated.applies_per_second = 10;
    Blueprint plan = shop_with(replicated);
    plan.injects = {{SimTime{} + 600_s, SlowReplica{{0}, share_of(.1), 1'200_s}},
                    {SimTime{} + 1'200_s, LosePrimary{{0}, 600_s}}};
    Day day = start_day(sound(plan), 1);
    play_to(day, 1'200_s);
    // 2.4 writes a second are accepted, 1 is applied.
    const std::int64_t lag = lag_rows(state_of(day));
    CHECK(static_cast<double>(lag) == Approx(600 * 1.4).epsilon(.15));
    REQUIRE(first<ReplicaBehind>(day));
    order_at(day, 1'210_s, Failover{{0}});
    play_to(day, 1'300_s);
    const auto* told = first<FailedOver>(day);
    REQUIRE(told);
    CHECK(std::get<FailedOver>(told->fact).stranded == state_of(day).accounts.stranded);
    CHECK(std::abs(state_of(day).accounts.stranded - lag) <
          20);  // The last second; rows hit twice.

    Day merged = day, back = day;
    order_at(merged, 1'900_s, Repair{{0}});
    play_to(merged, 2'000_s);
    CHECK(state_of(merged).accounts.lost == 0);
    CHECK(state_of(merged).accounts.stranded == state_of(merged).accounts.by_hand);
    CHECK(first<RepairEnded>(merged));
    const std::int64_t accepted = state_of(back).accounts.accepted;
    order_at(back, 1'900_s, Failback{{0}});
    play_to(back, 1'900_s);
    const std::int64_t since = state_of(back).accounts.accepted - accepted;
    play_to(back, 2'000_s);
    CHECK(state_of(back).accounts.stranded == 0);
    REQUIRE(first<FailedBack>(back));
    CHECK(state_of(back).accounts.undone ==
          std::get<FailedBack>(first<FailedBack>(back)->fact).undone);
    CHECK(state_of(back).accounts.lost >= since);
}

TEST_CASE("a slow replica holds a backfill up until it can follow again") {
    Store replicated = table();
    replicated.replicas = 1;
    replicated.applies_per_second = 1'200;
    Blueprint plan = shop_with(replicated);
    knows(plan, SchemaKind::retype);
    plan.injects = {{SimTime{} + 10_s, MigrateStep{{0}}},
                    {SimTime{} + 11_s, MigrateStep{{0}}},
                    {SimTime{} + 20_s, SlowReplica{{0}, share_of(.05), 300_s}}};
    Day day = start_day(sound(plan), 1);
    const auto filled = [&] {
        std::int64_t all = 0;
        for (const std::int64_t count : state_of(day).stored[2]) all += count;
        return all;
    };
    play_to(day, 19_s);
    const std::int64_t before = filled();
    CHECK(before >= 7'000);
    play_to(day, 310_s);
    // What a twentieth of the rate lets through; a chunk goes whenever lag is below 1.5 s.
    CHECK(filled() - before < 290 * 60 + 3'000);
    CHECK(filled() - before > 290 * 30);
    play_to(day, 600_s);
    CHECK(filled() > 99'000);
    CHECK_FALSE(first<ReplicaBehind>(day));  // Seventeen seconds are no news.
}

TEST_CASE("bad backups are found out when one is tried") {
    Blueprint plan = shop_with(table());
    plan.injects = {{SimTime{}, BadBackup{{0}}}};
    Day day = start_day(sound(plan), 1);
    order_at(day, 1'200_s, Restore{{0}, 60_s, {}, false});
    play_to(day, 1'600_s);
    const auto* told = first<StoreTurned>(day);
    REQUIRE(told);
    CHECK(told->at == SimTime{} + 1'500_s);
    CHECK(std::get<StoreTurned>(told->fact).change == StoreChange::restore_failed);
    CHECK(state_of(day).accounts.undone == 0);
    CHECK(near(outcome(day).failed, 300 * 8));
}

TEST_CASE("a restore in place fails what comes and loses what came; what was sent stays sent") {
    Blueprint plan = shop_with(table());
    plan.stores.push_back({.kind = StoreKind::effects});
    plan.names.stores.push_back("mails");
    plan.services[0].uses.push_back({1});
    Day day = start_day(sound(plan), 1), aside = day;
    for (Day* it : {&day, &aside}) {
        play_to(*it, 3'600_s);
        CHECK(outcome(*it).failed == 0);
    }
    const std::int64_t writes = outcome(day).writes;
    play_to(day, 1'800_s);
    const std::int64_t sent = state_of(day, 1).accounts.accepted;
    submit(day, Restore{{0}, 1'200_s, {}, false});
    submit(aside, Restore{{0}, {}, 2'400_s, true});
    // 60 GB at 200 MB/s, a fifth of the 20 minutes since the base backup, the cut-over.
    constexpr Duration in_place = 300_s + 240_s + 300_s;
    const auto* restored = [&] {
        play_to(day, 3'600_s + in_place + 1_s);
        return first<Restored>(day);
    }();
    REQUIRE(restored);
    CHECK(restored->at == SimTime{} + 3'600_s + in_place);
    CHECK(near(outcome(day).failed, in_place.seconds() * 8));
    CHECK(near(state_of(day).accounts.undone, 2'400 * 8 * .3));
    CHECK(state_of(day).accounts.undone < writes);
    CHECK(state_of(day, 1).accounts.accepted >= sent);
    CHECK(near(outcome(day).effects_unmatched, 2'400 * 8 * .3));
    CHECK(state_of(day, 1).accounts.lost == 0);
    const std::int64_t failed = outcome(day).failed;
    play_to(day, 7'000_s);
    CHECK(outcome(day).failed == failed);

    play_to(aside, 7'000_s);
    CHECK(outcome(aside).failed == 0);
    CHECK(outcome(aside).effects_unmatched == 0);
    CHECK(state_of(aside).accounts.undone == 0);
    CHECK(first<StoreTurned>(aside)->at == SimTime{} + 3'600_s + 540_s);
}

TEST_CASE("orders on copies that cannot be carried out say why") {
    Blueprint plan = shop_with(table());
    plan.stores.push_back({.kind = StoreKind::effects});
    plan.names.stores.push_back("mails");
    Day day = start_day(sound(plan), 1);
    play_to(day, 1'200_s);
    for (const Command& command : std::initializer_list<Command>{
             Failover{{0}}, Failback{{0}}, Restore{{0}, {}, {}, false},
             Restore{{0}, 60_s, 600_s, false}, Restore{{0}, 1'000_s, {}, false},
             Restore{{0}, {}, 100'000_s, false}, Restore{{1}, 60_s, {}, true}}) {
        const std::size_t known = day.belief.facts.size();
        submit(day, command);
        REQUIRE(day.belief.facts.size() == known + 2);
        const Occurrence& answer = day.belief.facts.back();
        REQUIRE(std::holds_alternative<Refused>(answer.fact));
        CHECK_FALSE(answer.words.empty());
    }
    submit(day, Restore{{0}, 60_s, {}, false});
    CHECK(std::holds_alternative<TookEffect>(day.belief.facts.back().fact));
}

TEST_CASE("who reads a damaged record is a user impacted, though the answer says good") {
    // Nothing is written any more after the first tenth of an hour; hot is nothing special.
    Blueprint plan = shop_with(table(10'000));
    plan.stores[0].hot = none;
    plan.cohorts[0].kinds[0].writes = none;
    Day day = start_day(sound(plan), 1);
    Population& stored = day.world.stores[0].state.stored;
    stored[0][static_cast<std::size_t>(Health::damaged)] = 1'000;
    stored[0][static_cast<std::size_t>(Health::sound)] -= 1'000;
    play_to(day, 7'200_s);
    const double reads = static_cast<double>(outcome(day).good);
    CHECK(near(outcome(day).misled, reads * .1));
    CHECK(outcome(day).failed == 0);
    // Two requests a minute: 1 - .9^2 of the users in each of 120 minutes. The last is not folded.
    CHECK(static_cast<double>(outcome(day).user_minutes_impacted_ppm) * 1e-6 ==
          Approx(240 * .19 * 119.5).epsilon(.05));
}

TEST_CASE("what is recent at the start is what an hour of this demand leaves") {
    Blueprint plan = shop_with(table());
    plan.cohorts[0].kinds[0].inserts = whole;
    Day day = start_day(sound(plan), 1);
    const auto recent = [&] {
        std::int64_t rows = 0;
        for (const auto& form : state_of(day).recent)
            for (const std::int64_t count : form) rows += count;
        return rows;
    };
    CHECK(recent() == 8 * 3'600 * 3 / 10);
    play_to(day, 7'200_s);  // As many age as are born.
    CHECK(near(recent(), 8 * 3'600 * .3));
}

TEST_CASE("who is logged out logs in again, with more work, and has a session") {
    Blueprint plan = shop_with({.kind = StoreKind::session,
                                .records = 5'000,
                                .hot = none,
                                .writes_back = none,
                                .login_work = share_of(6)});
    plan.cohorts[0].patience.timeout = 1_s;
    plan.cohorts[0].kinds[0].writes = none;
    Day day = start_day(sound(plan), 1);
    CHECK(day.world.plan->cohorts[0].kinds.size() == 2);
    play_to(day, 600_s);
    CHECK(day.world.ledger[1].fresh == 0);
    // Every session is of a form that nobody reads any more.
    SchemaChange change{{0}, SchemaKind::retype};
    Blueprint changed = *day.world.plan;
    changed.builds[1].changes = {Change{{}, {}, change}};
    day.world.plan = sound(changed);
    day.world.schemas[0] = schema_of(*day.world.plan, StoreId{0});
    StoreState& sessions = day.world.stores[0].state;
    sessions.stored[1] = sessions.stored[0];
    sessions.stored[0].fill(0);
    sessions.recent = {};
    play_to(day, 1'200_s);
    const StoreAccounts& a = sessions.accounts;
    // Each of some 4,800 reads hits one of 5,000 sessions, old or begun since.
    CHECK(near(a.logged_out, 5'000 * (1 - std::exp(-4'800.0 / 5'000))));
    CHECK(outcome(day).logged_out == a.logged_out);
    CHECK(day.world.ledger[1].fresh + day.world.cohorts[0].logins_due == a.logged_out + a.misses);
    // A login is .6 s of exponential work: some miss the second, and ask again with the next
    // request.
    const Account& logins = day.world.ledger[1];
    CHECK(static_cast<double>(logins.failed) ==
          Approx(static_cast<double>(logins.fresh) * std::exp(-1 / .6)).epsilon(.15));
    const std::int64_t begun = a.accepted - 5'000;
    CHECK(std::abs(begun - logins.good) < 20);
    CHECK(near(a.logged_out, static_cast<double>(begun) + static_cast<double>(5'000 - rows(day))));
    CHECK(mean_of(day, Measure::busy_ppm, 600_s) > 1.3 * .01 * 1e6);
}

TEST_CASE("sessions that expire are begun again by who comes back, at the pace at which they do") {
    Blueprint plan = shop_with({.kind = StoreKind::session, .records = 1'000, .lives = 600_s});
    plan.cohorts[0].kinds[0].writes = none;
    plan.services[0].work = 10_ms;
    Day day = start_day(sound(plan), 1);
    play_to(day, 7'200_s);
    // Of 1,000 users each asks every 125 s; a session lives for 600: 600 / 725 have one.
    CHECK(static_cast<double>(rows(day)) == Approx(1'000 * 600.0 / 725).epsilon(.06));
    CHECK(outcome(day).logged_out == 0);
}

TEST_CASE("a cache that a build cannot read calls what it protects for every lookup") {
    Blueprint plan = corner_blueprint({.load = .1, .attempts = 1, .slow = 1, .lasts = 1'200_s});
    plan.cohorts[0].users = 2'400;
    plan.cohorts[0].requests_per_minute = share_of(2);
    plan.names.services.push_back("prices");
    plan.names.builds.push_back("1.0");
    plan.names.build_of.push_back({1});
    plan.builds.push_back(Build{{1}, {}});
    plan.services.push_back(plan.services[0]);
    plan.services[1].first_build = {2};
    plan.stores = {{.kind = StoreKind::cache, .records = 1'000, .hot = none}};
    plan.names.stores = {"quotes"};
    plan.services[0].uses = {{0}};
    plan.services[0].calls = {Call{.to = {1}, .cached_in = StoreId{0}}};
    plan.injects.clear();
    knows(plan, SchemaKind::retype);
    plan.builds[1].of = {0};
    Day day = start_day(sound(plan), 1);
    const auto calls = [&](Duration until) {
        std::int64_t all = 0;
        while (now(day) < SimTime{} + until) {
            play_until(day, now(day) + day.world.tick_length);
            all += day.world.services[0].pools[0].edges[0].placed;
        }
        return all;
    };
    CHECK(calls(300_s) == 0);
    StoreState& quotes = day.world.stores[0].state;
    quotes.stored[1] = quotes.stored[0];
    quotes.stored[0].fill(0);
    // 80 lookups a second fill the thousand again: after t seconds exp(-t x 80 / 1000) are unread.
    const std::int64_t misses = calls(600_s);
    // Paths are found once a second.
    CHECK(near(misses, 80 / (1 - std::exp(-.08))));
    CHECK(near(calls(900_s), 0));
    plan.services[0].uses.clear();
    CHECK_FALSE(checked(plan));
}

TEST_CASE("a reconciliation by night or on order says what damage there is") {
    Blueprint plan = shop_with(table());
    plan.lasts = 14'400_s;
    Day day = start_day(sound(plan), 1);
    play_to(day, 600_s);
    Population& stored = day.world.stores[0].state.stored;
    stored[0][static_cast<std::size_t>(Health::damaged)] += 77;
    stored[0][static_cast<std::size_t>(Health::sound)] -= 77;
    submit(day, Reconcile{{0}});
    submit(day, Reconcile{{0}});
    CHECK(std::holds_alternative<Refused>(day.belief.facts.back().fact));
    play_to(day, 1'801_s);
    const auto* said = first<Reconciled>(day);
    REQUIRE(said);
    CHECK(said->at == SimTime{} + 1'800_s);
    CHECK(std::get<Reconciled>(said->fact).damaged == 77);
    play_to(day, 14'000_s);
    CHECK(day.belief.facts.back().at == SimTime{} + 12'000_s);
    CHECK(std::holds_alternative<Reconciled>(day.belief.facts.back().fact));
}

TEST_CASE("a fork of a day with copies under way goes on as the day does") {
    Store replicated = table();
    replicated.replicas = 1;
    replicated.applies_per_second = 2;
    Blueprint plan = shop_with(replicated);
    plan.injects = {{SimTime{} + 900_s, LosePrimary{{0}, 700_s}}};
    Day day = start_day(sound(plan), 3);
    order_at(day, 910_s, Failover{{0}});
    play_to(day, 1'000_s);
    Day fork = day;
    for (Day* it : {&day, &fork}) {
        order_at(*it, 1'700_s, Repair{{0}});
        order_at(*it, 1'800_s, Restore{{0}, 1'200_s, {}, true});
        play_to(*it, 7'200_s);
    }
    CHECK(digest(day) == digest(fork));
}
