#include "sim/world/sound.h"

#include <algorithm>

#include "sim/base/match.h"
#include "sim/world/slices.h"

namespace rollcage {

namespace {

Result<void> sound_traits(const Blueprint& plan, const Traits& traits, const std::string& who) {
    if (traits.ring && (*traits.ring < 0 || *traits.ring > ring_max))
        return Error{who + ": a ring must be from 0 to " + std::to_string(ring_max)};
    if ((traits.tier && traits.tier->index >= plan.names.tiers.size()) ||
        (traits.region && traits.region->index >= regions_in(plan)) ||
        (traits.cohort && traits.cohort->index >= plan.cohorts.size()))
        return Error{who + ": no cohort has that tier or region, or is called that"};
    return {};
}

bool uses(const Blueprint& plan, ServiceId service, StoreId store) {
    const std::vector<StoreId>& used = plan.services[service.index].uses;
    return std::ranges::find(used, store) != used.end();
}

bool calls(const Blueprint& plan, ServiceId from, ServiceId to) {
    return std::ranges::any_of(plan.services[from.index].calls,
                               [&](const Call& it) { return it.to == to; });
}

Result<void> sound_atom(const Blueprint& plan, ServiceId service, const Atom& atom,
                        const std::string& who) {
    using Answer = Result<void>;
    const auto in_use = [&](StoreId store, const char* what) -> Answer {
        if (store.index < plan.stores.size() && uses(plan, service, store)) return {};
        return Error{who + ": " + what + " names a store that its service does not use"};
    };
    return std::visit(
        match{
            [&](const LoadAbove& it) -> Answer {
                if (it.busy.ppm >= 0 && it.busy < whole) return {};
                return Error{who + ": load_above must be from 0% to below 100%"};
            },
            [&](const Concurrency& it) -> Answer {
                if (it.requests >= 0 && it.requests < plan.services[service.index].slots) return {};
                return Error{who + ": more requests than slots are never at work in an instance"};
            },
            [&](const SettingIs& it) -> Answer {
                if (it.setting.index < plan.settings.size()) return {};
                return Error{who + ": hangs on a flag that does not exist"};
            },
            [&](const Dependency& it) -> Answer {
                if (it.service.index < plan.services.size() && calls(plan, service, it.service))
                    return {};
                return Error{who + ": hangs on a service that its own does not call"};
            },
            [&](const CohortIs& it) -> Answer { return sound_traits(plan, it.traits, who); },
            [&](const During& it) -> Answer {
                if (it.from >= Duration{} && (it.daily || it.until > it.from)) return {};
                return Error{who + ": during must end after it begins"};
            },
            [&](const AgeAbove& it) -> Answer {
                if (it.age >= Duration{}) return {};
                return Error{who + ": age_above must not be negative"};
            },
            [&](const PeerIs& it) -> Answer {
                if (it.build.index < plan.builds.size()) return {};
                return Error{who + ": hangs on a build that does not exist"};
            },
            [&](const Published& it) -> Answer {
                if (it.at >= Duration{} && it.used_per_day >= 0) return {};
                return Error{who + ": published must not be before the start, nor used negative"};
            },
            [&](const ReadsForm& it) { return in_use(it.store, "reads"); },
            [&](const RowsLike& it) -> Answer {
                if (it.rows.ppm < 0 || it.rows > whole)
                    return Error{who + ": a part of the rows is from 0% to 100%"};
                return in_use(it.store, "rows_like");
            },
        },
        atom);
}

Result<void> sound_defect(const Blueprint& plan, ServiceId service, const Defect& defect,
                          const std::string& who) {
    for (const Share part : {defect.rate, defect.fails, defect.crashes_at_boot, defect.damages,
                             defect.drops, defect.doubles})
        if (part.ppm < 0 || part > whole)
            return Error{who + ": the shares of a defect are from 0% to 100%"};
    if (defect.slow.ppm <= 0 || defect.amplifies.ppm < 0 || defect.crashes_per_hour < 0 ||
        defect.leaks_mb_per_hour < 0 || defect.repeats_per_s < 0)
        return Error{who + ": slow must be above 0, and nothing that a defect does is negative"};
    if (defect.writes_wrong() && defect.store.index >= plan.stores.size())
        return Error{who + ": a defect harms a store that does not exist"};
    if (defect.repeats_per_s > 0 && !uses(plan, service, defect.store))
        return Error{who + ": repeats needs a store that its service uses"};
    if (defect.amplifies != whole && plan.services[service.index].calls.empty())
        return Error{who + ": amplifies needs a service that calls others"};
    for (const Atom& atom : defect.when)
        if (const auto sound = sound_atom(plan, service, atom, who); !sound) return sound.error();
    return {};
}

Result<void> sound_change(const Blueprint& plan, ServiceId service, const Change& change,
                          const std::string& who) {
    for (const SettingId it : change.behind)
        if (it.index >= plan.settings.size())
            return Error{who + ": a change is behind a flag that does not exist"};
    if (change.removes && change.removes->index >= plan.settings.size())
        return Error{who + ": removes a flag that does not exist"};
    if (change.fallback)
        if (const auto sound = sound_rule(plan, *change.fallback, who); !sound)
            return sound.error();
    for (const Defect& defect : change.hides)
        if (const auto sound = sound_defect(plan, service, defect, who); !sound)
            return sound.error();
    return {};
}

}  // namespace

Result<void> sound_rule(const Blueprint& plan, const Rule& rule, const std::string& who) {
    if (rule.users && (*rule.users < 0 || !rule.named.cohort))
        return Error{who + ": a number of users needs a cohort that they are of"};
    if (!rule.value && !(rule.named == Traits{}))
        return Error{who + ": off is off for everybody; say on, or a share, for those named"};
    return sound_traits(plan, rule.named, who);
}

Result<void> sound_settings(const Blueprint& plan) {
    std::vector<Rule> rules;
    for (std::size_t i = 0; i < plan.settings.size(); ++i) {
        const Setting& it = plan.settings[i];
        const std::string who =
            "flag \"" + (i < plan.names.settings.size() ? plan.names.settings[i] : "") + "\"";
        for (const Rule& rule : {it.initially, it.fallback})
            if (const auto sound = sound_rule(plan, rule, who); !sound) return sound.error();
        if (it.poll < Duration{} || it.age < Duration{} || (it.expires && *it.expires < Duration{}))
            return Error{who + ": poll, age and expires must not be negative"};
        rules.push_back(it.initially);
    }
    for (std::size_t c = 0; c < plan.cohorts.size(); ++c) {
        const Cohort& it = plan.cohorts[c];
        if (const auto sound = sound_traits(plan, {it.ring, it.tier, it.region, {}},
                                            "cohort \"" + plan.names.cohorts[c] + "\"");
            !sound)
            return sound.error();
    }
    if (const auto why = too_many_slices(plan, rules)) return Error{*why};
    return {};
}

Result<void> sound_changes(const Blueprint& plan) {
    for (std::size_t b = 0; b < plan.builds.size(); ++b) {
        const Build& build = plan.builds[b];
        const std::string who = "build \"" + plan.names.builds[b] + "\"";
        int repeating = 0;
        for (const Change& change : build.changes) {
            if (const auto sound = sound_change(plan, build.of, change, who); !sound)
                return sound.error();
            for (const Defect& defect : change.hides) repeating += defect.repeats_per_s > 0;
        }
        if (repeating > 1)
            return Error{who + ": has two defects that leave jobs behind; one at a time"};
    }
    for (std::size_t s = 0; s < plan.services.size(); ++s) {
        const Service& service = plan.services[s];
        const std::string who = "service \"" + plan.names.services[s] + "\"";
        if (service.memory_mb < 1) return Error{who + ": memory must be at least 1 MB"};
        const auto& asks = service.boot_calls;
        if (asks && (asks->service.index >= plan.services.size() || asks->service.index == s ||
                     asks->calls < 1 || asks->timeout <= Duration{}))
            return Error{who + ": boot_calls needs another service, a call and a timeout above 0"};
    }
    return {};
}

void drop_removed_flags(Blueprint& plan) {
    for (Build& build : plan.builds)
        for (const Change& removal : build.changes)
            if (removal.removes)
                for (Change& change : build.changes) std::erase(change.behind, *removal.removes);
}

}  // namespace rollcage
