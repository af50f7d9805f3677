// How two lives of one day read side by side.
// Leans on play's branch.h; builds text and prints nothing.
// A number that is the same in both is not shown, and is in the JSON.
#pragma once

#include <string>

#include "scenarios/play/branch.h"

namespace rollcage {

// Sentences are no wider than so; facts stand as they are.
std::string branch_table(const Branched& both, const Turn& turn, std::size_t width = 80);
std::string branch_json(const Branched& both, const Turn& turn);

}  // namespace rollcage
