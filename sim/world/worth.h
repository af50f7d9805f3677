// What shipping is worth, and what it costs to wait: changes that somebody wants, minute by minute.
// Leans on blueprint.h. Whole numbers for the ledger; money is in cents.
// Who never releases, rolls back or turns a flag off pays for it here.
#pragma once

#include "sim/base/digest.h"
#include "sim/world/blueprint.h"

namespace rollcage {

struct World;

struct Awaited {  // A change of worth, from when its first build was released.
    ServiceId service;
    std::uint32_t change = 0;  // Its key.
    SimTime since;
    std::int64_t cents_per_minute = 0;
    std::optional<Duration> deadline{};  // Since the start: afterwards it is worth nothing.
};
struct Worth {
    std::vector<Awaited> awaited;
    std::int64_t delivered = 0, delayed = 0;  // Millionths of a cent.
};

void want(World& world, BuildId build);
void fold_worth(World& world);  // A minute has passed.
void fold(const Worth& worth, Digest& digest);

}  // namespace rollcage
