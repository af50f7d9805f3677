#include "tests/desk/harness.h"

#include <imgui_internal.h>

#include <chrono>
#include <cmath>
#include <map>
#include <utility>

#include <catch2/catch.hpp>

using namespace rollcage;

namespace {

// Building fonts takes far longer than any test, so benches of one scale share them.
struct Shared {
    ImFontAtlas atlas;
    Fonts fonts;
};
Shared& shared_fonts(float scale) {
    static std::map<int, std::unique_ptr<Shared>> all;
    auto& found = all[static_cast<int>(scale * 100)];
    if (found) return *found;
    found = std::make_unique<Shared>();
    const auto fonts = load_fonts(found->atlas, scale);
    if (!fonts) FAIL(fonts.error().message);
    found->fonts = *fonts;
    unsigned char* pixels = nullptr;
    int wide = 0, high = 0;
    found->atlas.GetTexDataAsRGBA32(&pixels, &wide, &high);
    found->atlas.SetTexID(reinterpret_cast<ImTextureID>(std::intptr_t{1}));
    return *found;
}

ImVec2 inside(const Widget& widget, ImVec2 share) {
    return {std::floor(widget.least.x + (widget.most.x - widget.least.x) * share.x),
            std::floor(widget.least.y + (widget.most.y - widget.least.y) * share.y)};
}

}  // namespace

DeskBench::DeskBench(Screen screen, const BenchAsked& asked) : screen_(std::move(screen)) {
    Shared& shared = shared_fonts(asked.scale);
    context_ = ImGui::CreateContext(&shared.atlas);
    ImGui::SetCurrentContext(context_);
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = io.LogFilename = nullptr;
    io.DisplaySize = asked.size;
    io.DeltaTime = 1 / 30.0F;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    io.ConfigInputTextCursorBlink = false;
    for (int key = 0; key < ImGuiKey_COUNT; ++key) io.KeyMap[key] = key;
    io.ClipboardUserData = this;
    io.SetClipboardTextFn = [](void* bench, const char* text) {
        auto& desk = *static_cast<DeskBench*>(bench);
        desk.clipboard = desk.on.reading ? desk.clipboard + text : text;
    };
    io.GetClipboardTextFn = [](void* bench) {
        return static_cast<DeskBench*>(bench)->clipboard.c_str();
    };
    on.look = {theme(asked.theme), shared.fonts, asked.scale};
    wear(on.look);
    frame(2);
}

DeskBench::~DeskBench() {
    ImGui::SetCurrentContext(context_);
    ImGui::GetIO().ClipboardUserData = nullptr;
    ImGui::DestroyContext(context_);
}

void DeskBench::frame(int times) {
    ImGui::SetCurrentContext(context_);
    for (int i = 0; i < times; ++i) {
        ImGui::NewFrame();
        on.begin_frame(std::exchange(chords_, {}));
        screen_(on, ImGui::GetIO().DisplaySize);
        ImGui::Render();
        ImGui::GetIO().MouseWheel = 0;
    }
}

std::string DeskBench::point_at(const std::string& label, ImVec2 share) {
    frame();
    const auto found = on.find(label);
    if (!found) return found.error().message;
    if (!found->visible) return label + " is out of sight";
    ImGui::GetIO().MousePos = inside(*found, share);
    frame(2);
    if (!found->enabled) return "";
    if (ImGui::GetHoveredID() != found->id) return label + " is covered by something else";
    return "";
}

void DeskBench::press(bool down) {
    ImGui::GetIO().MouseDown[0] = down;
    frame();
}

std::string DeskBench::click(const std::string& label, ImVec2 share) {
    std::string trouble = point_at(label, share);
    if (!trouble.empty()) return trouble;
    press(true);
    press(false);
    frame();
    return "";
}

std::string DeskBench::double_click(const std::string& label, ImVec2 share) {
    std::string trouble = click(label, share);
    return trouble.empty() ? click(label, share) : trouble;
}

std::string DeskBench::drag(const std::string& label, ImVec2 share, ImVec2 by) {
    std::string trouble = point_at(label, share);
    if (!trouble.empty()) return trouble;
    press(true);
    constexpr int steps = 8;
    for (int i = 0; i < steps; ++i) {
        ImVec2& mouse = ImGui::GetIO().MousePos;
        mouse = {mouse.x + by.x / steps, mouse.y + by.y / steps};
        frame();
    }
    press(false);
    frame();
    return "";
}

std::string DeskBench::wheel(const std::string& label, float notches, ImVec2 share) {
    std::string trouble = point_at(label, share);
    if (!trouble.empty()) return trouble;
    ImGui::GetIO().MouseWheel = notches;
    frame(2);
    return "";
}

void DeskBench::type(const std::string& text) {
    ImGui::SetCurrentContext(context_);
    ImGui::GetIO().AddInputCharactersUTF8(text.c_str());
    frame();
}

void DeskBench::key(ImGuiKey key, bool with_control) {
    ImGui::SetCurrentContext(context_);
    ImGuiIO& io = ImGui::GetIO();
    io.KeyCtrl = with_control;
    io.KeysDown[key] = true;
    frame();
    io.KeysDown[key] = false;
    io.KeyCtrl = false;
    frame();
}

void DeskBench::chord(const std::string& keys) {
    chords_.push_back(keys);
    frame(3);
}

void DeskBench::move_away() {
    ImGui::SetCurrentContext(context_);
    ImGui::GetIO().MousePos = {-FLT_MAX, -FLT_MAX};
    frame(2);
}

std::string DeskBench::text() {
    ImGui::SetCurrentContext(context_);
    const std::string kept = std::exchange(clipboard, "");
    ImGui::NewFrame();
    on.begin_frame();
    on.reading = true;
    on.read_on();
    screen_(on, ImGui::GetIO().DisplaySize);
    ImGui::LogFinish();
    on.reading = false;
    ImGui::Render();
    return std::exchange(clipboard, kept);
}

Picture DeskBench::picture() {
    frame();
    return paint(*ImGui::GetDrawData(), *ImGui::GetIO().Fonts, on.look.theme.ground);
}

int DeskBench::vertices() const {
    ImGui::SetCurrentContext(context_);
    return ImGui::GetDrawData()->TotalVtxCount;
}

double DeskBench::frame_ms() {
    const auto began = std::chrono::steady_clock::now();
    frame();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    return took.count();
}
