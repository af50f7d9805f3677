#include "sim/watch/judge.h"

#include <algorithm>
#include <cmath>

#include "sim/base/maths.h"

namespace rollcage {

namespace {

constexpr double alpha = 0.05;  // Of a stage's gate, over all its looks. MODEL 7.3
constexpr std::int64_t pass_at = 95, marginal_at = 75;  // Of 100, of what was judged. MODEL 7.3

}  // namespace

bool fails_more(const Outcomes& canary, const Outcomes& control, double by_chance) {
    if (canary.ended == 0 || control.ended == 0) return false;
    const auto n = static_cast<double>(canary.ended), m = static_cast<double>(control.ended);
    const double pooled = static_cast<double>(canary.errors + control.errors) / (n + m);
    const double spread = std::sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
    const double more =
        static_cast<double>(canary.errors) / n - static_cast<double>(control.errors) / m;
    return spread > 0 && more > normal_quantile(1 - by_chance) * spread;
}

namespace {

// Of the sum of t^3 - t over the groups of equal points.
double tied(std::vector<std::int64_t> points) {
    std::ranges::sort(points);
    double sum = 0;
    for (std::size_t i = 0, j = 0; i < points.size(); i = j) {
        while (j < points.size() && points[j] == points[i]) ++j;
        const auto t = static_cast<double>(j - i);
        sum += t * t * t - t;
    }
    return sum;
}

}  // namespace

Shift shift_of(std::span<const std::int64_t> canary, std::span<const std::int64_t> control) {
    constexpr double z = 2.3263478740408408;  // Of 98 %, two-sided: Kayenta's.
    check(!canary.empty() && !control.empty(), "a shift is of two series that hold something");
    std::vector<std::int64_t> differences;
    differences.reserve(canary.size() * control.size());
    for (const std::int64_t x : canary)
        for (const std::int64_t y : control) differences.push_back(x - y);
    std::ranges::sort(differences);
    std::vector<std::int64_t> all(canary.begin(), canary.end());
    all.insert(all.end(), control.begin(), control.end());
    const auto n = static_cast<double>(canary.size()), m = static_cast<double>(control.size());
    const double total = n + m;
    const double sd =
        std::sqrt(n * m / 12 * (total + 1 - tied(std::move(all)) / (total * (total - 1))));
    const auto last = static_cast<std::int64_t>(differences.size()) - 1;
    const auto beyond = std::clamp<std::int64_t>(
        static_cast<std::int64_t>(std::max(0.0, n * m / 2 - 0.5 - z * sd)), 0, last / 2);
    const auto at = [&](std::int64_t row) { return differences[static_cast<std::size_t>(row)]; };
    return {at(beyond), (at(last / 2) + at((last + 1) / 2)) / 2, at(last - beyond)};
}

bool lies_higher(std::span<const std::int64_t> canary, std::span<const std::int64_t> control) {
    const Shift shift = shift_of(canary, control);
    const auto mean = [](std::span<const std::int64_t> points) {
        double sum = 0;
        for (const std::int64_t point : points) sum += static_cast<double>(point);
        return sum / static_cast<double>(points.size());
    };
    const std::int64_t size = shift.estimate < 0 ? -shift.estimate : shift.estimate;
    return shift.low > 0 && 4 * shift.low > size && mean(canary) >= mean(control);
}

namespace {

// Visible rows of one side, or of the whole service, over a soak so far.
struct Window {
    std::span<const std::vector<std::int64_t>> columns;
    std::size_t first = 0, last = 0;

    bool empty() const { return first >= last; }
    std::int64_t at(Measure measure, std::size_t row) const {
        return columns[static_cast<std::size_t>(measure)][row];
    }
    std::int64_t sum(Measure measure) const {
        std::int64_t all = 0;
        for (std::size_t row = first; row < last; ++row) all += at(measure, row);
        return all;
    }
    Outcomes outcomes() const {
        const std::int64_t errors = sum(Measure::errors);
        return {errors, errors + sum(Measure::answered)};
    }
    std::vector<std::int64_t> latencies(Measure measure) const {  // Of scrapes that had answers.
        std::vector<std::int64_t> points;
        for (std::size_t row = first; row < last; ++row)
            if (at(Measure::answered, row) > 0) points.push_back(at(measure, row));
        return points;
    }
};

// The scrapes that lie wholly between two times.
struct Scrapes {
    std::size_t from = 0, until = 0;
};

Window window_of(const Side& side, const Scrapes& scrapes) {
    return {side.columns, std::max(scrapes.from, side.since) - side.since,
            std::max(scrapes.until, side.since) - side.since};
}

const Side* side_of(const Sides& kept, BuildId build, bool baseline) {
    for (const Side& side : kept.sides)
        if (side.build == build && side.baseline == baseline) return &side;
    return nullptr;
}

struct Finding {
    GateVerdict verdict = GateVerdict::pass;
    Judged measure = Judged::error_share_ppm;
    std::int64_t found = 0, against = 0;
};

std::int64_t share_ppm(const Outcomes& it) {
    return it.ended == 0 ? 0 : it.errors * whole.ppm / it.ended;
}

std::int64_t median(std::vector<std::int64_t> points) {
    std::ranges::sort(points);
    return points.empty() ? 0 : points[points.size() / 2];
}

std::span<const std::int64_t> latest(const std::vector<std::int64_t>& points) {
    return std::span(points).last(std::min(points.size(), series_most));
}

// Errors by their counters alone; of the latencies those that have enough points count for a score.
Finding compared(const Window& canary, const Window& control, double by_chance) {
    const Outcomes ours = canary.outcomes(), theirs = control.outcomes();
    Finding finding{.found = share_ppm(ours), .against = share_ppm(theirs)};
    if (ours.ended == 0 || theirs.ended == 0) {
        finding.verdict = GateVerdict::no_data;
        return finding;
    }
    if (fails_more(ours, theirs, by_chance)) {
        finding.verdict = GateVerdict::fail;
        return finding;
    }
    std::int64_t judged = 1, passed = 1;
    for (const auto& [measure, column] :
         {std::pair{Judged::latency_p50_us, Measure::latency_p50_us},
          {Judged::latency_p95_us, Measure::latency_p95_us},
          {Judged::latency_p99_us, Measure::latency_p99_us}}) {
        const auto a = canary.latencies(column), b = control.latencies(column);
        if (a.size() < series_least || b.size() < series_least) continue;
        ++judged;
        if (!lies_higher(latest(a), latest(b))) {
            ++passed;
        } else if (passed + 1 == judged) {  // The first that lies higher.
            finding = {finding.verdict, measure, median(a), median(b)};
        }
    }
    if (100 * passed < marginal_at * judged)
        finding.verdict = GateVerdict::fail;
    else if (100 * passed < pass_at * judged)
        finding.verdict = GateVerdict::marginal;
    return finding;
}

std::int64_t measured(const Window& window, Judged measure) {
    const auto rows = static_cast<std::int64_t>(window.last - window.first);
    switch (measure) {
        case Judged::error_share_ppm: return share_ppm(window.outcomes());
        case Judged::latency_p50_us: return median(window.latencies(Measure::latency_p50_us));
        case Judged::latency_p95_us: return median(window.latencies(Measure::latency_p95_us));
        case Judged::latency_p99_us: return median(window.latencies(Measure::latency_p99_us));
        case Judged::busy_ppm: return window.sum(Measure::busy_ppm) / rows;
        case Judged::queue: return window.sum(Measure::queue) / rows;
        case Judged::restarts: return window.sum(Measure::restarts);
    }
    return 0;
}

// A failure says most, then that nothing is known, then doubt.
int gravity(GateVerdict verdict) {
    switch (verdict) {
        case GateVerdict::pass: return 0;
        case GateVerdict::marginal: return 1;
        case GateVerdict::no_data: return 2;
        case GateVerdict::fail: return 3;
    }
    return 0;
}

Finding limited(const Window& window, const std::vector<Limit>& limits) {
    Finding finding{.verdict = GateVerdict::no_data};
    if (window.empty()) return finding;
    const bool answers = window.outcomes().ended > 0;
    finding.verdict = GateVerdict::pass;
    for (const Limit& limit : limits) {
        const bool of_answers = limit.measure < Judged::busy_ppm;
        const std::int64_t found = measured(window, limit.measure);
        const GateVerdict verdict = of_answers && !answers ? GateVerdict::no_data
                                    : found > limit.most   ? GateVerdict::fail
                                                           : GateVerdict::pass;
        const bool first = &limit == limits.data();
        if (first || gravity(verdict) > gravity(finding.verdict))
            finding = {verdict, limit.measure, found, limit.most};
        if (verdict == GateVerdict::fail) return finding;
    }
    return finding;
}

Finding judge(const Belief& belief, const World& world, std::uint32_t s, const Scrapes& scrapes) {
    const ServiceState& service = world.services[s];
    const Stage& stage = stage_now(world, s);
    const Sides& kept = belief.by_build[s];
    const Side* canary = side_of(kept, service.rollout->build, false);
    Window ours{belief.columns.of_service[s], scrapes.from, scrapes.until};
    if (canary != nullptr) ours = window_of(*canary, scrapes);
    Finding finding;
    if (stage.gate->no_worse) {
        const Side* control = side_of(kept, service.current, stage.baseline);
        finding.verdict = GateVerdict::no_data;
        if (canary != nullptr && control != nullptr)
            finding = compared(ours, window_of(*control, scrapes),
                               alpha / static_cast<double>(stage.gate->looks));
    }
    if (stage.gate->limits.empty()) return finding;
    const Finding limits = limited(ours, stage.gate->limits);
    const bool graver = gravity(limits.verdict) > gravity(finding.verdict);
    return graver || !stage.gate->no_worse ? limits : finding;
}

}  // namespace

void judge_gates(Belief& belief, const World& world, SimTime now, Digest& chain) {
    for (std::uint32_t s = 0; s < world.services.size(); ++s) {
        const auto& rollout = world.services[s].rollout;
        if (!rollout || !rollout->plan || rollout->halted || rollout->soaks < SimTime{}) continue;
        const Stage& stage = stage_now(world, s);
        if (!stage.gate) continue;
        GateWatch& watch = belief.gates[s];
        const std::uint32_t nth = world.services[s].rollouts;
        if (watch.rollout != nth || watch.stage != rollout->stage || watch.soaks != rollout->soaks)
            watch = {nth, rollout->stage, rollout->soaks, 0, false};
        if (watch.told) continue;
        const SimTime due =
            rollout->soaks + Duration{stage.soak.us / stage.gate->looks * (watch.looks + 1)};
        // The scrape that is taken when the look is due is the last that counts.
        const std::int64_t last = (due.us + scrape_every.us - 1) / scrape_every.us;
        if (static_cast<std::int64_t>(belief.columns.visible) < last) continue;
        const std::int64_t first = (rollout->soaks.us + scrape_every.us - 1) / scrape_every.us;
        const Finding finding = judge(
            belief, world, s, {static_cast<std::size_t>(first), static_cast<std::size_t>(last)});
        const bool over = ++watch.looks == stage.gate->looks;
        if (!over && finding.verdict != GateVerdict::fail) continue;
        watch.told = true;
        tell(belief, now,
             BuildJudged{{s},
                         rollout->build,
                         finding.verdict,
                         finding.measure,
                         finding.found,
                         finding.against,
                         stage.gate->on_fail},
             chain);
    }
}

}  // namespace rollcage
