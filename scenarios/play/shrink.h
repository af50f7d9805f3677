// The smallest variant that still breaks what a variant broke: injects go, sizes become milder,
// knobs go back to their defaults and times to round ones. Leans on variant.h and propose.h.
// Every step is one that was tried and still broke it; the order of trying is fixed.
#pragma once

#include <functional>

#include "scenarios/play/proving.h"

namespace rollcage {

struct ShrinkStep {
    std::string what;  // "without 12m slow { ... }"
    Hurt hurt;         // Afterwards.
};
struct Shrunk {
    Variant variant;
    Hurt hurt;
    std::vector<ShrinkStep> steps;
    bool finished = false;  // Nothing that was tried at the end still broke it.
};

// Of each in order, how much it hurts, or none where it breaks nothing any more.
using Tried = std::function<std::optional<Hurt>(const Variant&)>;
struct Shrinking {
    const Scenario& scenario;  // As it is written.
    const Script& script;
    std::map<std::string, std::string> fixed;  // Knobs that stay.
    Tried still_breaks;
    std::function<bool()> give_up;  // The budget is spent, or somebody said stop.
};
Shrunk shrink(const Shrinking& how, const Variant& from, const Hurt& hurt);

}  // namespace rollcage
