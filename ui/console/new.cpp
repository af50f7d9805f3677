#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "ui/console/templates.h"
#include "ui/console/verbs.h"

namespace rollcage {
namespace {

struct NewOptions {
    std::string name, from = "first";
};

std::vector<std::string> names_of_templates() {
    std::vector<std::string> names;
    for (const Template& it : templates()) names.push_back(it.name);
    return names;
}

// "drills/black_friday" is called "Black friday".
std::string title_of(const std::filesystem::path& path) {
    std::string title = path.stem().string();
    for (char& letter : title)
        if (letter == '_' || letter == '-') letter = ' ';
    title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
    return title;
}

std::string with_title(std::string text, const std::string& title) {
    const std::string opens = "title = \"";
    const auto begins = text.find(opens);
    if (begins == std::string::npos) return text;
    const auto ends = text.find('"', begins + opens.size());
    return text.replace(begins + opens.size(), ends - begins - opens.size(), title);
}

int write_new(const NewOptions& options) {
    const auto& all = templates();
    const auto found = std::ranges::find(all, options.from, &Template::name);
    if (found == all.end()) {
        const std::string near = nearest_word(options.from, names_of_templates());
        return refuse("--from: there is no template \"" + options.from + "\"; they are " +
                      listed(names_of_templates()) +
                      (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    std::filesystem::path path = options.name;
    if (path.extension() == ".lua") path.replace_extension();
    const std::string stem = path.stem().string();
    const bool plain =
        !stem.empty() && path.filename() == stem && std::ranges::all_of(stem, [](unsigned char it) {
            return std::isalnum(it) || it == '_' || it == '-';
        });
    if (!plain)
        return refuse("a scenario's name is letters, digits, _ and -, not \"" +
                      path.filename().string() + "\"");
    path += ".lua";
    std::error_code unknown;
    if (std::filesystem::exists(path, unknown))
        return refuse(path.string() + " is there already; choose another name");
    if (const auto put = write_file(path.string(), with_title(found->text, title_of(path))); !put)
        return refuse(put.error().message);
    std::printf(
        "wrote %s\n\nNext:\n  rollcage play %s       you decide\n"
        "  rollcage compare %s    every actor on the same days\n"
        "  rollcage check %s      its expectations, as a test\n",
        path.c_str(), path.c_str(), path.c_str(), path.c_str());
    return exit_pass;
}

}  // namespace

void add_new(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<NewOptions>();
    CLI::App& verb = *app.add_subcommand("new", "Write a scenario to begin with");
    verb.add_option("NAME", options->name, "Of the scenario; NAME.lua is written")->required();
    verb.add_option("--from", options->from,
                    "A template: " + listed(names_of_templates()) + " (first)")
        ->type_name("TEMPLATE")
        ->take_last();
    verb.callback([options, &exit_code] { exit_code = write_new(*options); });
}

}  // namespace rollcage
