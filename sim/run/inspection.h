// What somebody finds who looks into a service, told as facts: never later than they asked for it.
// Leans on day.h and on the breakdowns of watch. An `inspected` fact ends every inspection.
// What is not a share of requests is told before it, a fact for each finding.
#pragma once

#include "sim/run/day.h"

namespace rollcage {

void look_into(Day& day, const Inspect& inspect, SimTime asked);

}  // namespace rollcage
