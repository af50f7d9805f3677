// A moment of a scenario that anything may stand in: played, judged and shown, if it is not too
// big. Leans on play and view; no test framework, so that fuzz targets may include it. Everything
// that comes out has been read to the end; that it could be is what is asked.
#pragma once

#include "scenarios/play/expectation.h"
#include "scenarios/play/transcript.h"
#include "ui/view/outcome_view.h"

namespace rollcage {

inline constexpr SimTime a_moment{std::int64_t{40} * 60'000'000};  // A release at 10m is over.

// Its size alone may make a day long, and that is no mistake.
inline bool is_small(const Blueprint& world) {
    std::int64_t instances = 0, users = 0;
    for (const Service& it : world.services) instances += it.instances;
    for (const Cohort& it : world.cohorts) users += it.users;
    return instances <= 2'000 && users <= 10'000'000;
}

// Whether it was played; `whose`: which of its actors.
inline bool play_moment(const Scenario& scenario, std::size_t whose) {
    if (!is_small(*scenario.blueprint)) return false;
    const std::vector<std::string> actors = all_actors(scenario);
    const auto life = play_life(scenario, actors[whose % actors.size()], 1, a_moment);
    if (!life) return !life.error().message.empty();
    const auto judged = judge_run(scenario, life->actor, life->outcome);
    const RunView view{
        "0", &scenario, {}, &*life, true, judged ? *judged : std::vector<Judgement>{}, {}};
    return !run_json(view).empty() && !run_table(view).empty() &&
           !transcript_of(scenario, *life).empty();
}

}  // namespace rollcage
