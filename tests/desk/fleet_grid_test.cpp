#include <catch2/catch.hpp>

#include "tests/desk/harness.h"
#include "ui/desk/fleet_grid.h"
#include "ui/desk/gallery.h"

using namespace rollcage;

namespace {

struct Shown {
    FleetView fleet;
    std::optional<FleetClicked> clicked;
};

Screen screen_of(Shown& shown) {
    return [&shown](Widgets& on, ImVec2 size) {
        ImGui::SetNextWindowPos({0, 0});
        ImGui::SetNextWindowSize(size);
        ImGui::Begin("fleet", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
        if (const auto it = fleet_grid(on, shown.fleet)) shown.clicked = it;
        ImGui::End();
    };
}

}  // namespace

TEST_CASE("a fleet is told with its builds, phases and counts, zone by zone") {
    Shown shown{sample_fleet(3'000), {}};
    DeskBench bench{screen_of(shown), {.size = {600, 400}}};
    CHECK_THAT(bench.text(), Catch::Contains("zone b") && Catch::Contains("v2 failing") &&
                                 Catch::Contains("1,440"));
}

TEST_CASE("a click on a cell says of which zone and which group") {
    Shown shown{sample_fleet(3'000), {}};
    DeskBench bench{screen_of(shown), {.size = {600, 400}}};
    CHECK(bench.click("fleet of checkout", {0.02F, 0.12F}) == "");
    REQUIRE(shown.clicked);
    CHECK(shown.clicked->zone == 0);
    CHECK(shown.clicked->group == 0);
    CHECK(bench.click("fleet of checkout", {0.4F, 0.12F}) == "");
    CHECK(shown.clicked->zone == 1);
    CHECK_THAT(bench.text(), Catch::Contains("480 of 1,000 in zone b"));
}

TEST_CASE("cells fit their room at any number, and no group is left out") {
    for (const std::int64_t instances : {3, 300, 20'000, 3'000'000}) {
        FleetView fleet = sample_fleet(instances);
        fleet.zones[1].groups.push_back({2, "v3", CellPhase::starting, 1});
        const CellPlan plan = cell_plan(fleet, {500, 260}, 14, 3, 18);
        for (const FleetZone& zone : fleet.zones) {
            std::int64_t shown = 0;
            for (const FleetGroup& it : zone.groups) {
                const std::int64_t of_group = (it.count + plan.each - 1) / plan.each;
                CHECK((it.count == 0 || of_group > 0));
                shown += of_group;
            }
            const std::int64_t lines = (shown + plan.across - 1) / plan.across;
            CHECK(static_cast<float>(lines) * plan.size <= 260);
        }
        CHECK(static_cast<float>(plan.across) * plan.size * 3 <= 500);
        CHECK((instances > 10'000) == (plan.each > 1));
    }
}

TEST_CASE("every phase looks different, whatever its colour") {
    std::vector<Picture> pictures;
    for (const CellPhase phase : {CellPhase::serving, CellPhase::starting, CellPhase::draining,
                                  CellPhase::failing, CellPhase::missing}) {
        Shown shown{{"api", {{"a", {{0, "v1", phase, 1}}}}}, {}};
        DeskBench bench{screen_of(shown), {.size = {240, 160}, .theme = ThemeName::high_contrast}};
        bench.on.look.theme.hues.fill(IM_COL32_WHITE);
        bench.on.look.theme.bad = bench.on.look.theme.faint = IM_COL32_WHITE;
        bench.move_away();
        Picture picture = bench.picture();
        picture.high = 80;  // Without the words of the legend.
        picture.pixels.resize(static_cast<std::size_t>(picture.wide * picture.high));
        for (const Picture& it : pictures) CHECK(difference(it, picture, 40).pixels > 20);
        pictures.push_back(std::move(picture));
    }
}

TEST_CASE("a fleet of nobody says what to do") {
    Shown shown{{"api", {{"a", {}}}}, {}};
    DeskBench bench{screen_of(shown)};
    CHECK_THAT(bench.text(), Catch::Contains("No instances"));
}
