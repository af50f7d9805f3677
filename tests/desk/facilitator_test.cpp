#include "tests/desk/sitting.h"

using namespace rollcage;

namespace {

// What stands on every page that responders can open, one after the other.
std::string all_that_responders_see(Sitting& at) {
    std::string all = at.bench.text();
    for (const char* panel :
         {"Feed", "Map", "Release", "Data", "Fleet", "People", "Notes", "Orders"}) {
        at.click(panel);
        all += at.bench.text();
    }
    return all;
}

void begin(Sitting& at) {
    at.click("Begin");
    at.bench.type("!");
    at.stand_still();
}

}  // namespace

TEST_CASE("the facilitator sees what is to come, and the team sees none of it") {
    Sitting at{"lessons/black_friday_canary.lua", {.size = {1'600, 1'000}}};
    begin(at);
    const auto hidden = at.look([](const Drill& it) {
        std::vector<std::string> all{it.scenario().lesson};
        const FacilitatorView view = facilitator_view(it);
        for (const InjectRow& row : view.injects)
            if (row.state == InjectState::ahead) all.push_back(row.text);
        for (const InjectRow& row : view.injects)
            if (!row.expected.empty()) all.push_back(row.expected);
        for (const HintRow& row : view.hints) all.push_back(row.text);
        return all;
    });
    REQUIRE(hidden.size() > 6);
    const std::string seen = all_that_responders_see(at);
    for (const std::string& it : hidden) {
        INFO(it);
        CHECK(seen.find(it.substr(0, 40)) == std::string::npos);
    }
    at.bench.chord("Ctrl+T");
    const std::string truth = at.bench.text();
    CHECK_THAT(truth, Catch::Contains("expected: ") && Catch::Contains("Fire now"));
    at.keep_picture("facilitator");
    at.click("Numbers");
    CHECK(at.says("the lesson"));
    at.keep_picture("facilitator-numbers");
}

TEST_CASE("days that differ only in what nobody knows yet are one picture to the team") {
    Sitting one{"lessons/black_friday_canary.lua"}, other{"lessons/black_friday_canary.lua"};
    begin(one), begin(other);
    const auto coming = other.look([](const Drill& it) {
        std::size_t ahead = 0;
        for (const InjectRow& row : facilitator_view(it).injects)
            ahead += row.state == InjectState::ahead;
        return ahead;
    });
    REQUIRE(coming > 0);
    other.bench.chord("Ctrl+T");
    other.click("Notes");
    other.click("observation");
    other.bench.type("they have not looked at the flag");
    other.bench.key(ImGuiKey_Enter);
    other.click("Injects");
    const auto ahead = other.look([](const Drill& it) {
        for (const InjectRow& row : facilitator_view(it).injects)
            if (row.state == InjectState::ahead) return row.text;
        return std::string{};
    });
    other.click("##facilitate > " + ahead);
    other.click("Skip");
    other.bench.chord("Ctrl+T");
    for (const char* panel : {"Feed", "Map", "Release", "Data", "Fleet", "People", "Notes"}) {
        one.click(panel), other.click(panel);
        one.bench.move_away(), other.bench.move_away();
        INFO(panel);
        CHECK(one.bench.text() == other.bench.text());
        CHECK(difference(one.bench.picture(), other.bench.picture(), 0).pixels == 0);
    }
}

TEST_CASE("an inject is fired now, put off, left out and added, and the recording has it") {
    Sitting at{"lessons/black_friday_canary.lua"};
    begin(at);
    const auto injects = [&] {
        return at.look([](const Drill& it) { return facilitator_view(it).injects; });
    };
    const auto ahead = [&](const std::string& but = "") {
        for (const InjectRow& it : injects())
            if (it.state == InjectState::ahead && it.text != but) return it;
        FAIL("nothing is ahead");
        return InjectRow{};
    };
    at.bench.chord("Ctrl+T");
    const std::size_t before = injects().size();
    const InjectRow first = ahead();
    at.click("##facilitate > " + first.text);
    at.click("Delay");
    CHECK(at.says("5 min later"));
    REQUIRE(injects().size() == before + 1);
    const auto moved = injects();
    const auto later = std::ranges::find_if(moved, [&](const InjectRow& it) {
        return it.text == first.text && it.state == InjectState::ahead;
    });
    REQUIRE(later != moved.end());
    CHECK(later->at - first.at == 5_min);
    CHECK(later->expected == first.expected);
    const InjectRow second = ahead(first.text);
    at.click("##facilitate > " + second.text);
    at.click("Fire now");
    CHECK(at.says("it comes now"));
    at.click("Add");
    at.click("inject");
    at.bench.type("surge");
    at.click("##facilitate > surge");
    CHECK(at.says("Add it"));
    at.keep_picture("facilitator-add");
    const auto acts = at.look([](const Drill& it) { return it.choices().acts; });
    CHECK(acts.size() == 4);  // Each was added where it comes now, and left out where it was.
    const auto again = read_recording(at.look([](const Drill& it) { return it.path(); }));
    REQUIRE(again);
    CHECK(again->head.choices.acts.size() == 4);
}

TEST_CASE("a hint that is sent reaches the team and is counted; an observation does neither") {
    Sitting at{"lessons/black_friday_canary.lua"};
    begin(at);
    at.bench.chord("Ctrl+T");
    at.click("Hints");
    at.keep_picture("facilitator-hints");
    at.click("hint");
    at.bench.type("who is hit, and who is not?");
    at.bench.key(ImGuiKey_Enter);
    CHECK(at.says("1 given"));
    at.click("Notes");
    at.click("observation");
    at.bench.type("the commander types");
    at.bench.key(ImGuiKey_Enter);
    CHECK(at.says("the commander types"));
    at.bench.chord("Ctrl+T");
    at.click("Notes");
    CHECK(at.says("who is hit, and who is not?"));
    CHECK_FALSE(at.says("the commander types"));
}

TEST_CASE("while the facilitator holds time nobody else lets it pass") {
    Sitting at{"lessons/new_colour.lua"};
    at.click("Begin");
    at.bench.chord("Ctrl+T");
    at.click("Hold time");
    at.bench.chord("Ctrl+T");
    CHECK(at.says("the facilitator holds time"));
    at.click("Play");
    at.bench.type(" .!");
    at.bench.frame(2);
    CHECK_FALSE(at.desk.drill()->going());
    CHECK(at.look([](const Drill& it) { return it.now(); }) == SimTime{});
    at.bench.chord("Ctrl+T");
    at.click("Let time go on");
    at.bench.chord("Ctrl+T");
    at.click("Alert");
    at.stand_still();
    CHECK(at.look([](const Drill& it) { return it.now(); }) > SimTime{});
}

TEST_CASE("when the facilitator's window goes, time stands still") {
    Sitting at{"lessons/new_colour.lua"};
    at.click("Begin");
    at.click("Play");
    REQUIRE(at.desk.drill()->going());
    at.desk.display_lost();
    CHECK_FALSE(at.desk.drill()->going());
    CHECK_FALSE(at.desk.wants_second());
}
