// What was measured in recorded days as OpenMetrics text 1.0, for Prometheus and what reads it.
// Leans on play's scraped.h; builds text and writes nothing.
// A day begins at the Unix epoch plus `begins_s`; every sample has the time of its scrape.
#pragma once

#include <string>
#include <vector>

#include "scenarios/play/scraped.h"

namespace rollcage {

struct MeasuredDay {
    std::string recording;  // A label: no two days have the same.
    const Recording* head = nullptr;
    const ScrapedDay* day = nullptr;
};
std::string openmetrics(const std::vector<MeasuredDay>& days, std::int64_t begins_s);

}  // namespace rollcage
