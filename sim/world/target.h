// Whom a rule turns a setting on for, and into which groups rules part the users of a service.
// Leans on blueprint.h; knows no process and no time.
// A user has one hash for each salt: settings with one salt nest, others are independent.
#pragma once

#include <vector>

#include "sim/world/blueprint.h"

namespace rollcage {

inline constexpr std::size_t splitting_max = 3;  // Flags that part one cohort's users at once.

// A part of [0, 1) in the hashes of one salt.
struct Part {
    std::uint32_t salt = 0;
    std::int64_t from = 0, to = whole.ppm;
    friend bool operator==(const Part&, const Part&) = default;
};
// Users of a cohort for whom the same settings are on, whatever they ask and how often.
struct Slice {
    std::vector<SettingId> on;
    std::vector<Part> parts;
    Share users = whole;  // Of the cohort; none: nobody is in it any more.
    friend bool operator==(const Slice&, const Slice&) = default;
};
void fold(const Slice& slice, Digest& digest);
// Who asks. Without a cohort: somebody of whom nothing is known.
struct Asker {
    std::optional<CohortId> cohort;
    const Slice* slice = nullptr;  // Nothing: any user of the cohort.
};

bool fits(const Blueprint& plan, const Traits& traits, std::optional<CohortId> cohort);
// Of the cohort's users, sessions or requests, those for whom the rule says on.
Share reach(const Blueprint& plan, const Rule& rule, std::optional<CohortId> cohort);

struct Wanted {  // A setting under the rule that somebody has seen, and the value that is needed.
    SettingId setting;
    const Rule* rule = nullptr;
    bool on = true;
};
// Of the asker's requests, those for which all of it holds.
double measure(const Blueprint& plan, const std::vector<Wanted>& wanted, const Asker& asker);
// Of the hashes in `of`, those that are in `other` too: independent where the salts are.
double overlap(const Slice& of, const Slice& other);

// Settings that a build of the service looks at.
std::vector<SettingId> looked_at(const Build& build);
bool looked_at(const Blueprint& plan, ServiceId service, SettingId setting);
// Those of them that part the users of a cohort under these rules, in declared order.
std::vector<SettingId> splitting(const Blueprint& plan, const std::vector<Rule>& rules,
                                 CohortId cohort);
// The groups; the first has all that part them off. At most `most`, by fewer settings if need be.
std::vector<Slice> slices(const Blueprint& plan, const std::vector<Rule>& rules, CohortId cohort,
                          std::size_t most);

}  // namespace rollcage
