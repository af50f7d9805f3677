#include "ui/desk/debrief_parts.h"

#include <algorithm>
#include <cmath>

#include "ui/desk/glyphs.h"

namespace rollcage {
namespace {

std::vector<std::string_view> lines_within(ImFont* font, std::string_view text, float wide) {
    std::vector<std::string_view> lines;
    const char* at = text.data();
    const char* end = text.data() + text.size();
    while (at < end) {
        const char* until = font->CalcWordWrapPositionA(1, at, end, std::max(wide, 1.0F));
        until = std::max(until, at + 1);
        lines.emplace_back(at, static_cast<std::size_t>(until - at));
        while (until < end && *until == ' ') ++until;
        at = until;
    }
    return lines;
}

float line_high(ImFont* font) {
    return std::floor(font->FontSize * 1.28F);
}

struct Written {
    ImFont* font;
    Colour colour;
    std::vector<std::string_view> lines;
    float high() const { return line_high(font) * static_cast<float>(lines.size()); }
    void paint(ImDrawList& to, ImVec2 at) const {
        for (const std::string_view it : lines) {
            paint_text(to, font, at, colour, it);
            at.y += line_high(font);
        }
    }
};

struct RowPlan {
    float pad, before, numbers;  // Above and below; left of the text; of the numbers at the right.
    Written text, under;
    float high;
};
RowPlan plan_of(const Widgets& on, const FiguresRow& shown, float room) {
    const Look& look = on.look;
    RowPlan plan{look.px(6), shown.mark ? look.px(34) : look.px(10), 0, {}, {}, 0};
    plan.numbers =
        std::max(wide_of(look.fonts.number, shown.number), wide_of(look.fonts.small, shown.beside));
    if (plan.numbers > 0) plan.numbers += look.px(22);
    const float wide = std::max(look.px(80), room - plan.before - plan.numbers - look.px(10));
    ImFont* font = shown.strong ? look.fonts.strong : look.fonts.text;
    const std::string_view text = std::string_view{shown.text}.substr(0, shown.text.find("##"));
    plan.text = {font, look.theme.text, lines_within(font, text, wide)};
    plan.under = {look.fonts.small, look.theme.soft,
                  lines_within(look.fonts.small, shown.under, wide)};
    const float beside = shown.beside.empty() ? 0 : line_high(look.fonts.small);
    plan.high =
        std::max(plan.text.high() + plan.under.high(), line_high(look.fonts.number) + beside) +
        2 * plan.pad;
    return plan;
}

void paint_row_ground(const Look& look, ImVec2 at, ImVec2 most, bool chosen, bool hovered) {
    ImDrawList& to = *ImGui::GetWindowDrawList();
    if (chosen || hovered)
        to.AddRectFilled(at, most,
                         chosen ? between(look.theme.control, look.theme.accent, 0.28F)
                                : with_alpha(look.theme.hovered, 0.7F),
                         look.px(5));
    else
        to.AddLine({at.x, most.y}, most, with_alpha(look.theme.line, 0.55F), look.fine(1));
}

}  // namespace

bool figures_row(Widgets& on, const FiguresRow& shown) {
    const Look& look = on.look;
    on.read_on();
    const float room = std::max(look.px(120), ImGui::GetContentRegionAvail().x);
    const RowPlan plan = plan_of(on, shown, room);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 most{at.x + room, at.y + plan.high};
    bool clicked = false, hovered = false;
    if (shown.clickable) {
        clicked = ImGui::InvisibleButton(shown.text.c_str(), {room, plan.high});
        hovered = ImGui::IsItemHovered() || ImGui::IsItemFocused();
        on.note(shown.text, true);
    } else {
        ImGui::Dummy({room, plan.high});
    }
    if (!ImGui::IsItemVisible() && !on.reading) return clicked;
    ImDrawList& to = *ImGui::GetWindowDrawList();
    paint_row_ground(look, at, most, shown.chosen, hovered);
    const float x = at.x + plan.before, y = at.y + plan.pad;
    if (shown.mark)
        paint_glyph(to, look, {at.x + look.px(17), y + line_high(look.fonts.text) / 2},
                    look.fine(7), *shown.mark, shown.mark_number);
    plan.text.paint(to, {x, y});
    plan.under.paint(to, {x, y + plan.text.high()});
    const float right = most.x - look.px(10);
    paint_text(to, look.fonts.number, {right - wide_of(look.fonts.number, shown.number), y},
               look.theme.text, shown.number);
    const Colour toned =
        shown.tone == Tone::neutral ? look.theme.soft : colour_of(look.theme, shown.tone);
    paint_text(to, look.fonts.small,
               {right - wide_of(look.fonts.small, shown.beside), y + line_high(look.fonts.number)},
               toned, shown.beside);
    return clicked;
}

void say_softly(Widgets& on, const std::string& text) {
    paragraph(on, text, on.look.theme.soft);
}

void say_point(Widgets& on, const std::string& text) {
    on.read_on();
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x, before = look.px(16);
    const Written written{look.fonts.text, look.theme.text,
                          lines_within(look.fonts.text, text, room - before)};
    ImGui::Dummy({room, written.high() + look.px(2)});
    ImDrawList& to = *ImGui::GetWindowDrawList();
    to.AddCircleFilled({at.x + look.px(5), at.y + line_high(look.fonts.text) / 2 - look.px(1)},
                       look.fine(2.2F), look.theme.accent);
    written.paint(to, {at.x + before, at.y});
}

void say_labelled(Widgets& on, const Labelled& said) {
    on.read_on();
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x, left = look.px(34),
                before = left + look.px(82);
    const Colour ink = said.tone != Tone::neutral ? colour_of(look.theme, said.tone)
                       : said.soft                ? look.theme.soft
                                                  : look.theme.text;
    const Written written{look.fonts.text, ink,
                          lines_within(look.fonts.text, said.text, room - before)};
    ImGui::Dummy({room, written.high() + look.px(2)});
    ImDrawList& to = *ImGui::GetWindowDrawList();
    paint_text(to, look.fonts.small, {at.x + left, at.y + look.px(1)}, look.theme.faint,
               said.label);
    written.paint(to, {at.x + before, at.y});
}

std::optional<std::size_t> choice_on_lines(Widgets& on, const std::vector<std::string>& labels,
                                           std::size_t chosen) {
    const Look& look = on.look;
    std::optional<std::size_t> other;
    const float end = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
    const float gap = look.px(4);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {gap, gap});
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const float wide = wide_of(look.fonts.text, labels[i]) + look.px(26);
        if (i > 0 && ImGui::GetItemRectMax().x + gap + wide <= end) ImGui::SameLine();
        ButtonStyle style;
        style.chosen = i == chosen;
        if (button(on, labels[i], style) && i != chosen) other = i;
    }
    ImGui::PopStyleVar();
    return other;
}

void thin_progress(Widgets& on, double share) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x, high = look.px(4);
    ImGui::Dummy({room, high + look.px(4)});
    ImDrawList& to = *ImGui::GetWindowDrawList();
    const float done = std::clamp(static_cast<float>(share), 0.0F, 1.0F);
    to.AddRectFilled(at, {at.x + room, at.y + high}, look.theme.control, high / 2);
    to.AddRectFilled(at, {at.x + std::max(high, room * done), at.y + high}, look.theme.accent,
                     high / 2);
}

}  // namespace rollcage
