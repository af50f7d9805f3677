// Built-in actors: they see facts and answer with commands, as a person would.
// Leans on base and words; including anything of world or watch from here does not pass tidy.
// An actor's memory is a Mind, which lives in the Day and is copied with it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sim/words/commands.h"
#include "sim/words/fact_view.h"

namespace rollcage {

enum class BuiltIn : std::uint8_t { nothing, rollback, shed };
inline constexpr BuiltIn built_ins[] = {BuiltIn::nothing, BuiltIn::rollback, BuiltIn::shed};
const char* name(BuiltIn actor);
std::optional<BuiltIn> built_in_named(std::string_view name);

struct Mind {
    BuiltIn actor = BuiltIn::nothing;
    std::uint32_t step = 0;  // How far in its runbook.
    SimTime since;           // When that step began.
    ServiceId service;       // What it is working on.
};

// What the actor orders now that it sees this. Called at each instant at which something is new.
std::vector<Command> decide(Mind& mind, const FactView& view);

}  // namespace rollcage
