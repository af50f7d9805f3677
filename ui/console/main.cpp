#include <cstdio>
#include <exception>
#include <fstream>

#include <nlohmann/json.hpp>

#include "ui/console/verbs.h"

namespace rollcage {

int refuse(const std::string& message) {
    std::fprintf(stderr, "rollcage: %s\n", message.c_str());
    return exit_usage;
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
        const auto json = nlohmann::json::parse(in, nullptr, false);
        if (!in || !json.is_object())
            return Error{options.knob_file + " is not a readable JSON object; write {\"knob\": 1}"};
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
  rollcage compare slow_lorry.lua --actors all --seeds 1..100 --jobs 4
  rollcage replay monday.drill --verify
  rollcage list commands

Exit codes:
  0 pass   1 an expectation failed   2 usage or invalid scenario   3 internal error
  4 nothing selected   5 nondeterminism (same seed, another digest)   130 interrupted)";

int usage(const CLI::App& app, int argc, char** argv, const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    const std::vector<std::string> verbs{"run", "compare", "list", "replay"};
    const std::string word = argc > 1 ? argv[1] : "";
    if (!word.empty() && word[0] != '-' &&
        std::find(verbs.begin(), verbs.end(), word) == verbs.end()) {
        const std::string near = nearest_word(word, verbs);
        return refuse("there is no verb \"" + word +
                      "\"; the verbs are run, compare, list, replay" +
                      (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    return refuse(std::string{error.what()} + "; see rollcage " +
                  (word.empty() || word[0] == '-' ? "" : word + " ") + "--help");
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
        add_compare(app, exit_code);
        add_list(app, exit_code);
        add_replay(app, exit_code);
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return usage(app, argc, argv, error);
        }
        return exit_code;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "rollcage: internal error: %s; please report it\n", error.what());
        return exit_internal;
    }
}
