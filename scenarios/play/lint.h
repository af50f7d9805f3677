// What loads and cannot mean what was written: findings with their place, numbers and remedy.
// Leans on host and the declared world; plays nothing. A finding follows from what is declared.
// A comment `-- lint: allow RULE` on the line, or right above it, silences one.
#pragma once

#include <string>
#include <vector>

#include "scenarios/host/scenario.h"

namespace rollcage {

enum class Severity : std::uint8_t { note, warning, error };
const char* name(Severity severity);

// The one table that findings, `lint --rules` and docs/LINT.md are made of.
struct LintRule {
    const char* name;
    Severity severity;
    const char* finds;
    const char* mend;
};
const std::vector<LintRule>& lint_rules();

struct LintFinding {
    const LintRule* rule = nullptr;
    SourceLine at;     // Line 0: of the file as a whole.
    std::string what;  // Was written.
    std::string why;   // It cannot mean it, with the numbers.
    std::string mend;  // More than the rule says, where the numbers say more; may be empty.
};
struct Linted {
    std::vector<LintFinding> findings;  // By file and line.
    std::size_t allowed = 0;            // Silenced by a comment.
};
Linted lint(const Scenario& scenario);

// The chance that a one-sided test of two proportions at `alpha` tells `worse` from `usual`, where
// the canary sees `canary` requests and its control `control`.
double power_to_tell(double usual, double worse, double canary, double control, double alpha);

}  // namespace rollcage
