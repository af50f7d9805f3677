#include "scenarios/play/life.h"

#include <algorithm>
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

SimTime next_stop(const Day& day, const std::optional<LuaActor>& actor, SimTime end) {
    SimTime stop = end;
    if (now(day) < decisions_end(day)) {
        stop = std::min(stop, decisions_end(day));
        // A script that waits for nothing still lets time pass.
        if (actor) stop = std::min(stop, std::max(actor->wakes_at(), now(day) + 1_us));
    }
    return stop;
}

}  // namespace

Result<Life> play_life(const Scenario& scenario, const std::string& actor, std::uint64_t seed,
                       std::optional<SimTime> until, const Witness& witness) {
    const bool own = std::ranges::find(scenario.actors, actor) != scenario.actors.end();
    const auto built_in = own ? std::optional{BuiltIn::nothing} : built_in_named(actor);
    if (!built_in) return unknown_actor(scenario, actor);
    std::optional<LuaActor> script;
    if (own) {
        auto begun = LuaActor::begin(scenario, actor);
        if (!begun) return begun.error();
        script.emplace(std::move(*begun));
    }
    Day day = start_day(scenario.blueprint, seed, *built_in);
    const SimTime end = until ? std::min(*until, day_end(day)) : day_end(day);
    Life life;
    life.actor = actor;
    life.seed = seed;
    for (int turn = 0; turn < turns_max; ++turn) {
        tell_news(day, life, witness);
        if (script && now(day) < decisions_end(day)) {
            const auto orders = script->wake(facts_known(day));
            if (!orders) return orders.error();
            for (const Command& it : *orders) submit(day, it);
            tell_news(day, life, witness);
        }
        if (now(day) >= end) {
            life.outcome = outcome(day);
            life.digest = digest(day);
            life.ended = now(day);
            return life;
        }
        (void)advance(day, next_stop(day, script, end));
    }
    return Error{scenario.name + ": actor \"" + actor +
                 "\" is still busy after 50000000 turns at " + clock_text(now(day)) +
                 "; let it wait for a fact or for time to pass"};
}

}  // namespace rollcage
