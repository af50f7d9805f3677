#include "ui/desk/actions.h"

#include <algorithm>
#include <cmath>

#include "ui/desk/cards.h"
#include "ui/view/orders_view.h"

namespace rollcage {
namespace {

constexpr std::size_t listed_most = 12;

bool key_pressed(ImGuiKey key) {
    return ImGui::IsKeyPressed(ImGui::GetKeyIndex(key));
}

}  // namespace

void do_by_key(const Widgets& on, const std::vector<Action>& actions) {
    for (const std::string& key : on.pressed) {
        const auto found = std::ranges::find(actions, key, &Action::keys);
        if (found != actions.end() && found->does) found->does();
    }
}

void ActionsOverlay::draw(Widgets& on, const std::vector<Action>& actions, ImVec2 size) {
    if (!open()) return;
    const Look& look = on.look;
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(size);
    ImGui::PushStyleColor(ImGuiCol_WindowBg, IM_COL32(0, 0, 0, 140));
    if (begins_) ImGui::SetNextWindowFocus();
    ImGui::Begin(
        "actions", nullptr,
        ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
    ImGui::PopStyleColor();
    on.read_on();
    const ImVec2 box{std::min(size.x - look.px(40), look.px(680)),
                     std::min(size.y - look.px(60), look.px(520))};
    ImGui::SetCursorPos({std::floor((size.x - box.x) / 2), std::floor((size.y - box.y) / 3)});
    const bool asks = shows_ == Shows::palette;
    begin_card(on, {asks ? "Everything there is to do" : "Keys",
                    asks ? "type a few letters, Enter does it, Escape leaves" : "Escape leaves",
                    asks ? icon::search : icon::hand, box, true});
    std::optional<std::size_t> chosen;
    if (asks)
        chosen = palette(on, actions);
    else
        keys(on, actions);
    const bool over = ImGui::IsWindowHovered(ImGuiHoveredFlags_ChildWindows);
    end_card(on);
    if (key_pressed(ImGuiKey_Escape) || (ImGui::IsMouseClicked(0) && !over && !begins_)) close();
    begins_ = false;
    ImGui::End();
    if (!chosen) return;
    close();
    on.keep_drawing();
    if (actions[*chosen].does) actions[*chosen].does();
}

std::optional<std::size_t> ActionsOverlay::palette(Widgets& on,
                                                   const std::vector<Action>& actions) {
    const Typed typed = text_input(
        on, "do", typed_,
        {.hint = "an order, a panel, a setting", .icon = icon::search, .focus = begins_});
    if (typed == Typed::changed) nth_ = 0;
    std::vector<std::string> names;
    for (const Action& it : actions) names.push_back(it.name);
    std::vector<std::size_t> found = most_like(typed_, names);
    found.resize(std::min(found.size(), listed_most));
    if (key_pressed(ImGuiKey_DownArrow)) ++nth_;
    if (key_pressed(ImGuiKey_UpArrow) && nth_ > 0) --nth_;
    nth_ = std::min(nth_, found.empty() ? 0 : found.size() - 1);
    if (typed == Typed::entered && !found.empty()) return found[nth_];
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Action& it = actions[found[i]];
        if (row(on, {.label = it.name,
                     .note = it.about,
                     .number = it.keys,
                     .icon = it.icon ? it.icon : icon::forward,
                     .chosen = i == nth_}))
            return found[i];
    }
    if (found.empty()) paragraph(on, "Nothing is called so.", on.look.theme.soft);
    return std::nullopt;
}

void ActionsOverlay::keys(Widgets& on, const std::vector<Action>& actions) {
    for (const Action& it : actions)
        if (!it.keys.empty())
            key_hint(on, it.keys, it.name + (it.about.empty() ? "" : ": " + it.about));
    key_hint(on, "wheel, drag, double click", "on a plot: enlarge, move, show all, in all at once");
}

}  // namespace rollcage
