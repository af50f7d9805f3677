#include "ui/desk/cards.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

namespace rollcage {
namespace {

ImDrawList& canvas() {
    return *ImGui::GetWindowDrawList();
}

ImVec2 plus(ImVec2 one, ImVec2 other) {
    return {one.x + other.x, one.y + other.y};
}

float middle(const ImRect& box, ImFont* font) {
    return std::floor(box.Min.y + (box.GetHeight() - font->FontSize) / 2);
}

void paint_panel(const Look& look, const ImRect& box, Colour ground, Colour edge, float rounding) {
    canvas().AddRectFilled(box.Min, box.Max, ground, rounding);
    canvas().AddRect(box.Min, box.Max, edge, rounding, 0, look.fine(1));
}

struct Sign {
    const char* icon;
    Colour colour;
};
Sign sign_of(const Theme& theme, Urgency urgency) {
    switch (urgency) {
        case Urgency::calm: return {icon::check, theme.good};
        case Urgency::notice: return {icon::info, theme.accent};
        case Urgency::warning: return {icon::warning, theme.warning};
        case Urgency::critical: return {icon::bolt, theme.bad};
    }
    return {icon::info, theme.accent};
}

void paint_spark(const Widgets& on, const std::vector<double>& values, const ImRect& box,
                 Colour colour) {
    if (values.size() < 2) return;
    const auto [least, most] = std::ranges::minmax(values);
    const double high = most > least ? most - least : 1;
    std::vector<ImVec2> line;
    line.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float along = static_cast<float>(i) / static_cast<float>(values.size() - 1);
        const float up = static_cast<float>((values[i] - least) / high);
        line.emplace_back(box.Min.x + along * box.GetWidth(), box.Max.y - up * box.GetHeight());
    }
    for (std::size_t i = 1; i < line.size(); ++i)
        canvas().AddQuadFilled(line[i - 1], line[i], {line[i].x, box.Max.y},
                               {line[i - 1].x, box.Max.y}, with_alpha(colour, 0.13F));
    canvas().AddPolyline(line.data(), static_cast<int>(line.size()), colour, 0,
                         on.look.fine(on.look.theme.stroke));
    canvas().AddCircleFilled(line.back(), on.look.fine(2.6F), colour);
}

}  // namespace

void begin_card(Widgets& on, const CardStyle& style) {
    const Look& look = on.look;
    on.enter(style.title);
    ImGui::PushStyleColor(ImGuiCol_ChildBg, look.theme.panel);
    const ImGuiWindowFlags flags =
        ImGuiWindowFlags_AlwaysUseWindowPadding |
        (style.scrolls ? 0 : ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
    ImGui::BeginChild(style.title.c_str(), style.size, true, flags);
    ImGui::PopStyleColor();
    if (!style.title.empty() && !style.title.starts_with("##"))
        heading(on, style.icon, style.title, style.subtitle);
}

void end_card(Widgets& on) {
    ImGui::EndChild();
    on.leave();
}

void heading(Widgets& on, const char* icon, const std::string& title, const std::string& subtitle) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x;
    const float high = look.px(24);
    ImGui::Dummy({room, high});
    const ImRect box{at, plus(at, {room, high})};
    float x = at.x;
    if (icon) {
        canvas().AddText(look.fonts.strong, look.fonts.strong->FontSize,
                         {x, middle(box, look.fonts.strong)}, look.theme.accent, icon);
        x += look.px(26);
    }
    const std::string fits = shortened(look.fonts.strong, title, at.x + room - x);
    paint_text(canvas(), look.fonts.strong, {x, middle(box, look.fonts.strong)}, look.theme.text,
               fits);
    x += wide_of(look.fonts.strong, fits) + look.px(10);
    paint_text(canvas(), look.fonts.small, {x, middle(box, look.fonts.small) + look.px(1)},
               look.theme.soft, shortened(look.fonts.small, subtitle, at.x + room - x));
}

void pill(Widgets& on, const std::string& text, Urgency urgency) {
    const Look& look = on.look;
    const Sign sign = sign_of(look.theme, urgency);
    ImFont* font = look.fonts.strong;
    const float icon_wide = look.px(22);
    const ImVec2 size{wide_of(font, text) + icon_wide + look.px(26), look.px(30)};
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::Dummy(size);
    const ImRect box{at, plus(at, size)};
    paint_panel(look, box, with_alpha(sign.colour, 0.16F), sign.colour, size.y / 2);
    const float y = middle(box, font);
    canvas().AddText(font, font->FontSize, {at.x + look.px(13), y}, sign.colour, sign.icon);
    const Colour ink = look.theme.name == ThemeName::dark ? sign.colour : look.theme.text;
    paint_text(canvas(), font, {at.x + look.px(13) + icon_wide, y}, ink, text);
}

void tile(Widgets& on, const TileShown& shown, ImVec2 size) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::Dummy(size);
    const ImRect box{at, plus(at, size)};
    paint_panel(look, box, look.theme.panel, look.theme.line, look.px(10));
    const Colour toned = colour_of(look.theme, shown.tile.tone);
    if (shown.tile.tone != Tone::neutral)
        canvas().AddRectFilled({at.x, at.y + look.px(14)},
                               {at.x + look.px(3), at.y + size.y - look.px(14)}, toned, look.px(2));
    const float x = at.x + look.px(16), room = size.x - look.px(30);
    const bool spark = shown.spark.size() > 1 && size.x > look.px(190);
    const float figure_room = spark ? room * 0.58F : room;
    canvas().PushClipRect(box.Min, box.Max, true);
    float y = at.y + look.px(12);
    const float icon_wide = shown.icon ? look.px(21) : 0;
    if (shown.icon)
        canvas().AddText(look.fonts.small, look.fonts.small->FontSize, {x, y}, look.theme.accent,
                         shown.icon);
    paint_text(canvas(), look.fonts.small, {x + icon_wide, y}, look.theme.soft,
               shortened(look.fonts.small, shown.tile.label, room - icon_wide));
    y += look.fonts.small->FontSize + look.px(5);
    paint_text(canvas(), look.fonts.figure, {x, y}, look.theme.text,
               shortened(look.fonts.figure, shown.tile.value, figure_room));
    y += look.fonts.figure->FontSize + look.px(4);
    const char* sign = shown.tile.tone == Tone::good  ? icon::check
                       : shown.tile.tone == Tone::bad ? icon::warning
                                                      : nullptr;
    float note_x = x;
    if (sign && !shown.tile.note.empty()) {
        canvas().AddText(look.fonts.small, look.fonts.small->FontSize, {x, y}, toned, sign);
        note_x += look.px(20);
    }
    paint_text(canvas(), look.fonts.small, {note_x, y}, toned,
               shortened(look.fonts.small, shown.tile.note, x + room - note_x));
    if (spark)
        paint_spark(on, shown.spark,
                    {{x + room * 0.62F, at.y + look.px(26)},
                     {x + room - look.px(3), at.y + size.y - look.px(36)}},
                    shown.hue ? shown.hue : toned);
    canvas().PopClipRect();
}

void key_hint(Widgets& on, const std::string& keys, const std::string& does) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float caps = wide_of(look.fonts.number_small, keys) + look.px(10);
    const float wide = caps + look.px(7) + wide_of(look.fonts.small, does);
    const float high = look.px(24);
    ImGui::Dummy({wide, high});
    const float cap_high = look.fonts.number_small->FontSize + look.px(5);
    paint_keys(on, canvas(), {at.x, std::floor(at.y + (high - cap_high) / 2)}, keys,
               look.theme.soft);
    const ImRect box{at, plus(at, {wide, high})};
    paint_text(canvas(), look.fonts.small,
               {at.x + caps + look.px(7), middle(box, look.fonts.small)}, look.theme.soft, does);
}

bool empty_state(Widgets& on, const char* icon, const std::string& title, const std::string& what,
                 const std::string& act) {
    const Look& look = on.look;
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const ImVec2 at = ImGui::GetCursorPos();
    const float wide = std::min(room.x, look.px(420)), left = at.x + (room.x - wide) / 2;
    const float high = look.px(act.empty() ? 112 : 156);
    ImGui::SetCursorPosY(at.y + std::max(0.0F, (room.y - high) / 2));
    const auto centred = [&](ImFont* font, Colour colour, const std::string& text) {
        ImGui::SetCursorPosX(left + std::max(0.0F, (wide - wide_of(font, text)) / 2));
        words(on, font, colour, text);
    };
    centred(look.fonts.title, look.theme.accent, icon);
    centred(look.fonts.strong, look.theme.text, title);
    // Short sentences stand in the middle; long ones are easier to read from the left.
    const bool one_line = wide_of(look.fonts.text, what) <= wide;
    if (one_line) centred(look.fonts.text, look.theme.soft, what);
    if (!one_line) {
        ImGui::SetCursorPosX(left);
        ImGui::PushTextWrapPos(left + wide);
        words(on, look.fonts.text, look.theme.soft, what);
        ImGui::PopTextWrapPos();
    }
    if (act.empty()) return false;
    ImGui::SetCursorPosX(left + (wide - wide_of(look.fonts.strong, act)) / 2 - look.px(13));
    ButtonStyle style;
    style.weight = Weight::primary;
    return button(on, act, style);
}

}  // namespace rollcage
