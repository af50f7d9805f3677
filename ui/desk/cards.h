// What people read: cards and their headings, pills, tiles, and what stands where nothing is yet.
// Leans on widgets.h; nothing here can be clicked but the button of an empty state.
// A card is an area: labels within it are found by its title.
#pragma once

#include <string>
#include <vector>

#include "ui/desk/widgets.h"

namespace rollcage {

// Everything between begin_card and end_card stands on one panel and is of its area.
struct CardStyle {
    std::string title, subtitle{};
    const char* icon = nullptr;
    ImVec2 size{0, 0};  // In pixels; nought: what is left.
    bool scrolls = false;
};
void begin_card(Widgets& on, const CardStyle& style);
void end_card(Widgets& on);

void heading(Widgets& on, const char* icon, const std::string& title, const std::string& subtitle);
enum class Urgency { calm, notice, warning, critical };
void pill(Widgets& on, const std::string& text, Urgency urgency);
struct TileShown {
    Tile tile;
    std::vector<double> spark{};  // Oldest first.
    const char* icon = nullptr;
    Colour hue = 0;  // Of the line; nought: that of the tone.
};
void tile(Widgets& on, const TileShown& shown, ImVec2 size);
void key_hint(Widgets& on, const std::string& keys, const std::string& does);
// Where there is nothing yet: what it is for, what to do, and perhaps a button that does it.
bool empty_state(Widgets& on, const char* icon, const std::string& title, const std::string& what,
                 const std::string& act = "");

}  // namespace rollcage
