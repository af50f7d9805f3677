#include <catch2/catch.hpp>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "scenarios/play/branch.h"
#include "scenarios/play/compare.h"
#include "scenarios/play/fresh_life.h"
#include "scenarios/play/outcome_keys.h"
#include "scenarios/play/recording.h"
#include "tests/test_folder.h"

using namespace rollcage;

namespace {

const char* lesson = ROLLCAGE_SOURCE_DIR "/scenarios/lessons/slow_lorry.lua";

std::string recorded_day(const std::string& path, const std::string& actor = "rollback") {
    const Choices choices{.seed = 3, .knobs = {}, .plan = std::nullopt};
    const auto scenario = load_scenario(lesson, choices);
    REQUIRE(scenario);
    const SimTime until{1'800'000'000};
    auto recorder =
        Recorder::open(path, {"test", scenario->name, choices, actor, until, scenario->sources});
    REQUIRE(recorder);
    const auto& names = scenario->blueprint->names;
    const auto life =
        play_life(*scenario, actor, 3, until,
                  {[&](const GivenOrder& it) { recorder->order(it); },
                   [&](const Occurrence& it) { recorder->fact(transcript_line(it, names)); }});
    REQUIRE(life);
    REQUIRE(recorder->finish(life->outcome, life->digest));
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("a moment is read as a clock or as a length") {
    CHECK(parse_moment("90s")->us == 90'000'000);
    CHECK(parse_moment("00:03:25.500")->us == 205'500'000);
    for (const char* wrong : {"", "5", "s", "5x", "1:2:3", "00:99:00", "00:03:25.5x0"})
        CHECK_FALSE(parse_moment(wrong));
}

TEST_CASE("a recording replays to the same orders, facts and digest") {
    const TestFolder scratch;
    const std::string path = scratch.file("play_recording.drill");
    const auto recording = parse_recording(recorded_day(path));
    REQUIRE(recording);
    const auto result = verify(*recording);
    REQUIRE(result);
    INFO(result->difference);
    CHECK(result->same);
}

TEST_CASE("a damaged line of a recording is an error or a difference, never a crash") {
    const TestFolder scratch;
    const std::string path = scratch.file("play_damaged.drill");
    const std::string sound = recorded_day(path);
    for (std::size_t at = 0; at < sound.size(); at = sound.find('\n', at) + 1) {
        std::string text = sound;
        text.insert(at, "%");
        INFO(text.substr(at, text.find('\n', at) - at));
        const auto damaged = parse_recording(text);
        REQUIRE_FALSE(damaged);
        CHECK_THAT(damaged.error().message, Catch::Contains("line") && Catch::Contains("expected"));
    }
}

TEST_CASE("what people said is kept with the day, and an expectation with its order") {
    const TestFolder scratch;
    const std::string path = scratch.file("play_remarks.drill");
    const auto scenario = load_scenario(lesson, {});
    REQUIRE(scenario);
    auto recorder =
        Recorder::open(path, {"test", scenario->name, {}, player, {}, scenario->sources});
    REQUIRE(recorder);
    recorder->remark({SimTime{60'000'001}, RemarkKind::note, "Ana: Lee", "two\nlines"});
    recorder->remark({SimTime{90'000'000}, RemarkKind::expectation, "ana", "errors fall: all"});
    recorder->order({SimTime{90'000'000}, "freeze checkout", true});
    recorder->order({SimTime{90'000'000}, "shed lorry share=40%"});
    recorder->order({SimTime{90'000'000}, "shed lorry share=50%"});
    recorder->remark({SimTime{95'000'000}, RemarkKind::hint, "", ""});
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    const auto read = parse_recording(text.str());
    REQUIRE(read);
    REQUIRE(read->remarks.size() == 3);
    const Remark &note = read->remarks[0], &expected = read->remarks[1], &hint = read->remarks[2];
    CHECK(note.at == SimTime{60'000'001});
    CHECK(note.who == "Ana  Lee");
    CHECK(note.text == "two lines");
    CHECK_FALSE(note.order);
    CHECK(expected.kind == RemarkKind::expectation);
    CHECK(expected.text == "errors fall: all");
    CHECK(expected.order == 1);  // Not the machine's.
    CHECK(hint.who == "somebody");
    CHECK(hint.text.empty());
    for (const char* damaged : {"remark 00:01:00 note ana", "remark 00:01:00 nod ana: x",
                                "remark ana note: x", "remark 00:01:00 note : x"})
        CHECK_FALSE(parse_recording(text.str() + damaged + "\n"));
}

// What a facilitator adds is as if the file had had it, and what is withheld as if it had not.
TEST_CASE("a facilitator's act makes the day that a file with it would make") {
    const std::string opens =
        "local d = scenario { title = \"t\", lasts = \"1h\", judged_after = 0 }\n"
        "local s = d.service { \"shop\", serves = d.cohort { \"people\", users = 600 }, instances "
        "= 8 }\n";
    const std::string slow = "d.at(\"20m\", slow { service = s, by = 9, lasts = \"5m\" }";
    const auto life = [&](const std::string& text, const Choices& choices) {
        const auto scenario = load_scenario({{"t", text}}, choices);
        if (!scenario) FAIL(scenario.error().message);
        const auto played = play_life(*scenario, "nothing", 1);
        REQUIRE(played);
        return *played;
    };
    const SimTime asked{600'000'000}, comes{1'200'000'000};
    Choices added, withheld;
    added.acts.push_back({.done = asked, .at = comes, .inject = "slow shop by=9 lasts=5m"});
    withheld.acts.push_back({.done = asked, .withholds = 0});
    const Life declared = life(opens + slow + ", { expected = \"they shed\" })\n", {});
    CHECK(hex(life(opens, added).digest) == hex(declared.digest));
    const Life calm = life(opens, {}), kept = life(opens + slow + ")\n", withheld);
    CHECK(outcome_line(kept.outcome) == outcome_line(calm.outcome));
    CHECK(outcome_line(declared.outcome) != outcome_line(calm.outcome));
    const auto refused = [&](const Act& act, const char* why) {
        Choices choices;
        choices.acts.push_back(act);
        const auto scenario = load_scenario({{"t", opens + slow + ")\n"}}, choices);
        REQUIRE_FALSE(scenario);
        CHECK_THAT(scenario.error().message, Catch::Contains(why));
    };
    refused({.done = comes, .withholds = 0}, "has happened");
    refused({.done = asked, .withholds = 4}, "there is no inject 5");
    refused({.done = comes, .at = comes, .inject = "slow shop by=9"}, "after it was asked for");
    refused({.done = asked, .at = comes, .inject = "slow ship by=9"}, "shop");
}

TEST_CASE("a day with a facilitator's acts verifies, and so do its other lives") {
    const std::string text =
        "local d = scenario { title = \"t\", lasts = \"30m\", judged_after = 0 }\n"
        "d.role { \"commander\", brief = \"You decide.\" }\n"
        "d.hint { \"Look at the queue.\", at = \"10m\" }\n"
        "local s = d.service { \"shop\", serves = d.cohort { \"people\", users = 600 }, instances "
        "= 8 }\n"
        "d.at(\"5m\", slow { service = s, by = 9, lasts = \"5m\" }, { expected = \"shed\" })\n"
        "d.at(\"25m\", slow { service = s, by = 9, lasts = \"5m\" })\n";
    Choices choices;
    choices.acts.push_back({.done = SimTime{} + 6_min, .withholds = 1});
    choices.acts.push_back(
        {.done = SimTime{} + 6_min, .at = SimTime{} + 7_min, .inject = "slow shop by=3 lasts=2m"});
    const auto scenario = load_scenario({{"t", text}}, choices);
    if (!scenario) FAIL(scenario.error().message);
    CHECK(scenario->roles.front().name == "commander");
    CHECK(scenario->hints.front().text == "Look at the queue.");
    CHECK(scenario->expected == std::vector<std::string>{"shed", "", ""});
    const auto life = play_life(*scenario, "nothing", 1);
    REQUIRE(life);
    const TestFolder folder;
    const std::string path = folder.file("acts.drill");
    auto recorder = Recorder::open(path, {"test", "t", {}, "nothing", {}, scenario->sources});
    REQUIRE(recorder);
    const Names& names = scenario->blueprint->names;
    for (const Occurrence& it : life->facts) recorder->fact(transcript_line(it, names));
    for (const Act& it : choices.acts) recorder->act(it);
    REQUIRE(recorder->finish(life->outcome, life->digest));
    const auto read = read_recording(path);
    if (!read) FAIL(read.error().message);
    REQUIRE(read->head.choices.acts.size() == 2);
    const auto same = verify(*read);
    REQUIRE(same);
    INFO(same->difference);
    CHECK(same->same);
    const auto turned = branch(*read, {SimTime{} + 10_min, "scale shop instances=4"});
    REQUIRE(turned);
    CHECK(hex(turned->was.digest) == hex(life->digest));
}

TEST_CASE("a comparison is the same for one job and for two") {
    const auto scenario = load_scenario(lesson, {});
    REQUIRE(scenario);
    Contest contest;
    contest.sources = scenario->sources;
    contest.actors = {"nothing", "rollback"};
    contest.last_seed = 2;
    const auto one = compare(contest);
    contest.jobs = 2;
    const auto two = compare(contest);
    REQUIRE(one);
    REQUIRE(two);
    REQUIRE(one->pairs.size() == two->pairs.size());
    for (std::size_t i = 0; i < one->pairs.size(); ++i)
        CHECK(one->pairs[i].difference.mean_difference == two->pairs[i].difference.mean_difference);
}

TEST_CASE("an actor's life in a comparison is the one it has alone", "[slow]") {
    for (const char* name : {"slow_lorry", "black_friday_canary", "half_sent"}) {
        const std::string path =
            std::string{ROLLCAGE_SOURCE_DIR "/scenarios/lessons/"} + name + ".lua";
        const auto scenario = load_scenario(path, {});
        REQUIRE(scenario);
        Contest contest;
        contest.sources = scenario->sources;
        contest.actors = all_actors(*scenario);
        contest.first_seed = contest.last_seed = 3;
        const Choices alone_under{.seed = 3, .knobs = {}, .plan = std::nullopt};
        const auto together = compare(contest);
        REQUIRE(together);
        for (const ContestLife& life : together->lives) {
            const auto alone = load_and_play(scenario->sources, alone_under, life.actor);
            REQUIRE(alone);
            for (const std::string& key : outcome_keys()) {
                INFO(name << ", " << life.actor << ", " << key);
                CHECK(outcome_value(life.outcomes[0], key) ==
                      outcome_value(alone->life.outcome, key));
            }
        }
    }
}
