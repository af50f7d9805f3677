#include "scenarios/play/life.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

#include "scenarios/host/lua_actor.h"

namespace rollcage {
namespace {

constexpr int turns_max = 50'000'000;

Error unknown_actor(const Scenario& scenario, const std::string& actor) {
    std::vector<std::string> known = scenario.actors;
    for (const BuiltIn it : built_ins) known.push_back(name(it));
    std::string allowed;
    for (const std::string& it : known) allowed += (allowed.empty() ? "\"" : ", \"") + it + "\"";
    const std::string near = nearest_word(actor, known);
    return {
        "actor \"" + actor + "\" is not in " + scenario.name + "; the actors are " + allowed +
        (near.empty() ? std::string{"; choose one of them"} : "; did you mean \"" + near + "\"?")};
}

SimTime end_of(const Day& day, std::optional<SimTime> until) {
    return until ? std::min(*until, day_end(day)) : day_end(day);
}

// To be asked once more where nothing is new changes nothing: whoever waits goes on waiting.
Result<void> play_by_minutes(Day& day, const Player* who, SimTime end,
                             const std::function<void()>& hear,
                             const std::function<void(const Day&)>& ended) {
    for (bool spoken = false; !spoken || now(day) < end; spoken = true) {
        const SimTime next{(now(day).us / (1_min).us + 1) * (1_min).us};
        const auto played = play_on(day, who, std::min(next, end), hear, spoken);
        if (!played) return played.error();
        if (now(day) == next) ended(day);
    }
    return {};
}

Result<Life> play_out(Day day, const Player* who, Life life, std::optional<SimTime> until,
                      const Witness& witness) {
    const auto hear = [&] { tell_news(day, life, witness); };
    const SimTime end = end_of(day, until);
    const auto played = witness.minute ? play_by_minutes(day, who, end, hear, witness.minute)
                                       : play_on(day, who, end, hear);
    if (!played) return played.error();
    life.outcome = outcome(day);
    life.digest = digest(day);
    life.ended = now(day);
    return life;
}

Life begun_life(const std::string& actor, std::uint64_t seed) {
    Life life;
    life.actor = actor;
    life.seed = seed;
    return life;
}

}  // namespace

void tell_news(const Day& day, Life& life, const Witness& witness) {
    const FactView view = facts_known(day);
    for (const Occurrence& it : view.facts().subspan(life.facts.size())) {
        const bool by_machine = std::ranges::binary_search(day.by_machines, life.facts.size());
        life.facts.push_back(it);
        if (const auto* ordered = std::get_if<Ordered>(&it.fact)) {
            life.orders.push_back(
                {it.at, command_text(ordered->command, view.names()), by_machine});
            if (witness.order) witness.order(life.orders.back());
        }
        if (witness.fact) witness.fact(it);
    }
}

Result<Cast> cast(const Scenario& scenario, const std::string& actor) {
    if (std::ranges::find(scenario.actors, actor) != scenario.actors.end()) {
        auto begun = LuaActor::begin(scenario, actor);
        if (!begun) return begun.error();
        const auto script = std::make_shared<LuaActor>(std::move(*begun));
        return Cast{BuiltIn::nothing,
                    Player{[script](const FactView& view) { return script->wake(view); },
                           [script] { return script->wakes_at(); }}};
    }
    const auto built_in = built_in_named(actor);
    if (!built_in) return unknown_actor(scenario, actor);
    if (const auto missing = not_applicable(*built_in, scenario.blueprint->known))
        return Error{"actor \"" + actor + "\" is not applicable to " + scenario.name + ": " +
                     std::string(*missing) + "; choose another actor"};
    return Cast{*built_in, std::nullopt};
}

SimTime next_stop(const Day& day, SimTime player_wakes, SimTime end) {
    if (now(day) >= decisions_end(day)) return end;
    // Whoever waits for nothing still lets time pass.
    return std::min({end, decisions_end(day), std::max(player_wakes, now(day) + 1_us)});
}

Result<void> play_on(Day& day, const Player* who, SimTime end, const std::function<void()>& hear,
                     bool spoken) {
    for (int turn = 0; turn < turns_max; ++turn, spoken = false) {
        if (hear) hear();
        if (who != nullptr && !spoken && now(day) < decisions_end(day)) {
            const auto orders = who->wake(facts_known(day));
            if (!orders) return orders.error();
            for (const Command& it : *orders) submit(day, it, By::person);
            if (hear) hear();
        }
        if (now(day) >= end) return {};
        (void)advance(day, next_stop(day, who != nullptr ? who->wakes_at() : end, end));
    }
    return Error{"the actor is still busy after 50000000 turns at " + clock_text(now(day)) +
                 "; let it wait for a fact or for time to pass"};
}

Result<Life> play_life(const Scenario& scenario, const std::string& actor, std::uint64_t seed,
                       std::optional<SimTime> until, const Witness& witness) {
    const auto who = cast(scenario, actor);
    if (!who) return who.error();
    return play_out(start_day(scenario.blueprint, seed, who->mind), who->outside(),
                    begun_life(actor, seed), until, witness);
}

Result<Life> play_player(const Scenario& scenario, const Player& who, std::uint64_t seed,
                         std::optional<SimTime> until, const Witness& witness) {
    return play_out(start_day(scenario.blueprint, seed), &who, begun_life(player, seed), until,
                    witness);
}

Result<Life> play_turned(const Scenario& scenario, const std::string& actor,
                         const std::vector<GivenOrder>& of_player, std::uint64_t seed,
                         const Turn& turn) {
    const auto first =
        actor == player
            ? Result<Cast>{Cast{BuiltIn::nothing, player_of(of_player, scenario.blueprint->names)}}
            : cast(scenario, actor);
    if (!first) return first.error();
    Day day = start_day(scenario.blueprint, seed, first->mind);
    if (turn.at >= decisions_end(day))
        return Error{"nobody decides at " + clock_text(turn.at) + "; orders are taken until " +
                     clock_text(decisions_end(day))};
    const auto command = parse_command(turn.order, scenario.blueprint->names);
    if (!command) return command.error();
    Life life = begun_life(actor, seed);
    const auto played = play_on(day, first->outside(), turn.at, [&] { tell_news(day, life, {}); });
    if (!played) return played.error();
    const auto then = cast(scenario, turn.then.empty() ? name(BuiltIn::nothing) : turn.then);
    if (!then) return then.error();
    day.mind = Mind{};
    day.mind.actor = then->mind;
    submit(day, *command, By::person);
    life.actor += ", then " + turn.order + (turn.then.empty() ? "" : ", then " + turn.then);
    return play_out(std::move(day), then->outside(), std::move(life), std::nullopt, {});
}

Player player_of(const std::vector<GivenOrder>& orders, const Names& names) {
    const auto next = std::make_shared<std::size_t>(0);
    return {[orders, &names, next](const FactView& view) -> Result<std::vector<Command>> {
                std::vector<Command> due;
                for (; *next < orders.size() && orders[*next].at <= view.now(); ++*next) {
                    const auto command = parse_command(orders[*next].text, names);
                    if (!command) return command.error();
                    due.push_back(*command);
                }
                return due;
            },
            [orders, next] {
                constexpr SimTime never{std::numeric_limits<std::int64_t>::max()};
                return *next < orders.size() ? orders[*next].at : never;
            }};
}

}  // namespace rollcage
