#include "ui/desk/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

#include "ui/report/written.h"

namespace rollcage {
namespace {

namespace fs = std::filesystem;

constexpr float split_min = 0.2F, split_max = 0.8F;
constexpr std::size_t name_max = 60;  // Bytes.

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r";
    const auto first = text.find_first_not_of(blank);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

// The whole of it as a number between two; a comma is none, wherever this runs.
template <class Number>
bool number_into(std::string_view text, Number least, Number most, Number& into) {
    Number read{};
    const char* end = text.data() + text.size();
    const auto [stopped, wrong] = std::from_chars(text.data(), end, read);
    if (wrong != std::errc{} || stopped != end || !(read >= least && read <= most)) return false;
    into = read;
    return true;
}

// One kind of line: how it is read, how it is written, and what it may say.
struct Line {
    const char* key;
    const char* allowed;
    bool (*read)(std::string_view value, Settings& into);
    std::string (*text)(const Settings& settings);
};

bool read_theme(std::string_view value, Settings& into) {
    const Result<ThemeName> theme = theme_named(std::string{value});
    if (theme) into.theme = *theme;
    return static_cast<bool>(theme);
}

bool read_layout(std::string_view value, Settings& into) {
    if (preset_named(std::string{value}).name != value) return false;
    into.layout.preset = value;
    return true;
}

bool read_name(std::string_view value, Settings& into) {
    if (value.empty() || value.size() > name_max) return false;
    into.name = value;
    return true;
}

// As it can be read again: of one line, not empty, and not cut within a letter.
std::string kept_name(const Settings& settings) {
    std::string one_line = settings.name;
    std::ranges::replace_if(
        one_line, [](char it) { return it >= 0 && it < ' '; }, ' ');
    std::string_view kept = trimmed(one_line);
    std::size_t end = std::min(kept.size(), name_max);
    while (end < kept.size() && end > 0 && (kept[end] & 0xC0) == 0x80) --end;
    kept = trimmed(kept.substr(0, end));
    return kept.empty() ? Settings{}.name : std::string{kept};
}

bool read_yes(std::string_view value, bool& into) {
    if (value != "yes" && value != "no") return false;
    into = value == "yes";
    return true;
}

constexpr std::array lines{
    Line{"theme", "dark, light or high-contrast", read_theme,
         [](const Settings& it) { return std::string{name(it.theme)}; }},
    Line{"scale", "a number from 0.75 to 2.5",
         [](std::string_view value, Settings& into) {
             return number_into(value, scale_min, scale_max, into.scale);
         },
         [](const Settings& it) { return fmt::format("{}", it.scale); }},
    Line{"wide", "a whole number from 640 to 7680",
         [](std::string_view value, Settings& into) {
             return number_into(value, wide_min, wide_max, into.wide);
         },
         [](const Settings& it) { return fmt::format("{}", it.wide); }},
    Line{"high", "a whole number from 480 to 4320",
         [](std::string_view value, Settings& into) {
             return number_into(value, high_min, high_max, into.high);
         },
         [](const Settings& it) { return fmt::format("{}", it.high); }},
    Line{"layout", "responder, facilitator, projector or debrief", read_layout,
         [](const Settings& it) { return it.layout.preset; }},
    Line{"split", "a number from 0.2 to 0.8",
         [](std::string_view value, Settings& into) {
             return number_into(value, split_min, split_max, into.layout.left);
         },
         [](const Settings& it) { return fmt::format("{}", it.layout.left); }},
    Line{"name", "a name of 1 to 60 letters", read_name, kept_name},
    Line{"pauses_on_trouble", "yes or no",
         [](std::string_view value, Settings& into) {
             return read_yes(value, into.pauses_on_trouble);
         },
         [](const Settings& it) { return std::string{it.pauses_on_trouble ? "yes" : "no"}; }},
};

std::string keys() {
    std::string all;
    for (const Line& it : lines) all += std::string{all.empty() ? "" : ", "} + it.key;
    return all;
}

// What is wrong with the line, if anything.
std::optional<std::string> read_line(std::string_view line, Settings& into) {
    const auto equals = line.find('=');
    if (equals == line.npos) return fmt::format("a line is `key = value`, not \"{}\"", line);
    const std::string_view key = trimmed(line.substr(0, equals));
    const std::string_view value = trimmed(line.substr(equals + 1));
    const auto known = std::ranges::find_if(lines, [&](const Line& it) { return key == it.key; });
    if (known == lines.end()) return fmt::format("there is no `{}`; there are {}", key, keys());
    if (known->read(value, into)) return {};
    return fmt::format("{} must be {}, not \"{}\"", key, known->allowed, value);
}

}  // namespace

std::string settings_path() {
    const char* config = std::getenv("XDG_CONFIG_HOME");
    // A relative one is to be ignored: it would hang on where somebody stands.
    if (config && fs::path{config}.is_absolute())
        return (fs::path{config} / "rollcage" / "desk.conf").string();
    const char* home = std::getenv("HOME");
    if (home == nullptr || !fs::path{home}.is_absolute()) return {};
    return (fs::path{home} / ".config" / "rollcage" / "desk.conf").string();
}

SettingsRead settings_of(const std::string& text, const std::string& path) {
    SettingsRead read;
    std::istringstream all{text};
    std::size_t number = 0;
    for (std::string line; std::getline(all, line);) {
        ++number;
        const std::string_view said = trimmed(line);
        if (said.empty() || said.starts_with('#')) continue;
        if (const auto wrong = read_line(said, read.settings))
            read.troubles.push_back(fmt::format("{}:{}: {}", path, number, *wrong));
    }
    return read;
}

SettingsRead read_settings(const std::string& path) {
    std::error_code unknown;
    if (!fs::exists(path, unknown)) return {};
    std::ostringstream text;
    std::ifstream in{path, std::ios::binary};
    text << in.rdbuf();
    if (!in || fs::is_directory(path, unknown))
        return {{}, {path + " cannot be read; what it says is not heeded"}};
    return settings_of(text.str(), path);
}

std::string settings_text(const Settings& settings) {
    std::string text = "# What rollcage-desk keeps; it writes this file when something changes.\n";
    for (const Line& it : lines) text += fmt::format("{} = {}\n", it.key, it.text(settings));
    return text;
}

Result<void> write_settings(const std::string& path, const Settings& settings) {
    std::error_code failed;
    if (const fs::path folder = fs::path{path}.parent_path(); !folder.empty())
        fs::create_directories(folder, failed);
    return write_file(path, settings_text(settings));
}

}  // namespace rollcage
