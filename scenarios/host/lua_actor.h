// A scenario's own actor: a Lua function in a coroutine that waits for facts and gives commands.
// Leans on scenario.h and the FactView; it is re-run from the start in every life, never copied.
// Drive it so: begin, then after every advance of the day call `wake`; submit what it orders.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/host/scenario.h"
#include "sim/words/fact_view.h"

namespace rollcage {

class LuaActor {
public:
    // The actor must be one of scenario.actors.
    static Result<LuaActor> begin(const Scenario& scenario, const std::string& actor);

    // Lets the actor act on what is known; returns its orders in order. An error of the script
    // (with file and line) ends the run.
    Result<std::vector<Command>> wake(const FactView& view);
    // Before this instant only a new fact can change its mind; the end of time when it is done.
    SimTime wakes_at() const;

    LuaActor(LuaActor&&) noexcept;
    LuaActor& operator=(LuaActor&&) noexcept;
    ~LuaActor();

private:
    struct State;
    explicit LuaActor(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace rollcage
