#include "sim/run/day.h"

#include <algorithm>
#include <utility>

#include "sim/base/match.h"
#include "sim/run/inspection.h"
#include "sim/watch/channels.h"
#include "sim/watch/judge.h"
#include "sim/world/fleet.h"

namespace rollcage {

namespace {

// Phases of one instant, in order; kinds within a phase.
enum Moment : std::uint32_t {
    exogenous = 1,
    intent = 2,
    lifecycle = 4,
    traffic = 5,
    observe = 6,
    decides = 7
};
enum Kind : std::uint32_t {
    inject_begins = 0,
    inject_ends = 1,  // exogenous
    order_works = 0,
    people_work = 1,  // intent
    minute_turns = 0,
    tick_runs = 1,  // traffic
    scrape_taken = 0,
    scrape_seen = 1,  // observe
    actor_wakes = 0,  // decides
};

constexpr Duration minute{60'000'000}, second{1'000'000};

Duration lasting(const Inject& inject) {
    return std::visit(match{
                          [](const Slow& it) { return it.lasts; },
                          [](const Fail& it) { return it.lasts; },
                          [](const Surge& it) { return it.lasts; },
                          [](const SlowReplica& it) { return it.lasts; },
                          [](const RegistryDown& it) { return it.lasts; },
                          [](const LoseNode& it) { return it.lasts.value_or(Duration{}); },
                          [](const LoseZone& it) { return it.lasts.value_or(Duration{}); },
                          [](const LoseRegion& it) { return it.lasts.value_or(Duration{}); },
                          [](const auto&) { return Duration{}; },
                      },
                      inject);
}

// How long an order takes to reach reality: routes and their caches, a review. default: MODEL 9
Duration time_to_effect(const World& world, const Command& command) {
    constexpr Duration route{5'000'000}, region{60'000'000};
    const auto reviewed = [&](ServiceId service, bool committed, Duration else_after) {
        return committed ? world.plan->services[service.index].reviewed : else_after;
    };
    return std::visit(
        match{
            [&](const Shed&) { return route; },
            [&](const Scale& it) { return reviewed(it.service, it.committed, route); },
            [&](const SwitchRoute&) { return route; },
            [&](const SetWeight&) { return route; },
            [&](const Drain& it) { return it.region ? region : route; },
            [&](const Rollback& it) { return reviewed(it.service, it.committed, {}); },
            [&](const RevertChange& it) { return reviewed(it.service, true, {}); },
            [&](const Organise& it) {
                return it.what == Matter::end_quarantine
                           ? mending * in_quarantine(world, *it.service)
                           : Duration{};
            },
            [](const auto&) { return Duration{}; },
        },
        command);
}

std::vector<Inject> still_under_way(const Day& day, std::uint32_t but) {
    std::vector<Inject> others;
    const std::vector<TimedInject>& all = day.world.plan->injects;
    for (std::uint32_t i = 0; i < all.size(); ++i) {
        const SimTime end = all[i].at + lasting(all[i].inject);
        if (i != but && all[i].at <= day.now && end > day.now) others.push_back(all[i].inject);
    }
    return others;
}

void let_people_work(Day& day);

// What the world asks to be told later, whom it asks, and what it tells.
void hear(Day& day) {
    plan_next_pull(day.world);
    for (const Due& due : day.world.due)
        day.agenda.plan({day.now + due.after, lifecycle, static_cast<std::uint32_t>(due.kind),
                         due.entity, due.ordinal});
    for (const Fact& fact : day.world.news) tell(day.belief, day.now, fact, day.chain);
    const std::vector<Approval> asked = std::exchange(day.world.asked, {});
    day.world.due.clear();
    day.world.news.clear();
    for (const Approval& it : asked) ask(day.team, it);
    if (!asked.empty()) let_people_work(day);
}

void run_lifecycle(Day& day, const EventKey& event) {
    switch (static_cast<Due::Kind>(event.kind())) {
        case Due::Kind::instance: instance_due(day.world, event.entity(), event.ordinal()); break;
        case Due::Kind::stage: stage_due(day.world, event.entity(), event.ordinal()); break;
        case Due::Kind::deadline: deadline_due(day.world, event.entity(), event.ordinal()); break;
        case Due::Kind::registry: registry_due(day.world, event.ordinal()); break;
        case Due::Kind::flip: flip_due(day.world, event.entity(), event.ordinal()); break;
        case Due::Kind::pass: pass_due(day.world, event.entity(), event.ordinal()); break;
        case Due::Kind::hotfix: hotfix_due(day.world, event.entity(), event.ordinal()); break;
        case Due::Kind::trial: trial_due(day.world, event.entity(), event.ordinal()); break;
        case Due::Kind::refresh: refresh_due(day.world, event.entity(), event.ordinal()); break;
    }
    hear(day);
}

void begin_inject(Day& day, std::uint32_t row) {
    const Inject& inject = day.world.plan->injects[row].inject;
    if (lasting(inject) > Duration{})
        day.agenda.plan({day.now + lasting(inject), exogenous, inject_ends, row, 0});
    begin(day.world, inject);
    hear(day);
}

bool& held_flag(Day& day, AutomationId id) {
    if (id.index == 0) return day.gates.held;
    if (id.index == 1) return day.scaler.held;
    return day.machines.minds[id.index - automations_built_in].held;
}

std::optional<std::string> refusal_of(Day& day, const Command& command) {
    if (const auto* hold = std::get_if<Hold>(&command)) {
        if (held_flag(day, hold->automation) != hold->held) return std::nullopt;
        return hold->held ? "it is held already" : "it is not held";
    }
    if (const auto* organise = std::get_if<Organise>(&command))
        if (organise->what == Matter::declare && day.team.people.backup == 0)
            return "everybody who can be called has been called";
    if (const auto guard = guard_against(day.machines, command, facts_known(day)))
        return "\"" + day.world.plan->names.automations[*guard + automations_built_in] +
               "\" refuses it: a column that older builds need is gone";
    return refusal(day.world, command);
}

// What changes people and machines, and not the world.
void reach_minds(Day& day, const Command& command, SimTime asked) {
    if (const auto* hold = std::get_if<Hold>(&command))
        held_flag(day, hold->automation) = hold->held;
    else if (const auto* organise = std::get_if<Organise>(&command);
             organise != nullptr && organise->what == Matter::declare)
        call_for_help(day.team, day.now);
    else if (const auto* inspect = std::get_if<Inspect>(&command))
        look_into(day, *inspect, asked);
}

void work_order(Day& day, std::uint32_t nth, SimTime asked) {
    const Command& command = day.orders[nth];
    if (const auto why = refusal_of(day, command)) {
        tell(day.belief, day.now, Refused{command}, day.chain, *why);
        return;
    }
    const Command resolved = resolve(day.world, command);
    tell(day.belief, day.now, TookEffect{resolved}, day.chain);
    reach_minds(day, resolved, asked);
    take_effect(day.world, resolved);
    hear(day);
}

// An order that was given and may be carried out reaches reality when its way there is done.
void put_to_work(Day& day, std::uint32_t nth, SimTime asked) {
    const Command& command = day.orders[nth];
    if (const auto why = refusal_of(day, command)) {
        tell(day.belief, day.now, Refused{command}, day.chain, *why);
        return;
    }
    const Duration delay = time_to_effect(day.world, command);
    // At once means: at the earliest after everything that this instant holds.
    if (delay == Duration{})
        work_order(day, nth, asked);
    else
        day.agenda.plan({day.now + delay, intent, order_works, 0, nth});
}

// Whoever is due ends a step or begins one; then somebody is due again.
void let_people_work(Day& day) {
    read_pages(day.team, facts_known(day));
    const SimTime planned = day.team.next;
    for (const Deed& deed : work(day.team, facts_known(day))) {
        if (deed.joined > 0) tell(day.belief, day.now, Joined{deed.joined}, day.chain);
        if (deed.told) tell(day.belief, day.now, *deed.told, day.chain);
        if (deed.approved) {
            trial_due(day.world, deed.approved->delivery, deed.approved->step);
            hear(day);
        }
        if (!deed.command) continue;
        std::uint32_t nth = deed.order;
        if (!(*deed.command == day.orders[nth])) {  // Not what was meant, and done all the same.
            nth = static_cast<std::uint32_t>(day.orders.size());
            day.orders.push_back(*deed.command);
        }
        put_to_work(day, nth, deed.begun);
    }
    if (day.team.next.us >= 0 && day.team.next != planned)
        day.agenda.plan({day.team.next, intent, people_work, 0, ++day.team.wakes});
}

void run_traffic(Day& day, std::uint32_t kind) {
    if (kind == minute_turns) {
        fold_minute(day.world);
        if (day.now > SimTime{}) keep_minute(day.belief, day.world, day.now);  // One has passed.
        fold_state(day.world, day.chain);
        fold(day.team, day.chain);
        fold(day.machines, day.chain);
        fold_belief(day.belief, day.chain);
        day.agenda.plan({day.now + minute, traffic, minute_turns, 0, 0});
        return;
    }
    tick(day.world);
    if (day.now.us % second.us == 0) {
        check_conserved(day.world);
        fold_second(day.world);
        pass_second(day.world);
        tend_tools(day.world);
        hear(day);
    }
    day.agenda.plan({day.now + day.world.tick_length, traffic, tick_runs, 0, 0});
}

void run_observe(Day& day, std::uint32_t kind) {
    if (kind == scrape_taken) {
        scrape(day.belief, day.world);
        if (day.now.us % minute.us == 0) {
            probe(day.belief, day.world, day.now, day.chain);
            hear_users(day.belief, day.world, day.now, day.chain);
        }
        day.agenda.plan({day.now + scrape_late, observe, scrape_seen, 0, 0});
        day.agenda.plan({day.now + scrape_every, observe, scrape_taken, 0, 0});
        return;
    }
    see_scrapes(day.belief, day.world, day.now, day.chain);
    judge_alerts(day.belief, day.world, day.now, day.chain);
    judge_causes(day.belief, day.world, day.now, day.chain);
    judge_gates(day.belief, day.world, day.now, day.chain);
    if (day.now < decisions_end(day)) let_people_work(day);
    day.agenda.plan({day.now, decides, actor_wakes, 0, 0});
}

void submit_by_machine(Day& day, const MachineOrder& it) {
    if (day.world.plan->known.automations[it.machine].authorised) {
        submit(day, it.command);
        return;
    }
    day.by_machines.push_back(day.belief.facts.size());
    tell(day.belief, day.now, Ordered{it.command}, day.chain);
    const std::string& who = day.world.plan->names.automations[it.machine + automations_built_in];
    tell(day.belief, day.now, Refused{it.command}, day.chain, "\"" + who + "\" may not order that");
}

void run_event(Day& day, const EventKey& event) {
    switch (event.phase()) {
        case exogenous:
            if (event.kind() == inject_begins)
                begin_inject(day, event.entity());
            else
                finish(day.world, day.world.plan->injects[event.entity()].inject,
                       still_under_way(day, event.entity()));
            return;
        case intent:
            if (event.kind() == order_works)
                work_order(day, event.ordinal(), day.now);
            else if (event.ordinal() == day.team.wakes)
                let_people_work(day);
            return;
        case lifecycle: run_lifecycle(day, event); return;
        case traffic: run_traffic(day, event.kind()); return;
        case observe: run_observe(day, event.kind()); return;
        case decides:
            if (day.now >= decisions_end(day)) return;
            for (const Command& command : decide(day.mind, facts_known(day), day.world.draw))
                submit(day, command, By::person);
            for (const Command& command : keep_gates(day.gates, facts_known(day)))
                submit(day, command);
            for (const MachineOrder& it : run_machines(day.machines, facts_known(day)))
                submit_by_machine(day, it);
            for (const Command& command : scale_by_load(day.scaler, facts_known(day)))
                submit(day, command);
            return;
        default: stop_here("every event has a phase that is known", __FILE__, __LINE__);
    }
}

}  // namespace

Day::Day() = default;
Day::Day(const Day& other) = default;
Day::Day(Day&& other) noexcept = default;
Day& Day::operator=(const Day& other) = default;
Day& Day::operator=(Day&& other) noexcept = default;
Day::~Day() = default;

Day start_day(std::shared_ptr<const Blueprint> blueprint, std::uint64_t seed, BuiltIn actor) {
    Day day;
    day.world = build_world(blueprint, seed);
    day.belief = start_belief(day.world);
    day.mind.actor = actor;
    day.machines.minds.resize(blueprint->known.automations.size());
    day.team = start_team(blueprint->known.people, day.world.draw);
    for (std::uint32_t s = 0; s < blueprint->services.size(); ++s) {
        const Service& service = blueprint->services[s];
        if (const auto& it = service.autoscale)
            day.scaler.services.push_back({.service = {s},
                                           .target = it->target,
                                           .least = it->least,
                                           .most = it->most,
                                           .slots = service.slots,
                                           .wanted = service.instances,
                                           .advice = {}});
    }
    for (std::uint32_t i = 0; i < blueprint->injects.size(); ++i)
        day.agenda.plan({blueprint->injects[i].at, exogenous, inject_begins, i, 0});
    day.agenda.plan({SimTime{}, traffic, minute_turns, 0, 0});
    day.agenda.plan({SimTime{}, traffic, tick_runs, 0, 0});
    day.agenda.plan({SimTime{} + scrape_every, observe, scrape_taken, 0, 0});
    return day;
}

void redraw(Day& day, std::uint64_t seed, bool truth) {
    check(!day.world.redrawn, "a day is drawn otherwise once");
    const Draw other = truth ? Draw{seed} : day.world.draw.otherwise(seed);
    day.world.redrawn = Redrawn{day.now, day.world.draw};
    day.world.draw = day.team.draw = other;
}

void submit(Day& day, const Command& command, By by) {
    const auto nth = static_cast<std::uint32_t>(day.orders.size());
    day.orders.push_back(command);
    if (by == By::machine) day.by_machines.push_back(day.belief.facts.size());
    tell(day.belief, day.now, Ordered{command}, day.chain);
    if (day.now >= decisions_end(day)) {
        tell(day.belief, day.now, Refused{command}, day.chain, "the decision window is over");
    } else if (by == By::machine) {
        put_to_work(day, nth, day.now);
    } else {
        order(day.team, command, nth);
        let_people_work(day);
    }
}

SimTime advance(Day& day, SimTime until, const BeforeAsking& before) {
    check(until >= day.now, "a day plays forward");
    const SimTime stop = std::min(until, day_end(day));
    while (!day.agenda.empty() && day.agenda.next().at() <= stop) {
        const SimTime instant = day.agenda.next().at();
        const std::size_t known = day.belief.facts.size();
        bool news = false;
        day.now = day.world.now = instant;
        while (!day.agenda.empty() && day.agenda.next().at() == instant) {
            const bool asks = day.agenda.next().phase() == decides;
            if (asks && before && day.now < decisions_end(day)) before(day);
            const EventKey event = day.agenda.take();
            news |= asks;
            run_event(day, event);
        }
        if (news || day.belief.facts.size() > known) return day.now;
    }
    day.now = stop;
    return stop;
}

SimTime now(const Day& day) {
    return day.now;
}
SimTime decisions_end(const Day& day) {
    return SimTime{} + day.world.plan->lasts;
}
SimTime day_end(const Day& day) {
    return decisions_end(day) + day.world.plan->judged_after;
}

FactView facts_known(const Day& day) {
    const Blueprint& plan = *day.world.plan;
    return {day.now, day.belief.facts, day.belief.columns, plan.names, plan.known};
}

Digest digest(const Day& day) {
    Digest whole_day = day.chain;
    fold_state(day.world, whole_day);
    fold(day.team, whole_day);
    fold(day.machines, whole_day);
    fold_belief(day.belief, whole_day);
    for (const EventKey& event : day.agenda.in_order()) {
        whole_day.fold(event.at().us);
        whole_day.fold(std::uint64_t{event.phase()} << 56 | std::uint64_t{event.kind()} << 48 |
                       event.entity());
        whole_day.fold(std::uint64_t{event.ordinal()});
    }
    return whole_day;
}

}  // namespace rollcage
