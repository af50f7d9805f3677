// What a search found: as text, as JSON, and as the first lines of the scenario it leaves behind.
// Leans on play; builds text and prints nothing.
// The first line of what is left behind says whose it is: only that may be written over.
#pragma once

#include <string>

#include "scenarios/play/search.h"

namespace rollcage {

// Where a search leaves what it found.
struct SearchLeft {
    std::string lua, drill;
    std::uint64_t seed = 1;  // Of the day that is recorded.
    std::optional<std::string> plan{};
};
inline constexpr const char* found_mark = "-- Found by `rollcage search`";

std::string found_head(const Searched& searched, const SearchLeft& left);
std::string run_arguments(const Searched& searched, const SearchLeft& left);
std::string search_table(const Searched& searched, const SearchLeft& left);  // At most 80 columns.
std::string search_json(const Searched& searched, const SearchLeft& left, const SearchAsked& asked);

}  // namespace rollcage
