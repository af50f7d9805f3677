// The facilitator's view of a drill: truth, what is to come, hints, notes, and a hand on time.
// Leans on facilitator_view.h and the kit; drawn in a window of its own, or behind a key.
// Nothing drawn here is drawn where responders look; tests hold the desk to that.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ui/desk/actions.h"
#include "ui/desk/layout.h"
#include "ui/desk/live_drill.h"
#include "ui/desk/time_axis.h"
#include "ui/view/facilitator_view.h"

namespace rollcage {

class FacilitatorScreen {
public:
    // In the responders' window it can be left; in one of its own it is closed.
    enum class Wish { nothing, leave };
    Wish draw(Widgets& on, LiveDrill& live, Layout& layout, bool shares_window);
    std::vector<Action> actions(LiveDrill& live);

private:
    void see(LiveDrill& live);
    void head(Widgets& on, LiveDrill& live, bool shares_window);
    void truth(Widgets& on, ImVec2 size);
    void told(Widgets& on, LiveDrill& live, ImVec2 size);
    void injects(Widgets& on, LiveDrill& live);
    void catalogue(Widgets& on, LiveDrill& live);
    void hints(Widgets& on, LiveDrill& live);
    void notes(Widgets& on, LiveDrill& live);
    void numbers(Widgets& on);
    void observe(LiveDrill& live, const std::string& text);
    void say(const Result<void>& done, const std::string& what);

    std::uint64_t revision_ = 0;
    FacilitatorView view_;
    TimeAxis axis_;
    std::vector<OrderForm> forms_;
    std::optional<OrderForm> form_{};
    std::optional<std::size_t> inject_{};  // That is looked at.
    std::size_t tab_ = 0;
    double later_min_ = 5;
    std::string who_ = "facilitator", title_, hint_, note_, sought_, said_;
    Wish wish_ = Wish::nothing;
};

}  // namespace rollcage
