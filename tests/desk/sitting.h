// Somebody at a desk in a test: a folder of their own, the whole desk, and a bench to use it by.
// Leans on harness.h and on ui/desk; what runs beside the frames is waited for, with an end.
// With ROLLCAGE_PICTURES=FOLDER set, what was looked at is kept there.
#pragma once

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "tests/desk/harness.h"
#include "tests/test_folder.h"
#include "ui/desk/desk.h"

struct Sitting {
    TestFolder folder;
    rollcage::Desk desk;
    DeskBench bench;

    explicit Sitting(const std::string& scenario, const BenchAsked& asked = {})
        : Sitting(std::vector{std::string{ROLLCAGE_SOURCE_DIR} + "/scenarios/" + scenario}, asked) {
    }
    Sitting(const std::vector<std::string>& scenarios, const BenchAsked& asked)
        : desk({.scenarios = scenarios, .recordings = folder.path.string(), .jobs = 1}),
          bench([this](rollcage::Widgets& on, ImVec2 size) { desk.draw(on, size); }, asked) {}

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
    void click(const std::string& label) {
        INFO(label);
        REQUIRE(bench.click(label) == "");
    }
    void stand_still() {
        until([&] { return !desk.drill()->going(); });
    }
    bool says(const std::string& words) { return bench.text().find(words) != std::string::npos; }
    template <class Use>
    auto look(const Use& use) {
        return desk.drill()->look(use);
    }
    void keep_picture(const std::string& name) {
        bench.move_away();
        if (const char* where = std::getenv("ROLLCAGE_PICTURES"))
            write_png(bench.picture(), std::string{where} + "/desk-" + name + ".png");
    }
};
