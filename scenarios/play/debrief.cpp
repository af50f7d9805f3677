#include "scenarios/play/debrief.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "scenarios/play/outcome_keys.h"

namespace rollcage {

namespace {

struct Clause {
    const char* key;
    const char* what;
};
// In the order in which they weigh: people first, then what they stored, then what it took.
constexpr std::array clauses_known{
    Clause{"requests.failed", "failed requests"},
    Clause{"requests.refused", "refused requests"},
    Clause{"requests.misled", "answers from damaged records"},
    Clause{"users.minutes_impacted", "impacted user-minutes"},
    Clause{"records.damaged", "damaged records"},
    Clause{"records.lost", "lost records"},
    Clause{"records.undone", "writes taken back"},
    Clause{"records.doubled", "doubled records"},
    Clause{"records.dead_lettered", "messages set aside"},
    Clause{"records.unreadable_minutes", "minutes of unreadable records"},
    Clause{"jobs.orphaned", "orphaned jobs"},
    Clause{"effects.doubled", "effects sent twice"},
    Clause{"cost.total", "of the scenario's money"},
};
constexpr double worth_saying = 0.05;

// 1234567 as "1,234,567".
std::string grouped(double value) {
    std::string digits = fmt::format("{:.0f}", value);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

std::string length(double seconds) {
    return seconds < 120 ? fmt::format("{:.0f} s", seconds)
                         : fmt::format("{:.0f} min", seconds / 60);
}

std::string when(const std::optional<double>& seconds) {
    return seconds ? "after " + length(*seconds) : "never";
}

std::string ending(const std::string& actor, const Outcome& life, const std::string& other_actor,
                   const Outcome& other) {
    if (!life.mitigate_s && !other.mitigate_s && !life.detect_s && !other.detect_s) return "";
    if (!life.mitigate_s && !other.mitigate_s) return " Harm went on in both.";
    if (life.mitigate_s == other.mitigate_s)
        return fmt::format(" Harm stopped {} in both.", when(life.mitigate_s));
    if (!life.mitigate_s)  // Whoever stopped it comes first.
        return fmt::format(" Harm stopped {} with {}, never with {}.", when(other.mitigate_s),
                           other_actor, actor);
    return fmt::format(" Harm stopped {} with {}, {} with {}.", when(life.mitigate_s), actor,
                       when(other.mitigate_s), other_actor);
}

std::string left_open(const std::string& actor, const Outcome& life) {
    std::string text;
    if (life.open_harm_per_hour >= 1)
        text += fmt::format(" At the end {} more an hour were still being harmed.",
                            grouped(life.open_harm_per_hour));
    if (life.open_residue > 0)
        text +=
            fmt::format(" With {} {} records or jobs were left that nothing will mend by itself.",
                        actor, grouped(static_cast<double>(life.open_residue)));
    return text;
}

std::string quoted(const std::vector<std::string>& list) {
    std::string text;
    for (std::size_t i = 0; i < list.size(); ++i)
        text += fmt::format("{}\"{}\"",
                            i == 0                 ? ""
                            : i + 1 == list.size() ? " and "
                                                   : ", ",
                            list[i]);
    return text;
}

// What nobody could be sure of in the day: in what an environment was another place, and what that
// let through.
std::string environments(const Outcome& life) {
    std::string text;
    for (const Outcome::Environment& it : life.environments) {
        if (!it.differences.empty())
            text += fmt::format(" At the end {} was unlike production in {}: {}.", it.name,
                                it.differences.size(), quoted(it.differences));
        for (const auto& [build, difference] : it.missed)
            text += fmt::format(" With \"{}\" it could no longer find what was wrong with {}.",
                                difference, build);
    }
    return text;
}

}  // namespace

std::string debrief(const std::string& actor, const Outcome& life, const std::string& other_actor,
                    const Outcome& other) {
    std::string clauses;
    for (const Clause& it : clauses_known) {
        const auto own = outcome_value(life, it.key), its = outcome_value(other, it.key);
        if (!own || !its) continue;
        const double less = *its - *own;
        if (std::abs(less) < std::max(1.0, worth_saying * std::max(std::abs(*own), std::abs(*its))))
            continue;
        clauses += fmt::format("{}{} {} {}", clauses.empty() ? "" : ", ", grouped(std::abs(less)),
                               less > 0 ? "fewer" : "more", it.what);
    }
    const std::string first =
        clauses.empty()
            ? fmt::format("Against {} on the same day, {} made no difference worth telling.",
                          other_actor, actor)
            : fmt::format("Against {} on the same day, {} had {}.", other_actor, actor, clauses);
    return first + ending(actor, life, other_actor, other) + left_open(actor, life) +
           environments(life);
}

}  // namespace rollcage
