#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "ui/desk/desk.h"
#include "ui/desk/gallery.h"
#include "ui/desk/settings.h"
#include "ui/desk/window/window.h"
#include "ui/desk/window/x_desktop.h"
#include "ui/view/exit_code.h"

namespace rollcage {
namespace {

void say(const std::string& message) {
    std::fprintf(stderr, "rollcage-desk: %s\n", message.c_str());
}

int refuse(const std::string& message) {
    say(message);
    return exit_usage;
}

struct Options {
    WindowAsked window;
    std::optional<std::string> theme{}, size{}, settings{};
    std::optional<float> scale{};
    bool gallery = false, second = false;
    std::string file{};
    DeskOptions desk{};
};

Result<void> read_size(const std::string& text, WindowAsked& into) {
    unsigned wide = 0, high = 0;
    int read = 0;
    const int found = std::sscanf(text.c_str(), "%5ux%5u%n", &wide, &high, &read);
    const bool whole = found == 2 && static_cast<std::size_t>(read) == text.size();
    if (!whole || wide < wide_min || high < high_min || wide > wide_max || high > high_max)
        return Error{"--size must be WIDTHxHEIGHT from 640x480 to 7680x4320, not \"" + text + "\""};
    into.wide = wide, into.high = high;
    return {};
}

void add_options(CLI::App& app, Options& options) {
    WindowAsked& window = options.window;
    app.add_option("FILE", options.file, "a scenario, a folder of them, or a recording");
    app.add_option("--recordings", options.desk.recordings, "the folder where recordings go");
    app.add_option("--settings", options.settings,
                   "the file that keeps looks and size from day to day; none: nothing is kept");
    app.add_option("--theme", options.theme, "dark, light or high-contrast");
    app.add_option("--scale", options.scale, "of everything on the display")
        ->check(CLI::Range(scale_min, scale_max));
    app.add_option("--size", options.size, "of the window, in pixels");
    CLI::Option* gallery = app.add_flag("--gallery", options.gallery,
                                        "show every widget, filled with made-up numbers");
    app.add_flag("--second", options.second, "show it in a second window, too")->needs(gallery);
    app.add_option("--screenshot", window.screenshot,
                   "write a PNG after --frames (else 4), then end");
    app.add_option("--widgets", window.widgets_file,
                   "write where each widget stands: after --frames, else with each change");
    app.add_option("--frames", window.frames, "end after so many")->check(CLI::Range(1, 1'000));
}

// What was kept, and where it goes when something changes.
struct Kept {
    std::string path;
    Settings settings{};

    explicit Kept(std::string file) : path(std::move(file)) {
        if (path.empty()) return;
        SettingsRead read = read_settings(path);
        for (const std::string& it : read.troubles) say(it);
        settings = std::move(read.settings);
    }
    // What an option said counts for this once, so only what changed since is kept.
    void change(const WindowKept& before, const WindowKept& now) {
        if (now.theme != before.theme) settings.theme = now.theme;
        if (now.scale != before.scale) settings.scale = now.scale;
        if (now.wide != before.wide || now.high != before.high)
            settings.wide = now.wide, settings.high = now.high;
        write();
    }
    void change(const Layout& layout, bool pauses_on_trouble) {
        if (settings.layout == layout && settings.pauses_on_trouble == pauses_on_trouble) return;
        settings.layout = layout, settings.pauses_on_trouble = pauses_on_trouble;
        write();
    }

private:
    void write() const {
        if (path.empty()) return;
        if (const auto written = write_settings(path, settings); !written)
            say(written.error().message);
    }
};

// Options win over what was kept.
Result<void> choose(const Options& options, const Settings& kept, WindowAsked& window) {
    window.theme = kept.theme;
    window.wide = kept.wide, window.high = kept.high;
    window.scale = options.scale.value_or(kept.scale);
    if (options.theme) {
        const Result<ThemeName> theme = theme_named(*options.theme);
        if (!theme) return theme.error();
        window.theme = *theme;
    }
    return options.size ? read_size(*options.size, window) : Result<void>{};
}

std::string path_of(const std::optional<std::string>& asked) {
    if (!asked) return settings_path();
    return *asked == "none" ? "" : *asked;
}

int show(Options& options) {
    Kept kept{path_of(options.settings)};
    WindowAsked& window = options.window;
    if (const auto chosen = choose(options, kept.settings, window); !chosen)
        return refuse(chosen.error().message);
    const bool recorded = options.file.ends_with(".drill");
    if (!options.file.empty() && !recorded) options.desk.scenarios = {options.file};
    if (const auto there = display_there(); !there) return refuse(there.error().message);
    options.desk.name = kept.settings.name;
    options.desk.layout = kept.settings.layout;
    options.desk.pauses_on_trouble = kept.settings.pauses_on_trouble;
    options.desk.second_window = true;
    Desk desk{options.desk};
    if (recorded)
        if (const auto opened = desk.open(options.file); !opened)
            return refuse(opened.error().message);
    WindowShown shown{[&](Widgets& on, ImVec2 size) { desk.draw(on, size); },
                      [&] { return desk.changed(); }};
    if (!options.gallery) window.second_title = "Rollcage: the facilitator";
    shown.second_screen = [&](Widgets& on, ImVec2 size) { desk.draw_second(on, size); };
    shown.second_wanted = [&] { return desk.wants_second(); };
    shown.second_closed = [&] { desk.second_closed(); };
    shown.display_lost = [&] { desk.display_lost(); };
    if (options.gallery) {
        shown = {gallery(), {}};
        shown.second_screen = gallery();
        shown.second_wanted = [&] { return options.second; };
        shown.second_closed = [&] { options.second = false; };
        shown.display_lost = [] { say("a display was lost"); };
    }
    WindowKept before{window.theme, window.scale, window.wide, window.high};
    shown.kept = [&](WindowKept now) {
        if (!options.gallery) now.scale = desk.wanted_scale();
        kept.change(before, now);
        before = now;
    };
    const auto done = show_window(shown, window);
    kept.change(desk.layout(), desk.pauses_on_trouble());
    return done ? exit_pass : refuse(done.error().message);
}

}  // namespace
}  // namespace rollcage

int main(int count, char** words) {
    rollcage::Options options;
    CLI::App app{"The window where a team practises: `rollcage` is the console program."};
    app.set_version_flag("--version", ROLLCAGE_VERSION);
    rollcage::add_options(app, options);
    try {
        app.parse(count, words);
    } catch (const CLI::ParseError& wrong) {
        return app.exit(wrong) == 0 ? 0 : rollcage::exit_usage;
    }
    return rollcage::show(options);
}
