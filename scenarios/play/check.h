// A scenario as a test: what it expects, over seeds; its transcript; whether a day is the same
// twice; what became worse. Leans on against.h. A failure is what was not met; an error is a
// scenario that could not be played. Nothing is written but what `update` allows, and no half file.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/play/against.h"

namespace rollcage {

// Which transcripts and regressions may be written.
enum class Update { nothing, new_ones, all };

struct CheckPlan {
    std::uint64_t seeds = 20;
    unsigned jobs = 1;
    Update update = Update::new_ones;
    bool twice = false;
    double margin = .05;  // How much worse, as a share of what was, is no failure yet.
    const std::atomic<bool>* stop = nullptr;
};

enum class CaseEnd { passed, failed, error, nondeterministic };
struct CheckCase {
    std::string name;
    int line = 0;  // Of the scenario; 0: none in particular.
    CaseEnd end = CaseEnd::passed;
    std::string told{};    // In one line: what was found, and what was to be.
    std::string note{};    // What to know of it though it may have passed.
    std::string detail{};  // All of it, where there is more.
    std::string replay{};  // The arguments that show it again.
};
struct CheckedFile {
    std::string path, scenario;
    double seconds = 0;
    std::vector<CheckCase> cases;  // Never empty.
    bool interrupted = false;
    std::optional<Beside> beside{};
};
inline constexpr const char* beside_case = "no worse than before";  // It tells of `beside`.

CheckedFile check_file(const std::string& path, const CheckPlan& plan);
// With what the file was in another checkout; none: it is only here.
CheckedFile check_file(const std::string& path, const CheckPlan& plan,
                       const std::optional<std::string>& before);
CheckedFile only_there(const std::string& before);
// Whether the same seed of the same actor came out alike.
CheckCase twice_alike(const std::string& path, const std::string& actor,
                      const Result<FreshLife>& one, const Result<FreshLife>& other);

// Scenario files, in order: those that are named, and in folders all that call `scenario`.
Result<std::vector<std::string>> scenarios_in(const std::vector<std::string>& paths);
// Transcripts in these folders whose scenario is gone; each is a case, and goes where all may.
std::vector<CheckedFile> obsolete_in(const std::vector<std::string>& paths, Update update);

}  // namespace rollcage
