// Environments and what they lack of production: a list of named differences, and nothing else.
// Leans on blueprint.h and trial.h. A difference is born of a declaration, of a change to
// production or of time, and a refresh closes it. Who looks finds some of them first.
#pragma once

#include <string>
#include <vector>

#include "sim/base/digest.h"
#include "sim/world/sieve.h"

namespace rollcage {

struct World;

struct EnvironmentState {
    SimTime refreshed;        // May be before the day.
    bool as_declared = true;  // What was declared of it stands until the first refresh.
    bool refreshing = false;
    std::uint32_t refreshes = 0;  // Ordered so far.
    struct Born {                 // Of what was changed in production since.
        DifferenceKind kind;
        std::uint32_t of = 0;  // Which setting, store or service.
        SimTime at;
        friend bool operator==(const Born&, const Born&) = default;
    };
    std::vector<Born> born{};
    std::vector<BuildId> holds{};  // Parallel to the services that it has of its own.
};

// One difference as a debrief names it.
struct Drift {
    std::uint64_t key;  // Which it is among the environment's, as long as it is there.
    std::string name;
    Needs on{};   // What it touches.
    Share lacks;  // Of each of these.
    SimTime since;
};
// All there are now: declared, born of changes, born of time.
std::vector<Drift> differences(const World& world, EnvironmentId environment);
// In the order in which they are found, whoever looks.
std::vector<Drift> as_found(const World& world, EnvironmentId environment);
// The stage as its environment is now: what it is declared to be, less every difference.
Trial as_of_now(const World& world, const Trial& trial);
// In declared order and then by birth, the difference with which the stage no longer has what the
// defect needs; none: it has, or never had.
std::optional<Drift> guilty(const World& world, const Trial& trial, const Suspect& suspect);

// What a stage let through that it could have met, were its environment like production, and the
// difference with which it no longer could.
struct Missed {
    BuildId build;
    EnvironmentId environment;
    std::string difference;
};
void remember_missed(World& world, BuildId build, const Trial& trial);

// Production was changed and no environment with it.
void grow_apart(World& world, DifferenceKind kind, std::uint32_t of);
// A setting was given a rule, a service a build: environments differ that have another.
void compare_setting(World& world, SettingId setting);
void compare_build(World& world, ServiceId service);
void begin_refresh(World& world, EnvironmentId environment);
void refresh_due(World& world, std::uint32_t environment, std::uint32_t nth);
// What the environments have cost so far, in cents: they are there all day.
std::int64_t environment_cents(const World& world);
void fold(const EnvironmentState& state, Digest& digest);

}  // namespace rollcage
