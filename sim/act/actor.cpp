#include "sim/act/actor.h"

#include <algorithm>

namespace rollcage {

namespace {

enum class Move : std::uint8_t {
    halt,
    flags_off,
    revert,
    roll_back,
    switch_side,
    fix,
    migrate_down,
    restore,
    shed
};

// What each does once it has understood that something is wrong; in this order, one after the
// other. `nothing` and `shed` stand apart: the one never moves, the other goes on by what it sees.
struct Playbook {
    BuiltIn actor;
    const char* name;
    const char* meaning;
    std::vector<Move> moves;
};
const std::array<Playbook, built_ins.size()> playbooks{{
    {BuiltIn::nothing, "nothing", "watches", {}},
    {BuiltIn::halt, "halt", "halts the rollout", {Move::halt}},
    {BuiltIn::flag_off, "flag_off", "turns every flag of the service off", {Move::flags_off}},
    {BuiltIn::revert_config,
     "revert_config",
     "takes the last change of settings back",
     {Move::revert}},
    {BuiltIn::rollback, "rollback", "rolls the service back", {Move::roll_back}},
    {BuiltIn::switch_back, "switch_back", "routes to the other side", {Move::switch_side}},
    {BuiltIn::forward, "forward", "orders a fix", {Move::fix}},
    {BuiltIn::halt_forward, "halt_forward", "halts, and orders a fix", {Move::halt, Move::fix}},
    {BuiltIn::rollback_forward,
     "rollback_forward",
     "rolls back, and orders a fix",
     {Move::roll_back, Move::fix}},
    {BuiltIn::migrate_down,
     "migrate_down",
     "takes the last step of a column's way back",
     {Move::migrate_down}},
    {BuiltIn::restore,
     "restore",
     "restores what the service keeps, as of before its release",
     {Move::restore}},
    {BuiltIn::shed, "shed", "turns most attempts away, then fewer in steps", {Move::shed}},
}};

const Playbook& playbook(BuiltIn actor) {
    return playbooks[static_cast<std::size_t>(actor)];
}

// The service that a fact of trouble is about; a store's is the one that was last released.
std::optional<ServiceId> accused(const Fact& fact) {
    if (const auto* alert = std::get_if<AlertFired>(&fact)) return alert->service;
    if (const auto* probe = std::get_if<ProbeFailed>(&fact)) return probe->service;
    if (const auto* people = std::get_if<Complaints>(&fact)) return people->service;
    if (const auto* judged = std::get_if<BuildJudged>(&fact)) return judged->service;
    return std::nullopt;
}

std::optional<ServiceId> last_released(const FactView& view) {
    std::optional<ServiceId> last;
    for (const Occurrence& it : view.facts())
        if (const auto* released = std::get_if<Released>(&it.fact)) last = released->service;
    return last;
}

bool was_released(const FactView& view, ServiceId service) {
    return std::ranges::any_of(view.facts(), [&](const Occurrence& it) {
        const auto* released = std::get_if<Released>(&it.fact);
        return released != nullptr && released->service == service;
    });
}

// Whose change it is taken to be: the service that suffers if it was released, else the last that
// was.
ServiceId suspect(const FactView& view, const Fact& trouble) {
    const auto suffers = accused(trouble);
    if (suffers && was_released(view, *suffers)) return *suffers;
    const auto last = last_released(view);
    return last ? *last : suffers.value_or(ServiceId{0});
}

// To before its last release, or ten minutes before it was noticed. default: design
Duration before_the_trouble(const FactView& view, ServiceId service, SimTime noticed) {
    constexpr Duration margin{60'000'000}, unknown{600'000'000};
    SimTime back = noticed - unknown;
    for (const Occurrence& it : view.facts())
        if (const auto* released = std::get_if<Released>(&it.fact);
            released != nullptr && released->service == service && it.at <= noticed)
            back = it.at - margin;
    return std::max(Duration{}, back - SimTime{});
}

std::vector<Command> commands_of(Move move, const Mind& mind, const FactView& view) {
    const ServiceId service = mind.service;
    const KnownService& known = view.known().services[service.index];
    std::vector<Command> commands;
    switch (move) {
        case Move::halt: return {Halt{service}};
        case Move::revert: return {RevertConfig{}};
        case Move::roll_back: return {Rollback{service, std::nullopt}};
        case Move::switch_side: return {SwitchRoute{service}};
        case Move::fix: return {OrderHotfix{service}};
        case Move::shed: return {};
        case Move::flags_off:
            for (const SettingId flag : known.flags) commands.push_back(SetFlag{flag, Rule{}});
            return commands;
        case Move::migrate_down:
            for (const StoreId store : known.uses)
                if (view.known().stores[store.index].migrates)
                    commands.push_back(Migrate{store, true});
            return commands;
        case Move::restore:
            for (const StoreId store : known.uses)
                if (view.known().stores[store.index].restores)
                    commands.push_back(
                        Restore{store, before_the_trouble(view, service, mind.since), {}});
            return commands;
    }
    return commands;
}

// Sheds nearly everything, waits for the queue to drain, then lets people back in steps.
std::vector<Command> shed_by_steps(Mind& mind, const FactView& view) {
    constexpr std::array<std::int64_t, 5> steps_ppm{900'000, 700'000, 500'000, 250'000,
                                                    0};  // default: design
    constexpr Duration between{120'000'000};
    const std::uint32_t done = mind.step - 1;
    if (done > 0) {
        if (done >= steps_ppm.size() || view.now() - mind.since < between) return {};
        const auto queue = view.series(mind.service, Measure::queue);
        const auto slots = view.series(mind.service, Measure::slots);
        if (done == 1 && !queue.empty() && queue.back() > slots.back()) return {};
    }
    mind.since = view.now();
    ++mind.step;
    return {Shed{mind.service, {steps_ppm[done]}, false}};
}

// It is paged, looks around and decides; how long that takes is the same whatever it decides.
void notice(Mind& mind, const FactView& view, const Draw& draw) {
    const auto trouble = std::ranges::find_if(
        view.facts(), [](const Occurrence& it) { return tells_of_trouble(it.fact); });
    if (trouble == view.facts().end()) return;
    const bool sheds = mind.actor == BuiltIn::shed;
    mind.step = 1;
    mind.since = trouble->at;
    mind.service =
        sheds ? accused(trouble->fact).value_or(ServiceId{0}) : suspect(view, trouble->fact);
    mind.ready = trouble->at;
    for (const Thinking phase : {Thinking::acknowledge, Thinking::triage, Thinking::decide})
        mind.ready = mind.ready + thinking(draw, view.known().people, phase, 0);
}

bool any_service(const Known& known, bool KnownService::*has) {
    return std::ranges::any_of(known.services, has);
}
bool any_store(const Known& known, bool KnownStore::*has) {
    return std::ranges::any_of(known.stores, has);
}

std::optional<std::string_view> missing(Move move, const Known& known) {
    const auto unless = [](bool there, std::string_view why) {
        return there ? std::nullopt : std::optional{why};
    };
    switch (move) {
        case Move::halt:
        case Move::roll_back:
            return unless(any_service(known, &KnownService::released), "nothing is ever released");
        case Move::flags_off:
            return unless(std::ranges::any_of(known.services,
                                              [](const auto& it) { return !it.flags.empty(); }),
                          "no change is behind a flag");
        case Move::revert: return unless(known.settings, "there are no flags or settings");
        case Move::switch_side:
            return unless(any_service(known, &KnownService::two_sides),
                          "no plan has two sides (blue_green)");
        case Move::fix:
            return unless(any_service(known, &KnownService::fixable), "nobody can make a hotfix");
        case Move::migrate_down:
            return unless(any_store(known, &KnownStore::migrates), "no table changes its columns");
        case Move::restore:
            return unless(any_store(known, &KnownStore::restores), "no store has backups");
        case Move::shed: return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

const char* name(BuiltIn actor) {
    return playbook(actor).name;
}

const char* meaning(BuiltIn actor) {
    return playbook(actor).meaning;
}

std::optional<BuiltIn> built_in_named(std::string_view wanted) {
    for (const Playbook& it : playbooks)
        if (wanted == it.name) return it.actor;
    return std::nullopt;
}

std::optional<std::string_view> not_applicable(BuiltIn actor, const Known& known) {
    for (const Move move : playbook(actor).moves)
        if (const auto why = missing(move, known)) return why;
    return std::nullopt;
}

std::vector<Command> decide(Mind& mind, const FactView& view, const Draw& draw) {
    if (mind.actor == BuiltIn::nothing) return {};
    if (mind.step == 0) notice(mind, view, draw);
    if (mind.step == 0 || view.now() < mind.ready) return {};
    if (mind.actor == BuiltIn::shed) return shed_by_steps(mind, view);
    std::vector<Command> orders;
    if (mind.step > 1) return orders;
    mind.step = 2;
    for (const Move move : playbook(mind.actor).moves)
        for (const Command& command : commands_of(move, mind, view)) orders.push_back(command);
    return orders;
}

}  // namespace rollcage
