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

// Tells the witness of everything that became known since it was last told.
void tell_news(const Day& day, Life& life, const Witness& witness) {
    const FactView view = facts_known(day);
    for (const Occurrence& it : view.facts().subspan(life.facts.size())) {
        life.facts.push_back(it);
        if (const auto* ordered = std::get_if<Ordered>(&it.fact)) {
            life.orders.push_back({it.at, command_text(ordered->command, view.names())});
            if (witness.order) witness.order(life.orders.back());
        }
        if (witness.fact) witness.fact(it);
    }
}

SimTime next_stop(const Day& day, const Player* who, SimTime end) {
    SimTime stop = end;
    if (now(day) < decisions_end(day)) {
        stop = std::min(stop, decisions_end(day));
        // Whoever waits for nothing still lets time pass.
        if (who != nullptr) stop = std::min(stop, std::max(who->wakes_at(), now(day) + 1_us));
    }
    return stop;
}

Result<Life> play_out(const Scenario& scenario, Day day, const Player* who, Life life,
                      std::optional<SimTime> until, const Witness& witness) {
    const SimTime end = until ? std::min(*until, day_end(day)) : day_end(day);
    for (int turn = 0; turn < turns_max; ++turn) {
        tell_news(day, life, witness);
        if (who != nullptr && now(day) < decisions_end(day)) {
            const auto orders = who->wake(facts_known(day));
            if (!orders) return orders.error();
            for (const Command& it : *orders) submit(day, it, By::person);
            tell_news(day, life, witness);
        }
        if (now(day) >= end) {
            life.outcome = outcome(day);
            life.digest = digest(day);
            life.ended = now(day);
            return life;
        }
        (void)advance(day, next_stop(day, who, end));
    }
    return Error{scenario.name + ": actor \"" + life.actor +
                 "\" is still busy after 50000000 turns at " + clock_text(now(day)) +
                 "; let it wait for a fact or for time to pass"};
}

Life begun_life(const std::string& actor, std::uint64_t seed) {
    Life life;
    life.actor = actor;
    life.seed = seed;
    return life;
}

}  // namespace

Result<Life> play_life(const Scenario& scenario, const std::string& actor, std::uint64_t seed,
                       std::optional<SimTime> until, const Witness& witness) {
    const Life life = begun_life(actor, seed);
    if (std::ranges::find(scenario.actors, actor) != scenario.actors.end()) {
        auto script = LuaActor::begin(scenario, actor);
        if (!script) return script.error();
        const Player who{[&](const FactView& view) { return script->wake(view); },
                         [&] { return script->wakes_at(); }};
        return play_out(scenario, start_day(scenario.blueprint, seed), &who, life, until, witness);
    }
    const auto built_in = built_in_named(actor);
    if (!built_in) return unknown_actor(scenario, actor);
    if (const auto missing = not_applicable(*built_in, scenario.blueprint->known))
        return Error{"actor \"" + actor + "\" is not applicable to " + scenario.name + ": " +
                     std::string(*missing) + "; choose another actor"};
    return play_out(scenario, start_day(scenario.blueprint, seed, *built_in), nullptr, life, until,
                    witness);
}

Result<Life> play_player(const Scenario& scenario, const Player& who, std::uint64_t seed,
                         std::optional<SimTime> until, const Witness& witness) {
    return play_out(scenario, start_day(scenario.blueprint, seed), &who, begun_life(player, seed),
                    until, witness);
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
