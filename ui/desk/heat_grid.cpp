#include "ui/desk/heat_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ui/desk/glyphs.h"
#include "ui/view/contest_view.h"

namespace rollcage {
namespace {

// Where the cells stand, and how wide what is before them is.
struct HeatPlan {
    ImVec2 at;
    float label_wide = 0, cell_wide = 0, cell_high = 0, head_high = 0, gap = 0, lived_high = 0;

    float left() const { return at.x + label_wide; }
    float x_of(std::size_t column) const {
        return std::floor(left() + static_cast<float>(column) * cell_wide);
    }
    float y_of(std::size_t line) const {
        return at.y + head_high + lived_high + static_cast<float>(line) * cell_high;
    }
};

HeatPlan heat_plan(const Widgets& on, const AnswersGrid& shown, const HeatGridStyle& style) {
    const Look& look = on.look;
    const float room = ImGui::GetContentRegionAvail().x;
    float label = wide_of(look.fonts.small, "as it was");
    for (const AnswerLine& it : shown.lines)
        label = std::max(label, wide_of(look.fonts.small, it.order));
    for (const std::string& it : style.waiting)
        label = std::max(label, wide_of(look.fonts.small, it));
    HeatPlan plan{.at = ImGui::GetCursorScreenPos()};
    const auto columns = static_cast<float>(std::max<std::size_t>(1, shown.columns.size()));
    plan.label_wide = std::floor(std::min(label + look.px(14), room * 0.34F));
    plan.cell_wide = std::min((room - plan.label_wide) / columns, look.px(96));
    plan.cell_high = look.px(style.cell_high);
    plan.head_high = look.fonts.small->FontSize + look.px(9);
    plan.lived_high = shown.was ? look.px(26) : 0;
    plan.gap = look.px(2);
    return plan;
}

void paint_tick(ImDrawList& to, const Look& look, ImVec2 at, Colour colour) {
    const float size = look.fine(7);
    const std::array<ImVec2, 3> line{ImVec2{at.x, at.y + size * 0.55F},
                                     ImVec2{at.x + size * 0.36F, at.y + size},
                                     ImVec2{at.x + size, at.y}};
    to.AddPolyline(line.data(), static_cast<int>(line.size()), colour, 0, look.fine(1.7F));
}

void paint_heat_number(ImDrawList& to, const Look& look, ImVec2 least, ImVec2 most, Colour ink,
                       const std::string& number) {
    ImFont* font = look.fonts.number_small;
    const std::string text = shortened(font, number, most.x - least.x - look.px(2));
    paint_text(to, font,
               {std::floor((least.x + most.x - wide_of(font, text)) / 2),
                std::floor((least.y + most.y - font->FontSize) / 2)},
               ink, text);
}

void paint_heat_cell(Widgets& on, const AnswerCell& cell, ImVec2 least, ImVec2 most, bool lit) {
    const Look& look = on.look;
    ImDrawList& to = *ImGui::GetWindowDrawList();
    const float round = look.px(4);
    const Colour ground = cell.value ? heat_colour(look.theme, cell.shade) : look.theme.well;
    const Colour ink = cell.value ? readable_on(ground) : look.theme.faint;
    to.AddRectFilled(least, most, ground, round);
    if (cell.worst) {
        paint_hatched(to, {least.x + 1, least.y + 1}, {most.x - 1, most.y - 1},
                      with_alpha(ink, 0.42F), look.px(6), look.fine(1.2F));
        ImFont* font = look.fonts.number_small;
        const float half = wide_of(font, cell.text) / 2 + look.px(2);
        const float x = (least.x + most.x) / 2, y = (least.y + most.y - font->FontSize) / 2;
        to.AddRectFilled({std::max(least.x, x - half), y},
                         {std::min(most.x, x + half), y + font->FontSize + look.px(1)}, ground,
                         look.px(2));
    }
    if (cell.best) {
        to.AddRect({least.x + 1, least.y + 1}, {most.x - 1, most.y - 1}, ink, round, 0,
                   look.fine(1.6F));
        paint_tick(to, look, {most.x - look.px(11), least.y + look.px(4)}, ink);
    }
    if (cell.lived) {
        const float half = look.fine(3.4F);
        const ImVec2 at{least.x + look.px(7), least.y + look.px(7)};
        to.AddQuadFilled({at.x - half, at.y}, {at.x, at.y - half}, {at.x + half, at.y},
                         {at.x, at.y + half}, ink);
    }
    paint_heat_number(to, look, least, most, ink, cell.text);
    if (lit)
        to.AddRect({least.x - 1, least.y - 1}, {most.x + 1, most.y + 1}, look.theme.text, round + 1,
                   0, look.fine(2));
}

void heat_tip(Widgets& on, const AnswersGrid& shown, const HeatPlace& place,
              const HeatGridStyle& style) {
    const Look& look = on.look;
    const AnswerCell& cell = shown.lines[place.line].cells[place.column];
    begin_tip(on);
    words(on, look.fonts.strong, look.theme.text,
          shown.columns[place.column] + "  " + shown.lines[place.line].order);
    const char* beside = cell.beside > 0   ? "better than it was"
                         : cell.beside < 0 ? "worse than it was"
                                           : "about as it was";
    words(on, look.fonts.text, look.theme.text,
          fmt::format("{} {}, {}", shown.key, cell.text, beside));
    if (cell.best) words(on, look.fonts.small, look.theme.soft, "best of this instant");
    if (cell.worst) words(on, look.fonts.small, look.theme.soft, "worst of all");
    if (cell.lived) words(on, look.fonts.small, look.theme.soft, "this was ordered that day");
    if (style.tip) style.tip(place);
    end_tip(on);
}

void paint_heat_label(Widgets& on, const HeatPlan& plan, float y, float high, Colour colour,
                      const std::string& text) {
    ImFont* font = on.look.fonts.small;
    paint_text(*ImGui::GetWindowDrawList(), font,
               {plan.at.x, std::floor(y + (high - font->FontSize) / 2)}, colour,
               shortened(font, text, plan.label_wide - on.look.px(8)));
}

// Times over the cells, and the day as it was, across all of them: what the cells are held against.
void paint_heat_head(Widgets& on, const AnswersGrid& shown, const HeatPlan& plan) {
    const Look& look = on.look;
    ImDrawList& to = *ImGui::GetWindowDrawList();
    ImFont* font = look.fonts.small;
    for (std::size_t c = 0; c < shown.columns.size(); ++c)
        paint_text(
            to, font,
            {std::floor(plan.x_of(c) + (plan.cell_wide - wide_of(font, shown.columns[c])) / 2),
             plan.at.y},
            look.theme.soft, shown.columns[c]);
    if (!shown.was) return;
    const float y = plan.at.y + plan.head_high;
    paint_heat_label(on, plan, y, plan.lived_high - plan.gap, look.theme.text, "as it was");
    const ImVec2 least{plan.left(), y};
    const ImVec2 most{plan.x_of(shown.columns.size()) - plan.gap, y + plan.lived_high - look.px(6)};
    const Colour ground = heat_colour(look.theme, shown.was_shade);
    to.AddRectFilled(least, most, with_alpha(ground, 0.45F), look.px(4));
    const std::string text = shown.was_text;
    const float middle_y = (least.y + most.y) / 2;
    const float half = wide_of(look.fonts.number_small, text) / 2 + look.px(8);
    const float x = (least.x + most.x) / 2;
    for (const auto& [from, until] :
         {std::pair{least.x + look.px(6), x - half}, std::pair{x + half, most.x - look.px(6)}}) {
        const std::array<ImVec2, 2> line{ImVec2{from, middle_y}, ImVec2{until, middle_y}};
        paint_dashed(to, line, look.theme.text, look.fine(1.4F), look.px(6), look.px(4));
    }
    paint_heat_number(to, look, least, most, look.theme.text, text);
}

void paint_waiting(Widgets& on, const AnswersGrid& shown, const HeatPlan& plan, std::size_t line,
                   const std::string& order) {
    const Look& look = on.look;
    ImDrawList& to = *ImGui::GetWindowDrawList();
    const float y = plan.y_of(line);
    paint_heat_label(on, plan, y, plan.cell_high - plan.gap, look.theme.faint, order);
    for (std::size_t c = 0; c < shown.columns.size(); ++c)
        to.AddRectFilled({plan.x_of(c), y},
                         {plan.x_of(c + 1) - plan.gap, y + plan.cell_high - plan.gap},
                         look.theme.well, look.px(4));
}

}  // namespace

Colour heat_colour(const Theme& theme, std::size_t shade) {
    const Colour good = theme.hues[0], bad = theme.bad, calm = theme.control;
    constexpr std::array good_share{0.88F, 0.42F}, bad_share{0.45F, 0.92F};
    if (shade < good_share.size()) return between(calm, good, good_share[shade]);
    constexpr std::size_t middle_shade = 2;
    if (shade <= middle_shade) return calm;
    return between(calm, bad, bad_share[std::min<std::size_t>(shade, 4) - middle_shade - 1]);
}

std::optional<HeatPlace> heat_grid(Widgets& on, const AnswersGrid& shown,
                                   const HeatGridStyle& style) {
    std::optional<HeatPlace> clicked;
    const Look& look = on.look;
    const HeatPlan plan = heat_plan(on, shown, style);
    paint_heat_head(on, shown, plan);
    std::optional<HeatPlace> hovered;
    for (std::size_t l = 0; l < shown.lines.size(); ++l) {
        const AnswerLine& line = shown.lines[l];
        for (std::size_t c = 0; c < line.cells.size(); ++c) {
            const ImVec2 least{plan.x_of(c), plan.y_of(l)};
            const ImVec2 most{plan.x_of(c + 1) - plan.gap, least.y + plan.cell_high - plan.gap};
            ImGui::SetCursorScreenPos(least);
            const std::string name = line.order + " at " + shown.columns[c];
            if (ImGui::InvisibleButton(name.c_str(), {most.x - least.x, most.y - least.y}))
                clicked = HeatPlace{l, c};
            on.note(name, true);
            if (ImGui::IsItemHovered()) hovered = HeatPlace{l, c};
            const bool lit = hovered == HeatPlace{l, c} || ImGui::IsItemFocused() ||
                             style.chosen == HeatPlace{l, c};
            paint_heat_cell(on, line.cells[c], least, most, lit);
        }
        const bool here = hovered && hovered->line == l;
        paint_heat_label(on, plan, plan.y_of(l), plan.cell_high - plan.gap,
                         here ? look.theme.text : look.theme.soft, line.order);
    }
    for (std::size_t i = 0; i < style.waiting.size(); ++i)
        paint_waiting(on, shown, plan, shown.lines.size() + i, style.waiting[i]);
    ImGui::SetCursorScreenPos(plan.at);
    const float wide = plan.x_of(shown.columns.size()) - plan.at.x;
    ImGui::Dummy({wide, plan.y_of(shown.lines.size() + style.waiting.size()) - plan.at.y});
    if (hovered) heat_tip(on, shown, *hovered, style);
    return clicked;
}

void heat_legend(Widgets& on) {
    const Look& look = on.look;
    ImDrawList& to = *ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float high = look.px(20), box = look.px(16);
    ImFont* font = look.fonts.small;
    const float text_y = std::floor(at.y + (high - font->FontSize) / 2);
    float x = at.x;
    const auto say = [&](const std::string& text) {
        paint_text(to, font, {x, text_y}, look.theme.soft, text);
        x += wide_of(font, text) + look.px(8);
    };
    const auto cell = [&](const AnswerCell& it) {
        paint_heat_cell(on, it, {x, at.y + look.px(2)}, {x + box, at.y + look.px(2) + box}, false);
        x += box + look.px(5);
    };
    say("better");
    for (std::size_t i = 0; i < heat_shades; ++i) {
        AnswerCell plain{.value = 0, .text = ""};
        plain.shade = i;
        cell(plain);
    }
    say("worse");
    const AnswerCell best{.value = 0, .text = "", .shade = 2, .best = true};
    const AnswerCell worst{.value = 0, .text = "", .shade = 4, .worst = true};
    const AnswerCell lived{.value = 0, .text = "", .shade = 2, .lived = true};
    for (const auto& [it, text] :
         {std::pair{&best, "best then"}, std::pair{&worst, "worst"}, std::pair{&lived, "given"}}) {
        cell(*it);
        say(text);
    }
    ImGui::Dummy({x - at.x, high});
}

}  // namespace rollcage
