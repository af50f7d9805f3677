// What `report` writes for other programs, read by those programs; and tables on a terminal.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/test_folder.h"

namespace {

namespace fs = std::filesystem;

struct Folder : TestFolder {
    Folder() {
        put("shop.lua",
            R"(local drill = scenario { title = "t", lasts = "2h", judged_after = "1h" }
local people = drill.cohort { "people", users = 600 }
local shop = drill.service { "shop \"one\"", serves = people, instances = 4, slots = 5,
  version = "1" }
local two = drill.build { "2", of = shop,
  change { "c", hides = defect { rate = 0.2, fails = 1 } } }
drill.plan "careful" { canary { share = "5%", soak = "10m" }, everyone {} }
drill.at("5m", release(two, "careful"))
drill.expect("nothing", { "requests.good > 0" })
)");
    }
    Answer say(const std::string& arguments, const std::string& with = "") const {
        return ask_line("cd " + path.string() + " && " + with + " " + ROLLCAGE_PROGRAM + " " +
                        arguments + " 2>&1");
    }
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

bool there(const std::string& needs, const std::string& package) {
    if (ask_line(needs + " >/dev/null 2>&1").code == 0) return true;
    WARN("skipped: " + needs + " does not work here; install " + package);
    return false;
}

std::size_t widest(const std::string& text) {
    std::size_t most = 0;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);)
        most = std::max(most, static_cast<std::size_t>(std::ranges::count_if(line, [](char c) {
                            return (c & '\xC0') != '\x80' && c != '\r';
                        })));
    return most;
}

}  // namespace

TEST_CASE("a recorded day becomes OpenMetrics that promtool and its own parser take") {
    const Folder folder;
    REQUIRE(folder.say("run shop.lua --actor rollback --record monday.drill").code == 0);
    REQUIRE(folder.say("run shop.lua --actor nothing --seed 2 --record tuesday.drill").code == 0);
    const std::string begins = " --begins 2026-11-21T10:00:00Z";
    const Answer answer =
        folder.say("report monday.drill tuesday.drill --openmetrics out.om" + begins);
    CHECK(answer.out.empty());
    REQUIRE(answer.code == 0);
    const std::string text = folder.text("out.om");
    CHECK(has(text, "# TYPE rollcage_service_attempts counter\n# HELP "));
    CHECK(has(text, "# UNIT rollcage_service_latency_seconds seconds\n"));
    CHECK(has(text, "service=\"shop \\\"one\\\"\",build=\"2\",baseline=\"false\""));
    CHECK(has(text, " 1795255215\n"));  // The first scrape, 15 s after ten.
    CHECK(text.ends_with("# EOF\n"));
    if (there("promtool --version", "prometheus"))
        CHECK(ask_line("promtool tsdb create-blocks-from openmetrics " + folder.file("out.om") +
                       " " + folder.file("blocks") + " 2>&1")
                  .code == 0);
    if (there("/usr/bin/python3 -c 'import prometheus_client'", "python3-prometheus-client"))
        CHECK(ask_line("/usr/bin/python3 -c \"\n"
                       "import sys\n"
                       "from prometheus_client.openmetrics.parser import "
                       "text_string_to_metric_families as parsed\n"
                       "all = {it.name: it for it in parsed(open(sys.argv[1]).read())}\n"
                       "offered = [s.value for s in all['rollcage_outcome'].samples "
                       "if s.labels['key'] == 'requests.offered']\n"
                       "print(len(all), len(offered), all['rollcage_build_busy_ratio'].unit)\" " +
                       folder.file("out.om") + " 2>&1")
                  .out == "20 2 ratio\n");
    CHECK(folder.say("report monday.drill ./monday.drill --openmetrics x.om").code == 2);
    CHECK(folder.say("report monday.drill --openmetrics monday.drill").code == 2);
    CHECK(folder.say("report monday.drill --openmetrics x.om --begins today").code == 2);
    CHECK_FALSE(fs::exists(folder.path / "x.om"));
}

TEST_CASE("the scrapes of a recorded day add up to what its service was asked") {
    const Folder folder;
    REQUIRE(
        folder.say("run shop.lua --actor nothing --record monday.drill --facts run.jsonl").code ==
        0);
    REQUIRE(folder.say("report monday.drill --openmetrics out.om --facts again.jsonl").code == 0);
    CHECK(folder.text("again.jsonl") == folder.text("run.jsonl"));
    CHECK(has(folder.text("run.jsonl"), "\"kind\":"));
    double by_service = 0, answered = 0, failed = 0, good = 0;
    std::istringstream lines{folder.text("out.om")};
    for (std::string line; std::getline(lines, line);) {
        const auto value = [&] { return std::stod(line.substr(line.rfind("} ") + 2)); };
        if (line.starts_with("rollcage_service_attempts_total")) by_service = value();
        if (line.starts_with("rollcage_service_answered_total")) answered = value();
        if (line.starts_with("rollcage_service_errors_total")) failed = value();
        if (has(line, "key=\"requests.good\"")) good = value();
    }
    CHECK(by_service >= good);  // Who tries again is counted again.
    CHECK(answered == Approx(good).epsilon(.01));
    CHECK(failed > 0);
}

TEST_CASE("CSV holds a row a run, of recordings and of a database alike") {
    const Folder folder;
    REQUIRE(folder.say("run shop.lua --actor nothing --record monday.drill").code == 0);
    REQUIRE(
        folder.say("compare shop.lua --actors nothing,rollback --seeds 2 --db runs.sqlite").code ==
        0);
    REQUIRE(folder.say("report monday.drill runs.sqlite --csv out.csv").code == 0);
    const Answer rows = ask_line(
        "/usr/bin/python3 -c \"\n"
        "import csv, sys\n"
        "rows = list(csv.DictReader(open(sys.argv[1], newline='')))\n"
        "print([(it['file'], it['comparison'], it['actor'], it['seed']) for it in rows])\n"
        "one, other = rows[0], rows[1]\n"
        "keys = [key for key in one if '.' in key]\n"
        "print(len(rows), len(keys) > 40, [key for key in keys if one[key] != other[key]])\" " +
        folder.file("out.csv") + " 2>&1");
    CHECK(rows.out ==
          "[('monday.drill', '', 'nothing', '1'), ('runs.sqlite', '1', 'nothing', '1'), "
          "('runs.sqlite', '1', 'nothing', '2'), ('runs.sqlite', '1', 'rollback', '1'), "
          "('runs.sqlite', '1', 'rollback', '2')]\n5 True []\n");
    std::ofstream{folder.path / "wrong.sqlite"} << "SQLite format 3" << '\0' << "and no more";
    CHECK(folder.say("report wrong.sqlite --csv x.csv").code == 2);
    CHECK(folder.say("report runs.sqlite --openmetrics x.om").code == 2);
    CHECK(folder.say("report shop.lua --csv x.csv").code == 2);
    CHECK(folder.say("report monday.drill").code == 2);
    std::ofstream{folder.path / "cut.drill"}
        << folder.text("monday.drill")
               .substr(0, folder.text("monday.drill").find("\noutcome ") + 1);
    CHECK(has(folder.say("report cut.drill --csv x.csv").out, "cut off before the end"));
    CHECK_FALSE(fs::exists(folder.path / "x.csv"));
}

TEST_CASE("tables fit 80 columns in a pipe, and use what a wider terminal has", "[slow]") {
    const Folder folder;
    const std::string compare = "compare shop.lua --actors all --seeds 2";
    const Answer piped = folder.say(compare, "env COLUMNS=200");
    CHECK(widest(piped.out) <= 80);
    if (!there("script --version", "bsdutils")) return;
    const auto on_terminal = [&](int columns) {
        return ask_line("cd " + folder.path.string() + " && script -qec 'stty cols " +
                        std::to_string(columns) + "; " ROLLCAGE_PROGRAM " " + compare +
                        " 2>/dev/null' /dev/null </dev/null")
            .out;
    };
    CHECK(widest(on_terminal(80)) <= 80);
    const std::string wide = on_terminal(140);
    CHECK(widest(wide) > 100);
    CHECK(widest(wide) <= 140);
    CHECK(widest(on_terminal(40)) <= 80);
}

TEST_CASE("on a terminal what follows the progress bar begins a line of its own") {
    const Folder folder;
    if (!there("script --version", "bsdutils")) return;
    const std::string out = ask_line("cd " + folder.path.string() +
                                     " && script -qec '" ROLLCAGE_PROGRAM
                                     " compare shop.lua --actors nothing,rollback --seeds 100000 "
                                     "--until-precise --by requests.good >/dev/null' /dev/null "
                                     "</dev/null")
                                .out;
    CHECK(has(out, "s left \033[K\r\nrollcage: stopped after"));
}

TEST_CASE("nothing but files needs a folder that may be written to, nor a colour, nor a locale",
          "[slow]") {
    const Folder folder;
    REQUIRE(folder.say("run shop.lua --actor nothing --record monday.drill").code == 0);
    const std::string plain = folder.say("run shop.lua --actor nothing").out;
    CHECK_FALSE(has(plain, "\033"));
    for (const char* with : {"env LC_ALL=C", "env LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8",
                             "env NO_COLOR=1 TERM=dumb", "env -i"})
        CHECK(folder.say("run shop.lua --actor nothing", with).out == plain);
    fs::permissions(folder.path, fs::perms::owner_read | fs::perms::owner_exec);
    // Permissions stop nobody who is root; that one puts on somebody else.
    const std::string as =
        geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : "";
    if (geteuid() != 0 ||
        there("setpriv --reuid=65534 --regid=65534 --clear-groups " ROLLCAGE_PROGRAM " --version",
              "util-linux, and keep the program where all may read it")) {
        fs::permissions(folder.path, fs::perms::others_read | fs::perms::others_exec,
                        fs::perm_options::add);
        CHECK(folder.say("run shop.lua --actor nothing", as).out == plain);
        CHECK(folder.say("compare shop.lua --actors nothing --seeds 2", as).code == 0);
        CHECK(folder.say("replay monday.drill --verify", as).code == 0);
        CHECK(folder.say("check . --seeds 1 --update=none", as).code == 1);  // No transcript yet.
        const Answer refused = folder.say("run shop.lua --record no.drill", as);
        CHECK(refused.code == 2);
        CHECK(has(refused.out, "no.drill"));
        CHECK(folder.say("report monday.drill --csv no.csv", as).code == 2);
    }
    fs::permissions(folder.path, fs::perms::owner_all);
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator{}) == 2);
}
