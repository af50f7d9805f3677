// What of the declared world its own team knows: which switch, store and way out belongs to what.
#include <algorithm>

#include "sim/world/sound.h"

namespace rollcage {

namespace {

KnownService known_of(const Blueprint& plan, std::uint32_t s) {
    KnownService known;
    known.uses = plan.services[s].uses;
    known.fixable = plan.services[s].hotfix.has_value();
    for (std::uint32_t b = 0; b < plan.builds.size(); ++b) {
        if (plan.builds[b].of.index != s) continue;
        known.released |= plan.services[s].first_build.index != b;
        for (const Change& change : plan.builds[b].changes)
            for (const SettingId flag : change.behind)
                if (std::ranges::find(known.flags, flag) == known.flags.end())
                    known.flags.push_back(flag);
    }
    for (const TimedInject& timed : plan.injects) {
        const auto* release = std::get_if<Release>(&timed.inject);
        if (release == nullptr || plan.builds[release->build.index].of.index != s) continue;
        for (const Stage& stage : plan.plans[release->plan.index].stages)
            known.two_sides |= stage.kind == StageKind::blue_green;
    }
    return known;
}

}  // namespace

Result<void> sound_people(const Blueprint& plan) {
    const People& people = plan.known.people;
    if (people.responders < 1 || people.responders > responders_max)
        return Error{"from 1 to 20 people answer, not " + std::to_string(people.responders)};
    if (std::ssize(people.rota) > people.responders)
        return Error{"people: more have a name in rota than answer; give responders = " +
                     std::to_string(people.rota.size())};
    for (const Duty& it : people.rota)
        if (it.from < Duration{} || it.until > Duration{86'400'000'000} || it.from == it.until)
            return Error{"people: a shift begins and ends at two times of one day"};
    for (const Duration length : {people.acknowledges, people.triages, people.decides})
        if (length < Duration{} || length > Duration{86'400'000'000})
            return Error{"people take from no time to a day to acknowledge, triage and decide"};
    if (people.practised.size() != commands_known)
        return Error{"people have practised every runbook so often, be it 0 times"};
    return {};
}

void find_known(Blueprint& plan) {
    plan.known.services.clear(), plan.known.stores.clear();
    for (std::uint32_t s = 0; s < plan.services.size(); ++s)
        plan.known.services.push_back(known_of(plan, s));
    for (std::uint32_t i = 0; i < plan.stores.size(); ++i) {
        const Store& store = plan.stores[i];
        const bool table = store.kind == StoreKind::table;
        plan.known.stores.push_back({.migrates = table && schema_of(plan, StoreId{i}) != nullptr,
                                     .restores = table && store.backups});
    }
    plan.known.settings = !plan.settings.empty();
}

}  // namespace rollcage
