// The day minute by minute, as nobody saw it: what went wrong, what stayed wrong, whom it reached.
// Leans on world.h. The times of an incident and its blast radius follow from this alone.
// A minute is harmful when a service lost more than its goal allows or records went wrong.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/base/digest.h"
#include "sim/base/share.h"

namespace rollcage {

struct World;

struct Minute {
    std::int64_t bad = 0;       // Requests that failed or were refused.
    std::int64_t hurt = 0;      // Records that went wrong, were lost or taken back.
    std::int64_t residue = 0;   // Records wrong or unreadable, and jobs orphaned, when it ended.
    std::int64_t given_up = 0;  // Of these, records that a repair has left to people.
    bool burning = false;       // Some service lost more than its goal allows.

    bool harmful() const { return burning || hurt > 0; }
};

// Of a cohort's users, those on a path that does harm.
struct Exposed {
    Share now = none, ever = none;
};

// Requests of the last minute, as a dashboard that is asked for it can part them.
struct Asked {
    std::int64_t asked = 0, bad = 0;  // Bad: failed or refused.
};
struct Parted {
    std::vector<std::array<Asked, 2>> by_flag;  // By setting: for whom it was off, and on.
    std::vector<Asked> by_region;               // Parallel to the service's sites.
};

struct Minutes {
    std::vector<Minute> all;  // The nth ended n + 1 minutes after the start.
    std::vector<Exposed> cohorts;
    Share exposed_peak = none;          // Of all users.
    std::int64_t instance_minutes = 0;  // Processes that were there as a minute ended.
    // Totals up to the last minute: by service, and of all stores.
    std::vector<std::int64_t> ended, bad;
    std::int64_t hurt = 0;
    std::vector<Parted> parted;  // By service, of the last minute. Derived: never folded.
};

void fold_into_minutes(World& world);    // The minute that ends now.
Share exposed_ever(const World& world);  // Of all users.
void fold(const Minutes& minutes, Digest& digest);

}  // namespace rollcage
