// Who scales services by what scrapes say of their slots: as many instances as meet a target.
// Leans on words. It sees how busy slots are and nothing of who waits: in a storm of retries that
// is 100 %, however many would be needed. New instances take their time, and it is not told so.
#pragma once

#include <vector>

#include "sim/words/commands.h"
#include "sim/words/fact_view.h"

namespace rollcage {

struct Advice {
    SimTime at;
    std::int64_t instances = 0;
};
struct Scaled {
    ServiceId service;
    Share target;
    std::int64_t least = 1, most = 1;
    std::int64_t slots = 1;      // Of an instance.
    std::int64_t wanted = 0;     // As last ordered, by whomever.
    std::size_t seen = 0;        // Scrapes.
    std::vector<Advice> advice;  // Of the last five minutes: fewer only when all of it says so.
};
struct Autoscaler {
    bool held = false;     // Somebody told it to leave services alone.
    std::size_t read = 0;  // Facts, so far.
    std::vector<Scaled> services;
};

// Of `wanted` instances, so many are ready and this busy: how many to have. The same within a tenth
// of the target; those that are not ready yet count as idle where more seem to be needed.
std::int64_t instances_for(std::int64_t wanted, std::int64_t ready, Share busy, Share target);

std::vector<Command> scale_by_load(Autoscaler& scaler, const FactView& view);

}  // namespace rollcage
