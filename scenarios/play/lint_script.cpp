// Rules on what a script says and never uses, what its actors wait for, what it expects.
#include <algorithm>
#include <cstdlib>

#include "scenarios/host/awaited.h"
#include "scenarios/play/expectation.h"
#include "scenarios/play/lint_rules.h"
#include "sim/base/match.h"

namespace rollcage {
namespace {

using Kind = ScriptWord::Kind;
using Words = std::vector<ScriptWord>;

bool is(const Words& words, std::size_t i, Kind kind, std::string_view text) {
    return i < words.size() && words[i].kind == kind && words[i].text == text;
}

// Where `drill.WORD` stands on that line, more than once or never: nothing.
std::optional<std::size_t> said_at(const Words& words, int line, const char* word) {
    std::optional<std::size_t> found;
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (words[i].line != line || !is(words, i, Kind::name, word) ||
            !is(words, i - 1, Kind::sign, "."))
            continue;
        if (found) return std::nullopt;
        found = i;
    }
    return found;
}

const Words* words_of(const Linting& lint, const SourceLine& at) {
    for (const ScriptOf& it : lint.scripts)
        if (it.file == at.file) return &it.words;
    return nullptr;
}

// The variable that `local NAME = drill.WORD` gives the value to.
std::string variable_of(const Words& words, std::size_t said) {
    if (said < 5 || !is(words, said - 3, Kind::sign, "=") || words[said - 4].kind != Kind::name ||
        !is(words, said - 5, Kind::name, "local"))
        return {};
    return words[said - 4].text;
}

bool occurs_after(const Words& words, std::size_t from, const std::string& variable) {
    for (std::size_t i = from; i < words.size(); ++i) {
        if (!is(words, i, Kind::name, variable)) continue;
        const bool of_something =
            is(words, i - 1, Kind::sign, ".") || is(words, i - 1, Kind::sign, ":");
        const bool key = (is(words, i - 1, Kind::sign, "{") || is(words, i - 1, Kind::sign, ",")) &&
                         is(words, i + 1, Kind::sign, "=");
        if (!of_something && !key) return true;
    }
    return false;
}

// A call whose value nothing takes: what stands before it ended a statement.
bool is_statement(const Words& words, std::size_t said) {
    if (said < 3) return true;
    const ScriptWord& before = words[said - 3];
    if (before.kind == Kind::text || before.kind == Kind::number) return true;
    if (before.kind == Kind::sign)
        return before.text == ")" || before.text == "}" || before.text == "]";
    return before.text == "end" || before.text == "then" || before.text == "do" ||
           before.text == "else" ||
           (before.text != "return" && before.text != "and" && before.text != "or" &&
            before.text != "not" && before.text != "in");
}

}  // namespace

bool Linting::kept_value_is_read(const SourceLine& at, const char* word) const {
    const Words* words = words_of(*this, at);
    const auto said = words == nullptr ? std::nullopt : said_at(*words, at.line, word);
    if (!said) return true;  // Nobody can tell.
    if (is_statement(*words, *said)) return false;
    const std::string variable = variable_of(*words, *said);
    return variable.empty() || occurs_after(*words, *said, variable);
}

bool Linting::mentioned(const SourceLine& at, const char* word, const std::string& text) const {
    std::size_t texts = 0;
    for (const ScriptOf& script : scripts)
        for (const ScriptWord& it : script.words)
            texts += it.kind == Kind::text && it.text == text ? 1 : 0;
    return texts > 1 || kept_value_is_read(at, word);
}

bool Linting::says(const char* word) const {
    for (const ScriptOf& script : scripts)
        for (const ScriptWord& it : script.words)
            if (it.kind == Kind::name && it.text == word) return true;
    return false;
}

bool writes_to(const Blueprint& world, StoreId store) {
    if (world.stores[store.index].kind == StoreKind::session) return true;  // Logins.
    for (const Store& it : world.stores)
        if (it.kind == StoreKind::jobs && it.sends == store) return true;
    for (std::uint32_t s = 0; s < world.services.size(); ++s) {
        if (std::ranges::find(world.services[s].uses, store) == world.services[s].uses.end())
            continue;
        for (const Cohort& cohort : world.cohorts)
            for (const RequestKind& kind : cohort.kinds)
                if (cohort.serves == ServiceId{s} && kind.writes > none) return true;
        for (const Service& caller : world.services)
            for (const Call& call : caller.calls)
                if (call.to == ServiceId{s} && call.writes > none) return true;
    }
    return false;
}

namespace {

bool store_is_used(const Blueprint& world, StoreId store) {
    for (const Service& it : world.services) {
        if (std::ranges::find(it.uses, store) != it.uses.end()) return true;
        if (std::ranges::find(it.runs, store) != it.runs.end()) return true;
        for (const Call& call : it.calls)
            if (call.cached_in == store) return true;
    }
    for (const Store& it : world.stores)
        if (it.kind == StoreKind::jobs && it.sends == store) return true;
    return false;
}

}  // namespace

void lint_unused(Linting& lint) {
    for (std::size_t i = 0; i < lint.scenario.knobs.size(); ++i)
        if (!lint.kept_value_is_read(lint.scenario.lines.knobs[i], "knob"))
            lint.tell("knob-never-read", lint.scenario.lines.knobs[i],
                      "knob " + in_marks(lint.scenario.knobs[i].name),
                      "whoever sets it changes nothing");
    for (std::uint32_t i = 0; i < lint.world.stores.size(); ++i)
        if (!store_is_used(lint.world, {i}))
            lint.tell("store-never-used", lint.scenario.lines.stores[i],
                      "store " + in_marks(lint.world.names.stores[i]),
                      "no service uses or runs it, no call is cached in it, no job sends to it: "
                      "nothing reads or writes a record of it");
}

namespace {

// When an atom can hold at the earliest; an age counts from the start of the oldest process.
std::optional<Duration> holds_from(const Atom& atom) {
    if (const auto* it = std::get_if<During>(&atom); it != nullptr && !it->daily) return it->from;
    if (const auto* it = std::get_if<Published>(&atom)) return it->at;
    if (const auto* it = std::get_if<AgeAbove>(&atom)) return it->age;
    return std::nullopt;
}

}  // namespace

void lint_times(Linting& lint) {
    const auto text = [](SimTime at) { return length_text(at - SimTime{}); };
    for (std::uint32_t s = 0; s < lint.world.services.size(); ++s) {
        const auto& fix = lint.world.services[s].hotfix;
        if (!fix) continue;
        Duration takes = fix->lead;
        for (const Trial& trial : lint.world.plans[fix->plan.index].trials)
            takes = takes + trial.lasts();
        if (takes >= lint.world.lasts)
            lint.tell("hotfix-after-decisions", lint.scenario.lines.services[s],
                      "hotfix of " + in_marks(lint.world.names.services[s]),
                      "it takes " + length_text(takes) + " at least, and decisions last " +
                          length_text(lint.world.lasts));
    }
    for (std::uint32_t b = 0; b < lint.world.builds.size(); ++b)
        for (const Change& change : lint.world.builds[b].changes)
            for (const Defect& defect : change.hides)
                for (const Atom& atom : defect.when)
                    if (const auto from = holds_from(atom);
                        from && SimTime{} + *from >= lint.day_end())
                        lint.tell("trigger-after-the-day", lint.scenario.lines.builds[b],
                                  "build " + in_marks(lint.world.names.builds[b]) +
                                      ", a defect from " + length_text(*from) + " on",
                                  "the day ends at " + text(lint.day_end()));
}

namespace {

// `me:wait(LENGTH)` as it is written; a computed one is not looked at.
void lint_long_waits(Linting& lint, const ScriptOf& script) {
    const Words& words = script.words;
    for (std::size_t i = 2; i + 3 < words.size(); ++i) {
        if (!is(words, i, Kind::name, "wait") || !is(words, i - 1, Kind::sign, ":") ||
            !is(words, i + 1, Kind::sign, "(") || !is(words, i + 3, Kind::sign, ")"))
            continue;
        const ScriptWord& given = words[i + 2];
        if (given.kind != Kind::text && given.kind != Kind::number) continue;
        const auto length =
            parse_length(given.kind == Kind::number ? given.text + "s" : given.text);
        if (!length || *length < lint.world.lasts) continue;
        lint.tell("wait-after-the-day", {script.file, words[i].line}, "me:wait(" + given.text + ")",
                  "decisions end at " + length_text(lint.world.lasts) +
                      "; what stands after it is never ordered");
    }
}

bool any_trial(const Blueprint& world, const auto& is_such) {
    return std::ranges::any_of(
        world.plans, [&](const Plan& plan) { return std::ranges::any_of(plan.trials, is_such); });
}

bool any_gate(const Blueprint& world) {
    return std::ranges::any_of(world.plans, [](const Plan& plan) {
        return std::ranges::any_of(plan.stages,
                                   [](const Stage& it) { return it.gate.has_value(); });
    });
}

bool any_release(const Linting& lint) {
    return !releases_of(lint).empty() ||
           std::ranges::any_of(lint.world.services,
                               [](const Service& it) { return it.hotfix.has_value(); });
}

// What a fact of that kind needs and this scenario has none of; null: it may come.
const char* lacks(const Linting& lint, const std::string& kind) {
    const Blueprint& world = lint.world;
    const auto every = [](const Trial&) { return true; };
    if (kind == "released" && !any_release(lint)) return "nothing is released";
    if (kind == "entered" && (!any_trial(world, every) || !any_release(lint)))
        return "no build enters a plan with test stages";
    if (kind == "trial_ended" && !any_trial(world, every)) return "no plan has a test stage";
    if (kind == "build_judged" && (!any_gate(world) || !any_release(lint)))
        return "no build meets a gate";
    if (kind == "waits" && !any_trial(world, every) && !any_gate(world))
        return "no plan has an approval or a gate";
    if (kind == "quarantined" &&
        !any_trial(world, [](const Trial& it) { return it.on_flake == OnFlake::quarantine; }))
        return "no test stage puts tests in quarantine";
    if (kind == "synced" && std::ranges::none_of(world.services, [](const Service& it) {
            return it.synced.has_value();
        }))
        return "no service is kept by a repository";
    const bool replicas =
        std::ranges::any_of(world.stores, [](const Store& it) { return it.replicas > 0; });
    if ((kind == "replica_behind" || kind == "failed_over" || kind == "failed_back") && !replicas)
        return "no store has a replica";
    const bool changes = std::ranges::any_of(world.builds, [](const Build& build) {
        return std::ranges::any_of(build.changes, [](const Change& it) {
            return it.schema && it.schema->on == Carries::records && needs_column(it.schema->kind);
        });
    });
    if (kind == "migrated" && !changes) return "no build changes a column";
    const bool nightly = std::ranges::any_of(
        world.stores, [](const Store& it) { return it.nightly && it.kind != StoreKind::topic; });
    const bool nights = world.lasts >= Duration{10'800'000'000};
    if (kind == "reconciled" && !lint.says("reconcile") && (!nightly || !nights))
        return "nobody reconciles, and decisions are over before three in the morning";
    return nullptr;
}

SourceLine line_of(const std::string& where) {  // "file.lua:12: "
    const auto last = where.rfind(':'), first = where.rfind(':', last - 1);
    return {where.substr(0, first), std::atoi(where.c_str() + first + 1)};
}

void lint_awaited(Linting& lint) {
    for (std::size_t i = 0; i < lint.scripts.size(); ++i) {
        for (const AwaitedFact& it :
             awaited_in(lint.scripts[i].file, lint.scenario.sources[i].text)) {
            if (!it.only_kinds || it.kinds.empty()) continue;
            const char* why = nullptr;
            const bool may = std::ranges::any_of(it.kinds, [&](const std::string& kind) {
                const char* here = lacks(lint, kind);
                if (here != nullptr) why = here;
                return here == nullptr;
            });
            if (!may)
                lint.tell("wait-never-ends", line_of(it.where), "wait_for " + listed(it.kinds),
                          std::string(why) + ", so that no such fact is ever told");
        }
    }
}

// `alert("ticket")`, wherever somebody waits for it.
void lint_alert_waits(Linting& lint, const ScriptOf& script) {
    const Words& words = script.words;
    for (std::size_t i = 0; i + 2 < words.size(); ++i) {
        if (!is(words, i, Kind::name, "alert") || !is(words, i + 1, Kind::sign, "(")) continue;
        const std::optional<bool> may = can_ring(lint, words[i + 2].text);
        if (!may || *may) continue;
        lint.tell("wait-never-ends", {script.file, words[i].line},
                  "alert(" + in_marks(words[i + 2].text) + ")",
                  "in " + length_text(lint.world.lasts) +
                      " not even a day on which every request fails sets it off");
    }
}

}  // namespace

void lint_waits(Linting& lint) {
    for (const ScriptOf& script : lint.scripts) {
        lint_long_waits(lint, script);
        lint_alert_waits(lint, script);
    }
    lint_awaited(lint);
}

namespace {

enum class Gets { data, nothing, a_constant };
struct Data {
    Gets gets = Gets::data;
    std::string why{};
};

bool any_change(const Blueprint& world, const auto& is_such) {
    return std::ranges::any_of(world.builds, [&](const Build& build) {
        return std::ranges::any_of(build.changes, is_such);
    });
}

bool touched(const Blueprint& world, StoreId store) {
    return writes_to(world, store) || any_change(world, [&](const Change& change) {
               return (change.schema && change.schema->is_on(store)) ||
                      std::ranges::any_of(change.hides, [&](const Defect& it) {
                          return it.writes_wrong() && it.store == store;
                      });
           });
}

Data data_of_records(const Blueprint& world, std::string_view key) {
    if (world.stores.empty()) return {Gets::nothing, "the scenario declares no store"};
    const std::string store{store_of_key(key)};
    const auto row = find_name(world.names.stores, store);
    if (!store.empty() && !row) {
        const std::string near = nearest_word(store, world.names.stores);
        return {Gets::nothing, "there is no store " + in_marks(store) +
                                   (near.empty() ? "; there are " + listed(world.names.stores)
                                                 : "; did you mean " + in_marks(near) + "?")};
    }
    const auto each = [&](const auto& is_such) {
        for (std::uint32_t s = 0; s < world.stores.size(); ++s)
            if ((!row || s == *row) && is_such(StoreId{s}, world.stores[s])) return true;
        return false;
    };
    const std::string_view what = key.substr(key.rfind('.') + 1);
    const auto has_replica = [](StoreId, const Store& it) { return it.replicas > 0; };
    if (what == "dead_lettered" &&
        !each([](StoreId, const Store& it) { return it.kind == StoreKind::topic; }))
        return {Gets::a_constant, "only a topic sets messages aside, and there is none"};
    if ((what == "stranded" || what == "stale_reads") && !each(has_replica))
        return {Gets::a_constant, "only a store with replicas has any, and there is none"};
    if (!each([&](StoreId id, const Store&) { return touched(world, id); }))
        return {Gets::a_constant, (row ? "nobody writes to it" : "nobody writes to any store") +
                                      std::string{", and no change touches it"}};
    return {};
}

bool anything_goes_wrong(const Blueprint& world) {
    for (const TimedInject& it : world.injects) {
        const bool harmless = std::holds_alternative<Release>(it.inject) ||
                              std::holds_alternative<Message>(it.inject);
        if (!harmless) return true;
    }
    return any_change(world, [](const Change& it) { return !it.hides.empty() || it.schema; });
}

Data data_of(const Linting& lint, std::string_view key) {
    const Blueprint& world = lint.world;
    const auto no_store = [&](StoreKind kind) {
        return std::ranges::none_of(world.stores, [&](const Store& it) { return it.kind == kind; });
    };
    if (key.starts_with("records.")) return data_of_records(world, key);
    if (key.starts_with("cost.") && !world.prices)
        return {Gets::nothing, "the scenario has no prices; say drill.prices { ... }"};
    if (key.starts_with("jobs.") && no_store(StoreKind::jobs))
        return {Gets::a_constant, "the scenario has no store of jobs"};
    if (key.starts_with("effects.") && no_store(StoreKind::effects))
        return {Gets::a_constant, "the scenario has no store of effects"};
    if (key == "users.logged_out" && no_store(StoreKind::session))
        return {Gets::a_constant, "the scenario has no store of sessions"};
    if (key.starts_with("delivery.") && !any_release(lint))
        return {key == "delivery.deploys" || key == "delivery.gates_skipped" ? Gets::a_constant
                                                                             : Gets::nothing,
                "nothing is released"};
    if (key == "delivery.false_red_share" && !any_trial(world, [](const Trial&) { return true; }))
        return {Gets::nothing, "no plan has a test stage that could be red"};
    if (key.starts_with("worth.") &&
        !any_change(world, [](const Change& it) { return it.worth_cents > 0; }))
        return {Gets::a_constant, "no change is worth anything; say worth = ..."};
    if (key.starts_with("times.") && !anything_goes_wrong(world))
        return {Gets::nothing, "nothing goes wrong on this day: no inject, no defect, no new form"};
    if (key.starts_with("users.share_exposed") &&
        !any_change(world, [](const Change& it) { return !it.hides.empty(); }))
        return {Gets::a_constant, "no change does harm, so that nobody is exposed to one"};
    return {};
}

}  // namespace

void lint_expectations(Linting& lint) {
    for (const Expectation& it : lint.scenario.expectations) {
        const auto criterion = parse_expectation(it.text);
        if (!criterion) continue;  // `check` and `run` refuse it.
        const Data data = data_of(lint, criterion->key);
        if (data.gets == Gets::data) continue;
        const bool is_accepted =
            criterion->key.ends_with(".accepted") || criterion->key.ends_with(".sound");
        lint.tell("expectation-without-data", {lint.scenario.name + ".lua", it.line}, it.text,
                  data.why + (data.gets == Gets::nothing
                                  ? ": it never gets data, and no data does not pass"
                              : is_accepted ? ": it is always what it was at the start"
                                            : ": it is always 0, whatever anybody does"));
    }
}

}  // namespace rollcage
