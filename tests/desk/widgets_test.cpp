#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>

#include "tests/desk/harness.h"
#include "ui/desk/cards.h"
#include "ui/desk/gallery.h"

using namespace rollcage;

namespace {

// A screen of a few widgets, and what came of them.
struct Panel {
    int clicks = 0, acts = 0;
    std::size_t tab = 0, speed = 0, row = 0;
    bool sealed = false, enabled = true, twice = false, covered = false;
    double share = 10;
    std::string note, entered;
};

void under(ImVec2 size) {
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(size);
    ImGui::Begin("panel", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
}

void rows_of(Widgets& on, Panel& panel) {
    begin_card(on, {.title = "Rows", .size = {300, 160}});
    if (row(on, {.label = "alpha", .note = "first"})) panel.row = 1;
    if (row(on, {.label = "beta", .mark = Mark::alert})) panel.row = 2;
    if (row(on, {.label = "gamma", .enabled = false})) panel.row = 3;
    end_card(on);
}

Screen screen_of(Panel& panel) {
    return [&panel](Widgets& on, ImVec2 size) {
        under(size);
        ButtonStyle style;
        style.enabled = panel.enabled;
        style.why_not = "nobody is on call";
        if (button(on, "Drain", style)) ++panel.clicks;
        if (const auto other = choice(on, {"slow", "fast"}, panel.speed)) panel.speed = *other;
        if (const auto other = tabs(on, {"Now", "Later"}, panel.tab)) panel.tab = *other;
        toggle(on, "Sealed", panel.sealed);
        slider(on, "Share", panel.share, {.least = 0, .most = 50, .step = 5});
        if (text_input(on, "note", panel.note, {.hint = "say something"}) == Typed::entered)
            panel.entered = panel.note;
        rows_of(on, panel);
        begin_card(on, {.title = "Nothing", .size = {500, 220}});
        if (empty_state(on, icon::inbox, "No runs", "Play one.", "Play")) ++panel.acts;
        end_card(on);
        if (panel.twice) {
            begin_card(on, {.title = "Other", .size = {300, 100}});
            button(on, "Drain");
            end_card(on);
        }
        ImGui::End();
        if (!panel.covered) return;
        ImGui::SetNextWindowPos({0, 0});
        ImGui::SetNextWindowSize({400, 100});
        ImGui::Begin("over it", nullptr, ImGuiWindowFlags_NoDecoration);
        ImGui::End();
    };
}

}  // namespace

TEST_CASE("a click reaches the button that is called so") {
    Panel panel;
    DeskBench bench{screen_of(panel)};
    CHECK(bench.click("Drain") == "");
    CHECK(panel.clicks == 1);
    CHECK(bench.click("Play") == "");
    CHECK(panel.acts == 1);
    CHECK(panel.clicks == 1);
}

TEST_CASE("a disabled button does nothing, and says why") {
    Panel panel;
    panel.enabled = false;
    DeskBench bench{screen_of(panel)};
    CHECK(bench.click("Drain") == "");
    CHECK(panel.clicks == 0);
    CHECK(bench.text().find("nobody is on call") != std::string::npos);
}

TEST_CASE("what is covered, out of sight, not there or there twice cannot be clicked") {
    Panel panel;
    DeskBench bench{screen_of(panel)};
    CHECK(bench.click("Launch") == "no widget is called Launch");
    panel.twice = true;
    CHECK(bench.click("Drain").starts_with("several widgets are called Drain"));
    CHECK(bench.click("Other > Drain") == "");
    panel.twice = false;
    panel.covered = true;
    bench.frame(2);
    CHECK(bench.click("Drain") == "Drain is covered by something else");
    CHECK(panel.clicks == 0);
    DeskBench narrow{screen_of(panel), {.size = {640, 300}}};
    CHECK(narrow.click("Play") == "Play is out of sight");
}

TEST_CASE("tabs, choices, toggles and rows tell what was chosen") {
    Panel panel;
    DeskBench bench{screen_of(panel)};
    CHECK(bench.click("Later") == "");
    CHECK(panel.tab == 1);
    CHECK(bench.click("fast") == "");
    CHECK(panel.speed == 1);
    CHECK(bench.click("Sealed") == "");
    CHECK(panel.sealed);
    CHECK(bench.click("Rows > beta") == "");
    CHECK(panel.row == 2);
    CHECK(bench.click("gamma") == "");
    CHECK(panel.row == 2);
}

TEST_CASE("a slider goes where it is dragged, in its steps, and no further") {
    Panel panel;
    DeskBench bench{screen_of(panel)};
    CHECK(bench.click("Share", {0.5F, 0.8F}) == "");
    CHECK(panel.share == 25);
    CHECK(bench.drag("Share", {0.5F, 0.8F}, {2'000, 0}) == "");
    CHECK(panel.share == 50);
    bench.key(ImGuiKey_LeftArrow);
    CHECK(panel.share == 45);
}

TEST_CASE("what is typed arrives, with accents, and is copied and entered") {
    Panel panel;
    DeskBench bench{screen_of(panel)};
    CHECK(bench.click("note") == "");
    bench.type("caf\u00e9 \u00df");
    CHECK(panel.note == "caf\u00e9 \u00df");
    bench.key(ImGuiKey_A, true);
    bench.key(ImGuiKey_C, true);
    CHECK(bench.clipboard == "caf\u00e9 \u00df");
    bench.key(ImGuiKey_End);
    bench.key(ImGuiKey_V, true);
    bench.key(ImGuiKey_Enter);
    CHECK(panel.entered == "caf\u00e9 \u00dfcaf\u00e9 \u00df");
}

TEST_CASE("a screen can be read as text") {
    Panel panel;
    DeskBench bench{screen_of(panel)};
    const std::string text = bench.text();
    for (const char* told : {"Drain", "slow", "Later", "( ) Sealed", "Share", "10", "Rows", "alpha",
                             "first", "No runs", "Play one."})
        CHECK_THAT(text, Catch::Contains(told));
}

TEST_CASE("a label that does not fit ends in an ellipsis and still fits") {
    Panel panel;
    DeskBench bench{screen_of(panel)};
    ImFont* font = bench.on.look.fonts.text;
    const std::string long_one = "the pool of connections is exhausted";
    CHECK(shortened(font, long_one, 1'000) == long_one);
    const std::string less = shortened(font, long_one, 120);
    CHECK(less.ends_with("\u2026"));
    CHECK(wide_of(font, less) <= 120);
    CHECK(shortened(font, long_one, 3).empty());
}

TEST_CASE("at every scale and size the gallery's widgets are on the screen or can be scrolled to") {
    for (const float scale : {0.75F, 1.0F, 1.5F, 2.5F})
        for (const ImVec2 size : {ImVec2{1'280, 720}, ImVec2{2'560, 1'440}}) {
            INFO(scale << " at " << size.x);
            DeskBench bench{gallery(), {.size = size, .scale = scale}};
            CHECK(bench.click("Pause").starts_with("no widget"));
            CHECK(bench.click("Play") == "");
            CHECK(bench.click("Pause") == "");
            for (const Widget& it : bench.on.all()) {
                INFO(it.area << " > " << it.label);
                CHECK(it.least.x >= 0);
                CHECK(it.most.x <= size.x);
            }
        }
}

TEST_CASE("the gallery asks for another theme and another scale") {
    DeskBench bench{gallery(), {.size = {2'560, 1'440}}};
    CHECK(bench.click("Settings") == "");
    CHECK(bench.click("Light") == "");
    const auto asked = bench.on.take_asked();
    REQUIRE(asked);
    CHECK(asked->theme == ThemeName::light);
    CHECK_FALSE(bench.on.take_asked());
}
