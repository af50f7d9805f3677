#include "tests/desk/sitting.h"

using namespace rollcage;

namespace {

std::vector<Remark> remarks_in(Sitting& at) {
    return at.look([](const Drill& it) { return it.remarks(); });
}

std::size_t orders_given(Sitting& at) {
    return at.look([](const Drill& it) { return it.life().orders.size(); });
}

}  // namespace

TEST_CASE("the palette finds an order by a few letters, and Enter arms it") {
    Sitting at{"lessons/new_colour.lua"};
    at.click("Begin");
    at.bench.chord("Ctrl+K");
    CHECK(at.says("Everything there is to do"));
    at.bench.type("teal of");
    at.keep_picture("palette");
    at.bench.key(ImGuiKey_Enter);
    at.bench.frame(2);
    CHECK(at.says("What do you expect to see"));
    CHECK(at.says("set_flag teal off"));
    CHECK(orders_given(at) == 0);  // Armed, and not given.
}

TEST_CASE("every key does what the list of keys says, and none of them while somebody writes") {
    Sitting at{"lessons/new_colour.lua"};
    at.click("Begin");
    at.bench.type("?");
    at.bench.frame(2);
    CHECK_THAT(at.bench.text(), Catch::Contains("Ctrl+K") && Catch::Contains("Play or pause") &&
                                    Catch::Contains("Speed max"));
    at.keep_picture("keys");
    at.bench.key(ImGuiKey_Escape);
    at.bench.type("n");
    at.bench.frame();
    CHECK(at.says("the briefing"));
    at.bench.type("!");
    at.stand_still();
    CHECK(at.look([](const Drill& it) { return it.now() > SimTime{}; }));
    at.click("note");
    at.bench.type(".f ");
    at.bench.frame(2);
    CHECK_FALSE(at.desk.drill()->going());
    CHECK(at.says("the briefing"));  // The feed was not opened.
    at.bench.key(ImGuiKey_Enter);
    REQUIRE(remarks_in(at).size() == 1);
    CHECK(remarks_in(at)[0].text == ".f ");
}

TEST_CASE("predictions are sealed: they are on file with the order, and on no screen") {
    Sitting at{"lessons/new_colour.lua"};
    at.click("Begin");
    at.click("People");
    for (const auto& [seat, person] : {std::pair{"commander", "ana"}, {"operator", "ben"}}) {
        at.bench.chord("");
        at.click("seat");
        at.bench.key(ImGuiKey_A, true);
        at.bench.type(seat);
        at.click("sits");
        at.bench.type(person);
        at.bench.key(ImGuiKey_Enter);
    }
    REQUIRE(remarks_in(at).size() == 2);
    CHECK(at.says("Orders and notes from here are ana's"));
    at.keep_picture("people");
    at.bench.type("!");
    at.stand_still();
    at.bench.type("o");
    at.bench.frame();
    at.click("order");
    at.bench.type("set_flag teal off");
    at.bench.key(ImGuiKey_Enter);
    at.click("Sealed predictions of everybody");
    at.click("##told > ben");
    at.click("prediction of ana");
    at.bench.type("errors stop at once");
    at.bench.key(ImGuiKey_Enter);
    CHECK(at.says("sealed"));
    CHECK_FALSE(at.says("errors stop at once"));
    at.keep_picture("sealed");
    at.click("Give the order");
    const auto remarks = remarks_in(at);
    REQUIRE(remarks.size() == 4);
    CHECK(remarks[2].kind == RemarkKind::prediction);
    CHECK(remarks[2].who == "ana");
    CHECK(remarks[2].text == "errors stop at once");
    CHECK(remarks[3].who == "ben");
    for (const char* panel : {"Feed", "Map", "Release", "Data", "Fleet", "People", "Notes"}) {
        at.click(panel);
        CHECK_FALSE(at.says("errors stop at once"));
    }
    at.bench.type("w");
    at.bench.frame();
    CHECK(at.says("Where this drill stands"));
    CHECK_FALSE(at.says("errors stop at once"));
    at.keep_picture("recap");
}

TEST_CASE("what is pointed at is what orders are about") {
    Sitting at{"lessons/black_friday_canary.lua"};
    at.click("Begin");
    at.bench.type("!");
    at.stand_still();
    at.bench.type("m");
    at.bench.frame();
    at.keep_picture("map");
    const std::string service =
        at.look([](const Drill& it) { return it.known().names().services[1]; });
    REQUIRE(at.bench.click("##told > " + service) == "");
    CHECK(at.says("what can be done with it"));
    for (const Widget& it : at.bench.on.all())
        if (it.area == "##told" && it.label.starts_with("rollback "))
            CHECK(it.label == "rollback " + service);
    at.click("Everything else");
    for (const char* panel : {"Release", "Data", "Fleet", "Feed"}) {
        at.click(panel);
        at.keep_picture(std::string{"flagship-"} + panel);
    }
}

TEST_CASE("the drill is ended only when somebody says so twice") {
    Sitting at{"lessons/new_colour.lua"};
    at.click("Begin");
    at.click("Debrief");
    at.click("Go on");
    REQUIRE(at.desk.drill() != nullptr);
    at.click("Debrief");
    at.click("End the drill");
    CHECK(at.desk.drill() == nullptr);
    CHECK(at.desk.debrief() != nullptr);
}

TEST_CASE("a divider that is dragged gives a panel more room, and a reset takes it back") {
    Sitting at{"lessons/new_colour.lua"};
    at.click("Begin");
    const float before = at.desk.layout().left;
    REQUIRE(at.bench.drag("divider", {0.5F, 0.5F}, {-200, 0}) == "");
    CHECK(at.desk.layout().left < before - 0.1F);
    at.bench.chord("Ctrl+K");
    at.bench.type("reset the layout");
    at.bench.key(ImGuiKey_Enter);
    CHECK(at.desk.layout().left == before);
}
