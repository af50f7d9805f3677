// What an actor may see: facts known by now and scrape columns visible by now, nothing else.
// Leans on base and facts.h; it cannot name World, and nothing that act includes can.
// A measure's row i is the scrape at (i + 1) x scrape_every; it is visible scrape_late later.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/base/time.h"
#include "sim/words/facts.h"
#include "sim/words/known.h"

namespace rollcage {

inline constexpr Duration scrape_every{15'000'000};  // default: MODEL 7.1
inline constexpr Duration scrape_late{10'000'000};

// Multi-window burn rates: 14.4 over 1 h and 5 m, 6 over 6 h and 30 m, 1 over 3 d and 6 h.
struct BurnRule {
    AlertRule rule;
    std::int64_t times_tenths;  // Burn rate that fires, in tenths.
    std::int64_t long_scrapes, short_scrapes;
};
inline constexpr std::array<BurnRule, 3> burn_rules{{
    {AlertRule::fast_burn, 144, 240, 20},
    {AlertRule::slow_burn, 60, 1440, 120},
    {AlertRule::ticket, 10, 17'280, 1440},
}};

enum class Measure : std::uint8_t {
    attempts,  // Arrived at the edge since the last scrape, retries included.
    answered,  // Of those that ended since: good in time.
    errors,    // Ended otherwise: refused, turned away, failed, client gone.
    latency_p50_us,
    latency_p95_us,
    latency_p99_us,
    queue,     // Work waiting at the instant of the scrape.
    busy_ppm,  // Slots in use over slots, mean since the last scrape.
    slots,
    restarts,      // Processes that crashed since the last scrape.
    jobs_waiting,  // Of the stores that its processes run, at the instant of the scrape.
    jobs_running,  // In its processes.
    jobs_orphaned,
};
inline constexpr std::size_t measures = 13, measures_by_build = 10;  // The first ones, of a build.
const char* name(Measure measure);

// Instances of one service as whoever runs the fleet counts them: under the name that was asked
// for, which need not say what runs, and in the phase that is known of them.
enum class InstancePhase : std::uint8_t { serving, starting, draining, failing, missing };
inline constexpr std::size_t instance_phases = 5;
struct InstanceCount {
    std::uint32_t zone = 0;          // From 0, those of the service's first region first.
    std::optional<BuildId> build{};  // Or a name; neither: gone over by hand, nobody keeps book.
    std::optional<MovingName> name{};
    InstancePhase phase = InstancePhase::serving;
    std::int64_t instances = 0;
};

// Columns by service and measure; grown one row a scrape, together.
struct Columns {
    std::vector<std::array<std::vector<std::int64_t>, measures>> of_service;
    std::size_t visible = 0;                              // Scrapes that anybody can see.
    std::vector<std::vector<InstanceCount>> instances{};  // By service, as of the last of those.
};

class FactView {
public:
    FactView(SimTime now, std::span<const Occurrence> facts, const Columns& columns,
             const Names& names, const Known& known)
        : now_(now), facts_(facts), columns_(&columns), names_(&names), known_(&known) {}

    SimTime now() const { return now_; }
    std::span<const Occurrence> facts() const { return facts_; }
    const Names& names() const { return *names_; }
    const Known& known() const { return *known_; }
    std::span<const std::int64_t> series(ServiceId service, Measure measure) const {
        const auto& column = columns_->of_service[service.index][static_cast<std::size_t>(measure)];
        return std::span(column).first(std::min(column.size(), columns_->visible));
    }
    // Nothing before the first scrape; while dashboards are blank, as it was last seen.
    std::span<const InstanceCount> instances(ServiceId service) const {
        if (columns_->instances.empty()) return {};
        return columns_->instances[service.index];
    }
    SimTime scraped_at() const {  // What is measured is as of then.
        return SimTime{} + scrape_every * static_cast<std::int64_t>(columns_->visible);
    }

private:
    SimTime now_;
    std::span<const Occurrence> facts_;
    const Columns* columns_;
    const Names* names_;
    const Known* known_;
};

}  // namespace rollcage
