// People: one attention each, runbooks of steps, practice, mistakes; and what they cost the day.
#include <catch2/catch.hpp>

#include "sim/act/actor.h"
#include "tests/measured.h"
#include "tests/shop.h"
#include "tests/story.h"

using namespace rollcage;

namespace {

constexpr Duration minutes(std::int64_t n) {
    return {n * 60'000'000};
}

// A corner whose new build is slow and released at one minute, with people as given.
Day peopled(const People& people, std::uint64_t seed = 1, BuiltIn actor = BuiltIn::nothing) {
    Corner corner;
    corner.released = true;
    corner.lasts = minutes(60);
    Blueprint plan = corner_blueprint(corner);
    plan.known.people = people;
    return start_day(sound(plan), seed, actor);
}

template <class Fact>
std::vector<std::pair<SimTime, Fact>> seen(const Day& day) {
    std::vector<std::pair<SimTime, Fact>> found;
    for (const Occurrence& it : day.belief.facts)
        if (const auto* fact = std::get_if<Fact>(&it.fact)) found.emplace_back(it.at, *fact);
    return found;
}

std::size_t place_of(const Command& command) {
    return command.index();
}

People practised(std::int64_t times) {
    People people;
    for (std::int64_t& it : people.practised) it = times;
    return people;
}

}  // namespace

TEST_CASE("an order given by a person acts when the steps before it are done, and not sooner") {
    Day day = peopled(People{});
    to(day, Duration{30'000'000});
    submit(day, Scale{{0}, 81}, By::person);
    to(day, minutes(2));
    const auto effects = seen<TookEffect>(day);
    REQUIRE(effects.size() == 1);
    // Confirm and act take 15 s each, and the route five more.
    CHECK(effects[0].first.us == 65'000'000);
}

TEST_CASE("one responder does one thing at a time, two do two") {
    const auto second_effect = [](std::int64_t responders) {
        People people;
        people.responders = responders;
        Day day = peopled(people);
        submit(day, Scale{{0}, 81}, By::person);
        submit(day, Shed{{0}, share_of(0.1)}, By::person);
        to(day, minutes(2));
        const auto effects = seen<TookEffect>(day);
        REQUIRE(effects.size() == 2);
        return std::max(effects[0].first, effects[1].first).us;
    };
    CHECK(second_effect(1) == 50'000'000);  // 30 s for the first, then 15, then the route.
    CHECK(second_effect(2) == 35'000'000);
}

TEST_CASE("the rollback runbook confirms, finds the build, acts, waits, verifies and notifies") {
    Day day = peopled(People{});
    to(day, minutes(2));
    submit(day, Rollback{{0}, std::nullopt}, By::person);
    to(day, minutes(30));
    std::vector<Step> steps;
    for (const auto& [at, step] : seen<StepEnded>(day)) {
        steps.push_back(step.step);
        CHECK(step.how == StepEnd::done);
    }
    CHECK(steps ==
          std::vector{Step::confirm, Step::find_stable, Step::wait, Step::verify, Step::notify});
    CHECK(seen<TookEffect>(day).size() == 1);
}

TEST_CASE("who waits for a rollout that does not end waits three minutes and no longer") {
    Corner corner;
    corner.released = true;
    corner.lasts = minutes(60);
    Blueprint plan = corner_blueprint(corner);
    plan.services[0].start = minutes(10);  // The old build takes as long to begin.
    Day day = start_day(sound(plan), 1);
    to(day, minutes(20));
    submit(day, Rollback{{0}, std::nullopt}, By::person);
    to(day, minutes(60));
    SimTime acted{};
    for (const auto& [at, effect] : seen<TookEffect>(day)) acted = at;
    bool waited = false;
    for (const auto& [at, step] : seen<StepEnded>(day)) {
        if (step.step != Step::wait) continue;
        waited = true;
        CHECK(step.how == StepEnd::too_long);
        CHECK(at - acted == minutes(3));
    }
    CHECK(waited);
}

// .74^6 and .997^6 of HEART's generic tasks.
TEST_CASE("six steps never practised go well one time in six, with a runbook nearly always",
          "[measured]") {
    const auto clean = [](std::int64_t practice) {
        int count = 0;
        constexpr int tries = 4000;
        for (std::uint64_t seed = 0; seed < tries; ++seed) {
            const Draw draw{seed};
            const Runbook runbook = runbook_of(Rollback{});
            REQUIRE(runbook.size() == 6);
            bool all = true;
            for (std::uint32_t step = 0; step < 6; ++step)
                all &= end_of({&draw, 2, 0, step, 0}, practice_of(practice), runbook[step].step) ==
                       StepEnd::done;
            count += all;
        }
        return static_cast<double>(count) / tries;
    };
    const double never = clean(0), written = clean(1);
    CHECK(never == Approx(0.164).margin(0.02));
    CHECK(written == Approx(0.982).margin(0.007));
    measured("six steps never practised, clean", "HEART, level B", .164, ".02", never);
    measured("six steps by a runbook, clean", "HEART, level F", .982, ".007", written);
    CHECK(clean(3) > 0.995);
}

TEST_CASE("practice makes people faster and surer, and is earned in the day too", "[slow]") {
    const auto took = [](std::int64_t practice, std::uint64_t seed) {
        Day day = peopled(practised(practice), seed);
        to(day, minutes(5));
        submit(day, Rollback{{0}, std::nullopt}, By::person);
        to(day, minutes(60));
        for (const auto& [at, effect] : seen<TookEffect>(day))
            if (place_of(effect.command) == place_of(Rollback{})) return (at - SimTime{}).us;
        return std::int64_t{3'600'000'000};
    };
    double never = 0, once = 0, often = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        never += static_cast<double>(took(0, seed));
        once += static_cast<double>(took(1, seed));
        often += static_cast<double>(took(3, seed));
    }
    CHECK(never > once);
    CHECK(once > often);
    CHECK(practice_of(0 + 3).error == practice_of(3).error);
}

TEST_CASE("a wrong target is really acted on, and only who verifies finds out") {
    // Two services, so that there is another one to hit; nobody has ever done this.
    int wrong = 0, noticed = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        Blueprint plan = corner_blueprint({});
        Service other = plan.services[0];
        other.first_build = BuildId{2};
        plan.services.push_back(other);
        plan.names.services.push_back("other");
        plan.builds.push_back(Build{{1}, {}});
        plan.names.builds.push_back("1.0");
        plan.names.build_of.push_back({1});
        plan.injects.clear();
        plan.known.people = practised(0);
        Day day = start_day(sound(plan), seed);
        submit(day, SwitchRoute{{0}}, By::person);  // Refused wherever: what counts is which.
        submit(day, Scale{{0}, 81}, By::person);
        to(day, Duration{400'000'000});
        for (const auto& [at, effect] : seen<TookEffect>(day)) {
            const auto* scale = std::get_if<Scale>(&effect.command);
            if (scale == nullptr || scale->service == ServiceId{0}) continue;
            ++wrong;
            CHECK(day.world.services[1].wanted == 81);
        }
        for (const auto& [at, step] : seen<StepEnded>(day))
            noticed += step.how == StepEnd::wrong_target;
    }
    // One step in four goes wrong, one such in five to another target: five in a hundred.
    CHECK(wrong > 5);
    CHECK(wrong < 30);
    CHECK(noticed == 0);  // Nobody verifies a scale.
}

TEST_CASE("a slow responder is as slow in every strategy") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        std::vector<std::int64_t> first_orders;
        for (const BuiltIn actor : {BuiltIn::halt, BuiltIn::rollback, BuiltIn::shed}) {
            Day day = peopled(People{}, seed, actor);
            to(day, minutes(60));
            const auto ordered = seen<Ordered>(day);
            REQUIRE(!ordered.empty());
            first_orders.push_back(ordered[0].first.us);
        }
        CHECK(first_orders[0] == first_orders[1]);
        CHECK(first_orders[0] == first_orders[2]);
    }
}

TEST_CASE("thinking takes its medians, and half the people longer") {
    int longer = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed)
        longer += thinking(Draw{seed}, People{}, Thinking::decide, 0) > People{}.decides;
    CHECK(longer > 900);
    CHECK(longer < 1100);
}

TEST_CASE("the first page is answered when somebody comes to it, orders after it wait") {
    People people;
    people.acknowledges = minutes(10);
    Day day = peopled(people);
    to(day, minutes(4));
    const auto alerts = seen<AlertFired>(day);
    REQUIRE(!alerts.empty());
    submit(day, Shed{{0}, share_of(0.5)}, By::person);
    to(day, minutes(55));
    const Duration away = thinking(day.world.draw, people, Thinking::acknowledge, 0);
    const auto effects = seen<TookEffect>(day);
    REQUIRE(effects.size() == 1);
    CHECK(effects[0].first >= alerts[0].first + away);
}

TEST_CASE("until the first page is answered two people do no more than one") {
    People people;
    people.acknowledges = minutes(10);
    people.responders = 2;
    Day day = peopled(people);
    to(day, minutes(4));
    const auto alerts = seen<AlertFired>(day);
    REQUIRE(!alerts.empty());
    submit(day, Shed{{0}, share_of(0.5)}, By::person);
    to(day, minutes(55));
    const Duration away = thinking(day.world.draw, people, Thinking::acknowledge, 0);
    REQUIRE(!seen<TookEffect>(day).empty());
    CHECK(seen<TookEffect>(day)[0].first >= alerts[0].first + away);
}

TEST_CASE("a built-in actor whose idea has nothing to work on is not applicable") {
    const Blueprint plan = *sound(corner_blueprint({}));
    CHECK(!not_applicable(BuiltIn::rollback, plan.known));
    CHECK(!not_applicable(BuiltIn::nothing, plan.known));
    for (const BuiltIn actor : {BuiltIn::flag_off, BuiltIn::revert_config, BuiltIn::switch_back,
                                BuiltIn::forward, BuiltIn::halt_forward, BuiltIn::rollback_forward,
                                BuiltIn::migrate_down, BuiltIn::restore})
        CHECK(not_applicable(actor, plan.known));
}

TEST_CASE("no actor: people change nothing") {
    People slow;
    slow.acknowledges = minutes(30);
    slow.responders = 5;
    Day one = peopled(People{}), other = peopled(slow);
    to(one, minutes(60));
    to(other, minutes(60));
    CHECK(one.world.flow == other.world.flow);
}
