// The words for those who watch: gates, alerts on causes, tools and who scales.
#include "scenarios/host/fields.h"

namespace rollcage {

namespace {

using T = Field::Type;
using H = HandleKind;

}  // namespace

const std::vector<Word>& words_of_watching() {
    static const std::vector<Word> list = {
        {"gate",
         "gate = { error_share = ..., latency_p95 = ... }",
         "what a build may show at most, over a stage's soak",
         true,
         false,
         H::nothing,
         {{"no_worse", T::boolean, "false", "no_worse_than_baseline besides"},
          {"error_share", T::share, "", "of what ended", 0, 1},
          {"latency_p50", T::length, "", "the scrapes' median", 0, 600},
          {"latency_p95", T::length, "", "the same", 0, 600},
          {"latency_p99", T::length, "", "the same", 0, 600},
          {"busy", T::share, "", "of its slots, in the mean", 0, 1},
          {"queue", T::integer, "", "work that waits, in the mean", 0, 1e12},
          {"restarts", T::integer, "", "processes that crash", 0, 1e9}}},
        {"cause_alert",
         "drill.cause_alert { NAME, of = ..., busy = \"80%\" }",
         "an alert on what may be a cause, right or wrong; on one of these measures",
         true,
         true,
         H::nothing,
         {{"of", T::handle, nullptr, "whose scrapes", 0, 0, H::service},
          {"lasts", T::length, "0s", "above it for so long", 0, 86'400},
          {"error_share", T::share, "", "of what ended", 0, 1},
          {"latency_p50", T::length, "", "of a scrape", 0, 600},
          {"latency_p95", T::length, "", "of a scrape", 0, 600},
          {"latency_p99", T::length, "", "of a scrape", 0, 600},
          {"busy", T::share, "", "of its slots", 0, 1},
          {"queue", T::integer, "", "work that waits", 0, 1e12},
          {"restarts", T::integer, "", "processes that crash", 0, 1e9},
          {"log_lines", T::integer, "", "that match a pattern: one for each error", 0, 1e12},
          {"by_chance", T::share, "0", "of good answers write such a line too", 0, 1}}},
        {"tools",
         "drill.tools { dashboards = ..., deploys = ... }",
         "what people's tools run on; where that is down, so are they",
         true,
         false,
         H::nothing,
         {{"dashboards", T::handle, "", "scrapes are seen when it is back", 0, 0, H::service},
          {"flags", T::handle, "", "nobody can set one meanwhile", 0, 0, H::service},
          {"registry", T::handle, "", "pulls wait", 0, 0, H::service},
          {"deploys", T::handle, "", "nobody can move a rollout, or restart", 0, 0, H::service}}},
        {"autoscale",
         "autoscale = { target = \"60%\", least = 4, most = 40 }",
         "as many instances as keep so many of their slots busy, by what scrapes say",
         true,
         false,
         H::nothing,
         {{"target", T::share, nullptr, "of its slots", 0.01, 1},
          {"least", T::integer, "1", "instances", 1, 100'000},
          {"most", T::integer, nullptr, "instances", 1, 100'000}}},
    };
    return list;
}

}  // namespace rollcage
