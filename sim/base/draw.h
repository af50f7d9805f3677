// Randomness as a function: a draw depends on what it decides, never on how many came before.
// Leans on purpose.h; Philox4x32-10 with key = seed and counter = {entity, purpose|block, index}.
// One block is four named 32-bit lanes; never meet one lane twice in one formula.
#pragma once

#include <array>
#include <cstdint>

#include "sim/base/purpose.h"

namespace rollcage {

// A point of (0, 1) as a 64-bit fraction: `bits` / 2^64, half a step up from a bare lane.
struct Uniform {
    std::uint64_t bits = 0;
    constexpr double value() const { return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52; }
    constexpr Uniform mirrored() const { return {~bits}; }
};

struct Philox {
    std::array<std::uint32_t, 4> lanes;
};

constexpr Philox philox4x32(std::array<std::uint32_t, 4> counter,
                            std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t a = std::uint64_t{0xD2511F53u} * counter[0];
        const std::uint64_t b = std::uint64_t{0xCD9E8D57u} * counter[2];
        counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0],
                   static_cast<std::uint32_t>(b),
                   static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1],
                   static_cast<std::uint32_t>(a)};
        key[0] += 0x9E3779B9u;
        key[1] += 0xBB67AE85u;
    }
    return {counter};
}

// Four blocks at once, the same bits: counter words by position, then by block.
using FourWords = std::array<std::uint32_t, 4>;
std::array<Philox, 4> four_philox4x32(std::array<FourWords, 4> counter,
                                      std::array<std::uint32_t, 2> key);

// Four named draws of one block. A bare lane resolves 2^-32: enough unless the event is rarer
// than 1e-8 per draw, which takes `fine`.
struct Lanes {
    Philox block;
    constexpr Uniform operator[](std::uint32_t lane) const {
        return {std::uint64_t{block.lanes[lane]} << 32 | 0x8000'0000u};
    }
    constexpr Uniform fine(std::uint32_t half) const {  // 0 or 1: two lanes, 64 bits.
        return {std::uint64_t{block.lanes[2 * half]} << 32 | block.lanes[2 * half + 1]};
    }
};

class Draw {
public:
    constexpr explicit Draw(std::uint64_t seed) : key_(key_of(seed)), truth_(key_of(seed)) {}

    // What was drawn once for the whole day and is asked for again and again: what hides where.
    constexpr Draw truth() const { return {truth_, truth_}; }
    // Other draws from now on; the truth stays.
    constexpr Draw otherwise(std::uint64_t seed) const { return {key_of(seed), truth_}; }

    constexpr Lanes operator()(Purpose purpose, std::uint32_t entity, std::uint64_t index,
                               std::uint16_t block = 0) const {
        return {philox4x32({entity, block_word(purpose, block), static_cast<std::uint32_t>(index),
                            static_cast<std::uint32_t>(index >> 32)},
                           key_)};
    }
    // Four blocks of one index; `words` are those of `block_word`.
    std::array<Philox, 4> four(FourWords entities, FourWords words, std::uint64_t index) const {
        const auto low = static_cast<std::uint32_t>(index),
                   high = static_cast<std::uint32_t>(index >> 32);
        return four_philox4x32({entities, words, {low, low, low, low}, {high, high, high, high}},
                               key_);
    }
    static constexpr std::uint32_t block_word(Purpose purpose, std::uint32_t block) {
        return static_cast<std::uint32_t>(purpose) << 16 | block;
    }

private:
    using Key = std::array<std::uint32_t, 2>;
    static constexpr Key key_of(std::uint64_t seed) {
        return {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
    }
    constexpr Draw(Key key, Key truth) : key_(key), truth_(truth) {}

    Key key_, truth_;
};

// Boost.Random's engine concept over (draw, purpose, entity): blocks are counted up, so it serves
// sequential drawing (search, fuzz, generated worlds) and the tests, never the inside of a tick.
class DrawEngine {
public:
    using result_type = std::uint32_t;
    constexpr DrawEngine(Draw draw, Purpose purpose, std::uint32_t entity)
        : draw_(draw), purpose_(purpose), entity_(entity) {}

    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return 0xFFFF'FFFFu; }
    constexpr result_type operator()() {
        if (next_ % 4 == 0) lanes_ = draw_(purpose_, entity_, next_ / 4);
        return lanes_.block.lanes[next_++ % 4];
    }

private:
    Draw draw_;
    Purpose purpose_;
    std::uint32_t entity_;
    std::uint64_t next_ = 0;
    Lanes lanes_{};
};

}  // namespace rollcage
