// The after-action report of one recorded day, as a page.
// Leans on view's drill_view.h; what it says is decided there.
// A section more is one more function in after_action.cpp.
#pragma once

#include <string>

#include "ui/view/drill_view.h"

namespace rollcage {

std::string after_action_html(const DrillAsked& asked);

}  // namespace rollcage
