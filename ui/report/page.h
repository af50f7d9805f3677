// The page that every report is: head, DRILL over it all, sections with their contents list, style
// and script within. Leans on assets.h. One file, no network; whatever came from outside goes
// through `escaped`. A new section is one more Section.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rollcage {

// Safe between tags and inside quotes; what is no UTF-8, or no character of a page, is replaced.
std::string escaped(std::string_view text);

struct Section {
    std::string id, title, body;  // The body is HTML.
};
struct Page {
    std::string title, under;  // Plain texts.
    std::string style{};       // Rules of its own, HTML.
    std::vector<Section> sections;
};
std::string page_html(const Page& page);

std::string paragraph(const std::string& text, const char* kind = "");
std::string list_of(const std::vector<std::string>& texts);  // Nothing: "none".
// A cell of a table of numbers: what is shown, and the number itself.
std::string number_cell(const std::string& shown, double value, bool best = false);

}  // namespace rollcage
