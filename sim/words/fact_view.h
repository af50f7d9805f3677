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

// Columns by service and measure; grown one row a scrape, together.
struct Columns {
    std::vector<std::array<std::vector<std::int64_t>, measures>> of_service;
    std::size_t visible = 0;  // Scrapes that anybody can see.
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

private:
    SimTime now_;
    std::span<const Occurrence> facts_;
    const Columns* columns_;
    const Names* names_;
    const Known* known_;
};

}  // namespace rollcage
