// `check` beside another checkout, under another engine, and as the programs that read it see it.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scenarios/play/transcript.h"
#include "tests/test_folder.h"
#include "ui/view/check_view.h"

using namespace rollcage;

namespace {

namespace fs = std::filesystem;

const std::string sources = ROLLCAGE_SOURCE_DIR;

// Two checkouts in a folder of their own, gone with the test.
struct Checkouts : TestFolder {
    Checkouts() {
        fs::create_directories(path / "then");
        fs::create_directories(path / "now");
    }
    Answer check(const std::string& more, const std::string& with = "env -u CI") const {
        return ask_line("cd " + path.string() + " && " + with + " " + ROLLCAGE_PROGRAM + " check " +
                        more + " 2>&1");
    }
};

std::string shop(const std::string& share, const std::string& more = "") {
    return R"(local drill = scenario { title = "t", lasts = "10m", judged_after = "0s" }
local people = drill.cohort { "people", users = 600, attempts = 1 }
local shop = drill.service { "shop", serves = people, instances = 4, slots = 5 }
drill.at("2m", fail { service = shop, share = )" +
           share + R"(, lasts = "4m" })
drill.expect("nothing", { "requests.failed mean < 50%" })
)" + more;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// Without the program that reads it there is nothing to try.
bool there(const std::string& needs, const std::string& package) {
    if (ask_line(needs + " >/dev/null 2>&1").code == 0) return true;
    WARN("skipped: " + needs + " does not work here; install " + package);
    return false;
}

FreshLife played(const std::string& text, std::uint64_t seed) {
    Choices choices;
    choices.seed = seed;
    auto life = load_and_play({{"shop", text}}, choices, "nothing");
    REQUIRE(life);
    return std::move(*life);
}

}  // namespace

TEST_CASE("worse is what its interval tells from nothing and its mean from the margin") {
    const std::vector<double> before{100, 110, 90, 100};
    const auto beside = [&](std::vector<double> after, bool more = false) {
        return worsening_of(before, after, more, .05);
    };
    CHECK(beside({112, 121, 101, 111}).worse);       // 11 more, every time.
    CHECK_FALSE(beside({102, 112, 92, 102}).worse);  // Surely more, but by 2%.
    CHECK(beside({112, 121, 101, 111}, true).better);
    CHECK(beside({88, 99, 79, 89}, true).worse);
    const Worsening wild =
        beside({190, 60, 150, 40});  // 10 more in the mean, and anything by itself.
    CHECK_FALSE(wild.worse);
    REQUIRE(wild.seeds_to_settle);
    CHECK(*wild.seeds_to_settle > 100);
    CHECK_FALSE(beside(before).seeds_to_settle);
    CHECK_FALSE(worsening_of({0}, {9}, false, .05).worse);  // One pair tells nothing.
    CHECK(worsening_of({0, 0}, {3, 3}, false, .05).worse);  // Of nothing there is no margin.
}

TEST_CASE("check fails on what is worse than in another checkout, and names who is only in one") {
    const Checkouts both;
    both.put("then/shop.lua",
             shop("0.4", "drill.actor(\"waits\", function(me) me:wait(\"1m\") end)\n"));
    both.put("now/shop.lua", shop("0.8"));
    for (const char* side : {"then/", "now/"})
        both.put(side + std::string{"same.lua"}, shop("0.1"));
    both.put("then/old.lua", shop("0.1"));
    both.put("now/young.lua", shop("0.1"));
    const Answer worse = both.check("now --seeds 4 --against then --github --junit out.xml",
                                    "env -u CI GITHUB_STEP_SUMMARY=" + both.file("sum.md"));
    CHECK(worse.code == 1);
    CHECK(has(worse.out, "now/shop.lua: no worse than before\nnothing on "));
    CHECK(has(worse.out, "requests.failed"));
    CHECK(has(worse.out, "only before: waits"));
    CHECK(has(worse.out, "only here: now/young.lua"));
    CHECK(has(worse.out, "only there: then/old.lua"));
    CHECK(has(worse.out, "so the same days: 1 scenarios"));
    CHECK(
        has(worse.out, "again: rollcage check now/shop.lua --against then --seeds 4 --margin 5%"));
    CHECK(has(both.text("sum.md"), "| shop | nothing | requests.failed | "));
    CHECK(has(both.text("out.xml"), "type=\"WorseThanBefore\""));
    // The other way round it is better; and a wide margin forgives.
    CHECK(both.check("then --seeds 4 --against now").code == 0);
    CHECK(both.check("now/shop.lua --seeds 4 --against then --margin 900%").code == 0);
    CHECK(both.check("now --against then --margin 5").code == 2);
    CHECK(both.check("now --against now").code == 2);
    CHECK(both.check("now --against nowhere").code == 2);
    both.put("then/shop.lua", "local drill = scenario { title = 't' }\ndrill.cohrt {}\n");
    const Answer wrong = both.check("now/shop.lua --seeds 1 --against then");
    CHECK(wrong.code == 2);
    CHECK(has(wrong.out, "cannot be played, so there is nothing to set beside"));
}

TEST_CASE("a whole checkout is found by the path of what is checked") {
    const Checkouts both;
    fs::create_directories(both.path / "then/now");
    both.put("then/now/shop.lua", shop("0.2"));
    both.put("now/shop.lua", shop("0.2", "-- The same days, in other words.\n"));
    const Answer answer = both.check("now --seeds 2 --against then");
    CHECK(answer.code == 0);
    CHECK(has(answer.out, "now/shop.lua beside then/now/shop.lua\n"));
    CHECK(has(answer.out, "measures are the same"));
}

TEST_CASE("a transcript tells what the engine changed from what the scenario changed") {
    const std::string text = shop("0.2"), found = [&] {
        const FreshLife life = played(text, 1);
        return transcript_of(life.scenario, life.life);
    }();
    const auto with = [&](const std::string& from, const std::string& to, std::string in) {
        REQUIRE(has(in, from));
        return in.replace(in.find(from), from.size(), to);
    };
    const auto at = found.find("\nengine ") + 1;
    const std::string engine = found.substr(at, found.find('\n', at) - at);
    const std::string elder = with(engine, "engine 0.0.1", found);
    CHECK(same_transcript(elder, found));  // Another engine alone is no difference.
    CHECK(same_transcript(with(engine + "\n", "", found), found));
    const std::string other_fact = found + "00:09:00.000  shop: once\n";
    const std::string other_text = with("scenario shop ", "scenario shop 0", other_fact);
    CHECK_FALSE(same_transcript(other_fact, found));
    const std::string to_elder_name = "engine 0.0.1";
    CHECK(has(changed_by(with(engine, to_elder_name, other_fact), found), "the engine changed it"));
    CHECK(has(changed_by(other_text, found), "the scenario changed it"));
    CHECK(has(changed_by(with(engine, to_elder_name, other_text), found), "both changed"));
    CHECK(has(changed_by(other_fact, found), "neither the text nor the engine's version"));
    CHECK(has(changed_by(with("scenario shop ", "scenario shop 0", found), found),
              "what happens is the same"));
}

TEST_CASE("beside the accepted text, check says whether the engine changed that too") {
    const Checkouts both;
    both.put("then/shop.lua", shop("0.2"));
    CHECK(both.check("then --seeds 1").code == 0);
    std::string accepted = both.text("then/shop.transcript");
    both.put("now/shop.lua", shop("0.3"));
    CHECK(has(both.check("now --seeds 2 --against then").out,
              "the accepted text still plays as it was accepted"));
    both.put("then/shop.transcript", accepted + "00:09:30.000  shop: what the elder engine did\n");
    const Answer answer = both.check("now --seeds 2 --against then");
    CHECK(has(answer.out, "the accepted text plays otherwise too"));
    CHECK(has(answer.out, "-00:09:30.000  shop: what the elder engine did"));
}

TEST_CASE("a day that comes out otherwise the second time is nondeterminism, and exit 5") {
    const std::string text = shop("0.2");
    // No scenario can do this, so two seeds stand for one that came out twice.
    const CheckCase same = twice_alike("shop.lua", "nothing", played(text, 1), played(text, 1));
    const CheckCase other = twice_alike("shop.lua", "nothing", played(text, 1), played(text, 2));
    const CheckCase half = twice_alike("shop.lua", "nothing", played(text, 1), Error{"no memory"});
    CHECK(same.end == CaseEnd::passed);
    CHECK(other.end == CaseEnd::nondeterministic);
    CHECK(half.end == CaseEnd::nondeterministic);
    CHECK(has(other.detail, "-seed 1\n"));
    CheckCase broken{.name = "b", .end = CaseEnd::failed},
        wrong{.name = "c", .end = CaseEnd::error};
    const auto exit_with = [](std::vector<CheckCase> cases) {
        return exit_of(sum_of({{"shop.lua", "shop", 0, std::move(cases), false, {}}}));
    };
    CHECK(exit_with({same}) == 0);
    CHECK(exit_with({same, broken}) == 1);
    CHECK(exit_with({broken, wrong}) == 2);
    CHECK(exit_with({broken, wrong, other}) == 5);
    CHECK(has(junit_xml({{"shop.lua", "shop", 0, {other}, false, {}}}, "2026-11-21T19:30:00"),
              "<error message=\"seed 1 of nothing came out otherwise"));
}

TEST_CASE("what holds only just says so, and how many seeds would settle it") {
    const Checkouts both;
    both.put("now/shop.lua", shop("0.2"));
    const std::string all = both.check("now --seeds 4 --update=none").out;
    CHECK_FALSE(has(all, "too close"));
    const auto drill = load_scenario({{"shop", shop("0.2")}}, Choices{});
    REQUIRE(drill);
    std::vector<Outcome> outcomes;
    double sum = 0;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        outcomes.push_back(played(shop("0.2"), seed).life.outcome);
        sum += *outcome_value(outcomes.back(), "requests.failed");
    }
    const std::string limit = std::to_string(static_cast<std::int64_t>(sum / 4 + 2));
    both.put("now/shop.lua", shop("0.2", "drill.expect(\"nothing\", { \"requests.failed mean < " +
                                             limit + "\" })\n"));
    const Answer close = both.check("now --seeds 4 --update=new");
    CHECK(close.code == 0);
    CHECK(has(close.out, "too close to call, about "));
    for (const char* statistic : {"p50", "p95", "cvar90"}) {
        const auto criterion =
            parse_expectation(std::string{"requests.failed "} + statistic + " < 1");
        REQUIRE(criterion);
        Judgement judgement = judge(*criterion, outcomes, false);
        CHECK_FALSE(seeds_to_settle(judgement));  // Far off.
        judgement.criterion.limit = *judgement.value + *judgement.half_interval / 2.9;
        CHECK(seeds_to_settle(judgement) == 34);  // 2.9 times nearer takes 8.41 times as many.
    }
}

TEST_CASE("those who read JUnit read ours: a schema, and junitparser") {
    const Checkouts both;
    both.put("then/shop.lua", shop("0.2"));
    both.put("now/shop.lua", shop("0.9",
                                  "drill.expect(\"nothing\", { \"requests.failed == 0\", "
                                  "\"requests.good > 0\" })\n"));
    both.put("now/wrong.lua", "local drill = scenario { title = \"<&>\\\"\" }\ndrill.cohrt {}\n");
    CHECK(both.check("now --seeds 2 --twice --against then --junit out.xml").code == 2);
    const std::string xml = both.file("out.xml");
    if (there("xmllint --version", "libxml2-utils"))
        CHECK(ask_line("xmllint --noout --schema " + sources + "/tests/junit.xsd " + xml + " 2>&1")
                  .out == xml + " validates\n");
    if (there("/usr/bin/python3 -c 'import junitparser'", "python3-junitparser"))
        CHECK(ask_line("/usr/bin/python3 -c \"\n"
                       "import sys, junitparser\n"
                       "xml = junitparser.JUnitXml.fromfile(sys.argv[1])\n"
                       "ends = lambda suite: [type(it).__name__ for case in suite for it in "
                       "case.result]\n"
                       "print([(suite.name, sorted(set(ends(suite)))) for suite in xml])\n"
                       "print(xml.tests == sum(len(list(it)) for it in xml), xml.errors, "
                       "xml.failures)\" " +
                       xml + " 2>&1")
                  .out == "[('shop', ['Failure']), ('wrong', ['Error'])]\nTrue 1 2\n");
}

TEST_CASE("the workflows in the manual are YAML, and call check with options that it has") {
    if (!there("/usr/bin/python3 -c 'import yaml'", "python3-yaml")) return;
    const Answer jobs = ask_line(
        "/usr/bin/python3 -c \"\n"
        "import re, sys, yaml\n"
        "text = open(sys.argv[1]).read()\n"
        "github, gitlab = [yaml.safe_load(it) for it in "
        "re.findall(r'\\`\\`\\`yaml\\n(.*?)\\`\\`\\`', "
        "text, re.S)]\n"
        "steps = [step for job in github['jobs'].values() for step in job['steps']]\n"
        "lines = [step['run'] for step in steps if 'run' in step] + "
        "[line for job in gitlab.values() if 'script' in job for line in job['script']]\n"
        "assert True in github and len(gitlab) >= 1  # 'on' is a truth to YAML 1.1\n"
        "assert all('uses' in step or 'run' in step for step in steps)\n"
        "for line in lines:\n"
        "    if ' check ' in line: print(' '.join(re.findall(r'--[a-z]+', line)))\" " +
        sources + "/docs/CI.md 2>&1");
    CHECK(jobs.code == 0);
    const std::string help = ask("check --help").out;
    std::istringstream words{jobs.out};
    int options = 0;
    for (std::string word; words >> word; ++options) CHECK(has(help, word));
    CHECK(options >= 4);
}
