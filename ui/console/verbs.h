// The verbs of the program: each adds its options and remembers the exit code of what it did.
// Leans on CLI11, play and view; standard output belongs to results, standard error to the rest.
// Exit codes are API and are never renumbered.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "scenarios/host/scenario.h"

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

void add_run(CLI::App& app, int& exit_code);
void add_play(CLI::App& app, int& exit_code);
void add_compare(CLI::App& app, int& exit_code);
void add_branch(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_list(CLI::App& app, int& exit_code);
void add_replay(CLI::App& app, int& exit_code);

int refuse(const std::string& message);  // Prints it, answers exit_usage.

// A file to write must be none of those that are read, nor another that is written.
Result<void> keep_apart(const std::string& option, const std::string& written,
                        const std::vector<std::string>& others);

std::optional<std::uint64_t> seed_number(std::string_view text);  // The whole text, no sign.

// --set and --knobs and --plan and --seed, shared by run, play and compare.
struct ChoiceOptions {
    std::vector<std::string> settings;
    std::string knob_file;
    std::string plan;
    std::uint64_t seed = 1;
};
void add_seed(CLI::App& verb, ChoiceOptions& options);
void add_choices(CLI::App& verb, ChoiceOptions& options);
Result<Choices> chosen(const ChoiceOptions& options);

}  // namespace rollcage
