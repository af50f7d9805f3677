// The desk is a program of its own, so that no display library is part of this one.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "ui/console/verbs.h"

namespace rollcage {
namespace {

int desk(const std::vector<std::string>& arguments) {
    std::error_code unknown;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", unknown);
    const std::string program = (self.parent_path() / "rollcage-desk").string();
    if (access(program.c_str(), X_OK) != 0)
        return refuse("the desk is not there (" + program +
                      "); build it with scripts/build rollcage-desk, or use rollcage play FILE");
    std::vector<std::string> words{program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (std::string& it : words) pointers.push_back(it.data());
    pointers.push_back(nullptr);
    execv(program.c_str(), pointers.data());
    return refuse("cannot start " + program + ": " + std::strerror(errno));
}

}  // namespace

void add_desk(CLI::App& app, int& exit_code) {
    CLI::App& verb = *app.add_subcommand(
        "desk",
        "The window: practise a drill, look back at one; [FILE|REC] and options of its own");
    verb.prefix_command();
    verb.callback([&verb, &exit_code] { exit_code = desk(verb.remaining()); });
}

}  // namespace rollcage
