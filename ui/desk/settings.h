// What a person keeps from one day to the next: looks, the window's size, a name, small wishes.
// Leans on layout.h; plain `key = value` lines in a file that people may edit, the same everywhere.
// A broken line costs that line alone; nothing is written unless somebody asks for it.
#pragma once

#include <string>
#include <vector>

#include "ui/desk/layout.h"

namespace rollcage {

// Of a window, in pixels.
constexpr unsigned wide_min = 640, high_min = 480, wide_max = 7'680, high_max = 4'320;

struct Settings {
    ThemeName theme = ThemeName::dark;
    float scale = 1;
    unsigned wide = 1'440, high = 900;
    Layout layout{};
    std::string name = "player";
    bool pauses_on_trouble = true;
    bool operator==(const Settings&) const = default;
};

// Empty where there is no folder for such things.
std::string settings_path();

struct SettingsRead {
    Settings settings{};
    std::vector<std::string> troubles{};  // File, line, what is allowed: one each.
};
// What is not in the file, or cannot be understood, stays as it is by default.
SettingsRead read_settings(const std::string& path);
SettingsRead settings_of(const std::string& text, const std::string& path);
std::string settings_text(const Settings& settings);
// Whole or not at all; makes the folder.
Result<void> write_settings(const std::string& path, const Settings& settings);

}  // namespace rollcage
