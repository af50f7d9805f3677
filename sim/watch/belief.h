// What is known and how late: facts, scrape columns and the alerts that follow from them.
// Leans on world (it scrapes it) and words (it tells facts). Nobody acts on anything else.
// Windows start full of baseline traffic; an alert is judged on what a scrape made visible.
#pragma once

#include <vector>

#include "sim/base/digest.h"
#include "sim/words/fact_view.h"
#include "sim/world/world.h"

namespace rollcage {

struct ServiceWatch {
    std::vector<std::int64_t> errors_upto, ended_upto;  // Running sums, one a scrape.
    std::int64_t baseline = 0;                          // Requests a scrape before the day began.
    std::array<bool, 3> firing{};
};

// What scrapes found of one build of a service, a row a scrape from `since` on.
struct Side {
    BuildId build;
    bool baseline = false;
    std::size_t since = 0;
    std::array<std::vector<std::int64_t>, measures_by_build> columns;
};
// Kept from the first scrape that found two builds of a service until an hour after the last.
struct Sides {
    std::vector<Side> sides;
    std::size_t together = 0;  // The last scrape that found several.
    BuildId alone;             // While there are no sides: what everything ran.
};

// Which soak a gate's judge looks at, and how often it has looked.
struct GateWatch {
    std::uint32_t rollout = 0, stage = 0;
    SimTime soaks{-1};
    std::int64_t looks = 0;
    bool told = false;
};

// What a watcher from outside has met, who complained, what alerts on causes have counted.
struct ProbeWatch {
    std::int64_t in_a_row = 0;  // Of the last kind: answered, or not.
    bool answered = true, failing = false;
};
inline constexpr std::size_t complaint_minutes = 16;
struct Grievance {  // Of a cohort: who was hit in the last minutes, in millionths of users.
    std::int64_t upto = 0;
    std::array<std::int64_t, complaint_minutes> hit{};
};
struct CauseWatch {
    std::size_t seen = 0;    // Scrapes.
    std::int64_t above = 0;  // In a row.
    bool firing = false;
};

struct Belief {
    std::vector<Occurrence> facts;
    Columns columns;
    std::vector<std::vector<InstanceCount>> counted;  // At the last scrape, which nobody saw yet.
    std::vector<Sides> by_build;                      // By service.
    std::vector<ServiceWatch> watched;
    std::vector<GateWatch> gates;       // By service.
    std::vector<ProbeWatch> probes;     // By service.
    std::vector<Grievance> grievances;  // By cohort.
    std::vector<std::int64_t> inbox;    // Complaints that nobody has read out yet, by service.
    std::vector<CauseWatch> causes;     // By alert.
    bool blank = false;                 // What dashboards run on is down.
    // Of the last minutes, the latest last; `parted_until` is when that one ended.
    std::vector<std::vector<Parted>> parted;
    SimTime parted_until;
    // Of each environment the differences that people have found and that are there: their keys.
    std::vector<std::vector<std::uint64_t>> found;
};

Belief start_belief(const World& world);
void fold_belief(const Belief& belief,
                 Digest& digest);  // What is not a fact, nor follows from one.
void tell(Belief& belief, SimTime now, const Fact& fact, Digest& chain, std::string words = {});
void scrape(Belief& belief, World& world);                          // The instant of measuring.
void keep_minute(Belief& belief, const World& world, SimTime now);  // That has just been folded.
std::size_t scrapes_old_enough(SimTime now);
// Those that are old enough become visible, unless what dashboards run on is down.
void see_scrapes(Belief& belief, const World& world, SimTime now, Digest& chain);
void judge_alerts(Belief& belief, const World& world, SimTime now, Digest& chain);

}  // namespace rollcage
