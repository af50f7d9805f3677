#include "scenarios/play/exits.h"

#include <algorithm>
#include <set>

#include "scenarios/play/lint_rules.h"
#include "sim/world/batch.h"
#include "sim/world/fleet.h"
#include "sim/world/store.h"

namespace rollcage {

const char* name(Exit exit) {
    constexpr std::array names{"halt",          "flag off", "roll back", "switch back",
                               "config revert", "forward",  "restore"};
    return names[static_cast<std::size_t>(exit)];
}

namespace {

const ExitState open_exit{true, {}};

const char* phase_name(SchemaPhase phase) {
    constexpr std::array names{"single", "expanded", "dual_write", "backfilled", "contracted"};
    return names[static_cast<std::size_t>(phase)];
}

ExitState shut(std::string why) {
    return {false, std::move(why)};
}
ExitState at_a_price(std::string what) {
    return {true, std::move(what)};
}

// What is so from a step on; the next step begins with it.
struct Situation {
    SimTime now;
    std::size_t stage = 0;
    bool under_way = true;
    std::vector<SchemaPhase> phases;               // By store.
    std::vector<std::set<Format>> forms;           // Written by now, by store.
    std::set<std::uint32_t> on, changed;           // Flags that are on for some; that were set.
    std::set<std::uint32_t> no_image, bad_backup;  // Builds; stores.
};

struct Chapter {
    const Linting& lint;
    const Blueprint& world;
    ReleaseOf release;
    std::uint32_t service = 0;
    BuildId build, before;
    std::vector<StageTimes> times;
    SimTime until;  // The next release of the service, or the end of the day.

    const std::string& version(BuildId id) const { return world.names.builds[id.index]; }
    const std::vector<Stage>& stages() const { return world.plans[release.plan.index].stages; }
    const std::string& store_name(std::uint32_t store) const { return world.names.stores[store]; }
    bool reads(std::uint32_t store) const {
        const Service& it = world.services[service];
        return std::ranges::find(it.uses, StoreId{store}) != it.uses.end() ||
               std::ranges::find(it.runs, StoreId{store}) != it.runs.end();
    }
};

SchemaVerdict met(SchemaPhase phase, const SchemaChange& change, bool knows, Format format) {
    if (phase == SchemaPhase::contracted && !knows) return SchemaVerdict::reject;
    return verdict(change, knows, format);
}

// What a verdict does to those records; null: nothing that is lost.
const char* harm_of(SchemaVerdict verdict, const Store& store) {
    switch (verdict) {
        case SchemaVerdict::native:
        case SchemaVerdict::tolerant: return nullptr;
        case SchemaVerdict::lossy:
            return store.writes_back > none ? "loses the new part of what it writes back" : nullptr;
        case SchemaVerdict::misread: return "takes it for something else and writes that back";
        case SchemaVerdict::reject: break;
    }
    switch (store.kind) {
        case StoreKind::topic: return "rejects it and sets the messages aside";
        case StoreKind::jobs: return "rejects its checkpoints and orphans the jobs";
        case StoreKind::session: return "rejects it and logs the users out";
        case StoreKind::cache: return nullptr;  // A miss.
        case StoreKind::table:
        case StoreKind::effects: break;
    }
    return "rejects it";
}

// What a build makes of what is stored by now; empty: it does no harm.
std::string harm_to_stores(const Chapter& it, const Situation& now, BuildId reader) {
    for (std::uint32_t s = 0; s < it.world.stores.size(); ++s) {
        const SchemaChange* change = schema_of(it.world, StoreId{s});
        if (change == nullptr || !it.reads(s)) continue;
        const bool knows = change_on(it.world, reader, {s}) != nullptr;
        for (const Format form : now.forms[s]) {
            const char* harm =
                harm_of(met(now.phases[s], *change, knows, form), it.world.stores[s]);
            if (harm == nullptr) continue;
            const bool gone = now.phases[s] == SchemaPhase::contracted && !knows;
            return gone
                       ? it.version(reader) + " needs the column of " + in_marks(it.store_name(s)) +
                             " that is contracted, and rejects every record"
                       : it.version(reader) + " has no reader of the " +
                             (form == Format::after ? "new" : "old") + " form of " +
                             in_marks(it.store_name(s)) + ": it " + harm;
        }
    }
    return {};
}

bool knows_wire(const Blueprint& world, BuildId build, ServiceId of, Carries what) {
    return std::ranges::any_of(world.builds[build.index].changes, [&](const Change& it) {
        return it.schema && it.schema->is_on(of, what);
    });
}

bool misheard(const SchemaChange& change, bool writer_knows, bool reader_knows) {
    const Format said = !writer_knows       ? Format::before
                        : change.sends_both ? Format::both
                                            : Format::after;
    const SchemaVerdict heard = verdict(change, reader_knows, said);
    return heard != SchemaVerdict::native && heard != SchemaVerdict::tolerant;
}

// One call, as callers and callee stand: what one side says and the other does not understand.
std::string harm_on_call(const Chapter& it, ServiceId callee, BuildId caller_runs,
                         BuildId callee_runs) {
    for (const Carries what : {Carries::requests, Carries::answers}) {
        const SchemaChange* change = schema_of(it.world, callee, what);
        if (change == nullptr) continue;
        const bool caller = knows_wire(it.world, caller_runs, callee, what),
                   called = knows_wire(it.world, callee_runs, callee, what);
        const bool request = what == Carries::requests;
        if (!misheard(*change, request ? caller : called, request ? called : caller)) continue;
        const std::string& reader = it.version(request ? callee_runs : caller_runs);
        return std::string(request ? "requests to " : "answers of ") +
               in_marks(it.world.names.services[callee.index]) + ": " + reader +
               " does not understand what the other side, " +
               it.version(request ? caller_runs : callee_runs) + ", says";
    }
    return {};
}

// The same of what passes on calls, where everybody else stays what it is by then.
std::string harm_to_calls(const Chapter& it, const Situation& now, BuildId runs) {
    for (std::uint32_t s = 0; s < it.world.services.size(); ++s)
        for (const Call& call : it.world.services[s].calls) {
            if (s != it.service && call.to.index != it.service) continue;
            const BuildId caller = s == it.service ? runs : out_by(it.lint, s, now.now).back(),
                          callee = call.to.index == it.service
                                       ? runs
                                       : out_by(it.lint, call.to.index, now.now).back();
            if (std::string harm = harm_on_call(it, call.to, caller, callee); !harm.empty())
                return harm;
        }
    return {};
}

std::vector<const Change*> brought(const Chapter& it, BuildId build, BuildId but) {
    std::vector<const Change*> all;
    const std::vector<Change>& had = it.world.builds[but.index].changes;
    for (const Change& change : it.world.builds[build.index].changes)
        if (std::ranges::find(had, change.key, &Change::key) == had.end()) all.push_back(&change);
    return all;
}

// A flag that is on and that the build before has something else behind, which does harm.
std::string other_meaning(const Chapter& it, const Situation& now) {
    for (const Change* change : brought(it, it.before, it.build)) {
        if (change->hides.empty()) continue;
        for (const SettingId flag : change->behind)
            for (const Change* ours : brought(it, it.build, it.before))
                if (now.on.contains(flag.index) &&
                    std::ranges::find(ours->behind, flag) != ours->behind.end())
                    return "flag " + in_marks(it.world.names.settings[flag.index]) +
                           " is on, and " + it.version(it.before) +
                           " has a change of its own behind it";
    }
    return {};
}

std::string harm_of_going_back(const Chapter& it, const Situation& now) {
    if (std::string harm = harm_to_stores(it, now, it.before); !harm.empty()) return harm;
    if (std::string harm = harm_to_calls(it, now, it.before); !harm.empty()) return harm;
    return other_meaning(it, now);
}

ExitState halt_at(const Chapter& it, const Situation& now) {
    if (!now.under_way) return shut("no rollout is under way: it is with everybody");
    if (it.stages()[now.stage].kind == StageKind::blue_green) return open_exit;  // One side serves.
    for (const BuildId runs : {it.before, it.build}) {
        std::string harm = harm_to_stores(it, now, runs);
        if (harm.empty()) harm = harm_to_calls(it, now, runs);
        if (harm.empty()) harm = other_meaning(it, now);
        if (!harm.empty()) return shut("it keeps both builds: " + harm);
    }
    return open_exit;
}

ExitState roll_back_at(const Chapter& it, const Situation& now) {
    if (std::string harm = harm_of_going_back(it, now); !harm.empty()) return shut(harm);
    if (now.no_image.contains(it.before.index))
        return shut("the registry has the image of " + it.version(it.before) + " no longer");
    return open_exit;
}

ExitState switch_back_at(const Chapter& it, const Situation& now) {
    const bool sides = std::ranges::any_of(
        it.stages(), [](const Stage& stage) { return stage.kind == StageKind::blue_green; });
    if (!sides) return shut("the plan has no second side to switch to");
    if (!now.under_way) return shut("no old pool is left: the old side has ended after its soak");
    if (it.stages()[now.stage].kind != StageKind::blue_green)
        return shut("this stage has no second side");
    if (std::string harm = harm_of_going_back(it, now); !harm.empty()) return shut(harm);
    return open_exit;
}

// A flag of the change that the build still asks, and that is on.
bool can_be_off(const Chapter& it, const Situation& now, const Change& change) {
    return std::ranges::any_of(change.behind, [&](SettingId flag) {
        const bool removed =
            std::ranges::any_of(it.world.builds[it.build.index].changes,
                                [&](const Change& other) { return other.removes == flag; });
        return now.on.contains(flag.index) && !removed;
    });
}

ExitState flag_off_at(const Chapter& it, const Situation& now) {
    const std::vector<const Change*> ours = brought(it, it.build, it.before);
    std::size_t flagged = 0, covered = 0;
    for (const Change* change : ours) {
        const bool can = can_be_off(it, now, *change);
        flagged += change->behind.empty() ? 0 : 1;
        covered += can ? 1 : 0;
        if (can && change->schema && change->schema->on == Carries::records &&
            now.phases[change->schema->store.index] == SchemaPhase::contracted)
            return shut("without it " + it.version(it.build) + " writes a form of " +
                        in_marks(it.store_name(change->schema->store.index)) +
                        " that is no longer stored");
    }
    if (flagged == 0) return shut("no change of " + it.version(it.build) + " is behind a flag");
    if (covered == 0) return shut("the flags of its changes are off already, or removed");
    for (const Change* change : ours)
        if (change->schema && !can_be_off(it, now, *change))
            return shut("the writer of the new form is behind no flag that is on");
    if (covered == ours.size()) return open_exit;
    return at_a_price("it covers " + std::to_string(covered) + " of " +
                      std::to_string(ours.size()) + " changes");
}

ExitState config_revert_at(const Chapter&, const Situation& now) {
    if (now.changed.empty()) return shut("no setting has been changed; nothing to take back");
    return open_exit;
}

// It reads whatever the build reads.
std::string lacks_reader(const Chapter& it, BuildId fix) {
    for (std::uint32_t s = 0; s < it.world.stores.size(); ++s)
        if (change_on(it.world, it.build, {s}) != nullptr &&
            change_on(it.world, fix, {s}) == nullptr)
            return it.version(fix) + " does not hold the reader of the new form of " +
                   in_marks(it.store_name(s));
    return {};
}

ExitState forward_at(const Chapter& it, const Situation& now) {
    const auto& fix = it.world.services[it.service].hotfix;
    if (!fix) {
        for (std::uint32_t b = 0; b < it.world.builds.size(); ++b) {
            const std::vector<BuildId> out = out_by(it.lint, it.service, it.lint.day_end());
            if (it.world.builds[b].of.index != it.service || !lacks_reader(it, {b}).empty() ||
                std::ranges::find(out, BuildId{b}) != out.end())
                continue;
            return at_a_price("no hotfix can be ordered; rollback to=" + it.version({b}) +
                              " brings a build that is there");
        }
        return shut("no hotfix is declared: nobody knows a fix");
    }
    if (std::string lacking = lacks_reader(it, fix->build); !lacking.empty()) return shut(lacking);
    const auto in_it = static_cast<std::int64_t>(brought_by(it.world, it.build).size());
    const Duration lead = fix->lead + bisection(in_it, fix->bisect);
    Duration takes = lead;
    for (const Trial& trial : it.world.plans[fix->plan.index].trials) takes = takes + trial.lasts();
    if (now.now + Duration{lead.us * 6 / 10} >= it.lint.decisions_end())  // The express lane.
        return shut("the fix takes " + length_text(takes) + ", and decisions end at " +
                    length_text(it.world.lasts));
    return at_a_price("it takes " + length_text(takes) + " and its plan; harm goes on meanwhile");
}

ExitState restore_at(const Chapter& it, const Situation& now) {
    std::string kept, why;
    for (std::uint32_t s = 0; s < it.world.stores.size(); ++s) {
        const Store& store = it.world.stores[s];
        const bool sent = it.reads(s) && store.kind == StoreKind::effects;
        if (sent && writes_to(it.world, {s}))
            return shut("effects are sent: what is in " + in_marks(it.store_name(s)) +
                        " cannot be called back; a restore aside is for repair alone");
        if (!it.reads(s) || store.kind != StoreKind::table) continue;
        if (!store.backups)
            why = in_marks(it.store_name(s)) + " has no backup";
        else if (now.bad_backup.contains(s))
            why = "the backups of " + in_marks(it.store_name(s)) + " are bad";
        else
            kept = in_marks(it.store_name(s));
    }
    if (!kept.empty()) return at_a_price("it takes every write to " + kept + " since then");
    return shut(why.empty() ? "it uses no table, and only a table can be restored" : why);
}

std::array<ExitState, exits> states_at(const Chapter& it, const Situation& now) {
    return {halt_at(it, now),        flag_off_at(it, now),      roll_back_at(it, now),
            switch_back_at(it, now), config_revert_at(it, now), forward_at(it, now),
            restore_at(it, now)};
}

// Whoever writes by now leaves its form behind.
void write_forms(const Chapter& it, Situation& now, bool out) {
    for (std::uint32_t s = 0; s < it.world.stores.size(); ++s) {
        const Store& store = it.world.stores[s];
        const SchemaChange* change = schema_of(it.world, StoreId{s});
        if (change == nullptr) continue;
        if (store.records > 0) now.forms[s].insert(Format::before);
        if (now.phases[s] == SchemaPhase::contracted) now.forms[s] = {Format::after};
        const Change* ours = change_on(it.world, it.build, {s});
        if (!out || ours == nullptr || !writes_to(it.world, {s})) continue;
        const bool on = std::ranges::all_of(
            ours->behind, [&](SettingId flag) { return now.on.contains(flag.index); });
        if (!on) continue;
        if (const auto form = form_stored(store, change, now.phases[s], true))
            now.forms[s].insert(*form);
    }
}

struct Event {
    SimTime at;
    std::string what;
    std::optional<std::size_t> stage{};
    bool ends = false;
    const Inject* inject = nullptr;
    std::optional<std::pair<std::uint32_t, SchemaPhase>> column{};
};

std::string stage_says(const Chapter& it, std::size_t row) {
    const Stage& stage = it.stages()[row];
    const std::string share =
        percent(meant_share(it.world, {it.service}, it.release.plan, row).value());
    switch (stage.kind) {
        case StageKind::everyone:
            return stage.regions.empty() ? "everyone, in waves" : "everyone in some regions";
        case StageKind::canary: return "canary for " + share;
        case StageKind::blue_green: return "blue-green, both sides there";
        case StageKind::recreate: return "recreate";
        case StageKind::by_hand: return "by hand";
        case StageKind::mark_stable: return "called stable";
    }
    return {};
}

bool is_neighbour(const Chapter& it, std::uint32_t other) {
    const auto calls = [&](std::uint32_t from, std::uint32_t to) {
        return std::ranges::any_of(it.world.services[from].calls,
                                   [&](const Call& call) { return call.to.index == to; });
    };
    return calls(it.service, other) || calls(other, it.service);
}

// Whoever calls it, or is called, changes too.
void add_neighbours(const Chapter& it, std::vector<Event>& all) {
    for (const ReleaseOf& other : releases_of(it.lint)) {
        const std::uint32_t of = it.world.builds[other.build.index].of.index;
        if (of == it.service || !is_neighbour(it, of)) continue;
        all.push_back(
            {.at = other.at,
             .what = it.world.names.services[of] + " " + it.version(other.build) + " goes out"});
    }
}

std::vector<Event> events_of(const Chapter& it) {
    std::vector<Event> all;
    for (std::size_t i = 0; i < it.stages().size(); ++i)
        all.push_back({.at = it.times[i].begins, .what = stage_says(it, i), .stage = i});
    // A canary that stands last stays until somebody decides.
    if (it.stages().back().kind != StageKind::canary)
        all.push_back({.at = it.times.back().ends, .what = "everybody has it", .ends = true});
    for (std::uint32_t s = 0; s < it.world.stores.size(); ++s)
        for (const ColumnStep& step : column_steps(it.lint, {s}))
            if (it.reads(s))
                all.push_back({.at = step.at,
                               .what = it.store_name(s) + " is " + phase_name(step.gives),
                               .column = std::pair{s, step.gives}});
    for (const TimedInject& timed : it.world.injects) {
        const Inject& inject = timed.inject;
        if (const auto* set = std::get_if<SetSetting>(&inject))
            all.push_back(
                {.at = timed.at,
                 .what = "flag " + it.world.names.settings[set->setting.index] + " is set",
                 .inject = &inject});
        else if (const auto* push = std::get_if<PushConfig>(&inject))
            all.push_back(
                {.at = timed.at,
                 .what = "flag " + it.world.names.settings[push->setting.index] + " is pushed",
                 .inject = &inject});
        else if (const auto* gone = std::get_if<ImageGone>(&inject))
            all.push_back({.at = timed.at,
                           .what = "the image of " + it.version(gone->build) + " is gone",
                           .inject = &inject});
        else if (const auto* bad = std::get_if<BadBackup>(&inject))
            all.push_back({.at = timed.at,
                           .what = "the backups of " + it.store_name(bad->store.index) + " are bad",
                           .inject = &inject});
    }
    add_neighbours(it, all);
    std::ranges::stable_sort(all, {}, &Event::at);
    return all;
}

void put_rule(Situation& now, SettingId flag, const Rule& rule) {
    now.changed.insert(flag.index);
    if (is_at_first_on(rule))
        now.on.insert(flag.index);
    else
        now.on.erase(flag.index);
}

void happen(Situation& now, const Event& event) {
    now.now = event.at;
    if (event.stage) now.stage = *event.stage;
    if (event.ends) now.under_way = false;
    if (event.column) now.phases[event.column->first] = event.column->second;
    if (event.inject == nullptr) return;
    if (const auto* it = std::get_if<SetSetting>(event.inject))
        put_rule(now, it->setting, it->rule);
    if (const auto* it = std::get_if<PushConfig>(event.inject))
        put_rule(now, it->setting, it->rule);
    if (const auto* it = std::get_if<ImageGone>(event.inject)) now.no_image.insert(it->build.index);
    if (const auto* it = std::get_if<BadBackup>(event.inject))
        now.bad_backup.insert(it->store.index);
}

std::vector<ExitStep> steps_of(const Chapter& it) {
    Situation now{.now = it.release.at,
                  .phases = std::vector(it.world.stores.size(), SchemaPhase::single),
                  .forms = std::vector<std::set<Format>>(it.world.stores.size()),
                  .on = {},
                  .changed = {},
                  .no_image = {},
                  .bad_backup = {}};
    for (std::uint32_t i = 0; i < it.world.settings.size(); ++i)
        if (is_at_first_on(it.world.settings[i].initially)) now.on.insert(i);
    std::vector<ExitStep> steps;
    bool out = false;
    for (const Event& event : events_of(it)) {
        if (event.at >= it.until) break;
        happen(now, event);
        out |= event.stage.has_value();
        write_forms(it, now, out);
        if (out) steps.push_back({event.at, event.what, states_at(it, now)});
    }
    return steps;
}

std::vector<Door> doors_of(const std::vector<ExitStep>& steps) {
    std::vector<Door> doors;
    for (std::size_t e = 0; e < exits; ++e) {
        std::optional<std::size_t> last;
        for (std::size_t i = 0; i < steps.size(); ++i)
            if (steps[i].states[e].open) last = i;
        if (last && *last + 1 < steps.size()) doors.push_back({static_cast<Exit>(e), *last + 1});
    }
    std::ranges::stable_sort(doors, {}, &Door::step);
    return doors;
}

}  // namespace

std::vector<ReleaseExits> exits_of(const Scenario& scenario) {
    const Linting lint{scenario};
    std::vector<ReleaseExits> all;
    const std::vector<ReleaseOf> releases = releases_of(lint);
    for (std::size_t i = 0; i < releases.size(); ++i) {
        const ReleaseOf& release = releases[i];
        const std::uint32_t service = lint.world.builds[release.build.index].of.index;
        if (release.at >= lint.day_end()) continue;
        Chapter it{.lint = lint,
                   .world = lint.world,
                   .release = release,
                   .service = service,
                   .build = release.build,
                   .before = lint.world.services[service].first_build,
                   .times = earliest_times(lint.world, release),
                   .until = lint.day_end()};
        for (std::size_t other = 0; other < releases.size(); ++other) {
            if (lint.world.builds[releases[other].build.index].of.index != service) continue;
            if (other < i) it.before = releases[other].build;
            if (other > i) it.until = std::min(it.until, releases[other].at);
        }
        ReleaseExits exits_here{.service = lint.world.names.services[service],
                                .build = it.version(it.build),
                                .before = it.version(it.before),
                                .plan = lint.world.names.plans[release.plan.index],
                                .at = release.at,
                                .steps = steps_of(it),
                                .doors = {}};
        exits_here.doors = doors_of(exits_here.steps);
        if (!exits_here.steps.empty()) all.push_back(std::move(exits_here));
    }
    return all;
}

}  // namespace rollcage
