// A scenario beside its text in another checkout: both played by this engine, on the same seeds.
// Leans on compare.h. The engine is the same and plays a day to the bit alike, so what differs is
// the text's doing, and a text that is the same need not be played.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/play/compare.h"

namespace rollcage {

// One measure before and after, seed by seed.
struct Worsening {
    double before = 0, after = 0;  // Means.
    PairedDifference difference;   // after - before; better is after.
    // The interval excludes zero, and the mean the margin.
    bool worse = false, better = false;
    std::optional<std::int64_t> seeds_to_settle;  // Whether it is worse is too close to call.
};
Worsening worsening_of(const std::vector<double>& before, const std::vector<double>& after,
                       bool more_is_better, double margin);

struct BeforeAfter {
    std::string actor, key;
    bool measured_before = true, measured_after = true;
    Worsening by;  // Where it was measured both times.
};
struct Beside {
    enum class Texts { same, changed, only_here, only_there };
    Texts texts = Texts::same;
    std::string before{};                                  // The other file.
    std::vector<BeforeAfter> rows{};                       // Where something was or is.
    std::vector<std::string> actors_gone{}, actors_new{};  // Played on one side alone.
    std::string engine{};  // What the engine did to the text that was accepted; empty: not known.
    std::string wrong{};   // Why the other text cannot be played.
};

// The scenario as it is now is played by the caller, as `now`; `before` is read and played here
// over the same seeds. `contest` is how: its sources and actors are set here.
Beside set_beside(const std::string& before, const Scenario& scenario, const Comparison& now,
                  Contest contest, double margin);
// Whether the two files say the same, with all that they use.
Result<bool> same_text(const std::string& before, const Scenario& scenario);

// Where the other checkout may keep a file: below DIR as here, or as PATH is here.
struct Counterparts {
    std::vector<std::optional<std::string>> of_files;  // In the order of the files.
    std::vector<std::string> only_there;
};
Result<Counterparts> counterparts(const std::vector<std::string>& paths,
                                  const std::vector<std::string>& files, const std::string& other);

}  // namespace rollcage
