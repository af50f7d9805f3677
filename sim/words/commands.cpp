#include "sim/words/commands.h"

#include <charconv>
#include <map>

#include "sim/base/match.h"

namespace rollcage {

namespace {

struct Words {
    std::string name;
    std::vector<std::string> bare;  // After the target.
    std::map<std::string, std::string> options;
    std::string target;
};

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text.empty() ? "none" : text;
}

Error unknown(const std::string& what, const std::string& word,
              const std::vector<std::string>& known) {
    const std::string near = nearest_word(word, known);
    return {"no " + what + " is called \"" + word + "\"; there are: " + listed(known) +
            (near.empty() ? "" : " (did you mean \"" + near + "\"?)")};
}

// A word may be quoted: names may hold spaces.
Result<std::vector<std::string>> split(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool quoted = false, open = false;
    for (const char letter : text) {
        if (letter == '"') {
            quoted = !quoted;
            open = true;
        } else if (letter == ' ' && !quoted) {
            if (open) words.push_back(word);
            word.clear();
            open = false;
        } else {
            word += letter;
            open = true;
        }
    }
    if (quoted) return Error{"a quote is opened and not closed in: " + std::string(text)};
    if (open) words.push_back(word);
    return words;
}

Result<Words> parse_words(std::string_view text) {
    auto words = split(text);
    if (!words) return words.error();
    if (words->size() < 2)
        return Error{"a command is NAME TARGET KEY=VALUE..., not \"" + std::string(text) + "\""};
    Words parsed;
    parsed.name = (*words)[0];
    parsed.target = (*words)[1];
    for (std::size_t i = 2; i < words->size(); ++i) {
        const std::string& word = (*words)[i];
        const auto equals = word.find('=');
        if (equals == std::string::npos) {
            parsed.bare.push_back(word);
        } else if (!parsed.options.emplace(word.substr(0, equals), word.substr(equals + 1))
                        .second) {
            return Error{"\"" + word.substr(0, equals) +
                         "\" is given twice in: " + std::string(text)};
        }
    }
    return parsed;
}

Result<Share> parse_share(const std::string& key, const std::string& text) {
    double value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool percent = end != text.data() + text.size() && *end == '%';
    const bool all = end + (percent ? 1 : 0) == text.data() + text.size();
    if (percent) value /= 100;
    if (failed != std::errc{} || !all || !(value >= 0 && value <= 1))
        return Error{key + " must be a share from 0% to 100%, not \"" + text + "\""};
    return share_of(value);
}

Result<void> only(const Words& words, std::initializer_list<const char*> keys, std::size_t bare) {
    std::vector<std::string> known(keys.begin(), keys.end());
    for (const auto& [key, value] : words.options) {
        if (!find_name(known, key)) return unknown("option of " + words.name, key, known);
    }
    if (words.bare.size() != bare)
        return Error{words.name + " takes " + std::to_string(bare) + " word" +
                     (bare == 1 ? "" : "s") + " after its target, not " +
                     std::to_string(words.bare.size())};
    return {};
}

Result<ServiceId> service_named(const Words& words, const Names& names) {
    const auto found = find_name(names.services, words.target);
    if (!found) return unknown("service", words.target, names.services);
    return ServiceId{*found};
}

Result<Command> parse_shed(const Words& words, const Names& names) {
    const auto service = service_named(words, names);
    if (!service) return service.error();
    if (const auto fits = only(words, {"share", "final"}, 0); !fits) return fits.error();
    const auto given = words.options.find("share");
    if (given == words.options.end()) return Error{"shed needs share=, for instance share=40%"};
    const auto share = parse_share("share", given->second);
    if (!share) return share.error();
    const auto final = words.options.find("final");
    if (final != words.options.end() && final->second != "yes" && final->second != "no")
        return Error{"final must be yes or no, not \"" + final->second + "\""};
    return Command{Shed{*service, *share, final != words.options.end() && final->second == "yes"}};
}

Result<Command> parse_scale(const Words& words, const Names& names) {
    const auto service = service_named(words, names);
    if (!service) return service.error();
    if (const auto fits = only(words, {"instances"}, 0); !fits) return fits.error();
    const auto given = words.options.find("instances");
    const std::string text = given == words.options.end() ? "" : given->second;
    std::int64_t instances = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), instances);
    if (failed != std::errc{} || end != text.data() + text.size() || instances < 1 ||
        instances > 100'000)
        return Error{"scale needs instances= from 1 to 100000, not \"" + text + "\""};
    return Command{Scale{*service, instances}};
}

Result<Command> parse_set_flag(const Words& words, const Names& names) {
    const auto found = find_name(names.settings, words.target);
    if (!found) return unknown("flag", words.target, names.settings);
    if (const auto fits = only(words, {}, 1); !fits) return fits.error();
    const SettingId setting{*found};
    if (words.bare[0] == "off") return Command{SetFlag{setting, std::nullopt}};
    if (words.bare[0] == "on") return Command{SetFlag{setting, whole}};
    const auto value = parse_share("a flag's value is on, off or a share; it", words.bare[0]);
    if (!value) return value.error();
    return Command{SetFlag{setting, *value}};
}

Result<Command> parse_rollback(const Words& words, const Names& names) {
    const auto service = service_named(words, names);
    if (!service) return service.error();
    if (const auto fits = only(words, {"to"}, 0); !fits) return fits.error();
    const auto given = words.options.find("to");
    if (given == words.options.end()) return Command{Rollback{*service, std::nullopt}};
    std::vector<std::string> own;
    for (std::uint32_t i = 0; i < names.builds.size(); ++i) {
        if (names.build_of[i] != *service) continue;
        if (names.builds[i] == given->second) return Command{Rollback{*service, BuildId{i}}};
        own.push_back(names.builds[i]);
    }
    return unknown("build of " + words.target, given->second, own);
}

Result<StoreId> store_named(const Words& words, const Names& names) {
    const auto found = find_name(names.stores, words.target);
    if (!found) return unknown("store", words.target, names.stores);
    return StoreId{*found};
}

Result<Command> parse_store_order(const Words& words, const Names& names) {
    const auto store = store_named(words, names);
    if (!store) return store.error();
    if (words.name == "repair") {
        if (const auto fits = only(words, {}, 0); !fits) return fits.error();
        return Command{Repair{*store}};
    }
    const bool migrates = words.name == "migrate";
    const std::string key = migrates ? "step" : "paused", yes = migrates ? "down" : "yes",
                      no = migrates ? "up" : "no";
    if (const auto fits = only(words, {migrates ? "step" : "paused"}, 0); !fits)
        return fits.error();
    const auto given = words.options.find(key);
    const std::string value = given == words.options.end() ? migrates ? no : yes : given->second;
    if (value != yes && value != no)
        return Error{key + " must be " + yes + " or " + no + ", not \"" + value + "\""};
    if (migrates) return Command{Migrate{*store, value == yes}};
    return Command{PauseConsumers{*store, value == yes}};
}

template <class Order>
Result<Command> parse_rollout_order(const Words& words, const Names& names) {
    const auto service = service_named(words, names);
    if (!service) return service.error();
    if (const auto fits = only(words, {}, 0); !fits) return fits.error();
    return Command{Order{*service}};
}

std::string quoted(const std::string& name) {
    return name.find(' ') == std::string::npos ? name : "\"" + name + "\"";
}

std::string percent(Share share) {
    std::string digits = std::to_string(share.ppm / 10'000);
    std::string rest = std::to_string(1'000'000 + share.ppm % 10'000 * 100).substr(1);
    while (!rest.empty() && rest.back() == '0') rest.pop_back();
    return digits + (rest.empty() ? "" : "." + rest) + "%";
}

}  // namespace

Result<Command> parse_command(std::string_view text, const Names& names) {
    const auto words = parse_words(text);
    if (!words) return words.error();
    if (words->name == "shed") return parse_shed(*words, names);
    if (words->name == "scale") return parse_scale(*words, names);
    if (words->name == "set_flag") return parse_set_flag(*words, names);
    if (words->name == "rollback") return parse_rollback(*words, names);
    if (words->name == "halt") return parse_rollout_order<Halt>(*words, names);
    if (words->name == "resume") return parse_rollout_order<Resume>(*words, names);
    if (words->name == "promote") return parse_rollout_order<Promote>(*words, names);
    if (words->name == "switch_route") return parse_rollout_order<SwitchRoute>(*words, names);
    if (words->name == "migrate" || words->name == "repair" || words->name == "pause_consumers")
        return parse_store_order(*words, names);
    std::vector<std::string> known;
    for (const CommandForm& form : command_forms()) known.push_back(form.name);
    return unknown("command", words->name, known);
}

void fold(const Command& command, Digest& digest) {
    const auto all = [&](std::initializer_list<std::int64_t> numbers) {
        for (const std::int64_t number : numbers) digest.fold(number);
    };
    digest.fold(static_cast<std::uint64_t>(command.index()));
    std::visit(match{
                   [&](const Shed& it) {
                       all({it.service.index, it.share.ppm, it.final});
                   },
                   [&](const Scale& it) {
                       all({it.service.index, it.instances});
                   },
                   [&](const SetFlag& it) {
                       all({it.setting.index, it.value ? it.value->ppm : -1});
                   },
                   [&](const Rollback& it) {
                       all({it.service.index, it.to ? std::int64_t{it.to->index} : -1});
                   },
                   [&](const Migrate& it) {
                       all({it.store.index, it.down});
                   },
                   [&](const Repair& it) { all({it.store.index}); },
                   [&](const PauseConsumers& it) {
                       all({it.store.index, it.paused});
                   },
                   [&](const auto& it) { all({it.service.index}); },
               },
               command);
}

std::string command_text(const Command& command, const Names& names) {
    const auto service = [&](ServiceId id) { return quoted(names.services[id.index]); };
    return std::visit(
        match{
            [&](const Shed& it) {
                return "shed " + service(it.service) + " share=" + percent(it.share) +
                       (it.final ? " final=yes" : "");
            },
            [&](const Scale& it) {
                return "scale " + service(it.service) +
                       " instances=" + std::to_string(it.instances);
            },
            [&](const SetFlag& it) {
                const std::string value = !it.value            ? "off"
                                          : *it.value == whole ? "on"
                                                               : percent(*it.value);
                return "set_flag " + quoted(names.settings[it.setting.index]) + " " + value;
            },
            [&](const Migrate& it) {
                return "migrate " + quoted(names.stores[it.store.index]) +
                       (it.down ? " step=down" : "");
            },
            [&](const Repair& it) { return "repair " + quoted(names.stores[it.store.index]); },
            [&](const PauseConsumers& it) {
                return "pause_consumers " + quoted(names.stores[it.store.index]) +
                       (it.paused ? "" : " paused=no");
            },
            [&](const Halt& it) { return "halt " + service(it.service); },
            [&](const Resume& it) { return "resume " + service(it.service); },
            [&](const Promote& it) { return "promote " + service(it.service); },
            [&](const SwitchRoute& it) { return "switch_route " + service(it.service); },
            [&](const Rollback& it) {
                return "rollback " + service(it.service) +
                       (it.to ? " to=" + quoted(names.builds[it.to->index]) : "");
            },
        },
        command);
}

const std::vector<CommandForm>& command_forms() {
    static const std::vector<CommandForm> forms{
        {"shed", "shed SERVICE share=SHARE [final=yes]",
         "turn a share of all attempts away at once; a final refusal is not retried"},
        {"scale", "scale SERVICE instances=N", "run N instances; new ones take their start time"},
        {"set_flag", "set_flag FLAG on|off|SHARE", "set a flag or setting; processes poll it"},
        {"rollback", "rollback SERVICE [to=BUILD]",
         "roll the earlier build out again, in waves; nothing else is undone"},
        {"migrate", "migrate STORE [step=up|down]", "one step of a column's way"},
        {"repair", "repair STORE", "rebuild damaged records from what a source still holds"},
        {"pause_consumers", "pause_consumers STORE [paused=yes|no]",
         "a topic's messages or a list's jobs wait"},
        {"halt", "halt SERVICE", "stop a rollout, or a rollback, where it is"},
        {"resume", "resume SERVICE", "let a halted rollout go on"},
        {"promote", "promote SERVICE", "to the next stage now; beyond the last is everyone"},
        {"switch_route", "switch_route SERVICE", "to the other side of a blue-green rollout"},
    };
    return forms;
}

}  // namespace rollcage
