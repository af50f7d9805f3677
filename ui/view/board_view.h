// What a board in a classroom shows of a day: what was known by an instant, how lives went so far.
// Leans on desk_view.h and watched days; whoever asks for an instant gets nothing that came later.
// A decision that people have yet to take is such a thing, though it be of the same instant.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "ui/view/desk_view.h"

namespace rollcage {

std::string letter_of(std::size_t nth);  // "A": of an option, or a life.
std::string wall_clock(SimTime at);      // "00:45:00"
std::string hands_text(unsigned hands);

// Where people ordered something, be it several things at one instant.
struct DecisionPoint {
    SimTime at{};
    std::size_t facts = 0;              // Those that were known before it.
    std::vector<std::string> orders{};  // As command_text writes them.
};
std::vector<DecisionPoint> decision_points(const WatchedDay& day);

// A day as it was known while it went by. The day must outlive it, and an answer is good until the
// next one.
class KnownUntil {
public:
    explicit KnownUntil(const WatchedDay& day);
    // At most so many facts: of an instant at which people decide, those before they did.
    FactView at(SimTime now, std::size_t facts_most);
    const KnownShop& shop() const { return shop_; }

private:
    const WatchedDay* day_;
    KnownShop shop_;
    Columns columns_;
};

// The part of a desk that a class looks at.
struct KnownNow {
    ClockView clock{};
    std::vector<ServiceTile> tiles{};   // Those in trouble first, then those that are measured.
    std::vector<ServicePlots> plots{};  // Errors before the rest; by service, in declared order.
    std::size_t loudest = 0;            // Of those: where most was ordered and alerted.
    std::vector<FeedRow> feed{};        // Oldest first.
    std::vector<Track> tracks{};
};
KnownNow known_now(const FactView& view, const KnownShop& shop);
// Orders that could be given as they stand.
std::vector<std::string> plain_orders_of(const FactView& view, const KnownShop& shop);

// By what lives are held against each other while they pass, minute by minute.
enum class Harm : std::uint8_t { requests, records, users };
inline constexpr std::array all_harms{Harm::requests, Harm::records, Harm::users};
const char* title_of(Harm harm);
const char* label_of(Harm harm);  // The same where there is little room.
const char* unit_of(Harm harm);
std::string harm_text(Harm harm, double value);
std::vector<PlotPoint> harm_line(const WatchedDay& day, Harm harm);
std::span<const PlotPoint> cut_at(std::span<const PlotPoint> line, double now_s);

// What was last told in a life by then, complaints aside; empty: nothing since.
FactRow last_told(const WatchedDay& day, SimTime since, SimTime now);
// The first instant at which not all of them were ordered the same.
SimTime parting_of(const std::vector<const WatchedDay*>& days);

// How lives ended, one a row, by what is not the same nought in all of them.
struct LivesSummary {
    struct Cell {
        std::string text{};
        bool best = false;  // Of all, where they differ.
    };
    std::vector<std::string> titles{}, keys{};
    std::vector<std::vector<Cell>> lives{};
};
LivesSummary lives_summary(const std::vector<const WatchedDay*>& days);

}  // namespace rollcage
