#include "ui/desk/displays.h"

#include <catch2/catch.hpp>

using namespace rollcage;

namespace {

constexpr Rectangle laptop{0, 0, 1'920, 1'080}, projector{1'920, 0, 1'280, 800};

}  // namespace

TEST_CASE("a second window goes to the display where the first is not") {
    CHECK(second_place({laptop, projector}, {100, 50, 1'200, 700}) ==
          Rectangle{1'920 + 40, 50, 1'200, 700});
    // Even if that one is smaller, or on the left.
    CHECK(second_place({{0, 0, 800, 600}, {800, 0, 1'920, 1'080}}, {900, 0, 1'440, 900}) ==
          Rectangle{0, 0, 800, 600});
    // Of two free ones to the roomier.
    CHECK(second_place({laptop, projector, {3'200, 0, 1'920, 1'080}}, {0, 0, 1'440, 900}).x ==
          3'200 + 240);
}

TEST_CASE("on a single display a second window stands beside the first, or over it aside") {
    const Displays wide{{0, 0, 3'840, 1'080}};
    CHECK(second_place(wide, {0, 20, 1'440, 900}) == Rectangle{1'440, 20, 1'440, 900});
    CHECK(second_place(wide, {1'300, 20, 1'440, 900}) == Rectangle{2'740, 20, 1'100, 900});
    CHECK(second_place({laptop}, {100, 20, 1'440, 900}) == Rectangle{148, 68, 1'440, 900});
    // So it does where nobody knows what displays there are.
    CHECK(second_place({}, {100, 20, 1'440, 900}) == Rectangle{148, 68, 1'440, 900});
}

TEST_CASE("a window that hangs over the edge of all displays is moved to the middle of the first") {
    const Displays two{laptop, projector};
    CHECK(well_placed(two, {480, 180, 1'440, 900}) == Rectangle{480, 180, 1'440, 900});
    CHECK(well_placed(two, {480, 880, 1'440, 900}) == Rectangle{240, 90, 1'440, 900});
    CHECK(well_placed(two, {1'000, 0, 1'440, 800}) == Rectangle{240, 140, 1'440, 800});
    CHECK(well_placed(two, {0, 0, 2'560, 1'440}) == Rectangle{0, 0, 2'560, 1'440});
    CHECK(well_placed({}, {480, 880, 1'440, 900}) == Rectangle{480, 880, 1'440, 900});
}

TEST_CASE("a window begins so high that where SFML puts it some of it can be seen") {
    CHECK(high_at_first({laptop}, 900) == 900);
    CHECK(high_at_first({}, 900) == 900);
    for (const Rectangle& wide : {Rectangle{0, 0, 2'600, 900}, Rectangle{0, 0, 5'120, 1'440}}) {
        const int high = high_at_first({wide}, 800);
        CHECK((wide.wide - high) / 2 < wide.high);
    }
    CHECK(high_at_first({laptop, projector}, 480) == 1'136);
}

TEST_CASE("a window can be seen while any display shows any of it") {
    CHECK(on_any({laptop, projector}, {1'900, 700, 100, 100}));
    CHECK_FALSE(on_any({laptop}, projector));
}

TEST_CASE("a display is lost when it goes or shrinks, and only once") {
    DisplayWatch watch{{laptop, projector}};
    CHECK_FALSE(watch.lost({laptop, projector}));
    CHECK(watch.lost({laptop}));
    CHECK_FALSE(watch.lost({laptop}));
    CHECK(watch.lost({{0, 0, 1'280, 720}}));
    CHECK_FALSE(watch.lost({laptop}));
}

TEST_CASE("a display that comes, moves or cannot be asked for is not lost") {
    DisplayWatch watch{{laptop}};
    CHECK_FALSE(watch.lost({laptop, projector}));
    CHECK_FALSE(watch.lost({{1'280, 0, 1'920, 1'080}, {0, 0, 1'280, 800}}));
    CHECK_FALSE(watch.lost({}));
    CHECK(watch.lost({{1'280, 0, 1'920, 1'080}}));
}
