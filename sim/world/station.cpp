#include "sim/world/station.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "sim/base/maths.h"
#include "sim/base/samplers.h"

namespace rollcage {

namespace {

// The flows of one tick as one word.
std::uint64_t mixed(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
    const auto word = [](std::int64_t count) { return static_cast<std::uint64_t>(count); };
    return word(a) + (word(b) << 20) + (word(c) << 40) + word(d) * 0x2545'F491'4F6C'DD1Du;
}

constexpr double certain_sds = 6.5;                       // A lane's normal never leaves +-6.3.
constexpr std::uint64_t seldom = std::uint64_t{1} << 60;  // One draw in sixteen is lower.

// One station in one tick: scratch that the steps share.
struct OneTick {
    OneTick(Station& at_station, const TickAt& at_tick, std::vector<Account>& accounts)
        : station(at_station),
          at(at_tick),
          ledger(accounts),
          dice(*at_tick.draw, at_tick.entity, at_tick.tick),
          tick_us(static_cast<double>(at_tick.length.us)) {
        for (std::size_t i = 0; i < station.lanes.size(); ++i) flows[i] = LaneFlow{};
        dice.own().keep(Draw::block_word(Purpose::serve, 0), Lanes{at.first_serve});
    }

    Station& station;
    const TickAt& at;
    std::vector<Account>& ledger;
    StationDice dice;
    double tick_us;
    std::array<LaneFlow, rows_max> flows;
    double mean_work_us = 0;  // Slot time of a piece of work, over the classes at hand.
    double capacity_mean = 0;
    double capacity = 0;  // Drawn, or the mean where larger: what positions are measured in.
    double used = 0;
};

// Where the draws of a class begin: room for 2,000 ages, eight each where attempts are split.
std::uint32_t first_of(const Lane& lane) {
    return lane.seat() * 16'384;
}
constexpr std::uint32_t ages_max = 8'000;

// A storm draws from these blocks nearly always.
void draw_ahead(OneTick& pass, const Lane& lane) {
    const std::uint32_t seat = lane.seat();
    const std::uint32_t oldest =
        (first_of(lane) + 4 + static_cast<std::uint32_t>(lane.deadline)) / 4;
    Dice& dice = pass.dice.of(lane);
    dice.draw_ahead({Draw::block_word(Purpose::turn_away, seat * 8 + 4),
                     Draw::block_word(Purpose::leave, first_of(lane) / 4),
                     Draw::block_word(Purpose::serve, oldest),
                     Draw::block_word(Purpose::serve, oldest - 1)});
    if (lane.attempts == 1) return;
    const auto returns = [&](std::uint32_t attempt) {
        return Draw::block_word(Purpose::back_off, (seat * 8 + attempt) * 128);
    };
    dice.draw_ahead({returns(0), returns(1), returns(2), returns(3)});
}

double lane_work_us(const OneTick& pass, const Lane& lane) {
    return static_cast<double>(pass.station.work_us) * lane.times + pass.at.hold_us;
}

void find_pace(OneTick& pass) {
    const Station& station = pass.station;
    double weight = 0, work = 0;
    for (std::size_t i = 0; i < station.lanes.size(); ++i) {
        const auto here = static_cast<double>(station.lanes[i].queued + pass.flows[i].attempts);
        weight += here;
        work += here * lane_work_us(pass, station.lanes[i]);
    }
    pass.mean_work_us =
        weight > 0 ? work / weight : static_cast<double>(station.work_us) + pass.at.hold_us;
    const auto slots = static_cast<double>(station.slots);
    pass.capacity_mean = slots * pass.tick_us / pass.mean_work_us;
    if (station.held == 0) return;
    const double old_us = static_cast<double>(station.held_work_us);
    const double done = 1 - e_to(-std::min(700.0, pass.tick_us / old_us));
    const double after_us = pass.tick_us - old_us * done;
    const auto held = static_cast<double>(station.held);
    pass.capacity_mean = (slots - held) * pass.tick_us / pass.mean_work_us +
                         held * (done + std::max(0.0, after_us) / pass.mean_work_us);
}

void thin(OneTick& pass, std::size_t row, double share, std::uint32_t first, PerAttempt& into) {
    PerAttempt& asked = pass.flows[row].asked;
    const Lane& lane = pass.station.lanes[row];
    const auto attempts = static_cast<std::uint32_t>(lane.attempts);
    first += lane.seat() * 32;
    for (std::uint32_t a = 0; a < attempts; ++a) {
        const std::int64_t away =
            binomial(pass.dice.of(lane)(Purpose::turn_away, first + a), asked[a], share);
        asked[a] -= away;
        into[a] += away;
    }
}

std::int64_t arriving(const OneTick& pass, std::size_t row) {
    std::int64_t all = 0;
    for (std::size_t a = 0; a < static_cast<std::size_t>(pass.station.lanes[row].attempts); ++a)
        all += pass.flows[row].asked[a];
    return all;
}

// Shed and queue bound, proportionally over attempts: refusing later ones first invents a priority.
void turn_away(OneTick& pass) {
    Station& station = pass.station;
    std::int64_t coming = pass.at.calls_in;
    for (std::uint32_t i = 0; i < station.lanes.size(); ++i) {
        if (pass.at.unreachable > 0)
            thin(pass, i, pass.at.unreachable, 24, pass.flows[i].turned_away);
        if (station.shed > none) thin(pass, i, station.shed.value(), 8, pass.flows[i].shed);
        coming += arriving(pass, i);
    }
    if (station.slots == 0) {  // Nobody listens: every connection is refused.
        for (std::uint32_t i = 0; i < station.lanes.size(); ++i)
            thin(pass, i, 1, 16, pass.flows[i].turned_away);
        return;
    }
    if (!pass.at.service->queue) return;
    const double bound = static_cast<double>(pass.at.service->queue->us) *
                         static_cast<double>(station.slots) / pass.mean_work_us;
    const double room = bound + pass.capacity_mean - static_cast<double>(station.queue());
    if (static_cast<double>(coming) <= room) return;
    const double away = room <= 0 ? 1 : 1 - room / static_cast<double>(coming);
    for (std::uint32_t i = 0; i < station.lanes.size(); ++i)
        thin(pass, i, away, 16, pass.flows[i].turned_away);
}

void push(OneTick& pass) {
    for (std::size_t i = 0; i < pass.station.lanes.size(); ++i) {
        Lane& lane = pass.station.lanes[i];
        const std::size_t slot = lane.slot_of(0);
        std::int64_t all = 0;
        for (std::size_t a = 0; a < static_cast<std::size_t>(lane.attempts); ++a) {
            lane.asked[slot * static_cast<std::size_t>(lane.attempts) + a] = pass.flows[i].asked[a];
            all += pass.flows[i].asked[a];
        }
        lane.pushed[slot] = lane.work[slot] = all;
        lane.good[slot] = 0;
        lane.queued += all;
        lane.waiting += all;
    }
    pass.station.called += pass.at.calls_in;
}

std::int64_t draw_capacity(OneTick& pass, std::int64_t queue) {
    Station& station = pass.station;
    const double mean = pass.capacity_mean;
    pass.capacity = mean;
    if (!pass.at.service->work_varies) {
        const double room_us = mean * pass.mean_work_us + static_cast<double>(station.spare_us);
        const auto whole_pieces =
            static_cast<std::int64_t>(std::floor(room_us / pass.mean_work_us));
        station.spare_us =
            whole_pieces >= queue
                ? 0
                : static_cast<std::int64_t>(room_us -
                                            static_cast<double>(whole_pieces) * pass.mean_work_us);
        return std::min(queue, whole_pieces);
    }
    if (static_cast<double>(queue) <= mean - certain_sds * std::sqrt(mean)) return queue;
    const std::int64_t drawn = poisson(pass.dice.own()(Purpose::serve, 0), mean);
    pass.capacity = std::max(mean, static_cast<double>(drawn));
    return std::min(queue, drawn);
}

double late_share(const OneTick& pass, const Lane& lane, double wait_us) {
    const double rest_us = static_cast<double>(lane.timeout_us) - wait_us;
    if (rest_us <= 0) return 1;
    const double work_us = lane_work_us(pass, lane);
    if (!pass.at.service->work_varies) return rest_us < work_us ? 1 : 0;
    return e_to(-std::min(700.0, rest_us / work_us));
}

// `served` pieces of one batch leave the queue, in the mean when `middle` pieces are served:
// answered in time, late, or with an error.
void answer(OneTick& pass, std::uint32_t row, std::int64_t age, std::int64_t served,
            double middle) {
    Lane& lane = pass.station.lanes[row];
    const std::size_t slot = lane.slot_of(age);
    const auto pushed = static_cast<double>(lane.pushed[slot]);
    const double before = 1 - static_cast<double>(lane.work[slot]) / pushed;
    lane.work[slot] -= served;
    lane.queued -= served;
    const double after = 1 - static_cast<double>(lane.work[slot]) / pushed;
    double place = (before + after) / 2;
    if (pass.at.service->order == Order::lifo) place = 1 - place;
    const double spent = middle / pass.capacity;
    const double wait_us = std::max(0.0, (static_cast<double>(age) + spent - place) * pass.tick_us);

    const std::uint32_t ordinal = first_of(lane) + 4 + static_cast<std::uint32_t>(age);
    Dice& dice = pass.dice.of(lane);
    // A calm tick asks the same die whether anybody is late.
    const Uniform when =
        row == 0 && age == 0 ? pass.dice.own()(Purpose::serve, 1) : dice(Purpose::serve, ordinal);
    const std::int64_t late = binomial(when, served, late_share(pass, lane, wait_us));
    const double error_share = 1 - (1 - pass.at.error_share) * (1 - lane.fails);
    const std::int64_t wrong = error_share <= 0 ? 0
                                                : binomial(dice(Purpose::serve, ordinal + ages_max),
                                                           served - late, error_share);
    const std::int64_t good = served - late - wrong;
    if (wrong > 0) {
        pick_leaving(lane, slot, wrong, pass.flows[row].errored,
                     first_of(lane) + 8 + static_cast<std::uint32_t>(age) * 8, dice);
        lane.waiting -= wrong;
        lane.ended.wrong += wrong;
    }
    lane.good[slot] += good;
    lane.waiting -= good;
    pass.flows[row].good += good;
    pass.station.waits[wait_bucket(static_cast<std::int64_t>(wait_us))] += good;
}

// Serves up to `left` pieces of the work that is `age` ticks old, all classes mixed as they came.
std::int64_t serve_age(OneTick& pass, std::int64_t age, std::int64_t left) {
    std::vector<Lane>& lanes = pass.station.lanes;
    const auto work_of = [&](const Lane& lane) {
        return age > lane.deadline ? 0 : lane.work[lane.slot_of(age)];
    };
    std::int64_t there = 0;
    for (const Lane& lane : lanes) there += work_of(lane);
    std::int64_t take = std::min(there, left);
    const std::int64_t taken = take;
    const double middle = pass.used + static_cast<double>(taken) / 2;
    pass.used += static_cast<double>(taken);
    for (std::uint32_t i = 0; i < lanes.size() && take > 0; ++i) {
        const std::int64_t here = work_of(lanes[i]);
        const std::uint32_t ordinal = first_of(lanes[i]) + 4 + static_cast<std::uint32_t>(age);
        const std::int64_t part =
            take == there   ? here
            : here == there ? take
                            : hypergeometric(pass.dice.of(lanes[i])(Purpose::callee, ordinal),
                                             there, here, take);
        if (part > 0) answer(pass, i, age, part, middle);
        there -= here;
        take -= part;
    }
    return taken;
}

std::int64_t burn_dead(OneTick& pass, std::int64_t left) {
    const std::int64_t burnt = std::min(left, pass.station.dead);
    pass.station.dead -= burnt;
    pass.station.burnt += burnt;
    pass.used += static_cast<double>(burnt);
    return burnt;
}

TickDone serve(OneTick& pass) {
    Station& station = pass.station;
    const std::int64_t queue = station.queue();
    if (queue == 0) {
        station.spare_us = 0;
        return {};
    }
    TickDone done{.served = draw_capacity(pass, queue)};
    std::int64_t left = done.served;
    if (station.called > 0) {
        done.served_called = left == queue ? station.called
                                           : hypergeometric(pass.dice.own()(Purpose::callee, 0),
                                                            queue, station.called, left);
        station.called -= done.served_called;
        left -= done.served_called;
        pass.used += static_cast<double>(done.served_called) / 2;
    }
    std::int64_t oldest = 0;
    for (const Lane& lane : station.lanes) oldest = std::max(oldest, lane.deadline);
    if (pass.at.service->order == Order::fifo) {
        left -= burn_dead(pass, left);
        for (std::int64_t age = oldest; age >= 0 && left > 0; --age)
            left -= serve_age(pass, age, left);
    } else {
        for (std::int64_t age = 0; age <= oldest && left > 0; ++age)
            left -= serve_age(pass, age, left);
        left -= burn_dead(pass, left);
    }
    check(left == 0, "what is served was in the queue");
    return done;
}

// The clients of the oldest batch leave; their work stays, and that is the metastability.
void let_leave(OneTick& pass) {
    for (std::uint32_t i = 0; i < pass.station.lanes.size(); ++i) {
        Lane& lane = pass.station.lanes[i];
        const std::size_t s = lane.slot_of(lane.deadline);
        if (lane.pushed[s] == 0) continue;
        std::int64_t clients = -lane.good[s];
        const auto row = s * static_cast<std::size_t>(lane.attempts);
        for (std::size_t a = 0; a < static_cast<std::size_t>(lane.attempts); ++a)
            clients += lane.asked[row + a];
        pick_leaving(lane, s, clients, pass.flows[i].timed_out, first_of(lane), pass.dice.of(lane));
        lane.waiting -= clients;
        lane.queued -= lane.work[s];
        lane.ended.left += clients;
        lane.ended.late += clients - lane.work[s];
        if (!pass.at.service->drop_expired) {
            pass.station.dead += lane.work[s];
            lane.dead += lane.work[s];
        }
        for (std::size_t a = 0; a < static_cast<std::size_t>(lane.attempts); ++a)
            lane.asked[row + a] = 0;
        lane.pushed[s] = lane.work[s] = lane.good[s] = 0;
    }
}

void settle(OneTick& pass, Digest& digest) {
    Station& station = pass.station;
    const std::int64_t now_us = static_cast<std::int64_t>(pass.at.tick) * pass.at.length.us;
    for (std::uint32_t i = 0; i < station.lanes.size(); ++i) {
        Lane& lane = station.lanes[i];
        LaneFlow& flow = pass.flows[i];
        if (lane.throttle || lane.breaker) learn(lane, flow, now_us);
        Account& account = pass.ledger[lane.account];
        std::int64_t unanswered = 0, held_back = 0;
        for (std::size_t a = 0; a < static_cast<std::size_t>(lane.attempts); ++a) {
            held_back += flow.held_back[a];
            unanswered += flow.held_back[a] + flow.turned_away[a] + flow.shed[a] +
                          flow.timed_out[a] + flow.errored[a] + lane.dropped[a];
        }
        if (unanswered > 0 || lane.bucket)
            give_up(lane, flow, station.shed_final, account, pass.dice.of(lane));
        account.fresh += flow.fresh;
        account.good += flow.good;
        lane.minute_fresh += flow.fresh;
        lane.fold_good += flow.good;
        station.attempts += flow.attempts - held_back;
        station.answered += flow.good;
        station.errors += unanswered - held_back;
        digest.fold(mixed(flow.fresh, flow.attempts, unanswered, flow.good));
    }
}

// Whether a lane has nothing to remember, and nobody of it can fail or be refused.
bool healthy(const Lane& lane, double times) {
    return lane.idle() && lane.fails <= 0 && !lane.guarded && lane.times == times;
}

// Of the tick's dice, the one that says whether anybody of a batch that is served at once is late.
Uniform when_served(const TickAt& at, const Lane& lane, bool first) {
    if (first) return Lanes{at.first_serve}[1];
    const std::uint32_t entity = at.entity + together_step * (lane.row / rows_together);
    return (*at.draw)(Purpose::serve, entity, at.tick,
                      static_cast<std::uint16_t>((first_of(lane) + 4) / 4))[0];
}

bool nobody_late(Lane& lane, const TickAt& at, double work_us, bool first) {
    if (lane.fresh_now == 0) return true;
    if (lane.late_at_us != work_us) {
        lane.late_at_us = work_us;
        lane.late = e_to(-std::min(700.0, static_cast<double>(lane.timeout_us) / work_us));
    }
    const double late = static_cast<double>(lane.fresh_now) * lane.late;
    return when_served(at, lane, first).value() < 1 - late - 1e-12;
}

// Everybody of a lane is answered at once.
void answer_all(Station& station, Lane& lane, std::vector<Account>& ledger, Digest& digest) {
    const std::int64_t all = std::exchange(lane.fresh_now, 0);
    Account& account = ledger[lane.account];
    account.fresh += all;
    account.good += all;
    lane.minute_fresh += all;
    lane.fold_good += all;
    station.attempts += all;
    station.answered += all;
    station.waits[0] += all;
    digest.fold(mixed(all, all, 0, all));
}

// Nothing remembered, nothing in the way, and every answer certain: the tick of a healthy station.
bool calm_tick(Station& station, const TickAt& at, std::vector<Account>& ledger, Digest& digest) {
    if (station.lanes.empty() || at.calls_in != 0 || at.error_share > 0 || at.unreachable > 0)
        return false;
    if ((station.dead | station.called | station.held) != 0 || station.shed > none ||
        !at.service->work_varies)
        return false;
    const double times = station.lanes[0].times;
    std::int64_t fresh = 0;
    for (const Lane& lane : station.lanes) {
        if (!healthy(lane, times)) return false;
        fresh += lane.fresh_now;
    }
    const double work_us = static_cast<double>(station.work_us) * times + at.hold_us;
    CalmPace& calm = station.calm;
    if (calm.work_us != work_us || calm.slots != station.slots) {
        calm.work_us = work_us;
        calm.slots = station.slots;
        calm.capacity = PoissonMean(static_cast<double>(station.slots * at.length.us) / work_us);
        calm.usual = poisson({seldom}, calm.capacity);
    }
    const Uniform capacity = Lanes{at.first_serve}[0];
    if ((fresh > calm.usual || capacity.bits < seldom) && fresh > poisson(capacity, calm.capacity))
        return false;
    bool first = true;
    for (Lane& lane : station.lanes)
        if (!nobody_late(lane, at, work_us, std::exchange(first, false))) return false;
    for (Lane& lane : station.lanes) answer_all(station, lane, ledger, digest);
    station.busy = std::min(
        station.slots,
        static_cast<std::int64_t>(
            static_cast<double>(fresh) * work_us / static_cast<double>(at.length.us) + 0.5));
    station.busy_sum += station.busy;
    return true;
}

}  // namespace

std::size_t wait_bucket(std::int64_t us) {
    if (us <= 1) return 0;
    const auto octave =
        static_cast<std::uint32_t>(63 - std::countl_zero(static_cast<std::uint64_t>(us)));
    const std::uint64_t half = static_cast<std::uint64_t>(us) >> (octave - 1) & 1;
    return std::min<std::size_t>(wait_buckets - 1, 2 * octave + half);
}

std::int64_t wait_of_bucket(std::size_t bucket) {
    if (bucket == 0) return 0;
    const std::int64_t octave = std::int64_t{1} << (bucket / 2);
    return octave + octave / 4 + (bucket % 2 == 1 ? octave / 2 : 0);
}

TickDone run_tick(Station& station, const TickAt& at, std::vector<Account>& ledger,
                  Digest& digest) {
    if (calm_tick(station, at, ledger, digest)) return {};
    OneTick pass(station, at, ledger);
    const std::int64_t now_us = static_cast<std::int64_t>(at.tick) * at.length.us;
    for (std::uint32_t i = 0; i < station.lanes.size(); ++i) {
        Lane& lane = station.lanes[i];
        if (!lane.idle()) draw_ahead(pass, lane);
        lane.turn_to(at.tick);
        gather(lane, pass.flows[i]);
        if (lane.throttle || lane.breaker)
            reject_locally(lane, pass.flows[i], now_us, pass.dice.of(lane));
    }
    find_pace(pass);
    turn_away(pass);
    push(pass);
    const TickDone done = serve(pass);
    let_leave(pass);
    settle(pass, digest);
    if (station.held > 0) {
        const double stay =
            e_to(-std::min(700.0, pass.tick_us / static_cast<double>(station.held_work_us)));
        station.held = binomial(pass.dice.own()(Purpose::callee, 1), station.held, stay);
    }
    const double working =
        static_cast<double>(done.served) * pass.mean_work_us / pass.tick_us + 0.5;
    station.busy =
        station.queue() > 0
            ? station.slots
            : std::min(station.slots, static_cast<std::int64_t>(std::min(working, 1e15)));
    station.busy_sum += station.busy;
    digest.fold(mixed(done.served, station.dead, station.called, 0));
    return done;
}

void change_speed(Station& station, std::int64_t work_us) {
    if (work_us == station.work_us) return;
    const std::int64_t held = std::min(station.busy, station.slots);
    station.held_work_us = station.work_us;
    station.held = held;
    station.work_us = work_us;
}

void restart(Station& station, const Draw& draw, std::uint32_t entity, std::uint64_t tick) {
    StationDice dice(draw, entity, tick);
    for (Lane& lane : station.lanes) drop_queue(lane, dice.of(lane));
    station.dead = station.called = station.busy = station.held = station.spare_us = 0;
}

void lose_part(Station& station, double share, std::int64_t from_age, StationDice& dice) {
    for (Lane& lane : station.lanes) drop_part(lane, share, from_age, dice.of(lane));
    std::uint32_t nth = 1;
    for (std::int64_t* held : {&station.dead, &station.called, &station.held, &station.busy})
        *held -= binomial(dice.own()(Purpose::callee, nth++ + 8), *held, share);
}

void set_slots(Station& station, std::int64_t slots) {
    station.slots = slots;
    station.busy = std::min(station.busy, slots);
    station.held = std::min(station.held, slots);
}

void fold(const Station& station, Digest& digest) {
    for (const Lane& lane : station.lanes) fold(lane, digest);
    for (const std::int64_t count :
         {station.slots, station.work_us, station.dead, station.burnt, station.called, station.busy,
          station.held, station.held_work_us, station.spare_us, station.shed.ppm,
          std::int64_t{station.shed_final}, station.attempts, station.answered, station.errors,
          station.busy_sum})
        digest.fold(count);
    for (const std::int64_t count : station.waits) digest.fold(count);
}

}  // namespace rollcage
