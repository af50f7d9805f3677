// What the facilitator of a drill sees: the truth beside what is known, what is still to come and
// what people did about it, what may be said to help, and what observers wrote.
// Leans on drill.h and on desk_view.h; nothing of it may be drawn where responders look.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/play/drill.h"
#include "ui/view/orders_view.h"

namespace rollcage {

enum class InjectState : std::uint8_t { ahead, came, withheld };
struct InjectRow {
    std::size_t nth = 0;  // Its place among the day's injects.
    SimTime at{};
    InjectState state = InjectState::ahead;
    std::string text{}, expected{};      // Expected of those who decide.
    std::vector<std::string> answers{};  // What they ordered since, up to the next inject.
    bool added = false;                  // By the facilitator.
};
struct HintRow {
    SimTime at{};  // From then on it fits.
    std::string text{};
    std::optional<SimTime> given{};
};
struct HiddenRow {
    std::string what{}, is{};
    Tone tone = Tone::neutral;
};
struct FacilitatorView {
    ClockView clock{};
    std::vector<HiddenRow> harm{};    // Numbers so far: what is true, and what is known of it.
    std::vector<HiddenRow> hidden{};  // What builds, environments and the day itself hide.
    std::vector<Plot> plots{};
    std::vector<Track> tracks{};  // What is known, and under it what is not.
    std::vector<InjectRow> injects{};
    std::vector<HintRow> hints{};
    std::size_t hints_given = 0;
    std::vector<FactRow> remarks{};  // All of them.
};
FacilitatorView facilitator_view(const Drill& drill);
std::string facilitator_text(const FacilitatorView& view);

// Everything that may be done to a day, with the names of this one to choose from.
std::vector<OrderForm> inject_forms_of(const Scenario& scenario);

// What a facilitator does to an inject that has not come yet.
Result<void> skip_inject(Drill& drill, std::size_t nth);
Result<void> move_inject(Drill& drill, std::size_t nth, SimTime at);  // Now, or later than it was.

}  // namespace rollcage
