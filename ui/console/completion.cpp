// Completion for shells, from the verbs and options that the program itself has.
#include <cstdio>
#include <memory>

#include "ui/console/verbs.h"

namespace rollcage {
namespace {

std::string words_of(const CLI::App& verb) {
    std::string words;
    for (const CLI::Option* it : verb.get_options())
        for (const std::string& name : it->get_lnames())
            words += (words.empty() ? "--" : " --") + name;
    return words;
}

// Each verb with its options, a case a line.
std::string bash_of(const CLI::App& app) {
    std::string verbs, cases;
    for (const CLI::App* verb : app.get_subcommands({})) {
        verbs += (verbs.empty() ? "" : " ") + verb->get_name();
        cases += "    " + verb->get_name() + ") words=\"" + words_of(*verb) + "\" ;;\n";
    }
    return "_rollcage() {\n"
           "  local word=\"${COMP_WORDS[COMP_CWORD]}\" words\n"
           "  if [ \"$COMP_CWORD\" -eq 1 ]; then words=\"" +
           verbs + " " + words_of(app) +
           "\"\n"
           "  elif [[ \"$word\" != -* ]]; then COMPREPLY=($(compgen -f -- \"$word\")); return\n"
           "  else case \"${COMP_WORDS[1]}\" in\n" +
           cases +
           "    esac\n"
           "  fi\n"
           "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
           "}\n"
           "complete -o filenames -F _rollcage rollcage\n";
}

std::string fish_of(const CLI::App& app) {
    std::string text;
    for (const CLI::App* verb : app.get_subcommands({})) {
        text += "complete -c rollcage -n __fish_use_subcommand -a " + verb->get_name() + " -d '" +
                verb->get_description() + "'\n";
        for (const CLI::Option* it : verb->get_options())
            for (const std::string& name : it->get_lnames())
                text += "complete -c rollcage -n '__fish_seen_subcommand_from " + verb->get_name() +
                        "' -l " + name + "\n";
    }
    return text;
}

int complete(const CLI::App& app, const std::string& shell) {
    if (shell == "bash") return std::fputs(bash_of(app).c_str(), stdout), exit_pass;
    if (shell == "zsh")
        return std::printf("autoload -U +X bashcompinit && bashcompinit\n%s", bash_of(app).c_str()),
               exit_pass;
    if (shell == "fish") return std::fputs(fish_of(app).c_str(), stdout), exit_pass;
    return refuse("there is completion for bash, zsh and fish, not for \"" + shell + "\"");
}

}  // namespace

void add_completion(CLI::App& app, int& exit_code) {
    auto shell = std::make_shared<std::string>();
    CLI::App& verb = *app.add_subcommand("completion", "Print what completes words in a shell");
    verb.add_option("SHELL", *shell, "bash, zsh or fish; as in: source <(rollcage completion bash)")
        ->required();
    verb.callback([&app, shell, &exit_code] { exit_code = complete(app, *shell); });
}

}  // namespace rollcage
