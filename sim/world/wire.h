// What passes on calls between builds: who understands whom, by the verdict that records have.
// Leans on schema.h; knows no service and no pool, only their ends of a wire.
// Attempts of one call say the same and meet another process each time: failures are not alike.
#pragma once

#include <array>
#include <span>

#include "sim/world/schema.h"

namespace rollcage {

// The changes of form under way on the calls to a service; none: everybody understands.
struct Wires {
    const SchemaChange* requests = nullptr;
    const SchemaChange* answers = nullptr;
    bool changing() const { return requests != nullptr || answers != nullptr; }
};

// One pool's end of them: whether its build reads the new form, and what share of what it says is
// in it. A caller says requests and reads answers, a callee the reverse.
struct WireEnd {
    bool knows = false;
    double after = 0;
};
struct WireEnds {
    WireEnd requests, answers;
};

// What a reader makes of what a writer says: shares of messages.
struct Hearing {
    double rejected = 0, misread = 0, lossy = 0;
};
Hearing hearing(const SchemaChange* change, double after, bool knows);

// One pool of the service that is called: the share of calls that come to it, and how many of
// those that it understands fail there.
struct CalleePool {
    double share = 1, error_share = 0;
    WireEnds ends;
};

// Calls that say the same: what part of all they are, and what an attempt comes to.
struct Fate {
    double weight = 0;
    double error_share = 0;
    double misread = 0, lossy = 0;  // Of answers that are no error.
};
using Fates = std::array<Fate, 4>;  // Requests in the old or new form, users with the old or new.
Fates fates_of(const Wires& wires, const WireEnds& caller, std::span<const CalleePool> callees);

}  // namespace rollcage
