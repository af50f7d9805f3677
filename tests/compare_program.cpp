// `compare` as a process: what it stops at, and what it leaves in a database.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/test_folder.h"

namespace {

const std::string lorry = std::string{ROLLCAGE_SOURCE_DIR} + "/scenarios/lessons/slow_lorry.lua";

// Of the file itself, by whatever reads SQLite here.
std::string asked(const std::string& database, const std::string& question) {
    return ask_line(
               "/usr/bin/python3 -c \"import sqlite3, sys; "
               "print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall())\" " +
               database + " \"" + question + "\"")
        .out;
}

}  // namespace

TEST_CASE("a comparison stops where it is clear, and is the one of as many seeds", "[slow]") {
    const TestFolder folder;
    const std::string with = "compare " + lorry + " --actors nothing,shed --json ";
    const Answer early =
        ask(with + "--seeds 40 --until-precise=20% --by requests.failed", folder.file("err"));
    CHECK_THAT(folder.said(), Catch::Contains("stopped after 8 seeds"));
    CHECK_THAT(early.out, Catch::Contains("\"stopped\": \"precise\""));
    std::string same = ask(with + "--seeds 8 --by requests.failed").out;
    const std::string whole = "\"stopped\": null";
    REQUIRE(same.find(whole) != std::string::npos);
    same.replace(same.find(whole), whole.size(), "\"stopped\": \"precise\"");
    CHECK(early.out == same);
    // Of one life it is the mean that must be known.
    const auto alone = [&](const std::string& by) {
        ask("compare " + lorry + " --actors nothing --json --seeds 12 --until-precise --by " + by,
            folder.file("err"));
        return folder.said();
    };
    CHECK_THAT(alone("requests.failed"), Catch::Contains("stopped after 8 seeds"));
    CHECK_THAT(alone("requests.slow"), !Catch::Contains("stopped after"));
    CHECK(ask("compare " + lorry + " --seeds 2 --until-precise=7").code == 2);
    CHECK(ask("compare " + lorry + " --seeds 2 --by requests").code == 2);
}

TEST_CASE("a file that is written anew keeps its permissions, and a link stays one") {
    const TestFolder folder;
    const std::string file = folder.file("out.json"), link = folder.file("link.json");
    std::ofstream{file} << "old";
    std::filesystem::permissions(file, std::filesystem::perms{0604});
    std::filesystem::create_symlink(file, link);
    ask("compare " + lorry + " --actors nothing --seeds 1 --json " + link);
    CHECK(std::filesystem::is_symlink(link));
    CHECK(std::filesystem::file_size(file) > 3);
    CHECK(std::filesystem::status(file).permissions() == std::filesystem::perms{0604});
    CHECK(std::distance(std::filesystem::directory_iterator{folder.path}, {}) == 2);
}

TEST_CASE("two programs append to one database and lose nothing") {
    const TestFolder folder;
    const std::string runs = folder.file("runs.sqlite"), mine = " >/dev/null 2>&1";
    const std::string one = std::string{ROLLCAGE_PROGRAM} + " compare " + lorry +
                            " --actors nothing --seeds 3 --jobs 1 --db " + runs + mine;
    CHECK(ask_line(one + " & " + one + " & wait").code == 0);
    CHECK(ask_line(one).code == 0);
    CHECK(asked(runs,
                "SELECT comparison, count(*), min(seed), max(seed), actor FROM runs "
                "GROUP BY comparison") ==
          "[(1, 3, 1, 3, 'nothing'), (2, 3, 1, 3, 'nothing'), (3, 3, 1, 3, 'nothing')]\n");
    CHECK(asked(runs, "SELECT DISTINCT requests_offered > 0, records_lost FROM runs") ==
          "[(1, None)]\n");
}

TEST_CASE("a file that is no database of ours is refused before anything is played, and kept") {
    const TestFolder folder;
    const std::string text = folder.file("notes.txt");
    std::ofstream{text} << "not a database at all, and longer than a header of one would be";
    for (const std::string& wrong : {text, folder.file("nowhere/runs.sqlite")}) {
        const Answer answer = ask("compare " + lorry + " --seeds 2 --actors nothing --db " + wrong,
                                  folder.file("err"));
        CHECK(answer.code == 2);
        CHECK(answer.out.empty());
        CHECK_THAT(folder.said(), Catch::Contains("--db: " + wrong));
    }
    std::ostringstream kept;
    kept << std::ifstream{text}.rdbuf();
    CHECK_THAT(kept.str(), Catch::StartsWith("not a database at all"));
}

TEST_CASE("an interrupted comparison keeps and prints what is complete") {
    const TestFolder folder;
    const Answer answer =
        ask_line("timeout --preserve-status -s INT 3 " ROLLCAGE_PROGRAM " compare " + lorry +
                 " --actors nothing --seeds 500000 --json 2>" + folder.file("err"));
    CHECK(answer.code == 130);
    CHECK_THAT(answer.out, Catch::Contains("\"stopped\": \"interrupted\""));
    CHECK_THAT(folder.said(), Catch::Contains("interrupted after"));
}

TEST_CASE("a file that cannot be written whole is left as it was") {
    const TestFolder folder;
    const std::string kept = folder.file("kept.json");
    std::ofstream{kept} << "as it was";
    // No file may grow beyond half a kilobyte.
    const Answer answer =
        ask_line("(ulimit -f 1; trap '' XFSZ; " ROLLCAGE_PROGRAM " compare " + lorry +
                 " --actors nothing --seeds 1 --json " + kept + " >/dev/null 2>&1)");
    CHECK(answer.code == 2);
    std::ostringstream text;
    text << std::ifstream{kept}.rdbuf();
    CHECK(text.str() == "as it was");
    CHECK_FALSE(std::filesystem::exists(kept + ".part"));
}
