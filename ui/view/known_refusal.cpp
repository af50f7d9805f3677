// Why an order would be refused, as far as whoever gives it can know: from facts and the own shop.
// The world says so itself when the order comes to it; what only it knows is not guessed here.
#include <algorithm>

#include "ui/view/orders_view.h"

namespace rollcage {
namespace {

using Why = std::optional<std::string>;

struct Question {
    const FactView& view;
    const KnownShop& shop;
};

constexpr const char* none_here = "no rollout is under way there, as far as is known";

std::optional<RolloutView> rollout_at(const Question& asked, ServiceId service) {
    for (RolloutView& it : rollouts_of(asked.view, asked.shop))
        if (it.service == service) return std::move(it);
    return std::nullopt;
}

Why needs_rollout(const Question& asked, ServiceId service) {
    const auto rollout = rollout_at(asked, service);
    return rollout && rollout->under_way ? Why{} : Why{none_here};
}

// What the last such order that took effect left; none of them did: `before`.
template <class Order, class Of>
bool last_said(const Question& asked, const Of& said, bool before) {
    for (const Occurrence& it : asked.view.facts()) {
        const auto* done = std::get_if<TookEffect>(&it.fact);
        const auto* order = done ? std::get_if<Order>(&done->command) : nullptr;
        if (order == nullptr) continue;
        if (const std::optional<bool> is = said(*order)) before = *is;
    }
    return before;
}

Why halted_already(const Question& asked, ServiceId service, bool halted) {
    // Who goes over the instances one by one may be halted too; when they end nobody says.
    const bool restarted = last_said<Restart>(
        asked,
        [&](const Restart& said) {
            return said.service == service ? std::optional{true} : std::nullopt;
        },
        false);
    if (restarted) return std::nullopt;
    const auto rollout = rollout_at(asked, service);
    if (!rollout || !rollout->under_way) return none_here;
    if (rollout->halted != halted) return std::nullopt;
    return halted ? "it is halted already" : "it is not halted";
}

template <class Told>
bool heard_of(const Question& asked, StoreId store) {
    return std::ranges::any_of(asked.view.facts(), [&](const Occurrence& it) {
        const auto* told = std::get_if<Told>(&it.fact);
        return told != nullptr && told->store == store;
    });
}

bool any_delivery(const Question& asked, ServiceId service, bool DeliveryView::*is) {
    const std::string& name = asked.view.names().services[service.index];
    return std::ranges::any_of(
        pipeline_of(asked.view, asked.shop).deliveries,
        [&](const DeliveryView& it) { return it.service == name && it.*is; });
}

Why why_not(const Question& asked, const Halt& it) {
    return halted_already(asked, it.service, true);
}
Why why_not(const Question& asked, const Resume& it) {
    return halted_already(asked, it.service, false);
}
Why why_not(const Question& asked, const Promote& it) {
    const auto rollout = rollout_at(asked, it.service);
    if (!rollout || !rollout->under_way) return none_here;
    return rollout->halted ? Why{"it is halted; resume it first"} : std::nullopt;
}
Why why_not(const Question& asked, const SetWeight& it) {
    return needs_rollout(asked, it.service);
}
Why why_not(const Question& asked, const SwitchRoute& it) {
    return needs_rollout(asked, it.service);
}

Why why_not(const Question& asked, const Rollback& it) {
    if (it.committed && !asked.shop.services[it.service.index].in_repository)
        return "no repository keeps that service";
    const auto rollout = rollout_at(asked, it.service);
    if (!rollout && !it.to && !it.name) return "no earlier build has served there today";
    const bool serves =
        rollout && it.to && rollout->build == asked.view.names().builds[it.to->index];
    return serves ? Why{"that build serves already, or is on its way"} : std::nullopt;
}

Why why_not(const Question& asked, const Scale& it) {
    const bool kept = asked.shop.services[it.service.index].in_repository;
    return it.committed && !kept ? Why{"no repository keeps that service"} : std::nullopt;
}
Why why_not(const Question& asked, const PauseSync& it) {
    if (!asked.shop.services[it.service.index].in_repository)
        return "no repository keeps that service";
    const bool paused = last_said<PauseSync>(
        asked,
        [&](const PauseSync& said) {
            return said.service == it.service ? std::optional{said.paused} : std::nullopt;
        },
        false);
    if (paused != it.paused) return std::nullopt;
    return it.paused ? "it is paused already" : "it is not paused";
}

Why why_not(const Question& asked, const Drain& it) {
    const ShopService& service = asked.shop.services[it.service.index];
    if (it.instances.has_value() == (it.zone || it.region))
        return "say either instances=, or zone= and region=";
    if (it.instances && it.back) return "instances that ended do not come back";
    if (it.zone && *it.zone > service.zones) return "it has not so many zones";
    if (it.region && std::ranges::find(service.regions, *it.region) == service.regions.end())
        return "it is not in that region";
    return std::nullopt;
}

Why why_not(const Question& asked, const OrderHotfix& it) {
    const bool fixable = asked.view.known().services[it.service.index].fixable;
    return fixable ? std::nullopt : Why{"nobody knows a fix for it"};
}

Why why_not(const Question& asked, const RevertConfig& it) {
    const auto flags = flags_of(asked.view, asked.shop);
    const bool changed = std::ranges::any_of(flags, [&](const FlagView& flag) {
        return flag.changed && (!it.setting || flag.setting == *it.setting);
    });
    return changed ? std::nullopt : Why{"no change of it was heard of today"};
}

Why why_not(const Question& asked, const PauseConsumers& it) {
    const StoreKind kind = asked.shop.stores[it.store.index].kind;
    if (kind != StoreKind::topic && kind != StoreKind::jobs)
        return "only a topic or a list of jobs has consumers";
    const bool paused = last_said<PauseConsumers>(
        asked,
        [&](const PauseConsumers& said) {
            return said.store == it.store ? std::optional{said.paused} : std::nullopt;
        },
        false);
    if (paused != it.paused) return std::nullopt;
    return it.paused ? "they are paused already" : "they are not paused";
}

Why why_not(const Question& asked, const Failover& it) {
    const bool has = asked.shop.stores[it.store.index].replicas > 0;
    return has ? std::nullopt : Why{"it has no replica"};
}
Why why_not(const Question& asked, const Failback& it) {
    return heard_of<FailedOver>(asked, it.store) ? std::nullopt : Why{"it was not failed over"};
}
Why why_not(const Question& asked, const Restore& it) {
    if (it.to.has_value() == it.ago.has_value())
        return "say as of when: to= a time since the start, or ago=";
    const bool has = asked.shop.stores[it.store.index].backups;
    return has ? std::nullopt : Why{"it has no backups"};
}
Why why_not(const Question& asked, const Reconcile& it) {
    const StoreKind kind = asked.shop.stores[it.store.index].kind;
    return kind == StoreKind::table || kind == StoreKind::effects
               ? std::nullopt
               : Why{"only a table or what was sent can be compared with what else is known"};
}

Why why_not(const Question& asked, const Hold& it) {
    const bool held = last_said<Hold>(
        asked,
        [&](const Hold& said) {
            return said.automation == it.automation ? std::optional{said.held} : std::nullopt;
        },
        false);
    if (held != it.held) return std::nullopt;
    return it.held ? "it is held already" : "it is not held";
}

Why why_not(const Question& asked, const Rerun& it) {
    return any_delivery(asked, it.service, &DeliveryView::red) ? std::nullopt
                                                               : Why{"no stage of it is red"};
}

Why why_not(const Question& asked, const Freeze& it) {
    const bool frozen = last_said<Freeze>(
        asked,
        [&](const Freeze& said) {
            return said.service == it.service ? std::optional{said.frozen} : std::nullopt;
        },
        false);
    if (frozen != it.frozen) return std::nullopt;
    return it.frozen ? "it is frozen already" : "it is not frozen";
}

Why why_not(const Question& asked, const Organise& it) {
    if (it.what == Matter::announce) return std::nullopt;
    if (it.what == Matter::declare) {
        const bool called = last_said<Organise>(
            asked,
            [](const Organise& said) {
                return said.what == Matter::declare ? std::optional{true} : std::nullopt;
            },
            asked.view.known().people.backup == 0);
        return called ? Why{"everybody who can be called has been called"} : std::nullopt;
    }
    if (!it.service) return "say whose: service=";
    if (it.what == Matter::approve && !any_delivery(asked, *it.service, &DeliveryView::waits))
        return "nothing of it waits for approval";
    return std::nullopt;
}

// Of the others only the world can know, or nothing stands against them.
template <class Order>
Why why_not(const Question&, const Order&) {
    return std::nullopt;
}

}  // namespace

std::optional<std::string> known_refusal(const Command& command, const FactView& view,
                                         const KnownShop& shop) {
    if (view.now() >= SimTime{} + shop.lasts) return "the decision window is over";
    const Question asked{view, shop};
    return std::visit([&](const auto& it) { return why_not(asked, it); }, command);
}

}  // namespace rollcage
