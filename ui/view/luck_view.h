// How the orders of a recorded day would have done on other days, as a plain table.
// Leans on play; builds text and prints nothing.
// What is told follows from the lives alone.
#pragma once

#include <string>
#include <vector>

#include "scenarios/play/luck.h"

namespace rollcage {

std::vector<std::string> luck_sentences(const LuckOrSkill& luck);
std::string luck_table(const LuckOrSkill& luck, std::size_t width = 80);  // At most so wide.

}  // namespace rollcage
