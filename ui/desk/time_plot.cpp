#include "ui/desk/time_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/desk/cards.h"
#include "ui/desk/glyphs.h"

namespace rollcage {
namespace {

// A plot as it is being drawn.
struct Drawn {
    const Plot& plot;
    TimeArea area;
    ValueScale scale;
    float y_of(double value) const {
        const double share = (value - scale.least) / (scale.most - scale.least);
        return area.most.y - static_cast<float>(std::clamp(share, -1.0, 2.0)) * area.high();
    }
    ImVec2 place(const LinePoint& it) const { return {area.x_of(it.at_s), y_of(it.value)}; }
};

ImDrawList& canvas() {
    return *ImGui::GetWindowDrawList();
}

Colour hue_of(const Look& look, const PlotSeries& series, std::size_t nth) {
    return series.known ? look.theme.text : look.theme.hues[nth % look.theme.hues.size()];
}

ValueScale scale_of(const Plot& plot, const std::vector<std::vector<LinePiece>>& lines,
                    double labels_max) {
    double least = 0, most = 0;
    const auto reach = [&](double value) {
        least = std::min(least, value);
        most = std::max(most, value);
    };
    for (const auto& pieces : lines)
        for (const LinePiece& piece : pieces)
            for (const LinePoint& it : piece) reach(it.value);
    // A limit far above all values would press them flat; the top edge names it instead.
    const double values_most = most;
    for (const PlotLimit& it : plot.limits)
        if (values_most == 0 || it.value <= 2.5 * values_most) reach(it.value);
    return value_scale(least, most > least ? most : least + 1, labels_max);
}

void paint_values(Widgets& on, const Drawn& drawn) {
    const Look& look = on.look;
    ImFont* font = look.fonts.small;
    const ValueScale& scale = drawn.scale;
    for (double at = scale.least; at <= scale.most + scale.step / 2; at += scale.step) {
        const double value = std::abs(at) < scale.step / 1e6 ? 0 : at;
        const float y = std::floor(drawn.y_of(value)) + 0.5F;
        const bool foot = value == 0;
        canvas().AddLine({drawn.area.least.x, y}, {drawn.area.most.x, y},
                         foot ? look.theme.line : look.theme.grid, look.fine(1));
        const std::string text = grouped_text(value);
        paint_text(canvas(), font,
                   {drawn.area.least.x - look.px(9) - wide_of(font, text),
                    std::floor(y - font->FontSize / 2)},
                   look.theme.soft, text);
    }
}

// Below a line, ever fainter towards the foot.
void paint_below(const Drawn& drawn, const std::vector<ImVec2>& line, Colour colour) {
    constexpr std::size_t together = 8'000;  // Four corners each; indices have sixteen bits.
    const float foot = drawn.y_of(std::max(0.0, drawn.scale.least));
    const float high = std::max(1.0F, foot - drawn.area.least.y);
    ImDrawList& to = canvas();
    const ImVec2 white = ImGui::GetFontTexUvWhitePixel();
    const auto shade = [&](float y) {
        return with_alpha(colour, 0.04F + 0.26F * std::clamp((foot - y) / high, 0.0F, 1.0F));
    };
    const auto corner = [](std::size_t nth) { return static_cast<ImDrawIdx>(nth); };
    for (std::size_t from = 1; from < line.size(); from += together) {
        const std::size_t until = std::min(line.size(), from + together);
        const auto quads = static_cast<int>(until - from);
        to.PrimReserve(quads * 6, quads * 4);
        for (std::size_t i = from; i < until; ++i) {
            const ImVec2 a = line[i - 1], b = line[i];
            const auto first = to._VtxCurrentIdx;
            for (const std::size_t nth : {0U, 1U, 2U, 0U, 2U, 3U})
                to.PrimWriteIdx(corner(first + nth));
            to.PrimWriteVtx(a, white, shade(a.y));
            to.PrimWriteVtx(b, white, shade(b.y));
            to.PrimWriteVtx({b.x, foot}, white, shade(foot));
            to.PrimWriteVtx({a.x, foot}, white, shade(foot));
        }
    }
}

void paint_stroke(const Look& look, const std::vector<ImVec2>& line, Colour colour) {
    constexpr std::size_t together = 8'000;  // Indices have sixteen bits.
    for (std::size_t from = 0; from + 1 < line.size(); from += together - 1) {
        const std::size_t count = std::min(together, line.size() - from);
        canvas().AddPolyline(line.data() + from, static_cast<int>(count), colour, 0,
                             look.fine(look.theme.stroke));
    }
    if (line.size() == 1) canvas().AddCircleFilled(line.front(), look.fine(2.5F), colour);
}

void paint_lines(Widgets& on, const Drawn& drawn,
                 const std::vector<std::vector<LinePiece>>& lines) {
    const Look& look = on.look;
    std::vector<ImVec2> line;
    for (const bool below : {true, false})  // No shade covers another's line.
        for (std::size_t s = 0; s < lines.size(); ++s) {
            const PlotSeries& series = drawn.plot.series[s];
            const Colour colour = hue_of(look, series, s);
            for (const LinePiece& piece : lines[s]) {
                line.clear();
                for (const LinePoint& it : piece) line.push_back(drawn.place(it));
                if (below && !series.known && lines.size() <= 4) paint_below(drawn, line, colour);
                if (below) continue;
                if (series.known && line.size() > 1)
                    paint_dashed(canvas(), line, colour, look.fine(1.8F), look.fine(2),
                                 look.fine(3.5F));
                else
                    paint_stroke(look, line, colour);
            }
        }
}

void paint_limits(Widgets& on, const Drawn& drawn) {
    const Look& look = on.look;
    ImFont* font = look.fonts.small;
    for (const PlotLimit& it : drawn.plot.limits) {
        const bool inside = it.value <= drawn.scale.most;
        const float y = inside ? std::floor(drawn.y_of(it.value)) + 0.5F : drawn.area.least.y;
        const std::array line{ImVec2{drawn.area.least.x, y}, ImVec2{drawn.area.most.x, y}};
        if (inside) {
            canvas().AddRectFilled(drawn.area.least, {drawn.area.most.x, y},
                                   with_alpha(look.theme.bad, 0.035F));
            paint_dashed(canvas(), line, look.theme.bad, look.fine(1.4F), look.fine(6),
                         look.fine(4));
        }
        const std::string text = inside ? it.label : "\u2191 " + it.label;
        const float wide = wide_of(font, text);
        const bool above = inside && y - font->FontSize - look.px(4) > drawn.area.least.y;
        const ImVec2 at{drawn.area.least.x + look.px(8),
                        above ? y - font->FontSize - look.px(3) : y + look.px(3)};
        canvas().AddRectFilled({at.x - look.px(3), at.y},
                               {at.x + wide + look.px(3), at.y + font->FontSize + look.px(1)},
                               with_alpha(look.theme.well, 0.75F), look.px(3));
        paint_text(canvas(), font, at, look.theme.bad, text);
    }
}

// Marks too close to be told apart stand as one, with how many they are.
struct MarkGroup {
    float x = 0;
    std::vector<std::size_t> marks;
};
std::vector<MarkGroup> grouped_marks(const Look& look, const Drawn& drawn) {
    std::vector<MarkGroup> groups;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < drawn.plot.marks.size(); ++i)
        if (drawn.area.shown.holds(drawn.plot.marks[i].at_s)) order.push_back(i);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return drawn.plot.marks[i].at_s; });
    for (const std::size_t i : order) {
        const float x = drawn.area.x_of(drawn.plot.marks[i].at_s);
        if (groups.empty() || x - groups.back().x > look.px(17)) groups.push_back({x, {}});
        groups.back().marks.push_back(i);
    }
    return groups;
}

void paint_marks(Widgets& on, const Drawn& drawn, const std::vector<MarkGroup>& groups) {
    const Look& look = on.look;
    for (const MarkGroup& group : groups) {
        for (const std::size_t i : group.marks) {
            const PlotMark& mark = drawn.plot.marks[i];
            const float x = std::floor(drawn.area.x_of(mark.at_s)) + 0.5F;
            const std::array line{ImVec2{x, drawn.area.least.y}, ImVec2{x, drawn.area.most.y}};
            paint_dashed(canvas(), line, with_alpha(colour_of(look.theme, mark.mark), 0.55F),
                         look.fine(1), look.fine(3), look.fine(3));
        }
        const PlotMark& first = drawn.plot.marks[group.marks.front()];
        const ImVec2 centre{group.x, drawn.area.least.y + look.px(1)};
        paint_glyph(canvas(), look, centre, look.fine(8), first.mark, first.number);
        if (group.marks.size() > 1)
            paint_text(canvas(), look.fonts.number_small,
                       {centre.x + look.px(12), centre.y - look.px(8)}, look.theme.soft,
                       fmt::format("+{}", group.marks.size() - 1));
    }
}

void paint_dots(Widgets& on, const Drawn& drawn) {
    for (const PlotDot& it : drawn.plot.dots)
        if (drawn.area.shown.holds(it.at_s))
            paint_point(canvas(), on.look, drawn.place({it.at_s, it.value}), on.look.fine(4.5F),
                        it.series);
}

void paint_series_point(const Look& look, const Plot& plot, std::size_t series, ImVec2 at,
                        float radius) {
    if (plot.series[series].known)
        paint_known_point(canvas(), look, at, radius);
    else
        paint_point(canvas(), look, at, radius, series);
}

void paint_cursor_values(Widgets& on, const Drawn& drawn, double at_s) {
    if (!drawn.area.shown.holds(at_s)) return;
    for (std::size_t s = 0; s < drawn.plot.series.size(); ++s)
        if (const auto value = value_at(drawn.plot.series[s].points, at_s))
            paint_series_point(on.look, drawn.plot, s, drawn.place({at_s, *value}),
                               on.look.fine(3.6F));
}

struct UnderCursor {
    std::optional<std::size_t> series{}, dot{};
    const MarkGroup* marks = nullptr;
};
UnderCursor under_cursor(const Look& look, const Drawn& drawn, double at_s,
                         const std::vector<MarkGroup>& groups) {
    UnderCursor under;
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    float nearest = look.px(12);
    for (std::size_t s = 0; s < drawn.plot.series.size(); ++s)
        if (const auto value = value_at(drawn.plot.series[s].points, at_s))
            if (const float away = std::abs(drawn.y_of(*value) - mouse.y); away < nearest)
                nearest = away, under.series = s;
    for (std::size_t i = 0; i < drawn.plot.dots.size(); ++i) {
        const ImVec2 dot = drawn.place({drawn.plot.dots[i].at_s, drawn.plot.dots[i].value});
        if (std::hypot(dot.x - mouse.x, dot.y - mouse.y) < look.px(9)) under.dot = i;
    }
    for (const MarkGroup& it : groups)
        if (std::abs(it.x - mouse.x) < look.px(9)) under.marks = &it;
    return under;
}

// Names at the left, values in a column at the right.
void tip_values(Widgets& on, const Drawn& drawn, double at_s, std::optional<std::size_t> strong) {
    const Look& look = on.look;
    const Plot& plot = drawn.plot;
    const std::string unit = plot.unit.starts_with('%') ? "%" : plot.unit;
    std::vector<std::string> values;
    float name_wide = 0, value_wide = 0;
    for (const PlotSeries& it : plot.series) {
        const auto value = value_at(it.points, at_s);
        values.push_back(value ? grouped_text(*value) + " " + unit : "not measured");
        name_wide = std::max(name_wide, wide_of(look.fonts.strong, it.name));
        value_wide = std::max(value_wide, wide_of(look.fonts.number, values.back()));
    }
    const float left = ImGui::GetCursorPosX() + look.px(20);
    for (std::size_t s = 0; s < plot.series.size(); ++s) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float half = look.fonts.text->FontSize / 2;
        paint_series_point(look, plot, s, {at.x + look.px(6), at.y + half}, look.fine(4));
        ImGui::SetCursorPosX(left);
        words(on, strong == s ? look.fonts.strong : look.fonts.text, look.theme.text,
              plot.series[s].name);
        ImGui::SameLine(left + name_wide + look.px(24) + value_wide -
                        wide_of(look.fonts.number, values[s]));
        words(on, look.fonts.number, look.theme.text, values[s]);
    }
}

void tip_of(Widgets& on, const Drawn& drawn, double at_s, const UnderCursor& under) {
    const Look& look = on.look;
    begin_tip(on);
    words(on, look.fonts.strong, look.theme.text, clock_text(at_s, 1));
    tip_values(on, drawn, at_s, under.series);
    if (under.dot) words(on, look.fonts.text, look.theme.text, drawn.plot.dots[*under.dot].label);
    constexpr std::size_t marks_max = 8;
    const std::size_t marks = under.marks ? under.marks->marks.size() : 0;
    for (std::size_t i = 0; i < std::min(marks, marks_max); ++i) {
        const PlotMark& mark = drawn.plot.marks[under.marks->marks[i]];
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float half = look.fonts.small->FontSize / 2;
        ImGui::Dummy({look.px(10), half * 2});
        paint_glyph(canvas(), look, {at.x + look.px(6), at.y + half}, look.fine(5.5F), mark.mark);
        ImGui::SameLine();
        words(on, look.fonts.small, look.theme.soft,
              clock_text(mark.at_s, 1) + "  " + (mark.number.empty() ? "" : mark.number + ". ") +
                  mark.label);
    }
    if (marks > marks_max)
        words(on, look.fonts.small, look.theme.faint,
              fmt::format("and {} more: zoom in", marks - marks_max));
    end_tip(on);
}

// The title, and of each line its name; its value too wherever the cursor is.
void plot_heading(Widgets& on, const TimeAxis& axis, const Plot& plot, const PlotStyle& style) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x;
    heading(on, style.icon, plot.title, plot.unit);
    float x = at.x + (style.icon ? look.px(26) : 0) + wide_of(look.fonts.strong, plot.title) +
              wide_of(look.fonts.small, plot.unit) + look.px(28);
    const float middle = at.y + look.px(12);
    for (std::size_t s = 0; s < plot.series.size(); ++s) {
        const PlotSeries& series = plot.series[s];
        std::string value;
        if (axis.cursor_s())
            if (const auto there = value_at(series.points, *axis.cursor_s()))
                value = grouped_text(*there);
        const float name_wide = wide_of(look.fonts.small, series.name);
        const float wide = look.px(19) + name_wide + look.px(6) +
                           wide_of(look.fonts.number_small, value) + look.px(14);
        if (x + wide > at.x + room) break;
        if (series.known) {
            const std::array line{ImVec2{x, middle}, ImVec2{x + look.px(12), middle}};
            paint_dashed(canvas(), line, look.theme.text, look.fine(2), look.fine(2), look.fine(3));
        } else {
            paint_point(canvas(), look, {x + look.px(6), middle}, look.fine(4.2F), s);
        }
        const float y = std::floor(middle - look.fonts.small->FontSize / 2);
        paint_text(canvas(), look.fonts.small, {x + look.px(19), y}, look.theme.soft, series.name);
        paint_text(canvas(), look.fonts.number_small, {x + look.px(25) + name_wide, y + look.px(1)},
                   look.theme.text, value);
        x += wide;
    }
}

bool has_values(const Plot& plot) {
    return std::ranges::any_of(plot.series, [](const PlotSeries& it) {
        return std::ranges::any_of(it.points,
                                   [](const PlotPoint& point) { return point.value.has_value(); });
    });
}

void paint_nothing(Widgets& on, const TimeArea& area) {
    const std::string text = "nothing measured yet";
    ImFont* font = on.look.fonts.text;
    paint_text(canvas(), font,
               {std::floor((area.least.x + area.most.x - wide_of(font, text)) / 2),
                std::floor((area.least.y + area.most.y - font->FontSize) / 2)},
               on.look.theme.faint, text);
}

}  // namespace

std::optional<PlotClicked> time_plot(Widgets& on, TimeAxis& axis, const Plot& plot,
                                     const PlotStyle& style) {
    const Look& look = on.look;
    const float top = ImGui::GetCursorPosY();
    const float all = style.high > 0 ? style.high : ImGui::GetContentRegionAvail().y;
    plot_heading(on, axis, plot, style);
    ImGui::Dummy({1, look.px(4)});  // Marks stand on the upper edge.
    const float foot = style.times ? look.fonts.small->FontSize + look.px(12) : look.px(6);
    const float used = ImGui::GetCursorPosY() - top;
    const float high = std::max(look.px(48), all - used - foot);
    const TimeInput input = time_input(on, axis, plot.title, high);

    const auto columns = static_cast<std::size_t>(std::max(1.0F, input.area.wide()));
    std::vector<std::vector<LinePiece>> lines;
    for (const PlotSeries& it : plot.series)
        lines.push_back(thinned(it.points, input.area.shown, columns));
    const Drawn drawn{plot, input.area, scale_of(plot, lines, high / look.px(34))};
    const std::vector<MarkGroup> groups = grouped_marks(look, drawn);

    canvas().AddRectFilled(input.area.least, input.area.most, look.theme.well, look.px(4));
    paint_time_behind(on, axis, input.area);
    paint_values(on, drawn);
    canvas().PushClipRect({input.area.least.x, input.area.least.y - look.px(1)}, input.area.most,
                          true);
    paint_lines(on, drawn, lines);
    paint_limits(on, drawn);
    canvas().PopClipRect();
    paint_marks(on, drawn, groups);
    paint_dots(on, drawn);
    if (!has_values(plot)) paint_nothing(on, input.area);
    paint_time_before(on, axis, input.area);
    if (axis.cursor_s()) paint_cursor_values(on, drawn, *axis.cursor_s());
    if (style.times)
        time_labels(on, axis);
    else
        ImGui::Dummy({1, look.px(1)});
    if (!input.hovered) return std::nullopt;

    const double at_s = input.area.at_of(ImGui::GetIO().MousePos.x);
    const UnderCursor under = under_cursor(look, drawn, at_s, groups);
    tip_of(on, drawn, at_s, under);
    if (!input.clicked) return std::nullopt;
    return PlotClicked{at_s, under.series, under.dot,
                       under.marks ? std::optional{under.marks->marks.front()} : std::nullopt};
}

std::vector<LinePiece> thinned(std::span<const PlotPoint> points, TimeSpan shown,
                               std::size_t columns) {
    check(columns > 0 && shown.length() > 0, "a line is drawn somewhere");
    const auto at = [](const PlotPoint& it) { return it.at_s; };
    auto from = std::ranges::lower_bound(points, shown.from_s, {}, at);
    auto until = std::ranges::upper_bound(points, shown.until_s, {}, at);
    // What lies just outside leads a line to the edges.
    if (from != points.begin()) --from;
    if (until != points.end()) ++until;
    const double column_s = shown.length() / static_cast<double>(columns);
    std::vector<LinePiece> pieces;
    bool gap = true;
    while (from != until) {
        if (!from->value) {
            gap = true;
            ++from;
            continue;
        }
        const bool begins = std::exchange(gap, false);
        if (begins) pieces.emplace_back();
        const double column = std::floor((from->at_s - shown.from_s) / column_s);
        const double column_end_s = shown.from_s + (column + 1) * column_s;
        const auto first = from;
        auto least = from, most = from, last = from;
        // The first belongs to its column, however the division was rounded.
        for (; from != until && from->value && (from == first || from->at_s < column_end_s);
             ++from) {
            if (*from->value < *least->value) least = from;
            if (*from->value > *most->value) most = from;
            last = from;
        }
        const bool ends = from == until || !from->value;
        std::array kept{begins ? first : std::min(least, most), std::min(least, most),
                        std::max(least, most), ends ? last : std::max(least, most)};
        for (std::size_t i = 0; i < kept.size(); ++i)
            if (i == 0 || kept[i] != kept[i - 1])
                pieces.back().push_back({kept[i]->at_s, *kept[i]->value});
    }
    return pieces;
}

std::optional<double> value_at(std::span<const PlotPoint> points, double at_s) {
    const auto after =
        std::ranges::upper_bound(points, at_s, {}, [](const PlotPoint& it) { return it.at_s; });
    if (after == points.begin()) return std::nullopt;
    const bool last = after == points.end();
    const PlotPoint& before = *(after - 1);
    // A line that has ended says nothing about what came later.
    if (last && before.at_s < at_s) return std::nullopt;
    return before.value;
}

ValueScale value_scale(double least, double most, double labels_max) {
    check(least < most, "a scale has somewhere to go");
    const double parts = std::max(1.0, labels_max);
    const double power = std::pow(10, std::floor(std::log10((most - least) / parts)));
    double step = 10 * power;
    for (const double times : {1.0, 2.0, 2.5, 5.0})
        if ((most - least) / (times * power) <= parts) {
            step = times * power;
            break;
        }
    const double top = std::ceil(most / step - 1e-9) * step;
    return {std::floor(least / step + 1e-9) * step, top, step};
}

}  // namespace rollcage
