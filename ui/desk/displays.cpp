#include "ui/desk/displays.h"

#include <algorithm>

namespace rollcage {
namespace {

constexpr int aside = 48;

int right(const Rectangle& it) {
    return it.x + it.wide;
}

int below(const Rectangle& it) {
    return it.y + it.high;
}

bool overlap(const Rectangle& one, const Rectangle& other) {
    return one.x < right(other) && other.x < right(one) && one.y < below(other) &&
           other.y < below(one);
}

// Around all of them.
Rectangle desktop(const Displays& displays) {
    if (displays.empty()) return {};
    Rectangle all = displays.front();
    for (const Rectangle& it : displays) {
        const int x = std::min(all.x, it.x), y = std::min(all.y, it.y);
        all = {x, y, std::max(right(all), right(it)) - x, std::max(below(all), below(it)) - y};
    }
    return all;
}

}  // namespace

Rectangle second_place(const Displays& displays, const Rectangle& first) {
    const Rectangle* free = nullptr;
    for (const Rectangle& it : displays)
        if (!overlap(it, first) && (!free || it.wide * it.high > free->wide * free->high))
            free = &it;
    if (free) {
        const int wide = std::min(first.wide, free->wide), high = std::min(first.high, free->high);
        return {free->x + (free->wide - wide) / 2, free->y + (free->high - high) / 2, wide, high};
    }
    const Rectangle all = desktop(displays);
    Rectangle place = first;
    const int room = right(all) - right(first);
    if (room * 3 >= first.wide * 2)
        place.x = right(first), place.wide = std::min(first.wide, room);
    else
        place.x += aside, place.y += aside;
    return place;
}

Rectangle well_placed(const Displays& displays, const Rectangle& window) {
    const auto holds = [&](const Rectangle& it) {
        return it.x <= window.x && it.y <= window.y && right(it) >= right(window) &&
               below(it) >= below(window);
    };
    if (displays.empty() || std::ranges::any_of(displays, holds)) return window;
    const Rectangle& in = displays.front();
    return {in.x + std::max(0, in.wide - window.wide) / 2,
            in.y + std::max(0, in.high - window.high) / 2, window.wide, window.high};
}

int high_at_first(const Displays& displays, int high) {
    const Rectangle all = desktop(displays);
    return std::max(high, right(all) - 2 * below(all) + 2 * aside);
}

bool on_any(const Displays& displays, const Rectangle& window) {
    return std::ranges::any_of(displays, [&](const Rectangle& it) { return overlap(it, window); });
}

bool DisplayWatch::lost(Displays now) {
    if (now.empty()) return false;
    const Rectangle before = desktop(there_), after = desktop(now);
    const bool fewer = now.size() < there_.size();
    const bool smaller = after.wide < before.wide || after.high < before.high;
    there_ = std::move(now);
    return fewer || smaller;
}

}  // namespace rollcage
