// Built-in actors: they see facts and answer with orders, as a person would who has one idea.
// Leans on base and words; including anything of world or watch from here does not pass tidy.
// An actor's memory is a Mind, which lives in the Day and is copied with it.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/act/team.h"
#include "sim/words/commands.h"
#include "sim/words/fact_view.h"

namespace rollcage {

enum class BuiltIn : std::uint8_t {
    nothing,
    halt,
    flag_off,
    revert_config,
    rollback,
    switch_back,
    forward,
    halt_forward,
    rollback_forward,
    migrate_down,
    restore,
    shed,
};
inline constexpr std::array built_ins{
    BuiltIn::nothing,          BuiltIn::halt,         BuiltIn::flag_off, BuiltIn::revert_config,
    BuiltIn::rollback,         BuiltIn::switch_back,  BuiltIn::forward,  BuiltIn::halt_forward,
    BuiltIn::rollback_forward, BuiltIn::migrate_down, BuiltIn::restore,  BuiltIn::shed,
};
const char* name(BuiltIn actor);
const char* meaning(BuiltIn actor);  // What it does once it has noticed and thought.
std::optional<BuiltIn> built_in_named(std::string_view name);
// Nothing when the shop has what the actor's idea needs, else what is missing.
std::optional<std::string_view> not_applicable(BuiltIn actor, const Known& known);

struct Mind {
    BuiltIn actor = BuiltIn::nothing;
    std::uint32_t step = 0;  // How far in what it does.
    SimTime since;           // When that step began.
    SimTime ready;           // When it has thought.
    ServiceId service;       // What it is working on.
};

// What the actor orders now that it sees this. Called at each instant at which something is new.
std::vector<Command> decide(Mind& mind, const FactView& view, const Draw& draw);

}  // namespace rollcage
