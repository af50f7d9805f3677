// A queueing station: slots that work, clients that wait, and the work that outlives its clients.
// Leans on lane.h. One tick is decision 8: in, turn away, push, serve, let leave, give up.
// Served before the timeout step; each served piece's wait comes from its place in the batch.
#pragma once

#include <array>
#include <vector>

#include "sim/world/lane.h"

namespace rollcage {

inline constexpr std::size_t wait_buckets = 48;

// Half-octave buckets of microseconds.
std::size_t wait_bucket(std::int64_t us);
std::int64_t wait_of_bucket(std::size_t bucket);  // Its middle.

// What a calm tick needs, for the work and slots it was found at. Derived: never folded.
struct CalmPace {
    double work_us = -1;
    std::int64_t slots = -1;
    PoissonMean capacity;
    std::int64_t usual = 0;  // Capacity that fifteen ticks of sixteen exceed.
};

struct Station {
    std::vector<Lane> lanes;
    std::int64_t slots = 0;
    std::int64_t work_us = 0;  // Own work of one request, as the build and the day have it now.
    std::int64_t dead = 0;     // Work whose client left; served all the same.
    std::int64_t burnt = 0;    // Of it, served since the last fold of writes.
    std::int64_t called = 0;   // Calls of other services waiting here.
    std::int64_t busy = 0;     // Slots in service at the end of the last tick.
    std::int64_t held = 0, held_work_us = 0;  // Slots that finish at the speed they began with.
    std::int64_t spare_us = 0;  // Fixed work: slot time not yet a whole piece of work.
    Share shed = none;
    bool shed_final = false;

    CalmPace calm;

    // Since the last scrape.
    std::int64_t attempts = 0, answered = 0, errors = 0, busy_sum = 0;
    std::array<std::int64_t, wait_buckets> waits{};

    std::int64_t queue() const {
        std::int64_t all = dead + called;
        for (const Lane& lane : lanes) all += lane.queued;
        return all;
    }
};

// What a tick needs to know of the rest of the world.
struct TickAt {
    const Draw* draw = nullptr;
    std::uint64_t tick = 0;
    Duration length;
    std::uint32_t entity = 0;
    const Service* service = nullptr;
    Philox first_serve;         // Block 0 of its serve draws, drawn for four pools at once.
    double hold_us = 0;         // Slot time spent waiting for calls, a request.
    double error_share = 0;     // Of requests whose calls failed; a lane's own path comes besides.
    std::int64_t calls_in = 0;  // Calls that arrive here this tick.
    double unreachable = 0;     // Of arrivals, those sent to processes that are no longer there.
};

struct TickDone {
    std::int64_t served = 0;  // Work done, dead work and calls included.
    std::int64_t served_called = 0;
};

TickDone run_tick(Station& station, const TickAt& at, std::vector<Account>& ledger, Digest& flow);

// The speed changes: slots at work keep the old one until done.
void change_speed(Station& station, std::int64_t work_us);
// A replaced process: slots freed, queue dropped, its clients turned away.
void restart(Station& station, const Draw& draw, std::uint32_t entity, std::uint64_t tick);
// One of the processes ends: its share of what is at work, and of what has waited for `from_age`
// ticks, goes with it.
void lose_part(Station& station, double share, std::int64_t from_age, StationDice& dice);
// Fewer slots than before: what is at work fits into them.
void set_slots(Station& station, std::int64_t slots);
void fold(const Station& station, Digest& digest);

}  // namespace rollcage
