#include "sim/world/lane.h"

#include <algorithm>

namespace rollcage {

namespace {

constexpr std::int64_t budget_cap_thousandths =
    1'000'000;  // default: design, 1000 retries saved up

// P(gave up uniformly within a tick, then waited U(0, span) ticks, and that is at most t ticks).
double returned_by(double t, double span) {
    const double low = std::min(1.0, span), high = std::max(1.0, span);
    if (t <= 0) return 0;
    if (t >= low + high) return 1;
    if (t <= low) return t * t / (2 * low * high);
    if (t <= high) return (2 * t - low) / (2 * high);
    const double rest = low + high - t;
    return 1 - rest * rest / (2 * low * high);
}

std::vector<double> conditional_returns(double span) {
    std::vector<double> given;
    double before = 0;
    for (double t = 1; before < 1; ++t) {
        // What would be back within the tick of its giving up comes with the next one.
        const double by = span <= 0 ? 1.0 : returned_by(t + 1, span);
        given.push_back(before >= 1 ? 1.0 : std::min(1.0, (by - before) / (1 - before)));
        before = by > 1 - 1e-12 ? 1.0 : by;
    }
    given.back() = 1.0;
    return given;
}

std::int64_t sum(const PerAttempt& counts) {
    std::int64_t total = 0;
    for (const std::int64_t count : counts) total += count;
    return total;
}

void advance_window(Guard& guard, Duration window, std::int64_t now_us) {
    const std::int64_t part = now_us / std::max<std::int64_t>(1, window.us / 8);
    for (std::int64_t stale = std::max(guard.part + 1, part - 7); stale <= part; ++stale) {
        guard.asked[static_cast<std::size_t>(stale % 8)] = 0;
        guard.accepted[static_cast<std::size_t>(stale % 8)] = 0;
    }
    guard.part = part;
}

std::int64_t total(const std::array<std::int64_t, 8>& parts) {
    std::int64_t all = 0;
    for (const std::int64_t part : parts) all += part;
    return all;
}

double rejected_share(Lane& lane, std::int64_t now_us) {
    double pass = 1;
    if (lane.throttle) {
        advance_window(lane.throttled, lane.throttle->window, now_us);
        const auto asked = static_cast<double>(total(lane.throttled.asked));
        const auto accepted = static_cast<double>(total(lane.throttled.accepted));
        pass *= 1 - std::max(0.0, (asked - lane.throttle->k.value() * accepted) / (asked + 1));
    }
    if (lane.breaker && lane.broken.open_until_us != 0)
        pass *= now_us < lane.broken.open_until_us ? 0.0 : lane.breaker->probes.value();
    return 1 - pass;
}

}  // namespace

Lane make_lane(const Cohort& cohort, const RequestKind& kind, Duration tick) {
    const Patience& patience = cohort.patience;
    Lane lane;
    lane.kind_work = kind.work;
    lane.times = kind.work.value();
    lane.attempts = patience.attempts;
    lane.timeout_us = patience.timeout.us;
    lane.deadline = (patience.timeout.us + tick.us / 2) / tick.us;
    lane.bucket = patience.token_bucket;
    lane.throttle = patience.throttle;
    lane.breaker = patience.breaker;
    lane.retry_budget = patience.retry_budget;
    lane.guarded = lane.bucket || lane.throttle || lane.breaker || lane.retry_budget ||
                   patience.retry_budget_flag;
    std::int64_t backoff_us = patience.backoff.base.us;
    for (std::int64_t a = 0; a < lane.attempts; ++a) {
        const std::int64_t span = std::min(backoff_us, patience.backoff.cap.us);
        lane.back_at.push_back(
            conditional_returns(static_cast<double>(span) / static_cast<double>(tick.us)));
        lane.horizon =
            std::max(lane.horizon, static_cast<std::int64_t>(lane.back_at.back().size()) + 1);
        backoff_us = std::min(backoff_us * 2, patience.backoff.cap.us);
    }
    const auto slots = static_cast<std::size_t>(lane.slots());
    lane.asked.assign(slots * static_cast<std::size_t>(lane.attempts), 0);
    lane.pushed.assign(slots, 0);
    lane.work.assign(slots, 0);
    lane.good.assign(slots, 0);
    lane.returning.assign(static_cast<std::size_t>(lane.horizon * lane.attempts), 0);
    if (lane.bucket) lane.bucket_thousandths = lane.bucket->tokens * 1000;
    return lane;
}

void gather(Lane& lane, LaneFlow& flow) {
    flow.asked[0] = flow.fresh = lane.fresh_now;
    flow.attempts = flow.fresh;
    lane.fresh_now = 0;
    if (lane.returning_total != 0) {
        const std::size_t row = lane.row_in(0);
        for (std::size_t a = 1; a < static_cast<std::size_t>(lane.attempts); ++a) {
            flow.asked[a] = lane.returning[row + a];
            lane.returning[row + a] = 0;
            flow.attempts += flow.asked[a];
        }
        lane.returning_total -= flow.attempts - flow.fresh;
    }
    if (lane.retry_budget)
        lane.budget_thousandths =
            std::min(budget_cap_thousandths,
                     lane.budget_thousandths + flow.fresh * lane.retry_budget->ppm / 1000);
}

void reject_locally(Lane& lane, LaneFlow& flow, std::int64_t now_us, Dice& dice) {
    const double rejected = rejected_share(lane, now_us);
    if (rejected <= 0) return;
    for (std::uint32_t a = 0; a < lane.attempts; ++a) {
        const std::int64_t away =
            binomial(dice(Purpose::turn_away, lane.seat() * 32 + a), flow.asked[a], rejected);
        flow.asked[a] -= away;
        flow.held_back[a] += away;
    }
}

void learn(Lane& lane, const LaneFlow& flow, std::int64_t now_us) {
    if (lane.throttle) {
        const auto part = static_cast<std::size_t>(lane.throttled.part % 8);
        lane.throttled.asked[part] += flow.attempts;
        lane.throttled.accepted[part] += flow.good;
    }
    if (!lane.breaker) return;
    Guard& guard = lane.broken;
    advance_window(guard, lane.breaker->window, now_us);
    const std::int64_t bad =
        sum(flow.timed_out) + sum(flow.errored) + sum(flow.shed) + sum(flow.turned_away);
    const bool probing = guard.open_until_us != 0 && now_us >= guard.open_until_us;
    const auto part = static_cast<std::size_t>(guard.part % 8);
    guard.asked[part] += flow.good + bad;
    guard.accepted[part] += flow.good;
    const std::int64_t asked = total(guard.asked), good = total(guard.accepted);
    const std::int64_t enough = probing ? 1 : lane.breaker->at_least;
    if (asked < enough || (guard.open_until_us != 0 && !probing)) return;
    const bool opens = (asked - good) * whole.ppm >= asked * lane.breaker->opens_at.ppm;
    if (!opens && !probing) return;
    guard.open_until_us = opens ? now_us + lane.breaker->open_for.us : 0;
    guard.asked.fill(0);
    guard.accepted.fill(0);
}

void pick_leaving(Lane& lane, std::size_t slot, std::int64_t leaving, PerAttempt& by_attempt,
                  std::uint32_t first_ordinal, Dice& dice) {
    const std::size_t row = slot * static_cast<std::size_t>(lane.attempts);
    std::int64_t left = 0;
    for (std::int64_t a = 0; a < lane.attempts; ++a)
        left += lane.asked[row + static_cast<std::size_t>(a)];
    check(leaving <= left, "no more clients leave a batch than are in it");
    for (std::uint32_t a = 0; a < lane.attempts && leaving > 0; ++a) {
        std::int64_t& here = lane.asked[row + a];
        const std::int64_t going =
            leaving == left
                ? here
                : hypergeometric(dice(Purpose::leave, first_ordinal + a), left, here, leaving);
        left -= here;
        here -= going;
        leaving -= going;
        by_attempt[a] += going;
    }
}

namespace {

// The share of retries that the clients can afford; a debt of a tick is paid by the next.
double affordable(const Lane& lane, std::int64_t wanting, std::int64_t cost) {
    double afford = 1;
    if (lane.retry_budget && wanting > 0)
        afford = std::clamp(
            static_cast<double>(lane.budget_thousandths) / (1000.0 * static_cast<double>(wanting)),
            0.0, 1.0);
    if (lane.bucket && cost > 0)
        afford = std::min(afford, std::clamp(static_cast<double>(lane.bucket_thousandths) /
                                                 (1000.0 * static_cast<double>(cost)),
                                             0.0, 1.0));
    return afford;
}

}  // namespace

void give_up(Lane& lane, LaneFlow& flow, bool shed_is_final, Account& account, Dice& dice) {
    std::int64_t wanting = 0, cost = 0, failed = 0, refused = 0;
    for (std::uint32_t a = 0; a < lane.attempts; ++a) {
        flow.turned_away[a] += lane.dropped[a] + flow.held_back[a];
        flow.held_back[a] = 0;
        lane.waiting -= lane.dropped[a];
        lane.dropped_total -= lane.dropped[a];
        lane.dropped[a] = 0;
        const std::int64_t other = flow.turned_away[a] + flow.errored[a];
        const bool last = a + 1 == lane.attempts;
        lane.ended.turned_away += flow.turned_away[a] + flow.shed[a];
        if (last || shed_is_final) {
            refused += flow.shed[a];
            flow.shed[a] = 0;
        }
        if (last) {
            failed += other + flow.timed_out[a];
            flow.turned_away[a] = flow.errored[a] = flow.timed_out[a] = 0;
            continue;
        }
        wanting += other + flow.timed_out[a] + flow.shed[a];
        if (lane.bucket)
            cost += (other + flow.shed[a]) * lane.bucket->retry_cost +
                    flow.timed_out[a] * lane.bucket->timeout_cost;
    }
    const double afford = affordable(lane, wanting, cost);
    for (std::uint32_t a = 0; wanting > 0 && a + 1 < lane.attempts; ++a) {
        const std::int64_t slow = flow.timed_out[a], other = flow.turned_away[a] + flow.errored[a],
                           shed = flow.shed[a];
        const std::uint32_t at = lane.seat() * 32 + a * 3;
        const std::int64_t slow_go =
            afford >= 1 ? slow : binomial(dice(Purpose::budget, at), slow, afford);
        const std::int64_t other_go =
            afford >= 1 ? other : binomial(dice(Purpose::budget, at + 1), other, afford);
        const std::int64_t shed_go =
            afford >= 1 ? shed : binomial(dice(Purpose::budget, at + 2), shed, afford);
        failed += slow - slow_go + other - other_go;
        lane.ended.left_again += slow_go;
        if (flow.errored[a] > 0)
            lane.ended.wrong_again += (other_go * flow.errored[a] + other / 2) / other;
        refused += shed - shed_go;
        std::int64_t going = slow_go + other_go + shed_go;
        if (lane.retry_budget) lane.budget_thousandths -= going * 1000;
        if (lane.bucket)
            lane.bucket_thousandths -= 1000 * (slow_go * lane.bucket->timeout_cost +
                                               (other_go + shed_go) * lane.bucket->retry_cost);
        lane.returning_total += going;
        const std::vector<double>& given = lane.back_at[a];
        for (std::uint32_t j = 0; j < given.size() && going > 0; ++j) {
            const std::int64_t back =
                j + 1 == given.size()
                    ? going
                    : binomial(dice(Purpose::back_off, (lane.seat() * 8 + a) * 512 + j), going,
                               given[j]);
            lane.returning[lane.row_in(j + 1) + a + 1] += back;
            going -= back;
        }
    }
    if (lane.bucket)  // A success gives a token back, as SDKs do.
        lane.bucket_thousandths =
            std::min(lane.bucket->tokens * 1000, lane.bucket_thousandths + flow.good * 1000);
    account.failed += failed;
    account.refused += refused;
    lane.minute_bad += failed + refused;
}

void drop_queue(Lane& lane, Dice& dice) {
    for (std::int64_t slot = 0; slot < lane.slots(); ++slot) {
        const auto s = static_cast<std::size_t>(slot);
        std::int64_t clients = 0;
        for (std::int64_t a = 0; a < lane.attempts; ++a)
            clients += lane.asked[static_cast<std::size_t>(slot * lane.attempts + a)];
        const std::int64_t unanswered = clients - lane.good[s];
        pick_leaving(lane, s, unanswered, lane.dropped,
                     200'000 + lane.seat() * 2048 + static_cast<std::uint32_t>(slot % 256) * 8,
                     dice);
        lane.dropped_total += unanswered;
        for (std::int64_t a = 0; a < lane.attempts; ++a)
            lane.asked[static_cast<std::size_t>(slot * lane.attempts + a)] = 0;
        lane.pushed[s] = lane.work[s] = lane.good[s] = 0;
    }
    lane.queued = 0;
}

std::int64_t drop_part(Lane& lane, double share, std::int64_t from_age, Dice& dice) {
    std::int64_t all = 0;
    for (std::int64_t age = from_age; age <= lane.deadline; ++age) {
        const std::size_t s = lane.slot_of(age);
        if (lane.work[s] == 0) continue;
        const std::uint32_t at = lane.seat() * 16'384 + static_cast<std::uint32_t>(age % 2048) * 8;
        const std::int64_t gone = binomial(dice(Purpose::lifecycle, at), lane.work[s], share);
        if (gone == 0) continue;
        pick_leaving(lane, s, gone, lane.dropped, at, dice);
        lane.work[s] -= gone;
        all += gone;
    }
    lane.queued -= all;
    lane.dropped_total += all;
    return all;
}

void move_returning(Lane& from, Lane& to, Share share, Dice& dice) {
    for (std::size_t i = 0; i < from.returning.size(); ++i) {
        const std::int64_t moved = binomial(
            dice(Purpose::route, 4096 + from.seat() * 4096 + static_cast<std::uint32_t>(i % 4096)),
            from.returning[i], share.value());
        from.returning[i] -= moved;
        from.returning_total -= moved;
        to.returning[i] += moved;
        to.returning_total += moved;
    }
}

void take_over(Lane& heir, const Lane& gone) {
    heir.fold_good += gone.fold_good;
    heir.ended.wrong += gone.ended.wrong;
    heir.ended.wrong_again += gone.ended.wrong_again;
    heir.ended.turned_away += gone.ended.turned_away;
    heir.ended.left += gone.ended.left;
    heir.ended.left_again += gone.ended.left_again;
    heir.ended.late += gone.ended.late;
    heir.dead += gone.dead;
    heir.dead_again += gone.dead_again;
}

void forget_done(Lane& lane) {
    lane.fold_good = lane.dead = lane.dead_again = 0;
    lane.ended = {};
}

bool holds_nothing(const Lane& lane) {
    return lane.idle() &&
           (lane.dropped_total | lane.fresh_now | lane.minute_fresh | lane.minute_bad |
            lane.minute_misled | lane.fold_good | lane.dead) == 0 &&
           lane.ended == Ended{};
}

void fold(const Lane& lane, Digest& digest) {
    const auto all = [&](const auto& counts) {
        for (const std::int64_t count : counts) digest.fold(count);
    };
    if (!lane.idle()) {  // Else nothing is there.
        all(lane.asked), all(lane.pushed), all(lane.work), all(lane.good), all(lane.returning);
        all(lane.dropped);
    }
    all(lane.throttled.asked), all(lane.throttled.accepted);
    all(lane.broken.asked), all(lane.broken.accepted);
    for (const std::int64_t count : {lane.waiting,
                                     lane.returning_total,
                                     lane.queued,
                                     lane.dropped_total,
                                     lane.retry_budget ? lane.retry_budget->ppm : -1,
                                     lane.budget_thousandths,
                                     lane.bucket_thousandths,
                                     lane.throttled.part,
                                     lane.broken.part,
                                     lane.broken.open_until_us,
                                     lane.minute_fresh,
                                     lane.minute_bad + lane.minute_misled,
                                     lane.fold_good,
                                     lane.ended.wrong,
                                     lane.ended.wrong_again,
                                     lane.ended.turned_away,
                                     lane.ended.left,
                                     lane.ended.left_again,
                                     lane.ended.late,
                                     lane.dead,
                                     lane.dead_again,
                                     lane.fresh_now})
        digest.fold(count);
}

void check_sums(const Lane& lane) {
    std::int64_t clients = lane.dropped_total, work = 0, back = 0;
    for (const std::int64_t count : lane.asked) clients += count;
    for (const std::int64_t count : lane.good) clients -= count;
    for (const std::int64_t count : lane.work) work += count;
    for (const std::int64_t count : lane.returning) back += count;
    check(clients == lane.waiting, "the waiting clients are those in the batches");
    check(work == lane.queued, "the queued work is that of the batches");
    check(back == lane.returning_total, "the returning clients are those backing off");
}

}  // namespace rollcage
