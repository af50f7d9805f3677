#include "sim/world/target.h"

#include <algorithm>

#include "sim/base/check.h"

namespace rollcage {

namespace {

constexpr std::uint32_t shared_salts = 0x1'0000, request_salts = 0x2'0000;

// Users and requests are never hashed alike, and a setting without a salt has its own.
std::uint32_t salt_of(const Blueprint& plan, SettingId setting) {
    const Setting& it = plan.settings[setting.index];
    const std::uint32_t salt = it.salt ? shared_salts + *it.salt : setting.index;
    return salt + (it.by == Unit::request ? request_salts : 0);
}

Part part_of(const Slice* slice, std::uint32_t salt) {
    if (slice != nullptr)
        for (const Part& it : slice->parts)
            if (it.salt == salt) return it;
    return {salt};
}

void look(std::vector<SettingId>& at, SettingId setting) {
    if (std::ranges::find(at, setting) == at.end()) at.push_back(setting);
}

bool splits(const Blueprint& plan, const Rule& rule, SettingId setting, CohortId cohort) {
    const Share part = reach(plan, rule, cohort);
    return part > none && part < whole && plan.settings[setting.index].by != Unit::request &&
           looked_at(plan, plan.cohorts[cohort.index].serves, setting);
}

// Every part of one salt's hashes, cut where a setting begins to be off.
std::vector<Slice> cut(const Blueprint& plan, const std::vector<Rule>& rules, CohortId cohort,
                       const std::vector<SettingId>& alike, std::uint32_t salt) {
    const auto limit = [&](SettingId it) { return reach(plan, rules[it.index], cohort).ppm; };
    std::vector<std::int64_t> cuts{0, whole.ppm};
    for (const SettingId it : alike) cuts.push_back(limit(it));
    std::ranges::sort(cuts);
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    std::vector<Slice> parts;
    for (std::size_t i = cuts.size() - 1; i-- > 0;) {  // The highest has all of them off.
        Slice slice{{}, {{salt, cuts[i], cuts[i + 1]}}, {cuts[i + 1] - cuts[i]}};
        for (const SettingId it : alike)
            if (cuts[i] < limit(it)) slice.on.push_back(it);
        parts.push_back(slice);
    }
    return parts;
}

std::vector<Slice> slices_by(const Blueprint& plan, const std::vector<Rule>& rules, CohortId cohort,
                             const std::vector<SettingId>& settings) {
    std::vector<Slice> all{Slice{}};
    std::vector<std::uint32_t> done;
    for (const SettingId setting : settings) {
        const std::uint32_t salt = salt_of(plan, setting);
        if (std::ranges::find(done, salt) != done.end()) continue;
        done.push_back(salt);
        std::vector<SettingId> alike;
        for (const SettingId it : settings)
            if (salt_of(plan, it) == salt) alike.push_back(it);
        std::vector<Slice> next;
        for (const Slice& part : cut(plan, rules, cohort, alike, salt)) {
            for (const Slice& had : all) {
                Slice both = had;
                both.on.insert(both.on.end(), part.on.begin(), part.on.end());
                both.parts.push_back(part.parts[0]);
                both.users = {had.users.ppm * part.users.ppm / whole.ppm};
                next.push_back(both);
            }
        }
        all = next;
    }
    std::int64_t rest = whole.ppm;  // What rounding took goes to the first.
    for (std::size_t i = 1; i < all.size(); ++i) rest -= all[i].users.ppm;
    all[0].users = {rest};
    for (Slice& slice : all) std::ranges::sort(slice.on);
    return all;
}

}  // namespace

void fold(const Slice& slice, Digest& digest) {
    digest.fold(slice.users.ppm);
    for (const SettingId it : slice.on) digest.fold(std::int64_t{it.index});
    for (const Part& it : slice.parts)
        digest.fold(std::int64_t{it.salt}), digest.fold(it.from), digest.fold(it.to);
}

bool fits(const Blueprint& plan, const Traits& traits, std::optional<CohortId> cohort) {
    if (!cohort) return false;
    const Cohort& it = plan.cohorts[cohort->index];
    return (!traits.ring || it.ring <= *traits.ring) && (!traits.tier || it.tier == traits.tier) &&
           (!traits.region || it.region == *traits.region) &&
           (!traits.cohort || *traits.cohort == *cohort);
}

Share reach(const Blueprint& plan, const Rule& rule, std::optional<CohortId> cohort) {
    const Share value{std::clamp<std::int64_t>(rule.value.value_or(none).ppm, 0, whole.ppm)};
    if (rule.named == Traits{}) return value;
    const Share others = value == whole ? none : value;
    if (!fits(plan, rule.named, cohort)) return others;
    if (!rule.users) return whole;
    const std::int64_t all = plan.cohorts[cohort->index].users;
    const std::int64_t named = *rule.users >= all ? whole.ppm : *rule.users * whole.ppm / all;
    return {named + others.ppm - named * others.ppm / whole.ppm};
}

double measure(const Blueprint& plan, const std::vector<Wanted>& wanted, const Asker& asker) {
    double all = 1;
    for (std::size_t i = 0; i < wanted.size() && all > 0; ++i) {
        const std::uint32_t salt = salt_of(plan, wanted[i].setting);
        const auto same = [&](const Wanted& it) { return salt_of(plan, it.setting) == salt; };
        const auto begin = wanted.begin();
        if (std::any_of(begin, begin + static_cast<std::ptrdiff_t>(i), same)) continue;
        const Part part = part_of(asker.slice, salt);
        std::int64_t from = part.from, to = part.to;
        for (const Wanted& it : wanted) {
            if (!same(it)) continue;
            const std::int64_t limit = reach(plan, *it.rule, asker.cohort).ppm;
            (it.on ? to : from) = it.on ? std::min(to, limit) : std::max(from, limit);
        }
        all *= to <= from
                   ? 0
                   : static_cast<double>(to - from) / static_cast<double>(part.to - part.from);
    }
    return all;
}

double overlap(const Slice& of, const Slice& other) {
    double all = 1;
    for (const Part& part : other.parts) {
        const Part mine = part_of(&of, part.salt);
        const std::int64_t both = std::min(mine.to, part.to) - std::max(mine.from, part.from);
        all *= both <= 0 ? 0 : static_cast<double>(both) / static_cast<double>(mine.to - mine.from);
    }
    return all;
}

std::vector<SettingId> looked_at(const Build& build) {
    std::vector<SettingId> at;
    for (const Change& change : build.changes) {
        for (const SettingId it : change.behind) look(at, it);
        for (const Defect& defect : change.hides)
            for (const Atom& atom : defect.when)
                if (const auto* is = std::get_if<SettingIs>(&atom)) look(at, is->setting);
    }
    return at;
}

bool looked_at(const Blueprint& plan, ServiceId service, SettingId setting) {
    return std::ranges::any_of(plan.builds, [&](const Build& build) {
        if (build.of != service) return false;
        const std::vector<SettingId> at = looked_at(build);
        return std::ranges::find(at, setting) != at.end();
    });
}

std::vector<SettingId> splitting(const Blueprint& plan, const std::vector<Rule>& rules,
                                 CohortId cohort) {
    std::vector<SettingId> found;
    for (std::uint32_t i = 0; i < rules.size(); ++i)
        if (splits(plan, rules[i], {i}, cohort)) found.push_back({i});
    return found;
}

std::vector<Slice> slices(const Blueprint& plan, const std::vector<Rule>& rules, CohortId cohort,
                          std::size_t most) {
    std::vector<SettingId> settings = splitting(plan, rules, cohort);
    if (settings.size() > splitting_max) settings.resize(splitting_max);
    for (;; settings.pop_back()) {
        std::vector<Slice> all = slices_by(plan, rules, cohort, settings);
        if (all.size() <= most || settings.empty()) return all;
    }
}

}  // namespace rollcage
