// Orders: whether they can be carried out now, and what they do to the world's intent.
#include <algorithm>

#include "sim/base/match.h"
#include "sim/base/samplers.h"
#include "sim/world/path.h"
#include "sim/world/route.h"
#include "sim/world/slices.h"
#include "sim/world/sound.h"

namespace rollcage {

namespace {

using Why = std::optional<std::string>;

CopyOrder order_of(const World& world, const Restore& it) {
    return {it.aside ? CopyWork::restore_aside : CopyWork::restore,
            it.to ? SimTime{} + *it.to : world.now - it.ago.value_or(Duration{})};
}

Why copies_refusal(const World& world, StoreId store, const CopyOrder& order) {
    const Kept& kept = world.stores[store.index];
    return refusal(kept.state, kept.copies, world.plan->stores[store.index], order, world.now);
}

Why why_not(const World& world, const Restore& it) {
    if (it.to.has_value() == it.ago.has_value())
        return "say as of when: to= a time since the start, or ago=";
    return copies_refusal(world, it.store, order_of(world, it));
}

Why why_not(const World& world, const Reconcile& order) {
    const StoreKind kind = world.plan->stores[order.store.index].kind;
    if (kind != StoreKind::table && kind != StoreKind::effects)
        return "only a table or what was sent can be compared with what else is known";
    if (world.stores[order.store.index].copies.reconciling) return "it is being reconciled already";
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

Why why_not(const World& world, const Drain& order) {
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

Why why_not(const World& world, const SetWeight& order) {
    const ServiceState& service = world.services[order.service.index];
    if (!service.rollout) return none_here;
    if (service.rollout->build == service.current) return "there is no new side";
    if (ready_of(service, service.rollout->build) == 0) return "the new side has nothing ready";
    return std::nullopt;
}

Why why_not(const World& world, const OrderHotfix& order) {
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

Why why_not(const World& world, const Rollback& order) {
    const ServiceState& service = world.services[order.service.index];
    const bool under_way = service.rollout && service.rollout->build != service.current;
    if (order.committed && !world.plan->services[order.service.index].synced) return not_kept;
    if (order.name) {
        const bool again = service.rollout && service.rollout->to.name == order.name;
        return again ? Why{"that name is on its way"} : std::nullopt;
    }
    if (!order.to && !under_way && service.before.empty())
        return "no earlier build has served here; nothing to go back to";
    const BuildId to = by_version(world, *std::get<Rollback>(resolve(world, order)).to);
    if (service.rollout ? service.rollout->build == to : service.current == to)
        return "that build serves already, or is on its way";
    return std::nullopt;
}

constexpr const char* no_settings = "the setting service is down; nobody can change a flag now";

constexpr const char* no_console = "what the flag console runs on is down";

Why why_not(const World& world, const SetFlag& order) {
    if (!works(world, world.plan->tools.flags)) return no_console;
    if (settings_down(world)) return no_settings;
    if (const auto sound = sound_rule(*world.plan, order.rule, "a rule"); !sound)
        return sound.error().message;
    std::vector<Rule> rules = latest_rules(world);
    rules[order.setting.index] = order.rule;
    return too_many_slices(*world.plan, rules);
}

Why why_not(const World& world, const RevertConfig& order) {
    if (!works(world, world.plan->tools.flags)) return no_console;
    if (settings_down(world)) return no_settings;
    if (!revertible(world, order.setting)) return "no change of it stands; nothing to take back";
    return std::nullopt;
}

Why why_not(const World& world, const Halt& order) {
    return halt_refusal(world, order.service, true);
}
Why why_not(const World& world, const Resume& order) {
    return halt_refusal(world, order.service, false);
}

Why why_not(const World& world, const Scale& order) {
    if (order.committed && !world.plan->services[order.service.index].synced) return not_kept;
    return std::nullopt;
}

Why why_not(const World& world, const Restart& order) {
    if (world.services[order.service.index].pass)
        return "somebody is going over its instances already";
    return std::nullopt;
}

Why why_not(const World& world, const PauseSync& order) {
    if (!world.plan->services[order.service.index].synced) return not_kept;
    if (world.services[order.service.index].repository.paused != order.paused) return {};
    return order.paused ? "it is paused already" : "it is not paused";
}

Why why_not(const World& world, const Promote& order) {
    const ServiceState& service = world.services[order.service.index];
    if (!service.rollout) return none_here;
    if (service.rollout->halted) return "it is halted; resume it first";
    return std::nullopt;
}

Why why_not(const World& world, const SwitchRoute& order) {
    const ServiceState& service = world.services[order.service.index];
    if (!service.rollout || stage_now(world, order.service.index).kind != StageKind::blue_green)
        return "there is no second side to switch to";
    const BuildId other = service.rollout->switched ? service.current : service.rollout->build;
    if (ready_of(service, other) == 0) return "the other side has nothing ready";
    return std::nullopt;
}

Why why_not(const World& world, const Migrate& order) {
    StoreState tried = world.stores[order.store.index].state;
    return migrate(tried, world.plan->stores[order.store.index], world.schemas[order.store.index],
                   order.down);
}

Why why_not(const World& world, const Repair& order) {
    if (world.stores[order.store.index].repairing) return "it is being repaired already";
    return std::nullopt;
}

Why why_not(const World& world, const PauseConsumers& order) {
    const StoreKind kind = world.plan->stores[order.store.index].kind;
    if (kind != StoreKind::topic && kind != StoreKind::jobs)
        return "only a topic or a list of jobs has consumers";
    if (world.stores[order.store.index].state.paused == order.paused)
        return order.paused ? "they are paused already" : "they are not paused";
    return std::nullopt;
}

Why why_not(const World& world, const Failover& order) {
    return copies_refusal(world, order.store, {CopyWork::failover});
}
Why why_not(const World& world, const Failback& order) {
    return copies_refusal(world, order.store, {CopyWork::failback});
}

Why why_not(const World& world, const Rerun& order) {
    return rerun_refusal(world, order.service);
}

Why why_not(const World& world, const RevertChange& order) {
    if (brought_by(*world.plan, order.build).empty())
        return "that build brought nothing of its own";
    if (reverted(world, order.build)) return "what it brought is reverted already";
    return std::nullopt;
}

Why why_not(const World& world, const Freeze& order) {
    if (world.services[order.service.index].frozen != order.frozen) return std::nullopt;
    return order.frozen ? "it is frozen already" : "it is not frozen";
}

Why why_not(const World& world, const Refresh& order) {
    if (world.environments[order.environment.index].refreshing) return "it is on its way already";
    if (in_use(world, order.environment)) return "a stage is under way there; wait until it ends";
    return std::nullopt;
}

Why why_not(const World& world, const Organise& order) {
    // What is ordered of people is theirs to refuse.
    if (order.what == Matter::declare || order.what == Matter::announce) return std::nullopt;
    if (!order.service) return "say whose: service=";
    if (order.what == Matter::end_quarantine)
        return in_quarantine(world, *order.service) > 0
                   ? std::nullopt
                   : Why{"no test of its plans is in quarantine"};
    return order.what == Matter::approve ? approve_refusal(world, *order.service)
                                         : skip_refusal(world, *order.service);
}

Why why_not(const World&, const Shed&) {
    return std::nullopt;
}
// The same of machines, and of who looks.
Why why_not(const World&, const Inspect&) {
    return std::nullopt;
}
Why why_not(const World&, const Hold&) {
    return std::nullopt;
}

// What is committed takes effect without it.
bool needs_deploy_tool(const Command& command) {
    return std::visit(match{
                          [](const Rollback& it) { return !it.committed; },
                          [](const Halt&) { return true; },
                          [](const Resume&) { return true; },
                          [](const Promote&) { return true; },
                          [](const SwitchRoute&) { return true; },
                          [](const SetWeight&) { return true; },
                          [](const Restart&) { return true; },
                          [](const auto&) { return false; },
                      },
                      command);
}

}  // namespace

std::optional<std::string> refusal(const World& world, const Command& command) {
    if (needs_deploy_tool(command) && !works(world, world.plan->tools.deploys))
        return "what the deploy tool runs on is down";
    return std::visit([&](const auto& order) { return why_not(world, order); }, command);
}

std::optional<std::string> step_schema(World& world, StoreId store, bool down) {
    StoreState& state = world.stores[store.index].state;
    const auto why =
        migrate(state, world.plan->stores[store.index], world.schemas[store.index], down);
    if (why) return why;
    world.news.push_back(Migrated{store, state.phase});
    grow_apart(world, DifferenceKind::data_shape, store.index);
    for (std::uint32_t s = 0; s < world.services.size(); ++s) refresh_paths(world, s);
    return std::nullopt;
}

namespace {

void carry_out(World& world, const Drain& order) {
    if (order.instances) return drain_some(world, order.service.index, *order.instances);
    const Place place = *place_to_drain(world, order);
    if (order.back)
        open_place(world, order.service.index, place);
    else
        drain_place(world, order.service.index, place);
}

void carry_out(World& world, const Shed& order) {
    for (Pool& pool : world.services[order.service.index].pools) {
        pool.station.shed = order.share;
        pool.station.shed_final = order.final;
    }
}

void carry_out(World& world, const Scale& order) {
    ServiceState& service = world.services[order.service.index];
    grow_apart(world, DifferenceKind::size, order.service.index);
    if (order.committed) {  // The next sync sees to it.
        service.repository.instances = order.instances;
        return;
    }
    service.wanted = order.instances;
    reconcile(world, order.service.index);
}

void carry_out(World& world, const Rollback& order) {
    Spec to;
    if (order.name)
        to.name = order.name;
    else
        to.build = by_version(world, *order.to);
    if (order.committed) {
        Repository& says = world.services[order.service.index].repository;
        says.spec = to;
        says.plan.reset();
        return;
    }
    begin_rollout(world, order.service.index, {.to = to, .plan = {}, .back = true});
}

void carry_out(World& world, const SetWeight& order) {
    world.services[order.service.index].rollout->weight = order.share;
    sync_pools(world, order.service.index);
}

void carry_out(World& world, const Rerun& order) {
    rerun(world, order.service);
}

void carry_out(World& world, const RevertChange& order) {
    revert(world, order.build);
}

void carry_out(World& world, const Freeze& order) {
    world.services[order.service.index].frozen = order.frozen;
}

void carry_out(World& world, const Refresh& order) {
    begin_refresh(world, order.environment);
}

void carry_out(World& world, const Organise& order) {
    if (order.what == Matter::approve) approve(world, *order.service);
    if (order.what == Matter::skip_gate) skip_gate(world, *order.service);
    if (order.what == Matter::end_quarantine) end_quarantine(world, *order.service);
}

void carry_out(World& world, const Reconcile& order) {
    Kept& kept = world.stores[order.store.index];
    begin_reconciling(kept.state, kept.copies, world.now);
}

}  // namespace

void take_effect(World& world, const Command& command) {
    const auto at = [&](const auto& order) { return order.service.index; };
    std::visit(
        match{
            [&](const Halt& it) { halt(world, at(it)); },
            [&](const Resume& it) { resume(world, at(it)); },
            [&](const Promote& it) { promote(world, at(it)); },
            [&](const SwitchRoute& it) { turn_over(world, at(it)); },
            [&](const Restart& it) { begin_pass(world, at(it), {.each = {60'000'000 / it.rate}}); },
            [&](const OrderHotfix& it) { order_hotfix(world, at(it), it.express); },
            [&](const PauseSync& it) { world.services[at(it)].repository.paused = it.paused; },
            [&](const SetFlag& it) {
                set_settings(world, {{it.setting, it.rule}});
            },
            [&](const RevertConfig& it) { revert_settings(world, it.setting); },
            [](const Inspect&) {},
            [](const Hold&) {},
            [&](const Migrate& it) { (void)step_schema(world, it.store, it.down); },
            [&](const Repair& it) { world.stores[it.store.index].repairing = true; },
            [&](const PauseConsumers& it) {
                world.stores[it.store.index].state.paused = it.paused;
            },
            [&](const Failover& it) { begin_copies(world, it.store, {CopyWork::failover}); },
            [&](const Failback& it) { begin_copies(world, it.store, {CopyWork::failback}); },
            [&](const Restore& it) { begin_copies(world, it.store, order_of(world, it)); },
            [&](const auto& it) { carry_out(world, it); },
        },
        command);
}

}  // namespace rollcage
