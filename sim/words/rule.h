// For whom a setting is on: everybody, a part of the users, those who are named, or nobody.
// Leans on base alone.
// A user has it on when any part of the rule says so; a rule that says nothing is off for all.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/base/digest.h"
#include "sim/base/ids.h"
#include "sim/base/share.h"

namespace rollcage {

using TierId = Id<struct TierTag>;
using RegionId = Id<struct RegionTag>;

// What a cohort can be told by. A rule or a trigger that names several means each of them.
struct Traits {
    std::optional<std::int64_t> ring;  // This ring and those within it.
    std::optional<TierId> tier;
    std::optional<RegionId> region;
    std::optional<CohortId> cohort;
    friend bool operator==(const Traits&, const Traits&) = default;
};

struct Rule {
    std::optional<Share> value{};  // Of the units that its setting counts; else a plain number.
    Traits named{};
    std::int64_t users = 0;  // Of the named cohort only so many; 0: all of it.
    friend bool operator==(const Rule&, const Rule&) = default;
};

inline void fold(const Rule& rule, Digest& digest) {
    const auto row = [](const auto& id) { return id ? std::int64_t{id->index} : -1; };
    for (const std::int64_t number :
         {rule.value ? rule.value->ppm : -1, rule.named.ring.value_or(-1), row(rule.named.tier),
          row(rule.named.region), row(rule.named.cohort), rule.users})
        digest.fold(number);
}

}  // namespace rollcage
