// For whom a setting is on: everybody, a part of the users, those who are named, or nobody.
// Leans on form.h.
// A user has it on when any part of the rule says so; a rule that says nothing is off for all.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "sim/base/digest.h"
#include "sim/base/ids.h"
#include "sim/base/share.h"
#include "sim/words/form.h"

namespace rollcage {

// The rings of users, from within; a cohort is in one.
inline constexpr const char* ring_names = "internal|early|pilot|broad";
inline constexpr int ring_max = 3;

using TierId = Id<struct TierTag>;
using RegionId = Id<struct RegionTag>;

// What a cohort can be told by. A rule or a trigger that names several means each of them.
struct Traits {
    std::optional<std::int64_t> ring{};  // This ring and those within it.
    std::optional<TierId> tier{};
    std::optional<RegionId> region{};
    std::optional<CohortId> cohort{};
    friend bool operator==(const Traits&, const Traits&) = default;
};

// On for those who are named and nobody else; or a share of the others too.
struct Rule {
    std::optional<Share> value{};  // Of the units that its setting counts; else a plain number.
    Traits named{};
    std::optional<std::int64_t> users{};  // Of the named cohort only so many.
    friend bool operator==(const Rule&, const Rule&) = default;
};

// As a word's slots hold it; `rule_slots` are their forms.
inline auto tied(SettingId& setting, Rule& rule) {
    return std::tie(setting, rule.value, rule.named.ring, rule.named.tier, rule.named.region,
                    rule.named.cohort, rule.users);
}
std::vector<Slot> rule_slots(const char* value_key);

void fold(const Rule& rule, Digest& digest);

}  // namespace rollcage
