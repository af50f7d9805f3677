#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "ui/desk/desk.h"
#include "ui/desk/gallery.h"
#include "ui/desk/window/window.h"
#include "ui/view/exit_code.h"

namespace rollcage {
namespace {

int refuse(const std::string& message) {
    std::fprintf(stderr, "rollcage-desk: %s\n", message.c_str());
    return exit_usage;
}

struct Options {
    WindowAsked window;
    std::string theme = "dark", size = "1440x900";
    bool gallery = false;
    std::string file;
    DeskOptions desk;
};

Result<void> read_size(const std::string& text, WindowAsked& into) {
    unsigned wide = 0, high = 0;
    int read = 0;
    const int found = std::sscanf(text.c_str(), "%5ux%5u%n", &wide, &high, &read);
    const bool whole = found == 2 && static_cast<std::size_t>(read) == text.size();
    if (!whole || wide < 640 || high < 480 || wide > 7'680 || high > 4'320)
        return Error{"--size must be WIDTHxHEIGHT from 640x480 to 7680x4320, not \"" + text + "\""};
    into.wide = wide, into.high = high;
    return {};
}

void add_options(CLI::App& app, Options& options) {
    WindowAsked& window = options.window;
    app.add_option("FILE", options.file, "a scenario, a folder of them, or a recording");
    app.add_option("--recordings", options.desk.recordings, "the folder where recordings go");
    app.add_flag("--gallery", options.gallery, "show every widget, filled with made-up numbers");
    app.add_option("--theme", options.theme, "dark, light or high-contrast");
    app.add_option("--scale", window.scale, "of everything on the display")
        ->check(CLI::Range(scale_min, scale_max));
    app.add_option("--size", options.size, "of the window, in pixels");
    app.add_option("--screenshot", window.screenshot, "write a PNG after --frames, then end");
    app.add_option("--widgets", window.widgets_file, "then, too, write where each widget stands");
    app.add_option("--frames", window.frames, "before the screenshot")->check(CLI::Range(1, 1'000));
}

int show(Options& options) {
    const Result<ThemeName> theme = theme_named(options.theme);
    if (!theme) return refuse(theme.error().message);
    options.window.theme = *theme;
    if (const auto size = read_size(options.size, options.window); !size)
        return refuse(size.error().message);
    const bool recorded = options.file.ends_with(".drill");
    if (!options.file.empty() && !recorded) options.desk.scenarios = {options.file};
    if (const auto there = display_there(); !there) return refuse(there.error().message);
    Desk desk{options.desk};
    if (recorded)
        if (const auto opened = desk.open(options.file); !opened)
            return refuse(opened.error().message);
    WindowShown shown{[&](Widgets& on, ImVec2 size) { desk.draw(on, size); },
                      [&] { return desk.changed(); }};
    if (options.gallery) shown = {gallery(), {}};
    const auto done = show_window(shown, options.window);
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
