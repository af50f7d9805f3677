#include "scenarios/play/lint.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "scenarios/play/check.h"
#include "ui/console/verbs.h"
#include "ui/view/exits_view.h"
#include "ui/view/lint_view.h"

namespace rollcage {
namespace {

struct LintOptions {
    std::vector<std::string> paths;
    ChoiceOptions choices;
    bool json = false, rules = false, exits = false;
};

std::size_t terminal_width() {
    winsize size{};
    if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 80;
    return std::clamp<std::size_t>(size.ws_col, 80, 160);
}

int lint_files(const LintOptions& options, const std::vector<std::string>& paths,
               const Choices& choices) {
    std::vector<LintedFile> files;
    for (const std::string& path : paths) {
        LintedFile file{.path = path, .error = {}, .linted = {}};
        const auto scenario = load_scenario(path, choices);
        if (scenario)
            file.linted = lint(*scenario);
        else
            (void)refuse(file.error = scenario.error().message);
        if (!options.json) std::fputs(lint_text(file, terminal_width()).c_str(), stdout);
        files.push_back(std::move(file));
    }
    std::fputs((options.json ? lint_json(files) : lint_end(files)).c_str(), stdout);
    if (std::ranges::any_of(files, [](const LintedFile& it) { return !it.error.empty(); }))
        return exit_usage;
    return std::ranges::any_of(files, finds_fault) ? exit_failed : exit_pass;
}

// What does not load is told, and the others are shown all the same.
int show_exits(const LintOptions& options, const std::vector<std::string>& paths,
               const Choices& choices) {
    std::vector<ExitsOfFile> files;
    bool unread = false;
    for (const std::string& path : paths) {
        const auto scenario = load_scenario(path, choices);
        if (!scenario) {
            (void)refuse(scenario.error().message);
            unread = true;
            continue;
        }
        files.push_back({path, exits_of(*scenario)});
        if (options.json) continue;
        if (paths.size() > 1) std::printf("%s%s\n", files.size() > 1 ? "\n" : "", path.c_str());
        std::fputs(exits_table(files.back().releases, terminal_width()).c_str(), stdout);
    }
    if (options.json) std::fputs(exits_json(files).c_str(), stdout);
    return unread ? exit_usage : exit_pass;
}

int run_lint(const LintOptions& options) {
    if (options.rules) {
        std::fputs(lint_rules_page().c_str(), stdout);
        return exit_pass;
    }
    if (options.paths.empty())
        return refuse(
            "lint needs a scenario: rollcage lint FILE.lua; --rules prints what it knows");
    const auto choices = chosen(options.choices);
    if (!choices) return refuse(choices.error().message);
    const auto paths = scenarios_in(options.paths);
    if (!paths) return refuse(paths.error().message);
    if (paths->empty()) {
        (void)refuse("no scenario in " + listed(options.paths) +
                     "; name a file, or a folder with one");
        return exit_nothing;
    }
    return options.exits ? show_exits(options, *paths, *choices)
                         : lint_files(options, *paths, *choices);
}

}  // namespace

void add_lint(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<LintOptions>();
    CLI::App& verb = *app.add_subcommand("lint", "What loads but cannot mean what was written");
    verb.add_option("FILE", options->paths, "Scenario files and folders of them");
    verb.add_flag("--json", options->json, "As JSON");
    verb.add_flag("--exits", options->exits,
                  "Which ways out of each release are open, step by step, and what shuts them");
    verb.add_flag("--rules", options->rules, "The rules, as a table in Markdown");
    add_seed(verb, options->choices);
    add_choices(verb, options->choices);
    verb.footer(
        "Examples:\n  rollcage lint tuesday.lua\n  rollcage lint scenarios --json\n"
        "  rollcage lint tuesday.lua --exits\n"
        "  rollcage lint tuesday.lua --set share=1%\n\n"
        "A finding that is meant: a comment `-- lint: allow RULE` on its line, or above.\n"
        "Exit codes: 0 nothing but notes   1 findings   2 a scenario does not load");
    verb.callback([options, &exit_code] { exit_code = run_lint(*options); });
}

}  // namespace rollcage
