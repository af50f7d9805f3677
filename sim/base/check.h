// A promise the code makes to itself: when it is broken the run stops on the spot.
// Leans on the C library alone; what a person or a file can get wrong is a Result instead.
// A broken promise prints where it was made and ends the process; nothing catches it.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace rollcage {

[[noreturn]] inline void stop_here(const char* promise, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, promise);
    std::abort();
}

// __builtin_FILE rather than std::source_location: clang 14 has no consteval support for the
// latter.
constexpr void check(bool holds, const char* promise, const char* file = __builtin_FILE(),
                     int line = __builtin_LINE()) {
    if (!holds) [[unlikely]]
        stop_here(promise, file, line);
}

}  // namespace rollcage
