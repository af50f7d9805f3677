#include "sim/world/worth.h"

#include <algorithm>

#include "sim/world/path.h"

namespace rollcage {

namespace {

// Of the service's users, those for whom the change is at work.
Share exposed_to(const World& world, const Awaited& it) {
    double part = 0;
    for (const Pool& pool : world.services[it.service.index].pools) {
        if (pool.station.slots == 0 || pool.users == none) continue;
        const View view(world, it.service.index, pool);
        for (const Change& change : view.build().changes)
            if (change.key == it.change) part += pool.users.value() * view.at_work(change);
    }
    return share_of(std::min(1.0, part));
}

}  // namespace

void want(World& world, BuildId build) {
    const ServiceId of = world.plan->builds[build.index].of;
    for (const Change& change : built(world, build).changes) {
        if (change.worth_cents == 0) continue;
        const bool known =
            std::ranges::count(world.worth.awaited, change.key, &Awaited::change) > 0;
        if (!known)
            world.worth.awaited.push_back(
                {of, change.key, world.now, change.worth_cents, change.deadline});
    }
}

void fold_worth(World& world) {
    for (const Awaited& it : world.worth.awaited) {
        if (it.deadline && world.now > SimTime{} + *it.deadline) continue;
        const Share exposed = exposed_to(world, it);
        world.worth.delivered += it.cents_per_minute * exposed.ppm;
        world.worth.delayed += it.cents_per_minute * (whole.ppm - exposed.ppm);
    }
}

void fold(const Worth& worth, Digest& digest) {
    if (worth.awaited.empty()) return;
    digest.fold(worth.delivered);
    digest.fold(worth.delayed);
    for (const Awaited& it : worth.awaited) {
        digest.fold(std::uint64_t{it.service.index} << 32 | it.change);
        digest.fold(it.since.us);
    }
}

}  // namespace rollcage
