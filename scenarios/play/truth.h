// What nobody saw: a recorded day watched second by second, and what went wrong by what it met.
// Leans on recording.h and looks into the world itself: for whoever looks back, never for an actor.
// What answers met is counted in one tick of each second, so it is about right; records are exact.
#pragma once

#include <functional>

#include "scenarios/play/recording.h"

namespace rollcage {

// A day with these orders, shown each second; it stops at `end`.
Result<Day> watch(const Scenario& scenario, const std::vector<GivenOrder>& orders,
                  std::uint64_t seed, std::optional<SimTime> end,
                  const std::function<void(const Day&)>& each_second);

// Why attempts at a build ended in errors.
struct Met {
    enum class Why : std::uint8_t {
        defect,        // Of the change with the key `what`.
        unreadable,    // Rows of the store `what`, in a form that the build rejects.
        store_away,    // The store `what` does not serve.
        call_failed,   // Something that it calls.
        from_outside,  // An inject breaks answers, whatever is asked.
        too_late,      // Turned away, or answered when the client had left: all other errors.
    };
    Why why = Why::defect;
    ServiceId service;
    BuildId build;
    std::uint32_t what = 0;
    double attempts = 0;
    SimTime first, last;
};
// How records of a store went wrong, and who was at it when they did.
struct Spoilt {
    enum class How : std::uint8_t {
        born_damaged,
        overwritten,  // By an accepted write onto them.
        spoiled,      // By somebody who only read them, and wrote them back.
        lost,
        doubled,
        undone,
        set_aside,
        orphaned,
        logged_out,
        half_dropped,  // The half that was right went; beside what mended at that second.
    };
    How how = How::born_damaged;
    StoreId store;
    std::vector<BuildId> at_it;  // Who then wrote wrong, or did not read what others wrote.
    std::int64_t records = 0;
    SimTime first, last;
};
struct Truth {
    std::vector<Met> met;
    std::vector<Spoilt> spoilt;
};
// Most first.
Result<Truth> truth_of(const Scenario& scenario, const std::vector<GivenOrder>& orders,
                       std::uint64_t seed, std::optional<SimTime> end);

}  // namespace rollcage
