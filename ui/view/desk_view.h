// What the people who answer see on their desk: every panel a plain struct of what is known now.
// Leans on words and shop_view.h alone; a function here takes facts and columns and cannot name the
// world. What has not been measured, told or looked into is empty, and says so.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/act/team.h"
#include "ui/view/drill_view.h"
#include "ui/view/fleet_view.h"
#include "ui/view/shop_view.h"

namespace rollcage {

enum class DeskPhase : std::uint8_t { deciding, judged, over };
struct ClockView {
    SimTime now{};
    DeskPhase phase = DeskPhase::deciding;
    Duration left{};     // Of the phase.
    std::string text{};  // "1 h 2 min left to decide"
    SimTime measured{};  // What is measured is as of then.
    bool blank = false;  // The dashboards are.
};

struct FiringAlert {
    SimTime since{};
    std::string text{};
    bool pages = false;
};
struct BurnView {  // How fast the error budget burns: 1 uses it up exactly.
    AlertRule rule = AlertRule::fast_burn;
    double over_long = 0, over_short = 0, fires_at = 1;
};
struct ServiceTile {
    ServiceId service{};
    std::string name{};
    // Of the last minute that was measured; nothing: nothing was.
    std::optional<double> errors_percent{}, latency_p95_ms{}, requests_per_s{}, busy_percent{};
    std::optional<double> waiting{};
    double errors_goal_percent = 0, latency_goal_ms = 0;
    std::optional<double> budget_left_percent{};  // Of thirty days'; none: it has no users.
    std::vector<BurnView> burns{};
    std::vector<FiringAlert> alerts{};
    std::vector<std::optional<double>> sparkline{};  // Errors in percent, a scrape each.
    Tone tone = Tone::neutral;
};

struct GraphNode {
    ServiceId service{};
    std::string name{}, note{};
    Tone tone = Tone::neutral;
    std::size_t rank = 0;  // Below everybody who calls it.
    bool users = false;
};
struct GraphEdge {
    std::size_t from = 0, to = 0;  // Places among the nodes.
    Tone tone = Tone::neutral;     // Of whom is called.
};
struct GraphView {
    std::vector<GraphNode> nodes{};
    std::vector<GraphEdge> edges{};
};

enum class StepState : std::uint8_t { done, now, ahead, failed, skipped };
struct StageRow {
    std::string name{}, gate{};
    StepState state = StepState::ahead;
    std::optional<Duration> soak_left{};  // While it soaks.
};
struct RolloutView {  // What last went out at a service.
    ServiceId service{};
    std::string service_name{}, build{}, plan{}, state{};
    std::vector<StageRow> stages{};  // Empty: which plan it goes by nobody said.
    std::vector<FactRow> verdicts{};
    bool under_way = false, halted = false;
};

struct FlagView {
    SettingId setting{};
    std::string name{}, value{}, owner{};
    std::string changed_by{};          // "an order"; empty: it is as it was.
    std::optional<SimTime> changed{};  // Today.
    Duration age{};                    // Since it was last changed.
    bool expired = false;
};

struct StoreView {
    StoreId store{};
    std::string name{}, kind{};
    std::string phase{}, forms{}, lag{}, damage{};  // Where nobody looked they say so.
    std::vector<FactRow> told{};                    // Failovers, restores, repairs.
    Tone tone = Tone::neutral;
    std::vector<std::string> used_by{};
};

struct DeliveryStep {
    std::string name{}, note{};
    StepState state = StepState::ahead;
};
struct DeliveryView {
    std::string service{}, build{}, plan{}, state{};
    SimTime entered{};
    std::vector<DeliveryStep> steps{};
    bool red = false, waits = false, out = false;
};
struct EnvironmentView {
    EnvironmentId environment{};
    std::string name{};
    Duration age{};                          // Since it was like production.
    bool looked = false;                     // Somebody has.
    std::vector<std::string> differences{};  // That were found; there may be others.
};
struct PipelineView {
    std::vector<DeliveryView> deliveries{};  // Latest first.
    std::vector<EnvironmentView> environments{};
    std::vector<std::string> frozen{}, quarantined{};
};

enum class FeedKind : std::uint8_t {
    order,
    alert,
    cleared,
    complaint,
    message,
    answer,
    refusal,
    news
};
struct FeedRow {
    SimTime at{};
    FeedKind kind = FeedKind::news;
    std::string text{};
    std::size_t fact = 0;
};

struct PersonView {
    std::string name{}, doing{}, step{};  // Doing: empty when free.
    std::optional<SimTime> since{};
};
struct PeopleView {
    std::vector<PersonView> people{};
    std::vector<std::string> waiting{};  // What nobody has taken up yet, first come first.
    std::size_t called = 0;              // Who are on their way.
};

struct RunbookRow {
    std::string step{};
    Duration takes{};  // As practised as they are.
};
struct RunbookView {
    std::string command{}, practice{};  // "practised 3 times in 90 days"
    std::vector<RunbookRow> steps{};
    Duration takes{};
    double goes_wrong = 0;  // Of steps.
};

struct OpenOrder {
    SimTime at{};
    std::string text{};
};

// For who comes back to a drill that was interrupted, or takes over from somebody.
struct RecapRow {
    SimTime at{};
    std::string order{}, who{}, expected{}, answer{};  // An empty answer: none came yet.
};
struct RecapView {
    SimTime until{};
    std::vector<RecapRow> orders{};
    std::vector<std::string> firing{};  // "shop: fast burn since 00:35:25"
    std::vector<FactRow> heard{};       // The last that was told besides, latest last.
    std::vector<std::string> hints{};   // That a facilitator has sent.
    std::vector<FactRow> remarks{};
};

struct SeatView {
    std::string seat{}, brief{}, who{};  // Who: empty while nobody sits there.
};

struct DeskView {
    ClockView clock{};
    std::vector<ServiceTile> tiles{};
    GraphView graph{};
    std::vector<ServicePlots> plots{};  // By service, in declared order.
    std::vector<FleetView> fleets{};
    std::vector<RolloutView> rollouts{};
    std::vector<FlagView> flags{};
    std::vector<StoreView> stores{};
    PipelineView pipeline{};
    std::vector<FeedRow> feed{};
    std::vector<Track> tracks{};
    PeopleView people{};
    std::vector<SeatView> seats{};     // Those that the scenario names, then others.
    std::vector<std::string> hints{};  // That a facilitator has sent.
    std::vector<FactRow> remarks{};    // Of those that are for everybody.
    std::vector<OpenOrder> open{};     // Orders that nothing was heard of yet.
};
DeskView desk_view(const FactView& view, const KnownShop& shop, const Team& team,
                   std::span<const Remark> remarks);

// The panels by themselves, for whoever draws only some.
ClockView clock_view(const FactView& view, const KnownShop& shop);
std::vector<ServiceTile> tiles_of(const FactView& view, const KnownShop& shop);
GraphView graph_of(const KnownShop& shop, const std::vector<ServiceTile>& tiles);
std::vector<ServicePlots> live_plots(const FactView& view, const KnownShop& shop);
std::vector<FleetView> fleets_of(const FactView& view, const KnownShop& shop);
std::vector<RolloutView> rollouts_of(const FactView& view, const KnownShop& shop);
std::vector<FlagView> flags_of(const FactView& view, const KnownShop& shop);
std::vector<StoreView> stores_of(const FactView& view, const KnownShop& shop);
PipelineView pipeline_of(const FactView& view, const KnownShop& shop);
std::vector<FeedRow> feed_of(const FactView& view);
std::vector<OpenOrder> open_orders(const FactView& view);
// Who sat down last at each.
std::vector<SeatView> seats_of(const KnownShop& shop, std::span<const Remark> remarks);
// Of the team only who is at what: how a step will end is drawn and not known.
PeopleView people_of(const FactView& view, const Team& team);
RecapView recap_of(const FactView& view, const KnownShop& shop, std::span<const Remark> remarks);
RunbookView runbook_view(const Command& command, const FactView& view);
// The builds of a service that somebody has heard of: its first, and those that facts name.
std::vector<BuildId> known_builds(const FactView& view, const KnownShop& shop, ServiceId service);

// All of it in lines, for those who do not look at pictures, and for tests.
std::string desk_text(const DeskView& desk);

}  // namespace rollcage
