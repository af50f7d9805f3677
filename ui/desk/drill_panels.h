// The panels of a drill that show and do not decide: each draws one part of a DeskView.
// Leans on desk_view.h and the kit; the answer is what somebody pointed at, so that orders about it
// can be listed. Facts only: nothing hidden can reach a panel.
#pragma once

#include <optional>

#include "ui/desk/order_desk.h"

namespace rollcage {

std::optional<Pointed> map_panel(Widgets& on, const DeskView& view);  // Who calls whom.
std::optional<Pointed> release_panel(Widgets& on, const DeskView& view);
std::optional<Pointed> data_panel(Widgets& on, const DeskView& view);
void feed_panel(Widgets& on, const DeskView& view, std::optional<std::size_t> fact);
void people_panel(Widgets& on, const DeskView& view);
void recap_panel(Widgets& on, const RecapView& recap);

}  // namespace rollcage
