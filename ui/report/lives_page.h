// Many recordings of one drill on one page: every life a line, decisions as dots.
// Leans on view's plot_view.h; whether they are of one drill is seen to before.
// Days of other seeds or knobs may stand beside each other; the page says so.
#pragma once

#include <string>
#include <vector>

#include "ui/view/plot_view.h"

namespace rollcage {

struct RecordedLife {
    std::string name;  // As it is told apart on the page.
    const Recording* recording = nullptr;
    const WatchedDay* day = nullptr;
};
std::string lives_html(const std::vector<RecordedLife>& lives);

}  // namespace rollcage
