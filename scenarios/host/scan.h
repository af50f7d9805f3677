// Reads a script's words before Lua does: refuses `^` and names that nobody declared.
// Leans on the language's spelling alone; Lua itself still judges the grammar.
// A name counts as declared wherever in the file it is: a typo is found, a scope is not checked.
#pragma once

#include <string>
#include <vector>

#include "sim/base/result.h"

namespace rollcage {

struct ScriptWord {
    enum class Kind { name, text, number, sign } kind;
    std::string text;  // Of a text in quotes: as it is written between them.
    int line;
    std::size_t from = 0, to = 0;  // Where in the source it stands, quotes included.
};
std::vector<ScriptWord> script_words(const std::string& source);
Result<void> scan_script(const std::string& file, const std::string& source,
                         const std::vector<std::string>& globals);

}  // namespace rollcage
