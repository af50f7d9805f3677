// The drill on screen: what is known, panel by panel, and every order that can be given.
// Leans on order_desk.h, drill_panels.h and the kit; facts only, nothing hidden can reach it.
// What it holds is where somebody looks; the day itself is the live drill's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ui/desk/actions.h"
#include "ui/desk/layout.h"
#include "ui/desk/order_desk.h"
#include "ui/desk/time_axis.h"

namespace rollcage {

class DrillScreen {
public:
    enum class Wish { nothing, end };
    Wish draw(Widgets& on, LiveDrill& live, Layout& layout, ImVec2 size);
    std::vector<Action> actions(LiveDrill& live);
    std::string who;  // Who gives orders and writes notes here.

private:
    void see(LiveDrill& live);
    void head(Widgets& on, LiveDrill& live, float wide);
    void time_buttons(Widgets& on, LiveDrill& live, bool roomy);
    void end_buttons(Widgets& on, LiveDrill& live);
    void services(Widgets& on);
    void over_time(Widgets& on, ImVec2 size);
    void told(Widgets& on, LiveDrill& live, ImVec2 size);
    void point_at(const std::optional<Pointed>& pointed);
    void play(LiveDrill& live);
    void set_speed(LiveDrill& live, std::size_t speed);
    void seats(Widgets& on, LiveDrill& live);
    void notes(Widgets& on, LiveDrill& live);
    std::vector<std::string> people() const;  // Who sits somewhere, and who has spoken.

    std::uint64_t revision_ = 0;
    DeskView view_;
    KnownShop shop_;
    OrderDesk orders_;
    TimeAxis axis_;
    std::size_t service_ = 0, tab_ = 0, speed_ = 2, hints_read_ = 0;
    std::optional<std::size_t> fact_{};  // Looked at in the feed.
    std::string title_, note_, seat_, sits_;
    std::optional<RecapView> recap_{};
    bool seen_ = false, ends_ = false, chose_ = false;
    Wish wish_ = Wish::nothing;
};

}  // namespace rollcage
