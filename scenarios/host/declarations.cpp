#include "scenarios/host/declarations.h"

#include <algorithm>
#include <charconv>

#include "scenarios/host/record.h"
#include "sim/base/draw.h"

namespace rollcage {

namespace {

constexpr std::uint32_t unserved = 0xFFFF'FFFFu;

// 1 + 0.4 cos, peak at 14:00: a turn of a 96th of a circle by complex multiplication.
std::vector<std::int64_t> daily_curve() {
    constexpr double turn_cos = 0.99785892323860348, turn_sin = 0.065403129230143069;
    double x = 1, y = 0;
    std::vector<std::int64_t> curve(96);
    for (std::size_t i = 0; i < 96; ++i) {
        curve[(i + 56) % 96] = share_of(1 + 0.4 * x).ppm;
        const double next_x = x * turn_cos - y * turn_sin;
        y = x * turn_sin + y * turn_cos;
        x = next_x;
    }
    return curve;
}

Patience patience_of(const Value& record) {
    Patience patience;
    patience.timeout = length_of(record, "timeout");
    patience.attempts = whole_of(record, "attempts");
    if (has(record, "backoff")) {
        const Value& it = at_of(record, "backoff");
        patience.backoff = {length_of(it, "base"), length_of(it, "cap")};
    }
    const Value& budget = at_of(record, "retry_budget");
    if (budget.type == Value::Type::handle)
        patience.retry_budget_flag = SettingId{budget.handle.index};
    else if (!budget.is_nil())
        patience.retry_budget = Share{budget.integer};
    if (has(record, "token_bucket")) {
        const Value& it = at_of(record, "token_bucket");
        patience.token_bucket = TokenBucket{whole_of(it, "tokens"), whole_of(it, "retry_cost"),
                                            whole_of(it, "timeout_cost")};
    }
    if (has(record, "throttle")) {
        const Value& it = at_of(record, "throttle");
        patience.throttle = Throttle{times_of(it, "k"), length_of(it, "window")};
    }
    if (has(record, "breaker")) {
        const Value& it = at_of(record, "breaker");
        patience.breaker =
            Breaker{part_of(it, "opens_at"), whole_of(it, "at_least"), length_of(it, "window"),
                    length_of(it, "open_for"), part_of(it, "probes")};
    }
    return patience;
}

Call call_of(const Value& record) {
    Call call{.to = {row_of(record, "service")},
              .per_request = times_of(record, "per_request"),
              .timeout = length_of(record, "timeout"),
              .attempts = whole_of(record, "attempts"),
              .rtt = length_of(record, "rtt"),
              .cache = {},
              .writes = part_of(record, "writes"),
              .inserts = part_of(record, "inserts")};
    if (has(record, "cached_in")) call.cached_in = StoreId{row_of(record, "cached_in")};
    if (has(record, "cache")) {
        const Value& it = at_of(record, "cache");
        call.cache = Cache{whole_of(it, "keys"), part_of(it, "hits"), part_of(it, "initially")};
    }
    return call;
}

constexpr SchemaKind schema_kinds[] = {SchemaKind::add_optional,    SchemaKind::add_required,
                                       SchemaKind::remove_optional, SchemaKind::remove_required,
                                       SchemaKind::rename_field,    SchemaKind::retype,
                                       SchemaKind::new_enum_value,  SchemaKind::new_meaning};

Result<KnobValue> chosen_value(const Knob& knob, const std::string& text) {
    if (std::holds_alternative<std::string>(knob.initially)) return KnobValue{text};
    double number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size() ||
        !(number > -1e15 && number < 1e15))
        return Error{"knob \"" + knob.name + "\" must be a number, not \"" + text + "\""};
    return KnobValue{number};
}

Result<void> fits(const Knob& knob, const KnobValue& value) {
    if (const auto* number = std::get_if<double>(&value)) {
        if ((knob.from && *number < *knob.from) || (knob.to && *number > *knob.to))
            return Error{"knob \"" + knob.name + "\" must be a number" +
                         (knob.from ? " from " + shown(value_of(*knob.from)) : "") +
                         (knob.to ? " to " + shown(value_of(*knob.to)) : "") + ", not " +
                         shown(value_of(*number))};
    } else if (!knob.choices.empty() && !find_name(knob.choices, std::get<std::string>(value))) {
        std::string all;
        for (const std::string& each : knob.choices) all += (all.empty() ? "" : ", ") + each;
        const std::string near = nearest_word(std::get<std::string>(value), knob.choices);
        return Error{"knob \"" + knob.name + "\" must be one of " + all + ", not \"" +
                     std::get<std::string>(value) + "\"" +
                     (near.empty() ? "" : "; did you mean \"" + near + "\"?")};
    }
    return {};
}

}  // namespace

Declarations::Declarations(Scenario& scenario, const Choices& choices)
    : scenario_(scenario), choices_(choices) {}

Result<Value> Declarations::say(const Word& word, const Value& record) {
    const std::string what = word.name;
    if (what == "scenario") return scenario(record);
    if (!opened_ && what != "between")
        return Error{"say `scenario { title = ... }` before " + what};
    if (what == "knob") return knob(record);
    if (what == "between") return between(record);
    if (what == "cohort") return cohort(record);
    if (what == "service") return service(record);
    if (what == "store") return store(record);
    if (what == "flag") return flag(record);
    if (what == "build") return build(record);
    if (what == "change") return change(record);
    if (what == "defect") return defect(record);
    if (what == "interaction") return interaction(record);
    if (is_trigger(word)) return trigger(what, record);
    if (what == "at") return at(record);
    if (what == "role") return role(record);
    if (what == "hint") return hint(record);
    if (what == "registry") return registry(record);
    if (what == "people") return people(record);
    if (what == "automation") return automation(record);
    if (what == "prices") return prices(record);
    if (what == "environment") return environment(record);
    if (what == "changes") return changes(record);
    if (what == "train") return train(record);
    if (what == "hotfix") return hotfix(record);
    if (what == "cause_alert") return cause_alert(record);
    if (what == "tools") return tools(record);
    for (const SchemaKind kind : schema_kinds)
        if (what == name(kind)) return schema(kind, record);
    for (const auto& [name, kind] : {std::pair{"everyone", StageKind::everyone},
                                     {"canary", StageKind::canary},
                                     {"ring", StageKind::canary},
                                     {"tier", StageKind::canary},
                                     {"blue_green", StageKind::blue_green},
                                     {"recreate", StageKind::recreate},
                                     {"by_hand", StageKind::by_hand},
                                     {"stable", StageKind::mark_stable}})
        if (what == name) return one_stage(kind, what, record);
    if (const auto kind = find_name(choices_of(trial_names), what))
        return trial(static_cast<TrialKind>(*kind), record);
    return say_inject(what, record);
}

Result<Value> Declarations::say_inject(const std::string& what, const Value& record) {
    if (what == "release") return release(record);
    if (what == "message") return message(record);
    const std::vector<Form>& forms = inject_forms();
    const auto form = std::ranges::find_if(forms, [&](const Form& it) { return what == it.name; });
    check(form != forms.end(), "every word of the table has a meaning");
    const auto numbers = numbers_said(*form, record, world.names);
    if (!numbers) return numbers.error();
    return inject(word_at<Inject>(static_cast<std::size_t>(form - forms.begin()), *numbers));
}

Result<RegionId> Declarations::region_of(const std::string& who, const std::string& name) const {
    if (const auto row = find_name(world.names.regions, name)) return RegionId{*row};
    const std::string near = nearest_word(name, world.names.regions);
    return Error{who + ": no region is called \"" + name +
                 "\"; name it in scenario { regions = { ... } }" +
                 (near.empty() ? "" : "; did you mean \"" + near + "\"?")};
}

Result<std::vector<RegionId>> Declarations::regions_of(const std::string& who,
                                                       const Value& names) const {
    std::vector<RegionId> regions;
    for (const Value& name : names.items) {
        const auto region = region_of(who, name.text);
        if (!region) return region.error();
        regions.push_back(*region);
    }
    return regions;
}

Result<Value> Declarations::registry(const Value& record) {
    world.registry.bandwidth = whole_of(record, "mb_per_second") * 1000;
    world.registry.node_bandwidth = whole_of(record, "node_mb_per_second") * 1000;
    return Value{};
}

Result<Value> Declarations::scenario(const Value& record) {
    if (opened_) return Error{"scenario { ... } is said once, by the scenario file itself"};
    opened_ = true;
    scenario_.title = at_of(record, "title").text;
    scenario_.briefing = at_of(record, "briefing").text;
    scenario_.lesson = at_of(record, "lesson").text;
    scenario_.background = at_of(record, "background").text;
    scenario_.difficulty = whole_of(record, "difficulty");
    world.lasts = length_of(record, "lasts");
    world.judged_after = length_of(record, "judged_after");
    if (has(record, "tick")) world.tick = length_of(record, "tick");
    for (const Value& region : at_of(record, "regions").items) {
        if (find_name(world.names.regions, region.text)) return twice("region", region.text);
        world.names.regions.push_back(region.text);
    }
    return Value{};
}

Result<Value> Declarations::knob(const Value& record) {
    Knob knob;
    knob.name = record.items[0].text;
    for (const Knob& other : scenario_.knobs) {
        if (other.name == knob.name) return twice("knob", knob.name);
    }
    const Value& initially = at_of(record, "default");
    if (initially.type == Value::Type::text)
        knob.initially = initially.text;
    else
        knob.initially = initially.number;
    if (has(record, "from")) knob.from = at_of(record, "from").number;
    if (has(record, "to")) knob.to = at_of(record, "to").number;
    for (const Value& choice : at_of(record, "choices").items) knob.choices.push_back(choice.text);
    if (initially.type == Value::Type::text && knob.choices.empty())
        return Error{"knob \"" + knob.name +
                     "\": a default that is a text needs choices = { ... }"};
    knob.hidden = at_of(record, "hidden").yes;
    knob.value = knob.initially;
    if (const auto sound = fits(knob, knob.initially); !sound) return sound.error();
    if (const auto chosen = choices_.knobs.find(knob.name); chosen != choices_.knobs.end()) {
        const auto value = chosen_value(knob, chosen->second);
        if (!value) return value.error();
        if (const auto sound = fits(knob, *value); !sound) return sound.error();
        knob.value = *value;
    }
    scenario_.knobs.push_back(knob);
    const auto* number = std::get_if<double>(&knob.value);
    if (!number) return value_of(std::get<std::string>(knob.value));
    const auto digits = static_cast<std::int64_t>(*number);
    return static_cast<double>(digits) == *number ? value_of(digits) : value_of(*number);
}

std::size_t Declarations::draw_one(std::size_t of) {
    const double die = Draw(choices_.seed)(Purpose::scenario, 0, draws_++).fine(0).value();
    return std::min(static_cast<std::size_t>(die * static_cast<double>(of)), of - 1);
}

Result<Value> Declarations::between(const Value& record) {
    const double from = at_of(record, "from").number, to = at_of(record, "to").number;
    if (from > to) return Error{"between: from must not be above to"};
    const double die = Draw(choices_.seed)(Purpose::scenario, 0, draws_++).fine(0).value();
    return value_of(from + (to - from) * die);
}

Result<Value> Declarations::cohort(const Value& record) {
    const std::string& name = record.items[0].text;
    if (find_name(world.names.cohorts, name)) return twice("cohort", name);
    Cohort cohort;
    cohort.users = whole_of(record, "users");
    cohort.requests_per_minute = times_of(record, "requests_per_minute");
    cohort.serves = {unserved};
    cohort.patience = patience_of(record);
    cohort.kinds = {
        RequestKind{whole, whole, part_of(record, "writes"), part_of(record, "inserts")}};
    if (has(record, "kinds")) {
        cohort.kinds.clear();
        for (const Value& it : at_of(record, "kinds").items)
            cohort.kinds.push_back({part_of(it, "share"), times_of(it, "work"),
                                    part_of(it, "writes"), part_of(it, "inserts")});
    }
    const Result<Traits> told_by = traits("cohort \"" + name + "\"", record);
    if (!told_by) return told_by.error();
    cohort.ring = *told_by->ring;
    cohort.tier = told_by->tier;
    cohort.region = told_by->region.value_or(RegionId{0});
    const Value& curve = at_of(record, "curve");
    if (curve.type == Value::Type::text && curve.text == "daily") cohort.curve_ppm = daily_curve();
    for (const Value& each : curve.items) cohort.curve_ppm.push_back(share_of(each.number).ppm);
    for (const Value& each : at_of(record, "per_minute").items)
        cohort.per_minute.push_back(static_cast<std::int64_t>(each.number + 0.5));
    world.cohorts.push_back(cohort);
    world.names.cohorts.push_back(name);
    return handle(HandleKind::cohort, world.cohorts.size() - 1);
}

Result<BuildId> Declarations::add_build(ServiceId of, const std::string& version,
                                        std::vector<Change> changes) {
    for (std::size_t i = 0; i < world.builds.size(); ++i) {
        if (world.builds[i].of == of && world.names.builds[i] == version)
            return Error{"build \"" + version + "\" is declared twice"};
    }
    world.builds.push_back({of, std::move(changes)});
    world.names.builds.push_back(version);
    world.names.build_of.push_back(of);
    return BuildId{static_cast<std::uint32_t>(world.builds.size() - 1)};
}

Result<Value> Declarations::service(const Value& record) {
    const std::string& name = record.items[0].text;
    const std::string who = "service \"" + name + "\"";
    if (find_name(world.names.services, name)) return twice("service", name);
    const ServiceId id{static_cast<std::uint32_t>(world.services.size())};
    Service service;
    service.instances = whole_of(record, "instances");
    service.slots = whole_of(record, "slots");
    service.work = length_of(record, "work");
    service.work_varies = at_of(record, "work_varies").yes;
    if (has(record, "queue")) service.queue = length_of(record, "queue");
    service.order = static_cast<Order>(whole_of(record, "order"));
    service.drop_expired = at_of(record, "drop_expired").yes;
    for (const Value& used : at_of(record, "uses").items)
        service.uses.push_back({used.handle.index});
    for (const Value& run : at_of(record, "runs").items) service.runs.push_back({run.handle.index});
    for (const Value& it : at_of(record, "calls").items) {
        const Call call = call_of(it);
        service.calls.push_back(call);
        if (call.cached_in && !std::ranges::count(service.uses, *call.cached_in))
            service.uses.push_back(*call.cached_in);
    }
    service.image_kb = whole_of(record, "image_mb") * 1000;
    service.keeps_images = whole_of(record, "keeps_images");
    const auto regions = regions_of(who, at_of(record, "regions"));
    if (!regions) return regions.error();
    if (!regions->empty()) service.regions = *regions;
    for (std::uint32_t r = 1; regions->empty() && r < world.names.regions.size(); ++r)
        service.regions.push_back({r});
    service.per_node = whole_of(record, "per_node");
    service.fails_over = at_of(record, "fails_over").yes;
    service.runs_latest = at_of(record, "runs_latest").yes;
    if (has(record, "synced")) service.synced = length_of(record, "synced");
    service.reviewed = length_of(record, "reviewed");
    service.start = length_of(record, "start");
    service.probe = length_of(record, "probe");
    service.grace = length_of(record, "grace");
    service.max_surge = part_of(record, "max_surge");
    service.max_unavailable = part_of(record, "max_unavailable");
    service.zones = whole_of(record, "zones");
    service.boot_reads = static_cast<BootReads>(whole_of(record, "boot_reads"));
    if (has(record, "boot_calls")) {
        const Value& it = at_of(record, "boot_calls");
        service.boot_calls =
            BootCalls{{row_of(it, "service")}, whole_of(it, "calls"), length_of(it, "timeout")};
    }
    if (has(record, "autoscale")) {
        const Value& it = at_of(record, "autoscale");
        service.autoscale =
            Autoscale{part_of(it, "target"), whole_of(it, "least"), whole_of(it, "most")};
    }
    service.memory_mb = whole_of(record, "memory_mb");
    service.goal = part_of(record, "goal");
    service.spent = part_of(record, "spent");
    service.latency_goal = length_of(record, "latency_goal");
    for (const Value& served : at_of(record, "serves").items) {
        Cohort& cohort = world.cohorts[served.handle.index];
        if (cohort.serves.index != unserved)
            return Error{who + ": cohort \"" + world.names.cohorts[served.handle.index] +
                         "\" is served by another service already"};
        cohort.serves = id;
    }
    const auto first = add_build(id, at_of(record, "version").text, {});
    if (!first) return first.error();
    service.first_build = *first;
    world.services.push_back(service);
    world.names.services.push_back(name);
    return handle(HandleKind::service, id.index);
}

namespace {

void read_copies(const Value& record, Store& store) {
    store.replicas = whole_of(record, "replicas");
    store.applies_per_second = whole_of(record, "applies_per_second");
    store.replica_reads = part_of(record, "replica_reads");
    store.failover = length_of(record, "failover");
    store.backups = at_of(record, "backups").yes;
    store.keeps = length_of(record, "keeps");
    store.size_mb = static_cast<std::int64_t>(at_of(record, "size_gb").number * 1000 + 0.5);
    store.restores_mb_per_second = whole_of(record, "restores_mb_per_second");
    store.last_backup = length_of(record, "last_backup");
    store.cut_over = length_of(record, "cut_over");
    store.backup_good = part_of(record, "backup_good");
    store.nightly = at_of(record, "nightly").yes;
    store.login_work = times_of(record, "login_work");
}

}  // namespace

Result<Value> Declarations::store(const Value& record) {
    const std::string& name = record.items[0].text;
    if (find_name(world.names.stores, name)) return twice("store", name);
    Store store;
    store.kind = static_cast<StoreKind>(whole_of(record, "kind"));
    store.records = whole_of(record, "records");
    store.hot = part_of(record, "hot");
    store.writes_back = part_of(record, "writes_back");
    store.idempotent = at_of(record, "idempotent").yes;
    if (has(record, "lives")) store.lives = length_of(record, "lives");
    store.receives = whole_of(record, "receives");
    store.takes = length_of(record, "takes");
    store.parts = whole_of(record, "parts");
    store.checkpoint_every = whole_of(record, "checkpoint_every");
    store.at_once = whole_of(record, "at_once");
    if (has(record, "sends")) store.sends = StoreId{row_of(record, "sends")};
    store.sends_per_part = whole_of(record, "sends_per_part");
    store.event_log = at_of(record, "event_log").yes;
    store.migrates_per_second = whole_of(record, "migrates_per_second");
    store.repairs_per_second = whole_of(record, "repairs_per_second");
    read_copies(record, store);
    world.stores.push_back(store);
    world.names.stores.push_back(name);
    return handle(HandleKind::store, world.stores.size() - 1);
}

Result<Value> Declarations::schema(SchemaKind kind, const Value& record) {
    SchemaChange change{.store = {}, .kind = kind};
    int places = 0;
    if (has(record, "store")) change.store = {row_of(record, "store")}, ++places;
    for (const auto& [field, on] :
         {std::pair{"requests_to", Carries::requests}, {"answers_of", Carries::answers}}) {
        if (!has(record, field)) continue;
        change.on = on;
        change.of = {row_of(record, field)};
        ++places;
    }
    if (places != 1)
        return Error{std::string(name(kind)) +
                     ": give one place: store = ..., requests_to = ... or answers_of = ..."};
    change.sends_both = at_of(record, "sends_both").yes;
    if (change.sends_both && change.on == Carries::records)
        return Error{std::string(name(kind)) +
                     ": sends_both is for requests_to and answers_of; a table keeps both halves "
                     "by migrate"};
    // Each kind has those of these fields that mean something to it.
    if (const Value* it = find(record, "preserves_unknown")) change.preserves_unknown = it->yes;
    if (const Value* it = find(record, "reads_both")) change.reads_both = it->yes;
    if (const Value* it = find(record, "old_reader"))
        change.old_reader = it->integer == 1 ? SchemaVerdict::misread : SchemaVerdict::reject;
    schemas_.push_back(change);
    return handle(HandleKind::schema, schemas_.size() - 1);
}

Result<Value> Declarations::build(const Value& record) {
    std::vector<Change> changes;
    if (has(record, "after")) changes = world.builds[row_of(record, "after")].changes;
    for (std::size_t i = 1; i < record.items.size(); ++i)
        unpack({row_of(record, "of")}, changes_[record.items[i].handle.index], changes);
    const auto added = add_build({row_of(record, "of")}, record.items[0].text, changes);
    if (!added) return added.error();
    if (has(record, "after")) world.builds[added->index].after = BuildId{row_of(record, "after")};
    return handle(HandleKind::build, added->index);
}

Result<Value> Declarations::inject(Inject what) {
    injects_.push_back(what);
    return handle(HandleKind::inject, injects_.size() - 1);
}

Result<Value> Declarations::at(const Value& record) {
    if (world.injects.size() >= declared_max) return Error{"at most 1000 injects"};
    world.injects.push_back(
        {SimTime{whole_of(record, "time")}, injects_[row_of(record, "inject")]});
    scenario_.expected.resize(world.injects.size());
    scenario_.expected.back() = at_of(record, "expected").text;
    return Value{};
}

Result<Value> Declarations::role(const Value& record) {
    const std::string& name = record.items[0].text;
    if (std::ranges::find(scenario_.roles, name, &Role::name) != scenario_.roles.end())
        return twice("role", name);
    scenario_.roles.push_back({name, at_of(record, "brief").text});
    return Value{};
}

Result<Value> Declarations::hint(const Value& record) {
    scenario_.hints.push_back({SimTime{} + length_of(record, "at"), record.items[0].text});
    return Value{};
}

Result<void> Declarations::add_acts() {
    for (const Act& act : choices_.acts) {
        if (act.withholds) continue;
        if (act.at <= act.done || act.at >= SimTime{} + world.lasts)
            return Error{"an inject comes after it was asked for and before decisions end"};
        const auto read = read_form(inject_forms(), "inject", act.inject, world.names);
        if (!read) return read.error();
        world.injects.push_back({act.at, word_at<Inject>(read->first, read->second)});
    }
    scenario_.expected.resize(world.injects.size());
    return {};
}

// An inject that never comes keeps its row: draws are keyed by those.
Result<void> Declarations::withhold(Blueprint& plan) const {
    for (const Act& act : choices_.acts) {
        if (!act.withholds) continue;
        const std::string which = "inject " + std::to_string(*act.withholds + 1);
        if (*act.withholds >= plan.injects.size())
            return Error{"there is no " + which + " to withhold; this day has " +
                         std::to_string(plan.injects.size())};
        TimedInject& it = plan.injects[*act.withholds];
        if (it.at <= act.done)
            return Error{which + " has happened; it cannot be withheld any more"};
        it.at = SimTime{} + (plan.lasts + plan.judged_after + Duration{1});
    }
    return {};
}

Result<Blueprint> Declarations::finish() {
    if (!opened_) return Error{"the file never says `scenario { title = ... }`"};
    if (choices_.plan && !find_name(world.names.plans, *choices_.plan))
        return Error{"no plan is called \"" + *choices_.plan + "\"; " +
                     (world.names.plans.empty() ? "this scenario declares none"
                                                : "the plans are " + listed(world.names.plans))};
    std::vector<std::string> known;
    for (const Knob& knob : scenario_.knobs) known.push_back(knob.name);
    for (const auto& [name, text] : choices_.knobs) {
        if (find_name(known, name)) continue;
        const std::string near = nearest_word(name, known);
        return Error{"no knob is called \"" + name + "\"" +
                     (near.empty() ? "" : "; did you mean \"" + near + "\"?")};
    }
    if (const auto sound = sound_names(); !sound) return sound.error();
    if (const auto added = add_acts(); !added) return added.error();
    auto plan = checked(world);
    if (!plan) return plan;
    if (const auto kept = withhold(*plan); !kept) return kept.error();
    return plan;
}

}  // namespace rollcage
