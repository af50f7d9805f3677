// What a screen looked like and said when somebody last approved it: pictures and texts in files.
// Leans on raster.h; with ROLLCAGE_UPDATE set, what is now becomes what is compared with.
// What differs is kept beside, so that a person can look at both.
#pragma once

#include <string>

#include "tests/desk/raster.h"

void compare_with_golden(const Picture& picture, const std::string& what);
void compare_with_snapshot(const std::string& text, const std::string& what);
