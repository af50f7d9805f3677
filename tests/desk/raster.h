// Paints what ImGui drew into a picture in memory: no display, no driver, the same everywhere.
// Leans on whole numbers; textures alone are looked up with fractions.
// Two pictures are compared by difference(); a PNG of one is written by stb.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <imgui.h>

struct Picture {
    int wide = 0, high = 0;
    std::vector<std::uint32_t> pixels{};  // As ImU32.
};
Picture paint(const ImDrawData& drawn, ImFontAtlas& atlas, ImU32 ground);
bool write_png(const Picture& picture, const std::string& file);
std::optional<Picture> read_png(const std::string& file);

struct PixelsApart {
    int pixels = 0, x = 0, y = 0;  // How many, and the first of them.
};
// Pixels with a channel further away than this.
PixelsApart difference(const Picture& one, const Picture& other, int tolerance);
