// The words of a plan's test stages; their defaults are those of the engine.
#include <deque>

#include "scenarios/host/fields.h"
#include "sim/world/batch.h"

namespace rollcage {

namespace {

using T = Field::Type;
using H = HandleKind;

const char* kept_word(std::string text) {  // For ever: words are tables of plain pointers.
    static std::deque<std::string> all;
    return all.emplace_back(std::move(text)).c_str();
}

// As it would be written, and read back to the same millionth.
const char* share_text(Share share) {
    std::string digits = std::to_string(whole.ppm + share.ppm % whole.ppm).substr(1);
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    return kept_word(std::to_string(share.ppm / whole.ppm) + (digits.empty() ? "" : "." + digits));
}

constexpr std::pair<const char*, const char*> of_dimensions[dimensions] = {
    {"data", "like production's: rows of a shape that only it has"},
    {"scale", "like production: load and concurrency"},
    {"config", "like production: settings and flags"},
    {"dependencies", "like production: other services, slow, down or new"},
    {"behaviour", "like production: who asks, and when"},
    {"skew", "like production: old and new builds and forms side by side"},
};

void add_volume(const Trial& usual, std::vector<Field>& fields) {
    for (std::size_t d = 0; d < dimensions; ++d)
        fields.push_back({of_dimensions[d].first, T::share, share_text(usual.parity[d]),
                          of_dimensions[d].second, 0, 1});
    if (usual.kind == TrialKind::performance) return;
    fields.push_back({"volume", T::integer, kept_word(std::to_string(usual.volume)),
                      "requests in one run, over all of its tests", 0, 1e9});
    fields.push_back({"tests", T::integer, kept_word(std::to_string(usual.tests)),
                      "that these are spread over; 0: they are not told apart", 0, 1e6});
    fields.push_back({"oracle", T::share, share_text(usual.oracle),
                      "of wrong results, those that somebody asserts against", 0, 1});
    fields.push_back(
        {"flake", T::share, "0", "of runs of one test, those that fail for nothing", 0, 1});
    fields.push_back({"on_flake", T::choice, "stop",
                      "a test that failed: it is red, is tried again, or is then run no more", 0, 0,
                      H::nothing, "stop|retry|quarantine"});
    fields.push_back({"retries", T::integer, "2", "of a test, where it is tried again", 0, 10});
    fields.push_back(
        {"quarantined", T::integer, "0", "tests that nobody runs, at the start", 0, 1e6});
    fields.push_back(
        {"quarantine_age", T::length, "0s", "of the first of these, at the start", 0, 1e9});
    fields.push_back({"owner", T::text, "", "who is to mend what is in quarantine"});
}

void add_rehearsal(const Trial& usual, std::vector<Field>& fields) {
    fields.push_back(
        {"data", T::share, share_text(usual.parity[0]), of_dimensions[0].second, 0, 1});
    fields.push_back(
        {"config", T::share, share_text(usual.parity[2]), of_dimensions[2].second, 0, 1});
    fields.push_back({"oracle", T::share, share_text(usual.oracle),
                      "of wrong results, those that somebody asserts against", 0, 1});
}

void add_approval(const Trial& usual, std::vector<Field>& fields) {
    fields.push_back({"approvers", T::texts, "",
                      "instead of a rota: names of people, whose attention it takes"});
    fields.push_back({"looks", T::length, kept_word(length_text(usual.looks)),
                      "in the median, once one of them looks at it", 1, 86'400});
    fields.push_back({"rota", T::choice, "on_call", "who is there", 0, 0, H::nothing,
                      "office_hours|on_call|away"});
    fields.push_back({"opens", T::length, kept_word(length_text(usual.opens)),
                      "since midnight, in office hours", 0, 86'400});
    fields.push_back({"closes", T::length, kept_word(length_text(usual.closes)),
                      "since midnight, in office hours", 0, 86'400});
    fields.push_back({"catches", T::share, share_text(usual.catches),
                      "of what is wrong, seen by who approves", 0, 1});
}

Word word_of(TrialKind kind, const char* name, const char* form, const char* meaning) {
    const Trial usual = usual_trial(kind);
    Word word{name, form, meaning, true, false, H::nothing, {}};
    if (kind == TrialKind::merge) return word;
    const auto add = [&](Field field) { word.fields.push_back(field); };
    add({"takes", T::length, kept_word(length_text(usual.takes)),
         kind == TrialKind::approval ? "in the median, from the question to the answer"
                                     : "how long one run is",
         1, 86'400});
    add({"mode", T::choice, "hard", "what red means: stop, stop until skipped, or only say so", 0,
         0, H::nothing, "hard|skippable|advisory"});
    if (kind == TrialKind::rehearsal) add_rehearsal(usual, word.fields);
    if (kind == TrialKind::approval) add_approval(usual, word.fields);
    if (kind == TrialKind::scan)
        add({"critical_at_most", T::integer, "0", "published vulnerabilities, or it is red", 0,
             1'000});
    if (kind < TrialKind::compile) add_volume(usual, word.fields);
    if (kind < TrialKind::compile || kind == TrialKind::rehearsal)
        add({"environment", T::handle, "", "where it runs; none: one made for it", 0, 0,
             H::environment});
    if (kind == TrialKind::unit) {
        add({"reach", T::share, share_text(usual.reach),
             "of the lines of a change, those that its tests run", 0, 1});
        add({"coverage_at_least", T::share, share_text(usual.coverage_at_least),
             "of the lines of a build's changes, or it is red", 0, 1});
    }
    if (kind == TrialKind::performance)
        add({"regression_at_most", T::share, share_text(usual.regression_at_most),
             "of the 95th percentile of the work, or it is red", 0, 10});
    if (kind == TrialKind::staging)
        add({"soak", T::length, "0s", "processes run this much longer", 0, 864'000});
    return word;
}

std::vector<Field> habits(std::vector<Field> before, const char* count) {
    for (const Field& it : std::vector<Field>{
             {"count", T::integer, count, "how many changes", 1, batch_max},
             {"lines", T::number, "80", "of a change, in the median", 0.5, 1e5},
             {"spread", T::number, "1.1", "of its logarithm", 0, 3},
             {"defects_per_thousand_lines", T::number, "4", "that a review has left", 0, 1000},
             {"interaction", T::share, "0.0005", "of pairs of changes, wrong only together", 0, 1},
             {"worth", T::number, "0", "of each: money, a minute that everybody has it", 0, 1e9}})
        before.push_back(it);
    return before;
}

}  // namespace

const std::vector<Word>& words_of_plans() {
    using K = TrialKind;
    static const std::vector<Word> all{
        word_of(K::compile, "compile", "compile {}", "a stage before users: the image is built"),
        word_of(K::unit, "unit", "unit {}", "a stage before users: unit tests"),
        word_of(K::contract, "contract", "contract {}",
                "a stage before users: what services say to each other"),
        word_of(K::integration, "integration", "integration {}",
                "a stage before users: several parts together"),
        word_of(K::performance, "performance", "performance {}",
                "a stage before users: sees what became slower, and nothing else"),
        word_of(K::smoke, "smoke", "smoke {}", "a stage before users: end to end, a dozen times"),
        word_of(K::staging, "staging", "staging { soak = \"30m\" }",
                "a stage before users: an environment that is like production in part"),
        word_of(K::scan, "scan", "scan {}", "a stage before users: known vulnerabilities"),
        word_of(K::rehearsal, "rehearsal", "rehearsal {}",
                "a stage before users: deploy, write, roll back, read"),
        word_of(K::approval, "approval", "approval { rota = \"on_call\" }",
                "a stage before users: somebody says yes"),
        word_of(K::merge, "merge", "merge {}",
                "from here on a stage that is red blocks whatever is to be merged"),
        {"environment",
         "drill.environment { NAME, age = \"20d\" }",
         "where test stages run that name it; it drifts from production",
         true,
         true,
         H::nothing,
         {{"differences", T::records, "", "what it lacks of production", 0, 0, H::nothing,
           "differences"},
          {"holds", T::handles, "",
           "services that it has of its own, in the build that production had when it was "
           "refreshed",
           0, 0, H::service},
          {"age", T::length, "0s", "at the start, since it was last refreshed", 0, 1e9},
          {"refresh_takes", T::length, "1h", "how long a refresh is", 1, 864'000},
          {"cost_per_hour", T::number, "0", "money", 0, 1e9}}},
        {"changes", "changes { count = 30 }",
         "an item of a build: so many changes, and what hides in them, drawn from the seed", true,
         false, H::nothing, habits({}, nullptr)},
        {"train", "drill.train { NAME, of = ..., every = \"1h\", plan = \"usual\", count = 30 }",
         "a build whenever it leaves, with what is in main by then", true, true, H::nothing,
         habits(
             {{"of", T::handle, nullptr, "the service", 0, 0, H::service},
              {"every", T::length, nullptr, "from one to the next", 60, 864'000},
              {"first", T::length, "", "since the start; by itself after that length", 0, 864'000},
              {"plan", T::text, nullptr, "a plan's name"}},
             nullptr)},
        {"differences",
         "differences = { { name = ..., kind = \"index\" }, ... }",
         "one difference of an environment",
         true,
         false,
         H::nothing,
         {{"name", T::text, nullptr, "what the debrief calls it"},
          {"kind", T::choice, "setting",
           "what it touches: config, data, scale, dependencies, scale", 0, 0, H::nothing,
           "setting|data_shape|index|dependency|size"},
          {"lacks", T::share, "0.3", "of what it touches", 0, 1}}},
    };
    return all;
}

}  // namespace rollcage
