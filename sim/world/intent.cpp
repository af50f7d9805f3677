#include <algorithm>

#include "sim/base/match.h"
#include "sim/base/maths.h"
#include "sim/base/samplers.h"
#include "sim/world/path.h"
#include "sim/world/route.h"
#include "sim/world/slices.h"
#include "sim/world/sound.h"

namespace rollcage {

namespace {

constexpr std::size_t work_nodes = 16;
constexpr double sigma_of_cs2_one = 0.83255461115769775635;  // sqrt(ln 2)

// Work in units of its mean: sixteen equally likely points of a lognormal with cs^2 = 1.
std::array<double, work_nodes> spread_work(bool varies) {
    std::array<double, work_nodes> nodes{};
    double sum = 0;
    for (std::size_t i = 0; i < work_nodes; ++i) {
        const double u = (static_cast<double>(i) + 0.5) / work_nodes;
        nodes[i] = varies ? e_to(sigma_of_cs2_one * normal_quantile(u)) : 1;
        sum += nodes[i];
    }
    for (double& node : nodes) node *= work_nodes / sum;
    return nodes;
}

double queueing_us(const Pool& pool, const Service& service, std::int64_t ticks, double work_us) {
    const std::int64_t capacity = pool.station.slots * ticks;
    const double load =
        std::min(0.995, static_cast<double>(pool.station.busy_sum) /
                            static_cast<double>(std::max<std::int64_t>(1, capacity)));
    if (pool.station.slots == 0) return 0;
    if (erlang_negligible(pool.station.slots, load)) return 0;
    // Nobody waits longer than all do who must; where the ring's waits exceed that it is enough.
    const auto ring = std::ranges::find_if(pool.station.waits, [](auto n) { return n != 0; });
    const auto shortest = static_cast<std::size_t>(ring - pool.station.waits.begin());
    const double longest_us = work_us / (static_cast<double>(pool.station.slots) * (1 - load));
    if (shortest == wait_buckets || static_cast<double>(wait_of_bucket(shortest)) >= longest_us)
        return 0;
    return erlang_wait(pool.station.slots, load) * work_us * (service.work_varies ? 1.0 : 0.5);
}

}  // namespace

Counts take_counts(World& world, ServiceId id, std::int64_t ticks) {
    const Service& declared = world.plan->services[id.index];
    ServiceState& service = world.services[id.index];
    static const std::array<double, work_nodes> varying = spread_work(true),
                                                fixed = spread_work(false);
    const std::array<double, work_nodes>& nodes = declared.work_varies ? varying : fixed;
    Counts counts;
    std::array<std::int64_t, wait_buckets> latency{};
    std::int64_t busy = 0;
    for (Pool& pool : service.pools) {
        Station& station = pool.station;
        const auto work_us = static_cast<double>(station.work_us + pool.hold_us);
        const double floor_us = queueing_us(pool, declared, ticks, work_us);
        for (std::size_t w = 0; w < wait_buckets; ++w) {
            if (station.waits[w] == 0) continue;
            const double wait_us = std::max(floor_us, static_cast<double>(wait_of_bucket(w)));
            for (const double node : nodes) {
                const double us = std::min(wait_us + work_us * node, 1e15);
                latency[wait_bucket(static_cast<std::int64_t>(us))] += station.waits[w];
                if (us > static_cast<double>(declared.latency_goal.us))
                    service.slow_sixteenths += station.waits[w];
            }
        }
        counts.attempts += std::exchange(station.attempts, 0);
        counts.answered += std::exchange(station.answered, 0);
        counts.errors += std::exchange(station.errors, 0);
        busy += std::exchange(station.busy_sum, 0);
        counts.queue += station.queue();
        counts.slots += station.slots;
        station.waits.fill(0);
    }
    counts.busy_ppm = busy * whole.ppm / std::max<std::int64_t>(1, counts.slots * ticks);
    const std::int64_t all = counts.answered * static_cast<std::int64_t>(work_nodes);
    std::int64_t below = 0;
    for (std::size_t w = 0; w < wait_buckets && all > 0; ++w) {
        const std::int64_t upto = below + latency[w];
        if (below <= all / 2 && upto > all / 2) counts.latency_p50_us = wait_of_bucket(w);
        if (below <= all * 95 / 100 && upto > all * 95 / 100)
            counts.latency_p95_us = wait_of_bucket(w);
        if (below <= all * 99 / 100 && upto > all * 99 / 100)
            counts.latency_p99_us = wait_of_bucket(w);
        below = upto;
    }
    return counts;
}

namespace {

CopyOrder order_of(const World& world, const Restore& it) {
    return {it.aside ? CopyWork::restore_aside : CopyWork::restore,
            it.to ? SimTime{} + *it.to : world.now - it.ago.value_or(Duration{})};
}

std::optional<std::string> copies_refusal(const World& world, StoreId store,
                                          const CopyOrder& order) {
    const Kept& kept = world.stores[store.index];
    return refusal(kept.state, kept.copies, world.plan->stores[store.index], order, world.now);
}

std::optional<std::string> restore_refusal(const World& world, const Restore& it) {
    if (it.to.has_value() == it.ago.has_value())
        return "say as of when: to= a time since the start, or ago=";
    return copies_refusal(world, it.store, order_of(world, it));
}

std::optional<std::string> reconcile_refusal(const World& world, StoreId store) {
    const StoreKind kind = world.plan->stores[store.index].kind;
    if (kind != StoreKind::table && kind != StoreKind::effects)
        return "only a table or what was sent can be compared with what else is known";
    if (world.stores[store.index].copies.reconciling) return "it is being reconciled already";
    return std::nullopt;
}

void begin_copies(World& world, StoreId store, const CopyOrder& order) {
    constexpr std::uint32_t copies_entity = 0x0900'0000;
    Kept& kept = world.stores[store.index];
    const Lanes die = world.draw(Purpose::backups, copies_entity + store.index,
                                 static_cast<std::uint64_t>(kept.copies.attempts));
    begin(kept.copies, world.plan->stores[store.index], order, world.now, die.fine(0));
    for (std::uint32_t s = 0; s < world.services.size(); ++s) refresh_paths(world, s);
}

}  // namespace

Command resolve(const World& world, const Command& command) {
    if (const auto* restore = std::get_if<Restore>(&command))
        return Restore{
            restore->store, order_of(world, *restore).to - SimTime{}, {}, restore->aside};
    const auto* order = std::get_if<Rollback>(&command);
    if (!order || order->to || order->name) return command;
    const ServiceState& service = world.services[order->service.index];
    const bool under_way = service.rollout && service.rollout->build != service.current;
    return Rollback{
        order->service, under_way ? service.current : service.before.back(), {}, order->committed};
}

namespace {

using Why = std::optional<std::string>;
// In the first region where none is said.
std::optional<Place> place_to_drain(const World& world, const Drain& order) {
    Place place{.site = 0};
    if (order.region) {
        const std::vector<RegionId>& regions = world.plan->services[order.service.index].regions;
        const auto found = std::ranges::find(regions, *order.region);
        if (found == regions.end()) return std::nullopt;
        place.site = static_cast<std::uint32_t>(found - regions.begin());
    }
    if (order.zone) place.zone = static_cast<std::uint32_t>(*order.zone - 1);
    return place;
}

constexpr auto none_here = "no rollout is under way there";
constexpr auto not_kept = "no repository keeps that service";

Why drain_refusal(const World& world, const Drain& order) {
    const ServiceState& service = world.services[order.service.index];
    const Service& declared = world.plan->services[order.service.index];
    if (order.instances.has_value() == (order.zone || order.region))
        return "say either instances=, or zone= and region=";
    if (order.instances)
        return order.back                             ? Why{"instances that ended do not come back"}
               : *order.instances > ready_in(service) ? Why{"it has not so many that are ready"}
                                                      : std::nullopt;
    if (order.zone && *order.zone > declared.zones) return "it has not so many zones";
    const auto place = place_to_drain(world, order);
    if (!place) return "it is not in that region";
    const bool drained = std::ranges::any_of(
        service.closed, [&](const Closed& it) { return it.place == *place && !it.lost; });
    if (drained != order.back)
        return order.back ? "that is not drained" : "that is drained already";
    return std::nullopt;
}

Why weight_refusal(const World& world, const SetWeight& order) {
    const ServiceState& service = world.services[order.service.index];
    if (!service.rollout) return none_here;
    if (service.rollout->build == service.current) return "there is no new side";
    if (ready_of(service, service.rollout->build) == 0) return "the new side has nothing ready";
    return std::nullopt;
}

Why hotfix_refusal(const World& world, const OrderHotfix& order) {
    const ServiceState& service = world.services[order.service.index];
    const auto& fix = world.plan->services[order.service.index].hotfix;
    if (!fix) return "nobody knows a fix for it";
    if (service.hotfix_coming) return "the fix is being made already";
    if (service.rollout ? service.rollout->build == fix->build : service.current == fix->build)
        return "the fix is out already";
    return std::nullopt;
}

// A rollout, or somebody who goes over the instances; both may be under way.
Why halt_refusal(const World& world, ServiceId id, bool halts) {
    const ServiceState& service = world.services[id.index];
    if (!service.rollout && !service.pass) return none_here;
    const bool changes = (service.rollout && service.rollout->halted != halts) ||
                         (service.pass && service.pass->halted != halts);
    if (changes) return std::nullopt;
    return halts ? "it is halted already" : "it is not halted";
}

std::optional<std::string> rollback_refusal(const World& world, const Rollback& order) {
    const ServiceState& service = world.services[order.service.index];
    const bool under_way = service.rollout && service.rollout->build != service.current;
    if (order.committed && !world.plan->services[order.service.index].synced) return not_kept;
    if (order.name) {
        const bool again = service.rollout && service.rollout->to.name == order.name;
        return again ? Why{"that name is on its way"} : std::nullopt;
    }
    if (!order.to && !under_way && service.before.empty())
        return "no earlier build has served here; nothing to go back to";
    const BuildId to = *std::get<Rollback>(resolve(world, order)).to;
    if (service.rollout ? service.rollout->build == to : service.current == to)
        return "that build serves already, or is on its way";
    return std::nullopt;
}

}  // namespace

namespace {

constexpr const char* no_settings = "the setting service is down; nobody can change a flag now";

std::optional<std::string> flag_refusal(const World& world, const SetFlag& order) {
    if (settings_down(world)) return no_settings;
    if (const auto sound = sound_rule(*world.plan, order.rule, "a rule"); !sound)
        return sound.error().message;
    std::vector<Rule> rules = latest_rules(world);
    rules[order.setting.index] = order.rule;
    return too_many_slices(*world.plan, rules);
}

}  // namespace

std::optional<std::string> refusal(const World& world, const Command& command) {
    const auto rollout_of = [&](ServiceId id) -> const std::optional<Rollout>& {
        return world.services[id.index].rollout;
    };
    const auto kept = [&](ServiceId id) {
        return world.plan->services[id.index].synced.has_value();
    };
    return std::visit(
        match{
            [&](const Rollback& it) { return rollback_refusal(world, it); },
            [&](const Halt& it) { return halt_refusal(world, it.service, true); },
            [&](const Resume& it) { return halt_refusal(world, it.service, false); },
            [&](const Scale& it) -> Why {
                if (it.committed && !kept(it.service)) return not_kept;
                return std::nullopt;
            },
            [&](const SetWeight& it) { return weight_refusal(world, it); },
            [&](const Drain& it) { return drain_refusal(world, it); },
            [&](const Restart& it) -> Why {
                if (world.services[it.service.index].pass)
                    return "somebody is going over its instances already";
                return std::nullopt;
            },
            [&](const OrderHotfix& it) { return hotfix_refusal(world, it); },
            [&](const PauseSync& it) -> Why {
                if (!kept(it.service)) return not_kept;
                if (world.services[it.service.index].repository.paused != it.paused) return {};
                return it.paused ? "it is paused already" : "it is not paused";
            },
            [&](const Promote& it) -> Why {
                if (!rollout_of(it.service)) return none_here;
                if (rollout_of(it.service)->halted) return "it is halted; resume it first";
                return std::nullopt;
            },
            [&](const SwitchRoute& it) -> Why {
                const auto& rollout = rollout_of(it.service);
                if (!rollout || stage_now(world, it.service.index).kind != StageKind::blue_green)
                    return "there is no second side to switch to";
                const ServiceState& service = world.services[it.service.index];
                const BuildId other = rollout->switched ? service.current : rollout->build;
                if (ready_of(service, other) == 0) return "the other side has nothing ready";
                return std::nullopt;
            },
            [&](const Migrate& it) -> Why {
                StoreState tried = world.stores[it.store.index].state;
                return migrate(tried, world.plan->stores[it.store.index],
                               schema_of(*world.plan, it.store), it.down);
            },
            [&](const SetFlag& it) { return flag_refusal(world, it); },
            [&](const RevertConfig& it) -> Why {
                if (settings_down(world)) return no_settings;
                if (!revertible(world, it.setting))
                    return "no change of it stands; nothing to take back";
                return std::nullopt;
            },
            [&](const Repair& it) -> Why {
                if (world.stores[it.store.index].repairing) return "it is being repaired already";
                return std::nullopt;
            },
            [&](const PauseConsumers& it) -> Why {
                const StoreKind kind = world.plan->stores[it.store.index].kind;
                if (kind != StoreKind::topic && kind != StoreKind::jobs)
                    return "only a topic or a list of jobs has consumers";
                if (world.stores[it.store.index].state.paused == it.paused)
                    return it.paused ? "they are paused already" : "they are not paused";
                return std::nullopt;
            },
            [&](const Failover& it) {
                return copies_refusal(world, it.store, {CopyWork::failover});
            },
            [&](const Failback& it) {
                return copies_refusal(world, it.store, {CopyWork::failback});
            },
            [&](const Restore& it) { return restore_refusal(world, it); },
            [&](const Reconcile& it) { return reconcile_refusal(world, it.store); },
            [](const auto&) -> Why { return std::nullopt; },
        },
        command);
}

std::optional<std::string> step_schema(World& world, StoreId store, bool down) {
    StoreState& state = world.stores[store.index].state;
    const auto why =
        migrate(state, world.plan->stores[store.index], schema_of(*world.plan, store), down);
    if (why) return why;
    world.news.push_back(Migrated{store, state.phase});
    for (std::uint32_t s = 0; s < world.services.size(); ++s) refresh_paths(world, s);
    return std::nullopt;
}

namespace {

void drain(World& world, const Drain& order) {
    if (order.instances) return drain_some(world, order.service.index, *order.instances);
    const Place place = *place_to_drain(world, order);
    if (order.back)
        open_place(world, order.service.index, place);
    else
        drain_place(world, order.service.index, place);
}

}  // namespace

void take_effect(World& world, const Command& command) {
    std::visit(
        match{
            [&](const Shed& it) {
                for (Pool& pool : world.services[it.service.index].pools) {
                    pool.station.shed = it.share;
                    pool.station.shed_final = it.final;
                }
            },
            [&](const Scale& it) {
                ServiceState& service = world.services[it.service.index];
                if (it.committed) {  // The next sync sees to it.
                    service.repository.instances = it.instances;
                    return;
                }
                service.wanted = it.instances;
                reconcile(world, it.service.index);
            },
            [&](const RevertConfig& it) { revert_settings(world, it.setting); },
            [&](const SetFlag& it) { set_settings(world, {{it.setting, it.rule}}); },
            [&](const Rollback& it) {
                Spec to;
                if (it.name)
                    to.name = it.name;
                else
                    to.build = *it.to;
                if (it.committed) {
                    Repository& says = world.services[it.service.index].repository;
                    says.spec = to;
                    says.plan.reset();
                    return;
                }
                begin_rollout(world, it.service.index, {.to = to, .plan = {}, .back = true});
            },
            [&](const Halt& it) { halt(world, it.service.index); },
            [&](const Resume& it) { resume(world, it.service.index); },
            [&](const Promote& it) { promote(world, it.service.index); },
            [&](const Migrate& it) { (void)step_schema(world, it.store, it.down); },
            [&](const Repair& it) { world.stores[it.store.index].repairing = true; },
            [&](const Failover& it) { begin_copies(world, it.store, {CopyWork::failover}); },
            [&](const Failback& it) { begin_copies(world, it.store, {CopyWork::failback}); },
            [&](const Restore& it) { begin_copies(world, it.store, order_of(world, it)); },
            [&](const Reconcile& it) {
                Kept& kept = world.stores[it.store.index];
                begin_reconciling(kept.state, kept.copies, world.now);
            },
            [&](const PauseConsumers& it) {
                world.stores[it.store.index].state.paused = it.paused;
            },
            [&](const SwitchRoute& it) { turn_over(world, it.service.index); },
            [&](const SetWeight& it) {
                world.services[it.service.index].rollout->weight = it.share;
                sync_pools(world, it.service.index);
            },
            [&](const Drain& it) { drain(world, it); },
            [&](const Restart& it) {
                begin_pass(world, it.service.index, {.each = {60'000'000 / it.rate}});
            },
            [&](const OrderHotfix& it) { order_hotfix(world, it.service.index, it.express); },
            [&](const PauseSync& it) {
                world.services[it.service.index].repository.paused = it.paused;
            },
        },
        command);
}

}  // namespace rollcage
