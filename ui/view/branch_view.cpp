#include "ui/view/branch_view.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/play/debrief.h"
#include "scenarios/play/outcome_keys.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

using nlohmann::json;

std::optional<std::string> fact_at(const Life& life, std::size_t nth, const Names& names) {
    if (nth >= life.facts.size()) return std::nullopt;
    return transcript_line(life.facts[nth], names);
}

std::string cell(const std::optional<double>& value) {
    return value ? number_text(*value) : "-";
}

json maybe(const std::optional<std::string>& text) {
    return text ? json(*text) : json(nullptr);
}

json flat(const Outcome& outcome) {
    json all = json::object();
    for (const std::string& key : outcome_keys()) {
        const auto value = outcome_value(outcome, key);
        all[key] = value ? json(*value) : json(nullptr);
    }
    return all;
}

}  // namespace

std::string branch_table(const Branched& both, const Turn& turn, std::size_t width) {
    const Names& names = both.scenario.blueprint->names;
    std::string text = fmt::format("{}  seed {}  at {}: {}{}\n", both.scenario.name, both.was.seed,
                                   clock_text(turn.at), turn.order,
                                   turn.then.empty() ? "" : ", then " + turn.then);
    text += fmt::format("the same for {} facts; then\n  was  {}\n  is   {}\n", both.same_facts,
                        fact_at(both.was, both.same_facts, names).value_or("nothing more"),
                        fact_at(both.is, both.same_facts, names).value_or("nothing more"));
    std::string rows;
    for (const std::string& key : outcome_keys()) {
        const auto was = outcome_value(both.was.outcome, key),
                   is = outcome_value(both.is.outcome, key);
        if (was == is) continue;
        std::optional<double> more;
        if (was && is) more = *is - *was;
        rows +=
            fmt::format("  {:<26} {:>14} {:>14} {:>14}\n", key, cell(was), cell(is), cell(more));
    }
    text += rows.empty()
                ? "the outcome is the same\n"
                : fmt::format("\n  {:<26} {:>14} {:>14} {:>14}\n", "", "was", "is", "more") + rows;
    return text + "\n" +
           wrapped(debrief("the branch", both.is.outcome, "what was done", both.was.outcome),
                   width) +
           "\n";
}

std::string branch_json(const Branched& both, const Turn& turn) {
    const Names& names = both.scenario.blueprint->names;
    const auto life = [&](const Life& it) {
        return json{{"actor", it.actor},
                    {"digest", hex(it.digest)},
                    {"first_other_fact", maybe(fact_at(it, both.same_facts, names))},
                    {"outcome", flat(it.outcome)}};
    };
    return json{{"format", 1},
                {"scenario", both.scenario.name},
                {"seed", both.was.seed},
                {"at_s", turn.at.seconds()},
                {"do", turn.order},
                {"then", turn.then.empty() ? json(nullptr) : json(turn.then)},
                {"same_facts", both.same_facts},
                {"was", life(both.was)},
                {"is", life(both.is)}}
               .dump(2, ' ', false, json::error_handler_t::replace) +
           "\n";
}

}  // namespace rollcage
