#include "tests/desk/sitting.h"

using namespace rollcage;

TEST_CASE("the lobby shows what players may know, and never the lesson") {
    Sitting at{"lessons/new_colour.lua"};
    CHECK(at.says("New colour"));
    CHECK(at.says("Checkout 1.5.0"));
    CHECK_FALSE(at.says("A rollback puts the old reader"));
    at.keep_picture("lobby");
}

TEST_CASE("a file that does not load is a card that says why, and the rest is there") {
    const TestFolder folder;
    folder.put("broken.lua", "local d = scenario { titel = \"x\" }\n");
    DeskOptions options{{folder.path.string()}, folder.path.string(), 1};
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
    at.click("End the drill");
    at.until([&] { return at.desk.debrief() && at.desk.debrief()->view() != nullptr; });
    CHECK(at.says("A rollback puts the old reader"));
    at.keep_picture("debrief");
    at.click("Decisions");
    CHECK(at.says("complaints stop"));
    at.click("What if");
    at.click("rollback checkout");
    at.until([&] { return at.desk.debrief()->tried().front().life.has_value(); });
    CHECK(at.says("records.damaged"));
    at.keep_picture("what-if");
    at.click("Why");
    at.until([&] { return at.desk.debrief()->explanation() != nullptr; });
    CHECK(at.says("it would have been without"));
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
        for (const char* label :
             {"Feed", "Map", "Release", "Data", "Fleet", "People", "Notes", "Orders"})
            at.click(label);
        at.keep_picture(scale < 1 ? "small" : "large");
    }
}

TEST_CASE("a day goes from its debrief to the board, and its lives beside each other") {
    Sitting at{"lessons/new_colour.lua"};
    at.click("Begin");
    at.bench.type("!");
    at.stand_still();
    at.click("order");
    at.bench.type("set_flag teal off");
    at.bench.key(ImGuiKey_Enter);
    at.click("Give the order");
    at.click("Debrief");
    at.click("End the drill");
    at.until([&] { return at.desk.debrief() && at.desk.debrief()->view() != nullptr; });
    at.bench.type("c");
    at.bench.frame();
    REQUIRE(at.desk.board() != nullptr);
    CHECK_FALSE(at.says("set_flag"));  // Not before the class has decided.
    at.bench.type(".");
    at.bench.frame(2);
    CHECK(at.desk.board()->phase() == BoardPhase::asking);
    at.keep_picture("board");
    at.click("Debrief");
    CHECK(at.desk.board() == nullptr);
}
