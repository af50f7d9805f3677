// A scenario as a test: what it expects, over seeds; its transcript; whether a day is the same
// twice. Leans on compare.h. A failure is an expectation that was not met; an error is a scenario
// that could not be played. Nothing is written but what `update` allows, and never half of a file.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/host/scenario.h"

namespace rollcage {

// Which transcripts and regressions may be written.
enum class Update { nothing, new_ones, all };

struct CheckPlan {
    std::uint64_t seeds = 20;
    unsigned jobs = 1;
    Update update = Update::new_ones;
    bool twice = false;
    const std::atomic<bool>* stop = nullptr;
};

enum class CaseEnd { passed, failed, error, nondeterministic };
struct CheckCase {
    std::string name;
    int line = 0;  // Of the scenario; 0: none in particular.
    CaseEnd end = CaseEnd::passed;
    std::string told{};    // In one line: what was found, and what was to be.
    std::string detail{};  // All of it, where there is more.
    std::string replay{};  // The arguments that show it again.
};
struct CheckedFile {
    std::string path, scenario;
    double seconds = 0;
    std::vector<CheckCase> cases;  // Never empty.
    bool interrupted = false;
};

CheckedFile check_file(const std::string& path, const CheckPlan& plan);

// Scenario files, in order: those that are named, and in folders all that call `scenario`.
Result<std::vector<std::string>> scenarios_in(const std::vector<std::string>& paths);
// Transcripts in these folders whose scenario is gone; each is a case, and goes where all may.
std::vector<CheckedFile> obsolete_in(const std::vector<std::string>& paths, Update update);

}  // namespace rollcage
