// Simulated time in whole microseconds: a moment (SimTime) is not a length (Duration).
// Leans on nothing of ours; there is no wall clock here and nothing that could read one.
// Adding two moments does not compile; a bare number has no unit.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace rollcage {

struct Duration {
    std::int64_t us = 0;
    friend constexpr auto operator<=>(Duration, Duration) = default;
    constexpr double seconds() const { return static_cast<double>(us) * 1e-6; }
};

struct SimTime {
    std::int64_t us = 0;
    friend constexpr auto operator<=>(SimTime, SimTime) = default;
    constexpr double seconds() const { return static_cast<double>(us) * 1e-6; }
};

constexpr SimTime operator+(SimTime at, Duration later) {
    return {at.us + later.us};
}
constexpr SimTime operator-(SimTime at, Duration earlier) {
    return {at.us - earlier.us};
}
constexpr Duration operator-(SimTime end, SimTime start) {
    return {end.us - start.us};
}
constexpr Duration operator+(Duration a, Duration b) {
    return {a.us + b.us};
}
constexpr Duration operator-(Duration a, Duration b) {
    return {a.us - b.us};
}
constexpr Duration operator*(Duration a, std::int64_t times) {
    return {a.us * times};
}
constexpr std::int64_t operator/(Duration a, Duration b) {
    return a.us / b.us;
}

inline namespace literals {
constexpr Duration operator""_us(unsigned long long n) {
    return {static_cast<std::int64_t>(n)};
}
constexpr Duration operator""_ms(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000};
}
constexpr Duration operator""_s(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000'000};
}
constexpr Duration operator""_min(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 60'000'000};
}
constexpr Duration operator""_h(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 3'600'000'000};
}
}  // namespace literals

template <class A, class B>
concept Addable = requires(A a, B b) {
    a + b;
};
static_assert(Addable<SimTime, Duration>);
static_assert(!Addable<SimTime, SimTime>);  // Noon plus noon means nothing.
static_assert(!Addable<SimTime, int>);      // A bare number has no unit.

// "00:03:25.250": how transcripts and recordings write a moment.
std::string clock_text(SimTime at);
// "1h20m", "15s", "250ms": how people write a length; the shortest form that loses nothing.
std::string length_text(Duration length);
std::optional<Duration> parse_length(std::string_view text);  // At most 1e9 s.

}  // namespace rollcage
