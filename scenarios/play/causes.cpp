#include "scenarios/play/causes.h"

#include <algorithm>
#include <memory>

#include "scenarios/play/parallel.h"

namespace rollcage {
namespace {

// Without its name, "inject" would not say what it is: "release build=1.5.0 plan=usual".
std::string inject_text(const Inject& inject, const Names& names) {
    const Numbers values = std::visit([](const auto& it) { return numbers_of(it); }, inject);
    return form_text(inject_forms()[inject.index()], values, names);
}

// When a build that has the change is released first; the start, if one is there from then on.
SimTime first_met(const Blueprint& plan, std::uint32_t key) {
    const auto has = [&](BuildId build) {
        return std::ranges::find(plan.builds[build.index].changes, key, &Change::key) !=
               plan.builds[build.index].changes.end();
    };
    for (const Service& it : plan.services)
        if (has(it.first_build)) return {};
    SimTime first = SimTime{} + plan.lasts;
    for (const TimedInject& it : plan.injects)
        if (const auto* release = std::get_if<Release>(&it.inject); release && has(release->build))
            first = std::min(first, it.at);
    return first;
}

void add_changes(const Scenario& scenario, std::vector<Influence>& all) {
    const Blueprint& plan = *scenario.blueprint;
    std::vector<std::uint32_t> keys;
    for (const Build& build : plan.builds)
        for (const Change& it : build.changes) {
            if (std::ranges::find(keys, it.key) != keys.end()) continue;
            keys.push_back(it.key);
            const SimTime at = first_met(plan, it.key);
            if (at >= SimTime{} + plan.lasts) continue;  // Nobody ever met it.
            const std::string name = change_name(plan.names, it.key);
            if (!it.hides.empty())
                all.push_back({Influence::Kind::defects, it.key, at, "what " + name + " hides"});
            if (it.schema)
                all.push_back({Influence::Kind::form, it.key, at, "the new form of " + name});
        }
}

std::vector<Influence> influences(const Scenario& scenario, const Recording& recording) {
    std::vector<Influence> all;
    const std::vector<GivenOrder> orders = orders_of(recording);
    for (std::size_t i = 0; i < orders.size(); ++i)
        all.push_back({Influence::Kind::order, i, orders[i].at, orders[i].text});
    const std::vector<TimedInject>& injects = scenario.blueprint->injects;
    for (std::size_t i = 0; i < injects.size(); ++i) {
        if (std::holds_alternative<Message>(injects[i].inject)) continue;  // It touches nothing.
        all.push_back({Influence::Kind::inject, i, injects[i].at,
                       inject_text(injects[i].inject, scenario.blueprint->names)});
    }
    add_changes(scenario, all);
    std::ranges::stable_sort(all, std::ranges::less{}, &Influence::at);
    return all;
}

// The declared world without it. Rows stay where they are: draws are keyed by them.
void leave_out(Blueprint& plan, const Influence& it) {
    if (it.kind == Influence::Kind::inject) {
        plan.injects[it.nth].at = SimTime{} + plan.lasts + plan.judged_after + Duration{1};
        return;
    }
    for (Build& build : plan.builds)
        for (Change& change : build.changes) {
            if (change.key != it.nth) continue;
            if (it.kind == Influence::Kind::defects) change.hides.clear();
            if (it.kind == Influence::Kind::form) change.schema.reset();
        }
}

Result<Life> life_without(const Recording& recording, const Influence& what) {
    const RecordingHead& head = recording.head;
    auto scenario = load_scenario(head.sources, head.choices);
    if (!scenario) return scenario.error();
    std::vector<GivenOrder> orders = orders_of(recording);
    const bool by_orders = head.actor == player || what.kind == Influence::Kind::order;
    if (what.kind == Influence::Kind::order) {
        orders.erase(orders.begin() + static_cast<std::ptrdiff_t>(what.nth));
    } else {
        auto plan = std::make_shared<Blueprint>(*scenario->blueprint);
        leave_out(*plan, what);
        scenario->blueprint = std::move(plan);
    }
    if (!by_orders) return play_life(*scenario, head.actor, head.choices.seed, head.until);
    return play_player(*scenario, player_of(orders, scenario->blueprint->names), head.choices.seed,
                       head.until);
}

// Other draws from the start on; what hides where stays. None has the draws of the day itself.
Result<Life> life_redrawn(const Scenario& scenario, const Recording& recording, std::size_t nth) {
    const RecordingHead& head = recording.head;
    const std::uint64_t own = head.choices.seed, other = nth + 1;
    Day day = start_day(scenario.blueprint, own);
    redraw(day, other < own ? other : other + 1);
    const Player who = player_of(orders_of(recording), scenario.blueprint->names);
    const SimTime end = head.until ? std::min(*head.until, day_end(day)) : day_end(day);
    const auto played = play_on(day, &who, end);
    if (!played) return played.error();
    return Life{.actor = head.actor,
                .seed = own,
                .outcome = outcome(day),
                .orders = {},
                .facts = day.belief.facts,
                .digest = digest(day),
                .ended = now(day)};
}

bool is_amount(SlotType type) {
    return type == SlotType::share || type == SlotType::times || type == SlotType::count ||
           type == SlotType::length;
}

}  // namespace

std::string identity(const Fact& fact, const Names& names) {
    const Form& form = fact_forms()[fact.index()];
    std::string text = form.name;
    if (const Command* command = command_of(fact)) text += " " + command_text(*command, names);
    const Numbers values = numbers(fact);
    for (std::size_t i = 0; i < form.slots.size() && i < values.size(); ++i)
        if (!is_amount(form.slots[i].type)) text += " " + std::to_string(values[i]);
    return text;
}

std::optional<SimTime> same_fact(const Life& life, const Life& in, std::size_t nth,
                                 const Names& names) {
    const std::string wanted = identity(life.facts[nth].fact, names);
    std::size_t before = 0;
    for (std::size_t i = 0; i < nth; ++i) before += identity(life.facts[i].fact, names) == wanted;
    for (const Occurrence& it : in.facts)
        if (identity(it.fact, names) == wanted && before-- == 0) return it.at;
    return std::nullopt;
}

FactWhy why(const ButFor& day, std::size_t nth) {
    const Names& names = day.scenario.blueprint->names;
    FactWhy why;
    for (const Without& it : day.without) why.at.push_back(same_fact(day.was, it.life, nth, names));
    for (const Life& it : day.redrawn) why.redrawn.push_back(same_fact(day.was, it, nth, names));
    const Fact& fact = day.was.facts[nth].fact;
    const Command* command = command_of(fact);
    const bool ordered = std::holds_alternative<Ordered>(fact);
    for (std::size_t i = nth; command != nullptr && !why.after && i-- > 0;) {
        const Fact& before = day.was.facts[i].fact;
        const auto* order = std::get_if<Ordered>(&before);
        // What takes effect has filled in what its order left open.
        if (ordered ? tells_of_trouble(before)
                    : order != nullptr && order->command.index() == command->index())
            why.after = i;
    }
    return why;
}

Result<ButFor> but_for(const Recording& recording, const ButForAsked& asked) {
    const RecordingHead& head = recording.head;
    auto was =
        load_and_play(head.sources, head.choices, head.actor, head.until, orders_of(recording));
    if (!was) return was.error();
    const std::vector<Influence> all = influences(was->scenario, recording);
    const auto scenario = load_scenario(head.sources, head.choices);
    if (!scenario) return scenario.error();
    std::vector<std::optional<Result<Life>>> lives(all.size() + asked.redrawn);
    in_parallel(lives.size(), asked.jobs, asked.stop, [&](std::size_t nth) {
        lives[nth].emplace(nth < all.size() ? life_without(recording, all[nth])
                                            : life_redrawn(*scenario, recording, nth - all.size()));
    });
    ButFor day{std::move(was->scenario), std::move(was->life), {}, {}, false};
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!lives[i]) {
            day.interrupted = true;
            continue;
        }
        if (!*lives[i]) return Error{"without " + all[i].text + ": " + lives[i]->error().message};
        day.without.push_back({all[i], std::move(**lives[i])});
    }
    for (std::size_t i = all.size(); i < lives.size(); ++i) {
        if (!lives[i]) {
            day.interrupted = true;
            continue;
        }
        if (!*lives[i]) return lives[i]->error();
        day.redrawn.push_back(std::move(**lives[i]));
    }
    return day;
}

}  // namespace rollcage
