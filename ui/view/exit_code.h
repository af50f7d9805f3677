// What the program's exit codes mean. Leans on nothing.
// They are API: CI reads them.
// They are never renumbered.
#pragma once

namespace rollcage {

enum ExitCode : int {
    exit_pass = 0,
    exit_failed = 1,
    exit_usage = 2,
    exit_internal = 3,
    exit_nothing = 4,
    exit_nondeterminism = 5,
    exit_interrupted = 130,
};

}  // namespace rollcage
