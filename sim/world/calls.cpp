#include "sim/world/calls.h"

#include <algorithm>
#include <cmath>

#include "sim/base/maths.h"
#include "sim/base/samplers.h"

namespace rollcage {

namespace {

constexpr int steps_most = 100;
constexpr double slots_within = 1e-9, rate_within = 1e-6;  // The latter where the hold jumps.

double served_late(const Call& call, const CalleeState& callee, double wait_us) {
    const double rest = static_cast<double>(call.timeout.us - call.rtt.us) - wait_us;
    if (rest <= 0) return 1;
    if (!callee.varies) return rest < callee.work_us ? 1 : 0;
    return e_to(-std::min(700.0, rest / callee.work_us));
}

// One call edge as its calls find it at some rate, before what becomes of them is told apart.
struct Strain {
    double attempts = 1, refused = 0, late = 0, hold_us = 0;
};

// Of attempts of one fate; retries meet the same.
double failing(const Fate& fate, const Strain& strain) {
    const double reached = (1 - fate.error_share) * (1 - strain.refused);
    return std::clamp(1 - (1 - strain.late) * reached, 0.0, 1.0);
}

// Attempts of one call, each of which fails with the same chance.
double tries(double fails, std::int64_t most) {
    double sum = 1;
    for (std::int64_t k = 1; k < most; ++k) sum = 1 + fails * sum;
    return sum;
}

// The queue at the end of the tick if this rate lasts for it. Retries are part of the load, so the
// share that fails is found first without them and then with them.
Strain strain_at(const Call& call, const CalleeState& callee, double calls_per_us, double tick_us) {
    const double rate = std::max(callee.rate, 1e-12);
    const auto rtt = static_cast<double>(call.rtt.us),
               timeout = static_cast<double>(call.timeout.us);
    Strain strain;
    for (int round = 0; round < 2; ++round) {
        const double offered = calls_per_us * strain.attempts * tick_us;
        double wait_us = std::max(0.0, (callee.queue + offered - rate * tick_us) / rate);
        strain.refused = 0;
        if (callee.bound_us >= 0 && wait_us > callee.bound_us) {
            strain.refused =
                offered > 0 ? std::min(1.0, (wait_us - callee.bound_us) * rate / offered) : 0;
            wait_us = callee.bound_us;
        }
        strain.late = served_late(call, callee, wait_us);
        strain.attempts = 0;
        for (const Fate& fate : callee.fates)
            if (fate.weight > 0)
                strain.attempts += fate.weight * tries(failing(fate, strain), call.attempts);
        // An exponential work cut at the timeout: the mean of the lesser.
        const double whole_wait = rtt + wait_us + callee.work_us;
        const double cut = strain.late >= 1
                               ? timeout
                               : std::min(timeout, whole_wait - callee.work_us * strain.late);
        strain.hold_us = strain.attempts * (strain.refused * rtt + (1 - strain.refused) * cut);
    }
    return strain;
}

double hold_at(const Service& service, const std::vector<Edge>& edges,
               const std::vector<CalleeState>& callees, double requests_per_us, double tick_us) {
    double hold = 0;
    for (std::size_t e = 0; e < service.calls.size(); ++e) {
        const double calls = calls_of_request(service.calls[e], edges[e]);
        hold += calls *
                strain_at(service.calls[e], callees[e], requests_per_us * calls, tick_us).hold_us;
    }
    return hold;
}

// The rate X at which X (work + hold(X)) = slots, where `high` needs more slots than there are. As
// the hold grows with the rate, the hold of a rate too high bounds X from below and that of one too
// low from above; between, regula falsi (Illinois), which halves where that is slow.
double rate_of(double slots, double work_us, double high, double high_hold_us, const auto& hold) {
    double low = slots / (work_us + high_hold_us), low_hold_us = hold(low);
    double over = high * (work_us + high_hold_us) - slots,
           under = low * (work_us + low_hold_us) - slots;
    bool was_over = false, slow = false;
    for (int i = 0; i < steps_most && under < 0 && high - low > rate_within * high; ++i) {
        const double width = high - low;
        const double at = low + width * (slow ? .5 : under / (under - over));
        const double excess = at * (work_us + hold(at)) - slots;
        const bool is_over = excess > 0;
        const bool again = i > 0 && is_over == was_over;
        was_over = is_over;
        (is_over ? high : low) = at;
        (is_over ? over : under) = excess;
        if (again) (is_over ? under : over) /= 2;
        slow = high - low > width / 2;
        if (std::abs(excess) < slots_within * slots) return at;
    }
    return low;
}

}  // namespace

CallLoad call_load(const Call& call, const CalleeState& callee, double calls_per_us,
                   double tick_us) {
    const Strain strain = strain_at(call, callee, calls_per_us, tick_us);
    CallLoad load{
        .hold_us = strain.hold_us, .attempts = strain.attempts, .refused_share = strain.refused};
    std::array<double, attempts_max> made{};  // Of calls, those that make attempt k + 1.
    double failed = 0, twice = 0, misread = 0, lossy = 0;
    for (std::size_t i = 0; i < callee.fates.size(); ++i) {
        const Fate& fate = callee.fates[i];
        load.weight[i] = fate.weight;
        if (fate.weight <= 0) continue;
        const double fails = load.fails[i] = failing(fate, strain);
        const double tried = tries(fails, call.attempts), lost = raised(fails, call.attempts);
        load.lost += fate.weight * lost;
        failed += fate.weight * tried * fails;
        if (fails > 0)
            twice += fate.weight * (tried - 1) * strain.late * (1 - fate.error_share) *
                     (1 - strain.refused) / fails;
        misread += fate.weight * (1 - lost) * fate.misread;
        lossy += fate.weight * (1 - lost) * fate.lossy;
        double left = fate.weight;
        for (std::size_t k = 0; k < static_cast<std::size_t>(call.attempts); ++k, left *= fails)
            made[k] += left;
    }
    load.fail_share = std::min(1.0, failed / load.attempts);
    load.done_twice = load.attempts > 1 ? std::min(1.0, twice / (load.attempts - 1)) : 0;
    load.misread = load.lost < 1 ? std::min(1.0, misread / (1 - load.lost)) : 0;
    load.lossy = load.lost < 1 ? std::min(1.0, lossy / (1 - load.lost)) : 0;
    for (std::size_t k = 0; k + 1 < static_cast<std::size_t>(call.attempts); ++k)
        load.again[k] = made[k] > 0 ? std::min(1.0, made[k + 1] / made[k]) : 0;
    return load;
}

double all_answered(const Call& call, const CallLoad& load, double calls) {
    double answered = 0;
    for (std::size_t i = 0; i < load.weight.size(); ++i)
        if (load.weight[i] > 0)
            answered += load.weight[i] *
                        power(std::max(0.0, 1 - raised(load.fails[i], call.attempts)), calls);
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

void find_pace(CallerPace& pace, const Service& service, const std::vector<Edge>& edges,
               const std::vector<CalleeState>& callees, double work_us, double slots,
               double demand_per_us, double tick_us) {
    const auto hold = [&](double rate) { return hold_at(service, edges, callees, rate, tick_us); };
    double rate = demand_per_us;
    const double most_us = hold(rate);
    if (rate * (work_us + most_us) > slots) rate = rate_of(slots, work_us, rate, most_us, hold);
    pace.loads.clear();
    pace.hold_us = 0;
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
