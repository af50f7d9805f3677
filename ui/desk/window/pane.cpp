#include "ui/desk/window/pane.h"

#include <GL/gl.h>
#include <backends/imgui_impl_opengl3.h>
#include <fmt/format.h>
#include <stb/stb_image_write.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "ui/desk/window/x_desktop.h"

namespace rollcage {
namespace {

sf::ContextSettings opengl() {
    sf::ContextSettings settings;
    settings.majorVersion = 3;
    settings.minorVersion = 2;
    return settings;
}

sf::Vector2u size_of(const PaneAsked& asked) {
    if (!asked.place) return {asked.wide, asked.high};
    return {static_cast<unsigned>(asked.place->wide), static_cast<unsigned>(asked.place->high)};
}

sf::VideoMode size_at_first(const PaneAsked& asked) {
    const sf::Vector2u size = size_of(asked);
    const int high = high_at_first(asked.displays, static_cast<int>(size.y));
    return {size.x, static_cast<unsigned>(high)};
}

bool asks_to_close(const sf::Event& event) {
    return event.type == sf::Event::KeyPressed && event.key.control &&
           event.key.code == sf::Keyboard::W;
}

}  // namespace

// It becomes the current one by itself only where there is none.
Pane::Context::Context() : of_imgui(ImGui::CreateContext()) {
    ImGui::SetCurrentContext(of_imgui);
}

Pane::Context::~Context() {
    ImGui::DestroyContext(of_imgui);
}

Pane::Pane(const PaneAsked& asked)
    : window_(size_at_first(asked), sf::String::fromUtf8(asked.title.begin(), asked.title.end()),
              sf::Style::Default, opengl()),
      bridge_(window_),
      closed_by_key_(asked.closed_by_key) {}

Pane::~Pane() {
    make_current();
    if (started_) ImGui_ImplOpenGL3_Shutdown();
}

Result<std::unique_ptr<Pane>> Pane::open(const PaneAsked& asked) {
    std::unique_ptr<Pane> pane{new Pane{asked}};
    if (const auto begun = pane->begin(asked); !begun) return begun.error();
    return pane;
}

Result<void> Pane::begin(const PaneAsked& asked) {
    make_current();
    if (window_.getSettings().majorVersion < 3)
        return Error{std::string{"this display has no OpenGL 3; "} + without_display};
    window_.setKeyRepeatEnabled(true);
    if (const sf::Vector2u size = size_of(asked); size != window_.getSize()) window_.setSize(size);
    // Without a window manager SFML puts a window anywhere.
    const Rectangle there = place();
    const Rectangle better = asked.place ? *asked.place : well_placed(asked.displays, there);
    if (better.x != there.x || better.y != there.y) move_to(better);
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = io.LogFilename = nullptr;
    io.ConfigInputTextCursorBlink = false;  // A blinking cursor would draw all day.
    io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    const Result<Look> look = load(asked.theme, asked.scale);
    if (!look) return look.error();
    on_.look = *look;
    started_ = ImGui_ImplOpenGL3_Init("#version 130");
    return {};
}

Result<Look> Pane::load(ThemeName name, float scale) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    const Result<Fonts> fonts = load_fonts(atlas, scale);
    if (!fonts) return fonts.error();
    const Look look{theme(name), *fonts, scale};
    rollcage::wear(look);
    return look;
}

Result<void> Pane::wear(ThemeName name, float scale) {
    make_current();
    owe(frames_after_input);
    if (scale == on_.look.scale) {
        on_.look.theme = theme(name);
        rollcage::wear(on_.look);
        return {};
    }
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    const Result<Look> look = load(name, scale);
    if (!look) return look.error();
    on_.look = *look;
    ImGui_ImplOpenGL3_CreateFontsTexture();
    return {};
}

void Pane::make_current() {
    (void)window_.setActive(true);
    ImGui::SetCurrentContext(context_.of_imgui);
}

void Pane::owe(int frames) {
    owed_ = std::max(owed_, frames);
}

bool Pane::take_events() {
    const int before = presses_;
    for (sf::Event event; window_.pollEvent(event);) {
        if (event.type == sf::Event::Closed || (closed_by_key_ && asks_to_close(event)))
            closed_ = true;
        if (event.type == sf::Event::MouseButtonReleased || event.type == sf::Event::KeyPressed ||
            event.type == sf::Event::MouseWheelScrolled)
            ++presses_, since_press_ = 0;
        bridge_.take(event);
    }
    if (bridge_.waiting()) owe(frames_after_input);
    return presses_ != before;
}

Result<void> Pane::draw(const Screen& screen) {
    make_current();
    --owed_;
    ImGui_ImplOpenGL3_NewFrame();
    bridge_.begin_frame(passed_.restart().asSeconds());
    ImGui::NewFrame();
    on_.begin_frame(bridge_.take_chords());
    screen(on_, ImGui::GetIO().DisplaySize);
    ImGui::Render();
    paint();
    window_.display();
    ++drawn_;
    if (on_.stirred()) owe(1);
    if (bridge_.waiting()) since_press_ = 0, owe(frames_after_input);
    if (++since_press_ >= frames_after_input - 1) presses_shown_ = presses_;
    const auto wanted = on_.take_asked();
    if (!wanted) return {};
    chose_look_ = true;
    return wear(wanted->theme, wanted->scale);
}

void Pane::paint() {
    const sf::Vector2u size = window_.getSize();
    glViewport(0, 0, static_cast<int>(size.x), static_cast<int>(size.y));
    const ImVec4 colour = ImGui::ColorConvertU32ToFloat4(on_.look.theme.ground);
    glClearColor(colour.x, colour.y, colour.z, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

Rectangle Pane::place() const {
    const sf::Vector2i at = window_.getPosition();
    const sf::Vector2u size = window_.getSize();
    return {at.x, at.y, static_cast<int>(size.x), static_cast<int>(size.y)};
}

void Pane::move_to(const Rectangle& place) {
    window_.setPosition({place.x, place.y});
}

Result<void> Pane::write_picture(const std::string& file) {
    make_current();
    paint();  // What was shown is no longer there to be read.
    const sf::Vector2u size = window_.getSize();
    const int wide = static_cast<int>(size.x), high = static_cast<int>(size.y);
    std::vector<unsigned char> pixels(std::size_t{size.x} * size.y * 4);
    glReadPixels(0, 0, wide, high, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
    for (std::size_t i = 3; i < pixels.size(); i += 4) pixels[i] = 255;
    stbi_flip_vertically_on_write(1);  // OpenGL counts lines from below.
    if (stbi_write_png(file.c_str(), wide, high, 4, pixels.data(), wide * 4) == 0)
        return Error{"cannot write " + file + "; choose a path in a folder you may write to"};
    return {};
}

std::string Pane::widgets_text() const {
    std::string text;
    for (const Widget& it : on_.all())
        text += fmt::format("{:.0f} {:.0f} {} {}{}\n", (it.least.x + it.most.x) / 2,
                            (it.least.y + it.most.y) / 2,
                            !it.visible  ? "hidden"
                            : it.enabled ? "enabled"
                                         : "disabled",
                            it.area.empty() ? "" : it.area + " > ", it.label);
    return text;
}

}  // namespace rollcage
