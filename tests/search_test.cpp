// `search` finds by itself what hurts an actor, and leaves the least of it behind.
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "scenarios/play/propose.h"
#include "scenarios/play/search.h"
#include "tests/test_folder.h"

using namespace rollcage;

namespace {

// The release takes the old column with it: contract shares the release. Nothing is wrong with it.
const std::string accounts =
    R"(local drill = scenario { title = "Accounts", lasts = "40m",
  judged_after = "10m" }
local contract = drill.knob { "contract", default = "another_day",
  choices = { "another_day", "with_release" } }
local slow_by = drill.knob { "slow_by", default = 1, from = 1, to = 4 }
local spare = drill.knob { "spare", default = 2 }
local accounts = drill.store { "accounts", kind = "table", records = 100000 }
local people = drill.cohort { "people", users = 2000, requests_per_minute = 2, writes = 0.1,
  inserts = 0.1, attempts = 1 }
local api = drill.service { "accounts api", serves = people, uses = { accounts }, instances = 4,
  slots = 8, work = "50ms", version = "6.4.0", start = "15s" }
drill.plan "usual" { everyone {} }
local first = contract == "with_release"
  and change { "one name", schema = remove_required { store = accounts } }
  or change { "two names" }
local v7 = drill.build { "7.0.0", of = api, first,
  change { "new index", hides = defect { slow = slow_by } } }
drill.at("2m", migrate { store = accounts })  -- The column may be gone.
drill.at("5m", release(v7, "usual"))
drill.at("7m", message { from = "desk", text = "the release is under way" })
)";

SearchAsked asked_of(const std::string& text) {
    return {.sources = {{"accounts", text}}, .choices = {}, .actor = "rollback"};
}

Variant planted(const Script& script, const std::vector<std::string>& injects) {
    Variant variant = script.as_written();
    for (const std::string& it : injects) {
        const auto read = read_form(inject_forms(), "inject", it, script.names());
        REQUIRE(read);
        variant.planted.push_back({SimTime{60'000'000}, read->first, read->second});
    }
    return variant;
}

}  // namespace

TEST_CASE("a variant is a text that says otherwise what it says otherwise, and nothing else") {
    const auto scenario = load_scenario({{"accounts", accounts}}, {});
    REQUIRE(scenario);
    const auto script = Script::read(scenario->sources, scenario->blueprint->names);
    REQUIRE(script);
    CHECK(script->tell(script->as_written()).sources[0].text == accounts);
    REQUIRE(script->own().size() == 3);
    CHECK(script->own()[1].text == "5m release(v7, \"usual\")");

    Variant variant = planted(*script, {"slow \"accounts api\" by=2.5 lasts=2m", "image_gone 7.0.0",
                                        "release 7.0.0 plan=usual", "migrate accounts step=down"});
    variant.own[0].dropped = true;
    variant.own[1].moved = SimTime{720'000'000};
    variant.knobs = {{"contract", "with_release"}, {"slow_by", "1.6"}};
    const Script::Told told = script->tell(variant);
    const std::string& text = told.sources[0].text;
    CHECK_THAT(text, Catch::Contains("default = \"with_release\","));
    CHECK_THAT(text, Catch::Contains("default = 1.6, from = 1"));
    CHECK_THAT(text, !Catch::Contains("The column may be gone"));
    CHECK_THAT(text, Catch::Contains("drill.at(\"12m\", release(v7, \"usual\"))"));
    CHECK_THAT(text,
               Catch::Contains("drill.at(\"1m\", slow { service = \"accounts api\", by = 2.5, "
                               "lasts = \"2m\" })\n"));
    CHECK(told.left.empty());
    const auto loaded = load_scenario(told.sources, {});
    REQUIRE(loaded);
    CHECK(loaded->blueprint->injects.size() == 6);
    CHECK(std::get<std::string>(loaded->knobs[0].value) == "with_release");
}

TEST_CASE("what stands in a text is told where it stands, whatever is written around it") {
    const std::string head = "local d = scenario { title = \"T\" }\n", end = "return d";
    const std::string text =
        head +
        "local when, n = \"5m\", d.knob { \"n\", default = -1, from = -2, to = 2 }\n"
        "local s = d.service { \"s \\\"1\\\"\" }\n"
        "if n < 0 then d.at(\"1m\", slow { service = s, by = 2, lasts = 60 }) end\n"
        "  d.at(90, fail { service = s, share = 0.5, lasts = 60 }) -- \"d.at(\" in a comment\n"
        "d.at(when, slow { service = s, by = 2, lasts = \"1m\" }); local x = 1\n" +
        end;
    const auto scenario = load_scenario({{"t", text}}, {});
    REQUIRE(scenario);
    const auto script = Script::read(scenario->sources, scenario->blueprint->names);
    REQUIRE(script);
    REQUIRE(script->own().size() == 3);
    CHECK(script->own()[1].at == SimTime{90'000'000});
    CHECK_FALSE(script->own()[2].at);  // Not written out: it can be dropped, and not moved.
    Variant variant = script->as_written();
    variant.planted.push_back({SimTime{}, 0, {0, 3'000'000, 60'000'000}});
    for (OwnInject& it : variant.own) it.dropped = true;
    variant.knobs = {{"n", "2"}};
    const std::string told = script->tell(variant).sources[0].text;
    CHECK_THAT(told, Catch::Contains("default = 2,") && Catch::Contains("then  end\n; local x"));
    CHECK_THAT(told, Catch::EndsWith("lasts = \"1m\" })\nreturn d"));
    const auto loaded = load_scenario({{"t", told}}, {});
    REQUIRE(loaded);
    CHECK(loaded->blueprint->injects.size() == 1);
}

TEST_CASE("injects and orders take what they are about by its name, told apart where it must be") {
    const auto with = [](const std::string& more) {
        return load_scenario(
            {{"t",
              "local d = scenario { title = \"T\" }\n"
              "d.service { \"a\", version = \"1\" }\nd.service { \"b\", version = \"1\" }\n"
              "d.plan \"usual\" { everyone {} }\n" +
                  more}},
            {});
    };
    CHECK(with("d.at(1, slow { service = \"b\", by = 2, lasts = 5 })"));
    CHECK(with("d.at(1, release(\"b 1\", \"usual\"))"));
    CHECK(with("d.at(1, image_gone { build = \"a 1\" })"));
    CHECK_THAT(with("d.at(1, slow { service = \"bb\", by = 2, lasts = 5 })").error().message,
               Catch::Contains("no service is called \"bb\"; did you mean \"b\"?"));
    CHECK_THAT(with("d.at(1, release(\"1\", \"usual\"))").error().message,
               Catch::Contains("several services have a build \"1\"; write \"a 1\""));
    CHECK_THAT(with("d.at(1, release(\"2\", \"usual\"))").error().message,
               Catch::Contains("there is no build \"2\""));
}

TEST_CASE("proposals keep to the bounds of knobs and slots, and are the same for one seed") {
    const auto scenario = load_scenario({{"accounts", accounts}}, {});
    const auto script = Script::read(scenario->sources, scenario->blueprint->names);
    REQUIRE(script);
    Proposer one(*scenario, *script, 7, {}), same(*scenario, *script, 7, {});
    CHECK(one.left_alone() == std::vector<std::string>{"spare"});
    std::set<std::string> texts;
    for (int i = 0; i < 200; ++i) {
        const Variant variant = i % 2 ? one.near(one.anything(), one.anything()) : one.anything();
        const std::string text = script->tell(variant).sources[0].text;
        CHECK(text ==
              script->tell(i % 2 ? same.near(same.anything(), same.anything()) : same.anything())
                  .sources[0]
                  .text);
        texts.insert(text);
        for (const auto& [knob, value] : variant.knobs)
            if (knob == "slow_by") CHECK((std::stod(value) > 1 && std::stod(value) <= 4));
        for (const Planted& it : variant.planted)
            CHECK(it.at < SimTime{} + scenario->blueprint->lasts);
    }
    CHECK(texts.size() > 150);
}

TEST_CASE("what was played stays within the budget, and the same search finds the same", "[slow]") {
    SearchAsked asked = asked_of(accounts);
    asked.budget = 300;
    const auto alone = search(asked);
    asked.jobs = 3;
    const auto together = search(asked);
    REQUIRE(alone);
    REQUIRE(together);
    CHECK(alone->played <= 300);
    REQUIRE(alone->smallest);
    CHECK(alone->smallest->told.sources[0].text == together->smallest->told.sources[0].text);
    CHECK(alone->played == together->played);
    CHECK(alone->steps.size() == together->steps.size());
    // Nobody told it: the contract goes with the release, and something alarms whoever rolls back.
    CHECK_FALSE(alone->as_written->breaks);
    CHECK(alone->smallest->injects.size() <= 3);
    CHECK(alone->smallest->hurt.by > 10'000);
    CHECK(alone->smallest->knobs.at("contract") == "with_release");
    // It is what it says: the written scenario, played, is worse in so much.
    Choices choices;
    choices.seed = alone->smallest->hurt.worst_day + 1;
    const auto rolled = load_and_play(alone->smallest->told.sources, choices, "rollback");
    const auto idle = load_and_play(alone->smallest->told.sources, choices, "nothing");
    REQUIRE(rolled);
    REQUIRE(idle);
    CHECK(*outcome_value(rolled->life.outcome, "users.minutes_impacted") >
          *outcome_value(idle->life.outcome, "users.minutes_impacted") + 10'000);
}

TEST_CASE("a search leaves a scenario and a recording that show what it found", "[slow]") {
    const TestFolder folder;
    std::ofstream{folder.file("accounts.lua")}
        << accounts << "drill.expect(\"rollback\", { \"requests.failed < 5%\" })\n";
    const std::string search = "search accounts.lua --actor rollback --budget 60 --jobs 2";
    const Answer answer = folder.ask_here(search);
    CHECK(answer.code == 1);
    CHECK_THAT(answer.out, Catch::Contains("the smallest that still breaks it"));
    CHECK(folder.ask_here("replay accounts.found.drill --verify").code == 0);
    CHECK_THAT(folder.text("accounts.found.lua"),
               Catch::StartsWith("-- Found by `rollcage search`: \"requests.failed < 5%\""));
    // The command it prints shows the broken expectation.
    const auto begins = answer.out.find("rollcage run ") + 9;
    const std::string run = answer.out.substr(begins, answer.out.find('\n', begins) - begins);
    CHECK(folder.ask_here(run).code == 1);
    const Answer again = folder.ask_here(search + " --json");  // Its own may be written over.
    CHECK(again.code == 1);
    CHECK_THAT(again.out, Catch::StartsWith("{\n  \"actor\": \"rollback\"") &&
                              Catch::Contains("\"lua\": \"accounts.found.lua\""));
}

TEST_CASE("a search that finds nothing writes nothing, and refuses what it cannot do") {
    const TestFolder folder;
    std::ofstream{folder.file("calm.lua")}
        << "local d = scenario { title = \"T\", lasts = \"2m\", judged_after = \"0s\" }\n"
           "local u = d.cohort { \"u\", users = 10 }\nd.service { \"s\", serves = u }\n"
           "d.expect { \"requests.offered < 1000000\" }\n";
    const Answer calm = folder.ask_here("search calm.lua --actor nothing --budget 60");
    CHECK(calm.code == 0);
    CHECK_THAT(calm.out, Catch::Contains("nothing that was tried breaks it"));
    CHECK_FALSE(std::filesystem::exists(folder.file("calm.found.lua")));

    std::ofstream{folder.file("mine.lua")} << "-- my own work\n";
    const auto refused = [&](const std::string& more, const std::string& why) {
        CHECK(folder.ask_here("search calm.lua --actor nothing " + more).code == 2);
        CHECK_THAT(folder.text("err"), Catch::Contains(why));
    };
    refused("--out mine", "is not what an earlier search left");
    refused("--out calm", "--out would overwrite calm.lua");
    refused("--out nowhere/x", "choose a folder you may write to");
    refused("--by requests.failed", "is what other actors are held against");
    refused("--by requests.fail", "there is no measure");
    refused("--budget 23", "takes a budget of 24 or more");
    refused("--seeds 0", "takes a count from 1 to 100");
    refused("--margin ten", "--margin takes a share");
    CHECK(folder.text("mine.lua") == "-- my own work\n");
    CHECK(folder.ask_here("search calm.lua --actor nobody").code == 2);
    CHECK(folder.ask_here("search calm.lua").code == 2);
}
