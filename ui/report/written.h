// Files that people keep: the whole of one or nothing of it.
// Leans on the standard library; an error names the path.
// A file that was there keeps its permissions, and a link stays one.
#pragma once

#include <string>

#include "sim/base/result.h"

namespace rollcage {

// Unless it is to be appended to or is no regular file.
Result<void> write_file(const std::string& path, const std::string& text, bool append = false);

}  // namespace rollcage
