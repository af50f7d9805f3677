// A service in parts, as whoever looks into it finds it: what the aggregate of a dashboard hides.
// Leans on belief.h; it answers from what was visible as of asking, never from what came later.
// The worst build is first: by its share of errors, then by its p95.
#pragma once

#include "sim/watch/belief.h"

namespace rollcage {

struct BuildSeen {
    BuildId build;
    bool baseline = false;
    std::int64_t attempts = 0, answered = 0, errors = 0;  // Over the window.
    std::int64_t latency_p95_us = 0;                      // Mean over what was answered.
    std::int64_t slots = 0;                               // At its last scrape.
    std::int64_t restarts = 0;
};
struct Breakdown {
    SimTime from, until;            // What was measured between these; the same: nothing yet.
    std::vector<BuildSeen> builds;  // One where only one was there.
};

inline constexpr Duration breakdown_over{300'000'000};  // default: design
Breakdown breakdown(const Belief& belief, ServiceId service, SimTime as_of,
                    Duration over = breakdown_over);

// The requests of the service's users by flag and region, over the whole minutes of that time; a
// service that only others call has none.
Parted parts_seen(const Belief& belief, ServiceId service, SimTime as_of,
                  Duration over = breakdown_over);

}  // namespace rollcage
