// Users of one cohort whom partial flags keep apart are clients apart: a lane each on every way.
// Leans on world.h. The first slice is always there; another goes when nobody is in it any more.
// Requests that wait in a queue when a rule changes are answered as those among whom they came.
#pragma once

#include "sim/world/world.h"

namespace rollcage {

// Rows for one slice more of the cohort, and its lanes wherever it has a way.
void take_rows(World& world, std::uint32_t cohort);
// The latest rules part the cohort's users; those who are moved take their retries along.
void split_users(World& world, std::uint32_t cohort);
// Lanes that nobody will use again and that hold nothing go, the last first.
void drop_empty_slices(World& world);
// Why these rules cannot be: more flags or groups than are kept apart at once. Nothing: they can.
std::optional<std::string> too_many_slices(const Blueprint& plan, const std::vector<Rule>& rules);

}  // namespace rollcage
