#include "ui/desk/fleet_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ui/desk/cards.h"
#include "ui/view/plot_view.h"

namespace rollcage {
namespace {

struct Quad {
    std::array<ImVec2, 4> corners;
    Colour colour;
};

Quad upright(ImVec2 least, ImVec2 most, Colour colour) {
    return {{least, ImVec2{most.x, least.y}, most, ImVec2{least.x, most.y}}, colour};
}

// A stroke from one corner to another.
Quad stroke(ImVec2 from, ImVec2 until, float thick, Colour colour) {
    const float half = thick / 2;
    return {{ImVec2{from.x - half, from.y}, ImVec2{from.x + half, from.y},
             ImVec2{until.x + half, until.y}, ImVec2{until.x - half, until.y}},
            colour};
}

// Twenty thousand cells are more corners than sixteen bits count, so they go in chunks.
void paint_quads(ImDrawList& to, const std::vector<Quad>& quads) {
    constexpr std::size_t together = 4'000;
    const ImVec2 white = ImGui::GetFontTexUvWhitePixel();
    for (std::size_t from = 0; from < quads.size(); from += together) {
        const std::size_t until = std::min(quads.size(), from + together);
        const auto count = static_cast<int>(until - from);
        to.PrimReserve(count * 6, count * 4);
        for (std::size_t i = from; i < until; ++i) {
            const auto first = to._VtxCurrentIdx;
            for (const unsigned nth : {0U, 1U, 2U, 0U, 2U, 3U})
                to.PrimWriteIdx(static_cast<ImDrawIdx>(first + nth));
            for (const ImVec2& it : quads[i].corners) to.PrimWriteVtx(it, white, quads[i].colour);
        }
    }
}

// A cell of one phase: whole, hollow, half, crossed out, or a dot where it was.
void add_cell(std::vector<Quad>& quads, const Theme& theme, CellPhase phase, std::size_t build,
              ImVec2 at, float size) {
    const Colour hue = theme.hues[build % theme.hues.size()];
    const ImVec2 most{at.x + size, at.y + size};
    const float rim = std::max(1.0F, std::floor(size / 5));
    const auto hollow = [&](Colour edge, Colour inside) {
        quads.push_back(upright(at, most, edge));
        quads.push_back(upright({at.x + rim, at.y + rim}, {most.x - rim, most.y - rim}, inside));
    };
    switch (phase) {
        case CellPhase::serving: quads.push_back(upright(at, most, hue)); return;
        case CellPhase::starting: hollow(hue, theme.panel); return;
        case CellPhase::draining:
            quads.push_back(upright(at, most, between(theme.panel, hue, 0.35F)));
            quads.push_back(upright({at.x, at.y + size / 2}, most, hue));
            return;
        case CellPhase::failing: {
            quads.push_back(upright(at, most, theme.bad));
            const Colour ink = readable_on(theme.bad);
            const float in = std::floor(size / 4), thick = std::max(1.2F, size / 6);
            if (size < 5) {
                quads.push_back(upright({at.x + 1, at.y + 1}, {most.x - 1, most.y - 1}, ink));
                return;
            }
            quads.push_back(stroke({at.x + in, at.y + in}, {most.x - in, most.y - in}, thick, ink));
            quads.push_back(stroke({most.x - in, at.y + in}, {at.x + in, most.y - in}, thick, ink));
            return;
        }
        case CellPhase::missing: {
            const float in = std::floor(size / 3);
            quads.push_back(
                upright({at.x + in, at.y + in}, {most.x - in, most.y - in}, theme.faint));
            return;
        }
    }
}

std::int64_t cells_of(std::int64_t count, std::int64_t each) {
    return (count + each - 1) / each;
}

std::int64_t cells_of(const FleetZone& zone, std::int64_t each) {
    std::int64_t cells = 0;
    for (const FleetGroup& it : zone.groups) cells += cells_of(it.count, each);
    return cells;
}

std::int64_t instances_of(const FleetZone& zone) {
    return cells_of(zone, 1);
}

struct Legend {
    CellPhase phase;
    std::size_t build;
    std::string text;
    std::int64_t count = 0;
};
// Every pair of a build and a phase there is, in the order of the builds.
std::vector<Legend> legend_of(const FleetView& fleet) {
    std::vector<Legend> legend;
    for (const FleetZone& zone : fleet.zones)
        for (const FleetGroup& it : zone.groups) {
            if (it.count == 0) continue;
            const auto found = std::ranges::find_if(legend, [&](const Legend& one) {
                return one.phase == it.phase && one.build == it.build;
            });
            if (found != legend.end())
                found->count += it.count;
            else
                legend.push_back({it.phase, it.build,
                                  fmt::format("{} {}", it.build_name, name(it.phase)), it.count});
        }
    std::ranges::stable_sort(legend, [](const Legend& one, const Legend& other) {
        return std::pair{one.build, one.phase} < std::pair{other.build, other.phase};
    });
    return legend;
}

// Places the entries line by line; painting is left out where only the height is asked for.
float legend_lines(Widgets& on, const std::vector<Legend>& legend, ImVec2 at, float room,
                   bool paint) {
    const Look& look = on.look;
    const float line = look.px(22), cell = look.px(11);
    std::vector<Quad> quads;
    float x = at.x, y = at.y;
    for (const Legend& it : legend) {
        const std::string count = grouped_text(static_cast<double>(it.count));
        const float text_wide = wide_of(look.fonts.small, it.text);
        const float wide =
            cell + look.px(13) + text_wide + wide_of(look.fonts.number_small, count) + look.px(16);
        if (x + wide > at.x + room && x > at.x) x = at.x, y += line;
        if (paint) {
            add_cell(quads, look.theme, it.phase, it.build, {x, std::floor(y + (line - cell) / 2)},
                     cell);
            const float text_y = std::floor(y + (line - look.fonts.small->FontSize) / 2);
            ImDrawList& to = *ImGui::GetWindowDrawList();
            paint_text(to, look.fonts.small, {x + cell + look.px(7), text_y}, look.theme.soft,
                       it.text);
            paint_text(to, look.fonts.number_small,
                       {x + cell + look.px(13) + text_wide, text_y + look.px(1)}, look.theme.text,
                       count);
        }
        x += wide;
    }
    paint_quads(*ImGui::GetWindowDrawList(), quads);
    return y + line - at.y;
}

// Where zone after zone stands.
struct ZonePlace {
    ImVec2 at;
    float wide = 0;
};
ZonePlace place_of(std::size_t zone, std::size_t zones, ImVec2 at, float room, float gap) {
    const float wide = (room - gap * static_cast<float>(zones - 1)) / static_cast<float>(zones);
    return {{std::floor(at.x + static_cast<float>(zone) * (wide + gap)), at.y}, wide};
}

void paint_zone(Widgets& on, const FleetZone& zone, const ZonePlace& place, const CellPlan& plan,
                float name_high) {
    const Look& look = on.look;
    ImDrawList& to = *ImGui::GetWindowDrawList();
    const std::string count = grouped_text(static_cast<double>(instances_of(zone)));
    const float count_wide = wide_of(look.fonts.number_small, count);
    paint_text(to, look.fonts.small, place.at, look.theme.soft,
               shortened(look.fonts.small, zone.name, place.wide - count_wide - look.px(6)));
    paint_text(to, look.fonts.number_small,
               {std::floor(place.at.x + static_cast<float>(plan.across) * plan.size - count_wide),
                place.at.y + look.px(1)},
               look.theme.faint, count);
    std::vector<Quad> quads;
    const float gap = plan.size >= 5 ? std::max(1.0F, std::floor(plan.size / 8)) : 0.5F;
    std::int64_t cell = 0;
    for (const FleetGroup& it : zone.groups)
        for (std::int64_t i = 0; i < cells_of(it.count, plan.each); ++i, ++cell) {
            const ImVec2 at{
                place.at.x + static_cast<float>(cell % plan.across) * plan.size,
                place.at.y + name_high + static_cast<float>(cell / plan.across) * plan.size};
            add_cell(quads, look.theme, it.phase, it.build, at, plan.size - gap);
        }
    paint_quads(to, quads);
}

std::optional<std::size_t> group_at(const FleetZone& zone, const ZonePlace& place,
                                    const CellPlan& plan, float name_high, ImVec2 mouse) {
    const float column = std::floor((mouse.x - place.at.x) / plan.size);
    const float line = std::floor((mouse.y - place.at.y - name_high) / plan.size);
    if (column < 0 || line < 0 || column >= static_cast<float>(plan.across)) return std::nullopt;
    std::int64_t cell =
        static_cast<std::int64_t>(line) * plan.across + static_cast<std::int64_t>(column);
    for (std::size_t g = 0; g < zone.groups.size(); ++g) {
        cell -= cells_of(zone.groups[g].count, plan.each);
        if (cell < 0) return g;
    }
    return std::nullopt;
}

void tip_of(Widgets& on, const FleetZone& zone, const FleetGroup& group, std::int64_t each) {
    const Look& look = on.look;
    begin_tip(on);
    words(on, look.fonts.strong, look.theme.text,
          fmt::format("{} {}", group.build_name, name(group.phase)));
    words(on, look.fonts.text, look.theme.soft,
          fmt::format("{} of {} in {}", grouped_text(static_cast<double>(group.count)),
                      grouped_text(static_cast<double>(instances_of(zone))), zone.name));
    if (each > 1)
        words(on, look.fonts.small, look.theme.faint,
              fmt::format("a cell stands for {} instances", each));
    end_tip(on);
}

bool fits(const FleetView& fleet, ImVec2 room, float zone_wide, const CellPlan& plan) {
    for (const FleetZone& it : fleet.zones) {
        const std::int64_t lines = cells_of(cells_of(it, plan.each), plan.across);
        if (static_cast<float>(lines) * plan.size > room.y) return false;
    }
    return static_cast<float>(plan.across) * plan.size <= zone_wide;
}

}  // namespace

const char* name(CellPhase phase) {
    constexpr std::array words{"serving", "starting", "draining", "failing", "missing"};
    return words[static_cast<std::size_t>(phase)];
}

CellPlan cell_plan(const FleetView& fleet, ImVec2 room, float zone_gap, float size_least,
                   float size_most) {
    check(!fleet.zones.empty() && size_least >= 1, "there are zones, and cells can be seen");
    const float wide = place_of(0, fleet.zones.size(), {0, 0}, room.x, zone_gap).wide;
    CellPlan plan;
    const auto sized = [&](float size) {
        plan.size = size;
        plan.across = std::max<std::int64_t>(1, static_cast<std::int64_t>(wide / size));
    };
    for (float size = std::floor(size_most); size >= size_least; --size) {
        sized(size);
        if (fits(fleet, room, wide, plan)) return plan;
    }
    sized(std::floor(size_least));
    constexpr std::int64_t each_max = 1'000'000;
    while (plan.each < each_max && !fits(fleet, room, wide, plan)) plan.each *= 2;
    return plan;
}

std::optional<FleetClicked> fleet_grid(Widgets& on, const FleetView& fleet, float high) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos(), left = ImGui::GetContentRegionAvail();
    const float all = high > 0 ? high : left.y;
    const std::vector<Legend> legend = legend_of(fleet);
    if (legend.empty()) {
        empty_state(on, icon::server, "No instances", "Launch some, or wait until one starts.");
        return std::nullopt;
    }
    const float legend_high = legend_lines(on, legend, at, left.x, false);
    const float name_high = look.fonts.small->FontSize + look.px(7), gap = look.px(14);
    const float grid_high = std::max(look.px(30), all - legend_high - look.px(8));
    const CellPlan plan = cell_plan(fleet, {left.x, grid_high - name_high}, gap,
                                    std::max(3.0F, look.px(3)), look.px(18));
    ImGui::InvisibleButton(("fleet of " + fleet.service).c_str(), {left.x, grid_high});
    on.note("fleet of " + fleet.service, true);
    const bool hovered = ImGui::IsItemHovered(), clicked = ImGui::IsItemClicked();
    std::optional<FleetClicked> answer;
    for (std::size_t z = 0; z < fleet.zones.size(); ++z) {
        const ZonePlace place = place_of(z, fleet.zones.size(), at, left.x, gap);
        paint_zone(on, fleet.zones[z], place, plan, name_high);
        if (!hovered) continue;
        const ImVec2 mouse = ImGui::GetIO().MousePos;
        const auto group = group_at(fleet.zones[z], place, plan, name_high, mouse);
        if (!group) continue;
        tip_of(on, fleet.zones[z], fleet.zones[z].groups[*group], plan.each);
        if (clicked) answer = FleetClicked{z, *group};
    }
    const ImVec2 below = ImGui::GetCursorScreenPos();
    ImGui::Dummy({left.x, legend_high});
    legend_lines(on, legend, below, left.x, true);
    return answer;
}

}  // namespace rollcage
