// The debrief on screen: the truth over what was known, why, what else could have been done.
// Leans on debrief.h and the kit; draws, and hands what people ask for to the debrief.
// What it holds is where somebody looks; none of it is about the day.
#pragma once

#include <optional>
#include <string>

#include "ui/desk/debrief.h"
#include "ui/desk/time_axis.h"

namespace rollcage {

class DebriefScreen {
public:
    enum class Wish { nothing, leave };
    Wish draw(Widgets& on, Debrief& shown, ImVec2 size);

private:
    void head(Widgets& on, Debrief& shown, float wide, Wish& wish);
    void over_time(Widgets& on, Debrief& shown, ImVec2 size);
    void told(Widgets& on, Debrief& shown, ImVec2 size);
    void decisions(Widgets& on, const Debrief& shown);
    void why(Widgets& on, const Debrief& shown);
    void what_if(Widgets& on, Debrief& shown);
    void lives(Widgets& on, Debrief& shown);
    void luck(Widgets& on, Debrief& shown);

    // Plots to choose from: lives beside each other, the whole day, and each service.
    struct PlotChoice {
        std::string name;
        std::vector<Plot> plots;
    };
    static std::vector<PlotChoice> plots_to_choose(const Debrief& shown);

    TimeAxis axis_;
    std::vector<PlotChoice> plots_;
    std::uint64_t seen_ = 0;  // The revision whose plots these are.
    std::size_t tab_ = 0, plot_ = 0;
    std::optional<std::size_t> fact_{};  // Asked about.
    std::optional<double> at_s_{};       // Where another order is to be tried.
    std::string order_, said_;
};

}  // namespace rollcage
