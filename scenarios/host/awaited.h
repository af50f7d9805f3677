// What a script's actors wait for and do, read off its words before anybody plays.
// Leans on scan.h and sim/words; sees a predicate where it stands inside wait_for, and no other.
// A fact of a kind that is none, or about what a scenario does not have, can never come.
#pragma once

#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/words/names.h"

namespace rollcage {

// One wait_for: the kinds that a fact must have one of (none: any may do), and fields it asks for.
struct AwaitedFact {
    std::string where;  // "file.lua:12: "
    std::vector<std::string> kinds, fields;
    bool only_kinds = false;  // Every alternative of the predicate names its kind.
};
std::vector<AwaitedFact> awaited_in(const std::string& file, const std::string& source);
Result<void> can_come(const std::vector<AwaitedFact>& all, const Names& names);

// An actor that is given a function with nothing in it is refused.
Result<void> sound_runbooks(const std::string& file, const std::string& source);

}  // namespace rollcage
