// Everything anybody can order, on one page.
// Leans on form.h. A command edits intent and nothing else; the world makes it real.
// As text: NAME TARGET KEY=VALUE..., for instance `shed checkout share=40% final=yes`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "sim/base/digest.h"
#include "sim/words/form.h"
#include "sim/words/rule.h"

namespace rollcage {

struct Shed {
    ServiceId service;
    Share share;
    bool final = false;  // A shed client does not try again.
    auto slots() { return std::tie(service, share, final); }
};
struct Scale {
    ServiceId service;
    std::int64_t instances = 0;
    bool committed = false;
    auto slots() { return std::tie(service, instances, committed); }
};
struct SetFlag {
    SettingId setting;
    Rule rule;
    auto slots() { return tied(setting, rule); }
};
struct RevertConfig {  // The settings as they were before their last change, or one of them.
    std::optional<SettingId> setting;
    auto slots() { return std::tie(setting); }
};
struct Rollback {
    ServiceId service;
    std::optional<BuildId> to;         // Nothing: the build that served before the last release.
    std::optional<MovingName> name{};  // Instead: what is called so when an instance begins.
    bool committed = false;            // In the repository, after its review; then it stays.
    auto slots() { return std::tie(service, to, name, committed); }
};
struct Halt {  // A rollout, and a rollback too, stops where it is.
    ServiceId service;
    auto slots() { return std::tie(service); }
};
struct Resume {
    ServiceId service;
    auto slots() { return std::tie(service); }
};
struct Promote {  // To the next stage, soaked or not; beyond the last is everyone.
    ServiceId service;
    auto slots() { return std::tie(service); }
};
struct SwitchRoute {  // Between the two sides of a blue-green rollout.
    ServiceId service;
    auto slots() { return std::tie(service); }
};
struct Migrate {  // One step of a column's way, up or down.
    StoreId store;
    bool down = false;
    auto slots() { return std::tie(store, down); }
};
struct Repair {  // Rebuilds what a source still holds, at the store's rate, until it is done.
    StoreId store;
    auto slots() { return std::tie(store); }
};
struct PauseConsumers {
    StoreId store;
    bool paused = true;
    auto slots() { return std::tie(store, paused); }
};
struct Failover {  // A replica becomes the primary.
    StoreId store;
    auto slots() { return std::tie(store); }
};
struct Failback {  // The old primary, as it was when it was left.
    StoreId store;
    auto slots() { return std::tie(store); }
};
struct Restore {  // As of a time since the start, or so long ago: one of the two.
    StoreId store;
    std::optional<Duration> to;
    std::optional<Duration> ago;
    bool aside = false;
    auto slots() { return std::tie(store, to, ago, aside); }
};
struct Reconcile {  // Compares every record with what else is known of it, and says what it found.
    StoreId store;
    auto slots() { return std::tie(store); }
};
struct SetWeight {  // The new side of a rollout has this share of the users it is for.
    ServiceId service;
    Share share;
    auto slots() { return std::tie(service, share); }
};
struct Drain {  // Some instances, a zone or a region leave the route and end; `back`: may begin
                // again.
    ServiceId service;
    std::optional<std::int64_t> instances{};
    std::optional<std::int64_t> zone{};  // From one.
    std::optional<RegionId> region{};
    bool back = false;
    auto slots() { return std::tie(service, instances, zone, region, back); }
};
struct Restart {  // One instance after the other, so many a minute, each where it is.
    ServiceId service;
    std::int64_t rate = 1;
    auto slots() { return std::tie(service, rate); }
};
struct OrderHotfix {  // The fix that is being made, when it is made.
    ServiceId service;
    bool express = false;  // Gates are skipped: sooner, and bad twice as often.
    auto slots() { return std::tie(service, express); }
};
struct PauseSync {  // The repository's state is not restored.
    ServiceId service;
    bool paused = true;
    auto slots() { return std::tie(service, paused); }
};
enum class Angle : std::uint8_t { version, flag, region, format, environment };
struct Inspect {  // What a dashboard's aggregate hides; it takes a while to find out.
    ServiceId service;
    Angle by = Angle::version;
    auto slots() { return std::tie(service, by); }
};
struct Hold {  // A machine that decides by itself leaves things alone; `held` no: it goes on.
    AutomationId automation;
    bool held = true;
    auto slots() { return std::tie(automation, held); }
};
struct Rerun {  // The stage that is red, of the build that came to it last.
    ServiceId service;
    auto slots() { return std::tie(service); }
};
struct RevertChange {  // What a build brought is taken out of main, after its review.
    ServiceId service;
    BuildId build;
    auto slots() { return std::tie(service, build); }
};
struct Freeze {  // Nothing but hotfixes enters a plan.
    ServiceId service;
    bool frozen = true;
    auto slots() { return std::tie(service, frozen); }
};
struct Refresh {  // An environment is made like production again.
    EnvironmentId environment;
    auto slots() { return std::tie(environment); }
};
enum class Matter : std::uint8_t { declare, announce, approve, skip_gate, end_quarantine };
struct Organise {
    Matter what = Matter::declare;
    std::optional<ServiceId> service{};
    auto slots() { return std::tie(what, service); }
};
using Command = std::variant<Shed, Scale, Rollback, Halt, Resume, Promote, SwitchRoute, SetWeight,
                             Drain, Restart, OrderHotfix, PauseSync,  // For services.
                             SetFlag, RevertConfig, Migrate, Repair, PauseConsumers, Failover,
                             Failback, Restore, Reconcile,  // For what they keep.
                             Inspect, Hold, Rerun, RevertChange, Freeze, Refresh,
                             Organise>;  // For people, machines and pipelines.

Result<Command> parse_command(std::string_view text, const Names& names);
void fold(const Command& command, Digest& digest);
std::string command_text(const Command& command, const Names& names);
const std::vector<Form>& command_forms();  // In the order of the variant.

}  // namespace rollcage
