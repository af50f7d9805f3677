#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/test_folder.h"

namespace {

const std::string lesson = ROLLCAGE_SOURCE_DIR "/scenarios/lessons/slow_lorry.lua";

}  // namespace

TEST_CASE("run --json has every key of the contract and nothing else on standard output") {
    const Answer answer = ask("run " + lesson + " --actor nothing --json");
    const auto json = nlohmann::json::parse(answer.out, nullptr, false);
    REQUIRE(json.is_object());
    for (const char* key : {"format", "rollcage", "scenario", "seed", "actor", "plan", "knobs",
                            "digest", "ended_s", "status", "verdict", "outcome", "expectations"})
        CHECK(json.contains(key));
    for (const char* path :
         {"/requests/offered", "/requests/pending", "/users/share_exposed_ever",
          "/users/share_exposed_peak", "/budget/burned_share", "/records", "/jobs/orphaned",
          "/effects/doubled", "/open/residue", "/times/recover_s", "/delivery/gates_skipped",
          "/worth/delayed", "/people/toil_minutes", "/cost/worth_delayed"})
        CHECK(json["outcome"].contains(nlohmann::json::json_pointer(path)));
}

TEST_CASE("what a person gets wrong is exit 2 and names the remedy") {
    CHECK(ask("run /nowhere/at_all.lua").code == 2);
    CHECK(ask("run " + lesson + " --set no_such_knob=1").code == 2);
    CHECK(ask("run " + lesson + " --set novalue").code == 2);
    CHECK(ask("run " + lesson + " --until soon").code == 2);
    CHECK(ask("replay /nowhere.drill").code == 2);
    CHECK(ask("compare " + lesson + " --seeds 5..2").code == 2);
    CHECK(ask("compare " + lesson + " --actors ,").code == 4);
    const Answer actor = ask("run " + lesson + " --actor rolback", "&1");
    CHECK(actor.code == 2);
    CHECK_THAT(actor.out, Catch::Contains("did you mean \"rollback\"?"));
    const Answer verb = ask("compre", "&1");
    CHECK(verb.code == 2);
    CHECK_THAT(verb.out, Catch::Contains("did you mean \"compare\"?"));
}

TEST_CASE("help and version answer with exit 0 and list the exit codes") {
    CHECK(ask("--version").code == 0);
    const Answer help = ask("--help");
    CHECK(help.code == 0);
    CHECK_THAT(help.out, Catch::Contains("130 interrupted"));
    for (const char* what : {"injects", "commands", "keys", "language", "actors"})
        CHECK(ask(std::string{"list "} + what + " --json").code == 0);
}

TEST_CASE("a recorded run verifies, and a changed order does not") {
    const TestFolder scratch;
    const std::string path = scratch.file("console.drill");
    ask("run " + lesson + " --actor rollback --record " + path);
    CHECK(ask("replay " + path + " --verify").code == 0);
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    std::string changed = text.str();
    const auto order = changed.find("\norder ");
    if (order != std::string::npos) {
        changed.insert(order + 1, "order 00:00:00.000 shed everything\n");
        std::ofstream{path} << changed;
        CHECK(ask("replay " + path + " --verify").code == 1);
    }
}

TEST_CASE(
    "a played day verifies: orders stand to the microsecond, a machine's are not given again") {
    const TestFolder scratch;
    const std::string path = scratch.file("played.drill");
    const auto played = [&](const std::string& name, const std::string& typed) {
        ask_line("printf '" + typed + "' | " + ROLLCAGE_PROGRAM +
                 " play " ROLLCAGE_SOURCE_DIR "/scenarios/lessons/" + name + ".lua --record " +
                 path + " >/dev/null 2>&1");
        std::ostringstream text;
        text << std::ifstream{path}.rdbuf();
        CHECK(ask("replay " + path + " --verify").code == 0);
        return text.str();
    };
    // After four facts, the last of which comes between two milliseconds.
    CHECK_THAT(played("black_friday_canary", "\\n\\n\\n\\nshed checkout share=10%%\\nend\\n"),
               Catch::Contains("\norder 00:15:31.459670 shed checkout"));
    const std::string promoted = played("silent_cents", "end\\n");
    CHECK_THAT(promoted, Catch::Contains("\nmachine 00:41:10.000000 promote billing"));
    CHECK_THAT(promoted, !Catch::Contains("\norder "));
}

TEST_CASE("the orders of a day are held against other days, with its truth and with others",
          "[slow]") {
    const TestFolder scratch;
    const std::string path = scratch.file("luck.drill");
    ask("run " + lesson + " --actor shed --until 30m --record " + path);
    const Answer same = ask("replay " + path + " --seeds 4");
    CHECK(same.code == 0);
    CHECK_THAT(same.out,
               Catch::Contains("on 3 other days with the truth the file drew") &&
                   Catch::Contains("users.minutes_impacted: on the other days the orders"));
    CHECK(ask("replay " + path + " --seeds 4 --jobs 1").out == same.out);
    CHECK_THAT(ask("replay " + path + " --seeds 3 --family").out,
               Catch::Contains("on 2 other days of the family"));
    CHECK(ask("replay " + path + " --seeds 1").code == 2);  // None is left beside its own.
    CHECK(ask("replay " + path + " --seeds 0").code == 2);
    CHECK(ask("replay " + path + " --seeds 3 --verify").code == 2);
}

TEST_CASE("a new scenario passes at once, and nothing is written over", "[slow]") {
    const TestFolder scratch;
    const std::string folder = scratch.path.string(), file = folder + "/my_monday.lua";
    for (const char* from : {"", " --from payments"}) {
        CHECK(ask("new " + folder + "/my_monday" + from).code == 0);
        std::ostringstream text;
        text << std::ifstream{file}.rdbuf();
        CHECK_THAT(text.str(), Catch::Contains("title = \"My monday\""));
        CHECK(ask("new " + file + from).code == 2);
        CHECK(ask("check " + file + " --update=new").code == 0);
        CHECK(ask("check " + file + " --update=none").code == 0);  // Its transcript is there now.
        std::filesystem::remove(file);
        std::filesystem::remove(folder + "/my_monday.transcript");
    }
    for (const char* wrong : {"/..", "/a b", "/.lua", "/a --from nobody", "/nowhere/a"})
        CHECK(ask("new " + folder + wrong).code == 2);
    CHECK(std::filesystem::is_empty(folder));
}

TEST_CASE("what completes words is what a shell can read, with every verb and its options") {
    const TestFolder scratch;
    const std::string file = scratch.file("completion");
    std::ofstream{file} << ask("completion bash").out;
    const auto completed = [&](const std::string& words, int at) {
        return ask_line("bash -c 'source " + file + "; COMP_WORDS=(rollcage " + words +
                        "); COMP_CWORD=" + std::to_string(at) +
                        "; _rollcage; echo \"${COMPREPLY[@]}\"'")
            .out;
    };
    CHECK(completed("comp", 1) == "compare completion\n");
    CHECK(completed("replay --f", 2) == "--family\n");
    CHECK(completed("compare --until", 2) == "--until-precise\n");
    CHECK(ask("completion zsh").code == 0);
    CHECK(ask("completion fish").code == 0);
    CHECK(ask("completion dos").code == 2);
}

TEST_CASE("the program that docs/PROGRAMS.md shows plays a day by JSON lines") {
    const TestFolder scratch;
    const std::string folder = scratch.path.string();
    std::ostringstream page;
    page << std::ifstream{ROLLCAGE_SOURCE_DIR "/docs/PROGRAMS.md"}.rdbuf();
    const std::string text = page.str(), opens = "```python\n";
    const auto begins = text.find(opens) + opens.size();
    std::ofstream{folder + "/actor.py"} << text.substr(begins, text.find("```", begins) - begins);
    const Answer day = ask_line(
        "cd " + folder + " && mkfifo to from && (" ROLLCAGE_PROGRAM " play " + lesson +
        " --json --record day.drill <to | tee said >from & /usr/bin/python3 actor.py <from >to; "
        "wait); cat said");
    std::vector<nlohmann::json> lines;
    std::istringstream said(day.out);
    for (std::string line; std::getline(said, line);) lines.push_back(nlohmann::json::parse(line));
    REQUIRE(lines.size() > 5);
    CHECK(lines.front()["scenario"] == "slow_lorry");
    const auto result = lines.back()["result"];
    CHECK(result["outcome"]["requests"]["refused"] > 1000);
    CHECK(std::ranges::count_if(lines, [](const nlohmann::json& it) {
              return it.contains("kind") && it["kind"] == "took_effect" &&
                     it["command"].get<std::string>().starts_with("shed lorry");
          }) == 2);
    CHECK(ask("replay " + folder + "/day.drill --verify").code == 0);
    CHECK_THAT(ask_line("cat " + folder + "/day.drill").out,
               Catch::Contains(" expectation player: queues are gone\norder "));
    // What is no line of the protocol is told, and the day goes on.
    const Answer wrong = ask_line(
        "printf '{\\n[]\\n{\"do\": 5}\\n{\"do\": \"fly\"}\\n{\"wait\": "
        "\"soon\"}\\n' | " ROLLCAGE_PROGRAM " play " +
        lesson + " --json --record " + folder + "/wrong.drill");
    std::size_t errors = 0;
    for (auto at = wrong.out.find("{\"error\""); at != std::string::npos;
         at = wrong.out.find("{\"error\"", at + 1))
        ++errors;
    CHECK(errors == 5);
    CHECK_THAT(wrong.out, Catch::Contains("\"result\""));
}

TEST_CASE("compare prints the same JSON for one job and for two") {
    const std::string arguments =
        "compare " + lesson + " --actors nothing,rollback --seeds 2 --json";
    const Answer one = ask(arguments + " --jobs 1");
    CHECK(nlohmann::json::accept(one.out));
    CHECK(one.out == ask(arguments + " --jobs 2").out);
    const Answer set = ask(arguments + " --set attempts=2 --jobs 2");
    const auto knobs = nlohmann::json::parse(set.out).at("lives").at(0).at("knobs");
    CHECK(knobs.at("attempts") == 2);
    CHECK(knobs.contains("slowdown"));  // Also those that nobody set.
}

TEST_CASE("every lesson and template plays as its transcript says", "[slow]") {
    std::vector<std::filesystem::directory_entry> files;
    for (const char* folder : {"/scenarios/lessons", "/scenarios/templates"})
        for (const auto& file :
             std::filesystem::directory_iterator(std::string(ROLLCAGE_SOURCE_DIR) + folder))
            files.push_back(file);
    for (const auto& file : files) {
        if (file.path().extension() != ".lua") continue;
        auto path = file.path();
        std::ostringstream accepted;
        accepted << std::ifstream{path.replace_extension(".transcript")}.rdbuf();
        INFO(file.path().string());
        CHECK(ask("run " + file.path().string() + " --transcript").out == accepted.str());
    }
}

TEST_CASE("a branch is the day as it was until then, and another one from then on") {
    const TestFolder scratch;
    const std::string path = scratch.file("branch.drill");
    REQUIRE(ask("run " + lesson + " --actor rollback --seed 3 --record " + path).code == 0);
    const auto of = [&](const std::string& more) {
        const Answer answer = ask("branch " + path + " --json " + more);
        CHECK(answer.code == 0);
        return nlohmann::json::parse(answer.out);
    };
    const auto shed = of("--at 12m --do 'shed lorry share=90%' --then rollback");
    CHECK(shed["same_facts"] > 2);
    CHECK(shed["was"]["outcome"]["requests.failed"] > shed["is"]["outcome"]["requests.failed"]);
    CHECK(shed["is"]["first_other_fact"] == "00:12:00.000  ordered: shed lorry share=90%");
    const auto same = ask("run " + lesson + " --actor rollback --seed 3 --json");
    CHECK(nlohmann::json::parse(same.out)["digest"] == shed["was"]["digest"]);
    // Whoever did nothing, and had then done this, has lived the day of who did it.
    const std::string quiet = path + ".quiet", played = path + ".played";
    REQUIRE(ask("run " + lesson + " --actor nothing --seed 3 --record " + quiet).code == 0);
    const Answer by_hand =
        ask_line("printf 'wait 12m\\nshed lorry share=90%%\\nend\\n' | " ROLLCAGE_PROGRAM " play " +
                 lesson + " --seed 3 --record " + played + " 2>&1");
    REQUIRE(by_hand.code == 0);
    const auto turned = nlohmann::json::parse(
        ask("branch " + quiet + " --json --at 12m --do 'shed lorry share=90%'").out);
    CHECK(by_hand.out.find(turned["is"]["digest"].get<std::string>()) != std::string::npos);
    CHECK(ask("branch " + path + " --at 12m --do 'shed lory'").code == 2);
    CHECK(ask("branch " + path + " --at 99h --do 'rollback lorry'").code == 2);
    CHECK(ask("branch " + path + " --at 12m --do 'rollback lorry' --then nobody").code == 2);
    CHECK(ask("branch " + path + " --at 12m --do 'rollback lorry' --by jobs.orphaned").code == 2);
    CHECK(ask("branch /nowhere.drill --at 12m --do 'rollback lorry'").code == 2);
}

TEST_CASE("a grid of orders and times is each branch by itself, and says which was best when",
          "[slow]") {
    const TestFolder scratch;
    const std::string path = scratch.file("grid.drill");
    ask("run " + lesson + " --actor nothing --record " + path);
    const std::string grid = "branch " + path + " --at 5m..15m/5m --do 'shed lorry share=90%' " +
                             "--do 'rollback lorry' --by requests.failed";
    const Answer told = ask(grid + " --json");
    REQUIRE(told.code == 0);
    const auto json = nlohmann::json::parse(told.out);
    CHECK(json["at_s"] == nlohmann::json::parse("[300.0, 600.0, 900.0]"));
    REQUIRE(json["orders"].size() == 2);
    const auto alone =
        nlohmann::json::parse(ask("branch " + path + " --json --at 15m --do 'rollback lorry'").out);
    CHECK(json["orders"][1]["outcomes"][2] == alone["is"]["outcome"]);
    CHECK(json["was"] == alone["was"]["outcome"]);
    CHECK(ask(grid + " --json --jobs 1").out == told.out);
    const auto failed = [&](std::size_t order) {
        return json["orders"][order]["outcomes"][2]["requests.failed"].get<double>();
    };
    CHECK(json["best"][2] == (failed(0) < failed(1) ? "shed lorry share=90%" : "rollback lorry"));
    CHECK_THAT(ask(grid).out, Catch::Contains("00:05:00   00:10:00   00:15:00"));
    for (const char* wrong :
         {"--at 5m..1m/1m", "--at 5m..9m", "--at 5m..9m/0s", "--at ,", "--at 1s..240h/1ms"})
        CHECK(ask("branch " + path + " --do 'rollback lorry' " + wrong).code == 2);
    CHECK(ask("branch " + path + " --at 5m,99h --do 'rollback lorry'").code == 2);
    CHECK(ask("branch " + path + " --at 5m,6m --do 'rollback lorry' --by nothing").code == 2);
    // Nothing is told of a day that is no longer the one that was recorded.
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    std::string other = text.str();
    const auto digest = other.rfind("digest ") + 7;
    other[digest] = other[digest] == '0' ? '1' : '0';
    std::ofstream{path} << other;
    for (const std::string& verb : {grid, "branch " + path + " --at 5m --do 'rollback lorry'",
                                    "replay " + path + " --seeds 2"}) {
        const Answer stale = ask(verb);
        CHECK(stale.code == 5);
        CHECK(stale.out.empty());
    }
}

TEST_CASE("plans and knobs vary beside each other on the same seeds", "[slow]") {
    const std::string file = ROLLCAGE_SOURCE_DIR "/scenarios/lessons/black_friday_canary.lua";
    const Answer answer = ask("compare " + file +
                              " --actors nothing,rollback --plans careful,fast --vary "
                              "truth=express,storm --seeds 1 --json");
    CHECK(answer.code == 0);
    const auto lives = nlohmann::json::parse(answer.out)["lives"];
    REQUIRE(lives.size() == 8);
    std::set<std::string> all;
    for (const auto& life : lives)
        all.insert(life["actor"].get<std::string>() + life["plan"].get<std::string>() +
                   life["knobs"]["truth"].get<std::string>());
    CHECK(all.size() == 8);
    // What varies is what `--plan` and `--set` would have set.
    const Answer alone = ask("compare " + file +
                             " --actors nothing,rollback --plan fast --set truth=storm --seeds 1 "
                             "--json");
    const auto by_itself = [](nlohmann::json life) {  // Not how it stands beside others.
        life.erase("undominated");
        for (auto& [key, spread] : life["outcome"].items())
            if (spread.is_object()) spread.erase("best_share"), spread.erase("regret");
        return life;
    };
    CHECK(by_itself(nlohmann::json::parse(alone.out)["lives"][1]) == by_itself(lives[7]));
    CHECK(ask("compare " + file + " --plans slow").code == 2);
    CHECK(ask("compare " + file + " --vary truth").code == 2);
    CHECK(ask("compare " + file + " --vary no_such=1,2 --seeds 1").code == 2);
}
