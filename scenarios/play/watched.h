// A recorded day played again under the eyes of somebody who sees everything: the truth of every
// minute beside what dashboards showed. Leans on recording.h.
// Nothing of it was known to whoever decided, but for `known`; it is for when the day is over.
#pragma once

#include <array>

#include "scenarios/play/recording.h"

namespace rollcage {

// A minute of one build of a service; a canary's twin counts apart.
struct BuildMinute {
    BuildId build;
    bool baseline = false;
    std::int64_t attempts = 0, answered = 0, errors = 0, latency_p95_us = 0;  // The worst scrape's.
    std::int64_t ready = 0;                                                   // Instances.
    std::optional<double> users{};  // Of the service's, those who are on it; none: it has none.
};
struct ServiceMinute {
    std::int64_t ended = 0, bad = 0;  // Requests, after all their attempts.
    std::vector<BuildMinute> builds;
};
struct TrueMinute {
    Minute sum;
    double exposed = 0;  // Of all users, to a change that does harm.
    std::vector<ServiceMinute> services;
};
struct WatchedDay {
    Scenario scenario;
    Life life;
    std::vector<Remark> remarks;
    SimTime decisions_end;
    std::vector<TrueMinute> truth;  // The nth ended n + 1 minutes after the start.
    std::vector<std::array<std::vector<std::int64_t>, measures>>
        known;                // By service, a scrape each.
    bool as_recorded = true;  // Its digest is the recording's, where that has one.
};
Result<WatchedDay> watch_again(const Recording& recording);

}  // namespace rollcage
