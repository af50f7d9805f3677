// What every page carries within it: its style and its script, files of assets/report.
// Leans on nothing; the build puts their texts into the program.
// The script adds hovering and zoom; a page says everything without it.
#pragma once

namespace rollcage {

extern const char* const page_css;
extern const char* const page_js;

}  // namespace rollcage
