// Why: a recorded day, and the same day again without each thing that was done to it.
// Leans on recording.h. A cause is what the day is another without, on the same draws; how much
// those had to do with it, other draws tell. Facts carry no causes: nobody who acts can ask this.
#pragma once

#include <atomic>

#include "scenarios/play/recording.h"

namespace rollcage {

struct Influence {
    enum class Kind : std::uint8_t {
        order,
        inject,
        defects,  // What a change hides, in every build that has it.
        form,     // The new form of records or calls that a change brings.
    };
    Kind kind = Kind::order;
    std::size_t nth = 0;  // Of the orders or the injects; of a change its key.
    SimTime at;        // When it was ordered or happened; of a change, when it first could be met.
    std::string text;  // "rollback checkout"
};
struct Without {
    Influence what;
    Life
        life;  // Who acted acts on, if it was a runbook; a person's other orders stay as they were.
};
struct ButFor {
    Scenario scenario;
    Life was;
    std::vector<Without> without;  // By time.
    std::vector<Life> redrawn;     // The same orders, injects and hidden truth on other draws.
    bool interrupted = false;      // Then some are missing.
};
struct ButForAsked {
    unsigned jobs = 1;
    const std::atomic<bool>* stop = nullptr;
    std::size_t redrawn = 20;
};
Result<ButFor> but_for(const Recording& recording, const ButForAsked& asked);

// When the same thing becomes known in another life: of the same kind about the same things,
// whatever its figures are, and as often before. None: never.
std::optional<SimTime> same_fact(const Life& life, const Life& in, std::size_t nth,
                                 const Names& names);

// One text for a fact and its like in another life.
std::string identity(const Fact& fact, const Names& names);

struct FactWhy {
    std::vector<std::optional<SimTime>> at;  // Without each of them, in the order of `without`.
    std::vector<std::optional<SimTime>> redrawn;  // On other draws.
    // What it came of: of an order's effect the order, of an order the last trouble known before.
    std::optional<std::size_t> after;
};
FactWhy why(const ButFor& day, std::size_t nth);

}  // namespace rollcage
