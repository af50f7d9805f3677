// What is known and how late: facts, scrape columns and the alerts that follow from them.
// Leans on world (it scrapes it) and words (it tells facts). Nobody acts on anything else.
// Windows start full of baseline traffic; an alert is judged on what a scrape made visible.
#pragma once

#include <vector>

#include "sim/base/digest.h"
#include "sim/words/fact_view.h"
#include "sim/world/world.h"

namespace rollcage {

struct ServiceWatch {
    std::vector<std::int64_t> errors_upto, ended_upto;  // Running sums, one a scrape.
    std::int64_t baseline = 0;                          // Requests a scrape before the day began.
    std::array<bool, 3> firing{};
};

struct Belief {
    std::vector<Occurrence> facts;
    Columns columns;
    std::vector<ServiceWatch> watched;
};

Belief start_belief(const World& world);
void tell(Belief& belief, SimTime now, Fact fact, Digest& chain);
void scrape(Belief& belief, World& world);  // The instant of measuring.
void judge_alerts(Belief& belief, const World& world, SimTime now, Digest& chain);  // When visible.

}  // namespace rollcage
