// A stage of a plan before there are users: what it is like, never what it finds.
// Leans on facts.h and share. Parity is how far a stage is like production, dimension by dimension.
// Staging is a ring with poor parity and no users; production itself needs no Trial.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "sim/base/share.h"
#include "sim/base/time.h"
#include "sim/words/facts.h"

namespace rollcage {

// What a trigger may need that only production has for certain.
enum class Dimension : std::uint8_t { data, scale, config, dependencies, behaviour, skew };
inline constexpr std::size_t dimensions = 6;
using Parity = std::array<Share, dimensions>;

enum class GateMode : std::uint8_t {
    hard,
    skippable,  // By an order, which is a fact.
    advisory,   // It only says so.
};
enum class OnFlake : std::uint8_t {
    stop,
    retry,       // A test that failed and then passes has passed.
    quarantine,  // And is not run any more.
};
enum class Rota : std::uint8_t { office_hours, on_call, away };

struct Trial {
    TrialKind kind = TrialKind::unit;
    Parity parity{};
    std::int64_t volume = 0;           // Requests in one run, over all of its tests.
    std::int64_t tests = 0;            // That these are spread over; none: they are not told apart.
    Share oracle = none;               // Of wrong results, those that somebody asserts against.
    Share reach = whole;               // Of the lines of a change, those that are run at all.
    Share regression_at_most = whole;  // Performance: of the 95th percentile. May exceed one.
    Share coverage_at_least = none;    // Unit.
    std::int64_t critical_at_most = 0;  // Scan: published vulnerabilities.
    GateMode mode = GateMode::hard;
    Share flake = none;  // Of runs of one test, those that fail for nothing.
    OnFlake on_flake = OnFlake::stop;
    std::int64_t retries = 2;                    // Of a test. default: design
    std::int64_t quarantined = 0;                // At the start.
    Duration quarantine_age{};                   // Of the first of these.
    std::optional<TextId> owner{};               // Who is to mend what is in quarantine.
    std::int64_t mended = 0;                     // Tests that were there, and flake no more.
    std::optional<EnvironmentId> environment{};  // Where it runs; none: made for it each time.
    // Approval takes so long in the median, while somebody is there.
    Rota rota = Rota::on_call;
    Duration opens{}, closes{28'800'000'000};  // In the day. default: design, eight hours
    Share catches{50'000};                     // Of what is wrong. default: MODEL 6.4
    // Or one of these responders, a bit each, as soon as their attention is free, and for so long.
    std::uint32_t approvers = 0;
    Duration looks{300'000'000};  // In the median. default: design
    Duration takes{60'000'000};
    Duration soak{};  // After that, with its processes running.

    Duration lasts() const { return takes + soak; }
};

// A stage of that kind as MODEL 6.3 has it; what nobody published is marked where it stands.
Trial usual_trial(TrialKind kind);

}  // namespace rollcage
