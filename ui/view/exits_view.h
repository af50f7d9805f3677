// Which exits of each release are open: a table with what shuts them, and JSON.
// Leans on play; builds text and prints nothing.
// A table fits 80 columns, and says more a line where there are more.
#pragma once

#include <string>
#include <vector>

#include "scenarios/play/exits.h"

namespace rollcage {

std::string exits_table(const std::vector<ReleaseExits>& all, std::size_t width);
struct ExitsOfFile {
    std::string path;
    std::vector<ReleaseExits> releases;
};
std::string exits_json(const std::vector<ExitsOfFile>& files);

}  // namespace rollcage
