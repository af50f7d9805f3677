// Who is sent where: a pool for every build that serves in a region, and a way for everybody.
// Leans on world.h. Ways of a cohort are parts of [0, 1) over the pools; they always add up to it.
// A pool is closed when it has neither processes nor users, and what it held moves with the users.
#pragma once

#include "sim/world/world.h"

namespace rollcage {

inline constexpr std::uint32_t builds_together = 8, regions_max = 20;
inline constexpr std::uint32_t pools_max = builds_together * regions_max;  // At one service.

// The processes of a service in one of its regions changed: every build that serves there has a
// pool, and everybody a way.
void sync_site(World& world, std::uint32_t service, std::uint32_t site);
void sync_pools(World& world, std::uint32_t service);  // In all of them.
// Ways that nobody is sent any more are forgotten when nobody waits there either.
void forget_ways(World& world, std::uint32_t service);
// A process ends: its part of what is at work, and of what waits since before `from_age` ticks, is
// dropped.
void lose_part(World& world, std::uint32_t service, std::uint32_t slot, std::int64_t from_age);
Pool* pool_of(ServiceState& service, std::uint32_t site, BuildId build, bool baseline);

}  // namespace rollcage
