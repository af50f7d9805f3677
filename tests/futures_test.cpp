// Other futures of a day: the past stays, what is hidden stays, and only the order sets two apart.
#include <filesystem>

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "scenarios/play/futures.h"
#include "sim/world/path.h"
#include "sim/world/sieve.h"
#include "tests/test_folder.h"

using namespace rollcage;

namespace {

const std::string lessons = ROLLCAGE_SOURCE_DIR "/scenarios/lessons/";

Day day_of(const std::string& lesson, SimTime at) {
    const auto scenario = load_scenario(lessons + lesson + ".lua", Choices{});
    REQUIRE(scenario);
    Day day = start_day(scenario->blueprint, 1);
    while (now(day) < at) (void)advance(day, at);
    return day;
}

Digest played_out(Day day) {
    while (now(day) < day_end(day)) (void)advance(day, day_end(day));
    return digest(day);
}

}  // namespace

TEST_CASE("with its own draws a future is the day's own, with others it is another") {
    const Day day = day_of("new_colour", SimTime{} + 20_min);
    Day same = day, other = day;
    redraw(same, 1);
    redraw(other, 2);
    const Digest own = played_out(day);
    CHECK(played_out(same) == own);
    CHECK(played_out(other) != own);
    CHECK(facts_known(other).facts().size() == facts_known(day).facts().size());
}

TEST_CASE("who has heard of a setting has heard of it in every future") {
    Day day = day_of("new_colour", SimTime{} + 20_min);
    submit(day, *parse_command("set_flag teal off", day.world.plan->names));
    const SimTime at = SimTime{} + 20_min + 7_s;  // Half of those who poll have heard.
    while (now(day) < at) (void)advance(day, at);
    const auto at_work = [](const Day& it) {
        std::vector<double> all;
        for (const Pool& pool : it.world.services[0].pools) {
            const View view(it.world, 0, pool);
            for (const Change& change : view.build().changes) all.push_back(view.at_work(change));
        }
        return all;
    };
    const std::vector<double> was = at_work(day);
    REQUIRE(std::ranges::any_of(was, [](double it) { return it > 0 && it < 1; }));
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Day other = day;
        redraw(other, seed);
        CHECK(at_work(other) == was);
    }
}

TEST_CASE("what a stage can find is the day's truth; whether it does is its luck") {
    const Draw day{1}, other = day.otherwise(2);
    Trial trial = usual_trial(TrialKind::integration);
    Change change;
    change.hides.push_back(Defect{.rate = Share{5'000}, .fails = whole});
    int reached = 0, lucky = 0;
    for (std::uint32_t key = 1; key <= 400; ++key) {
        change.key = key;
        const Suspect suspect{.change = &change};
        const TrialRun run{.build = 1, .stage = 1, .run = 0};
        CHECK(within_reach(trial, suspect, day) == within_reach(trial, suspect, other));
        reached += within_reach(trial, suspect, day);
        lucky += exposes(trial, suspect, run, day) != exposes(trial, suspect, run, other);
    }
    CHECK(reached > 20);
    CHECK(lucky > 0);
}

TEST_CASE("branch --seeds: the order is all that sets two futures apart", "[slow]") {
    const TestFolder scratch;
    const std::string path = scratch.file("futures.drill");
    REQUIRE(ask("run " + lessons + "new_colour.lua --actor nothing --record " + path).code == 0);
    const std::string turn = "branch " + path + " --at 45m --do 'rollback checkout' ";
    const Answer told = ask(turn + "--seeds 4 --json");
    REQUIRE(told.code == 0);
    CHECK(ask(turn + "--seeds 4 --json --jobs 1").out == told.out);
    const auto damaged = nlohmann::json::parse(told.out)["measures"]["records.damaged"];
    const auto alone = nlohmann::json::parse(ask(turn + "--json").out);
    CHECK(damaged["turned"] == alone["is"]["outcome"]["records.damaged"]);
    CHECK(damaged["was"] == alone["was"]["outcome"]["records.damaged"]);
    for (std::size_t i = 0; i < 4; ++i)  // Rolling back is what damages, whatever the luck.
        CHECK(damaged["ordered"][i].get<double>() > 2 * damaged["without"][i].get<double>());
    CHECK(damaged["ordered"][0] == damaged["turned"]);  // The seed of the day itself.
    CHECK(damaged["ordered"][1] != damaged["ordered"][2]);
    CHECK_THAT(ask(turn + "--seeds 3").out, Catch::Contains("on 3 futures of the day"));
    for (const char* wrong :
         {"--seeds 0", "--family", "--seeds 2 --html x.html", "--seeds 2 --do 'halt checkout'"})
        CHECK(ask(turn + wrong).code == 2);
}
