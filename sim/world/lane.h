// The clients of one request kind at one pool: who waits, who backs off, what they may still try.
// Leans on blueprint.h and the samplers. A request is waiting, returning or settled, never two.
// Work that its client abandoned is not here but in the station's `dead`.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "sim/base/digest.h"
#include "sim/base/samplers.h"
#include "sim/world/blueprint.h"

namespace rollcage {

using PerAttempt = std::array<std::int64_t, attempts_max>;

// Fresh requests and how they ended: fresh = good + failed + refused + waiting + returning.
struct Account {
    std::int64_t fresh = 0, good = 0, failed = 0, refused = 0;
    std::int64_t writes = 0, inserts = 0;
    std::int64_t misled = 0;  // Within good: what they read is damaged.
};

// What a lane's clients met in one tick, by attempt. Scratch: never part of the state.
struct LaneFlow {  // Begins as LaneFlow{}; no defaults, so that unused rows cost nothing.
    PerAttempt asked, held_back, turned_away, shed, timed_out,
        errored;  // Held back: by the client.
    std::int64_t good, fresh, attempts;
};

// Draws of one entity in one tick, by purpose and ordinal; four ordinals share a block. Blocks
// that were drawn are kept: what is drawn ahead changes the speed, never a draw.
class Dice {
public:
    Dice(const Draw& draw, std::uint32_t entity, std::uint64_t tick)
        : draw_(&draw), entity_(entity), tick_(tick) {}
    Uniform operator()(Purpose purpose, std::uint32_t ordinal) {
        const std::uint32_t word = Draw::block_word(purpose, ordinal / 4);
        const std::size_t at = place(word);
        if (words_[at] != word)
            keep(word, (*draw_)(purpose, entity_, tick_, static_cast<std::uint16_t>(ordinal / 4)));
        return Lanes{blocks_[at]}[ordinal % 4];
    }
    void keep(std::uint32_t word, const Lanes& lanes) {
        words_[place(word)] = word;
        blocks_[place(word)] = lanes.block;
    }
    void draw_ahead(const FourWords& words) {
        const auto blocks = draw_->four({entity_, entity_, entity_, entity_}, words, tick_);
        for (std::size_t i = 0; i < 4; ++i) keep(words[i], Lanes{blocks[i]});
    }

private:
    static std::size_t place(std::uint32_t word) {
        return (word >> 16) * 4 % 32 + (word ^ word >> 2 ^ word >> 7) % 4;
    }
    const Draw* draw_;
    std::uint32_t entity_;
    std::uint64_t tick_;
    std::array<std::uint32_t, 32> words_{};  // No purpose is 0.
    std::array<Philox, 32> blocks_;
};

// Lanes of a service have rows; sixteen rows draw as one entity, for a purpose has room for as
// many.
inline constexpr std::uint32_t rows_together = 16, rows_max = 64;
constexpr std::uint32_t together_step = 0x4000'0000;  // Above every other entity key.
// What else ended since the last fold of writes. Work that is done though its client left commits.
struct Ended {
    std::int64_t wrong = 0, wrong_again = 0;  // Failed by what they met; of these, tried again.
    std::int64_t turned_away = 0;             // Never begun.
    std::int64_t left = 0, left_again = 0;    // Clients who had waited long enough.
    std::int64_t late = 0;                    // Of these, answered too late.
    friend bool operator==(const Ended&, const Ended&) = default;
};

// Local rejection by clients: a window of eight parts, oldest overwritten.
struct Guard {
    std::array<std::int64_t, 8> asked{}, accepted{};
    std::int64_t part = 0;           // Which part of time is being written.
    std::int64_t open_until_us = 0;  // Breaker: closed when 0.
};

struct Lane {  // What a healthy tick touches stands first, so that it fills few cache lines.
    // State.
    std::int64_t waiting = 0, returning_total = 0, queued = 0;
    std::int64_t fresh_now = 0;                     // Arrivals of the tick under way.
    std::int64_t minute_fresh = 0, minute_bad = 0;  // Bad: failed or refused.
    std::int64_t minute_misled = 0;
    std::int64_t fold_good = 0;  // Since the last fold of writes.

    // Declared; the same in every life.
    std::uint32_t account = 0;  // Row of the ledger.
    std::uint32_t cohort = 0;
    std::uint32_t row = 0;    // Among all lanes of its service: what its draws are keyed by.
    std::uint32_t slice = 0;  // Of the cohort's.
    Share kind_work = whole;
    double times = 1, fails = 0;      // The station's work, and errors of its own path. Derived.
    double late = 0, late_at_us = 0;  // Of what is served at once, at such work. Derived.
    std::int64_t timeout_us = 0;
    std::int64_t attempts = 1;
    double well = 1;            // Of its requests, those that the build does not fail. Derived.
    bool guarded = false;       // By bucket, throttle, breaker or a retry budget.
    std::int64_t deadline = 0;  // Ticks after which a batch's clients leave.
    std::int64_t horizon = 1;   // Length of the returning ring.
    std::int64_t head = 0, back_head = 0;  // Where this tick's rows are; derived, never folded.
    std::vector<std::vector<double>>
        back_at;  // [attempt][j]: returns j + 1 ticks on, given not sooner.
    std::optional<TokenBucket> bucket;
    std::optional<Throttle> throttle;
    std::optional<Breaker> breaker;

    // State.
    std::vector<std::int64_t> asked;  // [slot][attempt], clients of the batch, answered included.
    std::vector<std::int64_t> pushed, work,
        good;                             // [slot]: work at the start, unserved work, answered.
    std::vector<std::int64_t> returning;  // [slot][attempt]
    PerAttempt dropped{};                 // Lost their place in a dropped queue; give up next tick.
    std::int64_t dropped_total = 0;       // Within waiting.
    Ended ended;
    std::int64_t dead = 0, dead_again = 0;  // Of the station's as last folded; their client tries.
    std::optional<Share> retry_budget;      // As the flag or the cohort has it now.
    std::int64_t budget_thousandths = 0, bucket_thousandths = 0;
    Guard throttled, broken;

    std::int64_t slots() const { return deadline + 1; }
    std::size_t slot_of(std::int64_t age) const {  // Of the batch pushed `age` ticks ago.
        return static_cast<std::size_t>(age > head ? head + slots() - age : head - age);
    }
    std::size_t row_in(std::int64_t ticks) const {  // Of those who return in 0..horizon ticks.
        const std::int64_t at = back_head + ticks;
        return static_cast<std::size_t>((at >= horizon ? at - horizon : at) * attempts);
    }
    void turn_to(std::uint64_t tick) {
        head = static_cast<std::int64_t>(tick % static_cast<std::uint64_t>(slots()));
        back_head = static_cast<std::int64_t>(tick % static_cast<std::uint64_t>(horizon));
    }
    bool idle() const { return (waiting | returning_total | queued) == 0; }
    std::uint32_t seat() const { return row % rows_together; }
};

// The dice of one station, in one tick or at one event.
class StationDice {
public:
    StationDice(const Draw& draw, std::uint32_t entity, std::uint64_t tick)
        : draw_(&draw), entity_(entity), tick_(tick), own_(draw, entity, tick) {}
    Dice& own() { return own_; }
    Dice& of(const Lane& lane) {
        const std::size_t group = lane.row / rows_together;
        if (group == 0) return own_;
        while (more_.size() < group)
            more_.emplace_back(
                *draw_, entity_ + together_step * static_cast<std::uint32_t>(more_.size() + 1),
                tick_);
        return more_[group - 1];
    }

private:
    const Draw* draw_;
    std::uint32_t entity_;
    std::uint64_t tick_;
    Dice own_;
    std::vector<Dice> more_;
};

Lane make_lane(const Cohort& cohort, const RequestKind& kind, Duration tick);

// Fresh and returning requests of this tick, by attempt; the lane is turned to it.
void gather(Lane& lane, LaneFlow& flow);
// Throttle and breaker: some attempts never leave the client.
void reject_locally(Lane& lane, LaneFlow& flow, std::int64_t now_us, Dice& dice);
void learn(Lane& lane, const LaneFlow& flow, std::int64_t now_us);
// `leaving` of the clients in a batch slot go, by attempt, into `by_attempt`; exchangeable.
void pick_leaving(Lane& lane, std::size_t slot, std::int64_t leaving, PerAttempt& by_attempt,
                  std::uint32_t first_ordinal, Dice& dice);
// Those who met no answer try again, fail, or were refused for good.
void give_up(Lane& lane, LaneFlow& flow, bool shed_is_final, Account& account, Dice& dice);
// Every client in the queue loses its place (a replaced process); returns nothing to the station.
void drop_queue(Lane& lane, Dice& dice);
// A share of what has waited for `from_age` ticks is lost with the process that held it; returns
// the work that went.
std::int64_t drop_part(Lane& lane, double share, std::int64_t from_age, Dice& dice);
// Moves a share of the clients that back off to another lane of the same kind.
void move_returning(Lane& from, Lane& to, Share share, Dice& dice);
void forget_done(Lane& lane);                  // What nobody will fold.
void take_over(Lane& heir, const Lane& gone);  // What was not yet folded.
bool holds_nothing(const Lane& lane);          // That anybody would miss.
void fold(const Lane& lane, Digest& digest);
// Recounts the rings: waiting, queued and returning_total are what they hold.
void check_sums(const Lane& lane);

}  // namespace rollcage
