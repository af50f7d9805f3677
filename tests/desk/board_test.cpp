#include <chrono>
#include <cstdlib>
#include <thread>

#include "scenarios/play/drill.h"
#include "tests/desk/harness.h"
#include "tests/test_folder.h"
#include "ui/desk/board_screen.h"

using namespace rollcage;
using Catch::Contains;

namespace {

struct OrderAt {
    const char *at, *text;
};
// The teal Tuesday with these orders, as a recording that people made.
Recording recorded(const TestFolder& folder, const std::vector<OrderAt>& orders) {
    const auto loaded =
        load_scenario(std::string{ROLLCAGE_SOURCE_DIR} + "/scenarios/lessons/new_colour.lua", {});
    REQUIRE(loaded);
    const std::string path = folder.file("new_colour.drill");
    auto drill = Drill::begin(loaded->sources, {}, path);
    REQUIRE(drill);
    for (const OrderAt& it : orders) {
        const SimTime at = *parse_moment(it.at);
        while (drill->now() < at) drill->advance(at);
        REQUIRE(drill->order(it.text, {"ana", ""}));
    }
    REQUIRE(drill->played_out());
    auto recording = read_recording(path);
    REQUIRE(recording);
    return std::move(*recording);
}

WatchedDay watched(const Recording& recording) {
    auto day = watch_again(recording);
    REQUIRE(day);
    return std::move(*day);
}

// A class before its board: the wall's clock is a number that a test moves.
struct Lecture {
    TestFolder folder;
    Recording recording;
    Board board;
    BoardScreen screen;
    double passes_s = 0;
    bool left = false;
    DeskBench bench;

    explicit Lecture(const std::vector<OrderAt>& orders, const BenchAsked& asked = {})
        : recording(recorded(folder, orders)),
          board(recording, watched(recording), {}, 1),
          bench([this](Widgets& on, ImVec2 size) { draw(on, size); }, asked) {}

    void draw(Widgets& on, ImVec2 size) {
        ImGui::SetNextWindowPos({0, 0});
        ImGui::SetNextWindowSize(size);
        ImGui::Begin("board", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
        do_by_key(on, screen.actions(board));
        left |=
            screen.draw(on, board, size, std::exchange(passes_s, 0)) == BoardScreen::Wish::leave;
        ImGui::End();
    }
    void click(const std::string& label) { REQUIRE(bench.click(label) == ""); }
    void key(const std::string& keys) { bench.chord(keys); }
    void pass(double seconds) {
        for (; seconds > 0; seconds -= .1) passes_s = std::min(seconds, .1), bench.frame();
    }
    bool says(const std::string& words) { return bench.text().find(words) != std::string::npos; }
    void until_lived() {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(3);
        while (board.phase() == BoardPhase::living && std::chrono::steady_clock::now() < end) {
            bench.frame();
            std::this_thread::yield();
        }
        INFO(board.trouble);
        REQUIRE(board.phase() == BoardPhase::together);
    }
    void keep_picture(const std::string& name) {
        bench.move_away();
        if (const char* where = std::getenv("ROLLCAGE_PICTURES"))
            write_png(bench.picture(), std::string{where} + "/board-" + name + ".png");
    }
};

const std::vector<OrderAt> teal_off{{"45m", "set_flag teal off"}};

}  // namespace

TEST_CASE("a class stops before the decision, votes, and sees the lives it chose pass together") {
    struct On {
        const char* name;
        BenchAsked asked;
    };
    for (const On& on : {On{"dark", {}}, On{"light-2", {{2560, 1440}, ThemeName::light, 2}},
                         On{"contrast-1.5", {{1280, 720}, ThemeName::high_contrast, 1.5F}}}) {
        Lecture at{teal_off, on.asked};
        const std::string name = on.name;
        at.keep_picture(name + "-begin");
        at.key("Space");
        at.pass(3);
        at.keep_picture(name + "-watching");
        at.key(".");
        at.click("A > ##more");
        at.click("A > ##more");
        at.click("B > ##more");
        at.click("option");
        at.bench.type("rollb");
        at.keep_picture(name + "-typing");
        at.click("rollback checkout");
        at.click("C > ##more");
        at.click("C > ##more");
        at.click("C > ##more");
        at.keep_picture(name + "-asking");
        at.click("Live them all");
        at.keep_picture(name + "-living");
        at.until_lived();
        at.pass(6);
        at.keep_picture(name + "-together");
        at.key(".");
        at.keep_picture(name + "-summed");
        at.click("Show the truth");
        at.keep_picture(name + "-truth");
        at.click("On with the day");
        at.key(".");
        at.click("Seed");
        at.keep_picture(name + "-seed");
        at.click("Seed");
        at.click("Show the truth");
        at.keep_picture(name + "-over");
    }
}
