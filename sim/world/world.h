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
#include "sim/world/environment.h"
#include "sim/world/fleet.h"
#include "sim/world/jobs.h"
#include "sim/world/minutes.h"
#include "sim/world/pipeline.h"
#include "sim/world/registry.h"
#include "sim/world/target.h"
#include "sim/world/worth.h"

namespace rollcage {

inline constexpr std::uint32_t builds_together = 16, regions_max = 20;  // Of one service.
inline constexpr std::uint32_t pools_max = builds_together * regions_max;

// What requests meet at a pool's processes, in the mean over all of them; each lane has its own.
// Derived: never folded.
struct Path {
    double work = 1;                // Times the service's own work.
    double well = 1;                // Share of requests that the build itself does not fail.
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
struct Redrawn {  // The day was given other draws: since when, and those that it had before.
    SimTime at;
    Draw before;
};

// Interchangeable instances of a service that run one build in one region, and what is routed to
// them.
struct Pool {
    std::uint32_t key = 0;  // Its place among the service's pools, for draws and order.
    std::uint32_t site = 0;
    BuildId build;
    bool baseline = false;
    Share users = whole;                            // Of the service's users, the part routed here.
    Share dark = none;                              // Of those, to processes that are dead.
    bool copies = false, copies_writes = false;     // Does what another side does, for nobody.
    std::int64_t copied = 0;                        // Since the last fold of writes.
    std::int64_t calls_in = 0;                      // Placed here in the tick under way.
    std::int64_t own_served = 0, calls_served = 0;  // Last tick.
    std::int64_t hold_us = 0;  // Slot time spent on calls, a request, last tick.
    Inbound inbound;
    std::int64_t again_ppm = 0;  // Of what it serves, work whose client tries again; last second.
    // What its requests meet at those they call, and of calls that come to it those that fail.
    // Derived each tick.
    CallerPace pace;
    double fails_calls = 0;
    Path path;
    std::vector<Edge> edges;  // Parallel to the service's calls.
    std::array<std::uint8_t, rows_max>
        places{};  // By row: where its lane stands, if here. Derived.
    Station station;
};

// A pool that users or calls are routed to, and their part of [0, 1).
struct Way {
    std::uint32_t pool = 0;
    Share share;
};

// What is counted of a build beside its pools, since the last scrape: processes that crashed, and
// what a pool had counted before it closed.
struct Leftover {
    BuildId build;
    bool baseline = false;
    std::int64_t restarts = 0, attempts = 0, answered = 0, errors = 0;
};

struct ServiceState {
    std::vector<Pool> pools;          // Those that have processes or users.
    std::vector<Instance> instances;  // By slot.
    std::vector<Site> sites;          // One a region.
    std::vector<Closed> closed;
    std::vector<Leftover> leftovers;
    std::vector<std::uint32_t> images;  // By node: what it ran last, build + 1, latest first.
    std::vector<std::vector<Way>> calls_from;  // By region of the caller.
    std::uint64_t rows = 0;                    // Of lanes, a bit each: those that are taken.
    Spec spec;                                 // What the last rollout that ended left,
    BuildId current;                           // and which build that was.
    std::vector<BuildId> before;               // Builds that served before it, latest last.
    std::optional<Rollout> rollout;
    std::uint32_t rollouts = 0;  // Begun so far, and which one an event means.
    std::optional<Pass> pass;
    std::uint32_t passes = 0;
    std::optional<Hand> by_hand;  // Nothing reconciles it.
    Repository repository;
    BuildId stable, latest;
    std::uint32_t hotfixes = 0;  // Ordered so far.
    bool hotfix_coming = false;
    bool frozen = false;
    std::uint32_t rehearsals = 0;  // Of its rollback.
    Deploy deploy;                 // The last one; follows from facts that are folded.
    std::uint32_t pulls_told = 0;  // Build + 1 whose missing image was last told of.
    SimTime missing_told{-1};      // When dead nodes were last told of.
    bool failing = false;          // More than half of what ended before the last scrape.
    std::int64_t wanted = 0;       // Instances, over all regions.
    bool sticky = false;
    bool leaves_traces = false;        // Something remembers what it does. Derived from the plan.
    Share slow = whole;                // Product of the slows under way.
    Share works = whole;               // Of its answers, those that no inject breaks.
    std::optional<SimTime> certified;  // Processes begun before hold a certificate that expired.
    std::int64_t slow_sixteenths = 0;  // Good answers above the latency goal, in sixteenths.
};

struct CohortState {
    Share surge = whole;
    std::int64_t impacted_ppm = 0;        // User-minutes, in millionths.
    std::int64_t logins_due = 0;          // Until the next second: who was logged out comes back.
    PoissonMean per_tick;                 // Derived each minute from the demand; never folded.
    std::vector<std::uint32_t> accounts;  // Ledger rows of its kinds.
    std::vector<Slice> slices{Slice{}};   // Of its users; the first is always there.
    std::vector<std::vector<std::uint32_t>> rows;  // Of its lanes, by slice and kind.
    std::vector<Way> ways;  // Every pool where it has lanes; a share may be 0.
    bool away = false;      // Its own region has nothing ready.
};

// Of what one lane's clients left behind since the last second, what was done all the same.
struct Unheard {
    std::int64_t done = 0, again = 0;  // Of these, the client tried again.
};

// Room that every tick uses afresh; not part of the state.
struct Scratch {
    std::vector<std::int64_t> open;        // Requests under way, by account.
    std::vector<Philox> arrivals, serves;  // First blocks, by cohort and by pool.
    std::vector<CalleeState> callees;      // Of one pool's calls.
    std::vector<CalleePool> called;
    std::vector<std::size_t> first_pool;  // By service, among `serves`.
    std::vector<Unheard> unheard;         // By lane of a pool, with what each wrote.
    std::vector<std::int64_t> writes;
};

// Something of the world that takes time; the run plans it and hands it back.
struct Due {
    enum class Kind : std::uint8_t {
        instance,
        stage,
        deadline,
        registry,
        flip,
        pass,
        hotfix,
        trial,
        refresh
    };
    Kind kind;
    Duration after;
    std::uint32_t entity, ordinal;
};

struct World {
    std::shared_ptr<const Blueprint> plan;
    Draw draw{0};
    std::optional<Redrawn> redrawn{};
    Duration tick_length;
    std::uint64_t ticks = 0;
    SimTime now;                   // Of the event under way.
    std::vector<Due> due;          // Since the run last took them.
    std::vector<Approval> asked;   // The same, of people; the answer is a trial that is due.
    std::vector<Fact> news;        // What those who watch rollouts are told; the same.
    std::vector<ServiceId> order;  // Callers first.
    std::vector<CohortState> cohorts;
    std::vector<ServiceState> services;
    std::vector<std::vector<double>> origins;  // By service and cohort: of what comes. Derived.
    std::vector<Wires> wires;                  // By service that is called. Derived from the plan.
    std::vector<const SchemaChange*> schemas;  // By store; null where none. Derived from the plan.
    std::vector<std::vector<Epoch>> settings;  // What each was given, latest last.
    std::vector<Undo> undo;                    // Of the changes that stand, latest last.
    std::vector<Outage> setting_outages;
    std::vector<Kept> stores;
    RegistryState registry;
    bool registry_out = false;         // What it runs on is down.
    std::vector<Delivery> deliveries;  // Begun so far.
    Delivered delivered;
    Worth worth;
    std::vector<std::shared_ptr<const Build>> cut;     // By build, where it is not as declared.
    std::vector<std::uint32_t> reverted;               // Keys of changes, in order.
    std::vector<std::vector<Quarantine>> quarantined;  // By plan and test stage.
    std::vector<EnvironmentState> environments;
    std::vector<Missed> missed;     // Nobody sees it before the day is over; follows from the rest.
    std::vector<Account> ledger;    // By cohort and kind, in declared order.
    std::int64_t impacted_ppm = 0;  // User-minutes, in millionths.
    Minutes minutes;
    Digest flow;
    Scratch scratch;
};

World build_world(std::shared_ptr<const Blueprint> plan, std::uint64_t seed);

void tick(World& world);             // All traffic of one tick.
void check_conserved(World& world);  // Every fresh request has ended or is under way.
void fold_minute(World& world);      // Demand, impacted users.
void fold_state(const World& world, Digest& digest);  // Every integer, after recounting the sums.

// What a scrape finds at a service since the last one; the counters begin again.
struct Counts {
    std::int64_t attempts = 0, answered = 0, errors = 0;
    std::int64_t latency_p50_us = 0, latency_p95_us = 0, latency_p99_us = 0;
    std::int64_t queue = 0, busy_ppm = 0, slots = 0;
    std::int64_t restarts = 0;
};
struct BuildCounts {
    BuildId build;
    bool baseline = false;
    Counts counts;
};
struct Scraped {
    Counts all;
    std::vector<BuildCounts> by_build;  // By build, a baseline after its own.
};
Scraped take_counts(World& world, ServiceId service, std::int64_t ticks);
// Requests a minute that a cohort makes in the minute that begins now, before surges.
std::int64_t demand_per_minute_ppm(const Cohort& cohort, std::int64_t minute);

void begin(World& world, const Inject& inject);  // Slow, surge; a release is `release`.
// `still` are the injects under way without this one.
void finish(World& world, const Inject& inject, const std::vector<Inject>& still);

// Nothing when the order can be carried out now, else why not. Checked when given.
std::optional<std::string> refusal(const World& world, const Command& command);
void take_effect(World& world, const Command& command);

// Whether what a tool runs on, if anything, has something ready and did not fail at the last
// scrape.
bool works(const World& world, const std::optional<ServiceId>& tool);
void tend_tools(World& world);  // Once a second: the registry goes down with what it runs on.

// What the second that passed wrote and read: writes are counted, stores visited and aged.
void fold_second(World& world);
void run_jobs(World& world);  // A second of every job; what requests put there is admitted.
std::int64_t requeue_jobs(World& world, StoreId store);  // A second of repair; returns how many.
struct JobsThere {
    std::int64_t waiting = 0, running = 0, orphaned = 0;
};
JobsThere jobs_there(const World& world, ServiceId service);  // As its own console shows.
// A ready process begins to drain, or a ready or draining one ends: before its phase turns.
bool process_drains(World& world, std::uint32_t service, std::uint32_t slot);  // With jobs.
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
