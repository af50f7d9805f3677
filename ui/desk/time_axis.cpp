#include "ui/desk/time_axis.h"

#include <fmt/format.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "ui/desk/glyphs.h"

namespace rollcage {
namespace {

constexpr double shown_min_s = 2;

struct Clock {
    std::int64_t hours, minutes, seconds;
};
Clock clock_at(double at_s) {
    const auto whole = static_cast<std::int64_t>(std::floor(at_s + 0.5));
    return {whole / 3600, whole / 60 % 60, whole % 60};
}

ImDrawList& canvas() {
    return *ImGui::GetWindowDrawList();
}

void move_by_input(Widgets& on, TimeAxis& axis, const TimeArea& area, bool hovered, bool held) {
    const ImGuiIO& io = ImGui::GetIO();
    if (hovered && io.MouseWheel != 0) {
        // With Ctrl finer, as in profilers.
        const double notch = io.KeyCtrl ? 1.06 : 1.25;
        axis.zoom(area.at_of(io.MousePos.x), std::pow(notch, -static_cast<double>(io.MouseWheel)));
        on.keep_drawing();
    }
    if (held && ImGui::IsMouseDragging(0, 0) && io.MouseDelta.x != 0 && area.wide() > 0)
        axis.pan(-io.MouseDelta.x / area.wide() * area.shown.length());
    if (hovered && ImGui::IsMouseDoubleClicked(0)) axis.show_all();
}

}  // namespace

void TimeAxis::begin_frame(double whole_s) {
    check(std::isfinite(whole_s), "a day has a length");
    whole_s_ = std::max(whole_s, shown_min_s);
    if (!zoomed_) shown_ = {0, whole_s_};
    show(shown_);
    cursor_s_ = pointed_s_;
    pointed_s_.reset();
}

void TimeAxis::show(TimeSpan span) {
    const double length = std::clamp(span.length(), shown_min_s, whole_s_);
    const double from = std::clamp(span.from_s, 0.0, whole_s_ - length);
    shown_ = {from, from + length};
    zoomed_ = length < whole_s_;
}

void TimeAxis::show_all() {
    show({0, whole_s_});
}

void TimeAxis::zoom(double about_s, double factor) {
    const double length = std::clamp(shown_.length() * factor, shown_min_s, whole_s_);
    // What is under the cursor stays there.
    const double share = (about_s - shown_.from_s) / shown_.length();
    const double from = about_s - share * length;
    show({from, from + length});
}

void TimeAxis::pan(double by_s) {
    show({shown_.from_s + by_s, shown_.until_s + by_s});
}

float TimeArea::x_of(double at_s) const {
    return least.x + static_cast<float>((at_s - shown.from_s) / shown.length()) * wide();
}

double TimeArea::at_of(float x) const {
    if (wide() <= 0) return shown.from_s;
    return shown.from_s + static_cast<double>((x - least.x) / wide()) * shown.length();
}

TimeInput time_input(Widgets& on, TimeAxis& axis, const std::string& label, float high) {
    const float gutter = on.look.px(axis.gutter);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float wide =
        std::max(on.look.px(40), ImGui::GetContentRegionAvail().x - gutter - on.look.px(4));
    ImGui::SetCursorScreenPos({at.x + gutter, at.y});
    ImGui::InvisibleButton(label.c_str(), {wide, high});
    on.note(label, true);
    ImGui::SetItemUsingMouseWheel();  // What lies around does not scroll along.
    TimeInput input;
    input.area = {ImGui::GetItemRectMin(), ImGui::GetItemRectMax(), axis.shown()};
    input.hovered = ImGui::IsItemHovered();
    const ImGuiIO& io = ImGui::GetIO();
    const float slack = on.look.px(4);
    input.clicked = ImGui::IsItemDeactivated() && input.hovered &&
                    io.MouseDragMaxDistanceSqr[0] < slack * slack;
    move_by_input(on, axis, input.area, input.hovered, ImGui::IsItemActive());
    input.area.shown = axis.shown();
    if (input.hovered) axis.point_at(input.area.at_of(io.MousePos.x));
    return input;
}

void paint_time_behind(Widgets& on, const TimeAxis& axis, const TimeArea& area) {
    const Look& look = on.look;
    const double step = time_step(area.shown.length(), area.wide() / look.px(100));
    for (double at = std::ceil(area.shown.from_s / step) * step; at <= area.shown.until_s;
         at += step) {
        const float x = std::floor(area.x_of(at)) + 0.5F;
        canvas().AddLine({x, area.least.y}, {x, area.most.y}, look.theme.grid, look.fine(1));
    }
    if (axis.decisions_end_s <= 0 || axis.decisions_end_s >= area.shown.until_s) return;
    const float from = std::max(area.least.x, area.x_of(axis.decisions_end_s));
    canvas().AddRectFilled({from, area.least.y}, area.most, look.theme.veil);
    canvas().AddLine({from, area.least.y}, {from, area.most.y}, look.theme.line, look.fine(1));
}

void paint_time_before(Widgets& on, const TimeAxis& axis, const TimeArea& area) {
    const Look& look = on.look;
    if (axis.now_s && area.shown.holds(*axis.now_s)) {
        const float x = std::floor(area.x_of(*axis.now_s)) + 0.5F;
        canvas().AddLine({x, area.least.y}, {x, area.most.y}, look.theme.accent, look.fine(2));
        const float flag = look.px(5);
        canvas().AddTriangleFilled({x - flag, area.least.y}, {x + flag, area.least.y},
                                   {x, area.least.y + flag * 1.3F}, look.theme.accent);
    }
    if (!axis.cursor_s() || !area.shown.holds(*axis.cursor_s())) return;
    const float x = std::floor(area.x_of(*axis.cursor_s())) + 0.5F;
    canvas().AddLine({x, area.least.y}, {x, area.most.y}, with_alpha(look.theme.text, 0.55F),
                     look.fine(1));
}

void time_labels(Widgets& on, const TimeAxis& axis) {
    const Look& look = on.look;
    const float gutter = look.px(axis.gutter);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x;
    ImFont* font = look.fonts.small;
    ImGui::Dummy({room, font->FontSize + look.px(4)});
    const TimeArea area{{at.x + gutter, at.y},
                        {at.x + std::max(gutter + look.px(40), room - look.px(4)), at.y},
                        axis.shown()};
    const double step = time_step(area.shown.length(), area.wide() / look.px(100));
    for (double t = std::ceil(area.shown.from_s / step) * step; t <= area.shown.until_s;
         t += step) {
        const std::string text = clock_text(t, step);
        const float wide = wide_of(font, text);
        const float x = std::min(area.x_of(t) - wide / 2, area.most.x - wide);
        paint_text(canvas(), font, {std::floor(x), at.y + look.px(3)}, look.theme.soft, text);
    }
}

double time_step(double length_s, double labels_max) {
    for (const double step :
         {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200})
        if (length_s / step <= std::max(1.0, labels_max)) return step;
    const double days = std::ceil(length_s / std::max(1.0, labels_max) / 86400);
    return days * 86400;
}

std::string clock_text(double at_s, double step_s) {
    const Clock clock = clock_at(at_s);
    std::string text = fmt::format("{:02}:{:02}", clock.hours, clock.minutes);
    return step_s < 60 ? text + fmt::format(":{:02}", clock.seconds) : text;
}

}  // namespace rollcage
