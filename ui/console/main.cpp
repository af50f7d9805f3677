#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include <nlohmann/json.hpp>

#include "ui/console/verbs.h"

namespace rollcage {

int refuse(const std::string& message) {
    std::fprintf(stderr, "rollcage: %s\n", message.c_str());
    return exit_usage;
}

Result<void> keep_apart(const std::string& option, const std::string& written,
                        const std::vector<std::string>& others) {
    std::error_code missing;  // Files that do not exist yet can only have the same path.
    for (const std::string& it : others)
        if (!written.empty() &&
            (written == it || std::filesystem::equivalent(written, it, missing)))
            return Error{option + " would overwrite " + it + "; choose another path"};
    return {};
}

ExitCode holds(const std::string& file, const Recording& recording, const Life& played) {
    if (recording.head.engine != ROLLCAGE_VERSION) {
        std::fprintf(stderr, "rollcage: recorded by engine %s, played by %s\n",
                     recording.head.engine.c_str(), ROLLCAGE_VERSION);
        return exit_pass;
    }
    const bool cut = recording.digest.empty(),
               longer = played.ended > recording.head.until.value_or(played.ended);
    if (cut || longer || recording.digest == hex(played.digest)) return exit_pass;
    (void)refuse(file + " does not play as it was recorded; see rollcage replay --verify");
    return exit_nondeterminism;
}

namespace {
std::atomic<bool> interrupt_raised{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // A signal handler may touch it.
}  // namespace

Interruptible::Interruptible() {
    std::signal(SIGINT, [](int) { interrupt_raised = true; });
}
Interruptible::~Interruptible() {
    std::signal(SIGINT, SIG_DFL);
}
const std::atomic<bool>& Interruptible::raised() {
    return interrupt_raised;
}

unsigned jobs_or_all(unsigned jobs) {
    return jobs ? jobs : std::max(1u, std::thread::hardware_concurrency());
}

std::vector<std::string> parts_of(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        if (comma > at) parts.push_back(text.substr(at, comma - at));
        at = comma + 1;
    }
    return parts;
}

std::optional<std::uint64_t> seed_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

void add_seed(CLI::App& verb, ChoiceOptions& options) {
    verb.add_option("--seed", options.seed, "The seed (1)")->check([](const std::string& text) {
        return seed_number(text)
                   ? std::string{}
                   : "takes a whole number from 0 to 18446744073709551615, not \"" + text + "\"";
    });
}

void add_choices(CLI::App& verb, ChoiceOptions& options) {
    verb.add_option("--set", options.settings, "Give a knob a value")
        ->type_name("KNOB=VALUE")
        ->allow_extra_args(false);
    verb.add_option("--knobs", options.knob_file, "Knobs from a JSON object")
        ->type_name("FILE.json");
    verb.add_option("--plan", options.plan, "Every release takes this plan")->type_name("P");
}

Result<Choices> chosen(const ChoiceOptions& options) {
    Choices choices;
    choices.seed = options.seed;
    if (!options.plan.empty()) choices.plan = options.plan;
    if (!options.knob_file.empty()) {
        std::ifstream in{options.knob_file};
        std::error_code unknown;
        if (!in || std::filesystem::is_directory(options.knob_file, unknown))
            return Error{"--knobs: " + options.knob_file + " cannot be read; is the path right?"};
        const auto json = nlohmann::json::parse(in, nullptr, false);
        if (!json.is_object())
            return Error{"--knobs: " + options.knob_file +
                         " is not one JSON object; write {\"knob\": 1}"};
        for (const auto& [knob, value] : json.items())
            choices.knobs[knob] = value.is_string() ? value.get<std::string>() : value.dump();
    }
    for (const std::string& it : options.settings) {
        const auto equals = it.find('=');
        if (equals == std::string::npos || equals == 0)
            return Error{"--set takes KNOB=VALUE, not \"" + it + "\""};
        choices.knobs[it.substr(0, equals)] = it.substr(equals + 1);
    }
    return choices;
}

namespace {

constexpr const char* footer = R"(Examples:
  rollcage run slow_lorry.lua --actor rollback --seed 7 --json
  rollcage run slow_lorry.lua --set attempts=4 --record monday.drill
  rollcage play slow_lorry.lua
  rollcage compare slow_lorry.lua --actors all --seeds 1..100 --jobs 4
  rollcage replay monday.drill --verify
  rollcage branch monday.drill --at 15m --do 'shed lorry share=90%'
  rollcage explain monday.drill records.damaged
  rollcage report monday.drill --html monday.html
  rollcage report monday.drill --openmetrics monday.om
  rollcage check scenarios --junit out.xml
  rollcage lint scenarios
  rollcage search slow_lorry.lua --actor rollback --budget 500
  rollcage new monday
  rollcage list commands

Exit codes:
  0 pass   1 an expectation failed   2 usage or invalid scenario   3 internal error
  4 nothing selected   5 nondeterminism (same seed, another digest)   130 interrupted)";

int usage(const CLI::App& app, int argc, char** argv, const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
        (void)app.exit(error);
        std::cout.flush();
        return std::cout ? exit_pass
                         : refuse("writing to standard output failed; is the disk full?");
    }
    std::vector<std::string> verbs;
    for (const CLI::App* verb : app.get_subcommands({})) verbs.push_back(verb->get_name());
    const std::string word = argc > 1 ? argv[1] : "";
    if (!word.empty() && word[0] != '-' &&
        std::find(verbs.begin(), verbs.end(), word) == verbs.end()) {
        const std::string near = nearest_word(word, verbs);
        return refuse("there is no verb \"" + word + "\"; the verbs are " + listed(verbs) +
                      (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    const bool with_verb = !word.empty() && word[0] != '-';
    const std::string help =
        "; see rollcage " + (with_verb ? word + " " : std::string{}) + "--help";
    if (argc < 2) return refuse("a verb is missing; the verbs are " + listed(verbs) + help);
    std::vector<std::string> known;
    for (const CLI::Option* it : (with_verb ? app.get_subcommand(word) : &app)->get_options())
        if (!it->get_lnames().empty()) known.push_back("--" + it->get_lnames()[0]);
    for (int i = 1; i < argc; ++i) {
        const std::string given =
            std::string{argv[i]}.substr(0, std::string_view{argv[i]}.find('='));
        if (!given.starts_with("--") || std::ranges::find(known, given) != known.end()) continue;
        const std::string near = nearest_word(given, known);
        return refuse("there is no option " + given +
                      (near.empty() ? "" : "; did you mean " + near + "?") + help);
    }
    return refuse(std::string{error.what()} + help);
}

}  // namespace
}  // namespace rollcage

int main(int argc, char** argv) {
    using namespace rollcage;
    // The libraries may throw; past this point nothing does.
    try {
        CLI::App app{"Rollcage: a deterministic deployment simulator", "rollcage"};
        app.set_version_flag("--version", "rollcage " ROLLCAGE_VERSION);
        app.footer(footer);
        app.require_subcommand(1);
        int exit_code = exit_pass;
        add_run(app, exit_code);
        add_play(app, exit_code);
        add_compare(app, exit_code);
        add_check(app, exit_code);
        add_branch(app, exit_code);
        add_explain(app, exit_code);
        add_lint(app, exit_code);
        add_list(app, exit_code);
        add_replay(app, exit_code);
        add_search(app, exit_code);
        add_report(app, exit_code);
        add_new(app, exit_code);
        add_completion(app, exit_code);
        add_desk(app, exit_code);
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return usage(app, argc, argv, error);
        }
        // A result that never reached the disk must not look like a pass.
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
            return refuse("writing to standard output failed; is the disk full?");
        return exit_code;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "rollcage: internal error: %s; please report it\n", error.what());
        return exit_internal;
    }
}
