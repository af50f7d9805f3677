// A comparison as a page: distributions, differences, standings, judgements, a heat map.
// Leans on view's contest_view.h and page.h.
// It says as much without a script; pointing at a mark tells its number.
#pragma once

#include <string>

#include "scenarios/play/compare.h"

namespace rollcage {

std::string comparison_html(const Scenario& scenario, const Choices& choices,
                            const Comparison& comparison, const std::vector<Judgement>& judgements);

}  // namespace rollcage
