// Reality and intent: every service, client and account of the day. Start here.
// Leans on station.h and calls.h. World moves only in `tick`, `begin`, `finish` and `take_effect`.
// A World is a value; the blueprint behind it never changes and is shared by every copy.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "sim/words/commands.h"
#include "sim/world/calls.h"

namespace rollcage {

inline constexpr std::uint32_t pools_max = 8;  // At one service at one time.

// Interchangeable instances of a service that run one build, and the users routed to them.
struct Pool {
    std::uint32_t key = 0;  // Its place among the service's pools, for draws and order.
    BuildId build;
    std::int64_t instances = 0;                     // Ready.
    Share users = whole;                            // The part of [0, 1) that is routed here.
    std::int64_t calls_in = 0;                      // Placed here in the tick under way.
    std::int64_t own_served = 0, calls_served = 0;  // Last tick.
    std::int64_t hold_us = 0;  // Slot time spent on calls, a request, last tick.
    std::vector<Edge> edges;   // Parallel to the service's calls.
    Station station;
};

struct ServiceState {
    std::vector<Pool> pools;  // One a build that runs; the first is never taken away.
    bool sticky = true;
    std::int64_t instances_wanted = 0;
    std::uint32_t scale_order = 0;     // The latest scale order; an older one is stale.
    std::vector<BuildId> before;       // Builds that served before, latest last.
    Share slow = whole;                // Product of the slows under way.
    std::int64_t slow_sixteenths = 0;  // Good answers above the latency goal, in sixteenths.
};

struct CohortState {
    Share surge = whole;
    PoissonMean per_tick;                 // Derived each minute from the demand; never folded.
    std::vector<std::uint32_t> accounts;  // Ledger rows of its kinds.
    std::uint32_t first_lane = 0;         // Of its kinds', at every pool of its service.
};

// Room that every tick uses afresh; not part of the state.
struct Scratch {
    std::vector<std::int64_t> open;        // Requests under way, by account.
    std::vector<Philox> arrivals, serves;  // First blocks, by cohort and by pool.
};

struct World {
    std::shared_ptr<const Blueprint> plan;
    Draw draw{0};
    Duration tick_length;
    std::uint64_t ticks = 0;
    std::vector<ServiceId> order;  // Callers first.
    std::vector<CohortState> cohorts;
    std::vector<ServiceState> services;
    std::vector<std::optional<Share>> settings;
    std::vector<Account> ledger;    // By cohort and kind, in declared order.
    std::int64_t impacted_ppm = 0;  // User-minutes, in millionths.
    Digest flow;
    Scratch scratch;
};

World build_world(std::shared_ptr<const Blueprint> plan, std::uint64_t seed);

void tick(World& world);         // All traffic of one tick; asserts conservation.
void fold_minute(World& world);  // Demand, impacted users, writes.
void fold_state(const World& world, Digest& digest);  // Every integer, after recounting the sums.

// What a scrape finds at a service since the last one; the counters begin again.
struct Counts {
    std::int64_t attempts = 0, answered = 0, errors = 0;
    std::int64_t latency_p50_us = 0, latency_p95_us = 0, latency_p99_us = 0;
    std::int64_t queue = 0, busy_ppm = 0, slots = 0;
};
Counts take_counts(World& world, ServiceId service, std::int64_t ticks);
// Requests a minute that a cohort makes in the minute that begins now, before surges.
std::int64_t demand_per_minute_ppm(const Cohort& cohort, std::int64_t minute);

void begin(World& world, const Inject& inject);  // Slow, surge; a release is `release`.
// `still` are the injects under way without this one.
void finish(World& world, const Inject& inject, const std::vector<Inject>& still);
void release(World& world, BuildId build, const Plan& plan);
void close_released(World& world, std::uint32_t service);  // The stable pool takes everybody back.

// Nothing when the order can be carried out now, else why not. Checked when given.
std::optional<std::string> refusal(const World& world, const Command& command);
void take_effect(World& world, const Command& command);

// Builds, flags and slows as they are now, on every pool of the service.
void refresh_speed(World& world, std::uint32_t service);

BuildId rollback_target(const World& world, const Rollback& order);

}  // namespace rollcage
