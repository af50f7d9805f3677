#include <catch2/catch.hpp>

#include <array>
#include <cmath>

#include "ui/desk/theme.h"

using namespace rollcage;

namespace {

constexpr std::array themes{ThemeName::dark, ThemeName::light, ThemeName::high_contrast};

// What people with no green (or red, or blue) cones see; after Machado and others, 2009.
using Matrix = std::array<std::array<double, 3>, 3>;
constexpr Matrix no_red{{{0.152286, 1.052583, -0.204868},
                         {0.114503, 0.786281, 0.099216},
                         {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix no_green{{{0.367322, 0.860646, -0.227968},
                           {0.280085, 0.672501, 0.047413},
                           {-0.011820, 0.042940, 0.968881}}};
constexpr Matrix no_blue{{{1.255528, -0.076749, -0.178779},
                          {-0.078411, 0.930809, 0.147602},
                          {0.004733, 0.691367, 0.303900}}};
constexpr Matrix all_cones{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

// Far enough apart in brightness or in hue.
double apart(Colour one, Colour other, const Matrix& seen) {
    const auto look = [&](Colour colour) {
        const std::array<double, 3> of{static_cast<double>(colour & 255),
                                       static_cast<double>(colour >> 8 & 255),
                                       static_cast<double>(colour >> 16 & 255)};
        std::array<double, 3> found{};
        for (std::size_t i = 0; i < 3; ++i)
            for (std::size_t k = 0; k < 3; ++k) found[i] += seen[i][k] * of[k];
        return found;
    };
    const auto a = look(one), b = look(other);
    return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

}  // namespace

TEST_CASE("in every theme what is written stands out from what it is written on") {
    for (const ThemeName name_of_it : themes) {
        const Theme& it = theme(name_of_it);
        INFO(name(name_of_it));
        for (const Colour ground : {it.ground, it.panel, it.raised, it.well}) {
            CHECK(contrast(it.text, ground) >= 7);
            CHECK(contrast(it.soft, ground) >= 4.5);
            CHECK(contrast(it.faint, ground) >= 3.9);
            for (const Colour tone : {it.good, it.warning, it.bad, it.accent})
                CHECK(contrast(tone, ground) >= 4.5);
        }
        CHECK(contrast(it.text, it.control) >= 7);
        CHECK(contrast(it.text, it.hovered) >= 4.5);
        CHECK(contrast(it.on_accent, it.accent) >= 4.5);
    }
}

TEST_CASE("in every theme lines and marks stand out from the well of a plot") {
    for (const ThemeName name_of_it : themes) {
        INFO(name(name_of_it));
        for (const Colour hue : theme(name_of_it).hues)
            CHECK(contrast(hue, theme(name_of_it).well) >= 3);
        for (const Colour mark : theme(name_of_it).marks)
            CHECK(contrast(mark, theme(name_of_it).well) >= 3);
    }
}

TEST_CASE("the first four hues, and good and bad, differ for those who see fewer colours") {
    for (const ThemeName name_of_it : themes)
        for (const Matrix& seen : {all_cones, no_red, no_green, no_blue}) {
            const Theme& it = theme(name_of_it);
            INFO(name(name_of_it));
            for (std::size_t i = 0; i < 4; ++i)
                for (std::size_t k = 0; k < i; ++k) {
                    INFO(k << " and " << i);
                    CHECK(apart(it.hues[i], it.hues[k], seen) > 35);
                }
            CHECK(apart(it.good, it.bad, seen) > 35);
        }
}

TEST_CASE("a length follows the scale and never vanishes") {
    Look look;
    look.scale = 2.5F;
    CHECK(look.px(10) == 25);
    look.scale = 0.75F;
    CHECK(look.px(10) == 8);
    CHECK(look.px(0.3F) == 1);
    CHECK(look.px(0) == 0);
}

TEST_CASE("a theme is found by its name, and a wrong name is told which there are") {
    CHECK(*theme_named("high-contrast") == ThemeName::high_contrast);
    CHECK(theme_named("solarized").error().message ==
          "there is no theme `solarized`; choose dark, light or high-contrast");
}

TEST_CASE("a colour's share of another is between them") {
    CHECK(between(IM_COL32(0, 0, 0, 255), IM_COL32(100, 200, 50, 255), 0.5F) ==
          IM_COL32(50, 100, 25, 255));
    CHECK(with_alpha(IM_COL32(1, 2, 3, 255), 0.5F) == IM_COL32(1, 2, 3, 128));
    CHECK(contrast(IM_COL32_BLACK, IM_COL32_WHITE) == Approx(21));
}
