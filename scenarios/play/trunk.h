// Several actors listen to one day, the trunk, until each first speaks; its life goes on in a copy.
// Leans on life.h. Each life is, to the bit, the one that the actor would have alone.
// What they share is played once; what is left of a life may be played on any thread.
#pragma once

#include <functional>

#include "scenarios/play/life.h"

namespace rollcage {

using RestOfLife = std::function<Result<Outcome>()>;  // Played once.

// Calls `leave` once for each of the actors, with its place among them, as soon as the day has
// nothing more to share with it.
void play_trunk(const std::vector<SourceFile>& sources, const Choices& choices,
                const std::vector<std::string>& actors,
                const std::function<void(std::size_t actor, RestOfLife rest)>& leave);

}  // namespace rollcage
