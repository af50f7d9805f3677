// Other answers to a recorded day: orders to give at an instant, and what each would come to.
// Leans on play's grid.h and on orders_view.h; builds words and numbers, plays nothing.
// What there was to choose from follows from what was known then; what it comes to is the truth.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/play/grid.h"
#include "scenarios/play/watched.h"
#include "ui/view/orders_view.h"

namespace rollcage {

// What was known at an instant of a day that is over; good while the day is.
class KnownThen {
public:
    KnownThen(const WatchedDay& day, SimTime at);
    FactView view() const;

private:
    const WatchedDay* day_;
    SimTime at_;
    std::size_t facts_ = 0;
    Columns columns_{};
};

struct AnswerRow {
    std::string text, meaning;
    std::size_t form = 0;
    bool complete = false;                 // An order as it stands.
    bool given = false;                    // Somebody gave it that day.
    std::optional<std::string> refused{};  // Why it would have been, as far as was known.
};
// Those that were given that day first, then what could be ordered; what would have been refused
// comes last.
std::vector<AnswerRow> answers_then(const WatchedDay& day, const KnownShop& shop, SimTime at);

// Orders and instants that are worth a grid: what was given, then what needs a target and a switch;
// from the first harm to the end of decisions.
struct GridChoice {
    std::vector<std::string> orders;
    std::vector<SimTime> at;
};
GridChoice grid_choice(const WatchedDay& day, const KnownShop& shop, std::size_t orders_most = 8,
                       std::size_t instants = 8);

struct AnswerCell {
    std::optional<double> value{};
    std::string text{};
    std::size_t shade = 0;  // 0 to 4, the worst.
    bool best = false;      // Of its instant; several may be.
    bool worst = false;     // Of all.
    int beside = 0;         // Better (1) or worse (-1) than the day as it was.
    bool lived = false;     // This order was given at about that instant.
};
struct AnswerLine {
    std::string order;
    std::vector<AnswerCell> cells;
};
struct AnswersGrid {
    std::string key, meaning;
    std::vector<std::string> columns;
    std::vector<AnswerLine> lines;
    std::optional<double> was{};  // The recorded day's.
    std::string was_text{};
    std::size_t was_shade = 0;  // Among the others.
    std::vector<std::string> sentences{};
};
AnswersGrid answers_grid(const Grid& grid, const std::string& key);
// Of what a decision is weighed by, in what its lives differ, and where users met harm, failures.
std::vector<std::string> telling_keys(const Grid& grid);

}  // namespace rollcage
