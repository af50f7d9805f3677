// The scenarios that `rollcage new` copies; made from scenarios/templates when the build is
// configured. Leans on the standard library alone.
// The texts are those of the files, to the byte.
#pragma once

#include <string>
#include <vector>

namespace rollcage {

struct Template {
    std::string name, text;
};
const std::vector<Template>& templates();

}  // namespace rollcage
