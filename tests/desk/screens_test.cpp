#include <fmt/format.h>

#include "tests/desk/kept.h"
#include "tests/desk/sitting.h"

using namespace rollcage;

namespace {

const std::string flagship = "lessons/black_friday_canary.lua";

void order(Sitting& at, const std::string& text, const std::string& expected) {
    at.bench.type("o");
    at.bench.frame();
    at.click("order");
    at.bench.type(text);
    at.bench.key(ImGuiKey_Enter);
    at.click("expected");
    at.bench.type(expected);
    at.click("Give the order");
}

// The flagship drill up to its first alert, with seats taken and an order given.
void drill(Sitting& at) {
    at.click("incident commander");
    at.bench.type("ana");
    at.click("operations");
    at.bench.type("ben");
    at.click("Begin");
    at.bench.type("!");
    at.stand_still();
    order(at, "inspect checkout by=version", "the canary is worse than the rest");
    at.bench.type(".");
    at.stand_still();
}

void panel(Sitting& at, const std::string& name) {
    drill(at);
    at.click(name);
}

void facilitator(Sitting& at, const std::string& page) {
    drill(at);
    at.bench.chord("Ctrl+T");
    if (page != "Injects") at.click(page);
}

void look_back(Sitting& at) {
    drill(at);
    order(at, "rollback checkout", "errors fall in five minutes");
    at.click("Debrief");
    at.click("End the drill");
    at.until([&] { return at.desk.debrief() && at.desk.debrief()->explanation() != nullptr; });
    at.until([&] { return !at.desk.debrief()->busy(); });
}

void ask_the_class(Sitting& at) {
    at.click("Board");
    at.bench.type(".");
    at.bench.frame(2);
    at.bench.type("aab");
    at.bench.frame(2);
}

const BenchAsked light{.size = {1'600, 900}, .theme = ThemeName::light, .scale = 1.25F};

void compare(Sitting& at, const std::string& name) {
    at.bench.move_away();
    compare_with_golden(at.bench.picture(), name);
}

struct KeptScreen {
    std::string name;
    std::function<void(Sitting&)> arrive;
    bool painted = false;  // A picture too, in two themes and at two scales.
};

std::vector<KeptScreen> screens() {
    std::vector<KeptScreen> all{
        {"lobby", [](Sitting&) {}, true},
        {"drill", [](Sitting& at) { panel(at, "Feed"); }, true},
        {"armed",
         [](Sitting& at) {
             drill(at);
             at.bench.type("o");
             at.bench.frame();
             at.click("order");
             at.bench.type("rollback checkout");
             at.bench.key(ImGuiKey_Enter);
         },
         true},
        {"recap",
         [](Sitting& at) {
             drill(at);
             at.bench.type("w");
             at.bench.frame();
         }},
        {"palette",
         [](Sitting& at) {
             drill(at);
             at.bench.chord("Ctrl+K");
         }},
        {"keys",
         [](Sitting& at) {
             drill(at);
             at.bench.type("?");
             at.bench.frame(2);
         }},
        {"facilitator", [](Sitting& at) { facilitator(at, "Injects"); }, true}};
    for (const char* it : {"Orders", "Map", "Release", "Data", "Fleet", "People", "Notes"})
        all.push_back({std::string{"drill-"} + it, [it](Sitting& at) { panel(at, it); }});
    for (const char* it : {"Add", "Hints", "Notes", "Numbers"})
        all.push_back(
            {std::string{"facilitator-"} + it, [it](Sitting& at) { facilitator(at, it); }});
    return all;
}

}  // namespace

TEST_CASE("every screen says what it said, and looks as it did", "[slow]") {
    for (const KeptScreen& it : screens()) {
        Sitting at{flagship};
        it.arrive(at);
        at.bench.move_away();
        compare_with_snapshot(at.bench.text(), it.name);
        if (!it.painted) continue;
        compare(at, "desk-" + it.name);
        Sitting other{flagship, light};
        it.arrive(other);
        compare(other, "desk-" + it.name + "-light");
    }
}

// The days beside it are played for a while, so one debrief shows all its tabs.
TEST_CASE("every tab of a debrief says what it said, and looks as it did", "[slow]") {
    Sitting at{flagship};
    look_back(at);
    for (const char* it : {"Lesson", "Why", "What if", "Ledger", "Findings", "Decisions"}) {
        at.click(it);
        at.bench.move_away();
        compare_with_snapshot(at.bench.text(), std::string{"debrief-"} + it);
    }
    compare(at, "desk-debrief");
    ask_the_class(at);
    compare_with_snapshot(at.bench.text(), "board");
    compare(at, "desk-board");
    Sitting other{flagship, light};
    look_back(other);
    other.click("Decisions");
    compare(other, "desk-debrief-light");
    ask_the_class(other);
    compare(other, "desk-board-light");
}

// Looks at whatever there is at every size; what does not fit any more cannot be clicked.
TEST_CASE("the desk can be used at every scale, in every theme, on small and large displays") {
    struct Display {
        ImVec2 size;
        float scale;
        ThemeName theme;
    };
    for (const Display& it : {Display{{1'280, 720}, 0.75F, ThemeName::high_contrast},
                              Display{{1'280, 720}, 1.25F, ThemeName::light},
                              Display{{2'560, 1'440}, 1, ThemeName::dark},
                              Display{{2'560, 1'440}, 2.5F, ThemeName::high_contrast}}) {
        Sitting at{flagship, {.size = it.size, .theme = it.theme, .scale = it.scale}};
        const std::string name =
            fmt::format("{}x{}-{}", it.size.x, it.size.y, static_cast<int>(it.scale * 100));
        at.keep_picture("lobby-" + name);
        at.click("Begin");
        for (const char* each :
             {"Alert", "Feed", "Map", "Release", "Data", "Fleet", "People", "Notes", "Orders"})
            at.click(each);
        at.stand_still();
        at.keep_picture("drill-" + name);
        at.bench.chord("Ctrl+T");
        for (const char* each : {"Add", "Hints", "Notes", "Numbers", "Injects", "Hold time"})
            at.click(each);
        at.keep_picture("facilitator-" + name);
    }
}
