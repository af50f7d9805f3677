// The verbs of the program: each adds its options and remembers the exit code of what it did.
// Leans on CLI11, play and view; standard output belongs to results, standard error to the rest.
// Exit codes are API and are never renumbered.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "scenarios/play/recording.h"
#include "ui/report/written.h"
#include "ui/view/exit_code.h"

namespace rollcage {

void add_run(CLI::App& app, int& exit_code);
void add_play(CLI::App& app, int& exit_code);
void add_compare(CLI::App& app, int& exit_code);
void add_branch(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
void add_list(CLI::App& app, int& exit_code);
void add_lint(CLI::App& app, int& exit_code);
void add_search(CLI::App& app, int& exit_code);
void add_replay(CLI::App& app, int& exit_code);
void add_report(CLI::App& app, int& exit_code);
void add_new(CLI::App& app, int& exit_code);
void add_completion(CLI::App& app, int& exit_code);
void add_desk(CLI::App& app, int& exit_code);

int refuse(const std::string& message);  // Prints it, answers exit_usage.

// A file to write must be none of those that are read, nor another that is written.
Result<void> keep_apart(const std::string& option, const std::string& written,
                        const std::vector<std::string>& others);

// Whether a recording still plays as it was recorded, where one can tell: says so where it does not
// and answers what to exit with.
ExitCode holds(const std::string& file, const Recording& recording, const Life& played);

// As many columns as the terminal has that is standard output; 80 where it is none.
std::size_t table_width();

// How far a long piece of work is, on standard error: a bar on a terminal, else a line now and
// then. `end` leaves the cursor on a line of its own, however early that is.
class Progress {
public:
    void show(std::size_t done, std::size_t of);
    void end();

private:
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    bool within_line_ = false;
};

// While it is there Ctrl-C is noted instead of ending the program.
class Interruptible {
public:
    Interruptible();
    ~Interruptible();
    static const std::atomic<bool>& raised();
};

unsigned jobs_or_all(unsigned jobs);  // 0: as many as there are processors.

std::vector<std::string> parts_of(const std::string& text);       // "A,B,C"
std::optional<std::uint64_t> seed_number(std::string_view text);  // The whole text, no sign.

// What a report may also be written as, for other programs; files are recordings, or databases.
struct Exports {
    std::string openmetrics, begins, csv, facts;
    bool any() const { return !(openmetrics + csv + facts).empty(); }
};
void add_exports(CLI::App& verb, Exports& exports);
int write_exports(const std::vector<std::string>& files, const Exports& exports);

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
