// Calls between services: what a caller's slots wait for, and what reaches the callee.
// Leans on station.h. A callee has a queue count and no ring; its wait is solved within the tick.
// Attempts within the tick multiply load and hold time; the callee's failure fails the caller.
#pragma once

#include "sim/world/station.h"
#include "sim/world/wire.h"

namespace rollcage {

// A callee as its callers find it at the start of a tick.
struct CalleeState {
    double work_us = 0;  // Of one call, its own calls included.
    double rate = 0;     // Work per microsecond, all slots, less what others used last tick.
    double queue = 0;
    double bound_us = -1;          // Queue bound as a wait; below zero: none.
    Fates fates{{{.weight = 1}}};  // Of calls that are served in time.
    bool varies = true;
};

// One call edge under a given load.
struct CallLoad {
    double hold_us = 0;     // Slot time of the caller for one call, its retries included.
    double fail_share = 0;  // Of attempts.
    double attempts = 1;    // Made for one call.
    double refused_share = 0;
    double lost = 0;                           // Of calls: every attempt failed.
    double misread = 0, lossy = 0;             // Of calls that were answered.
    std::array<double, attempts_max> again{};  // Of those who made that many attempts and one.
    double done_twice = 0;  // Of attempts that another followed, those done all the same.
    std::array<double, 4> weight{}, fails{};  // By fate; of calls, and of its attempts.
};
CallLoad call_load(const Call& call, const CalleeState& callee, double calls_per_us,
                   double tick_us);
// Of requests that make so many of these calls, those that are answered every time.
double all_answered(const Call& call, const CallLoad& load, double calls);

// The state of one edge at one pool: what is warm and what was placed last tick.
struct Edge {
    std::int64_t warm = 0;
    std::int64_t placed = 0;                 // Attempts that reached the callee last tick.
    std::int64_t doubled_ppm = 0;            // Of these, work that is done and then done again.
    std::int64_t lost_ppm = 0, hold_us = 0;  // Of calls: failed for good; how long one took.
    double times = 1;   // Calls for one that is declared, as the pool's path has it. Derived.
    double missed = 0;  // Of lookups in the cache that is a store. Derived.
};
double miss_share(const Call& call, const Edge& edge);
double calls_of_request(const Call& call, const Edge& edge);  // On a miss.

struct CallerPace {
    double hold_us = 0;  // A request, over all its calls.
    double error_share = 0;
    double misread = 0, lossy = 0;  // Of requests: some answer was.
    std::vector<CallLoad> loads;
};
// Solves X (work + hold(X)) = slots for the rate X at which the slots saturate; where there is
// less to do than that, the hold is that of the demand.
void find_pace(CallerPace& pace, const Service& service, const std::vector<Edge>& edges,
               const std::vector<CalleeState>& callees, double work_us, double slots,
               double demand_per_us, double tick_us);

// Places the calls of `served` requests; returns attempts that reach the callee and warms the
// cache.
std::int64_t place_calls(const Call& call, Edge& edge, const CallLoad& load, std::int64_t served,
                         std::uint32_t row, Dice& dice);

}  // namespace rollcage
