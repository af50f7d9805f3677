// Batches: how large changes are, what they hide, and what the build that holds them is called.
// Leans on blueprint.h and draw.h. Pure: a batch is a function of its key and the world's die.
// What hides in a change is drawn once; every build that holds it holds the same.
#pragma once

#include "sim/base/draw.h"
#include "sim/world/blueprint.h"

namespace rollcage {

// How a team changes things. default: MODEL 6.1
struct Habits {
    std::int64_t count = 1;
    double lines_median = 80, lines_sigma = 1.1;
    double defects_per_thousand_lines = 4;  // After review.
    Share interaction{500};        // Of pairs of changes, those with a defect of their own.
    std::int64_t worth_cents = 0;  // Of one change, a minute that everybody has it.
};

// Keys of the changes of one batch: `batch` is its place in the declaration.
inline constexpr std::int64_t batch_max = 4'000;  // Changes.
std::uint32_t change_key(std::uint32_t batch, std::int64_t nth);

// What somebody gets wrong in a change to this service: a trigger that its world can pull, and a
// harm. The first `known` of what its kind needs decide the trigger's atoms.
Defect drawn_defect(const Blueprint& world, ServiceId of, const Draw& draw, std::uint32_t change,
                    std::uint32_t place);
std::vector<Change> drawn_batch(const Blueprint& world, ServiceId of, const Habits& habits,
                                std::uint32_t batch, const Draw& draw);

// From the order to find what is wrong in a build until it is known: halving the batch.
Duration bisection(std::int64_t changes, Duration step);

// By the largest of what the changes are: fix, feature, breaking.
std::string next_version(const std::string& version, const std::vector<Change>& brought);

// Built once more for a stage, or for production: now and then it is not what was tested.
Build rebuilt(const Blueprint& world, const Build& build, std::uint32_t stage, const Draw& draw);

}  // namespace rollcage
