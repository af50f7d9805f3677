// Who is sent where: a pool for every build that serves in a region, and a way for everybody.
// Leans on world.h. Ways of a cohort are parts of [0, 1) over the pools; they always add up to it.
// A pool is closed when it has neither processes nor users, and what it held moves with the users.
#pragma once

#include "sim/world/world.h"

namespace rollcage {

// The processes of a service in one of its regions changed: every build that serves there has a
// pool, and everybody a way.
void sync_site(World& world, std::uint32_t service, std::uint32_t site);
void sync_pools(World& world, std::uint32_t service);  // In all of them.
// Ways that nobody is sent any more are forgotten when nobody waits there either.
void forget_ways(World& world, std::uint32_t service);
// A process ends: its part of what is at work, and of what waits since before `from_age` ticks, is
// dropped.
void lose_part(World& world, std::uint32_t service, std::uint32_t slot, std::int64_t from_age);
// The pool that a process is of, or was: none where nobody is sent to its like.
const Pool* pool_of(const ServiceState& service, std::uint32_t slot);
std::int64_t ready_at(const ServiceState& service, const Pool& pool);  // Of its processes.
// What a pool's processes are found by: its site's slots stand so far apart.
template <class Does>
void each_process(const ServiceState& service, const Pool& pool, const Does& does) {
    const auto step = static_cast<std::uint32_t>(service.sites.size());
    for (std::uint32_t slot = pool.site; slot < service.instances.size(); slot += step) {
        const Instance& it = service.instances[slot];
        if (it.build == pool.build && it.spec.baseline == pool.baseline) does(slot);
    }
}

// A lane for one kind of request of one slice of a cohort, where it has none yet.
void open_lane(World& world, std::uint32_t cohort, std::uint32_t slice, std::uint32_t kind,
               Pool& pool);
void drop_lane(Pool& pool, std::uint32_t row);
inline Lane& lane_at(Pool& pool, std::uint32_t row) {
    return pool.station.lanes[pool.places[row]];
}
inline const Lane& lane_at(const Pool& pool, std::uint32_t row) {
    return pool.station.lanes[pool.places[row]];
}

}  // namespace rollcage
