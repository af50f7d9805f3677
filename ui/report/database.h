// Comparisons as rows of an SQLite file: one a run, for whoever asks with SQL (docs/COMPARE.md).
// Leans on play and SQLite. A comparison is one transaction: two programs may append at once.
// A file of another kind or version is refused and left as it is.
#pragma once

#include <string>

#include "scenarios/play/compare.h"

namespace rollcage {

Result<void> open_runs(const std::string& path);  // Makes the table where there is no file yet.

struct StoredRun {
    std::int64_t comparison = 0;
    std::string written_at, rollcage, scenario, sources;
    std::uint64_t seed = 0;
    std::string actor;
    std::optional<std::string> plan;
    std::string knobs;
    std::vector<std::optional<double>> values;  // In the order of outcome_keys.
};
bool is_database(const std::string& path);
Result<std::vector<StoredRun>> stored_runs(const std::string& path);  // As they were appended.

Result<void> append_runs(const std::string& path, const std::string& version,
                         const Scenario& scenario, const Choices& choices,
                         const Comparison& comparison);

}  // namespace rollcage
