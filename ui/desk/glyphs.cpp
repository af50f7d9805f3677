#include "ui/desk/glyphs.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace rollcage {
namespace {

// Corners in units of the radius, clockwise; empty: a circle.
std::vector<ImVec2> corners_of(Mark mark) {
    switch (mark) {
        case Mark::order: return {{0, -1.15F}, {1.15F, 0}, {0, 1.15F}, {-1.15F, 0}};
        case Mark::alert: return {{0, -1.1F}, {1.1F, 0.9F}, {-1.1F, 0.9F}};
        case Mark::cleared: return {{0, 1.1F}, {-1.1F, -0.9F}, {1.1F, -0.9F}};
        case Mark::stage: return {{-0.9F, -0.9F}, {0.9F, -0.9F}, {0.9F, 0.9F}, {-0.9F, 0.9F}};
        case Mark::harm:
            return {{-0.5F, -1.1F}, {0.5F, -1.1F}, {1.1F, -0.5F}, {1.1F, 0.5F},
                    {0.5F, 1.1F},   {-0.5F, 1.1F}, {-1.1F, 0.5F}, {-1.1F, -0.5F}};
        case Mark::step: return {{-1, -0.45F}, {1, -0.45F}, {1, 0.45F}, {-1, 0.45F}};
        case Mark::said:
            return {{-1.1F, -0.9F}, {1.1F, -0.9F}, {1.1F, 0.5F}, {0.1F, 0.5F},
                    {-0.5F, 1.15F}, {-0.5F, 0.5F}, {-1.1F, 0.5F}};
        case Mark::refused:
        case Mark::effect:
        case Mark::fact: return {};
    }
    return {};
}

std::vector<ImVec2> placed(std::vector<ImVec2> corners, ImVec2 centre, float radius) {
    for (ImVec2& it : corners) it = {centre.x + it.x * radius, centre.y + it.y * radius};
    return corners;
}

void paint_cross(ImDrawList& to, ImVec2 centre, float reach, Colour colour, float thick) {
    to.AddLine({centre.x - reach, centre.y - reach}, {centre.x + reach, centre.y + reach}, colour,
               thick);
    to.AddLine({centre.x - reach, centre.y + reach}, {centre.x + reach, centre.y - reach}, colour,
               thick);
}

void paint_number(ImDrawList& to, const Look& look, ImVec2 centre, Colour colour,
                  const std::string& number) {
    ImFont* font = look.fonts.number_small;
    const ImVec2 size = font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, number.c_str());
    to.AddText(font, font->FontSize,
               {std::floor(centre.x - size.x / 2 + 0.5F), std::floor(centre.y - size.y / 2)},
               colour, number.c_str());
}

}  // namespace

void paint_glyph(ImDrawList& to, const Look& look, ImVec2 centre, float radius, Mark mark,
                 const std::string& number) {
    const Colour colour = colour_of(look.theme, mark);
    if (!number.empty()) radius *= number.size() > 1 ? 1.5F : 1.3F;
    const float rim = look.fine(1.5F);
    const std::vector<ImVec2> corners = placed(corners_of(mark), centre, radius);
    const int count = static_cast<int>(corners.size());
    if (mark == Mark::said) {  // Not convex: a bubble and its tail.
        to.AddRectFilled(corners[0], {corners[1].x, corners[2].y}, colour, radius * 0.3F);
        to.AddTriangleFilled(corners[3], corners[4], corners[5], colour);
    } else if (mark == Mark::refused) {
        to.AddCircleFilled(centre, radius, look.theme.well);
        to.AddCircle(centre, radius, colour, 0, rim);
        if (number.empty()) paint_cross(to, centre, radius * 0.45F, colour, look.fine(2));
    } else if (count > 0) {
        to.AddConvexPolyFilled(corners.data(), count, colour);
        to.AddPolyline(corners.data(), count, look.theme.panel, ImDrawFlags_Closed, look.fine(1));
    } else {
        const float size = mark == Mark::fact ? radius * 0.55F : radius * 0.95F;
        to.AddCircleFilled(centre, size, colour);
        if (mark == Mark::effect && number.empty())
            to.AddCircleFilled(centre, size * 0.42F, look.theme.panel);
    }
    if (mark == Mark::harm && number.empty())
        paint_cross(to, centre, radius * 0.45F, readable_on(colour), look.fine(1.6F));
    const Colour ink = mark == Mark::refused ? colour : readable_on(colour);
    if (!number.empty()) paint_number(to, look, centre, ink, number);
}

void paint_point(ImDrawList& to, const Look& look, ImVec2 centre, float radius,
                 std::size_t series) {
    const Colour colour = look.theme.hues[series % look.theme.hues.size()];
    const float rim = look.fine(1.5F);
    std::vector<ImVec2> corners;
    switch (series % 6) {
        case 1: corners = {{-0.9F, -0.9F}, {0.9F, -0.9F}, {0.9F, 0.9F}, {-0.9F, 0.9F}}; break;
        case 2: corners = {{0, -1.1F}, {1.1F, 0.85F}, {-1.1F, 0.85F}}; break;
        case 3: corners = {{0, -1.2F}, {1.2F, 0}, {0, 1.2F}, {-1.2F, 0}}; break;
        case 4: corners = {{0, 1.1F}, {-1.1F, -0.85F}, {1.1F, -0.85F}}; break;
        case 5: corners = {{-1.2F, -0.5F}, {1.2F, -0.5F}, {1.2F, 0.5F}, {-1.2F, 0.5F}}; break;
        default: break;
    }
    if (corners.empty()) {
        to.AddCircleFilled(centre, radius + rim, look.theme.well);
        to.AddCircleFilled(centre, radius, colour);
        return;
    }
    const std::vector<ImVec2> rimmed = placed(corners, centre, radius + rim);
    const std::vector<ImVec2> shape = placed(std::move(corners), centre, radius);
    to.AddConvexPolyFilled(rimmed.data(), static_cast<int>(rimmed.size()), look.theme.well);
    to.AddConvexPolyFilled(shape.data(), static_cast<int>(shape.size()), colour);
}

void paint_known_point(ImDrawList& to, const Look& look, ImVec2 centre, float radius) {
    to.AddCircleFilled(centre, radius + look.fine(1.5F), look.theme.well);
    to.AddCircle(centre, radius, look.theme.text, 0, look.fine(1.8F));
}

void paint_dashed(ImDrawList& to, std::span<const ImVec2> line, Colour colour, float thick,
                  float dash, float gap) {
    constexpr float dashes_max = 4'000;
    const auto length_of = [&](std::size_t i) {
        return std::hypot(line[i].x - line[i - 1].x, line[i].y - line[i - 1].y);
    };
    float all = 0;
    for (std::size_t i = 1; i < line.size(); ++i) all += length_of(i);
    // A line that goes up and down all the way gets longer dashes rather than very many.
    const float longer = std::max(1.0F, all / (dash + gap) / dashes_max);
    dash *= longer, gap *= longer;
    float walked = 0;  // Within a dash and its gap.
    for (std::size_t i = 1; i < line.size(); ++i) {
        const float length = length_of(i);
        for (float at = 0; at < length;) {
            const bool drawing = walked < dash;
            const float left = (drawing ? dash : dash + gap) - walked;
            const float until = std::min(length, at + std::max(left, 0.01F));
            const auto on_line = [&](float where) {
                const float share = where / length;
                return ImVec2{line[i - 1].x + (line[i].x - line[i - 1].x) * share,
                              line[i - 1].y + (line[i].y - line[i - 1].y) * share};
            };
            if (drawing) to.AddLine(on_line(at), on_line(until), colour, thick);
            walked += until - at;
            if (walked >= dash + gap) walked = 0;
            at = until;
        }
    }
}

void paint_hatched(ImDrawList& to, ImVec2 least, ImVec2 most, Colour colour, float apart,
                   float thick) {
    const float high = most.y - least.y;
    // From the whole screen's edge, so that neighbouring spans hatch as one.
    const float first = std::floor((least.x - high) / apart) * apart;
    to.PushClipRect(least, most, true);
    for (float x = first; x < most.x; x += apart)
        to.AddLine({x, most.y}, {x + high, least.y}, colour, thick);
    to.PopClipRect();
}

}  // namespace rollcage
