// A recorded day explained: without each thing that was done, and beside another life of that day.
// Leans on causes.h and truth.h. The other life is nobody's or, where nobody acted, that of the
// first built-in actor who has an idea for the day.
#pragma once

#include "scenarios/play/causes.h"
#include "scenarios/play/truth.h"

namespace rollcage {

struct Explanation {
    ButFor day;  // Where it was interrupted, the rest is empty.
    Truth truth;
    Life other;
    Truth of_other;
};
Result<Explanation> explained(const Recording& recording, const ButForAsked& asked);

}  // namespace rollcage
