#include "scenarios/play/transcript.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

namespace rollcage {
namespace {

struct Transcript {
    std::string scenario, engine;    // "slow_lorry 4c2f9…", "0.1.0"; empty: not said.
    std::vector<std::string> lines;  // All but the engine.
    std::size_t first_fact = 0;      // The line after the head.
};

Transcript parts(const std::string& text) {
    const std::string scenario = "scenario ", engine = "engine ";
    Transcript it;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) {
        const bool head = it.first_fact == 0;
        if (head && line.starts_with(engine)) {
            it.engine = line.substr(engine.size());
            continue;
        }
        if (head && line.starts_with(scenario)) it.scenario = line.substr(scenario.size());
        it.lines.push_back(line);
        if (head && line.empty()) it.first_fact = it.lines.size();
    }
    return it;
}

bool same_facts(const Transcript& one, const Transcript& other) {
    return std::ranges::equal(
        one.lines.begin() + static_cast<std::ptrdiff_t>(one.first_fact), one.lines.end(),
        other.lines.begin() + static_cast<std::ptrdiff_t>(other.first_fact), other.lines.end());
}

}  // namespace

std::string transcript_of(const Scenario& scenario, const Life& life) {
    std::string text =
        fmt::format("scenario {} {}\nactor {}\nseed {}\nengine {}\n\n", scenario.name,
                    hex(source_digest(scenario.sources)), life.actor, life.seed, ROLLCAGE_VERSION);
    for (const Occurrence& it : life.facts)
        text += transcript_line(it, scenario.blueprint->names) + "\n";
    return text;
}

bool same_transcript(const std::string& accepted, const std::string& found) {
    return parts(accepted).lines == parts(found).lines;
}

std::string difference(const std::string& accepted, const std::string& found) {
    const auto before = parts(accepted).lines, after = parts(found).lines;
    std::size_t same = 0, tail = 0;
    const std::size_t shorter = std::min(before.size(), after.size());
    while (same < shorter && before[same] == after[same]) ++same;
    while (tail < shorter - same &&
           before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
        ++tail;
    std::string text = fmt::format("@@ line {} @@\n", same + 1);
    constexpr std::size_t shown = 20;
    const auto show = [&](const std::vector<std::string>& lines, char sign) {
        const std::size_t end = lines.size() - tail;
        for (std::size_t i = same; i < std::min(end, same + shown); ++i)
            text += sign + lines[i] + "\n";
        if (end > same + shown)
            text += fmt::format("{} and {} lines more\n", sign, end - same - shown);
    };
    show(before, '-');
    show(after, '+');
    return text;
}

std::string changed_by(const std::string& accepted, const std::string& found) {
    const Transcript before = parts(accepted), after = parts(found);
    const bool same_text = before.scenario == after.scenario;
    const std::string engines = before.engine.empty()
                                    ? "by an engine that is not named"
                                    : fmt::format("under engine {}", before.engine);
    if (same_facts(before, after))
        return "what happens is the same; the scenario's text, its name, actor or seed is another";
    if (before.engine == after.engine)
        return same_text ? fmt::format(
                               "neither the text nor the engine's version ({}) changed: "
                               "another build of it plays this; --twice tells whether one "
                               "build plays it the same twice",
                               after.engine)
                         : fmt::format(
                               "the scenario changed it: its text is another, the engine "
                               "({}) is the same",
                               after.engine);
    if (same_text)
        return fmt::format("the engine changed it: the text is as it was accepted {}, this is {}",
                           engines, after.engine);
    return fmt::format(
        "both changed: the text, and the engine (accepted {}, this is {}); check --against a "
        "checkout with the accepted text plays that under this engine and tells the two apart",
        engines, after.engine);
}

}  // namespace rollcage
