// `check` as a process: what CI sees of scenarios that hold, that do not, and that cannot be
// played.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/test_folder.h"

namespace {

namespace fs = std::filesystem;

// A folder of its own, gone with the test.
struct Folder : TestFolder {
    Answer check(const std::string& more, const std::string& with = "env -u CI") const {
        return ask_line(with + " " + ROLLCAGE_PROGRAM + " check " + path.string() + " " + more +
                        " 2>&1");
    }
};

std::string shop(const std::string& expects, const std::string& fails = "0.2") {
    return R"(local drill = scenario { title = "t", lasts = "10m", judged_after = "0s" }
local people = drill.cohort { "people", users = 600, attempts = 1 }
local shop = drill.service { "shop", serves = people, instances = 4, slots = 5 }
drill.at("2m", fail { service = shop, share = )" +
           fails + R"(, lasts = "4m" })
)" + expects;
}
const std::string holds = "drill.expect(\"nothing\", { \"requests.failed < 50%\" })\n";
const std::string breaks = "drill.expect(\"nothing\", { \"requests.failed == 0\" })\n";

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("check accepts a first transcript, and fails on another one until that is accepted") {
    const Folder folder;
    folder.put("shop.lua", shop(holds));
    Answer first = folder.check("--seeds 2");
    CHECK(first.code == 0);
    CHECK(has(first.out, "transcript: was written for the first time"));
    CHECK(folder.check("--seeds 2").code == 0);
    folder.put("shop.lua", shop(holds, "0.9"));
    const Answer changed = folder.check("--seeds 2");
    CHECK(changed.code == 1);
    CHECK(has(changed.out, "+00:0"));
    CHECK(has(changed.out, "--update=all"));
    CHECK(fs::exists(folder.path / "shop.transcript.new"));
    CHECK(folder.check("--seeds 2 --update=all").code == 0);
    CHECK_FALSE(fs::exists(folder.path / "shop.transcript.new"));
    CHECK(folder.check("--seeds 2").code == 0);
}

TEST_CASE("under CI a missing transcript and one whose scenario is gone fail, nothing is written") {
    const Folder folder;
    folder.put("shop.lua", shop(holds));
    CHECK(folder.check("--seeds 2", "env CI=true").code == 1);
    CHECK_FALSE(fs::exists(folder.path / "shop.transcript"));
    CHECK(folder.check("--seeds 2").code == 0);
    folder.put("gone.transcript", "once\n");
    CHECK(folder.check("--seeds 2").code == 0);
    const Answer strict = folder.check("--seeds 2", "env CI=true");
    CHECK(strict.code == 1);
    CHECK(has(strict.out, "gone.transcript: obsolete transcript"));
    CHECK(folder.check("--seeds 2 --update=all").code == 0);
    CHECK_FALSE(fs::exists(folder.path / "gone.transcript"));
}

TEST_CASE("what does not hold is told last, with the line and the seed that show it") {
    const Folder folder;
    folder.put("shop.lua", shop(breaks));
    folder.put("wrong.lua", "local drill = scenario { title = \"t\" }\ndrill.cohrt {}\n");
    const Answer answer =
        folder.check("--seeds 3 --github --junit " + folder.path.string() + "/out.xml");
    CHECK(answer.code == 2);  // One could not be played at all.
    CHECK(has(answer.out, "shop.lua:5: nothing: requests.failed == 0"));
    CHECK(has(answer.out, "again: rollcage run " + (folder.path / "shop.lua").string() +
                              " --actor 'nothing' --seed "));
    CHECK(has(answer.out, "::error file=" + (folder.path / "shop.lua").string() + ",line=5,"));
    CHECK(has(answer.out, "wrong.lua:2"));
    const std::string xml = folder.text("out.xml");
    CHECK(has(xml, "<failure message="));
    CHECK(has(xml, "type=\"CannotBePlayed\""));
    CHECK(has(xml, "failures=\"1\" errors=\"1\""));
    CHECK(ask_line("python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' " +
                   (folder.path / "out.xml").string())
              .code == 0);
    // The seed is kept, and played first from now on.
    CHECK(has(folder.text("shop.regressions"), "1 nothing\n"));
    CHECK(has(folder.check("--seeds 3").out, "seed 1 of nothing again\nbroken as before"));
}

TEST_CASE("two that are the same are not better than each other, however many seeds") {
    const Folder folder;
    folder.put("shop.lua", shop("drill.actor(\"waits\", function(me) me:wait(\"1m\") end)\n"
                                "drill.expect { '\"waits\" better_than \"rests\" on "
                                "requests.failed' }\n"
                                "drill.actor(\"rests\", function(me) me:wait(\"2m\") end)\n"));
    const Answer same = folder.check("--seeds 3");
    CHECK(same.code == 1);
    CHECK(has(same.out, "waits - rests is 0 in the mean of 3 pairs"));
}

TEST_CASE("shards part the scenarios, and nothing to check is an answer of its own") {
    const Folder folder;
    CHECK(folder.check("").code == 4);
    folder.put("library.lua", "return { shared = 1 }\n");
    CHECK(folder.check("").code == 4);
    for (const char* name : {"a.lua", "b.lua", "c.lua"}) folder.put(name, shop(holds));
    const Answer one = folder.check("--seeds 1 --shard 1/2"),
                 two = folder.check("--seeds 1 --shard 2/2");
    CHECK(has(one.out, "2 scenarios, 4 passed"));
    CHECK(has(two.out, "1 scenarios, 2 passed"));
    CHECK(has(one.out, "ok    a "));
    CHECK(has(two.out, "ok    b "));
    CHECK(folder.check("--shard 3/2").code == 2);
    CHECK(folder.check("--update=some").code == 2);
    CHECK(ask("check /nowhere/at_all").code == 2);
    CHECK(folder.check("--seeds 1 --twice").code == 0);
}
