// Decisions of a recorded day beside what people said before them, and what came of each.
// Leans on drill_view.h and why_view.h; builds words and numbers.
// Nothing here says whether a decision was right: it says what it changed, and people judge.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ui/view/drill_view.h"
#include "ui/view/why_view.h"

namespace rollcage {

struct Foretold {
    SimTime at;
    std::string who, text;
};
struct Decided {
    Decision decision;
    std::vector<Foretold> expected{};   // Told with the order.
    std::vector<Foretold> predicted{};  // Sealed, since the decision before.
    // None: it is not known yet, or a machine decided. Empty: it changed nothing.
    std::optional<std::vector<WithoutRow>> without{};
};
struct DecidedDay {
    std::vector<Decided> decisions;
    std::vector<Foretold> predicted_after{};  // The last decision.
    std::size_t hints = 0, notes = 0;
};
// `why` may not be there yet.
DecidedDay decided_day(const WatchedDay& day, const ButFor* why);

}  // namespace rollcage
