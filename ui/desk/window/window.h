// The windows of the desk: at most thirty times a second they are drawn, and rest in between.
// Leans on SFML, OpenGL and X11, which no other part of the project may see.
// A frame is drawn when somebody did something, something changed, or the screen asks for it.
#pragma once

#include <functional>
#include <string>

#include "sim/base/result.h"
#include "ui/desk/widgets.h"

namespace rollcage {

struct WindowAsked {
    std::string title = "Rollcage", second_title = "Rollcage, second window";
    unsigned wide = 1'440, high = 900;
    ThemeName theme = ThemeName::dark;
    float scale = 1;
    // After so many frames it writes what is below, and closes; nought: four with a picture, else
    // it stays open.
    int frames = 0;
    std::string screenshot{};  // A PNG; of the second window FILE-second.png.
    // Where each widget stands, a line each; of the second window FILE.second. While the window
    // stays open it is written anew with each change, and its first line is `pressed N`: what is
    // below is how things stand after the Nth click, key or turn of the wheel.
    std::string widgets_file{};
};
// What people changed about the first window with their own hands.
struct WindowKept {
    ThemeName theme;
    float scale;
    unsigned wide, high;
    bool operator==(const WindowKept&) const = default;
};
struct WindowShown {
    Screen screen;
    std::function<bool()> changed{};  // Asked thirty times a second; absent: never by itself.
    // A second window is open while it is wanted; it wears what the first does until somebody
    // chooses otherwise in it. Once a person has closed it (Ctrl+W does), it must not be wanted.
    Screen second_screen{};
    std::function<bool()> second_wanted{};
    std::function<void()> second_closed{};
    std::function<void()> display_lost{};  // While there are two windows.
    std::function<void(const WindowKept&)> kept{};
};
// Until the first window is closed. Without a display an error says what to do instead.
Result<void> show_window(const WindowShown& shown, const WindowAsked& asked);

}  // namespace rollcage
