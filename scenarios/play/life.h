// One life of a day: a scenario, an actor and a seed played from start to judged end.
// Leans on host and run; knows no screen.
// `play_life` is all that compare, check, replay, play and the console's run have in common.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "scenarios/host/scenario.h"
#include "sim/run/day.h"

namespace rollcage {

struct GivenOrder {
    SimTime at;
    std::string text;  // As command_text writes it.
    bool by_machine = false;
};

struct Life {
    std::string actor;
    std::uint64_t seed = 0;
    Outcome outcome;
    std::vector<GivenOrder> orders;
    std::vector<Occurrence> facts;
    Digest digest;
    SimTime ended;
};

// Told of each order and fact as it happens (recordings are written so); may be empty. Who wants to
// see each minute end sees the day itself, with what nobody in it knows.
struct Witness {
    std::function<void(const GivenOrder&)> order{};
    std::function<void(const Occurrence&)> fact{};
    std::function<void(const Day&)> minute{};
};

// Tells the witness, and the life, of everything that became known since they were last told.
void tell_news(const Day& day, Life& life, const Witness& witness);

// Whoever orders from outside the engine: a script, a recording, a person at a console. It is asked
// at every instant at which something is new, and at the one it named.
struct Player {
    std::function<Result<std::vector<Command>>(const FactView&)> wake;
    std::function<SimTime()> wakes_at;
};
inline constexpr const char* player = "player";  // The actor whose orders come from outside.
Player player_of(const std::vector<GivenOrder>& orders, const Names& names);

// Who acts: one whose mind is in the day, or a player.
struct Cast {
    BuiltIn mind = BuiltIn::nothing;
    std::optional<Player> who;
    const Player* outside() const { return who ? &*who : nullptr; }
};
Result<Cast> cast(const Scenario& scenario, const std::string& actor);

// Plays a day on until `end`; `hear` is called whenever something may be new. `spoken`: the player
// has had its say at this instant.
Result<void> play_on(Day& day, const Player* who, SimTime end,
                     const std::function<void()>& hear = {}, bool spoken = false);
// How far a day plays on its own before the player, or the end of decisions, or `end`.
SimTime next_stop(const Day& day, SimTime player_wakes, SimTime end);

// `actor` is a built-in's name or one of the scenario's own; `until` cuts the day short.
Result<Life> play_life(const Scenario& scenario, const std::string& actor, std::uint64_t seed,
                       std::optional<SimTime> until = std::nullopt, const Witness& witness = {});
// The same with a player.
Result<Life> play_player(const Scenario& scenario, const Player& who, std::uint64_t seed,
                         std::optional<SimTime> until = std::nullopt, const Witness& witness = {});

// From `at` on another life: the order, and whoever acts then, or nobody. Until then it is the life
// of `actor`, or of the player whose orders these were.
struct Turn {
    SimTime at;
    std::string order;
    std::string then{};
};
Result<Life> play_turned(const Scenario& scenario, const std::string& actor,
                         const std::vector<GivenOrder>& of_player, std::uint64_t seed,
                         const Turn& turn);

}  // namespace rollcage
