#include "sim/world/environment.h"

#include <algorithm>

#include "sim/base/maths.h"
#include "sim/world/world.h"

namespace rollcage {

namespace {

constexpr double day_us = 8.64e10;
constexpr double data_days = 30, config_days = 14;  // Time constants. default: MODEL 6.3
constexpr Share of_one_change{100'000};             // What one change takes. default: design
constexpr std::uint32_t environment_entity = 0x0A00'0000;

Needs touched(DifferenceKind kind) {
    Needs all{};
    const auto touch = [&](Dimension it) { all[static_cast<std::size_t>(it)] = true; };
    switch (kind) {
        case DifferenceKind::setting: touch(Dimension::config); break;
        case DifferenceKind::data_shape: touch(Dimension::data); break;
        case DifferenceKind::index: touch(Dimension::scale); break;
        case DifferenceKind::dependency: touch(Dimension::dependencies); break;
        case DifferenceKind::size: touch(Dimension::scale); break;
    }
    return all;
}

// What the environment runs of a service that it has of its own; none: it has not.
const BuildId* held(const World& world, std::uint32_t e, ServiceId service) {
    const std::vector<ServiceId>& of = world.plan->environments[e].holds;
    const auto found = std::ranges::find(of, service);
    return found == of.end()
               ? nullptr
               : &world.environments[e].holds[static_cast<std::size_t>(found - of.begin())];
}

std::string name_of(const World& world, std::uint32_t e, const EnvironmentState::Born& it) {
    const Names& names = world.plan->names;
    switch (it.kind) {
        case DifferenceKind::setting: return "flag " + names.settings[it.of] + " was changed";
        case DifferenceKind::data_shape: return names.stores[it.of] + " was migrated";
        case DifferenceKind::dependency:
            return names.services[it.of] + " runs " +
                   names.builds[world.services[it.of].current.index] + ", it has " +
                   names.builds[held(world, e, {it.of})->index];
        case DifferenceKind::index: return names.stores[it.of] + " has other indexes";
        case DifferenceKind::size: return names.services[it.of] + " has other instances";
    }
    return "";
}

Share worn(Duration age, double days) {
    return share_of(1 - e_to(-static_cast<double>(age.us) / (days * day_us)));
}

}  // namespace

std::vector<Drift> differences(const World& world, EnvironmentId id) {
    enum From : std::uint64_t { declared, changed, aged };
    const auto key = [](From from, DifferenceKind kind, std::uint64_t nth) {
        return nth << 16 | static_cast<std::uint64_t>(kind) << 8 | from;
    };
    const EnvironmentState& state = world.environments[id.index];
    std::vector<Drift> all;
    if (state.as_declared)
        for (const Difference& it : world.plan->environments[id.index].differences)
            all.push_back({key(declared, it.kind, all.size()), it.name, touched(it.kind), it.lacks,
                           state.refreshed});
    for (const EnvironmentState::Born& it : state.born)
        all.push_back({key(changed, it.kind, it.of), name_of(world, id.index, it), touched(it.kind),
                       of_one_change, it.at});
    const Duration age = world.now - state.refreshed;
    const std::int64_t days_old = age.us / static_cast<std::int64_t>(day_us);
    const std::string old = (days_old > 1 ? std::to_string(days_old) + " days"
                                          : length_text({age.us / 60'000'000 * 60'000'000})) +
                            " old";
    for (const auto& [kind, days, what] :
         {std::tuple{DifferenceKind::data_shape, data_days, "its data are "},
          std::tuple{DifferenceKind::setting, config_days, "its settings are "}})
        if (worn(age, days) > none)
            all.push_back(
                {key(aged, kind, 0), what + old, touched(kind), worn(age, days), state.refreshed});
    return all;
}

std::vector<Drift> as_found(const World& world, EnvironmentId id) {
    std::vector<Drift> all = differences(world, id);
    std::ranges::sort(all, {}, [&](const Drift& it) {
        const Lanes lot = world.draw.truth()(Purpose::drift, environment_entity + id.index, it.key);
        return std::pair{lot.fine(0).bits, it.key};
    });
    return all;
}

namespace {

void take(Parity& from, const Drift& it) {
    for (std::size_t d = 0; d < dimensions; ++d)
        if (it.on[d]) from[d].ppm = from[d].ppm * (whole.ppm - it.lacks.ppm) / whole.ppm;
}

}  // namespace

Trial as_of_now(const World& world, const Trial& trial) {
    Trial now = trial;
    if (trial.environment)
        for (const Drift& it : differences(world, *trial.environment)) take(now.parity, it);
    return now;
}

std::optional<Drift> guilty(const World& world, const Trial& trial, const Suspect& suspect) {
    if (!trial.environment || !within_reach(trial, suspect, world.draw)) return std::nullopt;
    Trial now = trial;
    for (const Drift& it : differences(world, *trial.environment)) {
        take(now.parity, it);
        if (!within_reach(now, suspect, world.draw)) return it;
    }
    return std::nullopt;
}

void remember_missed(World& world, BuildId build, const Trial& trial) {
    if (!trial.environment) return;
    const std::int64_t memory_mb =
        world.plan->services[world.plan->builds[build.index].of.index].memory_mb;
    for (const Suspect& suspect : suspects(built(world, build), memory_mb)) {
        const auto by = guilty(world, trial, suspect);
        const auto same = [&](const Missed& it) {
            return it.build == build && it.difference == by->name;
        };
        if (by && std::ranges::none_of(world.missed, same))
            world.missed.push_back({build, *trial.environment, by->name});
    }
}

namespace {

void differ(const World& world, EnvironmentState& it, DifferenceKind kind, std::uint32_t of,
            bool differs) {
    const auto same = [&](const EnvironmentState::Born& other) {
        return other.kind == kind && other.of == of;
    };
    if (!differs)
        std::erase_if(it.born, same);
    else if (std::ranges::none_of(it.born, same))
        it.born.push_back({kind, of, world.now});
}

// Of a setting's epochs, the rule of that time; of before the day, what it began with.
const Rule& rule_at(const std::vector<Epoch>& epochs, SimTime at) {
    const Epoch* last = &epochs.front();
    for (const Epoch& it : epochs)
        if (it.at <= at) last = &it;
    return last->rule;
}

}  // namespace

void grow_apart(World& world, DifferenceKind kind, std::uint32_t of) {
    for (EnvironmentState& it : world.environments) differ(world, it, kind, of, true);
}

void compare_setting(World& world, SettingId setting) {
    const std::vector<Epoch>& epochs = world.settings[setting.index];
    for (EnvironmentState& it : world.environments)
        differ(world, it, DifferenceKind::setting, setting.index,
               !(rule_at(epochs, it.refreshed) == epochs.back().rule));
}

void compare_build(World& world, ServiceId service) {
    for (std::uint32_t e = 0; e < world.environments.size(); ++e)
        if (const BuildId* its = held(world, e, service))
            differ(world, world.environments[e], DifferenceKind::dependency, service.index,
                   *its != world.services[service.index].current);
}

void begin_refresh(World& world, EnvironmentId id) {
    EnvironmentState& it = world.environments[id.index];
    it.refreshing = true;
    world.due.push_back({Due::Kind::refresh, world.plan->environments[id.index].refresh_takes,
                         id.index, ++it.refreshes});
}

void refresh_due(World& world, std::uint32_t e, std::uint32_t nth) {
    EnvironmentState& it = world.environments[e];
    if (nth != it.refreshes) return;
    it.refreshing = it.as_declared = false;
    it.born.clear();
    for (std::size_t i = 0; i < it.holds.size(); ++i)
        it.holds[i] = world.services[world.plan->environments[e].holds[i].index].current;
    it.refreshed = world.now;
    world.news.push_back(Refreshed{{e}});
    go_on(world);
}

std::int64_t environment_cents(const World& world) {
    std::int64_t per_hour = 0;
    for (const Environment& it : world.plan->environments) per_hour += it.cents_per_hour;
    return per_hour * (world.now.us / 1'000'000) / 3'600;
}

void fold(const EnvironmentState& state, Digest& digest) {
    for (const std::int64_t number :
         {state.refreshed.us, std::int64_t{state.as_declared}, std::int64_t{state.refreshing},
          std::int64_t{state.refreshes}})
        digest.fold(number);
    for (const EnvironmentState::Born& it : state.born)
        for (const std::int64_t number :
             {static_cast<std::int64_t>(it.kind), std::int64_t{it.of}, it.at.us})
            digest.fold(number);
    for (const BuildId build : state.holds) digest.fold(std::uint64_t{build.index});
}

}  // namespace rollcage
