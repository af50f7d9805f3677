// What lint found, for a terminal and as JSON, and its rules in Markdown.
// Leans on play; builds text and prints nothing.
// Rules, remedies and the manual's page come from lint's one table.
#pragma once

#include <string>
#include <vector>

#include "scenarios/play/lint.h"

namespace rollcage {

struct LintedFile {
    std::string path;   // As it was given.
    std::string error;  // It does not load; then there are no findings.
    Linted linted;
};
std::string lint_text(const LintedFile& file, std::size_t width);
std::string lint_end(const std::vector<LintedFile>& files);  // One line.
std::string lint_json(const std::vector<LintedFile>& files);
std::string lint_rules_page();             // A Markdown table.
bool finds_fault(const LintedFile& file);  // More than notes.
// Of a line that findings stand at: the path as given, or of a file used from beside it.
std::string path_of(const std::string& given, const SourceLine& at);

}  // namespace rollcage
