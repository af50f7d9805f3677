// What a scrape finds: counters since the last one, and latencies from waits and work.
#include <algorithm>

#include "sim/base/maths.h"
#include "sim/base/samplers.h"
#include "sim/world/world.h"

namespace rollcage {

namespace {

constexpr std::size_t work_nodes = 16;
constexpr double sigma_of_cs2_one = 0.83255461115769775635;  // sqrt(ln 2)

// Work in units of its mean: sixteen equally likely points of a lognormal with cs^2 = 1.
std::array<double, work_nodes> spread_work(bool varies) {
    std::array<double, work_nodes> nodes{};
    double sum = 0;
    for (std::size_t i = 0; i < work_nodes; ++i) {
        const double u = (static_cast<double>(i) + 0.5) / work_nodes;
        nodes[i] = varies ? e_to(sigma_of_cs2_one * normal_quantile(u)) : 1;
        sum += nodes[i];
    }
    for (double& node : nodes) node *= work_nodes / sum;
    return nodes;
}

double queueing_us(const Pool& pool, const Service& service, std::int64_t ticks, double work_us) {
    const std::int64_t capacity = pool.station.slots * ticks;
    const double load =
        std::min(0.995, static_cast<double>(pool.station.busy_sum) /
                            static_cast<double>(std::max<std::int64_t>(1, capacity)));
    if (pool.station.slots == 0) return 0;
    if (erlang_negligible(pool.station.slots, load)) return 0;
    // Nobody waits longer than all do who must; where the ring's waits exceed that it is enough.
    const auto ring = std::ranges::find_if(pool.station.waits, [](auto n) { return n != 0; });
    const auto shortest = static_cast<std::size_t>(ring - pool.station.waits.begin());
    const double longest_us = work_us / (static_cast<double>(pool.station.slots) * (1 - load));
    if (shortest == wait_buckets || static_cast<double>(wait_of_bucket(shortest)) >= longest_us)
        return 0;
    return erlang_wait(pool.station.slots, load) * work_us * (service.work_varies ? 1.0 : 0.5);
}

// What is counted of one build, or of a service.
struct Tally {
    BuildId build;
    bool baseline = false;
    Counts counts;
    std::int64_t busy = 0;
    std::array<std::int64_t, wait_buckets> latency{};
};

Tally& tally_of(std::vector<Tally>& tallies, BuildId build, bool baseline) {
    for (Tally& it : tallies)
        if (it.build == build && it.baseline == baseline) return it;
    Tally& tally = tallies.emplace_back();
    tally.build = build;
    tally.baseline = baseline;
    return tally;
}

void add_latencies(const Pool& pool, const Service& declared, std::int64_t ticks, Tally& tally,
                   std::int64_t& slow_sixteenths) {
    static const std::array<double, work_nodes> varying = spread_work(true),
                                                fixed = spread_work(false);
    const std::array<double, work_nodes>& nodes = declared.work_varies ? varying : fixed;
    const Station& station = pool.station;
    const auto work_us = static_cast<double>(station.work_us + pool.hold_us);
    const double floor_us = queueing_us(pool, declared, ticks, work_us);
    for (std::size_t w = 0; w < wait_buckets; ++w) {
        if (station.waits[w] == 0) continue;
        const double wait_us = std::max(floor_us, static_cast<double>(wait_of_bucket(w)));
        for (const double node : nodes) {
            const double us = std::min(wait_us + work_us * node, 1e15);
            tally.latency[wait_bucket(static_cast<std::int64_t>(us))] += station.waits[w];
            if (us > static_cast<double>(declared.latency_goal.us))
                slow_sixteenths += station.waits[w];
        }
    }
}

void take(Station& station, Tally& tally) {
    tally.counts.attempts += std::exchange(station.attempts, 0);
    tally.counts.answered += std::exchange(station.answered, 0);
    tally.counts.errors += std::exchange(station.errors, 0);
    tally.busy += std::exchange(station.busy_sum, 0);
    tally.counts.queue += station.queue();
    tally.counts.slots += station.slots;
    station.waits.fill(0);
}

void add(const Tally& part, Tally& all) {
    for (const auto count : {&Counts::attempts, &Counts::answered, &Counts::errors, &Counts::queue,
                             &Counts::slots, &Counts::restarts})
        all.counts.*count += part.counts.*count;
    all.busy += part.busy;
    for (std::size_t w = 0; w < wait_buckets; ++w) all.latency[w] += part.latency[w];
}

Counts finished(const Tally& tally, std::int64_t ticks) {
    Counts counts = tally.counts;
    counts.busy_ppm =
        tally.busy * whole.ppm / std::max<std::int64_t>(1, tally.counts.slots * ticks);
    const std::int64_t all = counts.answered * static_cast<std::int64_t>(work_nodes);
    std::int64_t below = 0;
    for (std::size_t w = 0; w < wait_buckets && all > 0; ++w) {
        const std::int64_t upto = below + tally.latency[w];
        if (below <= all / 2 && upto > all / 2) counts.latency_p50_us = wait_of_bucket(w);
        if (below <= all * 95 / 100 && upto > all * 95 / 100)
            counts.latency_p95_us = wait_of_bucket(w);
        if (below <= all * 99 / 100 && upto > all * 99 / 100)
            counts.latency_p99_us = wait_of_bucket(w);
        below = upto;
    }
    return counts;
}

}  // namespace

Scraped take_counts(World& world, ServiceId id, std::int64_t ticks) {
    const Service& declared = world.plan->services[id.index];
    ServiceState& service = world.services[id.index];
    std::vector<Tally> tallies;
    for (Pool& pool : service.pools) {
        Tally& tally = tally_of(tallies, pool.build, pool.baseline);
        add_latencies(pool, declared, ticks, tally, service.slow_sixteenths);
        take(pool.station, tally);
    }
    for (const Leftover& it : service.leftovers) {
        Counts& counts = tally_of(tallies, it.build, it.baseline).counts;
        counts.restarts += it.restarts;
        counts.attempts += it.attempts;
        counts.answered += it.answered;
        counts.errors += it.errors;
    }
    service.leftovers.clear();
    std::ranges::sort(tallies, {}, [](const Tally& it) {
        return std::pair{it.build.index, it.baseline};
    });
    Scraped scraped;
    Tally all;
    for (const Tally& it : tallies) {
        add(it, all);
        scraped.by_build.push_back({it.build, it.baseline, finished(it, ticks)});
    }
    scraped.all = finished(all, ticks);
    service.failing = scraped.all.errors > scraped.all.answered;  // default: design
    return scraped;
}

}  // namespace rollcage
