// What a declared world promises of its flags, changes, defects and people: a part of `checked`.
// Leans on blueprint.h. An error says who, what is wrong and what to do.
// A flag that a build has removed guards nothing in it: that is settled here, once.
#pragma once

#include "sim/world/blueprint.h"

namespace rollcage {

Result<void> sound_settings(const Blueprint& blueprint);
Result<void> sound_changes(const Blueprint& blueprint);
Result<void> sound_people(const Blueprint& blueprint);
void drop_removed_flags(Blueprint& blueprint);
Result<void> sound_plans(const Blueprint& blueprint);
void give_keys(Blueprint& blueprint);   // To changes that have none yet.
void find_known(Blueprint& blueprint);  // What its own team knows of it; people are declared.
// An inject may give a flag this rule.
Result<void> sound_rule(const Blueprint& blueprint, const Rule& rule, const std::string& who);

}  // namespace rollcage
