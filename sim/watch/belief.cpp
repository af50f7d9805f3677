#include "sim/watch/belief.h"

#include <algorithm>
#include <utility>

#include "sim/watch/roll_call.h"

namespace rollcage {

namespace {

// What a window asks of the time before the start is baseline traffic that spent the budget evenly.
bool burns(const ServiceWatch& watched, const Service& service, std::int64_t scrapes,
           std::int64_t tenths) {
    const auto seen = static_cast<std::int64_t>(watched.errors_upto.size());
    const std::int64_t from = std::max<std::int64_t>(0, seen - scrapes);
    const auto upto = [&](const std::vector<std::int64_t>& sums, std::int64_t n) {
        return n == 0 ? 0 : sums[static_cast<std::size_t>(n - 1)];
    };
    const double budget = static_cast<double>(whole.ppm - service.goal.ppm) * 1e-6;
    const auto before = static_cast<double>((scrapes - (seen - from)) * watched.baseline);
    const double errors =
        static_cast<double>(upto(watched.errors_upto, seen) - upto(watched.errors_upto, from)) +
        before * budget * service.spent.value();
    const double ended =
        static_cast<double>(upto(watched.ended_upto, seen) - upto(watched.ended_upto, from)) +
        before;
    return errors > 0 && errors * 10 >= static_cast<double>(tenths) * budget * ended;
}

}  // namespace

Belief start_belief(const World& world) {
    Belief belief;
    belief.columns.of_service.resize(world.services.size());
    belief.watched.resize(world.services.size());
    belief.by_build.resize(world.services.size());
    belief.gates.resize(world.services.size());
    belief.probes.resize(world.services.size());
    belief.grievances.resize(world.cohorts.size());
    belief.inbox.resize(world.services.size());
    belief.causes.resize(world.plan->alerts.size());
    belief.found.resize(world.environments.size());
    for (const Cohort& cohort : world.plan->cohorts)
        belief.watched[cohort.serves.index].baseline +=
            demand_per_minute_ppm(cohort, 0) / 4'000'000;
    return belief;
}

void fold_belief(const Belief& belief, Digest& digest) {
    digest.fold(std::uint64_t{belief.columns.visible});
    for (const ProbeWatch& it : belief.probes)
        digest.fold(it.in_a_row << 2 | std::int64_t{it.answered} << 1 | std::int64_t{it.failing});
    for (const Grievance& it : belief.grievances)
        for (const std::int64_t hit : it.hit) digest.fold(hit);
    for (const std::int64_t complaints : belief.inbox) digest.fold(complaints);
    for (const std::vector<std::uint64_t>& keys : belief.found) {
        digest.fold(std::uint64_t{keys.size()});
        for (const std::uint64_t key : keys) digest.fold(key);
    }
    for (const CauseWatch& it : belief.causes) digest.fold(it.above << 1 | std::int64_t{it.firing});
    for (const GateWatch& it : belief.gates)
        digest.fold(it.soaks.us), digest.fold(it.looks << 1 | std::int64_t{it.told});
}

void tell(Belief& belief, SimTime now, const Fact& fact, Digest& chain, std::string words) {
    belief.facts.push_back({now, fact, std::move(words)});
    chain.fold(now.us);
    fold(belief.facts.back().fact, chain);
}

namespace {

std::array<std::int64_t, measures_by_build> row_of(const Counts& counts) {
    return {counts.attempts,       counts.answered,       counts.errors, counts.latency_p50_us,
            counts.latency_p95_us, counts.latency_p99_us, counts.queue,  counts.busy_ppm,
            counts.slots,          counts.restarts};
}

void keep_sides(Sides& kept, const std::vector<BuildCounts>& found, std::size_t scrape) {
    constexpr std::size_t kept_for = 240;  // An hour. default: design
    if (found.size() > 1) kept.together = scrape;
    if (kept.sides.empty() && found.size() < 2) {
        if (!found.empty()) kept.alone = found.front().build;
        return;
    }
    if (scrape - kept.together > kept_for) return kept.sides.clear();
    for (const BuildCounts& it : found) {
        const bool known = std::ranges::any_of(kept.sides, [&](const Side& side) {
            return side.build == it.build && side.baseline == it.baseline;
        });
        if (!known) kept.sides.push_back({it.build, it.baseline, scrape, {}});
    }
    for (Side& side : kept.sides) {
        const auto here = std::ranges::find_if(found, [&](const BuildCounts& it) {
            return side.build == it.build && side.baseline == it.baseline;
        });
        const auto row = row_of(here == found.end() ? Counts{} : here->counts);
        for (std::size_t m = 0; m < measures_by_build; ++m) side.columns[m].push_back(row[m]);
    }
}

}  // namespace

void scrape(Belief& belief, World& world) {
    const std::int64_t ticks = scrape_every / world.tick_length;
    // For whoever has a desk; a day is the same without.
    if (!belief.columns.instances.empty()) belief.counted = roll_call(world);
    for (std::uint32_t s = 0; s < world.services.size(); ++s) {
        const Scraped scraped = take_counts(world, {s}, ticks);
        const JobsThere jobs = jobs_there(world, {s});
        auto& columns = belief.columns.of_service[s];
        const auto row = row_of(scraped.all);
        keep_sides(belief.by_build[s], scraped.by_build, columns[0].size());
        for (std::size_t m = 0; m < measures_by_build; ++m) columns[m].push_back(row[m]);
        std::size_t m = measures_by_build;
        for (const std::int64_t count : {jobs.waiting, jobs.running, jobs.orphaned})
            columns[m++].push_back(count);
    }
}

void keep_minute(Belief& belief, const World& world, SimTime now) {
    // More than an inspection takes and looks back over. default: design
    constexpr std::size_t kept = 20;
    if (belief.parted.size() == kept) belief.parted.erase(belief.parted.begin());
    belief.parted.push_back(world.minutes.parted);
    belief.parted_until = now;
}

std::size_t scrapes_old_enough(SimTime now) {
    return now.us < scrape_late.us
               ? 0
               : static_cast<std::size_t>((now.us - scrape_late.us) / scrape_every.us);
}

void see_scrapes(Belief& belief, const World& world, SimTime now, Digest& chain) {
    const bool blank = !works(world, world.plan->tools.dashboards);
    if (std::exchange(belief.blank, blank) != blank)
        tell(belief, now, DashboardsTurned{blank ? Screens::blank : Screens::back}, chain);
    if (blank) return;
    belief.columns.visible = scrapes_old_enough(now);
    // What is old enough is the last scrape: one is seen before the next is taken.
    if (!belief.counted.empty()) belief.columns.instances = std::exchange(belief.counted, {});
}

namespace {

// Running sums of what has become visible since.
void sum_up(ServiceWatch& watched, const std::array<std::vector<std::int64_t>, measures>& columns,
            std::size_t visible) {
    const auto upto = [](const std::vector<std::int64_t>& sums) {
        return sums.empty() ? 0 : sums.back();
    };
    for (std::size_t row = watched.errors_upto.size(); row < visible; ++row) {
        const std::int64_t errors = columns[static_cast<std::size_t>(Measure::errors)][row];
        const std::int64_t answered = columns[static_cast<std::size_t>(Measure::answered)][row];
        watched.ended_upto.push_back(upto(watched.ended_upto) + errors + answered);
        watched.errors_upto.push_back(upto(watched.errors_upto) + errors);
    }
}

}  // namespace

void judge_alerts(Belief& belief, const World& world, SimTime now, Digest& chain) {
    for (std::uint32_t s = 0; s < belief.watched.size(); ++s) {
        ServiceWatch& watched = belief.watched[s];
        sum_up(watched, belief.columns.of_service[s], belief.columns.visible);
        const Service& service = world.plan->services[s];
        for (const BurnRule& rule : burn_rules) {
            bool& firing = watched.firing[static_cast<std::size_t>(rule.rule)];
            const bool recent = burns(watched, service, rule.short_scrapes, rule.times_tenths);
            if (!firing && recent &&
                burns(watched, service, rule.long_scrapes, rule.times_tenths)) {
                firing = true;
                tell(belief, now, AlertFired{{s}, rule.rule}, chain);
            } else if (firing && !recent) {
                firing = false;
                tell(belief, now, AlertCleared{{s}, rule.rule}, chain);
            }
        }
    }
}

}  // namespace rollcage
