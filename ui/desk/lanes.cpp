#include "ui/desk/lanes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ui/desk/glyphs.h"

namespace rollcage {
namespace {

ImDrawList& canvas() {
    return *ImGui::GetWindowDrawList();
}

// One lane of the area.
struct SwimLane {
    const Track& track;
    TimeArea area;
    float y() const { return (area.least.y + area.most.y) / 2; }
};

void paint_span(Widgets& on, const SwimLane& lane, const TrackSpan& span) {
    const Look& look = on.look;
    const TimeArea& area = lane.area;
    if (span.until_s < area.shown.from_s || span.from_s > area.shown.until_s) return;
    // One that starts before what is shown has no end there: it runs on under the edge.
    const float from = std::max(area.x_of(span.from_s), area.least.x - look.px(12));
    const float until = std::min(area.x_of(span.until_s), area.most.x + look.px(12));
    const ImVec2 least{from, area.least.y + look.px(2)};
    const ImVec2 most{std::max(until, from + look.px(3)), area.most.y - look.px(2)};
    const Colour colour = colour_of(look.theme, span.mark);
    const bool hatched = span.mark == Mark::harm;
    const Colour fill =
        hatched ? between(look.theme.well, colour, 0.22F) : between(look.theme.well, colour, 0.78F);
    const float round = std::min(look.px(5), (most.x - least.x) / 2);
    canvas().AddRectFilled(least, most, fill, round);
    if (hatched)
        paint_hatched(canvas(), {least.x + look.fine(1), least.y + look.fine(1)},
                      {most.x - look.fine(1), most.y - look.fine(1)}, with_alpha(colour, 0.6F),
                      look.px(7), look.fine(1.4F));
    canvas().AddRect(least, most, colour, round, 0, look.fine(1.2F));
    const float x = std::max(least.x, area.least.x) + look.px(8);
    const float room = std::min(most.x, area.most.x) - look.px(6) - x;
    ImFont* font = look.fonts.small;
    const std::string text = shortened(font, span.label, room);
    if (text.empty()) return;
    const float y = std::floor(lane.y() - font->FontSize / 2);
    if (hatched)
        canvas().AddRectFilled(
            {x - look.px(3), y - look.px(1)},
            {x + wide_of(font, text) + look.px(3), y + font->FontSize + look.px(2)},
            with_alpha(look.theme.well, 0.82F), look.px(3));
    paint_text(canvas(), font, {x, y}, hatched ? look.theme.text : readable_on(fill), text);
}

void paint_events(Widgets& on, const SwimLane& lane) {
    const Look& look = on.look;
    float last = -1e9F;
    // What is numbered stands over what is not.
    for (const bool numbered : {false, true})
        for (const TrackEvent& it : lane.track.events) {
            if (!lane.area.shown.holds(it.at_s) || numbered == it.number.empty()) continue;
            const float x = lane.area.x_of(it.at_s);
            // A thousand of them in one column look like one of them.
            if (!numbered && std::abs(x - last) < look.fine(1.5F)) continue;
            if (!numbered) last = x;
            paint_glyph(canvas(), look, {x, lane.y()}, look.fine(7), it.mark, it.number);
        }
}

std::vector<const TrackEvent*> events_near(const Look& look, const SwimLane& lane, float x) {
    std::vector<const TrackEvent*> near;
    for (const TrackEvent& it : lane.track.events)
        if (std::abs(lane.area.x_of(it.at_s) - x) < look.px(8)) near.push_back(&it);
    std::ranges::stable_sort(
        near, {}, [&](const TrackEvent* it) { return std::abs(lane.area.x_of(it->at_s) - x); });
    return near;
}

void tip_of(Widgets& on, const SwimLane& lane, double at_s,
            const std::vector<const TrackEvent*>& near) {
    constexpr std::size_t told_max = 8;
    const Look& look = on.look;
    std::vector<const TrackSpan*> spans;
    for (const TrackSpan& it : lane.track.spans)
        if (it.from_s <= at_s && at_s <= it.until_s) spans.push_back(&it);
    begin_tip(on);
    words(on, look.fonts.strong, look.theme.text, lane.track.name + "  " + clock_text(at_s, 1));
    for (const TrackSpan* it : spans)
        words(on, look.fonts.text, look.theme.text,
              fmt::format("{}  ({} to {})", it->label, clock_text(it->from_s, 1),
                          clock_text(it->until_s, 1)));
    for (std::size_t i = 0; i < std::min(told_max, near.size()); ++i) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float half = look.fonts.text->FontSize / 2;
        ImGui::Dummy({look.px(12), half * 2});
        paint_glyph(canvas(), look, {at.x + look.px(6), at.y + half}, look.fine(6), near[i]->mark);
        ImGui::SameLine();
        words(on, look.fonts.text, look.theme.text,
              clock_text(near[i]->at_s, 1) + "  " +
                  (near[i]->number.empty() ? "" : near[i]->number + ". ") + near[i]->label);
    }
    if (near.size() > told_max)
        words(on, look.fonts.small, look.theme.faint,
              fmt::format("and {} more: zoom in", near.size() - told_max));
    end_tip(on);
}

void paint_lane(Widgets& on, const SwimLane& lane) {
    const Look& look = on.look;
    ImFont* font = look.fonts.small;
    const float gutter = look.px(4);
    canvas().AddRectFilled({lane.area.least.x, lane.area.least.y + look.px(1)},
                           {lane.area.most.x, lane.area.most.y - look.px(1)},
                           with_alpha(look.theme.text, 0.028F), look.px(4));
    const float left = ImGui::GetWindowPos().x + ImGui::GetStyle().WindowPadding.x;
    paint_text(canvas(), font, {left, std::floor(lane.y() - font->FontSize / 2)}, look.theme.soft,
               shortened(font, lane.track.name, lane.area.least.x - left - gutter));
    canvas().PushClipRect(lane.area.least, lane.area.most, true);
    for (const TrackSpan& it : lane.track.spans) paint_span(on, lane, it);
    canvas().PopClipRect();
    paint_events(on, lane);
}

}  // namespace

float lanes_high(const Widgets& on, std::size_t count, const LanesStyle& style) {
    const float times = style.times ? on.look.fonts.small->FontSize + on.look.px(12) : 0;
    return static_cast<float>(count) * on.look.px(style.lane_high) + times;
}

std::optional<std::size_t> lanes(Widgets& on, TimeAxis& axis, const std::vector<Track>& tracks,
                                 const LanesStyle& style) {
    const float lane_high = on.look.px(style.lane_high);
    const float high = lane_high * static_cast<float>(std::max<std::size_t>(1, tracks.size()));
    const TimeInput input = time_input(on, axis, "lanes", high);
    paint_time_behind(on, axis, input.area);
    std::optional<std::size_t> clicked;
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    for (std::size_t i = 0; i < tracks.size(); ++i) {
        TimeArea area = input.area;
        area.least.y += static_cast<float>(i) * lane_high;
        area.most.y = area.least.y + lane_high;
        const SwimLane lane{tracks[i], area};
        paint_lane(on, lane);
        if (!input.hovered || mouse.y < area.least.y || mouse.y >= area.most.y) continue;
        const auto near = events_near(on.look, lane, mouse.x);
        tip_of(on, lane, area.at_of(mouse.x), near);
        if (input.clicked && !near.empty()) clicked = near.front()->fact;
    }
    paint_time_before(on, axis, input.area);
    if (style.times) time_labels(on, axis);
    return clicked;
}

}  // namespace rollcage
