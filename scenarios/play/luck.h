// Luck or skill: the orders of a recorded day, given at the same times on other days.
// Leans on recording.h. Those have the recorded day's truth, or each of the family one of its own;
// on each nobody acts in a second life. The lives are the same whatever `jobs` is.
#pragma once

#include <atomic>

#include "scenarios/play/recording.h"

namespace rollcage {

struct OtherDays {
    std::uint64_t seeds = 1;  // Up to this one, but for the recorded one.
    bool family = false;      // With what the seed hides drawn anew too.
    unsigned jobs = 1;
    const std::atomic<bool>* stop = nullptr;
    std::uint64_t first = 1;  // From this one on.
};
struct LuckOrSkill {
    Life recorded;
    std::vector<std::uint64_t> seeds;    // Complete ones.
    std::vector<Outcome> ordered, idle;  // The recorded orders; nobody.
    bool family = false, interrupted = false;
};
Result<LuckOrSkill> luck_or_skill(const Recording& recording, const OtherDays& others);

// What one number says of it.
struct OnOtherDays {
    double that_day = 0, ordered = 0, idle = 0;  // The last two are means over the other days.
    double worse_share = 0, same_share = 0;      // Of the other days, beside that day.
};
std::optional<OnOtherDays> on_other_days(const LuckOrSkill& luck,
                                         const std::string& key);  // None: no data.

}  // namespace rollcage
