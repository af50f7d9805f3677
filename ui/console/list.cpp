#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "scenarios/host/scenario.h"
#include "scenarios/play/expectation.h"
#include "sim/act/actor.h"
#include "sim/words/commands.h"
#include "ui/console/verbs.h"

namespace rollcage {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;
const std::vector<std::string> topics{"injects", "commands", "keys", "language", "actors"};

Rows rows_of(const std::string& topic) {
    Rows rows;
    if (topic == "injects") rows = inject_examples();
    if (topic == "commands")
        for (const Form& it : command_forms()) rows.emplace_back(example_of(it), it.meaning);
    if (topic == "keys")
        for (const std::string& it : outcome_keys())
            rows.emplace_back(
                it, std::string{meaning_of(it)} + (more_is_better(it) ? "; more is better" : ""));
    if (topic == "actors")
        for (const BuiltIn it : built_ins) rows.emplace_back(name(it), meaning(it));
    return rows;
}

int list(const std::string& topic, bool as_json) {
    if (!topic.empty() && std::find(topics.begin(), topics.end(), topic) == topics.end()) {
        const std::string near = nearest_word(topic, topics);
        return refuse("there is no list \"" + topic +
                      "\"; the lists are injects, commands, keys, language, actors" +
                      (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    nlohmann::json json{{"format", 1}};
    for (const std::string& it : topics) {
        if (!topic.empty() ? it != topic : it == "language") continue;
        if (!as_json) std::printf("%s%s\n", it.c_str(), it == "language" ? "\n" : ":");
        if (it == "language") {
            json[it] = language_reference();
            if (!as_json) std::fputs(language_reference().c_str(), stdout);
            continue;
        }
        json[it] = nlohmann::json::array();
        for (const auto& [form, meaning] : rows_of(it)) {
            json[it].push_back({{"form", form}, {"meaning", meaning}});
            if (as_json) continue;
            const bool one_line = form.size() <= 30 && meaning.size() <= 46;
            std::printf(one_line ? "  %-30s  %s\n" : "  %s\n      %s\n", form.c_str(),
                        meaning.c_str());
        }
    }
    if (as_json) std::printf("%s\n", json.dump(2).c_str());
    return exit_pass;
}

}  // namespace

void add_list(CLI::App& app, int& exit_code) {
    auto topic = std::make_shared<std::string>();
    auto json = std::make_shared<bool>(false);
    CLI::App& verb = *app.add_subcommand("list", "What there is to write and to order");
    verb.add_option("WHAT", *topic, "injects, commands, keys, language or actors");
    verb.add_flag("--json", *json, "As JSON");
    verb.callback([topic, json, &exit_code] { exit_code = list(*topic, *json); });
}

}  // namespace rollcage
