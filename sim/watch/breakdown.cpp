#include "sim/watch/breakdown.h"

#include <algorithm>

namespace rollcage {

namespace {

// Rows of a column, of the scrapes of a window; a side begins later than the service itself.
struct Rows {
    std::size_t first, last;
};

BuildSeen seen(std::span<const std::vector<std::int64_t>> columns, const Rows& rows) {
    const auto at = [&](Measure measure, std::size_t row) {
        return columns[static_cast<std::size_t>(measure)][row];
    };
    BuildSeen it;
    double waited_us = 0;
    for (std::size_t row = rows.first; row < rows.last; ++row) {
        it.attempts += at(Measure::attempts, row);
        it.answered += at(Measure::answered, row);
        it.errors += at(Measure::errors, row);
        it.restarts += at(Measure::restarts, row);
        it.slots = at(Measure::slots, row);
        waited_us += static_cast<double>(at(Measure::latency_p95_us, row)) *
                     static_cast<double>(at(Measure::answered, row));
    }
    if (it.answered > 0)
        it.latency_p95_us =
            static_cast<std::int64_t>(waited_us / static_cast<double>(it.answered) + 0.5);
    return it;
}

double error_share(const BuildSeen& it) {
    return static_cast<double>(it.errors) /
           static_cast<double>(std::max<std::int64_t>(1, it.errors + it.answered));
}

bool worse(const BuildSeen& a, const BuildSeen& b) {
    const double a_errors = error_share(a), b_errors = error_share(b);
    if (a_errors != b_errors) return a_errors > b_errors;
    if (a.latency_p95_us != b.latency_p95_us) return a.latency_p95_us > b.latency_p95_us;
    return std::pair{a.build.index, a.baseline} < std::pair{b.build.index, b.baseline};
}

}  // namespace

Breakdown breakdown(const Belief& belief, ServiceId service, SimTime as_of, Duration over) {
    const std::size_t until = std::min(belief.columns.visible, scrapes_old_enough(as_of));
    const auto length = static_cast<std::size_t>(over / scrape_every);
    const std::size_t from = until < length ? 0 : until - length;
    const auto time_of = [](std::size_t scrapes) {
        return SimTime{} + Duration{static_cast<std::int64_t>(scrapes) * scrape_every.us};
    };
    Breakdown found{time_of(from), time_of(until), {}};
    const Sides& kept = belief.by_build[service.index];
    for (const Side& side : kept.sides) {
        if (side.since >= until) continue;
        const Rows rows{std::max(from, side.since) - side.since, until - side.since};
        BuildSeen it = seen(side.columns, rows);
        it.build = side.build;
        it.baseline = side.baseline;
        if (it.attempts > 0 || it.slots > 0 || it.restarts > 0) found.builds.push_back(it);
    }
    if (kept.sides.empty() && until > from) {
        BuildSeen it = seen(belief.columns.of_service[service.index], {from, until});
        it.build = kept.alone;
        found.builds.push_back(it);
    }
    std::ranges::sort(found.builds, worse);
    return found;
}

namespace {

void add(const Asked& from, Asked& to) {
    to.asked += from.asked, to.bad += from.bad;
}

}  // namespace

Parted parts_seen(const Belief& belief, ServiceId service, SimTime as_of, Duration over) {
    const std::size_t scrapes = std::min(belief.columns.visible, scrapes_old_enough(as_of));
    const SimTime until =
        SimTime{} + Duration{static_cast<std::int64_t>(scrapes) * scrape_every.us};
    Parted sum;
    SimTime end = belief.parted_until;
    for (std::size_t i = belief.parted.size(); i-- > 0; end = end - Duration{60'000'000}) {
        if (end > until) continue;
        if (end <= until - over) break;
        const Parted& part = belief.parted[i][service.index];
        sum.by_flag.resize(part.by_flag.size());
        sum.by_region.resize(part.by_region.size());
        for (std::size_t f = 0; f < part.by_flag.size(); ++f)
            for (const std::size_t on : {0u, 1u}) add(part.by_flag[f][on], sum.by_flag[f][on]);
        for (std::size_t r = 0; r < part.by_region.size(); ++r)
            add(part.by_region[r], sum.by_region[r]);
    }
    return sum;
}

}  // namespace rollcage
