// The same day with another decision: two lives of one seed that are the same up to an instant.
// Leans on recording.h. What a branch changed is the first fact that differs and every number that
// does; nothing else is different about the two.
#pragma once

#include "scenarios/play/recording.h"

namespace rollcage {

// The day as recorded at each of the times.
Result<std::vector<Day>> days_at(const Scenario& scenario, const Recording& recording,
                                 const std::vector<SimTime>& times);
// On from there: the order, if there is one, and whoever is named, or nobody.
Result<Outcome> play_from(const Recording& recording, Day day,
                          const std::optional<Command>& command, const std::string& then);

struct Branched {
    Scenario scenario;
    Life was, is;
    std::size_t same_facts = 0;  // Of both, from the start.
};
Result<Branched> branch(const Recording& recording, const Turn& turn);

}  // namespace rollcage
