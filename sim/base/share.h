// A part of a whole in millionths: what state and scenarios hold wherever a fraction is meant.
// Leans on nothing of ours; keeps doubles out of the state.
// A Share may exceed one where it multiplies (a surge by 2.5); the field that takes it says so.
#pragma once

#include <compare>
#include <cstdint>

namespace rollcage {

struct Share {
    std::int64_t ppm = 0;
    friend constexpr auto operator<=>(Share, Share) = default;
    constexpr double value() const { return static_cast<double>(ppm) * 1e-6; }
};
inline constexpr Share none{0};
inline constexpr Share whole{1'000'000};

constexpr Share share_of(double part) {
    return {static_cast<std::int64_t>(part * 1e6 + (part < 0 ? -0.5 : 0.5))};
}

}  // namespace rollcage
