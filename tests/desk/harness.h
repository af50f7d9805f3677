// A screen without a window: shown, clicked at by label, typed into, read as text, painted.
// Leans on the kit and on raster.h; what cannot be done answers with words that say why.
// Whatever people do takes as many frames as with a real mouse; there is no clock.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/desk/raster.h"
#include "ui/desk/widgets.h"

struct BenchAsked {
    ImVec2 size{1280, 720};
    rollcage::ThemeName theme = rollcage::ThemeName::dark;
    float scale = 1;
};

class DeskBench {
public:
    explicit DeskBench(rollcage::Screen screen, const BenchAsked& asked = {});
    ~DeskBench();
    DeskBench(const DeskBench&) = delete;
    DeskBench& operator=(const DeskBench&) = delete;

    rollcage::Widgets on;
    std::string clipboard;

    void frame(int times = 1);
    // Empty when it was done; else why it could not be.
    std::string point_at(const std::string& label, ImVec2 share = {0.5F, 0.5F});
    std::string click(const std::string& label, ImVec2 share = {0.5F, 0.5F});
    std::string double_click(const std::string& label, ImVec2 share = {0.5F, 0.5F});
    std::string drag(const std::string& label, ImVec2 share, ImVec2 by);
    std::string wheel(const std::string& label, float notches, ImVec2 share = {0.5F, 0.5F});
    void type(const std::string& text);
    void key(ImGuiKey key, bool with_control = false);
    void chord(const std::string& keys);  // "Ctrl+K"
    void move_away();
    std::string text();  // All that is written on the screen, in the order it is drawn.
    Picture picture();
    int vertices() const;
    double frame_ms();  // Of building one frame, without painting it.

private:
    void press(bool down);

    rollcage::Screen screen_;
    std::vector<std::string> chords_;
    ImGuiContext* context_ = nullptr;
};
