// Named instances, and the controller that makes a fleet chase its intent: physics, not policy.
// Leans on world.h; what takes time is asked for in `World::due` and comes back as an event.
// Rolling, canary, blue-green and recreate are one controller with other targets and routes.
#pragma once

#include "sim/world/world.h"

namespace rollcage {

// What the run hands back when the time has come; stale where the process or rollout is another.
void instance_due(World& world, std::uint32_t entity, std::uint32_t ordinal);
void stage_due(World& world, std::uint32_t service, std::uint32_t rollout);
void deadline_due(World& world, std::uint32_t service, std::uint32_t rollout);

void start_fleet(World& world, std::uint32_t service);  // All ready, on the first build.
void reconcile(World& world, std::uint32_t service);    // Begins what the intent now asks for.
void begin_rollout(World& world, std::uint32_t service, Rollout rollout);
void promote(World& world, std::uint32_t service);  // To the next stage, ready or not.
void lose_zone(World& world, std::uint32_t service, std::uint32_t zone);

Stage stage_now(const World& world, ServiceId service);
std::int64_t ready_of(const ServiceState& service, BuildId build);
void fold(const ServiceState& service, Digest& digest);  // Instances and rollout.

}  // namespace rollcage
