// Other answers to a recorded day: every actor's life of it, or one of them as if it were watched.
// Leans on compare.h and watched.h. The day is the same: its seed, its knobs, its facilitator's
// acts. Lives that were not played to their end, because somebody stopped it, are not there.
#pragma once

#include <atomic>
#include <functional>

#include "scenarios/play/compare.h"
#include "scenarios/play/watched.h"

namespace rollcage {

struct OthersAsked {
    unsigned jobs = 1;
    const std::atomic<bool>* stop = nullptr;
    std::function<void(std::size_t done, std::size_t of)> progress{};
};
// Of everybody but who was there; one seed.
Result<Comparison> other_answers(const Recording& recording, const Scenario& scenario,
                                 const OthersAsked& asked);
Result<WatchedDay> watch_other(const Recording& recording, const std::string& actor);
// The recorded orders up to the instant, then this one, and nobody from there on.
Result<WatchedDay> watch_turned(const Recording& recording, SimTime at, const std::string& order);

}  // namespace rollcage
