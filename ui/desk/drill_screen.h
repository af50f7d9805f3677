// The drill on screen: what is known, and every order that can be given.
// Leans on live_drill.h, desk_view.h and the kit; facts only, nothing hidden can reach it.
// An order is armed first, with what its runbook takes and what somebody expects of it.
#pragma once

#include <optional>
#include <string>

#include "ui/desk/live_drill.h"
#include "ui/desk/time_axis.h"
#include "ui/view/desk_view.h"

namespace rollcage {

class DrillScreen {
public:
    enum class Wish { nothing, end };
    Wish draw(Widgets& on, LiveDrill& live, ImVec2 size);

private:
    struct Seen {
        DeskView view;
        std::vector<Plot> plots;
    };
    void see(LiveDrill& live);
    void head(Widgets& on, LiveDrill& live, float wide, Wish& wish);
    void keys(LiveDrill& live);
    void services(Widgets& on);
    void over_time(Widgets& on, ImVec2 size);
    void told(Widgets& on, LiveDrill& live, ImVec2 size);
    void orders(Widgets& on, LiveDrill& live);
    void armed(Widgets& on, LiveDrill& live);
    void brief(Widgets& on, LiveDrill& live);
    void notes(Widgets& on, LiveDrill& live);

    Seen seen_;
    std::uint64_t revision_ = 0;
    TimeAxis axis_;
    std::uint32_t service_ = 0;
    std::size_t tab_ = 0, speed_ = 2;
    std::string title_, sought_, expected_, note_, who_ = "player", said_;
    std::optional<OrderShown> armed_{};
};

}  // namespace rollcage
