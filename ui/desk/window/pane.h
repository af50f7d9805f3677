// One window: its OpenGL, its ImGui, what people do in it, and the frames that it owes them.
// Leans on bridge.h; several may be open side by side, each with contexts of its own.
// Whatever is called here makes this pane's contexts the current ones.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ui/desk/displays.h"
#include "ui/desk/widgets.h"
#include "ui/desk/window/bridge.h"

namespace rollcage {

// A click settles over a few frames: what it opens, and what is then under the mouse.
constexpr int frames_after_input = 4;

struct PaneAsked {
    std::string title{};
    unsigned wide = 1'440, high = 900;
    std::optional<Rectangle> place{};  // Instead of a size, in the middle of the desktop.
    Displays displays{};
    ThemeName theme = ThemeName::dark;
    float scale = 1;
    bool closed_by_key = false;  // Ctrl+W, too.
};

class Pane {
public:
    static Result<std::unique_ptr<Pane>> open(const PaneAsked& asked);
    ~Pane();
    Pane(const Pane&) = delete;
    Pane& operator=(const Pane&) = delete;

    bool take_events();  // True: somebody pressed something, which may change other windows too.
    bool closed() const { return closed_; }  // Its window stays until this ends.

    void owe(int frames);
    bool owes() const { return owed_ > 0; }
    Result<void> draw(const Screen& screen);  // One frame.
    int drawn() const { return drawn_; }

    Result<void> wear(ThemeName theme, float scale);
    const Look& look() const { return on_.look; }
    bool chose_look() const { return chose_look_; }  // Somebody asked for one in this window.

    sf::Vector2u size() const { return window_.getSize(); }
    Rectangle place() const;  // Asks the display.
    void move_to(const Rectangle& place);
    Result<void> write_picture(const std::string& file);  // The frame drawn last.
    // A line for each widget: the middle of it, whether it can be clicked, its name.
    std::string widgets_text() const;
    int presses_shown() const { return presses_shown_; }  // What was pressed, and is settled.

private:
    class Context {
    public:
        Context();
        ~Context();
        Context(const Context&) = delete;
        Context& operator=(const Context&) = delete;
        ImGuiContext* const of_imgui;
    };

    explicit Pane(const PaneAsked& asked);
    Result<void> begin(const PaneAsked& asked);
    Result<Look> load(ThemeName theme, float scale);
    void make_current();
    void paint();

    sf::Window window_;
    Context context_;
    Bridge bridge_;
    Widgets on_;
    sf::Clock passed_;
    int owed_ = frames_after_input, drawn_ = 0, presses_ = 0, presses_shown_ = 0, since_press_ = 0;
    const bool closed_by_key_;
    bool closed_ = false, started_ = false, chose_look_ = false;
};

}  // namespace rollcage
