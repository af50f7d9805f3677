#include <chrono>
#include <cstdlib>
#include <thread>

#include "tests/desk/harness.h"
#include "tests/test_folder.h"
#include "ui/desk/desk.h"

using namespace rollcage;

namespace {

struct Sitting {
    TestFolder folder;
    Desk desk;
    DeskBench bench;

    explicit Sitting(const std::string& scenario, const BenchAsked& asked = {})
        : desk({{std::string{ROLLCAGE_SOURCE_DIR} + "/scenarios/" + scenario},
                folder.path.string(),
                1}),
          bench([this](Widgets& on, ImVec2 size) { desk.draw(on, size); }, asked) {}

    // What runs beside the frames gets there, or the test says that it did not.
    template <class Is>
    void until(const Is& is) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(3);
        while (!is() && std::chrono::steady_clock::now() < end) {
            (void)desk.changed();
            bench.frame();
            std::this_thread::yield();
        }
        REQUIRE(is());
    }
    void click(const std::string& label) { REQUIRE(bench.click(label) == ""); }
    bool says(const std::string& words) { return bench.text().find(words) != std::string::npos; }
    void keep_picture(const std::string& name) {
        bench.move_away();
        if (const char* where = std::getenv("ROLLCAGE_PICTURES"))
            write_png(bench.picture(), std::string{where} + "/desk-" + name + ".png");
    }
};

}  // namespace

TEST_CASE("the lobby shows what players may know, and never the lesson") {
    Sitting at{"lessons/new_colour.lua"};
    CHECK(at.says("New colour"));
    CHECK(at.says("Checkout 1.5.0"));
    CHECK_FALSE(at.says("A rollback puts the old reader"));
    at.keep_picture("lobby");
}

TEST_CASE("a file that does not load is a card that says why, and the rest is there") {
    Sitting at{"lessons"};
    at.folder.put("broken.lua", "local d = scenario { titel = \"x\" }\n");
    DeskOptions options{{at.folder.path.string()}, at.folder.path.string(), 1};
    Desk desk{options};
    DeskBench bench{[&](Widgets& on, ImVec2 size) { desk.draw(on, size); }};
    const std::string text = bench.text();
    CHECK_THAT(text, Catch::Contains("does not load") && Catch::Contains("titel"));
}

TEST_CASE("a drill is begun, an order given with what is expected, and the day looked back at") {
    Sitting at{"lessons/new_colour.lua"};
    at.click("Begin");
    REQUIRE(at.desk.drill() != nullptr);
    at.click("Next");
    at.until([&] { return !at.desk.drill()->going(); });
    at.click("Alert");
    at.until([&] { return !at.desk.drill()->going(); });
    at.keep_picture("drill");
    at.click("order");
    at.bench.type("teal off");
    at.click("set_flag teal off");
    CHECK(at.says("practised"));
    at.click("expected");
    at.bench.type("complaints stop");
    at.keep_picture("armed");
    at.click("Give the order");
    const auto remarks = at.desk.drill()->look([](const Drill& it) { return it.remarks(); });
    REQUIRE(remarks.size() == 1);
    CHECK(remarks[0].text == "complaints stop");
    at.click("Feed");
    CHECK(at.says("ordered: set_flag teal off"));
    at.keep_picture("feed");
    at.click("Debrief");
    at.until([&] { return at.desk.debrief() && at.desk.debrief()->view() != nullptr; });
    CHECK(at.says("A rollback puts the old reader"));
    at.keep_picture("debrief");
    at.click("Decisions");
    CHECK(at.says("expected: complaints stop"));
    at.click("What if");
    at.click("rollback checkout");
    at.until([&] { return at.desk.debrief()->tried().front().life.has_value(); });
    CHECK(at.says("records.damaged"));
    at.keep_picture("what-if");
    at.click("Why");
    at.until([&] { return at.desk.debrief()->explanation() != nullptr; });
    CHECK(at.says("It would have been without"));
    at.keep_picture("why");
    at.click("Write the page");
    CHECK_THAT(at.folder.text("new_colour-1.html"), Catch::Contains("complaints stop"));
    at.click("Lobby");
    CHECK(at.says("complete"));
}

TEST_CASE("a drill that was cut off goes on from the lobby") {
    Sitting at{"lessons/new_colour.lua"};
    at.click("Begin");
    at.click("Alert");
    at.until([&] { return !at.desk.drill()->going(); });
    const double now_s = at.desk.drill()->look([](const Drill& it) { return it.now().seconds(); });
    // What stands in the file by then is what a killed desk leaves.
    at.folder.put("killed.drill", at.folder.text("new_colour-1.drill"));
    Desk again{{{}, at.folder.path.string(), 1}};
    REQUIRE(again.open(at.folder.file("killed.drill")));
    REQUIRE(again.drill() != nullptr);
    const double gone_on_s =
        again.drill()->look([](const Drill& it) { return it.now().seconds(); });
    CHECK(gone_on_s == Approx(now_s).margin(.002));
}

TEST_CASE("the whole desk can be used by hand at small and at large scale") {
    for (const float scale : {0.75F, 1.5F}) {
        Sitting at{"lessons/new_colour.lua", {.size = {1280, 720}, .scale = scale}};
        at.click("Begin");
        for (const char* label : {"Feed", "Release", "Data", "Fleet", "People", "Notes", "Orders"})
            at.click(label);
        at.keep_picture(scale < 1 ? "small" : "large");
    }
}
