#include "sim/base/agenda.h"

#include <algorithm>

namespace rollcage {

EventKey::EventKey(SimTime at, std::uint32_t phase, std::uint32_t kind, std::uint32_t entity,
                   std::uint32_t ordinal)
    : at_us_(at.us),
      order_(std::uint64_t{phase} << 60 | std::uint64_t{kind} << 52 | std::uint64_t{entity} << 24 |
             ordinal) {
    check(phase <= phase_max && kind <= kind_max && entity <= entity_max && ordinal <= ordinal_max,
          "every part of an event key fits its bits");
}

// A heap in which a node has four children: half the levels of a binary one, a cache line a family.
void Agenda::plan(const EventKey& event) {
    std::size_t hole = heap_.size();
    heap_.push_back(event);
    while (hole > 0) {
        const std::size_t parent = (hole - 1) / 4;
        if (!(event < heap_[parent])) break;
        heap_[hole] = heap_[parent];
        hole = parent;
    }
    heap_[hole] = event;
}

const EventKey& Agenda::next() const {
    check(!heap_.empty(), "ask an agenda what is next only while it holds something");
    return heap_.front();
}

EventKey Agenda::take() {
    check(!heap_.empty(), "take only from an agenda that holds something");
    const EventKey first = heap_.front();
    const EventKey last = heap_.back();
    heap_.pop_back();
    const std::size_t size = heap_.size();
    std::size_t hole = 0;
    while (size > 0) {
        const std::size_t child = 4 * hole + 1;
        if (child >= size) break;
        std::size_t least = child;
        for (std::size_t other = child + 1; other < std::min(child + 4, size); ++other)
            if (heap_[other] < heap_[least]) least = other;
        if (!(heap_[least] < last)) break;
        heap_[hole] = heap_[least];
        hole = least;
    }
    if (size > 0) heap_[hole] = last;
    check(!taken_any_ || last_taken_ != first, "no two events have one key");
    last_taken_ = first;
    taken_any_ = true;
    return first;
}

std::vector<EventKey> Agenda::in_order() const {
    std::vector<EventKey> sorted = heap_;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

}  // namespace rollcage
