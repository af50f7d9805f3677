// What hurts an actor most in a scenario, and the smallest part of it that still does.
// Leans on proving.h, propose.h and shrink.h; nobody tells it what to look for.
// The same search, seed and budget find the same, whatever `jobs` is.
#pragma once

#include "scenarios/play/shrink.h"

namespace rollcage {

struct SearchAsked {
    std::vector<SourceFile> sources;  // As a loaded scenario has them.
    Choices choices;                  // Its knobs stay as they are; its seed is not used.
    std::string actor;
    std::optional<std::string> by{};  // Worse than doing nothing on this key.
    double margin = .1;
    std::uint64_t seed = 1;
    std::uint64_t days = 3;      // Each variant is played on the seeds 1 to so many.
    std::int64_t budget = 1000;  // Lives of a day, in all.
    unsigned jobs = 1;
    const std::atomic<bool>* stop = nullptr;
    std::function<void(std::int64_t played, std::int64_t of, const Hurt* worst)> progress{};
};

struct FoundScenario {
    Variant variant;
    Hurt hurt;
    Script::Told told;                         // Its text, with what it is in the first lines.
    std::vector<std::string> injects;          // "12m slow { ... }", own ones first.
    std::map<std::string, std::string> knobs;  // Not as by default.
};
struct Searched {
    std::string scenario, actor, other;
    Aim aim;
    std::optional<Hurt> as_written;
    std::optional<FoundScenario> worst, smallest;  // None: nothing broke it.
    std::vector<ShrinkStep> steps;
    bool from_the_worst = true;        // Else the smallest was made of another that broke it.
    bool smallest_is_certain = false;  // Nothing that is smaller by a step breaks it.
    std::uint64_t other_days = 0, broken_days = 0;  // The smallest, on days it was not found on.
    std::vector<std::string> left_alone;            // Knobs without bounds.
    std::int64_t played = 0;
    std::size_t variants = 0, unplayable = 0;
    std::string first_unplayable;  // Why.
    bool interrupted = false;
};
Result<Searched> search(const SearchAsked& asked);

}  // namespace rollcage
