// Runs as comma-separated values: a row a run, a column a key of its outcome, by its dotted name.
// Leans on database.h and play's recording.h; builds text and writes nothing.
// As RFC 4180 has it but for the end of a line, which is a line feed alone; no data is no text.
#pragma once

#include <string>
#include <vector>

#include "scenarios/play/recording.h"
#include "ui/report/database.h"

namespace rollcage {

std::string csv_head();
std::string csv_rows(const std::string& file, const std::vector<StoredRun>& runs);
// The outcome as it was recorded, though this engine may play the day otherwise.
Result<std::string> csv_row(const std::string& file, const Recording& recording);

}  // namespace rollcage
