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
struct Fail {  // So many of the service's answers are errors, whatever is asked.
    ServiceId service;
    Share share;
    Duration lasts;
    auto slots() { return std::tie(service, share, lasts); }
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
// What is lost is dead at once, out of the route after 40 s, evicted and replaced elsewhere after
// another 300 s; `lasts`: none, it does not come back.
struct LoseNode {
    ServiceId service;
    std::uint32_t node = 1;  // From one.
    std::optional<Duration> lasts{};
    auto slots() { return std::tie(service, node, lasts); }
};
struct LoseZone {  // In the service's first region, or in another.
    ServiceId service;
    std::uint32_t zone = 1;  // From one.
    std::optional<Duration> lasts{};
    std::optional<RegionId> region{};
    auto slots() { return std::tie(service, zone, lasts, region); }
};
struct LoseRegion {  // Of every service.
    RegionId region;
    std::optional<Duration> lasts{};
    auto slots() { return std::tie(region, lasts); }
};
struct ExpireCertificate {  // That its processes read when they began: who asks them fails.
    ServiceId service;
    Duration renewed;  // A new one is there so much later, for processes that begin from then on.
    auto slots() { return std::tie(service, renewed); }
};
struct RegistryDown {  // Pulls wait.
    Duration lasts;
    auto slots() { return std::tie(lasts); }
};
struct ImageGone {  // The registry has this build no longer; nodes that hold it still do.
    BuildId build;
    auto slots() { return std::tie(build); }
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
struct Message {  // Somebody says something, true or not.
    TextId from, text;
    auto slots() { return std::tie(from, text); }
};
using Inject = std::variant<Slow, Fail, Surge, ExpireCertificate, Release, MigrateStep,
                            SettingsDown, SetSetting, PushConfig,  // On services and settings.
                            LoseNode, LoseZone, LoseRegion, RegistryDown, ImageGone, SlowReplica,
                            LosePrimary, BadBackup, Message>;

const std::vector<Form>& inject_forms();  // In the order of the variant.

struct TimedInject {
    SimTime at;
    Inject inject;
};

}  // namespace rollcage
