// Where instances are: nodes in zones in regions, which are lost and found, drained and opened.
#include <algorithm>

#include "sim/world/route.h"

namespace rollcage {

namespace {

bool within(const Service& declared, const Place& place, std::uint32_t slot) {
    const std::uint32_t node = slot % nodes_of(declared);
    const auto sites = static_cast<std::uint32_t>(declared.regions.size());
    const auto zones = static_cast<std::uint32_t>(declared.zones);
    return (!place.node || *place.node == node) && (!place.site || *place.site == node % sites) &&
           (!place.zone || *place.zone == node / sites % zones);
}

// After the closed places changed: slots without a process are free where a node takes one.
void find_free(World& world, std::uint32_t s) {
    ServiceState& service = world.services[s];
    for (std::uint32_t slot = 0; slot < service.instances.size(); ++slot) {
        SlotSet& free = site_of(service, slot).free;
        const std::uint32_t place = place_of(service, slot);
        const bool is = service.instances[slot].phase == Phase::gone && open_to(world, s, slot);
        if (is == free.has(place)) continue;
        is ? free.insert(place) : free.erase(place);
    }
}

template <class Does>
void each_slot(World& world, std::uint32_t s, const Place& place, const Does& does) {
    for (std::uint32_t slot = 0; slot < world.services[s].instances.size(); ++slot)
        if (within(world.plan->services[s], place, slot)) does(slot);
}

void close(World& world, std::uint32_t s, const Closed& closed) {
    world.services[s].closed.push_back(closed);
    find_free(world, s);
}

// One of them: a place may be lost twice, and found once for each.
void reopen(World& world, std::uint32_t s, const Closed& closed) {
    std::vector<Closed>& all = world.services[s].closed;
    const auto found = std::ranges::find_if(
        all, [&](const Closed& it) { return it.place == closed.place && it.lost == closed.lost; });
    if (found != all.end()) all.erase(found);
    find_free(world, s);
}

}  // namespace

std::uint32_t site_row(const ServiceState& service, std::uint32_t slot) {
    return slot % static_cast<std::uint32_t>(service.sites.size());
}

std::uint32_t place_of(const ServiceState& service, std::uint32_t slot) {
    return slot / static_cast<std::uint32_t>(service.sites.size());
}

bool open_to(const World& world, std::uint32_t s, std::uint32_t slot) {
    return std::ranges::none_of(world.services[s].closed, [&](const Closed& closed) {
        return within(world.plan->services[s], closed.place, slot);
    });
}

std::optional<std::uint32_t> free_slot(World& world, std::uint32_t s, std::uint32_t row) {
    ServiceState& service = world.services[s];
    const auto sites = static_cast<std::uint32_t>(service.sites.size());
    const std::uint32_t nodes = nodes_of(world.plan->services[s]);
    bool some = !service.sites[row].free.empty();
    for (std::uint32_t node = row; node < nodes && !some; node += sites)
        some = open_to(world, s, node);
    if (!some) return std::nullopt;
    while (service.sites[row].free.empty()) {
        const auto slot = static_cast<std::uint32_t>(service.instances.size());
        if (slot >= SlotSet::slots_max) return std::nullopt;
        service.instances.push_back({});
        if (open_to(world, s, slot)) site_of(service, slot).free.insert(place_of(service, slot));
    }
    return service.sites[row].free.first() * sites + row;
}

void lose_place(World& world, std::uint32_t s, const Place& place) {
    close(world, s, {place, true});
    each_slot(world, s, place, [&](std::uint32_t slot) { lose_process(world, s, slot); });
    reconcile(world, s);
}

void find_place(World& world, std::uint32_t s, const Place& place) {
    reopen(world, s, {place, true});
    each_slot(world, s, place, [&](std::uint32_t slot) {
        const auto lost = [&](const Closed& it) {
            return it.lost && within(world.plan->services[s], it.place, slot);
        };
        if (std::ranges::none_of(world.services[s].closed, lost)) find_process(world, s, slot);
    });
    reconcile(world, s);
}

void drain_place(World& world, std::uint32_t s, const Place& place) {
    close(world, s, {place});
    each_slot(world, s, place, [&](std::uint32_t slot) {
        const Phase phase = world.services[s].instances[slot].phase;
        const bool ends = phase != Phase::gone && phase != Phase::draining &&
                          phase != Phase::lost && phase != Phase::missing;
        if (ends) end_process(world, s, slot);
    });
    reconcile(world, s);
}

void open_place(World& world, std::uint32_t s, const Place& place) {
    reopen(world, s, {place});
    reconcile(world, s);
}

void drain_some(World& world, std::uint32_t s, std::int64_t instances) {
    ServiceState& service = world.services[s];
    for (std::uint32_t slot = 0; slot < service.instances.size() && instances > 0; ++slot) {
        if (service.instances[slot].phase != Phase::ready) continue;
        --instances;
        end_process(world, s, slot);
    }
    reconcile(world, s);
}

}  // namespace rollcage
