// What requests meet at a pool now: its build's changes under the settings its processes have seen.
// Leans on world.h. A setting travels: every process polls for it, and one that boots while the
// setting service is down runs on its fallback. Nothing here knows which build is the bad one.
#pragma once

#include "sim/world/world.h"

namespace rollcage {

// The mean over the pool's ready processes of the value that each has seen; off is 0.
double value_seen(const World& world, std::uint32_t service, BuildId build, SettingId setting);
// Of users or requests that meet it, the share for which the change is at work at this pool.
double share_at_work(const World& world, std::uint32_t service, BuildId build,
                     const Change& change);

// Finds every pool's path afresh; while a setting travels this is called each second.
void refresh_paths(World& world, std::uint32_t service);
bool travelling(const World& world);  // Some process may not have seen some setting yet.

void set_setting(World& world, SettingId setting, std::optional<Share> value);

// The same share as one process has it.
double at_work_in(const World& world, std::uint32_t service, std::uint32_t slot,
                  const Change& change);
// P(a process of this build crashes when it boots), under what it reads there.
double crashes_at_boot(const World& world, std::uint32_t service, std::uint32_t slot);

}  // namespace rollcage
