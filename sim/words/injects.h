// Everything a scenario can do to a day, on one page: injects act on reality, not on intent.
// Leans on form.h.
// Only a release is seen when it happens; what an inject does shows through the mechanism.
#pragma once

#include <optional>
#include <tuple>
#include <variant>
#include <vector>

#include "sim/words/form.h"
#include "sim/words/rule.h"

namespace rollcage {

struct Slow {  // The service's own work takes `by` times as long.
    ServiceId service;
    Share by;  // May exceed one.
    Duration lasts;
    auto slots() { return std::tie(service, by, lasts); }
};
struct Surge {  // The cohort's demand is multiplied.
    CohortId cohort;
    Share by;  // May exceed one.
    Duration lasts;
    auto slots() { return std::tie(cohort, by, lasts); }
};
struct Release {
    BuildId build;
    PlanId plan;
    auto slots() { return std::tie(build, plan); }
};
struct LoseZone {  // Its instances are gone at once; evicted and replaced after 340 s.
    ServiceId service;
    std::uint32_t zone = 1;  // From one.
    auto slots() { return std::tie(service, zone); }
};
struct MigrateStep {  // The team's own automation takes a step of a column's way.
    StoreId store;
    bool down = false;
    auto slots() { return std::tie(store, down); }
};
struct SettingsDown {  // The setting service: running processes keep what they saw.
    Duration lasts;
    auto slots() { return std::tie(lasts); }
};
struct SetSetting {  // Somebody, or a script, gives a flag a value.
    SettingId setting;
    Rule rule;
    auto slots() { return tied(setting, rule); }
};
struct SlowReplica {  // It applies a part of its rate; lag grows.
    StoreId store;
    Share to;
    Duration lasts;
    auto slots() { return std::tie(store, to, lasts); }
};
struct LosePrimary {  // Nobody reaches it: what uses the store fails until it is back.
    StoreId store;
    Duration lasts;
    auto slots() { return std::tie(store, lasts); }
};
struct BadBackup {  // None can be restored; that is seen when it is tried.
    StoreId store;
    auto slots() { return std::tie(store); }
};
struct PushConfig {  // The same, to every process within seconds, whatever it polls.
    SettingId setting;
    Rule rule;
    Duration within;
    auto slots() { return std::tuple_cat(tied(setting, rule), std::tie(within)); }
};
using Inject = std::variant<Slow, Surge, Release, LoseZone, MigrateStep, SettingsDown, SetSetting,
                            SlowReplica, LosePrimary, BadBackup, PushConfig>;

const std::vector<Form>& inject_forms();  // In the order of the variant.

struct TimedInject {
    SimTime at;
    Inject inject;
};

}  // namespace rollcage
