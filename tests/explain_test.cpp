// What is called a cause: against the same day without it, and against what the day itself counted.
#include <cstdlib>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "scenarios/play/causes.h"
#include "scenarios/play/change_walk.h"
#include "scenarios/play/outcome_keys.h"
#include "scenarios/play/response.h"
#include "tests/test_folder.h"

using namespace rollcage;

namespace {

Recording recorded(const std::string& lesson, const std::string& actor, std::uint64_t seed = 1,
                   std::optional<SimTime> until = {}) {
    Recording recording;
    recording.head.choices.seed = seed;
    recording.head.actor = actor;
    recording.head.until = until;
    const std::string path = ROLLCAGE_SOURCE_DIR "/scenarios/lessons/" + lesson + ".lua";
    const auto scenario = load_scenario(path, recording.head.choices);
    REQUIRE(scenario);
    recording.head.sources = scenario->sources;
    const auto life = play_life(*scenario, actor, seed, until);
    REQUIRE(life);
    recording.orders = life->orders;
    return recording;
}

ButFor days_of(const Recording& recording) {
    const auto day = but_for(recording, {.jobs = 2});
    REQUIRE(day);
    REQUIRE_FALSE(day->interrupted);
    return *day;
}

const Without& without(const ButFor& day, const std::string& what) {
    for (const Without& it : day.without)
        if (it.what.text == what) return it;
    FAIL("nothing that was done is " << what);
    std::abort();
}

double figure(const Life& life, const std::string& key) {
    return outcome_value(life.outcome, key).value();
}

std::size_t first_of(const Life& life, const std::string& words, const Names& names) {
    for (std::size_t i = 0; i < life.facts.size(); ++i)
        if (headline(life.facts[i], names).find(words) != std::string::npos) return i;
    FAIL("no fact says " << words);
    return 0;
}

}  // namespace

TEST_CASE("what draws have to do with a day is told by the same day on other draws") {
    const Recording recording = recorded("slow_lorry", "shed", 2, SimTime{} + 1_h);
    const ButFor day = days_of(recording);
    const Names& names = day.scenario.blueprint->names;
    REQUIRE(day.redrawn.size() == 20);
    std::size_t as_it_was = 0;
    for (const Life& it : day.redrawn) {
        as_it_was += it.digest == day.was.digest;
        CHECK(figure(it, "requests.offered") ==
              Approx(figure(day.was, "requests.offered")).epsilon(.01));
    }
    CHECK(as_it_was == 0);
    // The order is given when it is given; how many are turned away is up to who comes.
    std::vector<SimTime> ordered;
    for (const auto& it : why(day, first_of(day.was, "shed", names)).redrawn)
        if (it) ordered.push_back(*it);
    REQUIRE(ordered.size() == 20);
    CHECK(std::ranges::minmax(ordered).min == std::ranges::minmax(ordered).max);
    std::vector<double> refused;
    for (const Life& it : day.redrawn) refused.push_back(figure(it, "requests.refused"));
    CHECK(std::ranges::min(refused) > 0);
    CHECK(std::ranges::min(refused) < std::ranges::max(refused));
}

// What is left out of a script's orders is left out of a day that is otherwise the same.
TEST_CASE("a script's orders alone make the day it had", "[slow]") {
    for (const auto& [lesson, actor] : {std::pair{"new_colour", "rollback_late"},
                                        {"new_colour", "rollback"},
                                        {"half_a_column", "rollback"},
                                        {"slow_lorry", "shed"},
                                        {"silent_cents", "rollback"},
                                        {"it_came_back", "rollback"},
                                        {"black_friday_canary", "rollback"}}) {
        INFO(lesson << ", " << actor);
        const Recording recording = recorded(lesson, actor, 1, SimTime{} + 2_h);
        const auto scenario = load_scenario(recording.head.sources, recording.head.choices);
        REQUIRE(scenario);
        const auto own = play_life(*scenario, actor, 1, recording.head.until);
        const auto ordered =
            play_player(*scenario, player_of(orders_of(recording), scenario->blueprint->names), 1,
                        recording.head.until);
        REQUIRE(own);
        REQUIRE(ordered);
        CHECK(own->digest == ordered->digest);
    }
}

TEST_CASE("a cause is what the day is another without") {
    const ButFor day = days_of(recorded("new_colour", "rollback_late"));
    const Names& names = day.scenario.blueprint->names;
    const Without& release = without(day, "release 1.5.0 plan=usual");
    const Without& hides = without(day, "what \"orders may be teal\" hides");
    const Without& form = without(day, "the new form of \"orders may be teal\"");
    const Without& rollback = without(day, "rollback checkout");
    // No release, no trouble; the other change of that build hides nothing and is none of them.
    CHECK(figure(release.life, "records.damaged") == 0);
    CHECK(figure(hides.life, "users.minutes_impacted") < figure(day.was, "users.minutes_impacted"));
    CHECK(day.without.size() == 4);
    // The new form alone does nothing; the old build that comes back misreads it.
    CHECK(figure(rollback.life, "records.damaged") < figure(day.was, "records.damaged"));
    CHECK(figure(form.life, "records.damaged") < figure(day.was, "records.damaged"));
    const std::size_t alert = first_of(day.was, "complained", names);
    const FactWhy because = why(day, alert);
    const SimTime then = day.was.facts[alert].at;
    for (std::size_t i = 0; i < day.without.size(); ++i) {
        INFO(day.without[i].what.text);
        if (&day.without[i] == &release)
            CHECK_FALSE(because.at[i]);
        else if (&day.without[i] == &hides)
            CHECK(*because.at[i] > then);  // Of the old build, and later.
        else if (&day.without[i] == &rollback)
            CHECK(*because.at[i] == then);  // It came afterwards.
    }
    // An effect came of its order, and that of nobody knows what: trouble was known, and is named.
    const std::size_t effect = first_of(day.was, "in effect: rollback", names);
    const auto order = why(day, effect).after;
    REQUIRE(order);
    CHECK(std::holds_alternative<Ordered>(day.was.facts[*order].fact));
    const auto seen = why(day, *order).after;
    REQUIRE(seen);
    CHECK(tells_of_trouble(day.was.facts[*seen].fact));
}

TEST_CASE("a fact is the same in two lives whatever its figures are, and as often before") {
    const Recording recording = recorded("new_colour", "rollback_late");
    const ButFor day = days_of(recording);
    const Names& names = day.scenario.blueprint->names;
    for (std::size_t i = 0; i < day.was.facts.size(); ++i)
        CHECK(same_fact(day.was, day.was, i, names) == day.was.facts[i].at);
    CHECK_FALSE(same_fact(day.was, Life{}, 0, names));
}

TEST_CASE("what attempts met adds up to the errors that were scraped", "[slow]") {
    for (const auto& [lesson, actor] : {std::pair{"new_colour", "rollback_late"},
                                        {"honest_rollback", "nothing"},
                                        {"half_a_column", "rollback"}}) {
        INFO(lesson << ", " << actor);
        const Recording recording = recorded(lesson, actor);
        const auto scenario = load_scenario(recording.head.sources, recording.head.choices);
        REQUIRE(scenario);
        const auto truth = truth_of(*scenario, orders_of(recording), 1, {});
        const auto day = watch(*scenario, orders_of(recording), 1, {}, [](const Day&) {});
        REQUIRE(truth);
        REQUIRE(day);
        double met = 0, errors = 0;
        for (const Met& it : truth->met)
            if (it.why != Met::Why::too_late) met += it.attempts;
        for (const auto& of : day->belief.columns.of_service)
            for (const std::int64_t it : of[static_cast<std::size_t>(Measure::errors)])
                errors += static_cast<double>(it);
        REQUIRE(errors > 1000);
        CHECK(met == Approx(errors).epsilon(0.1));
        std::int64_t damaged = 0, counted = 0;
        for (const Spoilt& it : truth->spoilt)
            if (it.how <= Spoilt::How::spoiled) damaged += it.records;
        for (const Kept& it : day->world.stores)
            counted += it.state.accounts.born_damaged + it.state.accounts.overwritten +
                       it.state.accounts.spoiled;
        CHECK(damaged == counted);
    }
}

TEST_CASE("after a late rollback the old build is who cannot read, and who spoils") {
    const Recording recording = recorded("new_colour", "rollback_late");
    const auto scenario = load_scenario(recording.head.sources, recording.head.choices);
    REQUIRE(scenario);
    const auto truth = truth_of(*scenario, orders_of(recording), 1, {});
    REQUIRE(truth);
    const auto spoilt = std::ranges::find(truth->spoilt, Spoilt::How::spoiled, &Spoilt::how);
    REQUIRE(spoilt != truth->spoilt.end());
    CHECK(spoilt->records > 0);
    std::vector<std::string> builds;
    for (const BuildId it : spoilt->at_it)
        builds.push_back(scenario->blueprint->names.builds[it.index]);
    CHECK(builds == std::vector<std::string>{"1.4.1"});
    for (const Met& it : truth->met) {
        CHECK(it.why == Met::Why::defect);
        CHECK(scenario->blueprint->names.builds[it.build.index] == "1.5.0");
    }
}

TEST_CASE("the time of a response is the time between its ends, part by part") {
    const Recording recording = recorded("new_colour", "rollback_late");
    const auto scenario = load_scenario(recording.head.sources, recording.head.choices);
    REQUIRE(scenario);
    const auto response = response_times(*scenario, orders_of(recording), 1, {});
    REQUIRE(response);
    REQUIRE(response->orders.size() == 1);
    const OrderTimes& it = response->orders[0];
    REQUIRE(it.took_effect);
    REQUIRE(it.done);
    CHECK(it.given == SimTime{} + 45_min);
    CHECK(*response->known < it.given);
    CHECK(it.booted > Duration{});  // "15s" of a start.
    const Duration parts = it.tested + it.pulled + it.booted + it.in_waves + it.propagated;
    const Duration all = *it.done - *it.took_effect;
    CHECK(std::abs(parts.us - all.us) <= (2_s).us);

    const auto flag =
        response_times(*scenario, orders_of(recorded("new_colour", "switch_off")), 1, {});
    REQUIRE(flag);
    REQUIRE(flag->orders.size() == 1);
    CHECK(flag->orders[0].propagated > Duration{});  // Processes poll.
    CHECK(flag->orders[0].booted == Duration{});
}

TEST_CASE("a change is followed through its stages to its users") {
    const auto walk = [](const std::string& actor, const std::string& change) {
        const Recording recording = recorded("green_staging", actor);
        const auto scenario = load_scenario(recording.head.sources, recording.head.choices);
        REQUIRE(scenario);
        return walk_change(*scenario, orders_of(recording), 1, {}, change);
    };
    const auto trusted = walk("trust_green", "vouchers");
    REQUIRE(trusted);
    REQUIRE(trusted->reached.size() == 1);
    CHECK(trusted->reached[0].most == whole);
    std::vector<Overlooked> all;
    for (const WalkStep& it : trusted->steps)
        all.insert(all.end(), it.stage.begin(), it.stage.end());
    REQUIRE(all.size() == 2);  // Unit tests and staging.
    CHECK(all[0].because == Overlooked::Because::out_of_reach);
    CHECK(all[1].because == Overlooked::Because::drift);
    CHECK_FALSE(all[1].difference.empty());
    const auto refreshed = walk("refresh_first", "vouchers");
    REQUIRE(refreshed);
    CHECK(refreshed->reached.empty());
    CHECK(refreshed->steps.back().stage.back().because == Overlooked::Because::found);
    const auto wrong = walk("trust_green", "voucher");
    REQUIRE_FALSE(wrong);
    CHECK_THAT(wrong.error().message, Catch::Contains("did you mean \"vouchers\"?"));
}

TEST_CASE("explain answers for the day, a fact, a figure, a change and the time", "[slow]") {
    const TestFolder scratch;
    const std::string path = scratch.file("explain.drill");
    REQUIRE(ask("run " ROLLCAGE_SOURCE_DIR "/scenarios/lessons/new_colour.lua --actor "
                "rollback_late --record " +
                path)
                .code == 0);
    const auto explained = [&](const std::string& what) {
        const Answer answer = ask("explain " + path + " " + what);
        INFO(what);
        CHECK(answer.code == 0);
        CHECK(ask("explain " + path + " --jobs 1 " + what).out == answer.out);
        return answer.out;
    };
    CHECK_THAT(
        explained(""),
        Catch::Contains("orders: records damaged by being read wrong and written back, by") &&
            Catch::Contains("records.damaged was"));
    CHECK_THAT(explained("records.damaged"), Catch::Contains("00:45:00  rollback checkout: "));
    CHECK_THAT(explained("complained"), Catch::Contains("It would never have come without") &&
                                            Catch::Contains("00:10:00  release 1.5.0 plan=usual"));
    CHECK_THAT(explained("--time"), Catch::Contains("detect") && Catch::Contains("boot"));
    CHECK_THAT(explained("--change 'orders may be teal'"),
               Catch::Contains("the flag teal, which is in front of it"));
    for (const char* what : {"", "1", "records.damaged", "--time", "--change 'faster totals'"})
        CHECK(nlohmann::json::parse(explained(std::string{"--json "} + what))["format"] == 1);
    for (const char* wrong : {"0", "99999", "nobody-said-so", "--change nothing", "1 --time"})
        CHECK(ask("explain " + path + " " + wrong).code == 2);
    CHECK(ask("explain " + path + ".gone").code == 2);
}
