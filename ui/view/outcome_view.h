// How a run, a comparison and their verdicts read: as JSON with every key, and as plain tables.
// Leans on play; builds text and prints nothing.
// Keys are API: what no mechanism fills yet is null, never missing.
#pragma once

#include <string>
#include <vector>

#include "scenarios/play/compare.h"
#include "scenarios/play/expectation.h"
#include "scenarios/play/life.h"

namespace rollcage {

struct RunView {
    std::string version;
    const Scenario* scenario = nullptr;
    Choices choices;
    const Life* life = nullptr;
    bool cut_short = false;
    std::vector<Judgement> judgements;
    std::string debrief;
};
std::string run_json(const RunView& run);
// Tables are as wide as the width allows, and never wider than 80 columns where that is not more.
inline constexpr std::size_t usual_width = 80;
std::string run_table(const RunView& run, std::size_t width = usual_width);

std::string comparison_json(const Scenario& scenario, const Choices& choices,
                            const Comparison& comparison, const std::vector<Judgement>& judgements);
std::string comparison_table(const std::string& scenario, const Comparison& comparison,
                             std::size_t width = usual_width);
std::string judgements_table(const std::vector<Judgement>& judgements,
                             std::size_t width = usual_width);

std::string number_text(double value);
// Broken between words, so that no line is longer.
std::string wrapped(const std::string& text, std::size_t width);
std::string fact_json(const Occurrence& fact, const Names& names);  // One line of --facts.

}  // namespace rollcage
