// Load and play: a life in a Lua state of its own, read again from the sources.
// Leans on life.h; a scenario's own actor keeps its state in Lua, so no two lives may share one.
// The same sources, choices and actor give the same life, on any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/play/life.h"

namespace rollcage {

struct FreshLife {
    Scenario scenario;
    Life life;
};
Result<FreshLife> load_and_play(const std::vector<SourceFile>& sources, const Choices& choices,
                                const std::string& actor,
                                std::optional<SimTime> until = std::nullopt,
                                const std::vector<GivenOrder>& of_player = {});

// The same day with nobody in it, or, where that is the actor, with the first built-in that has an
// idea for it: what a debrief holds a life against.
Result<Life> other_life(const Scenario& scenario, const std::string& actor, std::uint64_t seed,
                        std::optional<SimTime> until);

std::string default_actor(const Scenario& scenario);  // Its first own, else "nothing".
// Its own, then the built-ins whose idea it has what it takes for.
std::vector<std::string> all_actors(const Scenario& scenario);
Digest source_digest(const std::vector<SourceFile>& sources);

}  // namespace rollcage
