// What a test measured where theory or a published number says what it should be: the rows of the
// table in docs/MODEL.md. Leans on nothing.
// Writes a line only where ROLLCAGE_MEASURED names a file; scripts/validate does.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace rollcage {

inline void measured(const char* what, const char* source, double expected, const char* tolerance,
                     double value) {
    const char* path = std::getenv("ROLLCAGE_MEASURED");
    if (path == nullptr) return;
    std::FILE* out = std::fopen(path, "a");
    if (out == nullptr) return;
    std::fprintf(out, "%s\t%s\t%.6g\t%s\t%.6g\n", what, source, expected, tolerance, value);
    std::fclose(out);
}

}  // namespace rollcage
