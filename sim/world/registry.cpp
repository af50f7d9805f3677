#include "sim/world/registry.h"

#include <algorithm>
#include <span>

#include "sim/base/agenda.h"
#include "sim/base/samplers.h"
#include "sim/world/world.h"

namespace rollcage {

namespace {

constexpr std::int64_t per_kb = 1'000'000;  // Of `served`: KB a second times microseconds.

std::int64_t rate_now(const World& world) {
    const RegistryState& registry = world.registry;
    const auto pulls = static_cast<std::int64_t>(registry.pulls.size());
    if (pulls == 0 || registry.outages > 0) return 0;
    const Registry& declared = world.plan->registry;
    return std::min(declared.node_bandwidth, std::max<std::int64_t>(1, declared.bandwidth / pulls));
}

// Before anything changes the rate, what it served until now is counted.
void count_served(World& world) {
    RegistryState& registry = world.registry;
    registry.served += rate_now(world) * (world.now - registry.counted).us;
    registry.counted = world.now;
    registry.changed = true;
}

Instance& instance_of(World& world, std::uint32_t key) {
    return world.services[key >> 18].instances[key & (SlotSet::slots_max - 1)];
}

std::span<std::uint32_t> images_of(World& world, std::uint32_t s, std::uint32_t slot) {
    const auto keeps = static_cast<std::size_t>(world.plan->services[s].keeps_images);
    return std::span(world.services[s].images)
        .subspan(slot % nodes_of(world.plan->services[s]) * keeps, keeps);
}

}  // namespace

bool image_gone(const World& world, BuildId build) {
    return std::ranges::find(world.registry.gone, build) != world.registry.gone.end();
}

void type_version(World& world, BuildId build, Share mistyped) {
    const ServiceState& service = world.services[world.plan->builds[build.index].of.index];
    std::vector<RegistryState::Typed>& typed = world.registry.typed;
    std::vector<BuildId> had = service.before;
    had.push_back(service.current);
    std::erase(had, build);
    const Lanes die = world.draw(Purpose::versions, build.index, 0);
    BuildId version = build;
    if (!had.empty() && die.fine(0).value() < mistyped.value()) {
        const auto last = static_cast<std::int64_t>(had.size()) - 1;
        version = had[static_cast<std::size_t>(uniform_between(die[2], 0, last))];
    }
    // What nobody has confused needs no line.
    if (version != build || std::ranges::count(typed, build, &RegistryState::Typed::version) > 0)
        typed.push_back({build, version});
}

BuildId by_version(const World& world, BuildId build) {
    const std::vector<RegistryState::Typed>& typed = world.registry.typed;
    const auto of_it =
        std::ranges::find(typed.rbegin(), typed.rend(), build, &RegistryState::Typed::build);
    const BuildId version = of_it == typed.rend() ? build : of_it->version;
    const auto last =
        std::ranges::find(typed.rbegin(), typed.rend(), version, &RegistryState::Typed::version);
    return last == typed.rend() ? build : last->build;
}

void begin_pull(World& world, std::uint32_t key, std::int64_t image_kb) {
    count_served(world);
    RegistryState& registry = world.registry;
    if (registry.pulls.empty()) registry.served = 0;
    instance_of(world, key).pulled_at = registry.served + image_kb * per_kb;
    registry.pulls.insert({instance_of(world, key).pulled_at, key});
}

void end_pull(World& world, std::uint32_t key) {
    count_served(world);
    world.registry.pulls.erase({instance_of(world, key).pulled_at, key});
}

void change_outages(World& world, std::int64_t by) {
    count_served(world);
    world.registry.outages += by;
}

void plan_next_pull(World& world) {
    RegistryState& registry = world.registry;
    if (!registry.changed) return;
    count_served(world);
    registry.changed = false;
    registry.plans = registry.plans % EventKey::ordinal_max + 1;
    const std::int64_t rate = rate_now(world);
    if (rate == 0) return;
    const std::int64_t left =
        std::max<std::int64_t>(0, registry.pulls.begin()->done_at - registry.served);
    world.due.push_back({Due::Kind::registry, {(left + rate - 1) / rate}, 0, registry.plans});
}

void registry_due(World& world, std::uint32_t plan) {
    RegistryState& registry = world.registry;
    if (plan != registry.plans) return;
    count_served(world);
    std::vector<std::uint32_t> done;
    while (!registry.pulls.empty() && registry.pulls.begin()->done_at <= registry.served) {
        done.push_back(registry.pulls.begin()->instance);
        registry.pulls.erase(registry.pulls.begin());
    }
    for (const std::uint32_t key : done) pulled(world, key >> 18, key & (SlotSet::slots_max - 1));
}

bool node_has(World& world, std::uint32_t s, std::uint32_t slot, BuildId build) {
    const std::span<std::uint32_t> images = images_of(world, s, slot);
    const auto found = std::ranges::find(images, build.index + 1);
    if (found == images.end()) return false;
    std::rotate(images.begin(), found, found + 1);
    return true;
}

void node_gets(World& world, std::uint32_t s, std::uint32_t slot, BuildId build) {
    if (node_has(world, s, slot, build)) return;
    const std::span<std::uint32_t> images = images_of(world, s, slot);
    std::rotate(images.begin(), images.end() - 1, images.end());
    images[0] = build.index + 1;
}

void fold(const RegistryState& registry, Digest& digest) {
    for (const std::int64_t number :
         {registry.outages, registry.served, registry.counted.us, std::int64_t{registry.plans}})
        digest.fold(number);
    for (const BuildId build : registry.gone) digest.fold(std::uint64_t{build.index});
    for (const RegistryState::Typed& it : registry.typed)
        digest.fold(std::uint64_t{it.build.index} << 32 | it.version.index);
    for (const RegistryState::Pull& pull : registry.pulls)
        digest.fold(pull.done_at), digest.fold(std::uint64_t{pull.instance});
}

}  // namespace rollcage
