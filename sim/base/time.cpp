#include "sim/base/time.h"

#include <array>
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

}  // namespace rollcage
