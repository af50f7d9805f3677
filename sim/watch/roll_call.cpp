#include "sim/watch/roll_call.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace rollcage {

static_assert(scrape_late < scrape_every);

namespace {

// Nothing: there is no process.
std::optional<InstancePhase> known_phase(Phase phase) {
    switch (phase) {
        case Phase::gone: return std::nullopt;
        case Phase::pulling:
        case Phase::booting:
        case Phase::probing: return InstancePhase::starting;
        case Phase::unpulled:
        case Phase::crashed: return InstancePhase::failing;
        case Phase::ready:
        case Phase::lost: return InstancePhase::serving;  // It answers no more, and nobody knows.
        case Phase::draining: return InstancePhase::draining;
        case Phase::missing: return InstancePhase::missing;
    }
    return std::nullopt;
}

// What is asked for, as it was written: the version a build went in under, or a name.
struct Label {
    std::optional<BuildId> build{};
    std::optional<MovingName> name{};
    std::array<std::int64_t, instance_phases> counts{};  // Of one zone.
};

BuildId typed_as(const World& world, BuildId build) {
    for (auto it = world.registry.typed.rbegin(); it != world.registry.typed.rend(); ++it)
        if (it->build == build) return it->version;
    return build;
}

Label label_of(const World& world, const ServiceState& service, const Instance& instance) {
    if (service.by_hand) return {};
    if (instance.spec.name) return {.name = instance.spec.name};
    return {.build = typed_as(world, instance.build)};
}

void count_service(const World& world, std::uint32_t s, std::vector<InstanceCount>& counts) {
    const ServiceState& service = world.services[s];
    const Service& declared = world.plan->services[s];
    const auto sites = static_cast<std::uint32_t>(declared.regions.size());
    const auto zones = static_cast<std::uint32_t>(declared.zones);
    const std::uint32_t nodes = nodes_of(declared);
    std::vector<std::vector<Label>> by_zone(std::size_t{sites} * zones);
    for (std::uint32_t slot = 0; slot < service.instances.size(); ++slot) {
        const Instance& instance = service.instances[slot];
        const auto phase = known_phase(instance.phase);
        if (!phase) continue;
        const std::uint32_t node = slot % nodes;
        std::vector<Label>& labels = by_zone[node % sites * zones + node / sites % zones];
        const Label wanted = label_of(world, service, instance);
        auto found = std::ranges::find_if(labels, [&](const Label& it) {
            return it.build == wanted.build && it.name == wanted.name;
        });
        if (found == labels.end()) found = labels.insert(labels.end(), wanted);
        ++found->counts[static_cast<std::size_t>(*phase)];
    }
    for (std::uint32_t zone = 0; zone < by_zone.size(); ++zone) {
        std::ranges::sort(by_zone[zone], {}, [](const Label& it) {
            return std::tuple{!it.name, it.name, it.build};  // Never by who came first.
        });
        for (const Label& it : by_zone[zone])
            for (std::size_t phase = 0; phase < instance_phases; ++phase)
                if (it.counts[phase] > 0)
                    counts.push_back({zone, it.build, it.name, static_cast<InstancePhase>(phase),
                                      it.counts[phase]});
    }
}

}  // namespace

std::vector<std::vector<InstanceCount>> roll_call(const World& world) {
    std::vector<std::vector<InstanceCount>> all(world.services.size());
    for (std::uint32_t s = 0; s < world.services.size(); ++s) count_service(world, s, all[s]);
    return all;
}

}  // namespace rollcage
