#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "tests/desk/harness.h"
#include "ui/desk/gallery.h"
#include "ui/desk/lanes.h"
#include "ui/desk/time_plot.h"

using namespace rollcage;

namespace {

// Two plots and lanes over one axis, and what was clicked.
struct Times {
    TimeAxis axis;
    Plot first = sample_latency(1'800), second = sample_errors(1'800);
    std::vector<Track> tracks = sample_tracks();
    double whole_s = 1'800;
    std::optional<PlotClicked> clicked;
    std::optional<std::size_t> fact;
};

Screen screen_of(Times& times) {
    return [&times](Widgets& on, ImVec2 size) {
        ImGui::SetNextWindowPos({0, 0});
        ImGui::SetNextWindowSize(size);
        ImGui::Begin("times", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
        times.axis.begin_frame(times.whole_s);
        if (const auto it = time_plot(on, times.axis, times.first, {.high = 260}))
            times.clicked = it;
        time_plot(on, times.axis, times.second, {.high = 200});
        if (const auto it = lanes(on, times.axis, times.tracks)) times.fact = it;
        ImGui::End();
    };
}

double highest(const std::vector<LinePiece>& pieces) {
    double most = -1e300;
    for (const LinePiece& piece : pieces)
        for (const LinePoint& it : piece) most = std::max(most, it.value);
    return most;
}

std::size_t count(const std::vector<LinePiece>& pieces) {
    std::size_t points = 0;
    for (const LinePiece& it : pieces) points += it.size();
    return points;
}

}  // namespace

TEST_CASE("thinning hides no highest and no lowest point, wherever they are") {
    std::vector<PlotPoint> points;
    for (int i = 0; i < 10'000; ++i)
        points.push_back({static_cast<double>(i), 100 + std::fmod(i * 7.0, 13)});
    for (std::size_t spike = 3; spike < points.size(); spike += 997) {
        const auto kept = points[spike].value;
        points[spike].value = 900;
        points[(spike + 500) % points.size()].value = -900;
        const auto pieces = thinned(points, {0, 10'000}, 300);
        CHECK(highest(pieces) == 900);
        double least = 0;
        for (const LinePoint& it : pieces.front()) least = std::min(least, it.value);
        CHECK(least == -900);
        CHECK(count(pieces) <= 4 * 302);
        points[spike].value = kept;
        points[(spike + 500) % points.size()].value = kept;
    }
}

TEST_CASE("thinning keeps the order of time, and gaps") {
    std::vector<PlotPoint> points;
    for (int i = 0; i < 5'000; ++i)
        points.push_back({static_cast<double>(i), i % 17 * (i % 5 == 0 ? 2.0 : 1.0)});
    for (std::size_t i = 2'000; i < 2'300; ++i) points[i].value.reset();
    const auto pieces = thinned(points, {0, 5'000}, 200);
    REQUIRE(pieces.size() == 2);
    for (const LinePiece& it : pieces) CHECK(std::ranges::is_sorted(it, {}, &LinePoint::at_s));
    CHECK(pieces[0].back().at_s < 2'000);
    CHECK(pieces[1].front().at_s >= 2'300);
}

TEST_CASE("thinning of few points changes nothing, of none nothing comes") {
    const std::vector<PlotPoint> few{{0, 1.0}, {10, 5.0}, {20, 2.0}};
    CHECK(count(thinned(few, {0, 20}, 500)) == 3);
    CHECK(thinned({}, {0, 20}, 500).empty());
    // Lines lead to both edges from what is just outside.
    CHECK(count(thinned(few, {12, 14}, 500)) == 2);
}

TEST_CASE("the value at an instant is the last that was measured, none in a gap or after the end") {
    const std::vector<PlotPoint> points{{0, 1.0}, {60, 2.0}, {120, std::nullopt}, {180, 4.0}};
    CHECK(value_at(points, 59) == 1.0);
    CHECK(value_at(points, 60) == 2.0);
    CHECK_FALSE(value_at(points, 130));
    CHECK(value_at(points, 180) == 4.0);
    CHECK_FALSE(value_at(points, 181));
    CHECK_FALSE(value_at(points, -1));
}

TEST_CASE("a scale of values has round steps and holds what it must") {
    for (const double most : {0.0007, 0.9, 1.0, 7.0, 871.0, 12'345'678.0}) {
        const ValueScale scale = value_scale(0, most, 6);
        CHECK(scale.least == 0);
        CHECK(scale.most >= most * (1 - 1e-9));
        CHECK((scale.most - scale.least) / scale.step <= 7.01);
    }
    CHECK(value_scale(0, 900, 5).step == 200);
    CHECK(value_scale(-40, 100, 8).least == -40);
}

TEST_CASE("the wheel zooms about the cursor, for every plot and track") {
    Times times;
    DeskBench bench{screen_of(times)};
    CHECK(bench.wheel("Latency of checkout", 3, {0.5F, 0.5F}) == "");
    const TimeSpan shown = times.axis.shown();
    CHECK(shown.length() == Approx(1'800 / std::pow(1.25, 3)));
    CHECK((shown.from_s + shown.until_s) / 2 == Approx(900).margin(3));
    CHECK(bench.wheel("lanes", -20) == "");
    CHECK(times.axis.shown().length() == 1'800);
    CHECK_FALSE(times.axis.zoomed());
}

TEST_CASE("dragging moves time along, and a double click shows all of it") {
    Times times;
    DeskBench bench{screen_of(times)};
    CHECK(bench.wheel("Errors", 6) == "");
    const TimeSpan before = times.axis.shown();
    CHECK(bench.drag("Errors", {0.5F, 0.5F}, {-120, 0}) == "");
    CHECK(times.axis.shown().from_s > before.from_s);
    CHECK(times.axis.shown().length() == Approx(before.length()));
    CHECK(bench.drag("Errors", {0.5F, 0.5F}, {-1e6F, 0}) == "");
    CHECK(times.axis.shown().until_s == Approx(1'800));
    CHECK(bench.double_click("Errors") == "");
    CHECK(times.axis.shown().length() == 1'800);
    CHECK_FALSE(times.clicked);
}

TEST_CASE("pointing at one plot shows the values of all plots at that instant") {
    Times times;
    times.second.series[1].points = {{0, 0.125}, {1'800, 0.125}};
    DeskBench bench{screen_of(times)};
    bench.move_away();
    CHECK_FALSE(times.axis.cursor_s());
    CHECK(bench.text().find("0.125") == std::string::npos);
    CHECK(bench.point_at("Latency of checkout", {0.25F, 0.5F}) == "");
    CHECK(times.axis.cursor_s().value() == Approx(450).margin(3));
    CHECK_THAT(bench.text(), Catch::Contains("0.125") && Catch::Contains("00:07:"));
    CHECK(bench.point_at("lanes", {0.5F, 0.5F}) == "");
    CHECK(times.axis.cursor_s().value() == Approx(900).margin(3));
    bench.move_away();
    CHECK_FALSE(times.axis.cursor_s());
}

TEST_CASE("a click on a plot says when, and what was there; a drag is no click") {
    Times times;
    DeskBench bench{screen_of(times)};
    CHECK(bench.drag("Latency of checkout", {0.4F, 0.5F}, {60, 0}) == "");
    CHECK_FALSE(times.clicked);
    CHECK(bench.click("Latency of checkout", {1.0F / 6, 0.3F}) == "");
    REQUIRE(times.clicked);
    CHECK(times.clicked->at_s == Approx(300).margin(3));
    CHECK(times.clicked->mark == 0);
}

TEST_CASE("a click on a shape of a lane gives its place among the facts") {
    Times times;
    DeskBench bench{screen_of(times)};
    // The fourth lane of four; its first order was at 300 of 1,800 seconds.
    CHECK(bench.click("lanes", {300.0F / 1'800, 0.875F}) == "");
    CHECK(times.fact == 12);
    times.fact.reset();
    CHECK(bench.click("lanes", {0.9F, 0.125F}) == "");
    CHECK_FALSE(times.fact);
    CHECK(bench.point_at("lanes", {1'100.0F / 1'800, 0.375F}) == "");
    CHECK_THAT(bench.text(), Catch::Contains("pool of connections exhausted in zone b"));
}

TEST_CASE("a plot without values says so; one point, and ten thousand, are drawn") {
    Times times;
    times.first = {"none", "None", "ms", "", 1'800, {{"a", {}, false}}};
    DeskBench bench{screen_of(times)};
    CHECK_THAT(bench.text(), Catch::Contains("nothing measured yet"));
    times.first.series[0].points = {{600, 5.0}};
    const int before = bench.vertices();
    CHECK(bench.text().find("nothing measured yet") == std::string::npos);
    bench.frame();
    CHECK(bench.vertices() != before);
    times.first = sample_latency(10'000);
    bench.frame();
    CHECK(bench.vertices() > before);
    times.first.series.clear();
    bench.frame();
    times.whole_s = 0;
    bench.frame();
    CHECK_THAT(bench.text(), Catch::Contains("nothing measured yet"));
}

TEST_CASE("while nobody has zoomed, what is shown grows with the day") {
    Times times;
    DeskBench bench{screen_of(times)};
    times.whole_s = 3'600;
    bench.frame();
    CHECK(times.axis.shown().until_s == 3'600);
    times.axis.show({600, 1'200});
    times.whole_s = 7'200;
    bench.frame();
    CHECK(times.axis.shown().from_s == 600);
    CHECK(times.axis.shown().until_s == 1'200);
}
