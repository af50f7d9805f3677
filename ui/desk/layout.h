// How a screen is divided: presets for who looks at it, and a bar between two panels to drag.
// Leans on widgets.h; a layout is kept in the settings by its name and its share.
// Whoever draws a screen asks for the share of its left half, and leaves the bar between the two.
#pragma once

#include <string>
#include <vector>

#include "ui/desk/widgets.h"

namespace rollcage {

struct Layout {
    std::string preset = "responder";
    float left = 0.58F;  // Share of the left panel.
    bool operator==(const Layout&) const = default;
};
struct LayoutPreset {
    const char *name, *about;
    float left;
    float larger;      // Than the display's own scale.
    bool facilitates;  // The facilitator's view, in this window.
};
const std::vector<LayoutPreset>& layout_presets();
const LayoutPreset& preset_named(const std::string& name);  // Or the first.

// Between two panels, as high as they are; moves the share while it is dragged.
void divider(Widgets& on, Layout& layout, float wide_of_both, float high);
float divider_wide(const Widgets& on);

}  // namespace rollcage
