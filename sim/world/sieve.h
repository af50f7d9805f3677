// Which defects a stage without users exposes: read off their triggers, never off a table.
// Leans on blueprint.h and draw.h. Pure: the same stage, defect and run give the same answer.
// What a stage lacks of production it lacks in every run; a more faithful one finds a superset.
#pragma once

#include "sim/base/draw.h"
#include "sim/world/blueprint.h"

namespace rollcage {

// A defect under test: the same in every build that holds its change.
struct Suspect {
    const Change* change = nullptr;
    std::uint32_t place = 0;     // Among those that the change hides.
    std::int64_t memory_mb = 0;  // Of the processes that it may leak in.
    Share on_calls = none;       // Of a request's time, what its service's calls to others take.
    const Defect& defect() const { return change->hides[place]; }
};
std::vector<Suspect> suspects(const Build& build, std::int64_t memory_mb, Share on_calls = none);
Share time_on_calls(const Blueprint& world, ServiceId service);  // Where nothing waits.

// Which run of which stage for which build: what luck there is, is keyed by it.
struct TrialRun {
    std::uint32_t build = 0, stage = 0, run = 0;
};

using Needs = std::array<bool, dimensions>;
Needs needs(const Change& change, const Defect& defect);
// The environment is enough like production for the defect to be met there at all, and the tests
// reach it. Luck once for all stages and runs: who has more of production meets what others meet.
bool within_reach(const Trial& trial, const Suspect& suspect, const Draw& draw);
// One run finds it: it is within reach, long enough under way, hit, and recognised as wrong.
bool exposes(const Trial& trial, const Suspect& suspect, const TrialRun& run, const Draw& draw);
// How many of its tests fail for it; one at least where it is exposed.
std::int64_t tests_failed(const Trial& trial, const Suspect& suspect, const TrialRun& run,
                          const Draw& draw);
// What a change does to the 95th percentile of the work, where so many requests take so many times
// as long: of a mix of exponentials.
double p95_times(Share of_requests, Share times);

// What one run measures of a build; what its kind does not measure is absent.
struct Measures {
    std::optional<std::int64_t> tests{}, failing{}, critical{};
    std::optional<Share> coverage{}, p95{};
    bool wrong = false;      // Some defect was exposed.
    std::int64_t aside = 0;  // Tests that failed and then passed, to be run no more.
};
Measures measure(const Trial& trial, const Build& build, std::int64_t memory_mb,
                 const TrialRun& run, SimTime now, const Draw& draw, Share on_calls = none);
// The stage without so many of its tests: it sees less in proportion.
void put_aside(Trial& trial, std::int64_t tests);
// A rehearsal comes upon what an old reader makes of a change's new form: there must be data like
// production's, what the change is behind must be on, and what is only wrong must be asserted.
bool meets_rehearsal(const Trial& trial, const Change& change, bool only_wrong, const Draw& draw);
// The gate: every test passes, and every measure keeps its limit.
bool passes(const Trial& trial, const Measures& measured);

}  // namespace rollcage
