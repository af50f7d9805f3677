// How a check reads: to a person, to JUnit's readers, to GitHub.
// Leans on play's check.h; builds text and prints nothing.
// The whole explanation stands in a failure's text, for some readers show nothing else.
#pragma once

#include <string>
#include <vector>

#include "scenarios/play/check.h"
#include "ui/view/exit_code.h"

namespace rollcage {

struct CheckSum {
    std::int64_t scenarios = 0, cases = 0, failed = 0, errors = 0, nondeterministic = 0;
    double seconds = 0;
};
CheckSum sum_of(const std::vector<CheckedFile>& files);

int exit_of(const CheckSum& sum);

std::string check_line(const CheckedFile& file, std::size_t width = 80);  // As it is done.
std::string check_failures(const std::vector<CheckedFile>& files);  // Last, with how to see again.
std::string check_beside(const std::vector<CheckedFile>& files,
                         std::size_t width = 80);  // Before and now.
std::string check_end(const CheckSum& sum);

// `began` is when, as 2026-11-21T19:30:00.
std::string junit_xml(const std::vector<CheckedFile>& files, const std::string& began);
std::string github_annotations(const std::vector<CheckedFile>& files);  // At most ten, and a count.
std::string markdown_summary(const std::vector<CheckedFile>& files);

}  // namespace rollcage
