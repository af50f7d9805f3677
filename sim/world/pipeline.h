// Builds on their way through the test stages of their plans, before anybody can use them.
// Leans on blueprint.h; what takes time is asked for in `World::due` and comes back as an event.
// A plan without test stages lets a build go out at the instant it is released.
#pragma once

#include <memory>
#include <string>

#include "sim/base/digest.h"
#include "sim/world/blueprint.h"

namespace rollcage {

struct World;

struct Delivery {
    enum class Now : std::uint8_t { testing, waiting, red, out, gone };
    BuildId build;
    PlanId plan;
    SimTime entered;
    bool hotfix = false;
    Now now = Now::testing;
    WaitsFor waits_for = WaitsFor::approval;  // While it waits.
    std::uint32_t stage = 0;                  // Of the plan's test stages.
    std::uint32_t run = 0;                    // Of that stage, from 0.
    std::uint32_t step = 0;                   // Which of its runs an event means, over all stages.
};

// What went out last at a service, and since when it was wanted.
struct Deploy {
    std::optional<BuildId> build{};
    SimTime entered;
    bool failed = false;  // It was rolled back, or a fix was asked for.
};

// What pipelines have come to: whole numbers for the ledger. Deploys follow from facts.
struct Delivered {
    std::int64_t deploys = 0, failed = 0, fixes = 0, arrived = 0, lead_us = 0;
    std::int64_t reds = 0, false_reds = 0;  // Stages; false: nothing was wrong.
    std::int64_t gates_skipped = 0;
};

// Tests of a stage that nobody runs.
struct Quarantine {
    std::int64_t tests = 0;
    SimTime since{};          // When the first of them was set aside.
    std::int64_t mended = 0;  // That were there and are run again.
};

// What a build holds: as it was cut, which leaves out what had been reverted by then.
const Build& built(const World& world, BuildId build);
// The build is cut and enters the plan's first test stage. A hotfix passes a freeze; `express`
// also passes every gate.
enum class Road : std::uint8_t { usual, hotfix, express };
void deliver(World& world, BuildId build, PlanId plan, Road road = Road::usual);
void trial_due(World& world, std::uint32_t delivery, std::uint32_t step);
void go_on(World& world);  // Those that waited for what there may be now.

void deploy_failed(World& world, ServiceId service);
void deploy_arrived(World& world, ServiceId service, BuildId build);
bool in_use(const World& world, EnvironmentId environment);  // A stage is under way there.

// What people do about a service's builds on their way; each only where it is not refused.
std::optional<std::string> rerun_refusal(const World& world, ServiceId service);
std::optional<std::string> skip_refusal(const World& world, ServiceId service);
std::optional<std::string> approve_refusal(const World& world, ServiceId service);
void rerun(World& world, ServiceId service);
void skip_gate(World& world, ServiceId service);
void approve(World& world, ServiceId service);
// Of the plans that the service's builds go by; to mend one takes somebody a while.
std::int64_t in_quarantine(const World& world, ServiceId service);
inline constexpr Duration mending{1'200'000'000};  // A test. default: design
void end_quarantine(World& world, ServiceId service);
// What the build brought is taken out of main: builds that are cut from now on do not have it.
void revert(World& world, BuildId build);
bool reverted(const World& world, BuildId build);
void fold(const Delivery& delivery, Digest& digest);
void fold(const Quarantine& quarantine, Digest& digest);

}  // namespace rollcage
