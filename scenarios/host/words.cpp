#include "scenarios/host/fields.h"

#include "sim/base/check.h"

namespace rollcage {

namespace {

using T = Field::Type;
using H = HandleKind;

std::vector<Word> of_the_day() {
    return {
        {"scenario", "local drill = scenario { title = ... }", "opens the file: what is said and how long it lasts", true, false, H::nothing,
         {{"title", T::text, nullptr, "what players see; give nothing away"},
          {"briefing", T::text, "", "what players know at the start"},
          {"lesson", T::text, "", "what the debrief shows"},
          {"background", T::text, "", "what to read before"},
          {"difficulty", T::integer, "1", "how hard it is", 1, 5},
          {"lasts", T::length, "2h", "decisions end here", 1, 864'000},
          {"judged_after", T::length, "6h", "consequences are counted this much longer", 0, 864'000},
          {"tick", T::length, "", "50ms to 1s; by itself the largest that every timeout allows", 0.05, 1}}},
        {"knob", "drill.knob { NAME, default = ... }", "a number or word the caller may set; gives its value", true, true, H::nothing,
         {{"default", T::knob_value, nullptr, "when nobody sets it"},
          {"from", T::number, "", "the least it may be", -1e15, 1e15},
          {"to", T::number, "", "the most it may be", -1e15, 1e15},
          {"choices", T::texts, "", "it is one of these words"},
          {"hidden", T::boolean, "false", "players do not see it: it is the truth"}}},
        {"one_of", "one_of { A, B, ... }", "one of these, drawn from the seed", true, false, H::nothing, {}},
        {"between", "between(FROM, TO)", "a number from FROM to TO, drawn from the seed", false, false, H::nothing,
         {{"from", T::number, nullptr, "the least", -1e15, 1e15}, {"to", T::number, nullptr, "the most", -1e15, 1e15}}},
        {"use", "use \"FILE\"", "runs another file of the same folder and gives what it returns", false, false, H::nothing,
         {{"file", T::text, nullptr, "its name without a folder and without .lua"}}},
        {"at", "drill.at(TIME, INJECT)", "what goes wrong, and when", false, false, H::nothing,
         {{"time", T::length, nullptr, "since the start", 0, 864'000},
          {"inject", T::handle, nullptr, "slow, surge or release", 0, 0, H::inject}}},
        {"slow", "slow { service = ..., by = 2.5, lasts = \"2m\" }", "the service's own work takes longer for a while", true, false, H::nothing,
         {{"service", T::handle, nullptr, "which", 0, 0, H::service},
          {"by", T::number, nullptr, "times the work", 0.001, 1000},
          {"lasts", T::length, nullptr, "for how long", 0.001, 864'000}}},
        {"surge", "surge { cohort = ..., by = 3, lasts = \"5m\" }", "the cohort asks more (or less) for a while", true, false, H::nothing,
         {{"cohort", T::handle, nullptr, "who", 0, 0, H::cohort},
          {"by", T::number, nullptr, "times the demand", 0, 1000},
          {"lasts", T::length, nullptr, "for how long", 0.001, 864'000}}},
        {"release", "release(BUILD, PLAN)", "the build goes out by the plan", false, false, H::nothing,
         {{"build", T::handle, nullptr, "which", 0, 0, H::build}, {"plan", T::text, nullptr, "a plan's name"}}},
        {"plan", "drill.plan NAME { STAGE }", "how a release reaches the users", true, false, H::stage, {}},
        {"everyone", "everyone {}", "a stage: all users at once", true, false, H::nothing, {}},
        {"canary", "canary { share = \"5%\" }", "a stage: a share of the users", true, false, H::nothing,
         {{"share", T::share, nullptr, "of the users", 0.000001, 1},
          {"sticky", T::boolean, "true", "the same users every time"}}},
        {"actor", "drill.actor(NAME, function(me) ... end)", "a runbook as code: sees facts, gives commands", false, false, H::nothing,
         {{"name", T::text, nullptr, "what it is called"}, {"runbook", T::function, nullptr, "what it does"}}},
        {"expect", "drill.expect(ACTOR, { TEXT, ... }) or drill.expect { TEXT, ... }", "what must hold: KEY [mean|pNN|max|cvar90] OP VALUE, or \"A\" better_than \"B\" on KEY", false, false, H::nothing,
         {{"actor", T::text, "", "for this actor only"}, {"expectations", T::texts, nullptr, "what must hold"}}},
    };
}

std::vector<Word> of_the_clients() {
    return {
        {"cohort", "drill.cohort { NAME, users = ... }", "a group of users and how their clients behave", true, true, H::nothing,
         {{"users", T::integer, nullptr, "active users", 0, 1e10},
          {"requests_per_minute", T::number, "2", "of each user", 0, 1e6},
          {"writes", T::share, "0", "of its good requests", 0, 1},
          {"inserts", T::share, "0", "of its writes", 0, 1},
          {"kinds", T::records, "", "several kinds of request instead of one", 0, 0, H::nothing, "kinds"},
          {"timeout", T::length, "1s", "how long a client waits for an answer", 0.2, 600},
          {"attempts", T::integer, "3", "tries for one request, the first included", 1, 8},
          {"backoff", T::record, "", "how long it waits before trying again", 0, 0, H::nothing, "backoff"},
          {"retry_budget", T::share_or_flag, "", "retries allowed per fresh request", 0, 10},
          {"token_bucket", T::record, "", "a retry costs tokens", 0, 0, H::nothing, "token_bucket"},
          {"throttle", T::record, "", "clients hold back when too little is accepted", 0, 0, H::nothing, "throttle"},
          {"breaker", T::record, "", "clients stop asking for a while", 0, 0, H::nothing, "breaker"},
          {"curve", T::curve, "\"flat\"", "\"flat\", \"daily\" (the run starts at midnight, peak at 14:00) or 96 quarter-hours"},
          {"per_minute", T::numbers, "", "your own numbers: requests in each minute; repeats", 0, 1e9}}},
        {"kinds", "kinds = { { share = ... }, ... }", "one kind of request", true, false, H::nothing,
         {{"share", T::share, nullptr, "of the cohort's requests; together 100%", 0, 1},
          {"work", T::number, "1", "times the service's work", 0.001, 1000},
          {"writes", T::share, "0", "of its good requests", 0, 1},
          {"inserts", T::share, "0", "of its writes", 0, 1}}},
        {"backoff", "backoff = { base = ..., cap = ... }", "full jitter below base, doubled each time up to cap", true, false, H::nothing,
         {{"base", T::length, "100ms", "before the first retry", 0, 120}, {"cap", T::length, "20s", "at most", 0, 120}}},
        {"token_bucket", "token_bucket = { tokens = ... }", "an empty bucket fails the request instead of retrying", true, false, H::nothing,
         {{"tokens", T::integer, "500", "when full", 1, 1e9},
          {"retry_cost", T::integer, "5", "of a retry", 0, 1e6},
          {"timeout_cost", T::integer, "10", "of a retry after a timeout", 0, 1e6}}},
        {"throttle", "throttle = { k = 2 }", "rejects locally with (asked - k x accepted) / (asked + 1)", true, false, H::nothing,
         {{"k", T::number, "2", "higher is milder", 1, 100}, {"window", T::length, "2m", "counted over", 1, 3600}}},
        {"breaker", "breaker = { opens_at = \"50%\" }", "opens when too many fail, then probes", true, false, H::nothing,
         {{"opens_at", T::share, "0.5", "failed share", 0.01, 1},
          {"at_least", T::integer, "20", "requests in the window", 1, 1e9},
          {"window", T::length, "10s", "counted over", 1, 3600},
          {"open_for", T::length, "30s", "before it probes", 1, 3600},
          {"probes", T::share, "0.01", "of requests while it probes", 0.0001, 1}}},
    };
}

std::vector<Word> of_the_services() {
    return {
        {"service", "drill.service { NAME, serves = ... }", "what answers: instances with slots", true, true, H::nothing,
         {{"serves", T::handles, "", "the cohort or cohorts whose requests come here", 0, 0, H::cohort},
          {"instances", T::integer, "1", "how many", 1, 100'000},
          {"slots", T::integer, "1", "requests at once in one instance", 1, 10'000},
          {"work", T::length, "50ms", "of one request in its slot, on average", 0.0001, 600},
          {"work_varies", T::boolean, "true", "exponential, otherwise always the same"},
          {"version", T::text, "1.0.0", "the build that serves at the start"},
          {"queue", T::length, "", "bound, in time the queue takes to serve; none: unbounded", 0.001, 3600},
          {"order", T::text, "fifo", "fifo or lifo"},
          {"drop_expired", T::boolean, "false", "does not start work whose client has gone"},
          {"calls", T::records, "", "what one request asks of other services", 0, 0, H::nothing, "calls"},
          {"start", T::length, "1m", "a new instance's way to ready", 0, 3600},
          {"goal", T::share, "0.999", "availability goal", 0, 0.999999},
          {"latency_goal", T::length, "500ms", "above it an answer is slow", 0.001, 600}}},
        {"calls", "calls = { { service = ... }, ... }", "one call to another service", true, false, H::nothing,
         {{"service", T::handle, nullptr, "declared before", 0, 0, H::service},
          {"per_request", T::number, "1", "calls for one request", 0, 1000},
          {"timeout", T::length, "1s", "how long it waits", 0.001, 600},
          {"attempts", T::integer, "1", "tries, the first included", 1, 8},
          {"rtt", T::length, "1ms", "there and back", 0, 60},
          {"cache", T::record, "", "calls only on a miss", 0, 0, H::nothing, "cache"}}},
        {"cache", "cache = { keys = ... }", "calls are made on a miss only", true, false, H::nothing,
         {{"keys", T::integer, "100000", "different ones", 1, 1e12},
          {"hits", T::share, "0.95", "once every key is warm", 0, 1},
          {"initially", T::share, "1", "warm at the start", 0, 1}}},
        {"flag", "drill.flag { NAME, initially = off }", "a switch or setting that processes poll", true, true, H::nothing,
         {{"initially", T::flag_value, "off", "on, off or a share"},
          {"guards", T::handle, "", "whose it is; informs only", 0, 0, H::service}}},
        {"build", "drill.build { VERSION, of = ..., change { ... } }", "a version of a service and its changes", true, true, H::change,
         {{"of", T::handle, nullptr, "the service", 0, 0, H::service}}},
        {"change", "change { TEXT, hides = defect { ... } }", "one change of a build", true, true, H::nothing,
         {{"behind", T::handle, "", "works only while this flag is on", 0, 0, H::flag},
          {"hides", T::handle, "", "what is wrong with it", 0, 0, H::defect}}},
        {"defect", "defect { rate = ..., slow = ... }", "requests that meet it take longer", true, false, H::nothing,
         {{"rate", T::share, "1", "of requests meet it", 0, 1}, {"slow", T::number, "1", "times the work", 0.001, 1000}}},
    };
}

std::vector<Word> of_the_actors() {
    return {
        {"alert", "alert(\"fast_burn\")", "to wait for: fast_burn, slow_burn or ticket; any_alert is all", false, false, H::nothing,
         {{"rule", T::text, nullptr, "which"}}},
        {"me:wait", "me:wait(\"3m\")", "does nothing for a while", false, false, H::nothing,
         {{"length", T::length, nullptr, "for how long", 0, 864'000}}},
        {"me:wait_for", "me:wait_for(any_alert, { within = \"40m\" })", "the next fact that fits and was not waited for before, or nil", false, false, H::nothing,
         {{"what", T::wait_on, nullptr, "any_alert, alert(...) or a function that a fact is given to"},
          {"within", T::length, "", "gives nil after this long", 0, 864'000}}},
        {"me:now", "me:now()", "seconds since the start", false, false, H::nothing, {}},
        {"me:measured", "me:measured(SERVICE, \"errors\")", "the last visible value, or nil", false, false, H::nothing,
         {{"service", T::handle, nullptr, "whose", 0, 0, H::service}, {"measure", T::text, nullptr, "a measure's name"}}},
        {"me:sum", "me:sum(SERVICE, \"errors\", 4)", "over the last visible scrapes", false, false, H::nothing,
         {{"service", T::handle, nullptr, "whose", 0, 0, H::service}, {"measure", T::text, nullptr, "a measure's name"},
          {"scrapes", T::integer, nullptr, "how many", 1, 100'000}}},
        {"me:shed", "me:shed(SERVICE, \"40%\", { final = true })", "turns a share of attempts away", false, false, H::nothing,
         {{"service", T::handle, nullptr, "where", 0, 0, H::service}, {"share", T::share, nullptr, "of attempts", 0, 1},
          {"final", T::boolean, "false", "a shed client does not try again"}}},
        {"me:scale", "me:scale(SERVICE, 12)", "runs this many instances", false, false, H::nothing,
         {{"service", T::handle, nullptr, "which", 0, 0, H::service}, {"instances", T::integer, nullptr, "how many", 1, 100'000}}},
        {"me:set_flag", "me:set_flag(FLAG, off)", "sets a flag", false, false, H::nothing,
         {{"flag", T::handle, nullptr, "which", 0, 0, H::flag}, {"value", T::flag_value, nullptr, "on, off or a share"}}},
        {"me:rollback", "me:rollback(SERVICE)", "puts an earlier build back", false, false, H::nothing,
         {{"service", T::handle, nullptr, "which", 0, 0, H::service}, {"version", T::text, "", "none: the one before"}}},
    };
}

}  // namespace

const std::vector<Word>& words() {
    static const std::vector<Word> all = [] {
        std::vector<Word> list = of_the_day();
        for (auto part : {of_the_clients(), of_the_services(), of_the_actors()})
            list.insert(list.end(), part.begin(), part.end());
        return list;
    }();
    return all;
}

const Word& word(const std::string& name) {
    for (const Word& each : words()) {
        if (each.name == name) return each;
    }
    check(false, "the loader asks for words of the table only");
    return words()[0];
}

}  // namespace rollcage
