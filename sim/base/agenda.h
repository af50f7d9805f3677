// What is still to come, soonest first; ties are broken by what the events are.
// Leans on time.h; the key is the event (there is no payload), and it knows no event's meaning.
// Two equal keys stop the run; a stale event (an old incarnation) is dropped by whoever takes it.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "sim/base/check.h"
#include "sim/base/time.h"

namespace rollcage {

// (time, phase, kind, entity, ordinal) in 16 bytes, ordered as written.
class EventKey {
public:
    static constexpr std::uint32_t phase_max = 15, kind_max = 255;
    static constexpr std::uint32_t entity_max = (1u << 28) - 1, ordinal_max = (1u << 24) - 1;

    constexpr EventKey() = default;
    EventKey(SimTime at, std::uint32_t phase, std::uint32_t kind, std::uint32_t entity,
             std::uint32_t ordinal);

    constexpr SimTime at() const { return {at_us_}; }
    constexpr std::uint32_t phase() const { return static_cast<std::uint32_t>(order_ >> 60); }
    constexpr std::uint32_t kind() const { return static_cast<std::uint32_t>(order_ >> 52 & 0xFF); }
    constexpr std::uint32_t entity() const {
        return static_cast<std::uint32_t>(order_ >> 24 & entity_max);
    }
    constexpr std::uint32_t ordinal() const {
        return static_cast<std::uint32_t>(order_ & ordinal_max);
    }
    friend constexpr auto operator<=>(const EventKey&, const EventKey&) = default;

private:
    std::int64_t at_us_ = 0;
    std::uint64_t order_ = 0;
};

class Agenda {
public:
    void plan(const EventKey& event);
    bool empty() const { return heap_.empty(); }
    std::size_t size() const { return heap_.size(); }
    const EventKey& next() const;  // Only while not empty.
    EventKey take();               // Only while not empty; checks that no key comes twice.

    // Every entry in key order: what the state digest folds, independent of the heap's layout.
    std::vector<EventKey> in_order() const;

private:
    std::vector<EventKey> heap_;
    EventKey last_taken_;
    bool taken_any_ = false;
};

}  // namespace rollcage
