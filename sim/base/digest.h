// A chain of 64-bit words: two runs with one value did the same things in the same order.
// Leans on nothing of ours; takes integers only, because a float has more than one way to be equal.
// Not a cryptographic hash: it finds accidents, not attacks.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace rollcage {

class Digest {
public:
    constexpr void fold(std::uint64_t word) {
        value_ = (std::rotl(value_, 29) ^ word) * 0x9E37'79B9'7F4A'7C15u;
    }
    constexpr void fold(std::int64_t word) { fold(static_cast<std::uint64_t>(word)); }
    constexpr void fold(std::string_view text) {
        fold(static_cast<std::uint64_t>(text.size()));
        for (const char letter : text) fold(std::uint64_t{static_cast<unsigned char>(letter)});
    }
    constexpr std::uint64_t value() const { return value_ ^ value_ >> 32; }
    friend constexpr bool operator==(const Digest&, const Digest&) = default;

private:
    std::uint64_t value_ = 0x6A09'E667'F3BC'C908u;
};

std::string hex(const Digest& digest);  // Sixteen digits.

}  // namespace rollcage
