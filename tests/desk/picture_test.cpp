#include <catch2/catch.hpp>

#include <filesystem>
#include <string>

#include "tests/desk/harness.h"
#include "tests/desk/kept.h"
#include "ui/desk/gallery.h"

using namespace rollcage;

TEST_CASE("the gallery looks as it did, in two themes and at two scales") {
    for (const ThemeName theme : {ThemeName::dark, ThemeName::light})
        for (const float scale : {1.0F, 1.25F}) {
            const ImVec2 size{1'000 * scale, 520 * scale};
            DeskBench bench{gallery(), {.size = size, .theme = theme, .scale = scale}};
            bench.move_away();
            compare_with_golden(bench.picture(),
                                std::string{"gallery-"} + name(theme) + (scale > 1 ? "-125" : ""));
        }
}

TEST_CASE("the same screen is the same picture, and another theme is another") {
    DeskBench one{gallery()}, other{gallery()}, light{gallery(), {.theme = ThemeName::light}};
    const Picture first = one.picture();
    CHECK(difference(first, other.picture(), 0).pixels == 0);
    CHECK(difference(first, light.picture(), 0).pixels > 100'000);
}

TEST_CASE("a rectangle covers its pixels once, though it is two triangles") {
    const Screen screen = [](Widgets&, ImVec2) {
        ImGui::GetForegroundDrawList()->AddRectFilled({10, 10}, {50, 40},
                                                      IM_COL32(255, 255, 255, 128));
    };
    DeskBench bench{screen, {.size = {80, 60}, .theme = ThemeName::high_contrast}};
    const Picture picture = bench.picture();
    int covered = 0;
    for (const std::uint32_t it : picture.pixels)
        if (it != IM_COL32_BLACK) {
            ++covered;
            CHECK(it == IM_COL32(128, 128, 128, 255));
        }
    CHECK(covered == 40 * 30);
}

// For people who look: ROLLCAGE_PICTURES=FOLDER rollcage-desk-tests "[pictures]"
TEST_CASE("the gallery in every theme, scale and size", "[.][pictures]") {
    const char* folder = std::getenv("ROLLCAGE_PICTURES");
    REQUIRE(folder);
    for (const ThemeName theme : {ThemeName::dark, ThemeName::light, ThemeName::high_contrast})
        for (const float scale : {0.75F, 1.0F, 1.5F, 2.5F})
            for (const ImVec2 size : {ImVec2{1'280, 720}, ImVec2{2'560, 1'440}}) {
                DeskBench bench{gallery(), {.size = size, .theme = theme, .scale = scale}};
                bench.move_away();
                const auto file = std::filesystem::path{folder} /
                                  (std::string{name(theme)} + "-" +
                                   std::to_string(static_cast<int>(scale * 100)) + "-" +
                                   std::to_string(static_cast<int>(size.x)) + ".png");
                CHECK(write_png(bench.picture(), file.string()));
            }
}

TEST_CASE("the gallery's tabs and tips", "[.][pictures]") {
    const char* folder = std::getenv("ROLLCAGE_PICTURES");
    REQUIRE(folder);
    for (const ThemeName theme : {ThemeName::dark, ThemeName::light, ThemeName::high_contrast})
        for (const char* tab : {"Decisions", "Settings", "Signs", "Empty"}) {
            DeskBench bench{gallery(), {.size = {1'600, 1'000}, .theme = theme}};
            CHECK(bench.click("Play") == "");
            CHECK(bench.wheel("Errors", 2, {0.55F, 0.5F}) == "");
            CHECK(bench.click(tab) == "");
            CHECK(bench.point_at("Latency of checkout", {0.5F, 0.4F}) == "");
            const auto file =
                std::filesystem::path{folder} / (std::string{name(theme)} + "-" + tab + ".png");
            CHECK(write_png(bench.picture(), file.string()));
        }
}
