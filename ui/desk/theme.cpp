#include "ui/desk/theme.h"

#include <imgui_freetype.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace rollcage {
namespace {

constexpr Colour rgb(std::uint32_t hex) {
    return IM_COL32(hex >> 16 & 255, hex >> 8 & 255, hex & 255, 255);
}

// Hues after Okabe and Ito, lightened or darkened until each stands out from its ground.
const Theme dark{
    .name = ThemeName::dark,
    .ground = rgb(0x0B0F15),
    .panel = rgb(0x141A22),
    .raised = rgb(0x1B232D),
    .well = rgb(0x10151C),
    .line = rgb(0x2A3441),
    .grid = rgb(0x202934),
    .text = rgb(0xE8EDF2),
    .soft = rgb(0xA9B5C2),
    .faint = rgb(0x7F8C9A),
    .accent = rgb(0x4FA3F7),
    .on_accent = rgb(0x06121F),
    .control = rgb(0x232E3B),
    .hovered = rgb(0x2E3C4D),
    .pressed = rgb(0x3A4C61),
    .field = rgb(0x1A222C),
    .good = rgb(0x2BC08E),
    .warning = rgb(0xF0B429),
    .bad = rgb(0xF4703C),
    .veil = IM_COL32(140, 155, 175, 26),
    .hues = {rgb(0x56B4E9), rgb(0xE69F00), rgb(0x1DB992), rgb(0xD98AB8), rgb(0xF0E442),
             rgb(0xF0703A), rgb(0x8C9EFF), rgb(0xB0BAC5)},
    .marks = {rgb(0x56B4E9), rgb(0x1DB992), rgb(0xF4703C), rgb(0xF0B429), rgb(0x2BC08E),
              rgb(0x8C9EFF), rgb(0xD98AB8), rgb(0xF0E442), rgb(0xF4703C), rgb(0xA9B5C2)},
};

const Theme light{
    .name = ThemeName::light,
    .ground = rgb(0xEEF1F5),
    .panel = rgb(0xFFFFFF),
    .raised = rgb(0xFFFFFF),
    .well = rgb(0xF7F9FB),
    .line = rgb(0xCDD5DE),
    .grid = rgb(0xE2E7ED),
    .text = rgb(0x17202B),
    .soft = rgb(0x4A5766),
    .faint = rgb(0x697686),
    .accent = rgb(0x0B62C4),
    .on_accent = rgb(0xFFFFFF),
    .control = rgb(0xE6EBF1),
    .hovered = rgb(0xD8E0E9),
    .pressed = rgb(0xC5D0DC),
    .field = rgb(0xF3F6F9),
    .good = rgb(0x00755A),
    .warning = rgb(0x8F5B00),
    .bad = rgb(0xB93A06),
    .veil = IM_COL32(60, 75, 95, 24),
    .hues = {rgb(0x0067B8), rgb(0xC86400), rgb(0x005C45), rgb(0x8A2F78), rgb(0x857300),
             rgb(0xBF3F08), rgb(0x4B57C9), rgb(0x56626F)},
    .marks = {rgb(0x0072B2), rgb(0x007A5E), rgb(0xB93A06), rgb(0xB26A00), rgb(0x00755A),
              rgb(0x4B57C9), rgb(0xA44A86), rgb(0x857300), rgb(0xB93A06), rgb(0x4A5766)},
    .stroke = 1.7F,
};

const Theme high_contrast{
    .name = ThemeName::high_contrast,
    .ground = rgb(0x000000),
    .panel = rgb(0x000000),
    .raised = rgb(0x101010),
    .well = rgb(0x000000),
    .line = rgb(0xFFFFFF),
    .grid = rgb(0x4A4A4A),
    .text = rgb(0xFFFFFF),
    .soft = rgb(0xFFFFFF),
    .faint = rgb(0xD6D6D6),
    .accent = rgb(0xFFE14D),
    .on_accent = rgb(0x000000),
    .control = rgb(0x1E1E1E),
    .hovered = rgb(0x003A80),
    .pressed = rgb(0x0055BB),
    .field = rgb(0x000000),
    .good = rgb(0x3DF0B4),
    .warning = rgb(0xFFD23F),
    .bad = rgb(0xFF8A5C),
    .veil = IM_COL32(255, 255, 255, 44),
    .hues = {rgb(0x5CB8FF), rgb(0xFFA800), rgb(0x2DF59A), rgb(0xFF7FD0), rgb(0xFFF45C),
             rgb(0xFF8A5C), rgb(0xB3BDFF), rgb(0xFFFFFF)},
    .marks = {rgb(0x6CC8FF), rgb(0x3DF0B4), rgb(0xFF8A5C), rgb(0xFFB000), rgb(0x3DF0B4),
              rgb(0xB3BDFF), rgb(0xFF9BD6), rgb(0xFFF45C), rgb(0xFF8A5C), rgb(0xFFFFFF)},
    .stroke = 2.4F,
};

std::array<int, 4> channels(Colour colour) {
    const auto channel = [&](unsigned shift) { return static_cast<int>(colour >> shift & 255); };
    return {channel(IM_COL32_R_SHIFT), channel(IM_COL32_G_SHIFT), channel(IM_COL32_B_SHIFT),
            channel(IM_COL32_A_SHIFT)};
}

double luminance(Colour colour) {
    const auto linear = [](int channel) {
        const double share = channel / 255.0;
        return share <= 0.03928 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
    };
    const auto of = channels(colour);
    return 0.2126 * linear(of[0]) + 0.7152 * linear(of[1]) + 0.0722 * linear(of[2]);
}

struct FontFile {
    const char *package, *path;
};
constexpr FontFile inter{"fonts-inter", "/usr/share/fonts/opentype/inter/Inter-Regular.otf"};
constexpr FontFile inter_strong{"fonts-inter",
                                "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf"};
constexpr FontFile inter_figure{"fonts-inter",
                                "/usr/share/fonts/opentype/inter/InterDisplay-SemiBold.otf"};
constexpr FontFile mono{"fonts-jetbrains-mono",
                        "/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf"};
constexpr FontFile awesome{"fonts-font-awesome",
                           "/usr/share/fonts/opentype/font-awesome/FontAwesome.otf"};

// ImGui keeps the pointers, so the ranges live as long as the program.
constexpr ImWchar letters[] = {0x20,   0x17F,  0x2010, 0x2027, 0x2030, 0x203A, 0x20AC,
                               0x20AC, 0x2190, 0x2193, 0x2212, 0x2212, 0x2248, 0x2248,
                               0x2260, 0x2260, 0x2264, 0x2265, 0};
constexpr ImWchar symbols[] = {0xF000, 0xF2E0, 0};

ImFont* add_font(ImFontAtlas& atlas, const FontFile& file, float size, bool with_icons) {
    ImFontConfig written;
    written.PixelSnapH = false;
    ImFont* font = atlas.AddFontFromFileTTF(file.path, size, &written, letters);
    if (!with_icons) return font;
    ImFontConfig merged;
    merged.MergeMode = true;
    merged.PixelSnapH = true;
    // Wide enough for the widest icon in use, so that the words after them line up.
    merged.GlyphMinAdvanceX = std::floor(size * 1.1F);
    atlas.AddFontFromFileTTF(awesome.path, std::floor(size * 0.95F), &merged, symbols);
    return font;
}

ImVec4 channels_of(Colour colour) {
    return ImGui::ColorConvertU32ToFloat4(colour);
}

void colour_style(ImGuiStyle& style, const Theme& worn) {
    const auto set = [&](ImGuiCol which, Colour colour) {
        style.Colors[which] = channels_of(colour);
    };
    set(ImGuiCol_Text, worn.text);
    set(ImGuiCol_TextDisabled, worn.faint);
    set(ImGuiCol_WindowBg, worn.ground);
    set(ImGuiCol_ChildBg, 0);
    set(ImGuiCol_PopupBg, worn.raised);
    set(ImGuiCol_Border, worn.line);
    set(ImGuiCol_FrameBg, worn.field);
    set(ImGuiCol_FrameBgHovered, worn.hovered);
    set(ImGuiCol_FrameBgActive, worn.pressed);
    set(ImGuiCol_ScrollbarBg, 0);
    set(ImGuiCol_ScrollbarGrab, worn.control);
    set(ImGuiCol_ScrollbarGrabHovered, worn.hovered);
    set(ImGuiCol_ScrollbarGrabActive, worn.pressed);
    set(ImGuiCol_SliderGrab, worn.accent);
    set(ImGuiCol_SliderGrabActive, worn.accent);
    set(ImGuiCol_TableHeaderBg, worn.raised);
    set(ImGuiCol_TableBorderLight, worn.grid);
    set(ImGuiCol_TableBorderStrong, worn.line);
    set(ImGuiCol_TableRowBgAlt, with_alpha(worn.control, 0.35F));
    set(ImGuiCol_TextSelectedBg, with_alpha(worn.accent, 0.35F));
    set(ImGuiCol_NavHighlight, worn.accent);
    set(ImGuiCol_Separator, worn.line);
    set(ImGuiCol_ModalWindowDimBg, with_alpha(rgb(0x000000), 0.55F));
}

}  // namespace

const char* name(ThemeName theme) {
    constexpr std::array words{"dark", "light", "high-contrast"};
    return words[static_cast<std::size_t>(theme)];
}

Result<ThemeName> theme_named(const std::string& word) {
    for (const ThemeName it : {ThemeName::dark, ThemeName::light, ThemeName::high_contrast})
        if (word == name(it)) return it;
    return Error{"there is no theme `" + word + "`; choose dark, light or high-contrast"};
}

const Theme& theme(ThemeName name) {
    switch (name) {
        case ThemeName::dark: return dark;
        case ThemeName::light: return light;
        case ThemeName::high_contrast: return high_contrast;
    }
    return dark;
}

Colour colour_of(const Theme& theme, Mark mark) {
    return theme.marks[static_cast<std::size_t>(mark)];
}

Colour colour_of(const Theme& theme, Tone tone) {
    switch (tone) {
        case Tone::neutral: return theme.soft;
        case Tone::good: return theme.good;
        case Tone::bad: return theme.bad;
    }
    return theme.soft;
}

Colour with_alpha(Colour colour, float alpha) {
    const auto had = static_cast<float>(colour >> IM_COL32_A_SHIFT & 255);
    const auto has = static_cast<Colour>(had * std::clamp(alpha, 0.0F, 1.0F) + 0.5F);
    return (colour & ~IM_COL32_A_MASK) | has << IM_COL32_A_SHIFT;
}

Colour between(Colour from, Colour until, float share) {
    const auto one = channels(from), other = channels(until);
    std::array<int, 4> mixed{};
    for (std::size_t i = 0; i < mixed.size(); ++i)
        mixed[i] = one[i] + static_cast<int>(static_cast<float>(other[i] - one[i]) * share);
    return IM_COL32(mixed[0], mixed[1], mixed[2], mixed[3]);
}

Colour readable_on(Colour ground) {
    const Colour black = rgb(0x0B0F15), white = rgb(0xFFFFFF);
    return contrast(ground, black) >= contrast(ground, white) ? black : white;
}

double contrast(Colour one, Colour other) {
    const double first = luminance(one), second = luminance(other);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

float Look::px(float length) const {
    if (length <= 0) return 0;
    return std::max(1.0F, std::floor(length * scale + 0.5F));
}

Result<Fonts> load_fonts(ImFontAtlas& atlas, float scale) {
    check(scale >= scale_min && scale <= scale_max, "a scale is asked for within its limits");
    for (const FontFile& it : {inter, inter_strong, inter_figure, mono, awesome}) {
        std::error_code unknown;
        if (!std::filesystem::exists(it.path, unknown))
            return Error{std::string{"the font "} + it.path +
                         " is missing; install the Debian package " + it.package};
    }
    atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
    atlas.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
    atlas.TexDesiredWidth = scale > 1.5F ? 4096 : 2048;
    const auto sized = [&](float points) { return std::floor(points * scale + 0.5F); };
    Fonts fonts;
    fonts.text = add_font(atlas, inter, sized(15), true);
    fonts.small = add_font(atlas, inter, sized(13), true);
    fonts.strong = add_font(atlas, inter_strong, sized(15), true);
    fonts.title = add_font(atlas, inter_strong, sized(19), true);
    fonts.figure = add_font(atlas, inter_figure, sized(27), false);
    fonts.number = add_font(atlas, mono, sized(14), false);
    fonts.number_small = add_font(atlas, mono, sized(12), false);
    check(fonts.text && fonts.number && fonts.figure, "a font that is there can be added");
    return fonts;
}

void wear(const Look& look) {
    ImGuiStyle& style = ImGui::GetStyle();
    style = ImGuiStyle{};
    colour_style(style, look.theme);
    style.WindowPadding = {look.px(14), look.px(12)};
    style.FramePadding = {look.px(12), look.px(7)};
    style.ItemSpacing = {look.px(8), look.px(8)};
    style.ItemInnerSpacing = {look.px(6), look.px(6)};
    style.CellPadding = {look.px(8), look.px(4)};
    style.WindowRounding = 0;
    style.ChildRounding = look.px(10);
    style.FrameRounding = look.px(6);
    style.PopupRounding = look.px(8);
    style.GrabRounding = look.px(5);
    style.ScrollbarRounding = look.px(6);
    style.ScrollbarSize = look.px(11);
    style.GrabMinSize = look.px(12);
    style.WindowBorderSize = 0;
    style.ChildBorderSize = look.px(1);
    style.PopupBorderSize = look.px(1);
    style.FrameBorderSize = look.theme.name == ThemeName::high_contrast ? look.px(1) : 0;
    style.DisabledAlpha = 0.45F;
    // Curves stay round when they grow.
    style.CircleTessellationMaxError = 0.25F;
}

}  // namespace rollcage
