// A one-service day built by hand, for tests that tell what was there, what was done, what was
// seen. Leans on sim alone; scenario files have tests of their own. Every field has the value of
// MODEL 2.4: 80 slots of 100 ms, 480 requests/s, 1 s, four attempts.
#pragma once

#include <algorithm>
#include <optional>

#include "sim/run/day.h"

namespace rollcage {

struct Corner {
    double load = 0.6;  // Offered over capacity.
    std::int64_t attempts = 4;
    std::int64_t slots = 80;
    Duration work{100'000};
    Duration backoff{200'000};
    std::optional<Duration> queue{};
    std::optional<double> budget{};
    double slow = 2.5;
    Duration slow_for{60'000'000};
    bool released = false;  // Slow by a release instead of in place.
    Duration lasts{420'000'000};
};

inline Blueprint corner_blueprint(const Corner& corner) {
    Blueprint plan;
    plan.names = {{"shoppers"}, {"shop"}, {"1.0", "1.1"}, {{0}, {0}}, {}, {"everyone"}};
    Service shop;
    shop.instances = corner.slots;
    shop.work = corner.work;
    shop.queue = corner.queue;
    shop.start = shop.probe = shop.grace = {};  // Replaced at once.
    shop.image_kb = 0;
    shop.max_surge = none;
    shop.max_unavailable = whole;
    plan.services = {shop};
    plan.builds = {Build{{0}, {}},
                   Build{{0}, {Change{{}, {Defect{whole, share_of(corner.slow)}}}}}};
    const double capacity = static_cast<double>(corner.slots) / corner.work.seconds();
    Cohort shoppers;
    shoppers.users = 1'000'000;
    shoppers.requests_per_minute = share_of(corner.load * capacity * 60 / 1e6);
    shoppers.patience.attempts = corner.attempts;
    shoppers.patience.backoff.base = corner.backoff;
    if (corner.budget) shoppers.patience.retry_budget = share_of(*corner.budget);
    plan.cohorts = {shoppers};
    plan.plans = {Plan{}};
    const SimTime trigger = SimTime{} + Duration{60'000'000};
    if (corner.released)
        plan.injects = {{trigger, Release{{1}, {0}}}};
    else
        plan.injects = {{trigger, Slow{{0}, share_of(corner.slow), corner.slow_for}}};
    plan.lasts = corner.lasts;
    plan.judged_after = Duration{};
    return plan;
}

inline std::shared_ptr<const Blueprint> sound(Blueprint plan) {
    const Result<Blueprint> answer = checked(std::move(plan));
    check(static_cast<bool>(answer), answer ? "" : answer.error().message.c_str());
    return std::make_shared<const Blueprint>(*answer);
}

inline void play_until(Day& day, SimTime until) {
    const SimTime end = std::min(until, day_end(day));
    while (now(day) < end) advance(day, end);
}

inline void to(Day& day, Duration since_start) {
    play_until(day, SimTime{} + since_start);
}

inline Day played(const Corner& corner, std::uint64_t seed = 1, BuiltIn actor = BuiltIn::nothing) {
    Day day = start_day(sound(corner_blueprint(corner)), seed, actor);
    play_until(day, day_end(day));
    return day;
}

// The mean of a measure over the scrapes from `from` to the end of the day.
inline double mean_of(const Day& day, Measure measure, Duration from, ServiceId service = {0}) {
    const auto& column =
        day.belief.columns.of_service[service.index][static_cast<std::size_t>(measure)];
    double sum = 0;
    std::size_t n = 0;
    for (auto i = static_cast<std::size_t>(from / scrape_every); i < column.size(); ++i, ++n)
        sum += static_cast<double>(column[i]);
    return n == 0 ? 0 : sum / static_cast<double>(n);
}

inline bool recovered(const Day& day) {
    const Duration last{day_end(day).us - 60'000'000};
    return mean_of(day, Measure::answered, last) > 0.95 * mean_of(day, Measure::attempts, last);
}

template <class F>
std::vector<Occurrence> told(const Day& day) {
    std::vector<Occurrence> all;
    for (const Occurrence& it : day.belief.facts)
        if (std::holds_alternative<F>(it.fact)) all.push_back(it);
    return all;
}

// The same, with the seconds of each.
template <class F>
std::vector<std::pair<double, F>> heard(const Day& day) {
    std::vector<std::pair<double, F>> all;
    for (const Occurrence& it : day.belief.facts)
        if (const auto* fact = std::get_if<F>(&it.fact)) all.emplace_back(it.at.seconds(), *fact);
    return all;
}

}  // namespace rollcage
