// The words of a plan's test stages; their defaults are those of the engine.
#include <deque>

#include "scenarios/host/fields.h"
#include "sim/world/trial.h"

namespace rollcage {

namespace {

using T = Field::Type;
using H = HandleKind;

const char* kept(std::string text) {  // For ever: words are tables of plain pointers.
    static std::deque<std::string> all;
    return all.emplace_back(std::move(text)).c_str();
}

// As it would be written, and read back to the same millionth.
const char* share_text(Share share) {
    std::string digits = std::to_string(whole.ppm + share.ppm % whole.ppm).substr(1);
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    return kept(std::to_string(share.ppm / whole.ppm) + (digits.empty() ? "" : "." + digits));
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
    fields.push_back({"volume", T::integer, kept(std::to_string(usual.volume)),
                      "requests in one run, over all of its tests", 0, 1e9});
    fields.push_back({"tests", T::integer, kept(std::to_string(usual.tests)),
                      "that these are spread over; 0: they are not told apart", 0, 1e6});
    fields.push_back({"oracle", T::share, share_text(usual.oracle),
                      "of wrong results, those that somebody asserts against", 0, 1});
}

Word word_of(TrialKind kind, const char* name, const char* form, const char* meaning) {
    const Trial usual = usual_trial(kind);
    Word word{name, form, meaning, true, false, H::nothing, {}};
    word.fields.push_back(
        {"takes", T::length, kept(length_text(usual.takes)), "how long one run is", 1, 86'400});
    if (kind != TrialKind::compile) add_volume(usual, word.fields);
    if (kind == TrialKind::unit) {
        word.fields.push_back({"reach", T::share, share_text(usual.reach),
                               "of the lines of a change, those that its tests run", 0, 1});
        word.fields.push_back({"coverage_at_least", T::share, share_text(usual.coverage_at_least),
                               "of the lines of a build's changes, or it is red", 0, 1});
    }
    if (kind == TrialKind::performance)
        word.fields.push_back({"regression_at_most", T::share, share_text(usual.regression_at_most),
                               "of the 95th percentile of the work, or it is red", 0, 10});
    if (kind == TrialKind::staging)
        word.fields.push_back(
            {"soak", T::length, "0s", "processes run this much longer", 0, 864'000});
    return word;
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
    };
    return all;
}

}  // namespace rollcage
