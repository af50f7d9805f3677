// What the desk looks like: named colours of three themes, fonts, and the scale of the display.
// Leans on ImGui's atlas and on Debian's font packages; knows no window and no graphics library.
// Every length in the desk goes through px(), or the layout breaks at another scale.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <imgui.h>

#include "sim/base/result.h"
#include "ui/view/drill_view.h"

namespace rollcage {

using Colour = ImU32;

enum class ThemeName { dark, light, high_contrast };
const char* name(ThemeName theme);
Result<ThemeName> theme_named(const std::string& word);

struct Theme {
    ThemeName name = ThemeName::dark;
    Colour ground, panel, raised, well, line, grid;  // From the back to the front; then strokes.
    Colour text, soft, faint;                        // What is read first, next, and last.
    Colour accent, on_accent;
    Colour control, hovered, pressed, field;  // What can be clicked or written into.
    Colour good, warning, bad;
    Colour veil;                     // Over what nobody decides any more.
    std::array<Colour, 8> hues{};    // Of lines and of builds, in this order.
    std::array<Colour, 10> marks{};  // By Mark.
    float stroke = 1.6F;
};
const Theme& theme(ThemeName name);
Colour colour_of(const Theme& theme, Mark mark);
Colour colour_of(const Theme& theme, Tone tone);
Colour with_alpha(Colour colour, float alpha);           // 0 to 1, of what it had.
Colour between(Colour from, Colour until, float share);  // By channel.
Colour readable_on(Colour ground);                       // Black or white.
double contrast(Colour one, Colour other);               // As WCAG counts it: 1 to 21.

struct Fonts {
    ImFont *text = nullptr, *small = nullptr, *strong = nullptr, *title = nullptr;
    ImFont *figure = nullptr, *number = nullptr, *number_small = nullptr;
};

constexpr float scale_min = 0.75F, scale_max = 2.5F;

struct Look {
    Theme theme;
    Fonts fonts;
    float scale = 1;
    float px(float length) const;                              // Whole pixels, at least one.
    float fine(float length) const { return length * scale; }  // Of strokes.
};

// Adds the fonts to an atlas that nobody has built yet; all sizes are for this scale.
Result<Fonts> load_fonts(ImFontAtlas& atlas, float scale);
// Tells the current ImGui context's style; safe to repeat whenever theme or scale change.
void wear(const Look& look);

// Font Awesome 4.7, merged into every font but the figures'.
namespace icon {
constexpr const char *play = "\uf04b", *pause = "\uf04c", *step = "\uf051", *bell = "\uf0f3",
                     *warning = "\uf071", *flask = "\uf0c3", *server = "\uf233", *chart = "\uf201",
                     *list = "\uf03a", *undo = "\uf0e2", *user = "\uf007", *users = "\uf0c0",
                     *search = "\uf002", *check = "\uf00c", *cross = "\uf00d", *flag = "\uf024",
                     *rocket = "\uf135", *bolt = "\uf0e7", *clock = "\uf017", *database = "\uf1c0",
                     *book = "\uf02d", *lock = "\uf023", *eye = "\uf06e", *note = "\uf249",
                     *bookmark = "\uf02e", *gear = "\uf013", *inbox = "\uf01c", *branch = "\uf126",
                     *comment = "\uf075", *question = "\uf128", *download = "\uf019",
                     *folder = "\uf07c", *info = "\uf129", *dice = "\uf074", *hand = "\uf256",
                     *forward = "\uf04e", *stop = "\uf04d";
}

}  // namespace rollcage
