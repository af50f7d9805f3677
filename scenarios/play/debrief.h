// What a life did to its day, told by its ledger against the ledger of another life of that day.
// Leans on outcome_keys.h. No sentence is written for a scenario: each clause is a difference.
// Differences that are less than a twentieth of the larger value are not worth a clause.
#pragma once

#include <string>

#include "sim/run/outcome.h"

namespace rollcage {

// "Against nothing on the same day, rollback had 2,912 fewer requests failed; ..."
std::string debrief(const std::string& actor, const Outcome& life, const std::string& other_actor,
                    const Outcome& other);

}  // namespace rollcage
