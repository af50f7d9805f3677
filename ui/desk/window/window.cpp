#include "ui/desk/window/window.h"

#include <GL/gl.h>
#include <backends/imgui_impl_opengl3.h>
#include <fmt/format.h>
#include <stb/stb_image_write.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <vector>

#include "ui/desk/window/bridge.h"

// Last: its macros have names that others use.
#include <X11/Xlib.h>
#undef None
#undef Status
#undef Bool

namespace rollcage {
namespace {

constexpr int frames_per_second = 30;
// A click settles over a few frames: what it opens, and what is then under the mouse.
constexpr int frames_after_input = 4;
constexpr const char* instead =
    "to play without one: `rollcage play FILE` in a terminal, or `rollcage report` for a page";

class Context {
public:
    Context() { ImGui::CreateContext(); }
    ~Context() { ImGui::DestroyContext(); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
};

Result<Look> wear_fonts(ThemeName name, float scale) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    const Result<Fonts> fonts = load_fonts(atlas, scale);
    if (!fonts) return fonts.error();
    const Look look{theme(name), *fonts, scale};
    wear(look);
    return look;
}

Result<void> write_picture(const std::string& file, int wide, int high) {
    std::vector<unsigned char> pixels(static_cast<std::size_t>(wide * high) * 4);
    glReadPixels(0, 0, wide, high, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
    for (std::size_t i = 3; i < pixels.size(); i += 4) pixels[i] = 255;
    stbi_flip_vertically_on_write(1);  // OpenGL counts lines from below.
    if (stbi_write_png(file.c_str(), wide, high, 4, pixels.data(), wide * 4) == 0)
        return Error{"cannot write " + file + "; choose a path in a folder you may write to"};
    return {};
}

Result<void> write_widgets(const std::string& file, const Widgets& on) {
    std::ofstream out{file};
    for (const Widget& it : on.all())
        out << fmt::format("{:.0f} {:.0f} {} {}{}\n", (it.least.x + it.most.x) / 2,
                           (it.least.y + it.most.y) / 2,
                           !it.visible  ? "hidden"
                           : it.enabled ? "enabled"
                                        : "disabled",
                           it.area.empty() ? "" : it.area + " > ", it.label);
    out.flush();
    if (!out) return Error{"cannot write " + file + "; choose a path in a folder you may write to"};
    return {};
}

void paint_frame(sf::Window& window, Colour ground) {
    const sf::Vector2u size = window.getSize();
    glViewport(0, 0, static_cast<int>(size.x), static_cast<int>(size.y));
    const ImVec4 colour = ImGui::ColorConvertU32ToFloat4(ground);
    glClearColor(colour.x, colour.y, colour.z, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

// The loop of one window.
class Loop {
public:
    Loop(sf::Window& window, const WindowShown& shown, const WindowAsked& asked)
        : window_(window), bridge_(window), shown_(shown), asked_(asked) {}

    Result<void> run(const Look& look) {
        on_.look = look;
        while (window_.isOpen()) {
            take_events();
            if (shown_.changed && shown_.changed()) owed_ = std::max(owed_, 1);
            if (bridge_.waiting()) owed_ = frames_after_input;
            if (owed_ > 0) {
                if (const auto drawn = draw(); !drawn) return drawn;
                --owed_;
            }
            // Never more than so many frames, and next to nothing while there is none to draw.
            const sf::Time frame = sf::milliseconds(1'000 / frames_per_second);
            if (const sf::Time spent = pace_.getElapsedTime(); spent < frame)
                sf::sleep(frame - spent);
            pace_.restart();
        }
        return {};
    }

private:
    void take_events() {
        for (sf::Event event; window_.pollEvent(event);) {
            if (event.type == sf::Event::Closed) window_.close();
            if (event.type == sf::Event::Resized) owed_ = frames_after_input;
            bridge_.take(event);
        }
    }

    Result<void> draw() {
        if (!window_.isOpen()) return {};
        ImGui_ImplOpenGL3_NewFrame();
        bridge_.begin_frame(passed_.restart().asSeconds());
        ImGui::NewFrame();
        on_.begin_frame(bridge_.take_chords());
        shown_.screen(on_, ImGui::GetIO().DisplaySize);
        ImGui::Render();
        paint_frame(window_, on_.look.theme.ground);
        if (on_.stirred()) owed_ = std::max(owed_, 2);
        ++drawn_;
        if (drawn_ == asked_.frames && ends_by_itself()) return finish();
        window_.display();
        if (ends_by_itself()) owed_ = std::max(owed_, 2);
        return change_look();
    }

    bool ends_by_itself() const {
        return !asked_.screenshot.empty() || !asked_.widgets_file.empty();
    }

    Result<void> finish() {
        const sf::Vector2u size = window_.getSize();
        Result<void> done;
        if (!asked_.screenshot.empty())
            done = write_picture(asked_.screenshot, static_cast<int>(size.x),
                                 static_cast<int>(size.y));
        if (done && !asked_.widgets_file.empty()) done = write_widgets(asked_.widgets_file, on_);
        window_.close();
        return done;
    }

    Result<void> change_look() {
        const auto wanted = on_.take_asked();
        if (!wanted) return {};
        owed_ = frames_after_input;
        if (wanted->scale == on_.look.scale) {
            on_.look.theme = theme(wanted->theme);
            wear(on_.look);
            return {};
        }
        ImGui_ImplOpenGL3_DestroyFontsTexture();
        const Result<Look> look = wear_fonts(wanted->theme, wanted->scale);
        if (!look) return look.error();
        on_.look = *look;
        ImGui_ImplOpenGL3_CreateFontsTexture();
        return {};
    }

    sf::Window& window_;
    Bridge bridge_;
    const WindowShown& shown_;
    const WindowAsked& asked_;
    Widgets on_;
    sf::Clock passed_, pace_;
    int owed_ = frames_after_input, drawn_ = 0;
};

}  // namespace

Result<void> display_there() {
    const char* display = std::getenv("DISPLAY");
    const std::string tried = display ? display : "";
    if (tried.empty()) return Error{std::string{"there is no display here; "} + instead};
    // SFML ends the process where it cannot open one, so somebody has to look first.
    ::Display* opened = XOpenDisplay(nullptr);
    if (opened == nullptr) return Error{"the display " + tried + " cannot be opened; " + instead};
    XCloseDisplay(opened);
    return {};
}

Result<void> show_window(const WindowShown& shown, const WindowAsked& asked) {
    if (const auto there = display_there(); !there) return there;
    sf::ContextSettings settings;
    settings.majorVersion = 3;
    settings.minorVersion = 2;
    sf::Window window{sf::VideoMode(asked.wide, asked.high), asked.title, sf::Style::Default,
                      settings};
    if (window.getSettings().majorVersion < 3)
        return Error{std::string{"this display has no OpenGL 3; "} + instead};
    window.setKeyRepeatEnabled(true);
    const Context context;
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = io.LogFilename = nullptr;
    io.ConfigInputTextCursorBlink = false;  // A blinking cursor would draw all day.
    io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    const Result<Look> look = wear_fonts(asked.theme, asked.scale);
    if (!look) return look.error();
    ImGui_ImplOpenGL3_Init("#version 130");
    Result<void> done = Loop{window, shown, asked}.run(*look);
    ImGui_ImplOpenGL3_Shutdown();
    return done;
}

}  // namespace rollcage
