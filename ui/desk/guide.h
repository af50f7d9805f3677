// A first drill with somebody at one's side: one step at a time, each done when it truly was.
// Leans on live_drill.h and debrief.h; reads the day, never says what the right order is.
// A strip at the foot of the window; whoever wants to be alone dismisses it.
#pragma once

#include "ui/desk/debrief.h"
#include "ui/desk/live_drill.h"
#include "ui/desk/widgets.h"

namespace rollcage {

class Guide {
public:
    float high(const Widgets& on) const { return on.look.px(74); }
    // False: it was dismissed, or is over.
    bool draw(Widgets& on, const LiveDrill* live, const Debrief* debrief, ImVec2 size);
    std::size_t step() const { return step_; }

private:
    std::size_t step_ = 0;
};

}  // namespace rollcage
