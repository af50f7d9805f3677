#include "sim/act/automation.h"

#include <algorithm>

namespace rollcage {

namespace {

bool wakes(const Automation& machine, const Fact& fact) {
    const auto* alert = std::get_if<AlertFired>(&fact);
    const bool of_it = alert != nullptr && alert->service == machine.service;
    switch (machine.on) {
        case WakesOn::any_alert: return of_it;
        case WakesOn::fast_burn: return of_it && alert->rule == AlertRule::fast_burn;
        case WakesOn::slow_burn: return of_it && alert->rule == AlertRule::slow_burn;
        case WakesOn::judge_fails: {
            const auto* judged = std::get_if<BuildJudged>(&fact);
            return judged != nullptr && judged->service == machine.service &&
                   judged->verdict == GateVerdict::fail;
        }
        case WakesOn::halted: {
            const auto* effect = std::get_if<TookEffect>(&fact);
            const auto* halt = effect ? std::get_if<Halt>(&effect->command) : nullptr;
            return halt != nullptr && halt->service == machine.service;
        }
        case WakesOn::never: return false;
    }
    return false;
}

// Whoever hears an announcement knows what was decided, and leaves it.
bool hears(const Automation& machine, const Fact& fact) {
    const auto* effect = std::get_if<TookEffect>(&fact);
    const auto* said = effect ? std::get_if<Organise>(&effect->command) : nullptr;
    return machine.person && said != nullptr && said->what == Matter::announce;
}

std::optional<Command> order_of(const Automation& machine) {
    switch (machine.does) {
        case MachineDoes::halt: return Halt{machine.service};
        case MachineDoes::rollback: return Rollback{machine.service, std::nullopt};
        case MachineDoes::resume: return Resume{machine.service};
        case MachineDoes::promote: return Promote{machine.service};
        case MachineDoes::refuse_rollback: return std::nullopt;
    }
    return std::nullopt;
}

// A column that the service's older builds need is known to be gone.
bool contracted(const FactView& view, ServiceId service) {
    const std::vector<StoreId>& uses = view.known().services[service.index].uses;
    bool gone = false;
    for (const Occurrence& it : view.facts())
        if (const auto* step = std::get_if<Migrated>(&it.fact);
            step != nullptr && std::ranges::find(uses, step->store) != uses.end())
            gone = step->phase == SchemaPhase::contracted;
    return gone;
}

}  // namespace

std::vector<MachineOrder> run_machines(Machines& machines, const FactView& view) {
    std::vector<MachineOrder> orders;
    for (std::size_t m = 0; m < machines.minds.size(); ++m) {
        const Automation& machine = view.known().automations[m];
        MachineMind& mind = machines.minds[m];
        for (; mind.read < view.facts().size(); ++mind.read) {
            const Occurrence& it = view.facts()[mind.read];
            if (hears(machine, it.fact)) mind.due.clear();
            if (wakes(machine, it.fact)) mind.due.push_back(it.at + machine.after);
        }
        const auto later =
            std::ranges::find_if(mind.due, [&](SimTime at) { return at > view.now(); });
        if (later != mind.due.begin() && !mind.held)
            if (const auto command = order_of(machine)) orders.push_back({m, *command});
        mind.due.erase(mind.due.begin(), later);
    }
    return orders;
}

std::optional<std::size_t> guard_against(const Machines& machines, const Command& command,
                                         const FactView& view) {
    const auto* rollback = std::get_if<Rollback>(&command);
    if (rollback == nullptr) return std::nullopt;
    for (std::size_t m = 0; m < machines.minds.size(); ++m) {
        const Automation& machine = view.known().automations[m];
        if (machine.does == MachineDoes::refuse_rollback && !machines.minds[m].held &&
            machine.service == rollback->service && contracted(view, machine.service))
            return m;
    }
    return std::nullopt;
}

void fold(const Machines& machines, Digest& digest) {
    for (const MachineMind& mind : machines.minds) {
        digest.fold(std::int64_t{mind.held});
        for (const SimTime at : mind.due) digest.fold(at.us);
    }
}

}  // namespace rollcage
