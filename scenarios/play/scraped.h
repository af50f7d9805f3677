// A recorded day played again with all that was measured in it kept: by service, and by build
// while several were there. Leans on recording.h.
// What was measured is kept though nobody could see it, as when dashboards were blank.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/play/recording.h"

namespace rollcage {

struct ScrapedBuild {
    BuildId build;
    bool baseline = false;  // A canary's twin.
    // By the number of the scrape, in order; those between are not known.
    std::vector<std::pair<std::size_t, std::array<std::int64_t, measures_by_build>>> rows;
};
struct ScrapedService {
    std::array<std::vector<std::int64_t>, measures> columns;
    std::vector<ScrapedBuild> builds;
};
struct ScrapedDay {
    Scenario scenario;
    std::vector<ScrapedService> services;
    Life life;  // Without its orders.
};
Result<ScrapedDay> scrape_again(const Recording& recording);

}  // namespace rollcage
