// Who carries out what people order: one thing at a time each, step by step, as the page comes.
// Leans on runbook.h. An order waits for a responder; a page takes one, an approval comes last.
// A Team is a value in the Day; it sees what any actor sees and hands commands back when they act.
#pragma once

#include <optional>
#include <vector>

#include "sim/act/runbook.h"
#include "sim/words/fact_view.h"

namespace rollcage {

struct Task {
    std::uint32_t order = 0;           // The nth of the day.
    std::optional<Command> command{};  // None: a page is looked at.
    std::uint32_t nth = 0;             // Time today that this is done; of pages, from one.
    std::uint32_t step = 0, again = 0;
    SimTime begun{};          // When somebody took it up.
    SimTime acted{-1};        // When it took hold.
    std::uint32_t wrong = 0;  // Tries of acting that went to the wrong target.
    std::optional<Approval> approval{};
};
struct Responder {
    std::optional<Task> task{};
    SimTime until{};              // The step under way ends then, or is looked at again.
    StepEnd how = StepEnd::done;  // And ends so.
};

struct Team {
    Draw draw{0};
    People people;
    std::vector<Responder> responders;
    std::vector<Task> waiting;
    std::vector<std::uint32_t> done;  // By runbook, today.
    std::size_t facts_read = 0;
    std::uint32_t pages = 0, wakes = 0;
    SimTime next{-1};               // When somebody is due; before the start: nobody is.
    std::vector<SimTime> coming{};  // Who was called and is not here yet, soonest first.
    Duration toil{};                // Of all responders.
};

// What came of people's work at this instant.
struct Deed {
    std::int64_t joined = 0;             // People who came.
    std::optional<StepEnded> told{};     // A step that ended, where it is worth a line.
    std::optional<Command> command{};    // Acts now: this, which may be the wrong one,
    std::uint32_t order = 0;             // for this order,
    SimTime begun{};                     // which was taken up then.
    std::optional<Approval> approved{};  // Somebody has looked at it.
};

Team start_team(const People& people, const Draw& draw);
void order(Team& team, const Command& command, std::uint32_t nth);
void ask(Team& team, const Approval& approval);
// More people were called; they come one by one.
void call_for_help(Team& team, SimTime now);
void read_pages(Team& team, const FactView& view);  // The alerts that came since.
std::vector<Deed> work(Team& team, const FactView& view);
void fold(const Team& team, Digest& digest);

// How long a person thinks, in the nth incident: keyed by the phase and not by what comes of it,
// so that a slow responder is as slow in every strategy.
enum class Thinking : std::uint8_t { acknowledge, triage, decide };
Duration thinking(const Draw& draw, const People& people, Thinking phase, std::uint32_t incident);

}  // namespace rollcage
