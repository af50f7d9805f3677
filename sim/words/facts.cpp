#include "sim/words/facts.h"

#include "sim/base/match.h"
#include "sim/words/fact_view.h"

namespace rollcage {

using S = SlotType;

namespace {

constexpr Slot service{"service", S::service}, build{"build", S::build}, share{"share", S::share},
    store{"store", S::store}, to{"to", S::length}, undone{"undone", S::count},
    instances{"instances", S::count},
    rule{"rule", S::choice, "", nullptr, 0, 0, "fast_burn|slow_burn|ticket"};

std::vector<Form> told_first() {
    return {
        {"released",
         "{service}: build {build} released to {share} of users",
         {service, build, share}},
        {"stage_reached",
         "{service}: build {build} is ready for {share} of users",
         {service, build, share}},
        {"rollout_ended", "{service}: build {build} is everywhere", {service, build}},
        {"rollout_slow",
         "{service}: build {build} makes no progress for 10 minutes",
         {service, build}},
        {"migrated",
         "{store}: schema is {phase}",
         {store,
          {"phase", S::choice, "", nullptr, 0, 0,
           "single|expanded|dual_write|backfilled|contracted"}}},
        {"flag_changed", "flag {flag}: {value}{named}", rule_slots("value")},
        {"alert_fired", "{service}: alert {rule} fired", {service, rule}},
        {"alert_cleared", "{service}: alert {rule} cleared", {service, rule}},
        {"ordered", "ordered: {command}", {}},
        {"took_effect", "in effect: {command}", {}},
        {"refused", "refused: {command} ({why})", {}},
    };
}

std::vector<Form> told_besides() {
    return {
        {"store_turned",
         "{store}: {change}",
         {store,
          {"change", S::choice, "", nullptr, 0, 0,
           "primary_lost|primary_back|restored_aside|restore_failed|replica_caught_up"}}},
        {"replica_behind",
         "{store}: the replica is {rows} rows behind",
         {store, {"rows", S::count}}},
        {"failed_over",
         "{store}: failed over; {stranded} rows stay on the old primary",
         {store, {"stranded", S::count}}},
        {"failed_back",
         "{store}: failed back to the old primary as of {to}; {undone} writes are undone",
         {store, to, undone}},
        {"restored",
         "{store}: restored as of {to}; {undone} writes are undone",
         {store, to, undone}},
        {"repair_ended",
         "{store}: repair has rebuilt {rebuilt} rows",
         {store, {"rebuilt", S::count}}},
        {"reconciled",
         "{store}: reconciled; {damaged} damaged, {doubled} doubled, {diverged} diverged",
         {store, {"damaged", S::count}, {"doubled", S::count}, {"diverged", S::count}}},
        {"pull_failed", "{service}: the registry has no image of build {build}", {service, build}},
        {"instances_missing",
         "{service}: {instances} instances do not answer",
         {service, instances}},
        {"name_moved",
         "{service}: {name} is build {build} now",
         {service, {"name", S::choice, "", nullptr, 0, 0, "stable|latest"}, build}},
        {"synced",
         "{service}: back to what the repository says: build {build}, {instances} instances",
         {service, build, instances}},
        {"flag_expired", "flag {flag} is past the day it was to be gone by", {{"flag", S::flag}}},
        {"build_judged",
         "{service}: build {build} judged: {verdict}; {measure} {found} against {against}",
         {service,
          build,
          {"verdict", S::choice, "", nullptr, 0, 0, "pass|marginal|fail|no_data"},
          {"measure", S::choice, "", nullptr, 0, 0,
           "error_share_ppm|latency_p50_us|latency_p95_us|latency_p99_us|busy_ppm|queue|restarts"},
          {"found", S::count},
          {"against", S::count},
          {"on_fail", S::choice, "", nullptr, 0, 0, "halt|rollback"}}},
    };
}

std::vector<Form> told_of_people() {
    return {
        {"step_ended",
         "{command}: {step} {how}",
         {{"step", S::choice, "", nullptr, 0, 0, "confirm|find_stable|act|wait|verify|notify"},
          {"how", S::choice, "", nullptr, 0, 0, "done|again|wrong_target|stuck|too_long"}}},
        {"inspected",
         "{service} by {by}:{named}",
         {service,
          {"by", S::choice, "", nullptr, 0, 0, "version|flag|region|format|environment"},
          {"worst", S::build, "", ""},
          {"flag", S::flag, "", ""},
          {"on", S::choice, "", "", 0, 0, "no|yes"},
          {"region", S::region, "", ""},
          {"errors", S::share, "", ""},
          {"p95", S::length, "", ""},
          {"others_errors", S::share, "", ""},
          {"others_p95", S::length, "", ""},
          {"found", S::count, "", ""}}},
        {"forms_counted",
         "{store}: {before} records in the form before, {after} in the one after, {both} in both",
         {{"store", S::store}, {"before", S::count}, {"after", S::count}, {"both", S::count}}},
        {"differs",
         "{environment} is not like production: {difference}",
         {{"environment", S::environment}, {"nth", S::count}}},
        {"dashboards_turned",
         "the dashboards are {now}",
         {{"now", S::choice, "", nullptr, 0, 0, "blank|back"}}},
        {"joined", "{people} more people answer", {{"people", S::count}}},
    };
}

std::vector<Form> told_from_outside() {
    return {
        {"probe_failed",
         "{service}: {probes} probes in a row failed",
         {service, {"probes", S::count}}},
        {"probe_recovered", "{service}: probes are answered again", {service}},
        {"complaints",
         "support: {complaints} complained of {service}",
         {service, {"complaints", S::count}}},
        {"message", "{from}: {text}", {{"from", S::text}, {"text", S::text}}},
        {"cause_fired", "{service}: {alert} fired", {service, {"alert", S::alert}}},
        {"cause_cleared", "{service}: {alert} cleared", {service, {"alert", S::alert}}},
    };
}

std::vector<Form> told_of_plans() {
    return {
        {"entered",
         "{service}: build {build} enters the plan {plan}",
         {service, build, {"plan", S::plan}}},
        {"trial_ended",
         "{service}: build {build}, {stage} {result}{named}",
         {service,
          build,
          {"stage", S::choice, "", nullptr, 0, 0, trial_names},
          {"result", S::choice, "", nullptr, 0, 0, "passed|failed|skipped"},
          {"tests", S::count, "", ""},
          {"failing", S::count, "", ""},
          {"coverage", S::share, "", ""},
          {"p95_regression", S::share, "", ""},
          {"critical", S::count, "", ""}}},
        {"waits",
         "{service}: build {build} waits for {waits_for}",
         {service,
          build,
          {"waits_for", S::choice, "", nullptr, 0, 0, "approval|main|environment"}}},
        {"held", "{service}: build {build} is held, the service is frozen", {service, build}},
        {"quarantined",
         "{service}: {tests} more tests of {stage} are in quarantine, {all} in all{named}",
         {service,
          {"stage", S::choice, "", nullptr, 0, 0, trial_names},
          {"tests", S::count},
          {"all", S::count},
          {"oldest", S::length, "", ""},
          {"owner", S::text, "", ""}}},
        {"refreshed", "{environment}: is like production again", {{"environment", S::environment}}},
    };
}

}  // namespace

const std::vector<Form>& fact_forms() {
    static const std::vector<Form> forms = joined(
        joined(joined(joined(told_first(), told_besides()), told_of_people()), told_from_outside()),
        told_of_plans());
    return forms;
}

const char* name(Measure measure) {
    static constexpr std::array<const char*, measures> words{
        "attempts",       "answered",     "errors",       "latency_p50_us", "latency_p95_us",
        "latency_p99_us", "queue",        "busy_ppm",     "slots",          "restarts",
        "jobs_waiting",   "jobs_running", "jobs_orphaned"};
    return words[static_cast<std::size_t>(measure)];
}

const Command* command_of(const Fact& fact) {
    return std::visit(
        [](const auto& it) -> const Command* {
            if constexpr (requires { it.command; }) return &it.command;
            return nullptr;
        },
        fact);
}

Numbers numbers(const Fact& fact) {
    return std::visit(
        [](const auto& it) {
            if constexpr (requires(std::decay_t<decltype(it)> word) { word.slots(); })
                return numbers_of(it);
            else
                return Numbers{};
        },
        fact);
}

bool tells_of_trouble(const Fact& fact) {
    return std::visit(
        match{
            [](const AlertFired&) { return true; },
            [](const BuildJudged& it) { return it.verdict == GateVerdict::fail; },
            [](const ProbeFailed&) { return true; },
            [](const Complaints&) { return true; },
            [](const Reconciled& it) { return it.damaged + it.doubled + it.diverged > 0; },
            [](const auto&) { return false; },
        },
        fact);
}

void fold(const Fact& fact, Digest& digest) {
    digest.fold(static_cast<std::uint64_t>(fact.index()));
    for (const std::int64_t number : numbers(fact)) digest.fold(number);
    if (const Command* command = command_of(fact)) fold(*command, digest);
}

namespace {

// What was given of what may be left out: " ring=1 users=20".
std::string given(const Form& form, const Numbers& values, const Names& names) {
    std::string text;
    for (std::size_t i = 0; i < form.slots.size(); ++i)
        if (form.slots[i].fallback && values[i] >= 0)
            text += std::string(" ") + form.slots[i].key + "=" +
                    slot_text(form.slots[i], values[i], names);
    return text;
}

}  // namespace

std::string headline(const Occurrence& it, const Names& names) {
    const Fact& fact = it.fact;
    const Form& form = fact_forms()[fact.index()];
    const Numbers values = numbers(fact);
    const auto said = [&](std::string_view key) -> std::string {
        if (key == "command") return command_text(*command_of(fact), names);
        if (key == "why" || key == "difference") return it.words;
        if (key == "named") return given(form, values, names);
        for (std::size_t i = 0; i < form.slots.size(); ++i)
            if (key == form.slots[i].key) return slot_text(form.slots[i], values[i], names);
        return "?";
    };
    std::string text;
    const std::string_view pattern = form.meaning;
    for (std::size_t at = 0; at < pattern.size();) {
        const std::size_t open = std::min(pattern.find('{', at), pattern.size());
        text += pattern.substr(at, open - at);
        if (open == pattern.size()) break;
        const std::size_t close = pattern.find('}', open);
        text += said(pattern.substr(open + 1, close - open - 1));
        at = close + 1;
    }
    return text;
}

std::string transcript_line(const Occurrence& it, const Names& names) {
    return clock_text(it.at) + "  " + headline(it, names);
}

}  // namespace rollcage
