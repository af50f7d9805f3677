// One window of the desk: shows a screen, at most thirty times a second, and rests in between.
// Leans on SFML, OpenGL and X11, which no other part of the project may see.
// A frame is drawn when somebody did something, something changed, or the screen asks for it.
#pragma once

#include <functional>
#include <string>

#include "sim/base/result.h"
#include "ui/desk/widgets.h"

namespace rollcage {

struct WindowAsked {
    std::string title = "Rollcage";
    unsigned wide = 1'440, high = 900;
    ThemeName theme = ThemeName::dark;
    float scale = 1;
    std::string screenshot{};    // A PNG, after so many frames; then the window closes.
    std::string widgets_file{};  // Then, too: where each widget stood, a line each.
    int frames = 4;
};
struct WindowShown {
    Screen screen;
    std::function<bool()> changed{};  // Asked thirty times a second; absent: never by itself.
};
// Until the window is closed. Without a display an error says what to do instead.
Result<void> show_window(const WindowShown& shown, const WindowAsked& asked);
Result<void> display_there();

}  // namespace rollcage
