// A stage of a plan before there are users: what it is like, never what it finds.
// Leans on facts.h and share. Parity is how far a stage is like production, dimension by dimension.
// Staging is a ring with poor parity and no users; production itself needs no Trial.
#pragma once

#include <array>
#include <cstdint>

#include "sim/base/share.h"
#include "sim/base/time.h"
#include "sim/words/facts.h"

namespace rollcage {

// What a trigger may need that only production has for certain.
enum class Dimension : std::uint8_t { data, scale, config, dependencies, behaviour, skew };
inline constexpr std::size_t dimensions = 6;
using Parity = std::array<Share, dimensions>;

struct Trial {
    TrialKind kind = TrialKind::unit;
    Parity parity{};
    std::int64_t volume = 0;           // Requests in one run, over all of its tests.
    std::int64_t tests = 0;            // That these are spread over; none: they are not told apart.
    Share oracle = none;               // Of wrong results, those that somebody asserts against.
    Share reach = whole;               // Of the lines of a change, those that are run at all.
    Share regression_at_most = whole;  // Performance: of the 95th percentile. May exceed one.
    Share coverage_at_least = none;    // Unit.
    Duration takes{60'000'000};
    Duration soak{};  // After that, with its processes running.

    Duration lasts() const { return takes + soak; }
};

// A stage of that kind as MODEL 6.3 has it; what nobody published is marked where it stands.
Trial usual_trial(TrialKind kind);

}  // namespace rollcage
