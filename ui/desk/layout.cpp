#include "ui/desk/layout.h"

#include <algorithm>

namespace rollcage {

const std::vector<LayoutPreset>& layout_presets() {
    static const std::vector<LayoutPreset> presets{
        {"responder", "plots and orders beside each other", 0.58F, 1, false},
        {"facilitator", "the truth, what is to come, and what may be said", 0.5F, 1, true},
        {"projector", "large type, more room for the plots", 0.66F, 1.5F, false},
        {"debrief", "as much room for words as for plots", 0.48F, 1, false}};
    return presets;
}

const LayoutPreset& preset_named(const std::string& name) {
    const auto found = std::ranges::find(layout_presets(), name, &LayoutPreset::name);
    return found == layout_presets().end() ? layout_presets().front() : *found;
}

float divider_wide(const Widgets& on) {
    return on.look.px(8);
}

void divider(Widgets& on, Layout& layout, float wide_of_both, float high) {
    constexpr float least = 0.3F, most = 0.75F;
    ImGui::InvisibleButton("divider", {divider_wide(on), high});
    on.note("divider", true);
    const bool held = ImGui::IsItemActive();
    if (held || ImGui::IsItemHovered()) {
        ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
        const ImVec2 from = ImGui::GetItemRectMin(), until = ImGui::GetItemRectMax();
        const float middle = (from.x + until.x) / 2;
        ImGui::GetWindowDrawList()->AddRectFilled({middle - on.look.fine(1.5F), from.y},
                                                  {middle + on.look.fine(1.5F), until.y},
                                                  on.look.theme.accent, on.look.px(2));
    }
    if (held && wide_of_both > 0)
        layout.left =
            std::clamp(layout.left + ImGui::GetIO().MouseDelta.x / wide_of_both, least, most);
}

}  // namespace rollcage
