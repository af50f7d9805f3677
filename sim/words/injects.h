// Everything a scenario can do to a day, on one page: injects act on reality, not on intent.
// Leans on base alone.
// Only a release is seen when it happens; what an inject does shows through the mechanism.
#pragma once

#include <optional>
#include <variant>

#include "sim/base/ids.h"
#include "sim/base/share.h"
#include "sim/base/time.h"

namespace rollcage {

struct Slow {  // The service's own work takes `by` times as long.
    ServiceId service;
    Share by;  // May exceed one.
    Duration lasts;
};
struct Surge {  // The cohort's demand is multiplied.
    CohortId cohort;
    Share by;  // May exceed one.
    Duration lasts;
};
struct Release {
    BuildId build;
    PlanId plan;
};
struct LoseZone {  // Its instances are gone at once; evicted and replaced after 340 s.
    ServiceId service;
    std::uint32_t zone = 0;
};
struct MigrateStep {  // The team's own automation takes a step of a column's way.
    StoreId store;
    bool down = false;
};
struct SettingsDown {  // The setting service: running processes keep what they saw.
    Duration lasts;
};
struct SetSetting {  // Somebody, or a script, gives a flag a value.
    SettingId setting;
    std::optional<Share> value;
};
using Inject = std::variant<Slow, Surge, Release, LoseZone, MigrateStep, SettingsDown, SetSetting>;

struct TimedInject {
    SimTime at;
    Inject inject;
};

}  // namespace rollcage
