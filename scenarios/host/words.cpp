#include "scenarios/host/fields.h"
#include "scenarios/host/scenario.h"

#include "sim/base/check.h"
#include "sim/words/fact_view.h"
#include "sim/words/injects.h"
#include "sim/words/rule.h"

namespace rollcage {

namespace {

// Every measure there is, as the reference prints it.
const std::string measure_list = [] {
    std::string list = "one of";
    for (std::size_t i = 0; i < measures; ++i)
        list += std::string(i == 0 ? " " : ", ") + name(static_cast<Measure>(i));
    return list;
}();

using T = Field::Type;
using H = HandleKind;

const std::vector<Word> of_the_day = {
    {"scenario",
     "local drill = scenario { title = ... }",
     "opens the file: what is said and how long it lasts",
     true,
     false,
     H::nothing,
     {{"title", T::text, nullptr, "what players see; give nothing away"},
      {"briefing", T::text, "", "what players know at the start"},
      {"lesson", T::text, "", "what the debrief shows"},
      {"background", T::text, "", "what to read before"},
      {"difficulty", T::integer, "1", "how hard it is", 1, 5},
      {"lasts", T::length, "2h", "decisions end here", 1, 864'000},
      {"judged_after", T::length, "6h", "consequences are counted this much longer", 0, 864'000},
      {"tick", T::length, "", "50ms to 1s; by itself the largest that every timeout allows", 0.05,
       1}}},
    {"knob",
     "drill.knob { NAME, default = ... }",
     "a number or word the caller may set; gives its value",
     true,
     true,
     H::nothing,
     {{"default", T::knob_value, nullptr, "when nobody sets it"},
      {"from", T::number, "", "the least it may be", -1e15, 1e15},
      {"to", T::number, "", "the most it may be", -1e15, 1e15},
      {"choices", T::texts, "", "it is one of these words"},
      {"hidden", T::boolean, "false", "players do not see it: it is the truth"}}},
    {"one_of",
     "one_of { A, B, ... }",
     "one of these, drawn from the seed",
     true,
     false,
     H::nothing,
     {}},
    {"between",
     "between(FROM, TO)",
     "a number from FROM to TO, drawn from the seed",
     false,
     false,
     H::nothing,
     {{"from", T::number, nullptr, "the least", -1e15, 1e15},
      {"to", T::number, nullptr, "the most", -1e15, 1e15}}},
    {"use",
     "use \"FILE\"",
     "runs another file of the same folder and gives what it returns",
     false,
     false,
     H::nothing,
     {{"file", T::text, nullptr, "its name without a folder and without .lua"}}},
    {"at",
     "drill.at(TIME, INJECT)",
     "what goes wrong, and when",
     false,
     false,
     H::nothing,
     {{"time", T::length, nullptr, "since the start", 0, 864'000},
      {"inject", T::handle, nullptr, "what `rollcage list injects` prints", 0, 0, H::inject}}},
    {"plan",
     "drill.plan NAME { STAGE, ... }",
     "how a release reaches the users",
     true,
     false,
     H::stage,
     {}},
    {"everyone",
     "everyone {}",
     "a stage: all users, in waves",
     true,
     false,
     H::nothing,
     {{"soak", T::length, "0s", "from its end to the next stage", 0, 864'000}}},
    {"blue_green",
     "blue_green { soak = \"10m\" }",
     "a stage: a second fleet, then everybody is routed to it; the first is kept",
     true,
     false,
     H::nothing,
     {{"soak", T::length, "0s", "the first fleet is kept this long", 0, 864'000}}},
    {"recreate",
     "recreate {}",
     "a stage: every process ends, then the new ones begin",
     true,
     false,
     H::nothing,
     {{"soak", T::length, "0s", "from its end to the next stage", 0, 864'000}}},
    {"canary",
     "canary { share = \"5%\" }",
     "a stage: a share of the users",
     true,
     false,
     H::nothing,
     {{"share", T::share, nullptr, "of the users", 0.000001, 1},
      {"soak", T::length, "0s", "from when it is ready to the next stage", 0, 864'000},
      {"sticky", T::boolean, "true", "the same users every time"}}},
    {"actor",
     "drill.actor(NAME, function(me) ... end)",
     "a runbook as code: sees facts, gives commands",
     false,
     false,
     H::nothing,
     {{"name", T::text, nullptr, "what it is called"},
      {"runbook", T::function, nullptr, "what it does"}}},
    {"expect",
     "drill.expect(ACTOR, { TEXT, ... }) or drill.expect { TEXT, ... }",
     "what must hold: KEY [mean|pNN|max|cvar90] OP VALUE, or \"A\" better_than \"B\" on KEY",
     false,
     false,
     H::nothing,
     {{"actor", T::text, "", "for this actor only"},
      {"expectations", T::texts, nullptr, "what must hold"}}},
};

const std::vector<Word> of_the_injects = [] {
    std::vector<Word> list;
    for (const Form& form : inject_forms())
        if (std::string_view(form.name) != "release") list.push_back(word_of_form(form, false));
    list.push_back({"release",
                    "release(BUILD, PLAN)",
                    "the build goes out by the plan",
                    false,
                    false,
                    H::nothing,
                    {{"build", T::handle, nullptr, "which", 0, 0, H::build},
                     {"plan", T::text, nullptr, "a plan's name"}}});
    return list;
}();

const std::vector<Word> of_the_clients = {
    {"cohort",
     "drill.cohort { NAME, users = ... }",
     "a group of users and how their clients behave",
     true,
     true,
     H::nothing,
     {{"users", T::integer, nullptr, "active users", 0, 1e10},
      {"requests_per_minute", T::number, "2", "of each user", 0, 1e6},
      {"writes", T::share, "0", "of its good requests", 0, 1},
      {"inserts", T::share, "0", "of its writes", 0, 1},
      {"ring", T::integer, "3", "from 0, internal, to 3, everybody; rules reach rings", 0,
       ring_max},
      {"tier", T::text, "", "what rules can tell it by"},
      {"region", T::text, "", "the same"},
      {"kinds", T::records, "", "several kinds of request instead of one", 0, 0, H::nothing,
       "kinds"},
      {"timeout", T::length, "1s", "how long a client waits for an answer", 0.2, 600},
      {"attempts", T::integer, "3", "tries for one request, the first included", 1, 8},
      {"backoff", T::record, "", "how long it waits before trying again", 0, 0, H::nothing,
       "backoff"},
      {"retry_budget", T::share_or_flag, "", "retries allowed per fresh request", 0, 10},
      {"token_bucket", T::record, "", "a retry costs tokens", 0, 0, H::nothing, "token_bucket"},
      {"throttle", T::record, "", "clients hold back when too little is accepted", 0, 0, H::nothing,
       "throttle"},
      {"breaker", T::record, "", "clients stop asking for a while", 0, 0, H::nothing, "breaker"},
      {"curve", T::curve, "\"flat\"",
       "\"flat\", \"daily\" (the run starts at midnight, peak at 14:00) or 96 quarter-hours"},
      {"per_minute", T::numbers, "", "your own numbers: requests in each minute; repeats", 0,
       1e9}}},
    {"kinds",
     "kinds = { { share = ... }, ... }",
     "one kind of request",
     true,
     false,
     H::nothing,
     {{"share", T::share, nullptr, "of the cohort's requests; together 100%", 0, 1},
      {"work", T::number, "1", "times the service's work", 0.001, 1000},
      {"writes", T::share, "0", "of its good requests", 0, 1},
      {"inserts", T::share, "0", "of its writes", 0, 1}}},
    {"backoff",
     "backoff = { base = ..., cap = ... }",
     "full jitter below base, doubled each time up to cap",
     true,
     false,
     H::nothing,
     {{"base", T::length, "100ms", "before the first retry", 0, 120},
      {"cap", T::length, "20s", "at most", 0, 120}}},
    {"token_bucket",
     "token_bucket = { tokens = ... }",
     "an empty bucket fails the request instead of retrying",
     true,
     false,
     H::nothing,
     {{"tokens", T::integer, "500", "when full", 1, 1e9},
      {"retry_cost", T::integer, "5", "of a retry", 0, 1e6},
      {"timeout_cost", T::integer, "10", "of a retry after a timeout", 0, 1e6}}},
    {"throttle",
     "throttle = { k = 2 }",
     "rejects locally with (asked - k x accepted) / (asked + 1)",
     true,
     false,
     H::nothing,
     {{"k", T::number, "2", "higher is milder", 1, 100},
      {"window", T::length, "2m", "counted over", 1, 3600}}},
    {"breaker",
     "breaker = { opens_at = \"50%\" }",
     "opens when too many fail, then probes",
     true,
     false,
     H::nothing,
     {{"opens_at", T::share, "0.5", "failed share", 0.01, 1},
      {"at_least", T::integer, "20", "requests in the window", 1, 1e9},
      {"window", T::length, "10s", "counted over", 1, 3600},
      {"open_for", T::length, "30s", "before it probes", 1, 3600},
      {"probes", T::share, "0.01", "of requests while it probes", 0.0001, 1}}},
};

// A change of form: of the records of a store, or of what passes on the calls to a service.
Word schema_word(const char* name, const char* form, const char* meaning, std::vector<Field> more) {
    std::vector<Field> fields{
        {"store", T::handle, "", "whose records; or one of the next two", 0, 0, H::store},
        {"requests_to", T::handle, "", "what callers say to this service", 0, 0, H::service},
        {"answers_of", T::handle, "", "what this service answers", 0, 0, H::service},
        {"sends_both", T::boolean, "false", "on calls, the old form beside the new"}};
    fields.insert(fields.end(), more.begin(), more.end());
    return {name, form, meaning, true, false, H::nothing, fields};
}
const Field preserves_unknown{"preserves_unknown", T::boolean, "false",
                              "old code keeps what it does not know"};

const std::vector<Word> of_the_services = {
    {"service",
     "drill.service { NAME, serves = ... }",
     "what answers: instances with slots",
     true,
     true,
     H::nothing,
     {{"serves", T::handles, "", "the cohort or cohorts whose requests come here", 0, 0, H::cohort},
      {"instances", T::integer, "1", "how many", 1, 100'000},
      {"slots", T::integer, "1", "requests at once in one instance", 1, 10'000},
      {"work", T::length, "50ms", "of one request in its slot, on average", 0.0001, 600},
      {"work_varies", T::boolean, "true", "exponential, otherwise always the same"},
      {"version", T::text, "1.0.0", "the build that serves at the start"},
      {"queue", T::length, "", "bound, in time the queue takes to serve; none: unbounded", 0.001,
       3600},
      {"order", T::choice, "fifo", "who is served first", 0, 0, H::nothing, "fifo|lifo"},
      {"drop_expired", T::boolean, "false", "does not start work whose client has gone"},
      {"uses", T::handles, "", "stores; a good request or call reads one record of each", 0, 0,
       H::store},
      {"runs", T::handles, "", "stores of jobs that its processes run", 0, 0, H::store},
      {"calls", T::records, "", "what one request asks of other services", 0, 0, H::nothing,
       "calls"},
      {"pull", T::length, "20s", "of an image that the nodes do not hold", 0, 86'400},
      {"start", T::length, "5s", "from process start to answering probes", 0, 86'400},
      {"probe", T::length, "10s", "between readiness probes; ready at the next", 0, 3600},
      {"grace", T::length, "30s", "from the signal to the end of a process", 0, 86'400},
      {"max_surge", T::share, "0.25", "of instances, too many while rolling", 0, 1},
      {"max_unavailable", T::share, "0.25", "of instances, missing while rolling", 0, 1},
      {"zones", T::integer, "3", "instances are dealt out over these", 1, 100},
      {"boot_reads", T::choice, "before",
       "its settings, before or after the point at which a start may crash; after: it boots on "
       "what "
       "its slot has kept",
       0, 0, H::nothing, "before|after"},
      {"boot_calls", T::record, "", "what each start asks of another service", 0, 0, H::nothing,
       "boot_calls"},
      {"memory_mb", T::integer, "512", "that a process may leak before it is ended", 1, 1e9},
      {"goal", T::share, "0.999", "availability goal", 0, 0.999999},
      {"latency_goal", T::length, "500ms", "above it an answer is slow", 0.001, 600}}},
    {"calls",
     "calls = { { service = ... }, ... }",
     "one call to another service",
     true,
     false,
     H::nothing,
     {{"service", T::handle, nullptr, "declared before", 0, 0, H::service},
      {"per_request", T::number, "1", "calls for one request", 0, 1000},
      {"timeout", T::length, "1s", "how long it waits", 0.001, 600},
      {"attempts", T::integer, "1", "tries, the first included", 1, 8},
      {"rtt", T::length, "1ms", "there and back", 0, 60},
      {"writes", T::share, "0", "of calls write to the stores of the service called", 0, 1},
      {"inserts", T::share, "0", "of its writes", 0, 1},
      {"cache", T::record, "", "calls only on a miss", 0, 0, H::nothing, "cache"},
      {"cached_in", T::handle, "", "or on a miss in this store of kind cache", 0, 0, H::store}}},
    {"boot_calls",
     "boot_calls = { service = ..., calls = 100 }",
     "what a start asks of another service",
     true,
     false,
     H::nothing,
     {{"service", T::handle, nullptr, "declared before", 0, 0, H::service},
      {"calls", T::integer, "1", "of one start", 1, 1e6},
      {"timeout", T::length, "10s", "a start that waits longer has failed", 0.001, 3600}}},
    {"cache",
     "cache = { keys = ... }",
     "calls are made on a miss only",
     true,
     false,
     H::nothing,
     {{"keys", T::integer, "100000", "different ones", 1, 1e12},
      {"hits", T::share, "0.95", "once every key is warm", 0, 1},
      {"initially", T::share, "1", "warm at the start", 0, 1}}},
    {"store",
     "drill.store { NAME, kind = \"table\", records = ... }",
     "what remembers: a table, topic, cache, session, jobs or effects",
     true,
     true,
     H::nothing,
     {{"kind", T::choice, "table", "what it is", 0, 0, H::nothing,
       "table|topic|cache|session|jobs|effects"},
      {"records", T::integer, "0", "at the start, sound, in the old form", 0, 1e12},
      {"hot", T::share, "0.5", "of reads, those of what the last hour wrote", 0, 1},
      {"writes_back", T::share, "0.3", "of reads, those that write back", 0, 1},
      {"idempotent", T::boolean, "true", "a write tried again leaves one record"},
      {"lives", T::length, "", "records expire after this long", 1, 8'640'000},
      {"receives", T::integer, "5", "deliveries of a message before it is set aside", 1, 10},
      {"takes", T::length, "10m", "mean length of a job", 1, 864'000},
      {"parts", T::integer, "10", "of a job, one after the other", 1, 16},
      {"checkpoint_every", T::integer, "1", "parts of a job; a cut goes back to the last", 1, 16},
      {"at_once", T::integer, "10", "jobs that one process runs", 1, 100'000},
      {"sends", T::handle, "", "jobs send effects, which this store counts", 0, 0, H::store},
      {"sends_per_part", T::integer, "1", "effects of each part of a job", 0, 1'000'000},
      {"event_log", T::boolean, "false", "every event is kept: repair can rebuild all"},
      {"migrates_per_second", T::integer, "1000", "rows of a backfill", 1, 1e9},
      {"repairs_per_second", T::integer, "500", "rows of a repair", 1, 1e9},
      {"replicas", T::integer, "0", "copies that follow and can take over; of a table", 0, 15},
      {"applies_per_second", T::integer, "20000", "rows that a replica keeps up with", 1, 1e9},
      {"replica_reads", T::share, "0", "of reads, those that ask a replica", 0, 1},
      {"failover", T::length, "1m", "until a replica, or the old primary, serves", 0, 86'400},
      {"backups", T::boolean, "true", "of a table: any minute can be restored"},
      {"keeps", T::length, "24h", "how long a backup is kept", 60, 864'000},
      {"size_gb", T::number, "500", "what a restore has to copy", 0, 1e9},
      {"restores_mb_per_second", T::integer, "200", "how fast", 1, 1e6},
      {"last_backup", T::length, "6h", "age of the base backup at the start; then one a day", 0,
       86'400},
      {"cut_over", T::length, "10m", "from a restored copy to the one that serves", 0, 86'400},
      {"backup_good", T::share, "0.95", "of attempts to restore", 0, 1},
      {"nightly", T::boolean, "true", "reconciled at 03:00, of a table or effects"},
      {"login_work", T::number, "4", "of a session: times the service's work, of a login", 0.001,
       1000}}},
    schema_word("add_optional", "add_optional { store = ... }",
                "a field is added; old code ignores it", {preserves_unknown}),
    schema_word("add_required", "add_required { store = ... }",
                "a field is added that new code needs", {preserves_unknown}),
    schema_word("remove_optional", "remove_optional { store = ... }",
                "a field goes that had a default", {}),
    schema_word("remove_required", "remove_required { store = ... }",
                "a field goes that old code needs", {}),
    schema_word("rename_field", "rename_field { store = ... }", "a field has another name", {}),
    schema_word("retype", "retype { store = ... }", "a field has another type or encoding",
                {{"reads_both", T::boolean, "true", "new code still reads the old form"}}),
    schema_word("new_enum_value", "new_enum_value { store = ... }",
                "a field may hold a value that old code does not know",
                {{"old_reader", T::choice, "rejects", "what old code does with it", 0, 0,
                  H::nothing, "rejects|misreads"}}),
    schema_word("new_meaning", "new_meaning { store = ... }", "the same bits mean something else",
                {}),
    {"build",
     "drill.build { VERSION, of = ..., change { ... } }",
     "a version of a service and its changes",
     true,
     true,
     H::change,
     {{"of", T::handle, nullptr, "the service", 0, 0, H::service},
      {"after", T::handle, "", "it holds that build's changes too", 0, 0, H::build}}},
};

const std::vector<Word> of_the_actors = {
    {"alert",
     "alert(\"fast_burn\")",
     "to wait for: fast_burn, slow_burn or ticket; any_alert is all",
     false,
     false,
     H::nothing,
     {{"rule", T::text, nullptr, "which"}}},
    {"me:wait",
     "me:wait(\"3m\")",
     "does nothing for a while",
     false,
     false,
     H::nothing,
     {{"length", T::length, nullptr, "for how long", 0, 864'000}}},
    {"me:wait_for",
     "me:wait_for(any_alert, { within = \"40m\" })",
     "the next fact that fits and was not waited for before, or nil",
     false,
     false,
     H::nothing,
     {{"what", T::wait_on, nullptr, "any_alert, alert(...) or a function that a fact is given to"},
      {"within", T::length, "", "gives nil after this long", 0, 864'000}}},
    {"me:now", "me:now()", "seconds since the start", false, false, H::nothing, {}},
    {"me:measured",
     "me:measured(SERVICE, \"errors\")",
     "the last visible value, or nil",
     false,
     false,
     H::nothing,
     {{"service", T::handle, nullptr, "whose", 0, 0, H::service},
      {"measure", T::text, nullptr, measure_list.c_str()}}},
    {"me:sum",
     "me:sum(SERVICE, \"errors\", 4)",
     "over the last visible scrapes",
     false,
     false,
     H::nothing,
     {{"service", T::handle, nullptr, "whose", 0, 0, H::service},
      {"measure", T::text, nullptr, measure_list.c_str()},
      {"scrapes", T::integer, nullptr, "how many", 1, 100'000}}},
};

const std::vector<Word> of_the_commands = [] {
    std::vector<Word> list;
    for (const Form& form : command_forms()) list.push_back(word_of_form(form, true));
    return list;
}();

}  // namespace

const std::vector<Word>& words() {
    static const std::vector<Word> all = [] {
        std::vector<Word> list = of_the_day;
        for (const auto* part : {&of_the_injects, &of_the_clients, &of_the_services,
                                 &words_of_changes(), &of_the_actors, &of_the_commands})
            list.insert(list.end(), part->begin(), part->end());
        return list;
    }();
    return all;
}

std::vector<std::pair<std::string, std::string>> inject_examples() {
    std::vector<std::pair<std::string, std::string>> examples;
    for (const Word& it : of_the_injects) examples.emplace_back(it.form, it.meaning);
    return examples;
}

bool is_global(const Word& word) {
    const std::string_view form = word.form, name = word.name;
    return name == "scenario" || (form.starts_with(name) && !form.starts_with("me:") &&
                                  !form.substr(name.size()).starts_with(" ="));
}

const Word& word(const std::string& name) {
    for (const Word& each : words()) {
        if (each.name == name) return each;
    }
    check(false, "the loader asks for words of the table only");
    return words()[0];
}

}  // namespace rollcage
