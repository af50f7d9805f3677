#include <filesystem>

#include "tests/desk/sitting.h"

using namespace rollcage;

namespace {

const std::string day = R"(
local drill = scenario { title = "A small day", briefing = "Look.", lesson = "It is secret.",
  difficulty = 1, lasts = "30m", judged_after = "10m" }
local users = drill.cohort { "users", users = 500 }
local shop = drill.service { "shop", serves = users }
drill.role { "commander", brief = "decides" }
drill.role { "scribe", brief = "writes" }
)";

Desk desk_on(const TestFolder& folder) {
    return Desk{
        {.scenarios = {folder.path.string()}, .recordings = folder.path.string(), .jobs = 1}};
}

}  // namespace

TEST_CASE("a file that is saved in an editor is in the lobby as it is now") {
    TestFolder folder;
    folder.put("day.lua", "local drill = scenario { titel = \"x\" }\n");
    Desk desk = desk_on(folder);
    DeskBench bench{[&](Widgets& on, ImVec2 size) { desk.draw(on, size); }};
    CHECK_THAT(bench.text(), Catch::Contains("titel") && Catch::Contains("Try again"));
    const auto written = std::filesystem::last_write_time(folder.path / "day.lua");
    folder.put("day.lua", day);
    std::filesystem::last_write_time(folder.path / "day.lua", written + std::chrono::seconds{2});
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!desk.changed() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    CHECK_THAT(bench.text(), Catch::Contains("A small day") && !Catch::Contains("titel"));
}

TEST_CASE("who sits where is on the recording from its first line, and can be handed over") {
    TestFolder folder;
    folder.put("day.lua", day);
    Desk desk = desk_on(folder);
    DeskBench bench{[&](Widgets& on, ImVec2 size) { desk.draw(on, size); }};
    for (const auto& [seat, person] : {std::pair{"commander", "ana"}, {"scribe", "ben"}}) {
        REQUIRE(bench.click(seat) == "");
        bench.type(person);
    }
    REQUIRE(bench.click("90 min") == "");
    REQUIRE(bench.click("Begin") == "");
    REQUIRE(desk.drill() != nullptr);
    CHECK(desk.drill()->has_table_time());
    CHECK_THAT(bench.text(), Catch::Contains("table 90 min"));
    REQUIRE(bench.click("People") == "");
    REQUIRE(bench.click("scribe") == "");
    REQUIRE(bench.click("sits") == "");
    bench.type("cleo");
    bench.key(ImGuiKey_Enter);
    const auto seats = desk.drill()->look([](const Drill& it) {
        std::vector<std::string> all;
        for (const Remark& said : it.remarks())
            if (said.kind == RemarkKind::seat) all.push_back(said.who + " " + said.text);
        return all;
    });
    CHECK(seats == std::vector<std::string>{"ana commander", "ben scribe", "cleo scribe"});
    CHECK_THAT(folder.text("day-1.drill"), Catch::Contains("seat cleo: scribe"));
}

TEST_CASE("a word is the seed of a whole class, and the lobby says which") {
    TestFolder folder;
    folder.put("day.lua", day);
    Desk desk = desk_on(folder);
    DeskBench bench{[&](Widgets& on, ImVec2 size) { desk.draw(on, size); }};
    REQUIRE(bench.click("seed") == "");
    bench.key(ImGuiKey_A, true);
    bench.type("tuesday");
    const std::uint64_t seed = seed_of("tuesday");
    CHECK_THAT(bench.text(), Catch::Contains(std::to_string(seed)));
    REQUIRE(bench.click("Begin") == "");
    CHECK(desk.drill()->look([](const Drill& it) { return it.choices().seed; }) == seed);
}

TEST_CASE("the guided drill goes from step to step as each is truly done") {
    Sitting at{"lessons/new_colour.lua"};
    at.click("Guided first drill");
    CHECK(at.says("Step 1 of 7"));
    at.keep_picture("guide");
    at.click("Next");
    at.stand_still();
    CHECK(at.says("Step 2 of 7"));
    at.click("Alert");
    at.stand_still();
    CHECK(at.says("Step 3 of 7"));
    const auto order = [&](const std::string& text) {
        at.click("order");
        at.bench.type(text);
        at.bench.key(ImGuiKey_Enter);
        at.click("Give the order");
    };
    order("inspect checkout by=flag");
    at.until([&] {
        if (!at.desk.drill()->going()) at.click("Next");
        return at.says("Step 4 of 7");
    });
    at.desk.display_lost();
    order("set_flag teal off");
    CHECK(at.says("Step 5 of 7"));
    at.until([&] {
        if (!at.desk.drill()->going()) at.click("Next");
        return at.says("Step 6 of 7");
    });
    at.desk.display_lost();
    at.click("Debrief");
    at.click("End the drill");
    at.until([&] { return at.says("Step 7 of 7"); });
    at.click("No guide");
    CHECK_FALSE(at.says("of 7"));
}

TEST_CASE("who comes back to a drill that was cut off reads where it stands") {
    Sitting at{"lessons/new_colour.lua"};
    at.click("Begin");
    at.click("Alert");
    at.stand_still();
    at.click("order");
    at.bench.type("set_flag teal off");
    at.bench.key(ImGuiKey_Enter);
    at.click("expected");
    at.bench.type("it stops");
    at.click("Give the order");
    at.folder.put("killed.drill", at.folder.text("new_colour-1.drill"));
    Desk again{{.scenarios = {}, .recordings = at.folder.path.string(), .jobs = 1}};
    REQUIRE(again.open(at.folder.file("killed.drill")));
    DeskBench bench{[&](Widgets& on, ImVec2 size) { again.draw(on, size); }};
    CHECK_THAT(bench.text(), Catch::Contains("Where this drill stands") &&
                                 Catch::Contains("set_flag teal off") &&
                                 Catch::Contains("expected: it stops"));
    REQUIRE(bench.click("Go on from here") == "");
    CHECK_THAT(bench.text(), !Catch::Contains("Where this drill stands"));
}
