// The drill on screen: what is known, panel by panel, and every order that can be given.
// Leans on live_drill.h, orders_view.h and the kit; facts only, nothing hidden can reach it.
// An order is armed first, with what its runbook takes and what somebody expects of it.
#pragma once

#include <optional>
#include <string>

#include "ui/desk/live_drill.h"
#include "ui/desk/time_axis.h"
#include "ui/view/orders_view.h"

namespace rollcage {

class DrillScreen {
public:
    enum class Wish { nothing, end };
    Wish draw(Widgets& on, LiveDrill& live, ImVec2 size);

private:
    void see(LiveDrill& live);
    void head(Widgets& on, LiveDrill& live, float wide, Wish& wish);
    void keys(LiveDrill& live);
    void services(Widgets& on);
    void over_time(Widgets& on, ImVec2 size);
    void told(Widgets& on, LiveDrill& live, ImVec2 size);
    void orders(Widgets& on, LiveDrill& live);
    void form(Widgets& on, LiveDrill& live);
    void armed(Widgets& on, LiveDrill& live);
    void arm(LiveDrill& live, const std::string& text);
    void release(Widgets& on);
    void data(Widgets& on);
    void people(Widgets& on);
    void notes(Widgets& on, LiveDrill& live);

    std::uint64_t revision_ = 0;
    DeskView view_;
    KnownShop shop_;
    std::vector<PaletteRow> palette_;
    std::vector<OrderForm> forms_;
    TimeAxis axis_;
    std::size_t service_ = 0, tab_ = 0, speed_ = 2;
    std::string title_, sought_, expected_, note_, who_ = "player", said_;
    std::optional<OrderView> armed_{};
    std::optional<OrderForm> form_{};
};

}  // namespace rollcage
