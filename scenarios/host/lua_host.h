// The Lua state of one scenario: the words of the language, while it is loaded and while actors
// act. Leans on sandbox, declarations and fields; scenario.h and lua_actor.h are its two faces.
// Answers and complaints wait in members, so that nothing with a destructor meets a Lua error.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "scenarios/host/awaited.h"
#include "scenarios/host/declarations.h"
#include "scenarios/host/sandbox.h"

namespace rollcage {

class LuaHost {
public:
    explicit LuaHost(const Choices& chosen) : choices(chosen), box(chosen.seed, this) {}

    static LuaHost& of(lua_State* state) {
        return *static_cast<LuaHost*>(Sandbox::of(state).owner());
    }
    static void push_method(lua_State* state, const Word& word);
    static int refuse_name(lua_State* state);

    Result<void> play(Scenario& scenario);  // Runs sources[0].

    const Choices choices;
    Sandbox box;
    Scenario* loading = nullptr;  // Only while the file runs.
    std::optional<Declarations> declared;
    std::string folder;  // Where `use` may read; empty: only the sources given.
    std::map<std::string, int> actors, used;
    std::vector<AwaitedFact> awaited;  // Of every file so far.
    std::string begun;                 // The one actor that plays in this state.
    // What me:... does, set by the actor that is awake.
    std::function<Result<Value>(const Word&, const Value&)> act;
    Value answer;
    std::string error;

    bool say(lua_State* state, const Word& word);
    bool find_used(lua_State* state);
    bool load(lua_State* state, const SourceFile& source);  // Leaves the chunk on the stack.
    bool add_actor(lua_State* state);
    bool add_stage(lua_State* state);
    std::string place(lua_State* state) const;
    void keep_lines(lua_State* state);

    std::vector<SourceLine> stage_lines;  // By stage handle, while the file runs.
};

}  // namespace rollcage
