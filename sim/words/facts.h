// Everything that can become known as a discrete event, on one page.
// Leans on commands.h. A fact carries no cause and names no hidden id.
// What is measured (counts, latencies) is not here but in the scrape columns of fact_view.h.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <variant>

#include "sim/base/digest.h"
#include "sim/words/commands.h"

namespace rollcage {

struct Released {
    ServiceId service;
    BuildId build;
    Share of_users;
    auto slots() { return std::tie(service, build, of_users); }
};
struct StageReached {
    ServiceId service;
    BuildId build;
    Share of_users;
    auto slots() { return std::tie(service, build, of_users); }
};
struct RolloutEnded {
    ServiceId service;
    BuildId build;
    auto slots() { return std::tie(service, build); }
};
struct RolloutSlow {  // The progress deadline passed; it only says so.
    ServiceId service;
    BuildId build;
    auto slots() { return std::tie(service, build); }
};
struct PullFailed {  // The registry does not have it; the nodes ask again, ever more seldom.
    ServiceId service;
    BuildId build;
    auto slots() { return std::tie(service, build); }
};
struct InstancesMissing {  // Their nodes do not answer; they are out of the route.
    ServiceId service;
    std::int64_t instances = 0;
    auto slots() { return std::tie(service, instances); }
};
struct NameMoved {
    ServiceId service;
    MovingName name = MovingName::stable;
    BuildId build;
    auto slots() { return std::tie(service, name, build); }
};
struct Synced {  // To what the repository says: something else was there.
    ServiceId service;
    BuildId build;
    std::int64_t instances = 0;
    auto slots() { return std::tie(service, build, instances); }
};
// Column steps, in order. Changes that need no column, and stores that are no table, stay `single`
// and may be written in the new form at once.
enum class SchemaPhase : std::uint8_t { single, expanded, dual_write, backfilled, contracted };
struct Migrated {
    StoreId store;
    SchemaPhase phase;
    auto slots() { return std::tie(store, phase); }
};
// What happened to the copies of a store.
enum class StoreChange : std::uint8_t {
    primary_lost,
    primary_back,
    restored_aside,
    restore_failed,
    replica_caught_up,
};
struct StoreTurned {
    StoreId store;
    StoreChange change;
    auto slots() { return std::tie(store, change); }
};
struct ReplicaBehind {
    StoreId store;
    std::int64_t rows = 0;
    auto slots() { return std::tie(store, rows); }
};
struct FailedOver {
    StoreId store;
    std::int64_t stranded = 0;  // Rows that stayed on the old primary.
    auto slots() { return std::tie(store, stranded); }
};
struct FailedBack {
    StoreId store;
    Duration to;              // As it was then.
    std::int64_t undone = 0;  // Accepted writes since.
    auto slots() { return std::tie(store, to, undone); }
};
struct Restored {  // In place.
    StoreId store;
    Duration to;
    std::int64_t undone = 0;
    auto slots() { return std::tie(store, to, undone); }
};
struct RepairEnded {
    StoreId store;
    std::int64_t rebuilt = 0;
    auto slots() { return std::tie(store, rebuilt); }
};
struct Reconciled {  // As of its beginning.
    StoreId store;
    std::int64_t damaged = 0, doubled = 0, diverged = 0;
    auto slots() { return std::tie(store, damaged, doubled, diverged); }
};
struct FlagChanged {  // By somebody who is no actor.
    SettingId setting;
    Rule rule;
    auto slots() { return tied(setting, rule); }
};
struct FlagExpired {  // It was to be gone by now.
    SettingId setting;
    auto slots() { return std::tie(setting); }
};
// The stages of a plan that have no users. Appended, never reordered: facts hold their number.
enum class TrialKind : std::uint8_t {
    unit,
    contract,
    integration,
    smoke,
    performance,
    staging,
    compile,
    scan,
    rehearsal,
    approval,
    merge,
};
inline constexpr const char* trial_names =
    "unit|contract|integration|smoke|performance|staging|compile|scan|rehearsal|approval|merge";
enum class TrialResult : std::uint8_t { passed, failed, skipped };
struct Entered {  // The test stages of a plan.
    ServiceId service;
    BuildId build;
    PlanId plan;
    auto slots() { return std::tie(service, build, plan); }
};
struct TrialEnded {  // With what it measures, whatever the reason.
    ServiceId service;
    BuildId build;
    TrialKind stage = TrialKind::unit;
    TrialResult result = TrialResult::passed;
    std::optional<std::int64_t> tests{}, failing{};
    std::optional<Share> coverage{}, p95_regression{};
    std::optional<std::int64_t> critical{};
    auto slots() {
        return std::tie(service, build, stage, result, tests, failing, coverage, p95_regression,
                        critical);
    }
};
enum class WaitsFor : std::uint8_t { approval, main, environment };
struct Waits {  // Between two stages of its plan.
    ServiceId service;
    BuildId build;
    WaitsFor waits_for = WaitsFor::approval;
    auto slots() { return std::tie(service, build, waits_for); }
};
struct Held {  // The service is frozen: the build does not enter its plan.
    ServiceId service;
    BuildId build;
    auto slots() { return std::tie(service, build); }
};
struct Quarantined {  // Nobody looks at these tests any more; `all`: with those before.
    ServiceId service;
    TrialKind stage = TrialKind::unit;
    std::int64_t tests = 0, all = 0;
    Duration oldest{};              // How long the first of them.
    std::optional<TextId> owner{};  // Who is to mend them; none: nobody is.
    auto slots() { return std::tie(service, stage, tests, all, oldest, owner); }
};
struct Refreshed {
    EnvironmentId environment;
    auto slots() { return std::tie(environment); }
};
// Multi-window burn rates of the availability goal, as the SRE workbook has them.
enum class AlertRule : std::uint8_t { fast_burn, slow_burn, ticket };
struct AlertFired {
    ServiceId service;
    AlertRule rule;
    auto slots() { return std::tie(service, rule); }
};
struct AlertCleared {
    ServiceId service;
    AlertRule rule;
    auto slots() { return std::tie(service, rule); }
};
struct ProbeFailed {  // Requests that a watcher makes from outside, one a minute.
    ServiceId service;
    std::int64_t probes = 0;  // In a row.
    auto slots() { return std::tie(service, probes); }
};
struct ProbeRecovered {
    ServiceId service;
    auto slots() { return std::tie(service); }
};
struct Complaints {  // Of users, as they came in; who is named need not be who is at fault.
    ServiceId service;
    std::int64_t complaints = 0;
    auto slots() { return std::tie(service, complaints); }
};
struct Said {
    TextId from, text;
    auto slots() { return std::tie(from, text); }
};
struct CauseFired {  // What somebody once thought means trouble is there.
    ServiceId service;
    AlertId alert;
    auto slots() { return std::tie(service, alert); }
};
struct CauseCleared {
    ServiceId service;
    AlertId alert;
    auto slots() { return std::tie(service, alert); }
};
// What a gate may ask of a build: measures over a soak.
enum class Judged : std::uint8_t {
    error_share_ppm,
    latency_p50_us,
    latency_p95_us,
    latency_p99_us,
    busy_ppm,
    queue,
    restarts,
};
inline constexpr std::size_t judged_measures = 7;
enum class GateVerdict : std::uint8_t { pass, marginal, fail, no_data };
enum class OnFail : std::uint8_t { halt, rollback };  // What the plan has its automation do.
struct BuildJudged {
    ServiceId service;
    BuildId build;
    GateVerdict verdict;
    Judged measure;  // That decided, as it was found and what it was held against.
    std::int64_t found = 0, against = 0;
    OnFail on_fail = OnFail::halt;
    auto slots() { return std::tie(service, build, verdict, measure, found, against, on_fail); }
};
// The three lives of a command: given; at work, with what it left open filled in; or not done.
struct Ordered {
    Command command;
};
struct TookEffect {
    Command command;
};
struct Refused {
    Command command;
};
// What somebody does, one after the other, to carry an order out; and how a step of it went.
enum class Step : std::uint8_t { confirm, find_stable, act, wait, verify, notify };
enum class StepEnd : std::uint8_t { done, again, wrong_target, stuck, too_long };
struct StepEnded {
    Command command;
    Step step = Step::confirm;
    StepEnd how = StepEnd::done;
    auto slots() { return std::tie(step, how); }
};
// What an inspection found in the five minutes before it was asked for: the worst part's share of
// errors, and what all others have together; nothing: there were no others. Of a flag the worst
// part are those for whom it is on, or off. What is no share is told before: `found` facts.
struct Inspected {
    ServiceId service;
    Angle by = Angle::version;
    std::optional<BuildId> worst{};
    std::optional<SettingId> flag{};
    std::optional<bool> on{};
    std::optional<RegionId> region{};
    std::optional<Share> errors{};
    std::optional<Duration> p95{};
    std::optional<Share> others_errors{};
    std::optional<Duration> others_p95{};
    std::optional<std::int64_t> found{};
    auto slots() {
        return std::tie(service, by, worst, flag, on, region, errors, p95, others_errors,
                        others_p95, found);
    }
};
struct FormsCounted {  // Records there are, by the form they are stored in.
    StoreId store;
    std::int64_t before = 0, after = 0, both = 0;
    auto slots() { return std::tie(store, before, after, both); }
};
struct Differs {  // One thing in which an environment is not like production.
    EnvironmentId environment;
    std::int64_t nth = 1;
    auto slots() { return std::tie(environment, nth); }
};
enum class Screens : std::uint8_t { blank, back };
struct DashboardsTurned {  // What they run on went down, or came back.
    Screens now = Screens::blank;
    auto slots() { return std::tie(now); }
};
struct Joined {  // More people answer.
    std::int64_t people = 0;
    auto slots() { return std::tie(people); }
};
using Fact = std::variant<Released, StageReached, RolloutEnded, RolloutSlow, Migrated, FlagChanged,
                          AlertFired, AlertCleared, Ordered, TookEffect, Refused, StoreTurned,
                          ReplicaBehind, FailedOver, FailedBack, Restored, RepairEnded, Reconciled,
                          PullFailed, InstancesMissing, NameMoved, Synced, FlagExpired, BuildJudged,
                          StepEnded, Inspected, FormsCounted, Differs, DashboardsTurned, Joined,
                          ProbeFailed, ProbeRecovered, Complaints, Said, CauseFired, CauseCleared,
                          Entered, TrialEnded, Waits, Held, Quarantined, Refreshed>;

// Numbers only, copied as such: text in one of them would make every copy ask which of all it is.
static_assert(std::is_trivially_copyable_v<Fact>);

struct Occurrence {
    SimTime at;  // When it became known.
    Fact fact;
    std::string words{};  // What no number says: why it was refused, what differs.
};

// A form's meaning is its headline; {KEY} stands for what the slot holds.
const std::vector<Form>& fact_forms();        // In the order of the variant.
Numbers numbers(const Fact& fact);            // Of its slots; a command's are its own.
const Command* command_of(const Fact& fact);  // Null: it is about none.
bool tells_of_trouble(const Fact& fact);      // Whoever reads it knows that something is wrong.
void fold(const Fact& fact, Digest& digest);  // Every integer of it; names are no part of a day.
std::string headline(const Occurrence& it, const Names& names);  // "shop: fast burn alert fired"
std::string transcript_line(const Occurrence& it,
                            const Names& names);  // clock, two spaces, headline

}  // namespace rollcage
