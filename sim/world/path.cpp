#include "sim/world/path.h"

#include <algorithm>

#include "sim/base/samplers.h"
#include "sim/world/fleet.h"

namespace rollcage {

namespace {

constexpr std::uint32_t poll_entity = 0x0600'0000;

// How long after `what` the process polls: keyed by process, setting and epoch, never by order.
Duration poll_delay(const World& world, const Setting& declared, SettingId setting,
                    std::uint32_t process_key, std::uint32_t process, std::size_t epoch) {
    const Lanes draws = world.draw(Purpose::settings, poll_entity + process_key,
                                   std::uint64_t{process} << 32 | setting.index << 16 | epoch);
    return {uniform_between(draws[0], 0, declared.poll.us)};
}

bool down_at(const World& world, SimTime at) {
    return std::ranges::any_of(world.setting_outages,
                               [&](const Outage& it) { return it.from <= at && at < it.until; });
}

// When what was due at `at` arrives, given the outages: at once, or a poll after the end of one.
SimTime delivered(const World& world, SimTime at, Duration delay) {
    for (const Outage& it : world.setting_outages)
        if (it.from <= at && at < it.until) return it.until + delay;
    return at;
}

std::optional<Share> seen_by(const World& world, SettingId setting, std::uint32_t process_key,
                             const Instance& instance) {
    const Setting& declared = world.plan->settings[setting.index];
    const std::vector<Epoch>& epochs = world.settings[setting.index];
    const bool blind = down_at(world, instance.booted);
    if (blind) {
        const Duration delay =
            poll_delay(world, declared, setting, process_key, instance.process, 0xFFFF);
        if (world.now < delivered(world, instance.booted, delay)) return declared.fallback;
    }
    for (std::size_t e = epochs.size(); e-- > 0;) {
        if (epochs[e].at <= instance.booted && !blind) return epochs[e].value;
        const Duration delay =
            poll_delay(world, declared, setting, process_key, instance.process, e);
        if (e == 0 || world.now >= delivered(world, epochs[e].at + delay, delay))
            return epochs[e].value;
    }
    return epochs[0].value;
}

// A build that holds the change reads the new form, and writes it where the change is at work.
WireEnd end_of(const World& world, std::uint32_t s, BuildId build, ServiceId of, Carries what) {
    for (const Change& change : world.plan->builds[build.index].changes)
        if (change.schema && change.schema->is_on(of, what))
            return {true, share_at_work(world, s, build, change)};
    return {};
}

WireEnds ends_of(const World& world, std::uint32_t s, BuildId build, ServiceId of) {
    if (!world.wires[of.index].changing()) return {};
    return {end_of(world, s, build, of, Carries::requests),
            end_of(world, s, build, of, Carries::answers)};
}

Path path_of(const World& world, std::uint32_t s, const Pool& pool) {
    Path path;
    double well = 1;
    for (const Change& change : world.plan->builds[pool.build.index].changes) {
        const double at_work = share_at_work(world, s, pool.build, change);
        for (const Defect& defect : change.hides) {
            const double met = at_work * defect.rate.value();
            path.work *= 1 + met * (defect.slow.value() - 1);
            well *= 1 - met * defect.fails.value();
        }
    }
    double readable = 1;
    for (const StoreId store : world.plan->services[s].uses) {
        const std::vector<Change>& changes = world.plan->builds[pool.build.index].changes;
        const bool knows = std::ranges::any_of(
            changes, [&](const Change& it) { return it.schema && it.schema->is_on(store); });
        readable *=
            1 - rejected_share(world.stores[store.index].state, world.plan->stores[store.index],
                               schema_of(*world.plan, store), knows);
    }
    path.rejected = 1 - readable;
    path.fails = 1 - well * readable;
    path.own = ends_of(world, s, pool.build, {s});
    for (const Call& call : world.plan->services[s].calls)
        path.calls.push_back(ends_of(world, s, pool.build, call.to));
    return path;
}

}  // namespace

bool travelling(const World& world) {
    SimTime last{};
    Duration longest{};
    for (std::size_t i = 0; i < world.settings.size(); ++i) {
        longest = std::max(longest, world.plan->settings[i].poll);
        if (world.settings[i].size() > 1) last = std::max(last, world.settings[i].back().at);
    }
    if (world.settings.empty()) return false;
    for (const Outage& it : world.setting_outages)
        if (it.from <= world.now) last = std::max(last, it.until);
    return last > SimTime{} && world.now <= last + longest + Duration{1'000'000};
}

double value_seen(const World& world, std::uint32_t s, BuildId build, SettingId setting) {
    const ServiceState& service = world.services[s];
    const std::optional<Share>& latest = world.settings[setting.index].back().value;
    if (!travelling(world)) return latest.value_or(none).value();
    double sum = 0;
    std::int64_t count = 0;
    for (std::uint32_t slot = 0; slot < service.instances.size(); ++slot) {
        const Instance& instance = service.instances[slot];
        if (instance.phase != Phase::ready || instance.build != build) continue;
        sum += seen_by(world, setting, instance_key(s, slot), instance).value_or(none).value();
        ++count;
    }
    return count == 0 ? latest.value_or(none).value() : sum / static_cast<double>(count);
}

double share_at_work(const World& world, std::uint32_t s, BuildId build, const Change& change) {
    return change.behind ? value_seen(world, s, build, *change.behind) : 1;
}

void refresh_paths(World& world, std::uint32_t s) {
    for (Pool& pool : world.services[s].pools) {
        pool.path = path_of(world, s, pool);
        change_speed(pool.station, work_now(world, s, pool));
    }
}

void set_setting(World& world, SettingId setting, std::optional<Share> value) {
    world.settings[setting.index].push_back({world.now, value});
    for (std::uint32_t s = 0; s < world.services.size(); ++s) {
        for (Pool& pool : world.services[s].pools)
            for (Lane& lane : pool.station.lanes) {
                const auto& flag = world.plan->cohorts[lane.cohort].patience.retry_budget_flag;
                if (flag && *flag == setting) lane.retry_budget = value;
            }
        refresh_paths(world, s);
    }
}

double at_work_in(const World& world, std::uint32_t s, std::uint32_t slot, const Change& change) {
    if (!change.behind) return 1;
    return seen_by(world, *change.behind, instance_key(s, slot), world.services[s].instances[slot])
        .value_or(none)
        .value();
}

double crashes_at_boot(const World& world, std::uint32_t s, std::uint32_t slot) {
    const Instance& instance = world.services[s].instances[slot];
    double well = 1;
    for (const Change& change : world.plan->builds[instance.build.index].changes) {
        const double at_work = at_work_in(world, s, slot, change);
        for (const Defect& defect : change.hides)
            well *= 1 - at_work * defect.crashes_at_boot.value();
    }
    return 1 - well;
}

}  // namespace rollcage
