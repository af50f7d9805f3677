// A day is a value: copy it to fork a timeline, throw it away to start over.
// Leans on every layer of sim. Start here to see what happens next: start, submit, advance.
// Time moves only in `advance`, which returns at each instant at which somebody may speak.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "sim/act/actor.h"
#include "sim/act/automation.h"
#include "sim/act/autoscaler.h"
#include "sim/act/gates.h"
#include "sim/base/agenda.h"
#include "sim/base/digest.h"
#include "sim/run/outcome.h"
#include "sim/watch/belief.h"
#include "sim/world/world.h"

namespace rollcage {

struct Day {
    World world;
    Belief belief;
    Mind mind;  // The built-in actor's memory; a day without one has an idle mind.
    GateKeeper gates;
    Team team;          // The people who carry out what anybody orders.
    Machines machines;  // Machines that decide, besides those who tend gates.
    Autoscaler scaler;
    Agenda agenda;
    Digest chain;  // Every integer of state once a simulated minute, and every fact.
    SimTime now;
    std::vector<Command> orders;           // The nth is what an intent event's ordinal means.
    std::vector<std::size_t> by_machines;  // Places among the facts: orders that machines gave.

    // Compiled once: a copy of all this is long code, and everybody plays days.
    Day();
    Day(const Day& other);
    Day(Day&& other) noexcept;
    Day& operator=(const Day& other);
    Day& operator=(Day&& other) noexcept;
    ~Day();
};

Day start_day(std::shared_ptr<const Blueprint> blueprint, std::uint64_t seed,
              BuiltIn actor = BuiltIn::nothing);

// A person's order waits for somebody to carry it out, step by step; a machine's acts at once.
enum class By : std::uint8_t { machine, person };
// From now on the day has other draws, as of another seed; what it hid before stays hidden where it
// is, unless `truth`. Once a day.
void redraw(Day& day, std::uint64_t seed, bool truth = false);
// Takes an order at the present instant. A refused order is a fact (and so an answer), not an
// error; after the decision window every order is refused.
void submit(Day& day, const Command& command, By by = By::machine);

// Plays on until something new is known, or `until`, whichever is sooner; every event at that
// instant has happened. Returns the instant. `before` sees the day each time just before its mind
// is asked; a copy made there goes on with the asking.
using BeforeAsking = std::function<void(const Day&)>;
SimTime advance(Day& day, SimTime until, const BeforeAsking& before = {});

SimTime now(const Day& day);
SimTime decisions_end(const Day& day);  // lasts
SimTime day_end(const Day& day);        // lasts + judged_after
FactView facts_known(const Day& day);
Outcome outcome(const Day& day);
Digest digest(const Day& day);  // The chain with the present state folded in.

}  // namespace rollcage
