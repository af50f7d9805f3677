// What becomes known beside dashboards: probes from outside, people who complain, alerts on causes.
// Leans on belief.h. Probes and complaints do not need the dashboards; alerts on causes do.
// None of it is the truth: a probe is one request, a complaint is late and may name anybody.
#pragma once

#include "sim/watch/belief.h"

namespace rollcage {

// One request a minute to every service that users ask, as it stood when it was last scraped.
void probe(Belief& belief, const World& world, SimTime now, Digest& chain);
// Users who were hit complain 5 to 20 minutes later, few of them, and support reads it out every
// five minutes. Called each minute, after the minute's impact was counted.
void hear_users(Belief& belief, const World& world, SimTime now, Digest& chain);
void judge_causes(Belief& belief, const World& world, SimTime now, Digest& chain);

}  // namespace rollcage
