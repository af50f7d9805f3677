// A set of slot numbers from which the lowest is found at once, however many there are.
// Leans on nothing of ours; three levels of bits, 64 to a word.
// A value: copying it copies some words, and two equal sets need not hold equally many.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "sim/base/check.h"

namespace rollcage {

class SlotSet {
public:
    static constexpr std::uint32_t slots_max = 1u << 18;

    bool empty() const { return count_ == 0; }
    std::int64_t size() const { return count_; }
    bool has(std::uint32_t slot) const {
        return slot / 64 < low_.size() && (low_[slot / 64] >> slot % 64 & 1) != 0;
    }
    void insert(std::uint32_t slot) {
        check(slot < slots_max && !has(slot), "a slot enters a set once");
        if (low_.size() <= slot / 64) low_.resize(slot / 64 + 1);
        if (middle_.size() <= slot / 4096) middle_.resize(slot / 4096 + 1);
        low_[slot / 64] |= bit(slot);
        middle_[slot / 4096] |= bit(slot / 64);
        top_ |= bit(slot / 4096);
        ++count_;
    }
    void erase(std::uint32_t slot) {
        check(has(slot), "what leaves a set was in it");
        --count_;
        if ((low_[slot / 64] &= ~bit(slot)) != 0) return;
        if ((middle_[slot / 4096] &= ~bit(slot / 64)) != 0) return;
        top_ &= ~bit(slot / 4096);
    }
    std::uint32_t first() const {  // The lowest; only while not empty.
        check(!empty(), "ask for the first of a set that holds something");
        const auto high = static_cast<std::uint32_t>(std::countr_zero(top_));
        const auto middle = high * 64 + static_cast<std::uint32_t>(std::countr_zero(middle_[high]));
        return middle * 64 + static_cast<std::uint32_t>(std::countr_zero(low_[middle]));
    }

private:
    static constexpr std::uint64_t bit(std::uint32_t place) {
        return std::uint64_t{1} << place % 64;
    }
    std::int64_t count_ = 0;
    std::uint64_t top_ = 0;  // Which words of the middle hold something, and so on down.
    std::vector<std::uint64_t> middle_, low_;
};

}  // namespace rollcage
