// Why a number of a day is what it is, and why an instant was as it was: as rows of numbers.
// Leans on explain_view.h; each row is the same day without one thing, or with other draws.
// What makes the largest difference comes first; what makes none is counted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ui/view/explain_view.h"

namespace rollcage {

struct FigureRow {
    const Influence* without = nullptr;
    std::string text{};
    std::optional<double> value{};       // What it would have been; none: never, or no such thing.
    std::optional<double> difference{};  // To what it was.
    bool better = false;
};
struct FigureWhy {
    std::string key, meaning;
    std::optional<double> was{};
    bool more_is_better = false;
    std::vector<FigureRow> without{};
    std::size_t same = 0;  // So many other things change nothing of it.
    // On other draws, all else the same: on so many days it was within these.
    std::size_t days = 0;
    double least = 0, most = 0;
    std::string other{};  // Who acted in the other life.
    std::optional<double> of_other{};
};
FigureWhy figure_why(const Explanation& all, const std::string& key);

// Something that had begun by then, and what the day would have been without it.
struct MomentCause {
    std::string text, key;  // Of what a decision is weighed by, where it makes most difference.
    std::optional<double> was{}, without{};
    bool worse_without = false;
};
struct MomentWhy {
    SimTime at;
    std::string service{};                       // Empty: the whole day.
    std::vector<Wrong> wrongs{};                 // Whose time holds that second; most first.
    std::vector<MomentCause> causes{};           // What began last first.
    std::vector<std::size_t> before{}, after{};  // The nearest facts.
};
MomentWhy moment_why(const Explanation& all, SimTime at, std::optional<ServiceId> service);

// Whether two numbers are far enough apart to say so: by a twentieth of the larger.
bool worth_telling(double one, double other);

// What a life would have been without one order, where that is worth telling, by what a decision is
// weighed by.
struct WithoutRow {
    std::string key;
    double was = 0, without = 0;
    bool helped = false;  // Without it this would have been worse.
};
// None: the day was not played without it, as it was a machine's.
std::optional<std::vector<WithoutRow>> without_order(const ButFor& day, SimTime at,
                                                     const std::string& order);

}  // namespace rollcage
