// The shape of each mark, so that marks differ where colours do not; and dashes and hatching.
// Leans on theme.h; the shapes are those of the report's pages.
// A number stands inside its shape, which grows a little for it.
#pragma once

#include <span>
#include <string>

#include "ui/desk/theme.h"

namespace rollcage {

void paint_glyph(ImDrawList& to, const Look& look, ImVec2 centre, float radius, Mark mark,
                 const std::string& number = "");
// Circle, square, triangle, diamond, triangle on its point, and so on: one a line of a plot.
void paint_point(ImDrawList& to, const Look& look, ImVec2 centre, float radius, std::size_t series);
void paint_known_point(ImDrawList& to, const Look& look, ImVec2 centre, float radius);  // A ring.
void paint_dashed(ImDrawList& to, std::span<const ImVec2> line, Colour colour, float thick,
                  float dash, float gap);
void paint_hatched(ImDrawList& to, ImVec2 least, ImVec2 most, Colour colour, float apart,
                   float thick);

}  // namespace rollcage
