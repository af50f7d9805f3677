// Whatever is done to a file that the program reads, it answers: a result, or what is wrong.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "scenarios/host/fields.h"
#include "scenarios/host/scan.h"
#include "scenarios/play/recording.h"
#include "tests/moment.h"
#include "tests/mutated.h"
#include "tests/test_folder.h"

using namespace rollcage;

namespace {

const std::string shipped = std::string{ROLLCAGE_SOURCE_DIR} + "/scenarios/";

std::string contents(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream{path, std::ios::binary}.rdbuf();
    return text.str();
}

std::vector<SourceFile> shipped_scenarios() {
    std::vector<SourceFile> all;
    for (const char* folder : {"lessons", "templates"})
        for (const auto& it : std::filesystem::directory_iterator(shipped + folder))
            if (it.path().extension() == ".lua")
                all.push_back({it.path().stem().string(), contents(it.path().string())});
    std::ranges::sort(all, {}, &SourceFile::name);  // Folders have no order.
    return all;
}

// The language's words, and values that are at the edge of something.
std::vector<std::string> dictionary() {
    std::vector<std::string> all{"0",
                                 "-1",
                                 "1e308",
                                 "0x7fffffffffffffff",
                                 "nan",
                                 "nil",
                                 "\"\"",
                                 "{}",
                                 "\"-5%\"",
                                 "\"101%\"",
                                 "1e15",
                                 "\"240h\"",
                                 "\"1us\"",
                                 "\"0s\"",
                                 "function()",
                                 "end",
                                 "return",
                                 "while true do end",
                                 "local",
                                 "for i = 1, 1e9 do",
                                 "error",
                                 "\"\xff\xfe\"",
                                 "(",
                                 "}",
                                 "[[",
                                 "--",
                                 "18446744073709551616",
                                 "| "};
    for (const Word& word : words()) {
        const std::string said = word.name;
        all.push_back(said.substr(said.find(':') + 1));
        for (const Field& field : word.fields) all.emplace_back(field.name);
    }
    return all;
}

std::uint32_t inputs() {
    const char* asked = std::getenv("ROLLCAGE_MUTATIONS");  // The long form: 10000.
#ifdef ROLLCAGE_SANITIZED
    const std::uint32_t usual = 100;
#else
    const std::uint32_t usual = 400;
#endif
    return asked ? static_cast<std::uint32_t>(std::strtoul(asked, nullptr, 10)) : usual;
}

// Nothing that is read, or played for a moment, takes long.
class Watch {
public:
    ~Watch() {
        const auto passed = std::chrono::steady_clock::now() - began_;
        CHECK(passed < std::chrono::seconds(60));
    }

private:
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

std::string recorded(const std::string& scenario) {
    const TestFolder scratch;
    const std::string path = scratch.file("mutated.drill");
    const std::vector<SourceFile> sources{
        {scenario, contents(shipped + "lessons/" + scenario + ".lua")}};
    const auto played = load_and_play(sources, {}, "rollback", a_moment);
    REQUIRE(played);
    auto recorder = Recorder::open(path, {"0", scenario, {}, "rollback", a_moment, sources});
    REQUIRE(recorder);
    for (const GivenOrder& it : played->life.orders) recorder->order(it);
    for (const Occurrence& it : played->life.facts)
        recorder->fact(transcript_line(it, played->scenario.blueprint->names));
    REQUIRE(recorder->finish(played->life.outcome, played->life.digest));
    return contents(path);
}

}  // namespace

TEST_CASE("a scenario that was damaged loads and plays, or is told what is wrong") {
    const std::vector<SourceFile> all = shipped_scenarios();
    const std::vector<std::string> words = dictionary();
    std::uint32_t loaded = 0, played = 0;
    for (std::uint32_t nth = 0; nth < inputs() / 2; ++nth) {
        Damage damage(nth, words);
        const SourceFile& from = all[damage.below(all.size())];
        const std::string text = damage.of(from.text);
        INFO("input " << nth << " of " << from.name);
        const Watch watch;
        const auto scenario = load_scenario({{from.name, text}}, {});
        if (!scenario) {
            CHECK_FALSE(scenario.error().message.empty());
            continue;
        }
        ++loaded;
        played += play_moment(*scenario, nth);
    }
    CHECK(loaded > inputs() / 50);
    CHECK(played > 0);
}

TEST_CASE("a recording that was damaged is read and verified, or is told what is wrong") {
    const std::vector<std::string> words = dictionary();
    const std::vector<std::string> all{recorded("slow_lorry"), recorded("new_colour")};
    std::uint32_t read = 0;
    for (std::uint32_t nth = 0; nth < inputs() / 4; ++nth) {
        Damage damage(1'000'000 + nth, words);
        // Most of its bytes are the scenario's, whose digest it holds: what is around them matters.
        const std::string& whole_one = all[damage.below(all.size())];
        const auto sources = whole_one.find("\nsources "), after = whole_one.rfind("\n| ");
        const std::size_t cut = damage.below(2) ? sources : after;
        const std::string text = damage.below(2) == 0 ? damage.of(whole_one)
                                 : cut == sources
                                     ? damage.of(whole_one.substr(0, cut)) + whole_one.substr(cut)
                                     : whole_one.substr(0, cut) + damage.of(whole_one.substr(cut));
        INFO("input " << nth);
        const Watch watch;
        auto recording = parse_recording(text);
        if (!recording) {
            CHECK_THAT(recording.error().message, Catch::Contains("line"));
            continue;
        }
        ++read;
        recording->head.until = std::min(recording->head.until.value_or(a_moment), a_moment);
        const auto scenario = load_scenario(recording->head.sources, recording->head.choices);
        if (!scenario || !is_small(*scenario->blueprint)) continue;
        const auto verified = verify(*recording);
        CHECK((verified || !verified.error().message.empty()));
    }
    CHECK(read > inputs() / 50);
}

TEST_CASE("lines of a player that were damaged are answered, each, and the day goes on") {
    const std::vector<std::string> words = dictionary();
    const std::vector<std::string> said{
        "{\"do\": \"shed lorry share=90%\"}", "{\"do\": \"rollback lorry\"}", "{\"wait\": \"5s\"}",
        "{\"do\": \"scale lorry instances=9\"}", "{\"wait\": \"1m20s\"}"};
    const TestFolder scratch;
    const auto& folder = scratch.path;
    const std::string lines = scratch.file("lines"), lua = shipped + "lessons/slow_lorry.lua";
    constexpr std::uint32_t at_once = 500;
    for (std::uint32_t first = 0; first < inputs() / 5; first += at_once) {
        {
            std::ofstream out{lines, std::ios::binary};
            for (std::uint32_t nth = first; nth < std::min(first + at_once, inputs() / 5); ++nth) {
                Damage damage(2'000'000 + nth, words);
                out << damage.of(said[damage.below(said.size())]) << "\n";
            }
        }
        INFO("from line " << first);
        const Answer answer =
            ask_line("cd " + folder.string() + " && timeout 120 " + ROLLCAGE_PROGRAM +
                     " play --json " + lua + " <" + lines + " 2>/dev/null");
        CHECK((answer.code == 0 || answer.code == 1));
        CHECK_THAT(answer.out, Catch::Contains("\"error\"") && Catch::Contains("\"outcome\""));
    }
}

TEST_CASE("a file of knobs that was damaged is taken, or is told what is wrong") {
    const std::vector<std::string> words = dictionary();
    const TestFolder scratch;
    const std::string file = scratch.file("knobs.json"), err = scratch.file("err");
    for (std::uint32_t nth = 0; nth < inputs() / 20; ++nth) {
        Damage damage(3'000'000 + nth, words);
        std::ofstream{file, std::ios::binary}
            << damage.of("{\"attempts\": 4, \"load\": 0.6, \"slowdown\": 2.5}\n");
        INFO("input " << nth << ": " << contents(file));
        const Answer answer = ask_line("timeout 60 " ROLLCAGE_PROGRAM " run " + shipped +
                                       "lessons/slow_lorry.lua --until 1m --knobs " + file + " 2>" +
                                       err + " >/dev/null");
        CHECK((answer.code == 0 || answer.code == 1 || answer.code == 2));
        if (answer.code == 2) CHECK_THAT(contents(err), Catch::StartsWith("rollcage: "));
    }
}

namespace {

const std::string lorry = shipped + "lessons/slow_lorry.lua";

// Every verb, as it would print something.
std::vector<std::string> every_verb(const TestFolder& folder) {
    const std::string drill = folder.file("day.drill");
    REQUIRE(folder.ask_here("run " + lorry + " --until 12m --record " + drill).code <= 1);
    const std::string small =
        folder.put("t.lua",
                   "local d = scenario { title = \"T\", lasts = \"1m\", judged_after = 0 }\n"
                   "d.service { \"s\", serves = d.cohort { \"u\", users = 60 } }\n"
                   "d.expect { \"requests.offered < 5\" }\n");
    return {"run " + lorry + " --until 1m",
            "run " + lorry + " --until 1m --json",
            "play " + lorry + " --json </dev/null",
            "compare " + lorry + " --actors nothing --seeds 1",
            "check " + small,
            "search " + small + " --actor nothing --budget 50",
            "replay " + drill,
            "replay " + drill + " --verify",
            "branch " + drill + " --at 5m --do 'rollback lorry'",
            "explain " + drill,
            "explain " + drill + " --time --json",
            "lint " + lorry,
            "lint " + lorry + " --exits",
            "list",
            "new --help",
            "completion bash",
            "--help",
            "--version"};
}

}  // namespace

TEST_CASE("a full disk behind standard output is told of, whatever was asked", "[slow]") {
    const TestFolder folder;
    for (const std::string& verb : every_verb(folder)) {
        INFO(verb);
        CHECK(folder.ask_here(verb + " >/dev/full").code == 2);
        CHECK_THAT(folder.said(), Catch::Contains("rollcage: writing to standard output failed"));
    }
}

TEST_CASE("whoever stops reading ends the program, and breaks nothing", "[slow]") {
    const TestFolder folder;
    for (const std::string& verb : every_verb(folder)) {
        INFO(verb);
        const Answer answer =
            ask_line("bash -c \"cd " + folder.path.string() + "; timeout 60 " ROLLCAGE_PROGRAM " " +
                     verb + " 2>err | head -c1 >/dev/null; exit \\${PIPESTATUS[0]}\"");
        const bool ended =
            answer.code == 0 || answer.code == 1 || answer.code == 2 || answer.code == 128 + 13;
        CHECK(ended);
        CHECK_THAT(folder.said(), !Catch::Contains("internal error"));
    }
}

TEST_CASE("a database or a recording that is cut short or is none is refused, and kept", "[slow]") {
    const TestFolder folder;
    const std::string runs = folder.file("runs.sqlite"),
                      compare = "compare " + lorry + " --actors nothing --seeds 1 --db ";
    REQUIRE(folder.ask_here(compare + runs).code == 0);
    const std::string good = contents(runs);
    REQUIRE(good.size() >= 8192);
    for (const std::size_t size :
         {std::size_t{100}, std::size_t{3}, good.size() / 2 + 100, good.size() - 512}) {
        const std::string cut = folder.put("cut.sqlite", good.substr(0, size));
        INFO(size << " bytes of " << good.size());
        const Answer answer = folder.ask_here(compare + cut);
        CHECK(answer.code == 2);
        CHECK_THAT(folder.said(), Catch::Contains("--db: " + cut));
        CHECK((contents(cut) == good.substr(0, size)));
    }
    for (const char* nowhere : {"/proc/runs.sqlite", "/dev/null/runs.sqlite", "."}) {
        INFO(nowhere);
        CHECK(folder.ask_here(compare + nowhere).code == 2);
        CHECK_THAT(folder.said(), Catch::Contains(std::string{"--db: "} + nowhere));
    }
    const std::string day = recorded("slow_lorry");
    for (const std::string& text : {std::string{}, std::string{"\0\0\0\0", 4}, good,
                                    day.substr(0, 40), day.substr(0, day.size() / 2)}) {
        const std::string drill = folder.put("cut.drill", text);
        INFO(text.size() << " bytes of a recording");
        for (const std::string& verb : {"replay " + drill, "replay " + drill + " --verify",
                                        "branch " + drill + " --at 1m --do 'rollback lorry'"}) {
            CHECK(folder.ask_here(verb).code == 2);
            CHECK_THAT(folder.said(), Catch::Contains("recording line"));
        }
    }
}

TEST_CASE("where nothing may be written, each verb says so and which path it was", "[slow]") {
    const TestFolder folder;
    const std::string drill = folder.file("day.drill");
    REQUIRE(folder.ask_here("run " + lorry + " --until 12m --record " + drill).code <= 1);
    for (const std::string& verb :
         {"run " + lorry + " --until 1m --record /proc/x",
          "run " + lorry + " --until 1m --facts /proc/x",
          "compare " + lorry + " --actors nothing --seeds 1 --json /proc/x",
          "check " + lorry + " --seeds 1 --junit /proc/x",
          "play " + lorry + " --record /proc/x </dev/null",
          "search " + lorry + " --actor shed --out /proc/x"}) {
        INFO(verb);
        CHECK(folder.ask_here(verb).code == 2);
        CHECK_THAT(folder.said(), Catch::Contains("/proc/x"));
    }
    CHECK(ask_line("cd /proc && " ROLLCAGE_PROGRAM " new monday >/dev/null 2>&1").code == 2);
    // A full disk behind a file is told of as well.
    CHECK(folder.ask_here("run " + lorry + " --until 12m --record /dev/full").code == 2);
    CHECK(folder.ask_here("run " + lorry + " --until 12m --facts /dev/full").code == 2);
}
