#include "sim/world/blueprint.h"

#include <algorithm>

#include "sim/base/match.h"
#include "sim/world/fleet.h"
#include "sim/world/sound.h"

namespace rollcage {

namespace {

constexpr std::int64_t tick_lengths_us[] = {1'000'000, 500'000, 250'000, 125'000, 100'000, 50'000};

Result<void> sound_patience(const Patience& patience, const std::string& who,
                            const Blueprint& blueprint) {
    if (patience.timeout < Duration{200'000} || patience.timeout > Duration{600'000'000})
        return Error{who + ": timeout must be from 200ms to 10m, not " +
                     length_text(patience.timeout)};
    if (patience.attempts < 1 || patience.attempts > attempts_max)
        return Error{who + ": attempts must be from 1 to " + std::to_string(attempts_max)};
    if (patience.backoff.base < Duration{} || patience.backoff.cap < patience.backoff.base ||
        patience.backoff.cap > Duration{120'000'000})
        return Error{who + ": backoff must have 0 <= base <= cap <= 2m"};
    if (patience.retry_budget_flag &&
        patience.retry_budget_flag->index >= blueprint.settings.size())
        return Error{who + ": retry_budget names a flag that does not exist"};
    return {};
}

Result<void> sound_cohort(const Blueprint& blueprint, std::size_t index) {
    const Cohort& cohort = blueprint.cohorts[index];
    const std::string who = "cohort \"" + blueprint.names.cohorts[index] + "\"";
    if (cohort.users < 0 || cohort.users > 10'000'000'000)
        return Error{who + ": users must be from 0 to 10000000000"};
    if (cohort.requests_per_minute.ppm < 0) return Error{who + ": requests_per_minute is negative"};
    if (!cohort.curve_ppm.empty() && cohort.curve_ppm.size() != 96)
        return Error{who + ": curve must have 96 quarter-hours, not " +
                     std::to_string(cohort.curve_ppm.size())};
    if (cohort.region.index >= regions_in(blueprint))
        return Error{who + ": its region does not exist"};
    if (cohort.serves.index >= blueprint.services.size())
        return Error{who + ": no service serves it; name it in a service's `serves`"};
    std::int64_t shares = 0;
    for (const RequestKind& kind : cohort.kinds) {
        shares += kind.share.ppm;
        if (kind.share.ppm < 0 || kind.work.ppm <= 0 || kind.writes.ppm < 0 ||
            kind.writes > whole || kind.inserts.ppm < 0 || kind.inserts > whole)
            return Error{who + ": a kind needs shares from 0% to 100% and work above 0"};
    }
    if (cohort.kinds.empty() || shares != whole.ppm)
        return Error{who + ": the shares of its kinds must add up to 100%, not " +
                     std::to_string(shares / 10'000) + "%"};
    return sound_patience(cohort.patience, who, blueprint);
}

Result<void> sound_service(const Blueprint& blueprint, std::size_t index) {
    const Service& service = blueprint.services[index];
    const std::string who = "service \"" + blueprint.names.services[index] + "\"";
    if (service.instances < 1 || service.instances > 100'000 || service.slots < 1 ||
        service.slots > 10'000)
        return Error{who + ": instances must be from 1 to 100000 and slots from 1 to 10000"};
    if (service.work < Duration{100} || service.work > Duration{600'000'000})
        return Error{who + ": work must be from 0.1ms to 10m, not " + length_text(service.work)};
    if (service.goal.ppm < 0 || service.goal >= whole || service.spent < none ||
        service.spent > Share{10'000'000})
        return Error{who + ": goal must be from 0% to below 100%, spent from 0% to 1000%"};
    if (service.first_build.index >= blueprint.builds.size() ||
        blueprint.builds[service.first_build.index].of.index != index)
        return Error{who + ": its first build is not a build of it"};
    for (const Duration each : {service.start, service.probe, service.grace})
        if (each < Duration{} || each > Duration{86'400'000'000})
            return Error{who + ": start, probe and grace must be from 0 to 24h"};
    if (service.image_kb < 0 || service.image_kb > 100'000'000 || service.keeps_images < 1 ||
        service.keeps_images > 100 || service.per_node < 1)
        return Error{who +
                     ": an image has at most 100 GB, a node keeps 1 to 100 of them and holds an "
                     "instance or more"};
    if (service.regions.empty() || service.regions.size() > 20)
        return Error{who + ": it is in 1 to 20 regions"};
    for (const RegionId region : service.regions)
        if (region.index >= regions_in(blueprint) ||
            std::ranges::count(service.regions, region) != 1)
            return Error{who + ": each of its regions exists and is named once"};
    if (const auto& scaled = service.autoscale;
        scaled && (scaled->target <= none || scaled->target > whole || scaled->least < 1 ||
                   scaled->least > scaled->most || scaled->most > 100'000))
        return Error{who + ": autoscale needs a target above 0%, and 1 <= least <= most <= 100000"};
    if (service.synced && (*service.synced <= Duration{} || service.synced->us % 1'000'000 != 0))
        return Error{who + ": synced must be whole seconds, above 0"};
    if (const auto& fix = service.hotfix) {
        for (const BuildId build : {fix->build, fix->bad.value_or(fix->build)})
            if (build.index >= blueprint.builds.size() ||
                blueprint.builds[build.index].of.index != index)
                return Error{who + ": a hotfix, and a bad one, is a build of it"};
        if (fix->plan.index >= blueprint.plans.size() || fix->lead <= Duration{} ||
            fix->bad_share < none || fix->bad_share > whole)
            return Error{who + ": a hotfix needs a plan, a lead time and a share up to 100%"};
    }
    if (service.instances < 1 || service.instances > 100'000 || service.zones < 1 ||
        service.max_surge.ppm < 0 || service.max_unavailable.ppm < 0 ||
        service.max_unavailable > whole)
        return Error{who + ": needs 1 to 100000 instances, a zone and shares up to 100%"};
    if (service.max_surge == none && service.max_unavailable == none)
        return Error{who + ": max_surge and max_unavailable cannot both be 0; nothing could roll"};
    for (const Call& call : service.calls) {
        if (call.to.index >= blueprint.services.size())
            return Error{who + ": calls a service that does not exist"};
        if (call.attempts < 1 || call.attempts > attempts_max || call.per_request.ppm < 0 ||
            call.timeout < Duration{1'000} || call.rtt < Duration{} || call.writes.ppm < 0 ||
            call.writes > whole || call.inserts.ppm < 0 || call.inserts > whole)
            return Error{who + ": a call needs 1 to " + std::to_string(attempts_max) +
                         " attempts, a timeout of at least 1ms, shares up to 100% and no "
                         "negative number"};
        if (call.cache && (call.cache->keys < 1 || call.cache->hits.ppm < 0 ||
                           call.cache->hits > whole || call.cache->initially > whole))
            return Error{who + ": a cache needs at least one key and shares up to 100%"};
    }
    return {};
}

// What an inject's slots hold exists and is not less than its form says.
Result<void> sound_slots(const Blueprint& blueprint, const Inject& inject, const std::string& who) {
    const Form& form = inject_forms()[inject.index()];
    const Numbers numbers = std::visit([](const auto& it) { return numbers_of(it); }, inject);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const Slot& slot = form.slots[i];
        if (numbers[i] < 0 && slot.fallback) continue;
        if (const auto* known = names_of(slot.type, blueprint.names)) {
            if (numbers[i] < 0 || numbers[i] >= static_cast<std::int64_t>(known->size()))
                return Error{who + ": " + form.name + " needs a " + slot.key + " that exists"};
            continue;
        }
        const bool is_count = slot.type == SlotType::count;
        const bool scaled = slot.type == SlotType::share || slot.type == SlotType::times ||
                            slot.type == SlotType::length;
        const double value = static_cast<double>(numbers[i]) * (is_count ? 1 : 1e-6);
        if ((is_count || scaled) && value < slot.from)
            return Error{who + ": " + form.name + ": " + slot.key + " is less than it may be"};
    }
    return {};
}

Result<void> sound_inject(const Blueprint& blueprint, const TimedInject& timed) {
    const std::string who = "at " + length_text(timed.at - SimTime{});
    if (timed.at < SimTime{} || timed.at - SimTime{} > blueprint.lasts)
        return Error{who + ": an inject happens between the start and `lasts`"};
    if (const auto sound = sound_slots(blueprint, timed.inject, who); !sound) return sound.error();
    return std::visit(
        match{
            [&](const SlowReplica& it) -> Result<void> {
                if (blueprint.stores[it.store.index].replicas == 0)
                    return Error{who + ": lag needs a store that has a replica"};
                return {};
            },
            [&](const BadBackup& it) -> Result<void> {
                if (blueprint.stores[it.store.index].kind != StoreKind::table)
                    return Error{who + ": bad_backup needs a table"};
                return {};
            },
            [&](const SetSetting& it) { return sound_rule(blueprint, it.rule, who); },
            [&](const PushConfig& it) { return sound_rule(blueprint, it.rule, who); },
            [&](const LoseZone& it) -> Result<void> {
                const Service& service = blueprint.services[it.service.index];
                if (it.zone > service.zones)
                    return Error{who + ": lose_zone needs one of the service's zones"};
                if (it.region &&
                    std::ranges::find(service.regions, *it.region) == service.regions.end())
                    return Error{who + ": lose_zone: the service is not in that region"};
                return {};
            },
            [&](const LoseNode& it) -> Result<void> {
                const std::uint32_t nodes = nodes_of(blueprint.services[it.service.index]);
                if (it.node <= nodes) return {};
                return Error{who + ": lose_node: the service has " + std::to_string(nodes) +
                             " nodes, not " + std::to_string(it.node)};
            },
            [](const auto&) -> Result<void> { return {}; },
        },
        timed.inject);
}

Result<void> sound_copies(const Store& store, const std::string& who) {
    if (store.replicas < 0 || store.replicas > 15 || store.applies_per_second < 1 ||
        store.replica_reads.ppm < 0 || store.replica_reads > whole)
        return Error{who +
                     ": replicas must be from 0 to 15, applies_per_second above 0 and "
                     "replica_reads from 0% to 100%"};
    if (store.replicas > 0 && store.kind != StoreKind::table)
        return Error{who + ": only a table has replicas that can take over"};
    if (store.size_mb < 0 || store.size_mb > 1'000'000'000'000 ||
        store.restores_mb_per_second < 1 || store.backup_good.ppm < 0 || store.backup_good > whole)
        return Error{who +
                     ": size and the rate of a restore must be above 0, backup_good "
                     "from 0% to 100%"};
    for (const Duration each : {store.failover, store.cut_over, store.last_backup, store.keeps})
        if (each < Duration{} || each > Duration{864'000'000'000})
            return Error{who +
                         ": failover, cut_over, last_backup and keeps must be from 0 to "
                         "10 days"};
    if (store.login_work.ppm <= 0) return Error{who + ": login_work must be above 0"};
    return {};
}

// What a call is cached in is a cache that its service reads.
Result<void> sound_lookups(const Blueprint& blueprint) {
    for (std::size_t i = 0; i < blueprint.services.size(); ++i) {
        const Service& service = blueprint.services[i];
        for (const Call& call : service.calls) {
            if (!call.cached_in) continue;
            const std::uint32_t store = call.cached_in->index;
            if (call.cache || store >= blueprint.stores.size() ||
                blueprint.stores[store].kind != StoreKind::cache ||
                std::ranges::find(service.uses, *call.cached_in) == service.uses.end())
                return Error{"service \"" + blueprint.names.services[i] +
                             "\": a call is cached in one cache: its own or a store of kind cache "
                             "that the service uses"};
        }
    }
    return {};
}

// Who changes the form of calls answers them or makes them, and all mean the same change.
Result<void> sound_wire(const Blueprint& blueprint, ServiceId of, const SchemaChange& change,
                        const std::string& who) {
    if (change.of.index >= blueprint.services.size())
        return Error{who + ": changes the calls to a service that does not exist"};
    const std::string wire =
        std::string(change.on == Carries::requests ? "requests to \"" : "answers of \"") +
        blueprint.names.services[change.of.index] + "\"";
    const bool calls = std::ranges::any_of(blueprint.services[of.index].calls,
                                           [&](const Call& it) { return it.to == change.of; });
    if (of != change.of && !calls)
        return Error{who + ": changes the " + wire + ", which it neither answers nor makes; give " +
                     "its service a call to it, or the change to another build"};
    if (*schema_of(blueprint, change.of, change.on) != change)
        return Error{"the " + wire + " are in two changes of form; finish one before the next"};
    return {};
}

Result<void> sound_jobs(const Blueprint& blueprint, const Store& store, const std::string& who) {
    if (store.kind != StoreKind::jobs) {
        if (store.sends) return Error{who + ": only jobs send effects; make its kind jobs"};
        return {};
    }
    if (store.parts < 1 || store.parts > job_parts_max || store.checkpoint_every < 1 ||
        store.checkpoint_every > store.parts || store.at_once < 1 || store.sends_per_part < 0)
        return Error{who + ": a job has 1 to " + std::to_string(job_parts_max) +
                     " parts, a checkpoint after 1 to all of them, and at_once above 0"};
    if (store.takes < Duration{store.parts * 1'000'000})
        return Error{who + ": each of a job's " + std::to_string(store.parts) +
                     " parts takes a second at least; takes must be " +
                     std::to_string(store.parts) + "s or more, not " + length_text(store.takes)};
    if (store.lives) return Error{who + ": jobs do not expire; leave out lives"};
    if (store.sends && (store.sends->index >= blueprint.stores.size() ||
                        blueprint.stores[store.sends->index].kind != StoreKind::effects))
        return Error{who + ": sends must name a store whose kind is effects"};
    return {};
}

// Every store has at most one change of form, and everything named exists.
Result<void> sound_stores(const Blueprint& blueprint) {
    if (blueprint.stores.size() > 64) return Error{"at most 64 stores"};
    for (std::size_t i = 0; i < blueprint.stores.size(); ++i) {
        const Store& store = blueprint.stores[i];
        const std::string who = "store \"" + blueprint.names.stores[i] + "\"";
        if (store.records < 0 || store.receives < 1 || store.receives > receives_max ||
            (store.lives && *store.lives <= Duration{}))
            return Error{who + ": records, receives (1 to " + std::to_string(receives_max) +
                         ") and lives must be above 0"};
        if (const auto sound = sound_copies(store, who); !sound) return sound.error();
        if (const auto sound = sound_jobs(blueprint, store, who); !sound) return sound.error();
    }
    std::vector<const SchemaChange*> changes(blueprint.stores.size(), nullptr);
    for (std::size_t b = 0; b < blueprint.builds.size(); ++b) {
        const std::string who = "build \"" + blueprint.names.builds[b] + "\"";
        for (const Change& change : blueprint.builds[b].changes) {
            if (!change.schema) continue;
            if (change.schema->on != Carries::records) {
                if (const auto sound =
                        sound_wire(blueprint, blueprint.builds[b].of, *change.schema, who);
                    !sound)
                    return sound.error();
                continue;
            }
            if (change.schema->store.index >= blueprint.stores.size())
                return Error{who + ": changes a store that does not exist"};
            const SchemaChange*& first = changes[change.schema->store.index];
            if (first != nullptr && first->kind != change.schema->kind)
                return Error{"store \"" + blueprint.names.stores[change.schema->store.index] +
                             "\" is in two migrations; finish one before the next"};
            first = &*change.schema;
        }
    }
    for (std::size_t s = 0; s < blueprint.services.size(); ++s) {
        const Service& service = blueprint.services[s];
        const std::string who = "service \"" + blueprint.names.services[s] + "\"";
        for (const StoreId used : service.uses)
            if (used.index >= blueprint.stores.size())
                return Error{who + ": uses a store that does not exist"};
        for (const StoreId run : service.runs)
            if (run.index >= blueprint.stores.size() ||
                blueprint.stores[run.index].kind != StoreKind::jobs)
                return Error{who + ": runs must name stores whose kind is jobs"};
    }
    return sound_lookups(blueprint);
}

// The rings that remember waits and retries are as long as the patience; they have a limit.
Result<void> sound_lengths(const Blueprint& blueprint) {
    constexpr std::int64_t wait_max = 1'200, back_max = 500;
    constexpr std::size_t kinds_max = 64;
    const Duration tick = tick_for(blueprint);
    std::vector<std::size_t> kinds(blueprint.services.size(), 0);
    for (std::size_t i = 0; i < blueprint.cohorts.size(); ++i) {
        const Cohort& cohort = blueprint.cohorts[i];
        const std::string who = "cohort \"" + blueprint.names.cohorts[i] + "\"";
        if (cohort.patience.timeout / tick > wait_max ||
            cohort.patience.backoff.cap / tick > back_max)
            return Error{who + ": with ticks of " + length_text(tick) +
                         " (a quarter of the shortest timeout) the timeout may be at most " +
                         length_text(tick * wait_max) + " and the backoff cap " +
                         length_text(tick * back_max)};
        kinds[cohort.serves.index] += cohort.kinds.size();
        if (kinds[cohort.serves.index] > kinds_max)
            return Error{"service \"" + blueprint.names.services[cohort.serves.index] +
                         "\" serves more than 64 kinds of requests; merge some"};
    }
    return {};
}

// Services so that callers stand first; shorter than the list where calls form a cycle.
std::vector<ServiceId> ordered(const Blueprint& blueprint) {
    std::vector<std::uint32_t> callers(blueprint.services.size(), 0);
    for (const Service& service : blueprint.services) {
        for (const Call& call : service.calls) ++callers[call.to.index];
    }
    std::vector<ServiceId> order;
    for (std::uint32_t i = 0; i < callers.size(); ++i) {
        if (callers[i] == 0) order.push_back({i});
    }
    for (std::size_t next = 0; next < order.size(); ++next) {
        for (const Call& call : blueprint.services[order[next].index].calls) {
            if (--callers[call.to.index] == 0) order.push_back(call.to);
        }
    }
    return order;
}

}  // namespace

double demand_of(const Cohort& cohort) {
    if (cohort.per_minute.empty())
        return static_cast<double>(cohort.users) * cohort.requests_per_minute.value();
    double sum = 0;
    for (const std::int64_t requests : cohort.per_minute) sum += static_cast<double>(requests);
    return sum / static_cast<double>(cohort.per_minute.size());
}

std::size_t regions_in(const Blueprint& blueprint) {
    return std::max<std::size_t>(1, blueprint.names.regions.size());
}

Duration tick_for(const Blueprint& blueprint) {
    if (blueprint.tick) return *blueprint.tick;
    for (const std::int64_t length : tick_lengths_us) {
        const bool fits = std::ranges::all_of(blueprint.cohorts, [&](const Cohort& cohort) {
            return length * 4 <= cohort.patience.timeout.us;
        });
        if (fits) return {length};
    }
    return {tick_lengths_us[5]};
}

namespace {

// A cohort whose service keeps sessions has one kind of request more: the login.
void add_logins(Blueprint& blueprint) {
    for (Cohort& cohort : blueprint.cohorts) {
        if (cohort.serves.index >= blueprint.services.size()) continue;
        const auto is_login = [](const RequestKind& kind) { return kind.login; };
        if (std::ranges::any_of(cohort.kinds, is_login)) continue;
        for (const StoreId used : blueprint.services[cohort.serves.index].uses) {
            if (used.index >= blueprint.stores.size()) continue;
            const Store& store = blueprint.stores[used.index];
            if (store.kind != StoreKind::session) continue;
            cohort.kinds.push_back({.share = none, .work = store.login_work, .login = true});
            break;
        }
    }
}

}  // namespace

Result<Blueprint> checked(Blueprint blueprint) {
    add_logins(blueprint);
    if (blueprint.services.empty() || blueprint.services.size() > 50)
        return Error{"a scenario needs from 1 to 50 services, not " +
                     std::to_string(blueprint.services.size())};
    if (blueprint.names.regions.size() > 20) return Error{"at most 20 regions"};
    if (blueprint.registry.bandwidth < 1 || blueprint.registry.node_bandwidth < 1 ||
        blueprint.registry.node_bandwidth > 10'000'000)
        return Error{"a registry serves at least 1 KB a second, a node takes at most 10 GB of it"};
    for (std::size_t i = 0; i < blueprint.services.size(); ++i) {
        if (const auto sound = sound_service(blueprint, i); !sound) return sound.error();
    }
    for (std::size_t i = 0; i < blueprint.cohorts.size(); ++i) {
        if (const auto sound = sound_cohort(blueprint, i); !sound) return sound.error();
    }
    if (const auto sound = sound_lengths(blueprint); !sound) return sound.error();
    if (const auto sound = sound_stores(blueprint); !sound) return sound.error();
    if (const auto sound = sound_changes(blueprint); !sound) return sound.error();
    drop_removed_flags(blueprint);
    give_keys(blueprint);
    if (const auto sound = sound_settings(blueprint); !sound) return sound.error();
    if (const auto sound = sound_plans(blueprint); !sound) return sound.error();
    for (const TimedInject& timed : blueprint.injects) {
        if (const auto sound = sound_inject(blueprint, timed); !sound) return sound.error();
    }
    if (const auto sound = sound_people(blueprint); !sound) return sound.error();
    if (ordered(blueprint).size() != blueprint.services.size())
        return Error{"the calls between services form a cycle; break it at one call"};
    if (blueprint.lasts <= Duration{} ||
        blueprint.lasts + blueprint.judged_after > Duration{864'000'000'000})
        return Error{"lasts must be above 0, and with judged_after at most 10 days"};
    if (blueprint.lasts.us % 1'000'000 != 0 || blueprint.judged_after.us % 1'000'000 != 0)
        return Error{"lasts and judged_after must be whole seconds"};
    if (blueprint.tick) {
        Blueprint free = blueprint;
        free.tick.reset();
        if (*blueprint.tick > tick_for(free) ||
            std::ranges::find(tick_lengths_us, blueprint.tick->us) == std::end(tick_lengths_us))
            return Error{
                "tick must be 50, 100, 125, 250, 500ms or 1s and at most a quarter of "
                "every timeout (" +
                length_text(tick_for(free)) + " here)"};
    }
    find_known(blueprint);
    return blueprint;
}

Blueprint::Blueprint() = default;
Blueprint::Blueprint(const Blueprint& other) = default;
Blueprint::Blueprint(Blueprint&& other) noexcept = default;
Blueprint& Blueprint::operator=(const Blueprint& other) = default;
Blueprint& Blueprint::operator=(Blueprint&& other) noexcept = default;
Blueprint::~Blueprint() = default;

std::vector<std::uint32_t> brought_by(const Blueprint& blueprint, BuildId build) {
    std::vector<std::uint32_t> keys;
    const Build& it = blueprint.builds[build.index];
    for (const Change& change : it.changes) {
        const bool before =
            it.after && std::ranges::count(blueprint.builds[it.after->index].changes, change.key,
                                           &Change::key) > 0;
        if (!before) keys.push_back(change.key);
    }
    return keys;
}

const SchemaChange* schema_of(const Blueprint& blueprint, StoreId store) {
    for (const Build& build : blueprint.builds)
        for (const Change& change : build.changes)
            if (change.schema && change.schema->is_on(store)) return &*change.schema;
    return nullptr;
}

const SchemaChange* schema_of(const Blueprint& blueprint, ServiceId service, Carries what) {
    for (const Build& build : blueprint.builds)
        for (const Change& change : build.changes)
            if (change.schema && change.schema->is_on(service, what)) return &*change.schema;
    return nullptr;
}

std::vector<ServiceId> callers_first(const Blueprint& blueprint) {
    return ordered(blueprint);
}

}  // namespace rollcage
