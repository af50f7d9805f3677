#include "sim/watch/channels.h"

#include <algorithm>

#include "sim/base/samplers.h"

namespace rollcage {

namespace {

constexpr std::int64_t probes_in_a_row = 3;      // Before it is told. default: design
constexpr double complaints_per_minute = 1e-3;   // Of a user who is hit. default: MODEL 7.4
constexpr double names_whom_they_asked = 0.7;    // Of complaints; the rest may name anybody. design
constexpr std::int64_t read_out_every = 5;       // Minutes. default: design
constexpr std::size_t soonest = 5, latest = 15;  // Minutes until support has it; MODEL 7.4's 5-20.

bool asked_by_users(const World& world, std::uint32_t s) {
    return std::ranges::any_of(world.plan->cohorts,
                               [&](const Cohort& it) { return it.serves.index == s; });
}

std::uint64_t minute_of(SimTime now) {
    return static_cast<std::uint64_t>(now.us / 60'000'000);
}

}  // namespace

void probe(Belief& belief, const World& world, SimTime now, Digest& chain) {
    for (std::uint32_t s = 0; s < world.services.size(); ++s) {
        if (!asked_by_users(world, s)) continue;
        const auto& columns = belief.columns.of_service[s];
        const std::int64_t errors = columns[static_cast<std::size_t>(Measure::errors)].back();
        const std::int64_t ended =
            errors + columns[static_cast<std::size_t>(Measure::answered)].back();
        const double fails = ended > 0 ? static_cast<double>(errors) / static_cast<double>(ended)
                             : ready_in(world.services[s]) == 0 ? 1
                                                                : 0;
        const bool answered =
            world.draw(Purpose::probes, s, minute_of(now)).fine(0).value() >= fails;
        ProbeWatch& watch = belief.probes[s];
        watch.in_a_row = watch.answered == answered ? watch.in_a_row + 1 : 1;
        watch.answered = answered;
        if (watch.in_a_row < probes_in_a_row || watch.failing != answered) continue;
        watch.failing = !answered;
        if (answered)
            tell(belief, now, ProbeRecovered{{s}}, chain);
        else
            tell(belief, now, ProbeFailed{{s}, watch.in_a_row}, chain);
    }
}

namespace {

// Complaints that come in from a cohort in the minute that ends now, by whom they name.
void take_in(Belief& belief, const World& world, std::uint32_t c, std::uint64_t minute) {
    Grievance& grievance = belief.grievances[c];
    const std::int64_t upto = world.cohorts[c].impacted_ppm;
    grievance.hit[minute % complaint_minutes] = upto - std::exchange(grievance.upto, upto);
    double hit = 0;
    for (std::size_t ago = soonest; ago <= latest && ago <= minute; ++ago)
        hit += static_cast<double>(grievance.hit[(minute - ago) % complaint_minutes]) * 1e-6;
    if (hit <= 0) return;
    const double mean = complaints_per_minute * hit / static_cast<double>(latest - soonest + 1);
    const Lanes die = world.draw(Purpose::complaints, c, minute);
    std::int64_t left = poisson(die.fine(0), std::min(mean, 1e12));
    if (left == 0) return;
    const std::int64_t right = binomial(die[2], left, names_whom_they_asked);
    belief.inbox[world.plan->cohorts[c].serves.index] += right;
    left -= right;
    const std::size_t services = belief.inbox.size();
    for (std::size_t s = 0; s < services && left > 0; ++s) {
        const auto block = static_cast<std::uint16_t>(1 + s / 4);
        const Uniform u = world.draw(Purpose::complaints, c, minute, block)[s % 4];
        const std::int64_t named = binomial(u, left, 1 / static_cast<double>(services - s));
        belief.inbox[s] += named;
        left -= named;
    }
}

}  // namespace

void hear_users(Belief& belief, const World& world, SimTime now, Digest& chain) {
    const std::uint64_t minute = minute_of(now);
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) take_in(belief, world, c, minute);
    if (minute % read_out_every != 0) return;
    for (std::uint32_t s = 0; s < belief.inbox.size(); ++s)
        if (const std::int64_t complaints = std::exchange(belief.inbox[s], 0); complaints > 0)
            tell(belief, now, Complaints{{s}, complaints}, chain);
}

namespace {

std::int64_t value_at(const Belief& belief, const World& world, std::uint32_t row,
                      std::size_t scrape) {
    const CauseAlert& alert = world.plan->alerts[row];
    const auto at = [&](Measure measure) {
        const auto& columns = belief.columns.of_service[alert.of.index];
        return columns[static_cast<std::size_t>(measure)][scrape];
    };
    if (alert.log)
        return at(Measure::errors) + binomial(world.draw(Purpose::log_lines, row, scrape).fine(0),
                                              at(Measure::answered), alert.log->by_chance.value());
    switch (alert.above.measure) {
        case Judged::error_share_ppm:
            return at(Measure::errors) * whole.ppm /
                   std::max<std::int64_t>(1, at(Measure::errors) + at(Measure::answered));
        case Judged::latency_p50_us: return at(Measure::latency_p50_us);
        case Judged::latency_p95_us: return at(Measure::latency_p95_us);
        case Judged::latency_p99_us: return at(Measure::latency_p99_us);
        case Judged::busy_ppm: return at(Measure::busy_ppm);
        case Judged::queue: return at(Measure::queue);
        case Judged::restarts: return at(Measure::restarts);
    }
    return 0;
}

}  // namespace

void judge_causes(Belief& belief, const World& world, SimTime now, Digest& chain) {
    for (std::uint32_t row = 0; row < belief.causes.size(); ++row) {
        const CauseAlert& alert = world.plan->alerts[row];
        const std::int64_t most = alert.log ? alert.log->most : alert.above.most;
        CauseWatch& watch = belief.causes[row];
        for (; watch.seen < belief.columns.visible; ++watch.seen)
            watch.above = value_at(belief, world, row, watch.seen) > most ? watch.above + 1 : 0;
        const std::int64_t needed = std::max<std::int64_t>(1, alert.lasts / scrape_every);
        const bool fires = watch.above >= needed || (watch.firing && watch.above > 0);
        if (fires == watch.firing) continue;
        watch.firing = fires;
        if (fires)
            tell(belief, now, CauseFired{alert.of, {row}}, chain);
        else
            tell(belief, now, CauseCleared{alert.of, {row}}, chain);
    }
}

}  // namespace rollcage
