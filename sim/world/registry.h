// Where images come from, and what a node keeps of them.
// Leans on blueprint.h; knows which process waits for an image, not why.
// A pull takes size / min(node bandwidth, registry bandwidth / pulls under way).
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <vector>

#include "sim/base/digest.h"
#include "sim/world/blueprint.h"

namespace rollcage {

struct World;

// Pulls under way share the registry's bandwidth alike, and none is faster than its node.
struct RegistryState {
    std::int64_t outages = 0;
    std::vector<BuildId> gone;  // It has these no longer.
    struct Typed {              // A build went in under the version of another.
        BuildId build, version;
    };
    std::vector<Typed> typed;  // Latest last.
    std::int64_t served = 0;   // Of each pull so far, in KB a second times microseconds.
    SimTime counted;           // When.
    struct Pull {
        std::int64_t done_at = 0;  // In `served`.
        std::uint32_t instance = 0;
        friend auto operator<=>(const Pull&, const Pull&) = default;
    };
    std::set<Pull> pulls;
    std::uint32_t plans = 0;  // Which event tells of the next pull that is over.
    bool changed = false;     // Since that was planned.
};

bool image_gone(const World& world, BuildId build);
// The process waits for an image of this size; `pulled` in fleet.h hears of its end.
void begin_pull(World& world, std::uint32_t instance, std::int64_t image_kb);
void end_pull(World& world, std::uint32_t instance);  // Nobody waits for it any more.
void change_outages(World& world, std::int64_t by);
// What this instant changed is planned once, when it is over.
void plan_next_pull(World& world);
void registry_due(World& world, std::uint32_t plan);

// Somebody types a version for the build. Now and then it is one that the service has had, and what
// is asked for by that version is the build that went in last.
void type_version(World& world, BuildId build, Share mistyped);
// What comes when somebody asks for the build by its version.
BuildId by_version(const World& world, BuildId build);

// Whether the node of a slot has the image; if so it is the last that it ran.
bool node_has(World& world, std::uint32_t service, std::uint32_t slot, BuildId build);
void node_gets(World& world, std::uint32_t service, std::uint32_t slot, BuildId build);

void fold(const RegistryState& registry, Digest& digest);

}  // namespace rollcage
