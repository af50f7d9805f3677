#include "ui/desk/window/bridge.h"

#include <algorithm>
#include <cfloat>
#include <string_view>
#include <utility>

namespace rollcage {
namespace {

constexpr std::pair<ImGuiKey, sf::Keyboard::Key> keys[] = {
    {ImGuiKey_Tab, sf::Keyboard::Tab},
    {ImGuiKey_LeftArrow, sf::Keyboard::Left},
    {ImGuiKey_RightArrow, sf::Keyboard::Right},
    {ImGuiKey_UpArrow, sf::Keyboard::Up},
    {ImGuiKey_DownArrow, sf::Keyboard::Down},
    {ImGuiKey_PageUp, sf::Keyboard::PageUp},
    {ImGuiKey_PageDown, sf::Keyboard::PageDown},
    {ImGuiKey_Home, sf::Keyboard::Home},
    {ImGuiKey_End, sf::Keyboard::End},
    {ImGuiKey_Insert, sf::Keyboard::Insert},
    {ImGuiKey_Delete, sf::Keyboard::Delete},
    {ImGuiKey_Backspace, sf::Keyboard::Backspace},
    {ImGuiKey_Space, sf::Keyboard::Space},
    {ImGuiKey_Enter, sf::Keyboard::Enter},
    {ImGuiKey_Escape, sf::Keyboard::Escape},
    {ImGuiKey_A, sf::Keyboard::A},
    {ImGuiKey_C, sf::Keyboard::C},
    {ImGuiKey_V, sf::Keyboard::V},
    {ImGuiKey_X, sf::Keyboard::X},
    {ImGuiKey_Y, sf::Keyboard::Y},
    {ImGuiKey_Z, sf::Keyboard::Z}};

constexpr std::pair<ImGuiMouseCursor, sf::Cursor::Type> cursors[] = {
    {ImGuiMouseCursor_Arrow, sf::Cursor::Arrow},
    {ImGuiMouseCursor_TextInput, sf::Cursor::Text},
    {ImGuiMouseCursor_ResizeAll, sf::Cursor::SizeAll},
    {ImGuiMouseCursor_ResizeNS, sf::Cursor::SizeVertical},
    {ImGuiMouseCursor_ResizeEW, sf::Cursor::SizeHorizontal},
    {ImGuiMouseCursor_ResizeNESW, sf::Cursor::SizeBottomLeftTopRight},
    {ImGuiMouseCursor_ResizeNWSE, sf::Cursor::SizeTopLeftBottomRight},
    {ImGuiMouseCursor_Hand, sf::Cursor::Hand},
    {ImGuiMouseCursor_NotAllowed, sf::Cursor::NotAllowed}};

// To ImGui; what SFML itself does not know is below nought.
bool known(sf::Keyboard::Key key) {
    return std::ranges::any_of(keys, [&](const auto& it) { return it.second == key; });
}

bool is_letter(sf::Keyboard::Key key) {
    return key >= sf::Keyboard::A && key <= sf::Keyboard::Z;
}

ImVec2 place(int x, int y) {
    return {static_cast<float>(x), static_cast<float>(y)};
}

}  // namespace

Bridge::Bridge(sf::Window& window) : window_(window) {
    ImGuiIO& io = ImGui::GetIO();
    io.BackendPlatformName = "rollcage";
    io.BackendFlags |= ImGuiBackendFlags_HasMouseCursors;
    for (const auto& [known, pressed] : keys) io.KeyMap[known] = pressed;
    io.ClipboardUserData = this;
    io.SetClipboardTextFn = [](void*, const char* text) {
        const std::string_view copied{text};
        sf::Clipboard::setString(sf::String::fromUtf8(copied.begin(), copied.end()));
    };
    io.GetClipboardTextFn = [](void* bridge) {
        const auto text = sf::Clipboard::getString().toUtf8();
        std::string& pasted = static_cast<Bridge*>(bridge)->pasted_;
        pasted.assign(text.begin(), text.end());
        return pasted.c_str();
    };
    for (const auto& [known, type] : cursors) {
        auto cursor = std::make_unique<sf::Cursor>();
        // X11 has no diagonal ones; the arrow stands for those.
        if (cursor->loadFromSystem(type)) cursors_[static_cast<std::size_t>(known)].swap(cursor);
    }
}

Bridge::~Bridge() {
    ImGuiIO& io = ImGui::GetIO();
    io.SetClipboardTextFn = nullptr;
    io.GetClipboardTextFn = nullptr;
    io.ClipboardUserData = nullptr;
}

bool Bridge::apply_button(const sf::Event& event) {
    const auto button = static_cast<std::size_t>(event.mouseButton.button);
    if (button >= changed_buttons_.size()) return true;
    if (changed_buttons_[button]) return false;
    changed_buttons_.set(button);
    ImGuiIO& io = ImGui::GetIO();
    io.MousePos = place(event.mouseButton.x, event.mouseButton.y);
    io.MouseDown[button] = event.type == sf::Event::MouseButtonPressed;
    return true;
}

bool Bridge::apply_key(const sf::Event& event) {
    ImGuiIO& io = ImGui::GetIO();
    const bool down = event.type == sf::Event::KeyPressed;
    const bool letter = is_letter(event.key.code);
    // Letters are keys with Ctrl alone; were each to wait for its release, a frame took one.
    if (known(event.key.code) && (!letter || !down || event.key.control)) {
        const auto key = static_cast<std::size_t>(event.key.code);
        const bool edits = down && !letter && event.key.code != sf::Keyboard::Space;
        if (io.KeysDown[key] != down) {
            if (changed_keys_[key] || (edits && !io.InputQueueCharacters.empty())) return false;
            changed_keys_.set(key);
            io.KeysDown[key] = down;
            edited_ = edited_ || edits;
        }
    }
    if (down && letter && event.key.control)
        chords_.push_back(std::string{"Ctrl+"} +
                          static_cast<char>('A' + event.key.code - sf::Keyboard::A));
    io.KeyCtrl = event.key.control;
    io.KeyShift = event.key.shift;
    io.KeyAlt = event.key.alt;
    io.KeySuper = event.key.system;
    return true;
}

// ImGui takes all letters of a frame before all keys of it.
bool Bridge::apply_letter(const sf::Event& event) {
    if (edited_) return false;
    if (event.text.unicode >= 0x20 && event.text.unicode != 0x7F)
        ImGui::GetIO().AddInputCharacter(event.text.unicode);
    return true;
}

bool Bridge::apply(const sf::Event& event) {
    ImGuiIO& io = ImGui::GetIO();
    switch (event.type) {
        case sf::Event::MouseMoved:
            if (changed_buttons_.any()) return false;  // A click happens where it was made.
            io.MousePos = place(event.mouseMove.x, event.mouseMove.y);
            return true;
        case sf::Event::MouseLeft: io.MousePos = {-FLT_MAX, -FLT_MAX}; return true;
        case sf::Event::MouseButtonPressed:
        case sf::Event::MouseButtonReleased: return apply_button(event);
        case sf::Event::MouseWheelScrolled: {
            const auto& wheel = event.mouseWheelScroll;
            (wheel.wheel == sf::Mouse::VerticalWheel ? io.MouseWheel : io.MouseWheelH) +=
                wheel.delta;
            return true;
        }
        case sf::Event::KeyPressed:
        case sf::Event::KeyReleased: return apply_key(event);
        case sf::Event::TextEntered: return apply_letter(event);
        case sf::Event::LostFocus:
            io.AddFocusEvent(false);
            std::ranges::fill(io.KeysDown, false);
            io.KeyCtrl = io.KeyShift = io.KeyAlt = io.KeySuper = false;
            return true;
        case sf::Event::GainedFocus: io.AddFocusEvent(true); return true;
        default: return true;
    }
}

void Bridge::begin_frame(float passed_s) {
    ImGuiIO& io = ImGui::GetIO();
    const sf::Vector2u size = window_.getSize();
    io.DisplaySize = place(static_cast<int>(size.x), static_cast<int>(size.y));
    io.DeltaTime = std::max(passed_s, 1e-4F);
    show_cursor();
    changed_keys_.reset();
    changed_buttons_.reset();
    edited_ = false;
    while (!waiting_.empty() && apply(waiting_.front())) waiting_.pop_front();
}

void Bridge::show_cursor() {
    const ImGuiMouseCursor wanted = ImGui::GetMouseCursor();
    if (wanted == shown_) return;
    shown_ = wanted;
    window_.setMouseCursorVisible(wanted != ImGuiMouseCursor_None);
    if (wanted == ImGuiMouseCursor_None) return;
    const auto& found = cursors_[static_cast<std::size_t>(wanted)];
    const auto& cursor = found ? found : cursors_[ImGuiMouseCursor_Arrow];
    if (cursor) window_.setMouseCursor(*cursor);
}

}  // namespace rollcage
