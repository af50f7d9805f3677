#include "sim/base/time.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace rollcage {

std::string clock_text(SimTime at) {
    const std::int64_t ms = at.us / 1'000;
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%02lld:%02lld:%02lld.%03lld",
                  static_cast<long long>(ms / 3'600'000), static_cast<long long>(ms / 60'000 % 60),
                  static_cast<long long>(ms / 1'000 % 60), static_cast<long long>(ms % 1'000));
    return text.data();
}

std::string length_text(Duration length) {
    if (length.us < 0) return "-" + length_text({-length.us});
    struct Unit {
        std::int64_t us;
        const char* name;
    };
    constexpr std::array<Unit, 5> units{
        {{3'600'000'000, "h"}, {60'000'000, "m"}, {1'000'000, "s"}, {1'000, "ms"}, {1, "us"}}};
    std::string text;
    for (const Unit& unit : units) {
        if (length.us < unit.us) continue;
        text += std::to_string(length.us / unit.us) + unit.name;
        length.us %= unit.us;
    }
    return text.empty() ? "0s" : text;
}

std::optional<Duration> parse_length(std::string_view text) {
    static constexpr struct {
        std::string_view unit;
        double us;
    } units[] = {{"us", 1},     {"ms", 1e3},   {"s", 1e6},    {"m", 60e6},
                 {"min", 60e6}, {"h", 3600e6}, {"d", 86400e6}};
    if (text.empty() || text.size() > 30) return std::nullopt;
    double total = 0;
    const char* next = text.data();
    const char* end = next + text.size();
    while (next < end) {
        double number = 0;
        const auto [after, failed] = std::from_chars(next, end, number, std::chars_format::fixed);
        const char* stop = after;
        while (stop < end && *stop >= 'a' && *stop <= 'z') ++stop;
        const std::string_view unit(after, static_cast<std::size_t>(stop - after));
        double us = 0;
        for (const auto& each : units) us = unit == each.unit ? each.us : us;
        if (failed != std::errc{} || us == 0 || !(number >= 0 && number <= 1e9))
            return std::nullopt;
        total += number * us;
        next = stop;
    }
    if (total > 1e15) return std::nullopt;
    return Duration{static_cast<std::int64_t>(total + 0.5)};
}

}  // namespace rollcage
