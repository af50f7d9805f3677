#include "sim/words/rule.h"

namespace rollcage {

std::vector<Slot> rule_slots(const char* value_key) {
    using S = SlotType;
    return {{"flag", S::flag, "which"},
            {value_key, S::flag_value, "on for all or for those named alone, a share, or off"},
            {"ring", S::choice, "cohorts of this ring and those within it", "", 0, 0, ring_names},
            {"tier", S::tier, "cohorts of this tier", ""},
            {"region", S::region, "cohorts of this region", ""},
            {"cohort", S::cohort, "this cohort", ""},
            {"users", S::count, "of that cohort only so many", "", 0, 1e10}};
}

void fold(const Rule& rule, Digest& digest) {
    const auto row = [](const auto& id) { return id ? std::int64_t{id->index} : -1; };
    for (const std::int64_t number :
         {rule.value ? rule.value->ppm : -1, rule.named.ring.value_or(-1), row(rule.named.tier),
          row(rule.named.region), row(rule.named.cohort), rule.users.value_or(-1)})
        digest.fold(number);
}

}  // namespace rollcage
