#include "scenarios/play/others.h"

#include <algorithm>

#include "scenarios/play/fresh_life.h"

namespace rollcage {

Result<Comparison> other_answers(const Recording& recording, const Scenario& scenario,
                                 const OthersAsked& asked) {
    const Choices& choices = recording.head.choices;
    Contest contest;
    contest.sources = scenario.sources, contest.choices = choices;
    for (const std::string& it : all_actors(scenario))
        if (it != recording.head.actor) contest.actors.push_back(it);
    contest.first_seed = contest.last_seed = choices.seed;
    contest.jobs = asked.jobs;
    contest.stop = asked.stop;
    contest.progress = asked.progress;
    return compare(contest);
}

Result<WatchedDay> watch_other(const Recording& recording, const std::string& actor) {
    Recording other;
    other.head = recording.head;
    other.head.actor = actor;
    return watch_again(other);
}

Result<WatchedDay> watch_turned(const Recording& recording, SimTime at, const std::string& order) {
    Recording other;
    other.head = recording.head;
    other.head.actor = player;
    for (const GivenOrder& it : orders_of(recording))
        if (it.at < at) other.orders.push_back(it);
    other.orders.push_back({at, order});
    return watch_again(other);
}

}  // namespace rollcage
