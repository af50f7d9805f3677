// Between SFML's window and ImGui: what people do comes in, cursor and clipboard go out.
// Leans on sfml-window alone; ImGui 1.86 is told states, not events, so events are queued.
// Of each key and button one change a frame: a slow frame loses no click, and mixes up no letters.
#pragma once

#include <array>
#include <bitset>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <imgui.h>
#include <SFML/Window.hpp>

namespace rollcage {

class Bridge {
public:
    explicit Bridge(sf::Window& window);  // Into the current context; ends before it does.
    ~Bridge();
    Bridge(const Bridge&) = delete;
    Bridge& operator=(const Bridge&) = delete;

    void take(const sf::Event& event) { waiting_.push_back(event); }
    bool waiting() const { return !waiting_.empty(); }
    void begin_frame(float passed_s);
    // Letters that were pressed together with Ctrl since last time: "Ctrl+K".
    std::vector<std::string> take_chords() { return std::exchange(chords_, {}); }

private:
    bool apply(const sf::Event& event);  // False: its turn is the next frame's.
    bool apply_button(const sf::Event& event);
    bool apply_key(const sf::Event& event);
    bool apply_letter(const sf::Event& event);
    void show_cursor();

    sf::Window& window_;
    std::array<std::unique_ptr<sf::Cursor>, ImGuiMouseCursor_COUNT> cursors_{};
    ImGuiMouseCursor shown_ = ImGuiMouseCursor_Arrow;
    std::deque<sf::Event> waiting_;
    std::bitset<sf::Keyboard::KeyCount> changed_keys_;
    std::bitset<3> changed_buttons_;
    bool edited_ = false;  // Keys that change what is written did something in this frame.
    std::string pasted_;
    std::vector<std::string> chords_;
};

}  // namespace rollcage
