#include "ui/desk/board_kit.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/desk/cards.h"
#include "ui/desk/glyphs.h"
#include "ui/desk/time_plot.h"
#include "ui/view/board_view.h"

namespace rollcage {
namespace {

struct LivesDrawn {
    const BoardPlot& plot;
    TimeArea area;
    ValueScale scale;
    ImVec2 place(const LinePoint& it) const {
        const double share = (it.value - scale.least) / (scale.most - scale.least);
        return {area.x_of(it.at_s), area.most.y - static_cast<float>(share) * area.high()};
    }
};

void paint_board_values(Widgets& on, const LivesDrawn& drawn) {
    const Look& look = on.look;
    ImDrawList& to = *ImGui::GetWindowDrawList();
    for (double at = 0; at <= drawn.scale.most + drawn.scale.step / 2; at += drawn.scale.step) {
        const float y = std::floor(drawn.place({0, at}).y) + 0.5F;
        to.AddLine({drawn.area.least.x, y}, {drawn.area.most.x, y},
                   at == 0 ? look.theme.line : look.theme.grid, look.fine(1));
        const std::string text = grouped_text(at);
        paint_text(to, look.fonts.small,
                   {drawn.area.least.x - look.px(8) - wide_of(look.fonts.small, text),
                    std::floor(y - look.fonts.small->FontSize / 2)},
                   look.theme.soft, text);
    }
}

void paint_life(Widgets& on, const LivesDrawn& drawn, std::size_t nth) {
    const Look& look = on.look;
    ImDrawList& to = *ImGui::GetWindowDrawList();
    const bool own = nth == drawn.plot.own, strong = own || drawn.plot.own == all_alike;
    const Colour colour = hue_of_life(look, drawn.plot.lines[nth].letter);
    const auto columns = static_cast<std::size_t>(std::max(1.0F, drawn.area.wide()));
    for (const LinePiece& piece :
         thinned(drawn.plot.lines[nth].points, drawn.area.shown, columns)) {
        std::vector<ImVec2> line;
        for (const LinePoint& it : piece) line.push_back(drawn.place(it));
        const float foot = drawn.area.most.y;
        // Smoothed edges would show between the pieces.
        const ImDrawListFlags smooth = std::exchange(to.Flags, ImDrawListFlags_AntiAliasedLines);
        for (std::size_t i = 1; own && i < line.size(); ++i)
            to.AddQuadFilled(line[i - 1], line[i], {line[i].x, foot}, {line[i - 1].x, foot},
                             with_alpha(colour, 0.16F));
        to.Flags = smooth;
        to.AddPolyline(line.data(), static_cast<int>(line.size()),
                       with_alpha(colour, strong ? 1 : 0.5F), 0,
                       look.fine(look.theme.stroke * (strong ? 1.8F : 0.8F)));
    }
}

// Where a life stands now.
void paint_ends(Widgets& on, const LivesDrawn& drawn) {
    const Look& look = on.look;
    ImDrawList& to = *ImGui::GetWindowDrawList();
    for (std::size_t i = 0; i < drawn.plot.lines.size(); ++i) {
        const auto line = drawn.plot.lines[i].points;
        if (line.empty() || !line.back().value || !drawn.area.shown.holds(line.back().at_s))
            continue;
        const ImVec2 at = drawn.place({line.back().at_s, *line.back().value});
        paint_point(to, look, at,
                    look.fine(i == drawn.plot.own || drawn.plot.own == all_alike ? 6.0F : 3.0F),
                    drawn.plot.lines[i].letter);
    }
}

void paint_parting(Widgets& on, const LivesDrawn& drawn, double at_s) {
    const Look& look = on.look;
    if (!drawn.area.shown.holds(at_s)) return;
    const float x = std::floor(drawn.area.x_of(at_s)) + 0.5F;
    const std::array line{ImVec2{x, drawn.area.least.y}, ImVec2{x, drawn.area.most.y}};
    paint_dashed(*ImGui::GetWindowDrawList(), line, look.theme.text, look.fine(1.4F), look.fine(5),
                 look.fine(4));
}

}  // namespace

void board_plot(Widgets& on, TimeAxis& axis, const BoardPlot& plot, float high) {
    const Look& look = on.look;
    const float top = ImGui::GetCursorPosY();
    if (plot.headed)
        heading(on, nullptr, plot.title, plot.unit);
    else
        ImGui::Dummy({1, look.px(4)});
    const float foot = look.fonts.small->FontSize + look.px(14);
    const float used = ImGui::GetCursorPosY() - top;
    const float plain = std::max(look.px(40), high - used - foot);
    const TimeInput input = time_input(on, axis, plot.title, plain);
    const double most = plot.most > 0 ? plot.most : 1;
    const LivesDrawn drawn{plot, input.area, value_scale(0, most, plain / look.px(38))};
    ImDrawList& to = *ImGui::GetWindowDrawList();
    to.AddRectFilled(input.area.least, input.area.most, look.theme.well, look.px(4));
    paint_time_behind(on, axis, input.area);
    paint_board_values(on, drawn);
    to.PushClipRect({input.area.least.x, input.area.least.y - look.px(2)},
                    {input.area.most.x, input.area.most.y + look.px(2)}, true);
    for (std::size_t i = 0; i < plot.lines.size(); ++i)
        if (i != plot.own) paint_life(on, drawn, i);
    if (plot.own != all_alike) paint_life(on, drawn, plot.own);
    to.PopClipRect();
    if (plot.parting_s) paint_parting(on, drawn, *plot.parting_s);
    paint_ends(on, drawn);
    paint_time_before(on, axis, input.area);
    time_labels(on, axis);
    if (!input.hovered) return;
    const double at_s = input.area.at_of(ImGui::GetIO().MousePos.x);
    begin_tip(on);
    words(on, look.fonts.strong, look.theme.text, clock_text(at_s, 1));
    for (std::size_t i = 0; i < plot.lines.size(); ++i)
        if (const auto value = value_at(plot.lines[i].points, at_s))
            words(on, look.fonts.number, look.theme.text,
                  letter_of(plot.lines[i].letter) + "  " + plot.text(*value));
    end_tip(on);
}

Colour hue_of_life(const Look& look, std::size_t nth) {
    return look.theme.hues[nth % look.theme.hues.size()];
}

float paint_letter(Widgets& on, ImDrawList& to, ImVec2 at, float high, std::size_t nth) {
    const Look& look = on.look;
    const Colour colour = hue_of_life(look, nth);
    const float wide = std::floor(high);
    to.AddRectFilled(at, {at.x + wide, at.y + high}, colour, look.px(6));
    const std::string letter = letter_of(nth);
    ImFont* font = high > look.px(52)   ? look.fonts.figure
                   : high > look.px(30) ? look.fonts.title
                                        : look.fonts.strong;
    paint_text(to, font,
               {std::floor(at.x + (wide - wide_of(font, letter)) / 2),
                std::floor(at.y + (high - font->FontSize) / 2)},
               readable_on(colour), letter);
    return wide;
}

void wrapped_words(Widgets& on, ImFont* font, Colour colour, const std::string& text) {
    ImGui::PushTextWrapPos(0);
    words(on, font, colour, text);
    ImGui::PopTextWrapPos();
}

ImFont* largest_fitting(const Look& look, const std::string& text, float wide) {
    for (ImFont* font : {look.fonts.figure, look.fonts.title, look.fonts.strong})
        if (wide_of(font, text) <= wide) return font;
    return look.fonts.small;
}

}  // namespace rollcage
