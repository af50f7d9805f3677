#include "ui/desk/widgets.h"

#include <fmt/format.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <cmath>

#include "ui/desk/glyphs.h"

namespace rollcage {
namespace {

ImDrawList& canvas() {
    return *ImGui::GetWindowDrawList();
}

ImVec2 plus(ImVec2 one, ImVec2 other) {
    return {one.x + other.x, one.y + other.y};
}

const char* after(std::string_view text) {
    return text.data() + text.size();
}

// Whoever moves by keys sees where they are.
void show_focus(const ImRect& box, ImGuiID id) {
    ImGui::RenderNavHighlight(box, id, ImGuiNavHighlightFlags_TypeDefault);
}

struct Paint {
    Colour ground, edge, text;
};

Paint paint_of(const Theme& theme, const ButtonStyle& style, bool hovered, bool held) {
    const bool strong = theme.name == ThemeName::high_contrast;
    const Colour rest = style.weight == Weight::ghost ? 0 : theme.control;
    Paint paint{held      ? theme.pressed
                : hovered ? theme.hovered
                          : rest,
                strong ? theme.line : 0, theme.text};
    const auto filled = [&](Colour colour) {
        paint.ground = between(colour, theme.text, held ? 0.22F : hovered ? 0.12F : 0.0F);
        paint.text = readable_on(paint.ground);
    };
    if (style.weight == Weight::primary) filled(theme.accent);
    if (style.weight == Weight::danger) filled(theme.bad);
    if (style.chosen) {
        paint.ground = between(theme.control, theme.accent, hovered ? 0.45F : 0.32F);
        paint.edge = theme.accent;
    }
    return paint;
}

struct Pressed {
    ImRect box;
    bool clicked = false, hovered = false, held = false;
};

// Room for something that can be clicked; whoever asks paints it.
Pressed press(Widgets& on, const std::string& label, ImVec2 size, bool enabled) {
    if (!enabled) ImGui::BeginDisabled();
    Pressed pressed;
    pressed.clicked = ImGui::InvisibleButton(label.c_str(), size) && enabled;
    pressed.box = {ImGui::GetItemRectMin(), ImGui::GetItemRectMax()};
    pressed.hovered = ImGui::IsItemHovered();
    pressed.held = ImGui::IsItemActive();
    on.note(label, enabled);
    show_focus(pressed.box, ImGui::GetItemID());
    if (!enabled) ImGui::EndDisabled();
    return pressed;
}

Colour dimmed(const Widgets& on, Colour colour, bool enabled) {
    return enabled ? colour : between(colour, on.look.theme.panel, 0.55F);
}

void paint_box(const Widgets& on, const ImRect& box, const Paint& paint, float rounding) {
    canvas().AddRectFilled(box.Min, box.Max, paint.ground, rounding);
    if (paint.edge) canvas().AddRect(box.Min, box.Max, paint.edge, rounding, 0, on.look.fine(1));
}

float middle(const ImRect& box, ImFont* font) {
    return std::floor(box.Min.y + (box.GetHeight() - font->FontSize) / 2);
}

// A tip lies over what is as bright as itself, so it throws a shadow: rings, ever fainter.
void paint_shadow(const Look& look) {
    const ImVec2 at = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
    ImDrawList& to = canvas();
    to.PushClipRectFullScreen();
    constexpr int rings = 7;
    for (int i = 1; i <= rings; ++i) {
        const float away = look.fine(static_cast<float>(i));
        const auto alpha = static_cast<unsigned>(46 * (rings + 1 - i) / (rings + 1));
        to.AddRect({at.x - away, at.y - away}, {at.x + size.x + away, at.y + size.y + away},
                   IM_COL32(0, 0, 0, alpha), look.px(8) + away, 0, look.fine(1.2F));
    }
    to.PopClipRect();
}

}  // namespace

void Widgets::begin_frame(std::vector<std::string> chords) {
    check(areas_.empty(), "every area that was entered was left");
    all_.clear();
    stirred_ = false;
    pressed = std::move(chords);
    const ImGuiIO& io = ImGui::GetIO();
    if (io.WantTextInput) return;
    for (const ImWchar letter : io.InputQueueCharacters) {
        char text[5];
        ImTextCharToUtf8(text, letter);
        pressed.emplace_back(letter == ' ' ? "Space" : text);
    }
}

void Widgets::read_on() {
    if (reading && !ImGui::GetCurrentContext()->LogEnabled) ImGui::LogToClipboard();
}

Result<Widget> Widgets::find(std::string_view label) const {
    std::string_view area;
    if (const auto arrow = label.find(" > "); arrow != label.npos) {
        area = label.substr(0, arrow);
        label.remove_prefix(arrow + 3);
    }
    const Widget* found = nullptr;
    for (const Widget& it : all_) {
        if (it.label != label || (!area.empty() && it.area != area)) continue;
        if (found != nullptr)
            return Error{fmt::format("several widgets are called {}; write `{} > {}` or `{} > {}`",
                                     label, found->area, label, it.area, label)};
        found = &it;
    }
    if (found == nullptr) return Error{fmt::format("no widget is called {}", label)};
    return *found;
}

void Widgets::note(std::string_view label, bool enabled) {
    read_on();
    if (const auto suffix = label.find("##"); suffix != label.npos && suffix > 0)
        label = label.substr(0, suffix);
    all_.push_back({std::string{label}, areas_.empty() ? "" : areas_.back(),
                    ImGui::GetItemRectMin(), ImGui::GetItemRectMax(), ImGui::GetItemID(),
                    ImGui::IsItemVisible(), enabled});
}

void Widgets::leave() {
    check(!areas_.empty(), "an area is left after it was entered");
    areas_.pop_back();
}

std::optional<Widgets::Asked> Widgets::take_asked() {
    return std::exchange(asked_, std::nullopt);
}

void paint_text(ImDrawList& to, ImFont* font, ImVec2 at, Colour colour, std::string_view text) {
    to.AddText(font, font->FontSize, at, colour, text.data(), after(text));
    if (ImGui::GetCurrentContext()->LogEnabled)
        ImGui::LogRenderedText(&at, text.data(), after(text));
}

float wide_of(ImFont* font, std::string_view text) {
    return font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, text.data(), after(text)).x;
}

std::string shortened(ImFont* font, std::string_view text, float wide) {
    if (wide_of(font, text) <= wide) return std::string{text};
    const std::string_view dots = "\u2026";
    const char* rest = nullptr;
    font->CalcTextSizeA(font->FontSize, std::max(0.0F, wide - wide_of(font, dots)), 0, text.data(),
                        after(text), &rest);
    std::string kept{text.substr(0, static_cast<std::size_t>(rest - text.data()))};
    while (!kept.empty() && kept.back() == ' ') kept.pop_back();
    return kept.empty() ? std::string{} : kept + std::string{dots};
}

float paint_keys(Widgets& on, ImDrawList& to, ImVec2 at, const std::string& keys, Colour ink) {
    const Look& look = on.look;
    const float wide = wide_of(look.fonts.number_small, keys) + look.px(10);
    const float high = look.fonts.number_small->FontSize + look.px(5);
    const ImVec2 most = plus(at, {wide, high});
    to.AddRectFilled(at, most, with_alpha(ink, 0.1F), look.px(4));
    to.AddRect(at, most, with_alpha(ink, 0.4F), look.px(4), 0, look.fine(1));
    paint_text(to, look.fonts.number_small, plus(at, {look.px(5), look.px(2)}), ink, keys);
    return wide;
}

namespace {

// What stands in a button, and where.
struct ButtonInside {
    std::string shown;
    ImFont* font;
    float pad, icon_wide, gap, content;
};
ButtonInside inside_of(const Look& look, const std::string& label, const ButtonStyle& style) {
    ButtonInside it{label.substr(0, label.find("##")), look.fonts.strong, 0, 0, 0, 0};
    if (style.weight == Weight::ghost || style.weight == Weight::plain) it.font = look.fonts.text;
    it.pad = look.px(it.shown.empty() ? 9 : 13);
    it.icon_wide = style.icon ? wide_of(it.font, style.icon) : 0;
    it.gap = style.icon && !it.shown.empty() ? look.px(7) : 0;
    const float keys_wide =
        style.keys.empty() ? 0 : wide_of(look.fonts.number_small, style.keys) + look.px(20);
    it.content = it.icon_wide + it.gap + wide_of(it.font, it.shown) + keys_wide;
    return it;
}

}  // namespace

float button_wide(const Widgets& on, const std::string& label, const ButtonStyle& style) {
    const ButtonInside inside = inside_of(on.look, label, style);
    return style.wide > 0 ? on.look.px(style.wide) : inside.content + 2 * inside.pad;
}

bool button(Widgets& on, const std::string& label, const ButtonStyle& style) {
    const Look& look = on.look;
    const auto [shown, font, pad, icon_wide, gap, content] = inside_of(look, label, style);
    float wide = button_wide(on, label, style);
    if (style.wide < 0) wide = std::max(wide, ImGui::GetContentRegionAvail().x);
    const Pressed it = press(on, label, {wide, look.px(34)}, style.enabled);

    Paint paint = paint_of(look.theme, style, it.hovered, it.held);
    paint.ground = dimmed(on, paint.ground, style.enabled || paint.ground == 0);
    paint.text = dimmed(on, paint.text, style.enabled);
    paint_box(on, it.box, paint, look.px(7));
    ImGui::LogSetNextTextDecoration("[", "]");
    float x = std::floor(it.box.Min.x + std::max(pad, (wide - content) / 2));
    const float y = middle(it.box, font);
    canvas().PushClipRect(it.box.Min, it.box.Max, true);
    if (style.icon) canvas().AddText(font, font->FontSize, {x, y}, paint.text, style.icon);
    paint_text(canvas(), font, {x + icon_wide + gap, y}, paint.text, shown);
    x += icon_wide + gap + wide_of(font, shown) + look.px(10);
    if (!style.keys.empty()) {
        const float high = look.fonts.number_small->FontSize + look.px(5);
        paint_keys(on, canvas(), {x, std::floor(it.box.GetCenter().y - high / 2)}, style.keys,
                   paint.text);
    }
    canvas().PopClipRect();
    const std::string& tip = style.enabled || style.why_not.empty() ? style.tip : style.why_not;
    if (!tip.empty()) tip_here(on, tip);
    return it.clicked;
}

std::optional<std::size_t> choice(Widgets& on, const std::vector<std::string>& labels,
                                  std::size_t chosen, bool enabled) {
    std::optional<std::size_t> other;
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {on.look.px(3), on.look.px(3)});
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (i > 0) ImGui::SameLine();
        ButtonStyle style;
        style.enabled = enabled;
        style.chosen = i == chosen;
        if (button(on, labels[i], style) && i != chosen) other = i;
    }
    ImGui::PopStyleVar();
    return other;
}

std::optional<std::size_t> tabs(Widgets& on, const std::vector<std::string>& labels,
                                std::size_t chosen) {
    const Look& look = on.look;
    std::optional<std::size_t> other;
    const ImVec2 began = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        ImFont* font = i == chosen ? look.fonts.strong : look.fonts.text;
        const ImVec2 size{wide_of(look.fonts.strong, labels[i]) + look.px(18), look.px(36)};
        // As many a line as there is room for.
        if (i > 0 && ImGui::GetItemRectMax().x + look.px(2) + size.x <= began.x + room)
            ImGui::SameLine(0, look.px(2));
        const Pressed it = press(on, labels[i], size, true);
        if (it.clicked && i != chosen) other = i;
        if (it.hovered && i != chosen)
            canvas().AddRectFilled(it.box.Min, it.box.Max, with_alpha(look.theme.control, 0.6F),
                                   look.px(6), ImDrawFlags_RoundCornersTop);
        if (i == chosen)
            canvas().AddRectFilled({it.box.Min.x, it.box.Max.y - look.px(3)}, it.box.Max,
                                   look.theme.accent, look.px(2));
        const float x = it.box.Min.x + (size.x - wide_of(font, labels[i])) / 2;
        ImGui::LogSetNextTextDecoration(i == chosen ? "<" : "|", i == chosen ? ">" : "|");
        paint_text(canvas(), font, {std::floor(x), middle(it.box, font)},
                   i == chosen ? look.theme.text : look.theme.soft, labels[i]);
    }
    const float foot = ImGui::GetItemRectMax().y;
    canvas().AddLine({began.x, foot}, {began.x + room, foot}, look.theme.line, look.fine(1));
    return other;
}

bool toggle(Widgets& on, const std::string& label, bool& value, bool enabled) {
    const Look& look = on.look;
    const float high = look.px(20), wide = look.px(36);
    const float all = wide + look.px(10) + wide_of(look.fonts.text, label);
    const Pressed it = press(on, label, {all, look.px(26)}, enabled);
    if (it.clicked) value = !value;
    const float y = std::floor(it.box.GetCenter().y - high / 2);
    const ImVec2 least{it.box.Min.x, y}, most{it.box.Min.x + wide, y + high};
    const Colour track = value        ? look.theme.accent
                         : it.hovered ? look.theme.hovered
                                      : look.theme.control;
    canvas().AddRectFilled(least, most, dimmed(on, track, enabled), high / 2);
    canvas().AddRect(least, most, dimmed(on, value ? look.theme.accent : look.theme.faint, enabled),
                     high / 2, 0, look.fine(1));
    const float knob = value ? most.x - high / 2 : least.x + high / 2;
    canvas().AddCircleFilled({knob, y + high / 2}, high / 2 - look.fine(3.5F),
                             value ? look.theme.on_accent : look.theme.soft);
    ImGui::LogSetNextTextDecoration(value ? "(x)" : "( )", nullptr);
    paint_text(canvas(), look.fonts.text, {most.x + look.px(10), middle(it.box, look.fonts.text)},
               dimmed(on, look.theme.text, enabled), label);
    return it.clicked;
}

bool slider(Widgets& on, const std::string& label, double& value, const SliderStyle& style) {
    check(style.least < style.most, "a slider has somewhere to go");
    const Look& look = on.look;
    const double before = value;
    const float room = std::max(look.px(120), ImGui::GetContentRegionAvail().x);
    const float line = look.fonts.text->FontSize;
    const Pressed it = press(on, label, {room, line + look.px(26)}, style.enabled);
    const float knob = look.px(8), from = it.box.Min.x + knob, until = it.box.Max.x - knob;
    const double step = style.step > 0 ? style.step : (style.most - style.least) / 100;
    if (it.held && ImGui::IsMouseDown(0))
        value = style.least +
                (ImGui::GetIO().MousePos.x - from) / (until - from) * (style.most - style.least);
    if (style.enabled && ImGui::IsItemFocused()) {
        if (ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_LeftArrow))) value -= step;
        if (ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_RightArrow))) value += step;
    }
    if (style.step > 0)
        value = style.least + std::round((value - style.least) / style.step) * style.step;
    value = std::clamp(value, style.least, style.most);

    const double share = (value - style.least) / (style.most - style.least);
    const float x = from + static_cast<float>(share) * (until - from);
    const float y = std::floor(it.box.Min.y + line + look.px(16));
    const Colour lit = dimmed(on, look.theme.accent, style.enabled);
    const std::string text = style.text ? style.text(value) : fmt::format("{:g}", value);
    paint_text(canvas(), look.fonts.text, it.box.Min, dimmed(on, look.theme.soft, style.enabled),
               label);
    paint_text(canvas(), look.fonts.number,
               {it.box.Max.x - wide_of(look.fonts.number, text), it.box.Min.y},
               dimmed(on, look.theme.text, style.enabled), text);
    canvas().AddRectFilled({from, y - look.fine(2)}, {until, y + look.fine(2)},
                           between(look.theme.control, look.theme.faint, 0.3F), look.px(2));
    canvas().AddRectFilled({from, y - look.fine(2)}, {x, y + look.fine(2)}, lit, look.px(2));
    canvas().AddCircleFilled({x, y}, knob - (it.hovered || it.held ? 0 : look.fine(1)), lit);
    canvas().AddCircleFilled({x, y}, knob / 2.4F, look.theme.panel);
    return value != before;
}

Typed text_input(Widgets& on, const std::string& label, std::string& text,
                 const InputStyle& style) {
    const Look& look = on.look;
    if (!style.enabled) ImGui::BeginDisabled();
    const float room = style.wide > 0 ? look.px(style.wide) : ImGui::GetContentRegionAvail().x;
    ImGui::SetNextItemWidth(std::max(look.px(60), room));
    const float pad = style.icon ? look.px(34) : look.px(12);
    const float high = std::floor((look.px(34) - look.fonts.text->FontSize) / 2);
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {pad, high});
    ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, look.fine(1));
    if (style.focus) ImGui::SetKeyboardFocusHere();
    ImGui::PushFont(look.fonts.text);
    const std::string before = text;
    const bool entered = ImGui::InputTextWithHint(
        ("##" + label).c_str(), style.hint.c_str(), &text,
        ImGuiInputTextFlags_EnterReturnsTrue | (style.secret ? ImGuiInputTextFlags_Password : 0));
    ImGui::PopFont();
    ImGui::PopStyleVar(2);
    on.note(label, style.enabled);
    const ImRect box{ImGui::GetItemRectMin(), ImGui::GetItemRectMax()};
    if (style.icon)
        canvas().AddText(look.fonts.text, look.fonts.text->FontSize,
                         {box.Min.x + look.px(11), middle(box, look.fonts.text)}, look.theme.faint,
                         style.icon);
    if (ImGui::IsItemActive())
        canvas().AddRect(box.Min, box.Max, look.theme.accent, look.px(6), 0, look.fine(1.5F));
    if (!style.enabled) ImGui::EndDisabled();
    if (entered) return Typed::entered;
    return text != before ? Typed::changed : Typed::nothing;
}

namespace {

void paint_row(const Widgets& on, const RowShown& shown, const ImRect& box) {
    const Look& look = on.look;
    const std::string label = shown.label.substr(0, shown.label.find("##"));
    const float y = middle(box, look.fonts.text);
    float x = box.Min.x + look.px(10);
    if (shown.icon)
        canvas().AddText(look.fonts.text, look.fonts.text->FontSize, {x, y}, look.theme.soft,
                         shown.icon);
    if (shown.mark)
        paint_glyph(canvas(), look, {x + look.px(7), box.GetCenter().y}, look.fine(7), *shown.mark);
    if (shown.icon || shown.mark) x += look.px(26);
    const float number_wide = wide_of(look.fonts.number, shown.number);
    const float until = box.Max.x - look.px(10) - number_wide - look.px(8);
    const std::string fits = shortened(look.fonts.text, label, until - x);
    paint_text(canvas(), look.fonts.text, {x, y}, dimmed(on, look.theme.text, shown.enabled), fits);
    x += wide_of(look.fonts.text, fits) + look.px(10);
    if (!shown.note.empty())
        paint_text(canvas(), look.fonts.small, {x, middle(box, look.fonts.small)}, look.theme.faint,
                   shortened(look.fonts.small, shown.note, until - x));
    paint_text(canvas(), look.fonts.number,
               {box.Max.x - look.px(10) - number_wide, middle(box, look.fonts.number)},
               look.theme.soft, shown.number);
}

ImVec2 row_size(const Look& look) {
    return {std::max(look.px(40), ImGui::GetContentRegionAvail().x), look.px(30)};
}

}  // namespace

bool row(Widgets& on, const RowShown& shown) {
    const Look& look = on.look;
    const Pressed it = press(on, shown.label, row_size(look), shown.enabled);
    if (shown.chosen || it.hovered)
        canvas().AddRectFilled(it.box.Min, it.box.Max,
                               shown.chosen ? between(look.theme.control, look.theme.accent, 0.28F)
                                            : with_alpha(look.theme.hovered, 0.7F),
                               look.px(5));
    if (shown.chosen)
        canvas().AddRectFilled(it.box.Min, {it.box.Min.x + look.px(3), it.box.Max.y},
                               look.theme.accent, look.px(2));
    paint_row(on, shown, it.box);
    return it.clicked;
}

void line(Widgets& on, const RowShown& shown) {
    on.read_on();
    ImGui::Dummy(row_size(on.look));
    const ImRect box{ImGui::GetItemRectMin(), ImGui::GetItemRectMax()};
    if (shown.chosen)
        canvas().AddRectFilled(box.Min, box.Max,
                               between(on.look.theme.control, on.look.theme.accent, 0.28F),
                               on.look.px(5));
    paint_row(on, shown, box);
    // What has no room can be read by pointing at it.
    const float wide = wide_of(on.look.fonts.text, shown.label) +
                       wide_of(on.look.fonts.small, shown.note) +
                       wide_of(on.look.fonts.number, shown.number) + on.look.px(74);
    if (wide > box.GetWidth())
        tip_here(on, shown.label + (shown.note.empty() ? "" : "\n" + shown.note));
}

void words(Widgets& on, ImFont* font, Colour colour, std::string_view text) {
    on.read_on();
    ImGui::PushFont(font);
    ImGui::PushStyleColor(ImGuiCol_Text, colour);
    ImGui::TextUnformatted(text.data(), after(text));
    ImGui::PopStyleColor();
    ImGui::PopFont();
}

void paragraph(Widgets& on, const std::string& text, Colour colour) {
    ImGui::PushTextWrapPos(0);
    words(on, on.look.fonts.text, colour, text);
    ImGui::PopTextWrapPos();
}

void begin_tip(Widgets& on) {
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {on.look.px(12), on.look.px(10)});
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {on.look.px(6), on.look.px(5)});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, on.look.px(8));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, on.look.px(1));
    ImGui::BeginTooltip();
    paint_shadow(on.look);
    on.read_on();
}

void end_tip(Widgets& on) {
    ImGui::EndTooltip();
    ImGui::PopStyleVar(4);
    on.read_on();
}

void tip_here(Widgets& on, const std::string& text) {
    if (!ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) return;
    begin_tip(on);
    ImGui::PushTextWrapPos(on.look.px(360));
    words(on, on.look.fonts.text, on.look.theme.text, text);
    ImGui::PopTextWrapPos();
    end_tip(on);
}

}  // namespace rollcage
