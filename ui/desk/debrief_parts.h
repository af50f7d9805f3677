// What the tabs of a debrief are made of: rows of a text and its numbers, and small paragraphs.
// Leans on cards.h and the kit; knows nothing of a day. Long texts take more lines and are never
// cut; numbers stand at the right, one below the other.
#pragma once

#include <string>
#include <vector>

#include "ui/desk/cards.h"

namespace rollcage {

struct FiguresRow {
    std::string text;           // Also what it is called, where it can be clicked.
    std::string under{};        // Softly, below it.
    std::string number{};       // At the right.
    std::string beside{};       // Below the number.
    Tone tone = Tone::neutral;  // Of what stands below the number.
    std::optional<Mark> mark{};
    std::string mark_number{};
    bool clickable = false, strong = false, chosen = false;
};
bool figures_row(Widgets& on, const FiguresRow& shown);

void say_softly(Widgets& on, const std::string& text);
void say_point(Widgets& on, const std::string& text);
// "expected   complaints stop": a word in a column of its own, then a text of several lines.
struct Labelled {
    std::string label, text;
    Tone tone = Tone::neutral;
    bool soft = false;
};
void say_labelled(Widgets& on, const Labelled& said);

// Buttons of which one is chosen, on as many lines as they need.
std::optional<std::size_t> choice_on_lines(Widgets& on, const std::vector<std::string>& labels,
                                           std::size_t chosen);
void thin_progress(Widgets& on, double share);

}  // namespace rollcage
