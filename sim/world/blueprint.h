// The declared world: what a scenario says is there before anything happens. Never changes in a
// run. Leans on base and words. A Blueprint that passed `checked` breaks no promise of the world's.
// An entity's key is its place in the declaration: renaming and appending are free.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/base/share.h"
#include "sim/base/time.h"
#include "sim/words/facts.h"
#include "sim/words/injects.h"
#include "sim/words/known.h"
#include "sim/words/names.h"
#include "sim/words/rule.h"
#include "sim/world/defect.h"
#include "sim/world/schema.h"
#include "sim/world/trial.h"

namespace rollcage {

inline constexpr std::int64_t attempts_max = 8;

// How long and how often a client tries. Defaults: MODEL 2.5.
struct Backoff {
    Duration base{100'000};
    Duration cap{20'000'000};
};
struct TokenBucket {  // A retry costs tokens; an empty bucket fails the request instead.
    std::int64_t tokens = 500;
    std::int64_t retry_cost = 5;
    std::int64_t timeout_cost = 10;
};
struct Throttle {  // Clients reject locally with probability (asked - K x accepted) / (asked + 1).
    Share k{2'000'000};
    Duration window{120'000'000};
};
struct Breaker {  // Opens when the failed share of a window passes `opens_at`; then probes.
    Share opens_at{500'000};
    std::int64_t at_least = 20;
    Duration window{10'000'000};
    Duration open_for{30'000'000};
    Share probes{10'000};
};
struct Patience {
    Duration timeout{1'000'000};
    std::int64_t attempts = 3;
    Backoff backoff;
    std::optional<Share> retry_budget;           // Retries allowed per fresh request.
    std::optional<SettingId> retry_budget_flag;  // When set, the flag's value is the budget.
    std::optional<TokenBucket> token_bucket;
    std::optional<Throttle> throttle;
    std::optional<Breaker> breaker;
};

struct RequestKind {
    Share share = whole;   // Of the cohort's requests; kinds of a cohort add up to one.
    Share work = whole;    // Times the service's work; may exceed one.
    Share writes = none;   // Of the kind's good requests.
    Share inserts = none;  // Of its writes.
    bool login = false;    // Asked only by those whose session was lost; begins one.
};

struct Cohort {
    std::int64_t users = 0;
    Share requests_per_minute{2'000'000};  // Per active user; may exceed one.
    std::vector<std::int64_t> curve_ppm;   // 96 quarter-hours, or empty: flat.
    std::vector<std::int64_t> per_minute;  // The team's own numbers: requests a minute; repeats.
    ServiceId serves;                      // Where its requests go.
    Patience patience;
    std::vector<RequestKind> kinds{RequestKind{}};
    std::int64_t ring = 3;  // From 0, internal, to 3, everybody. default: MODEL 3.4
    std::optional<TierId> tier{};
    RegionId region{};  // Where its users are.
};

enum class Order : std::uint8_t { fifo, lifo };

struct Cache {  // Calls are made on a miss only; keys warm by successful fills.
    std::int64_t keys = 100'000;
    Share hits{950'000};      // Of lookups, once every key is warm.
    Share initially = whole;  // Warm at the start of the day.
};
struct Call {
    ServiceId to;
    Share per_request = whole;  // May exceed one.
    Duration timeout{1'000'000};
    std::int64_t attempts = 1;
    Duration rtt{1'000};
    std::optional<Cache> cache{};
    std::optional<StoreId> cached_in{};  // Or a store of that kind: called where it misses.
    Share writes = none;   // Of calls, those that write to each store that the service uses.
    Share inserts = none;  // Of its writes.
};

// Whether a process reads its settings before the point at which it may crash when it boots. One
// that reads after it boots on what the process before it in its slot had seen.
enum class BootReads : std::uint8_t { before, after };
struct BootCalls {  // What every start of a process asks of another service.
    ServiceId service;
    std::int64_t calls = 1;
    Duration timeout{10'000'000};  // Then the boot has failed. default: design
};

// Somebody sees to it that so many instances are there as keep so much of their slots busy.
struct Autoscale {
    Share target{600'000};
    std::int64_t least = 1, most = 100'000;
};

// A fix that takes its time and then goes out by a plan.
struct Hotfix {
    BuildId build;
    PlanId plan;
    Duration lead{3'900'000'000};  // Diagnosis, code, review, pipeline. default: MODEL 9
    Duration bisect{600'000'000};  // Of the lead, each halving of what was brought. design
    std::optional<BuildId> bad{};  // What comes out instead,
    Share bad_share{70'000};       // so often; twice that where gates are skipped. MODEL 4.6
};

struct Service {
    std::int64_t instances = 1;
    std::int64_t slots = 1;  // Per instance.
    Duration work{50'000};
    bool work_varies = true;        // cs^2 of the work: 1 (exponential) or 0 (fixed).
    std::optional<Duration> queue;  // Bound, in time the queue takes to serve; none: unbounded.
    Order order = Order::fifo;
    bool drop_expired = false;
    std::vector<Call> calls;
    std::vector<StoreId> uses{};      // Every good request, and call, reads one record of each.
    std::vector<StoreId> runs{};      // Jobs that its processes run, besides what they answer.
    std::int64_t image_kb = 500'000;  // 20 s at a node's bandwidth. default: MODEL 3.1
    std::int64_t keeps_images = 3;    // On a node: what it ran last. default: design
    Duration start{5'000'000};        // From process start to answering probes. default: design
    Duration probe{10'000'000};       // Ready at its next readiness probe.
    Duration grace{30'000'000};       // From SIGTERM to the end of the process.
    Share max_surge{250'000};         // Of instances, beyond what is wanted while rolling.
    Share max_unavailable{250'000};   // Of instances, missing while rolling.
    std::vector<RegionId> regions{RegionId{}};  // Instances are dealt out over these,
    std::int64_t zones = 3;                     // in each over zones,
    std::int64_t per_node = 1;                  // and over nodes.
    bool fails_over = true;    // Users of a region with nothing ready go to the others. design
    bool runs_latest = false;  // What begins runs what is called latest then, else its version.
    std::optional<Duration> synced{};  // A repository's state is restored so often. MODEL: 180 s
    Duration reviewed{900'000'000};    // Until a change is in the repository. default: MODEL 9
    std::optional<Hotfix> hotfix{};
    std::optional<Autoscale> autoscale{};
    Share goal{999'000};  // Availability goal.
    Share spent = none;   // Of thirty days' error budget, at the start, evenly; may exceed one.
    Duration latency_goal{500'000};  // Above it an answer is slow.
    BuildId first_build;
    BootReads boot_reads = BootReads::before;
    std::optional<BootCalls> boot_calls{};
    std::int64_t memory_mb = 512;  // That a process may leak before it ends. default: design
};

struct Blueprint;
enum class ChangeKind : std::uint8_t { fix, feat, breaks };  // As its message says.
struct Change {
    std::vector<SettingId> behind{};  // Only where all of these flags are on.
    std::vector<Defect> hides{};
    std::optional<SchemaChange> schema{};
    bool dark = false;                   // Its work is done; users do not see its failures.
    std::optional<SettingId> removes{};  // In this build what is behind the flag is always on.
    std::optional<Rule> fallback{};      // For its flags, of a process that could not read them.
    std::int64_t lines = 80;             // default: design, the median of MODEL 6.1
    std::optional<Share> coverage{};     // Of them, by unit tests; none: as the stage says.
    std::int64_t worth_cents = 0;        // A minute that everybody has it.
    std::optional<Duration> deadline{};  // Since the start; then it is worth nothing.
    ChangeKind does = ChangeKind::feat;
    std::uint32_t key = 0;  // What its draws are keyed by: the same in every build.
};
struct Build {
    ServiceId of;
    std::vector<Change> changes;
    std::optional<BuildId> after{};  // What it holds of that one it did not bring.
};
// The keys of the changes that a build brought.
std::vector<std::uint32_t> brought_by(const Blueprint& blueprint, BuildId build);
// What a percentage counts: the same users every time, or those of a fresh hash.
enum class Unit : std::uint8_t { user, session, request };
struct Setting {
    Rule initially{};
    Rule fallback{};            // What a process runs on that could not read it.
    Duration poll{15'000'000};  // Between a process's polls, or until a push has reached them all.
    Share missed = none;        // Of processes, those that a push does not reach.
    Unit by = Unit::user;
    std::optional<std::uint32_t> salt{};  // Settings with one salt hash alike; nothing: its own.
    Duration age{};                       // At the start, since it was last changed.
    std::optional<Duration> expires{Duration{2'592'000'000'000}};  // 30 days; none: permanent.
};
enum class StageKind : std::uint8_t {
    everyone,
    canary,  // A ring is one with an audience.
    blue_green,
    recreate,
    by_hand,      // One pass over the instances, and nobody looks again.
    mark_stable,  // The name moves; nothing else does.
};
// What a build must show in a stage's soak before the next stage begins; else somebody decides.
struct Limit {
    Judged measure = Judged::error_share_ppm;
    std::int64_t most = 0;
};
struct Gate {
    bool no_worse = false;  // Than the stage's baseline or, without one, the build that was there.
    std::vector<Limit> limits{};
    std::int64_t looks = 1;  // Evenly over the soak, each at its part of the chance of an error.
    OnFail on_fail = OnFail::halt;
};
struct Stage {
    StageKind kind = StageKind::everyone;
    Share share = whole;               // Of the users, in a canary; of instances it takes as many.
    bool sticky = true;                // The same users every time, or a fresh draw a request.
    Duration soak{};                   // From when the stage is reached to the next.
    std::vector<CohortId> audience{};  // A canary is for these; none: for all. Widens by stages.
    bool baseline = false;    // A canary has a twin of the old build: as many, as old, as busy.
    Duration dark{};          // Blue-green: how long the new side is there before the route turns.
    bool mirror = false;      // Meanwhile it does what the other does, writes included.
    bool keeps_warm = false;  // Afterwards the old side does the reads.
    Duration each{60'000'000};        // By hand: from one instance to the next. default: design
    Share misses = none;              // By hand: of the instances.
    std::vector<RegionId> regions{};  // Only there; none: everywhere.
    std::optional<Gate> gate{};       // Without one a soak that is over is enough.
};
struct Plan {
    std::vector<Stage> stages{Stage{}};
    std::vector<Trial> trials{};  // Before them, without users.
    bool rebuilds = false;        // For each stage anew, instead of passing on what was tested.
    Share mistyped = none;  // Of versions, those that a build before had; none: nobody types them.
};

// What an environment lacks of production, by its name.
enum class DifferenceKind : std::uint8_t { setting, data_shape, index, dependency, size };
struct Difference {
    std::string name;
    DifferenceKind kind = DifferenceKind::setting;
    Share lacks{300'000};  // Of what it touches. default: design
};
struct Environment {
    std::vector<Difference> differences{};
    Duration age{};                         // At the start, since it was last refreshed.
    Duration refresh_takes{3'600'000'000};  // default: design
    std::int64_t cents_per_hour = 0;
    std::vector<ServiceId> holds{};  // Of these a build of its own: production's when refreshed.
};

// An alert on what may be a cause: it fires when every scrape for so long is above its limit.
struct LogPattern {  // Lines that errors write, and a share of good answers too.
    Share by_chance = none;
    std::int64_t most = 0;  // A scrape.
};
struct CauseAlert {
    ServiceId of;
    Limit above{};
    std::optional<LogPattern> log{};  // Instead.
    Duration lasts{};
};

// Where images come from: KB a second in all, and into one node.
struct Registry {
    std::int64_t bandwidth = 5'000'000;    // default: design
    std::int64_t node_bandwidth = 25'000;  // default: design, with image_kb MODEL 3.1's 20 s
};

// What things cost, in millionths of the scenario's money; only what a scenario prices is counted.
struct Prices {
    std::int64_t request_failed = 0, request_refused = 0, user_minute = 0;
    std::int64_t record_damaged = 0, record_lost = 0, record_doubled = 0;
    std::int64_t unreadable_minute = 0, job_orphaned = 0, effect_doubled = 0, effect_unmatched = 0;
    std::int64_t engineer_hour = 0, instance_hour = 0;
};
// Which services people's tools run on: where one is down, so is the tool.
struct Tools {
    std::optional<ServiceId> dashboards{}, flags{}, registry{}, deploys{};
};

struct Blueprint {
    Names names;
    std::vector<Cohort> cohorts;
    std::vector<Service> services;
    std::vector<Build> builds;
    std::vector<Setting> settings;
    std::vector<Store> stores;
    std::vector<Plan> plans;
    std::vector<Environment> environments{};
    Registry registry;
    Known known;  // Its people are declared; the rest of it `checked` fills in.
    std::optional<Prices> prices{};
    std::vector<CauseAlert> alerts;
    Tools tools;
    std::vector<TimedInject> injects;  // In file order: the place is the ordinal.
    Duration lasts{7'200'000'000};
    Duration judged_after{21'600'000'000};
    std::optional<Duration> tick;  // Nothing: the largest that every timeout allows.

    // Compiled once: a copy of all this is long code.
    Blueprint();
    Blueprint(const Blueprint& other);
    Blueprint(Blueprint&& other) noexcept;
    Blueprint& operator=(const Blueprint& other);
    Blueprint& operator=(Blueprint&& other) noexcept;
    ~Blueprint();
};

double demand_of(const Cohort& cohort);              // Requests a minute, in the mean over the day.
std::size_t regions_in(const Blueprint& blueprint);  // One where none is named.
// The largest of 50, 100, 125, 250, 500 ms, 1 s that is at most a quarter of every timeout.
Duration tick_for(const Blueprint& blueprint);
// Says what cannot be (a cycle of calls, a negative number, a tick too long) or returns it sound.
Result<Blueprint> checked(Blueprint blueprint);
// The change of form under way at a store, or on the calls to a service; at most one each.
const SchemaChange* schema_of(const Blueprint& blueprint, StoreId store);
const SchemaChange* schema_of(const Blueprint& blueprint, ServiceId service, Carries what);
// Services so that every caller stands before what it calls; only for a checked blueprint.
std::vector<ServiceId> callers_first(const Blueprint& blueprint);

}  // namespace rollcage
