#include "sim/world/calls.h"

#include <algorithm>

#include "sim/base/maths.h"
#include "sim/base/samplers.h"

namespace rollcage {

namespace {

constexpr int halvings = 48;  // The rate to 15 digits of its bracket.

double served_late(const Call& call, const CalleeState& callee, double wait_us) {
    const double rest = static_cast<double>(call.timeout.us - call.rtt.us) - wait_us;
    if (rest <= 0) return 1;
    if (!callee.varies) return rest < callee.work_us ? 1 : 0;
    return e_to(-std::min(700.0, rest / callee.work_us));
}

// How often calls of each fate are tried, and what they come to. Retries meet the same fate.
void try_fates(CallLoad& load, const CalleeState& callee, std::int64_t most, double late) {
    const auto cap = static_cast<double>(most);
    std::array<double, attempts_max> made{};  // Of calls, those that make attempt k + 1.
    double failed = 0, twice = 0, misread = 0, lossy = 0;
    load.attempts = load.lost = 0;
    for (std::size_t i = 0; i < callee.fates.size(); ++i) {
        const Fate& fate = callee.fates[i];
        load.weight[i] = fate.weight;
        if (fate.weight <= 0) continue;
        const double reached = (1 - fate.error_share) * (1 - load.refused_share);
        const double fails = std::clamp(1 - (1 - late) * reached, 0.0, 1.0);
        load.fails[i] = fails;
        const double tries = fails >= 1 ? cap : (1 - power(fails, cap)) / (1 - fails);
        const double lost = power(fails, cap);
        load.attempts += fate.weight * tries;
        load.lost += fate.weight * lost;
        failed += fate.weight * tries * fails;
        if (fails > 0) twice += fate.weight * (tries - 1) * late * reached / fails;
        misread += fate.weight * (1 - lost) * fate.misread;
        lossy += fate.weight * (1 - lost) * fate.lossy;
        double left = fate.weight;
        for (std::size_t k = 0; k < static_cast<std::size_t>(most); ++k, left *= fails)
            made[k] += left;
    }
    load.fail_share = std::min(1.0, failed / load.attempts);
    load.done_twice = load.attempts > 1 ? std::min(1.0, twice / (load.attempts - 1)) : 0;
    load.misread = load.lost < 1 ? std::min(1.0, misread / (1 - load.lost)) : 0;
    load.lossy = load.lost < 1 ? std::min(1.0, lossy / (1 - load.lost)) : 0;
    for (std::size_t k = 0; k + 1 < static_cast<std::size_t>(most); ++k)
        load.again[k] = made[k] > 0 ? std::min(1.0, made[k + 1] / made[k]) : 0;
}

double hold_at(const Service& service, const std::vector<Edge>& edges,
               const std::vector<CalleeState>& callees, double requests_per_us, double tick_us) {
    double hold = 0;
    for (std::size_t e = 0; e < service.calls.size(); ++e) {
        const double calls = calls_of_request(service.calls[e], edges[e]);
        hold += calls *
                call_load(service.calls[e], callees[e], requests_per_us * calls, tick_us).hold_us;
    }
    return hold;
}

}  // namespace

CallLoad call_load(const Call& call, const CalleeState& callee, double calls_per_us,
                   double tick_us) {
    CallLoad load;
    const double rate = std::max(callee.rate, 1e-12);
    // The queue at the end of the tick if this rate lasts for it. Retries are part of the load, so
    // the share that fails is found first without them and then with them.
    for (int round = 0; round < 2; ++round) {
        const double offered = calls_per_us * load.attempts * tick_us;
        double wait_us = std::max(0.0, (callee.queue + offered - rate * tick_us) / rate);
        double refused = 0;
        if (callee.bound_us >= 0 && wait_us > callee.bound_us) {
            refused = offered > 0 ? std::min(1.0, (wait_us - callee.bound_us) * rate / offered) : 0;
            wait_us = callee.bound_us;
        }
        const double late = served_late(call, callee, wait_us);
        const double whole_wait = static_cast<double>(call.rtt.us) + wait_us + callee.work_us;
        const auto timeout = static_cast<double>(call.timeout.us);
        load.refused_share = refused;
        try_fates(load, callee, call.attempts, late);
        // An exponential work cut at the timeout: the mean of the lesser.
        const double cut =
            late >= 1 ? timeout : std::min(timeout, whole_wait - callee.work_us * late);
        load.hold_us =
            load.attempts * (refused * static_cast<double>(call.rtt.us) + (1 - refused) * cut);
    }
    return load;
}

double all_answered(const Call& call, const CallLoad& load, double calls) {
    double answered = 0;
    for (std::size_t i = 0; i < load.weight.size(); ++i) {
        if (load.weight[i] <= 0) continue;
        const double lost = power(load.fails[i], static_cast<double>(call.attempts));
        answered += load.weight[i] * power(std::max(0.0, 1 - lost), calls);
    }
    return answered;
}

double miss_share(const Call& call, const Edge& edge) {
    if (call.cached_in) return edge.missed;
    if (!call.cache) return 1;
    return 1 - call.cache->hits.value() * static_cast<double>(edge.warm) /
                   static_cast<double>(call.cache->keys);
}

double calls_of_request(const Call& call, const Edge& edge) {
    return call.per_request.value() * edge.times * miss_share(call, edge);
}

CallerPace caller_pace(const Service& service, const std::vector<Edge>& edges,
                       const std::vector<CalleeState>& callees, double work_us, double slots,
                       double demand_per_us, double tick_us) {
    const auto slots_needed = [&](double rate) {
        return rate * (work_us + hold_at(service, edges, callees, rate, tick_us));
    };
    double rate = demand_per_us;
    if (slots_needed(rate) > slots) {
        double low = 0, high = rate;
        for (int i = 0; i < halvings; ++i) {
            const double middle = (low + high) / 2;
            (slots_needed(middle) > slots ? high : low) = middle;
        }
        rate = low;
    }
    CallerPace pace;
    double ok = 1, right = 1, complete = 1;
    for (std::size_t e = 0; e < service.calls.size(); ++e) {
        const Call& call = service.calls[e];
        const double calls = calls_of_request(call, edges[e]);
        pace.loads.push_back(call_load(call, callees[e], rate * calls, tick_us));
        const CallLoad& load = pace.loads.back();
        pace.hold_us += calls * load.hold_us;
        ok *= all_answered(call, load, calls);
        right *= power(1 - load.misread, calls);
        complete *= power(1 - load.lossy, calls);
    }
    pace.error_share = 1 - ok;
    pace.misread = 1 - right;
    pace.lossy = 1 - complete;
    return pace;
}

std::int64_t place_calls(const Call& call, Edge& edge, const CallLoad& load, std::int64_t served,
                         std::uint32_t row, Dice& dice) {
    const std::uint32_t first = row * 16;
    const Share lookup = share_of(call.per_request.value() * edge.times);
    const std::int64_t each = lookup.ppm / whole.ppm;
    const double part = static_cast<double>(lookup.ppm % whole.ppm) * 1e-6;
    std::int64_t lookups = served * each + binomial(dice(Purpose::calls, first), served, part);
    std::int64_t calls = binomial(dice(Purpose::calls, first + 1), lookups, miss_share(call, edge));
    std::int64_t attempts = calls, trying = calls;
    for (std::uint32_t a = 1; a < call.attempts; ++a) {
        trying = binomial(dice(Purpose::calls, first + 1 + a), trying, load.again[a - 1]);
        attempts += trying;
    }
    edge.doubled_ppm = attempts == 0 ? 0
                                     : share_of(static_cast<double>(attempts - calls) *
                                                load.done_twice / static_cast<double>(attempts))
                                           .ppm;
    if (call.cache && edge.warm < call.cache->keys) {
        // Of the misses: a cold key always misses, a warm one seldom.
        const double cold =
            (1 - static_cast<double>(edge.warm) / static_cast<double>(call.cache->keys)) /
            miss_share(call, edge);
        const std::int64_t filled = binomial(dice(Purpose::warm, row * 2), calls, 1 - load.lost);
        edge.warm += std::min(call.cache->keys - edge.warm,
                              binomial(dice(Purpose::warm, row * 2 + 1), filled, cold));
    }
    const std::int64_t refused =
        binomial(dice(Purpose::calls, first + 12), attempts, load.refused_share);
    edge.placed = attempts - refused;
    return edge.placed;
}

}  // namespace rollcage
