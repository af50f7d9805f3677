// Calls between builds: who understands whom, in which order to deploy and to roll back, and what
// is done twice.
#include <catch2/catch.hpp>

#include <cmath>

#include "sim/world/fleet.h"
#include "tests/story.h"

using namespace rollcage;

namespace {

constexpr std::array every_kind{SchemaKind::add_optional,    SchemaKind::add_required,
                                SchemaKind::remove_optional, SchemaKind::remove_required,
                                SchemaKind::rename_field,    SchemaKind::retype,
                                SchemaKind::new_enum_value,  SchemaKind::new_meaning};

constexpr ServiceId shop{0}, stock{1};
constexpr BuildId old_shop{0}, old_stock{1}, new_shop{2}, new_stock{3};
constexpr double per_second = 400;

// Four hundred requests a second to the shop, which asks the stock once for each; both have eight
// instances at a load of a fifth, and a build that holds the change. Nobody tries again.
Blueprint two_services(const SchemaChange& change) {
    Blueprint plan;
    plan.names = {{"shoppers"},         {"shop", "stock"}, {"1", "1", "2", "2"},
                  {{0}, {1}, {0}, {1}}, {"new form"},      {"everyone"}};
    Service service;
    service.instances = 8;
    service.slots = 10;
    service.work = 20_ms;
    service.start = 20_s;  // And a pull of 20 s.
    service.probe = {};
    service.grace = 5_s;
    plan.services = {service, service};
    plan.services[1].work = 10_ms;
    plan.services[0].calls = {{.to = stock}};
    plan.services[0].first_build = old_shop;
    plan.services[1].first_build = old_stock;
    plan.builds = {
        {shop, {}}, {stock, {}}, {shop, {{{}, {}, change}}}, {stock, {{{}, {}, change}}}};
    Cohort shoppers;
    shoppers.users = 100'000;
    shoppers.requests_per_minute = share_of(per_second * 60 / 1e5);
    shoppers.serves = shop;
    shoppers.patience.attempts = 1;
    shoppers.patience.timeout = 4_s;
    plan.cohorts = {shoppers};
    plan.plans = {Plan{}};
    plan.lasts = 3600_s;
    plan.judged_after = {};
    return plan;
}

SchemaChange change_of(SchemaKind kind, Carries on = Carries::requests) {
    SchemaChange change{.store = {}, .kind = kind};
    change.on = on;
    change.of = stock;
    return change;
}

double rejects(const SchemaChange& change, bool knows, Format format) {
    return verdict(change, knows, format) == SchemaVerdict::reject ? 1 : 0;
}

// Of ready processes, those that run the build.
double share_ready(const Day& day, ServiceId service, BuildId build) {
    const ServiceState& state = day.world.services[service.index];
    return static_cast<double>(ready_of(state, build)) / static_cast<double>(ready_in(state));
}

struct Window {
    double failed = 0, offered = 0;
    double share() const { return failed / offered; }
};
Window over(Day& day, Duration length) {
    const Outcome before = outcome(day);
    play_until(day, now(day) + length);
    const Outcome after = outcome(day);
    return {static_cast<double>(after.failed - before.failed),
            static_cast<double>(after.offered - before.offered)};
}
// Five sigma of a share that was counted over so many requests.
void check_share(const Window& found, double share) {
    INFO("found " << found.share() << ", derived " << share);
    CHECK(std::abs(found.share() - share) <= 5 * std::sqrt(share * (1 - share) / found.offered));
}

// The day on which one build goes out at once and the other after five minutes.
constexpr Duration apart = 300_s;
Day deployed(Blueprint plan, BuildId first, std::optional<BuildId> second = {},
             std::uint64_t seed = 5) {
    plan.injects = {{SimTime{}, Release{first, {0}}}};
    if (second) plan.injects.push_back({SimTime{} + apart, Release{*second, {0}}});
    return start_day(sound(std::move(plan)), seed);
}
ServiceId service_of(const Day& day, BuildId build) {
    return day.world.plan->builds[build.index].of;
}
// The release that begins now is halted while both builds are ready.
void mix(Day& day, BuildId build) {
    play_until(day, now(day) + 50_s);
    submit(day, Halt{service_of(day, build)});
    play_until(day, now(day) + 60_s);
    const double share = share_ready(day, service_of(day, build), build);
    REQUIRE(share > .1);
    REQUIRE(share < .9);
}
void finish_release(Day& day, BuildId build) {
    play_until(day, now(day) + apart);
    REQUIRE(share_ready(day, service_of(day, build), build) == 1);
}
void take_back(Day& day, ServiceId service) {
    submit(day, Rollback{service, {}});
    play_until(day, now(day) + 300_s);
}

}  // namespace

TEST_CASE("half-way through a deployment the failed share is the product of the shares", "[wire]") {
    for (const SchemaKind kind : every_kind)
        for (const Carries on : {Carries::requests, Carries::answers}) {
            const SchemaChange change = change_of(kind, on);
            INFO(name(kind) << (on == Carries::requests ? " of requests" : " of answers"));
            const double old_on_after = rejects(change, false, Format::after),
                         new_on_before = rejects(change, true, Format::before);
            const auto derived = [&](double shops, double stocks) {
                // Who writes: of requests the shop, of answers the stock.
                const double writers = on == Carries::requests ? shops : stocks;
                const double readers = on == Carries::requests ? stocks : shops;
                return writers * (1 - readers) * old_on_after +
                       (1 - writers) * readers * new_on_before;
            };
            for (const bool callee_first : {true, false}) {
                const BuildId first = callee_first ? new_stock : new_shop,
                              second = callee_first ? new_shop : new_stock;
                Day day = deployed(two_services(change), first, second, 7);
                INFO((callee_first ? "callee first" : "caller first"));
                mix(day, first);
                check_share(over(day, 60_s), derived(share_ready(day, shop, new_shop),
                                                     share_ready(day, stock, new_stock)));
                play_until(day, SimTime{} + apart);
                mix(day, second);
                check_share(over(day, 60_s), derived(share_ready(day, shop, new_shop),
                                                     share_ready(day, stock, new_stock)));
            }
        }
}

TEST_CASE("a call tried again says the same to another process", "[wire]") {
    for (const std::int64_t attempts : {1, 2, 3}) {
        Blueprint plan = two_services(change_of(SchemaKind::rename_field));
        plan.services[0].calls[0].attempts = attempts;
        Day day = deployed(plan, new_stock, new_shop);
        mix(day, new_stock);
        play_until(day, SimTime{} + apart);
        mix(day, new_shop);
        const double shops = share_ready(day, shop, new_shop),
                     stocks = share_ready(day, stock, new_stock);
        const auto tries = static_cast<double>(attempts);
        check_share(over(day, 120_s),
                    shops * std::pow(1 - stocks, tries) + (1 - shops) * std::pow(stocks, tries));
    }
    // A share of the users whose requests are in the new form fails whatever is tried.
    Blueprint plan = two_services(change_of(SchemaKind::retype));
    plan.services[0].calls[0].attempts = 3;
    plan.settings = {{.initially = {share_of(.05)}}};
    plan.builds[new_shop.index].changes[0].behind = {SettingId{0}};
    Day day = deployed(plan, new_shop);
    finish_release(day, new_shop);
    check_share(over(day, 120_s), .05);
}

TEST_CASE("a safe order of deployment is a safe order of rollback in reverse", "[wire]") {
    int only_callee_first = 0, only_caller_first = 0, never = 0, always = 0;
    for (const SchemaKind kind : every_kind)
        for (const Carries on : {Carries::requests, Carries::answers}) {
            const SchemaChange change = change_of(kind, on);
            INFO(name(kind) << (on == Carries::requests ? " of requests" : " of answers"));
            std::array<bool, 2> safe{};
            for (const bool callee_first : {false, true}) {
                const BuildId first = callee_first ? new_stock : new_shop,
                              second = callee_first ? new_shop : new_stock;
                Day day = deployed(two_services(change), first, second);
                finish_release(day, first);
                finish_release(day, second);
                const auto out = outcome(day).failed;
                Day wrong = day;
                take_back(day, callee_first ? shop : stock);
                take_back(day, callee_first ? stock : shop);
                const auto back = outcome(day).failed - out;
                CHECK((out == 0) == (back == 0));
                take_back(wrong, callee_first ? stock : shop);
                take_back(wrong, callee_first ? shop : stock);
                const auto forwards = outcome(wrong).failed - out;
                const bool reader_first = callee_first == (on == Carries::requests);
                safe[callee_first] = out == 0;
                CHECK((out == 0) == (rejects(change, reader_first,
                                             reader_first ? Format::before : Format::after) == 0));
                // In the same order back as out, the other verdict decides.
                CHECK((forwards == 0) ==
                      (rejects(change, !reader_first,
                               reader_first ? Format::after : Format::before) == 0));
            }
            only_callee_first += safe[1] && !safe[0];
            only_caller_first += safe[0] && !safe[1];
            never += !safe[0] && !safe[1];
            always += safe[0] && safe[1];
        }
    // One kind needs its writer first, three their reader, a rename has no order; requests and
    // answers turn it round.
    CHECK(only_callee_first == 4);
    CHECK(only_caller_first == 4);
    CHECK(never == 2);
    CHECK(always == 6);
}

TEST_CASE("who sends both forms can be deployed first where no order was safe", "[wire]") {
    SchemaChange change = change_of(SchemaKind::rename_field);
    change.sends_both = true;
    Day day = deployed(two_services(change), new_shop, new_stock);
    finish_release(day, new_shop);
    finish_release(day, new_stock);
    CHECK(outcome(day).failed == 0);
    Day other = deployed(two_services(change), new_stock);
    finish_release(other, new_stock);
    CHECK(outcome(other).failed > 0);
}

TEST_CASE("the flag turns the writer off, and either order of rollback is safe", "[wire]") {
    Blueprint plan = two_services(change_of(SchemaKind::retype));
    plan.settings = {{.initially = {whole}, .poll = 2_s}};
    plan.builds[new_shop.index].changes[0].behind = {SettingId{0}};
    Day day = deployed(plan, new_stock, new_shop);
    finish_release(day, new_stock);
    finish_release(day, new_shop);
    REQUIRE(outcome(day).failed == 0);
    Day hasty = day;
    take_back(hasty, stock);
    CHECK(outcome(hasty).failed > 10'000);
    submit(day, SetFlag{{0}, {}});
    play_until(day, now(day) + 5_s);
    take_back(day, stock);
    CHECK(outcome(day).failed == 0);
}

TEST_CASE("what a reader misreads on a call it writes down wrong, and a lossy one loses it",
          "[wire]") {
    struct Row {
        SchemaKind kind;
        Carries on;
    };
    for (const auto& [kind, on] : {Row{SchemaKind::new_meaning, Carries::requests},
                                   Row{SchemaKind::new_meaning, Carries::answers},
                                   Row{SchemaKind::add_optional, Carries::requests},
                                   Row{SchemaKind::add_optional, Carries::answers}}) {
        const bool requests = on == Carries::requests;
        INFO(name(kind) << (requests ? " of requests" : " of answers"));
        Blueprint plan = two_services(change_of(kind, on));
        plan.stores = {{.records = 0}, {.records = 0}};
        plan.names.stores = {"orders", "reservations"};
        plan.services[0].uses = {{0}};
        plan.services[1].uses = {{1}};
        plan.services[0].calls[0].writes = share_of(.5);
        plan.services[0].calls[0].inserts = whole;
        plan.cohorts[0].kinds[0].writes = plan.cohorts[0].kinds[0].inserts = whole;
        // The writer of the new form goes first; who reads it is old.
        Day day = deployed(plan, requests ? new_shop : new_stock);
        finish_release(day, requests ? new_shop : new_stock);
        const auto wrong = [&](std::size_t store) {
            const StoreState& state = day.world.stores[store].state;
            std::int64_t rows = state.accounts.lost;
            for (const auto& form : state.stored)
                rows += form[static_cast<std::size_t>(Health::damaged)];
            return rows;
        };
        const auto accepted = [&](std::size_t store) {
            return day.world.stores[store].state.accounts.accepted;
        };
        CHECK(outcome(day).failed == 0);
        const std::array<std::int64_t, 2> was{wrong(0), wrong(1)}, had{accepted(0), accepted(1)};
        play_until(day, now(day) + 100_s);
        const std::size_t reader = requests ? 1 : 0;
        CHECK(wrong(reader) - was[reader] == accepted(reader) - had[reader]);
        CHECK(wrong(1 - reader) == 0);
        CHECK(static_cast<double>(accepted(0) - had[0]) ==
              Approx(per_second * 100).margin(5 * std::sqrt(per_second * 100)));
        CHECK(static_cast<double>(accepted(1) - had[1]) ==
              Approx(per_second * 50).margin(5 * std::sqrt(per_second * 100)));
    }
}

TEST_CASE("a wire change that nobody on the wire holds, or two of them, is refused", "[wire]") {
    Blueprint plan = two_services(change_of(SchemaKind::retype));
    REQUIRE(checked(plan));
    Blueprint two = plan;
    two.builds[new_shop.index].changes[0].schema->kind = SchemaKind::add_required;
    CHECK(checked(two).error().message.find("two changes of form") != std::string::npos);
    Blueprint stranger = plan;
    stranger.services[0].calls.clear();
    CHECK(checked(stranger).error().message.find("neither answers nor makes") != std::string::npos);
}

namespace {

// One service whose every request writes one effect; each is done `work` after it is begun.
Blueprint sender(Duration work, std::int64_t attempts, bool idempotent) {
    Blueprint plan = corner_blueprint({.attempts = attempts, .slots = 800, .work = work});
    plan.injects.clear();
    plan.stores = {{.kind = StoreKind::effects, .idempotent = idempotent}};
    plan.names.stores = {"mails"};
    plan.services[0].uses = {{0}};
    plan.services[0].work_varies = false;
    plan.cohorts[0].kinds[0].writes = plan.cohorts[0].kinds[0].inserts = whole;
    plan.cohorts[0].requests_per_minute = share_of(100.0 * 60 / 1e6);
    return plan;
}

struct Effects {
    std::int64_t sent, doubled;
};
Effects effects(const Day& day, std::size_t store = 0) {
    const StoreAccounts& accounts = day.world.stores[store].state.accounts;
    return {accounts.accepted, accounts.copies};
}

}  // namespace

TEST_CASE("what is done after its client left is done again for each try, unless it is idempotent",
          "[wire]") {
    for (const std::int64_t attempts : {1, 2, 4}) {
        // Every try takes longer than the client waits.
        Day day = start_day(sound(sender(1500_ms, attempts, false)), 1);
        play_until(day, day_end(day));
        const Outcome sum = outcome(day);
        REQUIRE(sum.good == 0);
        // Of each request every try commits: the last alone is no surplus.
        CHECK(static_cast<double>(effects(day).sent) == Approx(sum.offered).epsilon(.02));
        CHECK(static_cast<double>(effects(day).doubled) ==
              Approx((attempts - 1) * sum.offered).epsilon(.02));
        Day keyed = start_day(sound(sender(1500_ms, attempts, true)), 1);
        play_until(keyed, day_end(keyed));
        CHECK(effects(keyed).doubled == 0);
        CHECK(effects(keyed).sent == effects(day).sent);
    }
    Day prompt = start_day(sound(sender(900_ms, 4, false)), 1);
    play_until(prompt, day_end(prompt));
    CHECK(effects(prompt).doubled == 0);
    CHECK(effects(prompt).sent == outcome(prompt).writes);
}

TEST_CASE("in a collapse dead work is done too: no piece of work goes uncounted", "[wire]") {
    Blueprint plan = corner_blueprint({.load = .6, .attempts = 4});
    plan.stores = {{.kind = StoreKind::effects, .idempotent = false}};
    plan.names.stores = {"mails"};
    plan.services[0].uses = {{0}};
    plan.cohorts[0].kinds[0].writes = plan.cohorts[0].kinds[0].inserts = whole;
    Day day = start_day(sound(plan), 1);
    std::int64_t served = 0;
    for (SimTime at{}; at <= day_end(day); at = at + day.world.tick_length) {
        while (day.world.ticks <=
               static_cast<std::uint64_t>((at - SimTime{}) / day.world.tick_length))
            advance(day, at);
        served += day.world.services[0].pools[0].own_served;
    }
    const Effects sent = effects(day);
    const Lane& lane = day.world.services[0].pools[0].station.lanes[0];
    std::int64_t late = 0;  // Done, and their clients still wait.
    for (std::size_t s = 0; s < lane.pushed.size(); ++s)
        late += lane.pushed[s] - lane.work[s] - lane.good[s];
    CHECK(sent.sent + sent.doubled + late == served);
    CHECK(sent.sent > outcome(day).good);
    CHECK(sent.doubled > sent.sent);  // Most of what a collapsed service does it does again.
    CHECK(sent.sent <= outcome(day).offered);
}

TEST_CASE("a call that is done too late is done again", "[wire]") {
    for (const bool idempotent : {false, true}) {
        Blueprint plan = two_services(change_of(SchemaKind::add_optional));
        plan.stores = {{.kind = StoreKind::effects, .idempotent = idempotent}};
        plan.names.stores = {"charges"};
        plan.services[1].uses = {{0}};
        plan.services[1].slots = 200;
        plan.services[1].work_varies = false;
        plan.services[1].work = 300_ms;
        plan.services[0].slots = 200;
        Call& call = plan.services[0].calls[0];
        call.timeout = 200_ms;
        call.attempts = 3;
        call.writes = call.inserts = whole;
        plan.lasts = 300_s;
        Day day = start_day(sound(plan), 1);
        play_until(day, day_end(day));
        const Outcome sum = outcome(day);
        CHECK(sum.good == 0);
        CHECK(static_cast<double>(effects(day).sent) == Approx(sum.offered).epsilon(.02));
        CHECK(static_cast<double>(effects(day).doubled) ==
              Approx(idempotent ? 0 : 2 * sum.offered).epsilon(.02));
    }
}

TEST_CASE("a request that is sent again makes its calls again", "[wire]") {
    // The bank charges, then the stock fails, so the shop's client tries again: three charges.
    for (const std::int64_t attempts : {1, 3}) {
        Blueprint plan = two_services(change_of(SchemaKind::add_optional));
        plan.names.services.push_back("bank");
        plan.names.builds.push_back("1");
        plan.names.build_of.push_back({2});
        plan.services.push_back(plan.services[1]);
        plan.services[2].first_build = {4};
        plan.builds.push_back({{2}, {}});
        plan.builds[old_stock.index].changes = {{{}, {{.fails = whole}}, {}}};
        plan.stores = {{.kind = StoreKind::effects, .idempotent = false}};
        plan.names.stores = {"charges"};
        plan.services[2].uses = {{0}};
        plan.services[0].calls.push_back({.to = {2}, .writes = whole, .inserts = whole});
        plan.cohorts[0].patience.attempts = attempts;
        plan.lasts = 600_s;
        Day day = start_day(sound(plan), 1);
        play_until(day, day_end(day));
        const Outcome sum = outcome(day);
        CHECK(sum.good == 0);
        CHECK(static_cast<double>(effects(day).sent) == Approx(sum.offered).epsilon(.02));
        CHECK(static_cast<double>(effects(day).doubled) ==
              Approx((attempts - 1) * sum.offered).epsilon(.02));
    }
}
