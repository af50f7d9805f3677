// Reality and intent: every service, client and account of the day. Start here.
// Leans on station.h and calls.h. World moves only in `tick`, `begin`, `finish` and `take_effect`.
// A World is a value; the blueprint behind it never changes and is shared by every copy.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "sim/words/facts.h"
#include "sim/words/injects.h"
#include "sim/world/calls.h"
#include "sim/world/copies.h"
#include "sim/world/jobs.h"
#include "sim/world/target.h"

namespace rollcage {

inline constexpr std::uint32_t pools_max = 8;  // At one service at one time.

enum class Phase : std::uint8_t { gone, pulling, booting, probing, ready, draining, crashed, lost };

// Which process of a slot last read its settings, and until when: what the next finds on its disk.
struct Remembered {
    std::uint32_t process = 0;  // None: nothing.
    SimTime booted, until;
};

// One process, by its slot of the service: "checkout-7".
struct Instance {
    Phase phase = Phase::gone;
    BuildId build;
    std::uint32_t process = 0;  // How many this slot has had.
    SimTime booted;             // When the process read its settings.
    std::uint32_t crashes = 0;  // In a row.
    Remembered remembered;
    std::int64_t leaked_nb = 0;  // In thousand millionths of a megabyte.
    std::int64_t repeating = 0;  // Jobs that go on writing until the process ends.
    bool starved = false;        // What its boot asks for comes too late.
};

// A build on its way to its targets, stage by stage; a rollback is one too.
struct Rollout {
    BuildId to;
    std::optional<PlanId> plan;  // None: to everyone at once, in waves.
    std::uint32_t stage = 0;
    bool back = false;  // A rollback: what it leaves is no longer before it.
    bool halted = false;
    bool reached = false;   // The stage has its instances.
    bool switched = false;  // Blue-green: users are on the new side.
};

// What requests meet at a pool's processes, in the mean over all of them; each lane has its own.
// Derived: never folded.
struct Path {
    double work = 1;                // Times the service's own work.
    double fails = 0;               // Share of requests.
    double rejected = 0;            // Share of requests that meet a record they cannot read.
    double misled = 0;              // Share of good answers that stand on a damaged record.
    double asks = 1;                // Times the calls to other services.
    WireEnds own{};                 // Towards those who call it; where some form there changes.
    std::vector<WireEnds> calls{};  // Parallel to the service's calls.
};

// Calls that came to a pool and were not counted yet, and what they are like in the mean.
struct Inbound {
    std::int64_t served = 0;  // Since the last second.
    std::int64_t calls = 0;
    // Sums over these calls, in millionths: of shares of calls, of writes, and the like.
    std::int64_t writes = 0, inserts = 0, rejected = 0, misread = 0, lossy = 0, doubled = 0;
};

struct Kept {  // A store, and what is being done to it.
    StoreState state;
    Copies copies;
    bool repairing = false;
    std::int64_t rebuilt = 0;             // Since repair was last ordered.
    std::int64_t unreadable_seconds = 0;  // Record-seconds.
    std::int64_t unmatched = 0;  // Effects whose record a restore or a fail-back has taken back.
    JobList jobs{};              // Where each of a store of jobs is.
};

struct Epoch {  // A rule that a setting was given, and when.
    SimTime at;
    Rule rule;
    Duration within;  // Every process that can hear has heard by then.
};
struct Undo {  // What one change of settings put an end to.
    SimTime at;
    std::vector<std::pair<SettingId, Rule>> before;
};
struct Outage {
    SimTime from, until;
};

struct BuildCount {
    BuildId build;
    std::int64_t alive = 0;  // On their way to ready, ready, or crashed and coming back.
    std::int64_t ready = 0, draining = 0;
};

// Interchangeable instances of a service that run one build, and the users routed to them.
struct Pool {
    std::uint32_t key = 0;  // Its place among the service's pools, for draws and order.
    BuildId build;
    Share users = whole;                            // The part of [0, 1) that is routed here.
    std::int64_t calls_in = 0;                      // Placed here in the tick under way.
    std::int64_t own_served = 0, calls_served = 0;  // Last tick.
    std::int64_t hold_us = 0;  // Slot time spent on calls, a request, last tick.
    Inbound inbound;
    std::int64_t again_ppm = 0;  // Of what it serves, work whose client tries again; last second.
    // Of its requests: failed, gone wrong by answers of others. Derived each tick.
    double fails = 0, misread = 0, lossy = 0;
    Path path;
    std::vector<Edge> edges;  // Parallel to the service's calls.
    Station station;
};

struct ServiceState {
    std::vector<Pool> pools;          // One a build that runs; the first is never taken away.
    std::vector<Instance> instances;  // By slot.
    std::vector<BuildCount> counts;   // Of builds that have instances; sums over those.
    BuildId current;                  // What the last rollout that ended left.
    std::vector<BuildId> before;      // Builds that served before it, latest last.
    std::optional<Rollout> rollout;
    std::uint32_t rollouts = 0;  // Begun so far, and which one an event means.
    std::int64_t wanted = 0;     // Instances.
    bool sticky = false;
    Share slow = whole;                // Product of the slows under way.
    std::int64_t slow_sixteenths = 0;  // Good answers above the latency goal, in sixteenths.
};

struct CohortState {
    Share surge = whole;
    std::int64_t logins_due = 0;          // Until the next second: who was logged out comes back.
    PoissonMean per_tick;                 // Derived each minute from the demand; never folded.
    std::vector<std::uint32_t> accounts;  // Ledger rows of its kinds.
    std::uint32_t first_lane = 0;         // Of its kinds', at every pool of its service.
    std::vector<Slice> slices{Slice{}};   // Of its users; the first is always there.
    std::vector<std::vector<std::uint32_t>> lanes;  // By slice and kind, at every pool.
};

// Room that every tick uses afresh; not part of the state.
struct Scratch {
    std::vector<std::int64_t> open;        // Requests under way, by account.
    std::vector<Philox> arrivals, serves;  // First blocks, by cohort and by pool.
};

// Something of the world that takes time; the run plans it and hands it back.
struct Due {
    enum class Kind : std::uint8_t { instance, stage, deadline };
    Kind kind;
    Duration after;
    std::uint32_t entity, ordinal;
};

struct World {
    std::shared_ptr<const Blueprint> plan;
    Draw draw{0};
    Duration tick_length;
    std::uint64_t ticks = 0;
    SimTime now;                   // Of the event under way.
    std::vector<Due> due;          // Since the run last took them.
    std::vector<Fact> news;        // What those who watch rollouts are told; the same.
    std::vector<ServiceId> order;  // Callers first.
    std::vector<CohortState> cohorts;
    std::vector<ServiceState> services;
    std::vector<std::vector<double>> origins;  // By service and cohort: of what comes. Derived.
    std::vector<Wires> wires;                  // By service that is called. Derived from the plan.
    std::vector<std::vector<Epoch>> settings;  // What each was given, latest last.
    std::vector<Undo> undo;                    // Of the changes that stand, latest last.
    std::vector<Outage> setting_outages;
    std::vector<Kept> stores;
    std::vector<Account> ledger;    // By cohort and kind, in declared order.
    std::int64_t impacted_ppm = 0;  // User-minutes, in millionths.
    Digest flow;
    Scratch scratch;
};

World build_world(std::shared_ptr<const Blueprint> plan, std::uint64_t seed);

void tick(World& world);         // All traffic of one tick; asserts conservation.
void fold_minute(World& world);  // Demand, impacted users.
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

// A pool's processes change: `sync_pools` gives every build that serves a pool, and everybody a
// way.
void sync_pools(World& world, std::uint32_t service);
// One of `holders` processes ends: its part of the queue is dropped.
void lose_part(World& world, std::uint32_t service, BuildId build, std::int64_t holders,
               std::uint32_t slot);

// Nothing when the order can be carried out now, else why not. Checked when given.
std::optional<std::string> refusal(const World& world, const Command& command);
void take_effect(World& world, const Command& command);

// What the keys of a process's draws begin with.
inline std::uint32_t instance_key(std::uint32_t service, std::uint32_t slot) {
    return service << 18 | slot;
}
void pass_second(World& world, std::uint32_t service);  // Crashes, and settings that travel.
// What the second that passed wrote and read: writes are counted, stores visited and aged.
void fold_second(World& world);
void run_jobs(World& world);  // A second of every job; what requests put there is admitted.
std::int64_t requeue_jobs(World& world, StoreId store);  // A second of repair; returns how many.
struct JobsThere {
    std::int64_t waiting = 0, running = 0, orphaned = 0;
};
JobsThere jobs_there(const World& world, ServiceId service);  // As its own console shows.
// A ready process begins to drain, or a ready or draining one ends: before its phase turns.
void process_drains(World& world, std::uint32_t service, std::uint32_t slot);
void process_ends(World& world, std::uint32_t service, std::uint32_t slot);
double unreadable_now(const World& world, StoreId store);  // Records, by share of the readers.
// Of the readers of a store, by users, those that know its new form.
double share_knowing(const World& world, StoreId store);
std::int64_t work_now(const World& world, std::uint32_t service, const Pool& pool);

// A step of a column's way; why not, if it cannot be taken.
std::optional<std::string> step_schema(World& world, StoreId store, bool down);
// What an order leaves open, filled in: what a rollback goes back to.
Command resolve(const World& world, const Command& command);

}  // namespace rollcage
