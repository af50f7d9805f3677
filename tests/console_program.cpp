#include <catch2/catch.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/console_program.h"

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
    const std::string path = "/tmp/rollcage_console.drill";
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
    std::remove(path.c_str());
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
    const std::string path = std::filesystem::temp_directory_path() / "rollcage-branch.drill";
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
    // From the first instant on the other actor's day is the other actor's.
    const auto other = of("--at 0s --do 'organise announce' --then nothing");
    CHECK(other["was"]["digest"] != other["is"]["digest"]);
    CHECK(ask("branch " + path + " --at 12m --do 'shed lory'").code == 2);
    CHECK(ask("branch " + path + " --at 99h --do 'rollback lorry'").code == 2);
    CHECK(ask("branch " + path + " --at 12m --do 'rollback lorry' --then nobody").code == 2);
    CHECK(ask("branch /nowhere.drill --at 12m --do 'rollback lorry'").code == 2);
    std::remove(path.c_str());
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
    CHECK(nlohmann::json::parse(alone.out)["lives"][1] == lives[7]);
    CHECK(ask("compare " + file + " --plans slow").code == 2);
    CHECK(ask("compare " + file + " --vary truth").code == 2);
    CHECK(ask("compare " + file + " --vary no_such=1,2 --seeds 1").code == 2);
}
