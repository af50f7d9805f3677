// What everything is called: ids outside, names inside; the one place where they meet.
// Leans on base alone.
// Names never reach a draw or an order: renaming changes only what people read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/ids.h"

namespace rollcage {

struct Names {
    std::vector<std::string> cohorts;
    std::vector<std::string> services;
    std::vector<std::string> builds;
    std::vector<ServiceId> build_of;  // Parallel to builds: two services may both have a "1.5.0".
    std::vector<std::string> settings;
    std::vector<std::string> plans;
    std::vector<std::string> stores{};
    std::vector<std::string> tiers{}, regions{};
    // What decides by itself: who tends gates, who scales, then those that are declared.
    std::vector<std::string> automations{"gates", "autoscaler"};
    std::vector<std::string> alerts{}, texts{}, environments{};
    std::vector<std::string> owners{};   // Of settings, parallel to them; may be empty.
    std::vector<std::string> changes{};  // As declared: the nth has the key n + 1.
    std::vector<std::string> people{};   // The first responders, parallel to their rota.
};

inline constexpr std::size_t automations_built_in = 2;

// Names of a service's registry that are resolved each time an instance begins, and that move.
enum class MovingName : std::uint8_t { stable, latest };

// The row whose name this is, if any.
inline std::optional<std::uint32_t> find_name(const std::vector<std::string>& names,
                                              std::string_view wanted) {
    const auto found = std::find(names.begin(), names.end(), wanted);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - names.begin());
}

// A change's, by the key of its draws; one of a batch has none of its own.
std::string change_name(const Names& names, std::uint32_t key);

// The word of `known` that is fewest edits away; empty when nothing is near enough to be meant.
std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

std::string listed(const std::vector<std::string>& words);  // "a, b, c" or "none".

}  // namespace rollcage
