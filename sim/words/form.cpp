#include "sim/words/form.h"

#include <charconv>
#include <map>

namespace rollcage {

namespace {

struct Said {
    std::string name, target;
    std::vector<std::string> bare;  // After the target.
    std::map<std::string, std::string> options;
};

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

bool has_target(const Form& form) {
    return !form.slots.empty() && !form.slots[0].fallback;
}

// `words` begins with the form's name.
Result<Said> said(const Form& form, const std::vector<std::string>& words, std::string_view text) {
    const std::size_t first = has_target(form) ? 2 : 1;
    if (words.size() < first)
        return Error{words[0] + " needs a target; it is written: " + example_of(form)};
    Said said{words[0], first == 2 ? words[1] : "", {}, {}};
    for (std::size_t i = first; i < words.size(); ++i) {
        const std::string& word = words[i];
        const auto equals = word.find('=');
        if (equals == std::string::npos) {
            said.bare.push_back(word);
        } else if (!said.options.emplace(word.substr(0, equals), word.substr(equals + 1)).second) {
            return Error{"\"" + word.substr(0, equals) +
                         "\" is given twice in: " + std::string(text)};
        }
    }
    return said;
}

std::string quoted(const std::string& name) {
    return name.find(' ') == std::string::npos ? name : "\"" + name + "\"";
}

std::string decimal(std::int64_t number, std::int64_t one) {
    std::string rest = std::to_string(one + number % one).substr(1);
    while (!rest.empty() && rest.back() == '0') rest.pop_back();
    return std::to_string(number / one) + (rest.empty() ? "" : "." + rest);
}

std::string upper(std::string text) {
    for (char& letter : text)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    return text;
}

const char* type_name(SlotType type) {
    switch (type) {
        case SlotType::cohort: return "cohort";
        case SlotType::service: return "service";
        case SlotType::store: return "store";
        case SlotType::flag: return "flag";
        case SlotType::build: return "build";
        case SlotType::plan: return "plan";
        case SlotType::tier: return "tier";
        case SlotType::region: return "region";
        case SlotType::automation: return "automation";
        case SlotType::alert: return "alert";
        case SlotType::text: return "text";
        case SlotType::environment: return "environment";
        case SlotType::share: return "share";
        case SlotType::times: return "times";
        case SlotType::count: return "n";
        case SlotType::length: return "length";
        case SlotType::flag_value: return "on|off|share";
        case SlotType::choice: return "word";
    }
    return "";
}

Result<double> read_number(const std::string& text, bool percent) {
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [after, failed] = std::from_chars(text.data(), end, value);
    const bool hundredths = percent && after != end && *after == '%';
    if (failed != std::errc{} || after + (hundredths ? 1 : 0) != end || !(value > -1e15) ||
        !(value < 1e15))
        return Error{""};
    return hundredths ? value / 100 : value;
}

Error wrong_value(const Slot& slot, const std::string& allowed, const std::string& text) {
    return {std::string(slot.key) + " must be " + allowed + ", not \"" + text + "\""};
}

Result<std::int64_t> read_scaled(const Slot& slot, const std::string& text) {
    const bool share = slot.type == SlotType::share, count = slot.type == SlotType::count;
    const auto value = read_number(text, !count);
    const bool fits = value && *value >= slot.from && *value <= slot.to;
    if (!fits || (count && text.find_first_not_of("0123456789") != std::string::npos)) {
        const auto bound = [&](double at) {
            return share ? decimal(share_of(at).ppm, 10'000) + "%"
                         : decimal(share_of(at).ppm, whole.ppm);
        };
        return wrong_value(slot,
                           (share   ? "a share from "
                            : count ? "a whole number from "
                                    : "a number from ") +
                               bound(slot.from) + " to " + bound(slot.to),
                           text);
    }
    return count ? static_cast<std::int64_t>(*value) : share_of(*value).ppm;
}

Result<std::int64_t> read_row(const Slot& slot, const std::string& text, const Numbers& before,
                              const Form& form, const Names& names) {
    if (slot.type != SlotType::build) {
        const std::vector<std::string>& known = *names_of(slot.type, names);
        const auto found = find_name(known, text);
        if (!found) return unknown(type_name(slot.type), text, known);
        return *found;
    }
    std::vector<std::string> own;
    const bool of_service = !before.empty() && form.slots[0].type == SlotType::service;
    for (std::uint32_t i = 0; i < names.builds.size(); ++i) {
        if (of_service && names.build_of[i].index != before[0]) continue;
        if (names.builds[i] == text) return i;
        own.push_back(names.builds[i]);
    }
    return unknown(
        of_service ? "build of " + names.services[static_cast<std::size_t>(before[0])] : "build",
        text, own);
}

Result<std::int64_t> read_slot(const Slot& slot, const std::string& text, const Numbers& before,
                               const Form& form, const Names& names) {
    switch (slot.type) {
        case SlotType::share:
        case SlotType::times:
        case SlotType::count: return read_scaled(slot, text);
        case SlotType::length: {
            const auto length = parse_length(text);
            if (length && length->seconds() >= slot.from && length->seconds() <= slot.to)
                return length->us;
            const auto bound = [](double s) {
                return length_text({static_cast<std::int64_t>(s * 1e6)});
            };
            return wrong_value(slot, "a length from " + bound(slot.from) + " to " + bound(slot.to),
                               text);
        }
        case SlotType::choice: {
            const auto place = find_name(choices_of(slot.choices), text);
            if (place) return *place;
            return wrong_value(slot, "one of " + listed(choices_of(slot.choices)), text);
        }
        case SlotType::flag_value: {
            if (text == "on") return whole.ppm;
            if (text == "off") return -1;
            const auto share = read_number(text, true);
            if (share && *share >= 0 && *share <= 1) return share_of(*share).ppm;
            return wrong_value(slot, "on, off or a share from 0% to 100%", text);
        }
        default: return read_row(slot, text, before, form, names);
    }
}

// What was said for a slot: the target, a bare word in its turn, a KEY=VALUE or the fallback.
Result<std::int64_t> read_said(const Slot& slot, Said& said, const Numbers& before,
                               const Form& form, const Names& names) {
    if (before.empty() && has_target(form))
        return read_slot(slot, said.target, before, form, names);
    const auto given = said.options.find(slot.key);
    std::string text;
    if (given != said.options.end()) {
        text = given->second;
        said.options.erase(given);
    } else if (slot.type == SlotType::flag_value && !said.bare.empty()) {
        text = said.bare.front();
        said.bare.erase(said.bare.begin());
    } else if (!slot.fallback) {
        return Error{said.name + " needs " +
                     (slot.type == SlotType::flag_value ? "on, off or a share after its target"
                                                        : std::string(slot.key) + "=") +
                     "; it is written: " + example_of(form)};
    } else if (slot.fallback[0] == '\0') {
        return -1;
    } else {
        text = slot.fallback;
    }
    return read_slot(slot, text, before, form, names);
}

}  // namespace

std::vector<std::string> choices_of(std::string_view all) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t end = std::min(all.find('|', at), all.size());
        words.emplace_back(all.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

const std::vector<std::string>* names_of(SlotType type, const Names& names) {
    switch (type) {
        case SlotType::cohort: return &names.cohorts;
        case SlotType::service: return &names.services;
        case SlotType::store: return &names.stores;
        case SlotType::flag: return &names.settings;
        case SlotType::build: return &names.builds;
        case SlotType::plan: return &names.plans;
        case SlotType::tier: return &names.tiers;
        case SlotType::alert: return &names.alerts;
        case SlotType::text: return &names.texts;
        case SlotType::region: return &names.regions;
        case SlotType::automation: return &names.automations;
        case SlotType::environment: return &names.environments;
        default: return nullptr;
    }
}

std::string slot_text(const Slot& slot, std::int64_t number, const Names& names) {
    if (number < 0 && slot.type != SlotType::flag_value) return "";
    if (const auto* known = names_of(slot.type, names))
        return (*known)[static_cast<std::size_t>(number)];
    switch (slot.type) {
        case SlotType::share: return decimal(number, 10'000) + "%";
        case SlotType::times: return decimal(number, whole.ppm);
        case SlotType::length: return length_text({number});
        case SlotType::choice: return choices_of(slot.choices)[static_cast<std::size_t>(number)];
        case SlotType::flag_value:
            return number < 0 ? "off" : number == whole.ppm ? "on" : decimal(number, 10'000) + "%";
        default: return std::to_string(number);
    }
}

std::vector<Form> joined(std::vector<Form> forms, const std::vector<Form>& more) {
    forms.insert(forms.end(), more.begin(), more.end());
    return forms;
}

std::string form_text(const Form& form, const Numbers& numbers, const Names& names) {
    std::string text = form.name;
    for (std::size_t i = 0; i < form.slots.size(); ++i) {
        const Slot& slot = form.slots[i];
        const bool bare = slot.type == SlotType::flag_value;
        if (numbers[i] < 0 && !bare) continue;
        const std::string value = slot_text(slot, numbers[i], names);
        if (slot.fallback && value == slot.fallback) continue;
        const bool target = i == 0 && has_target(form);
        text += " " + (target || bare ? "" : std::string(slot.key) + "=") + quoted(value);
    }
    return text;
}

std::string example_of(const Form& form) {
    std::string text = form.name;
    for (const Slot& slot : form.slots) {
        const bool bare = slot.type == SlotType::flag_value;
        const std::string value = slot.type == SlotType::choice ? slot.choices
                                  : bare                        ? "on|off|SHARE"
                                                                : upper(type_name(slot.type));
        const std::string said = ((&slot == form.slots.data() && has_target(form)) || bare
                                      ? ""
                                      : std::string(slot.key) + "=") +
                                 value;
        text += slot.fallback ? " [" + said + "]" : " " + said;
    }
    return text;
}

Result<std::pair<std::size_t, Numbers>> read_form(const std::vector<Form>& forms, const char* what,
                                                  std::string_view text, const Names& names) {
    const auto split_text = split(text);
    if (!split_text) return split_text.error();
    if (split_text->empty())
        return Error{std::string("a ") + what + " is NAME TARGET KEY=VALUE..., not \"" +
                     std::string(text) + "\""};
    std::vector<std::string> known;
    for (const Form& form : forms) known.push_back(form.name);
    const auto place = find_name(known, split_text->front());
    if (!place) return unknown(what, split_text->front(), known);
    const Form& form = forms[*place];
    auto words = said(form, *split_text, text);
    if (!words) return words.error();
    Numbers numbers;
    for (const Slot& slot : form.slots) {
        const auto number = read_said(slot, *words, numbers, form, names);
        if (!number) return number.error();
        numbers.push_back(*number);
    }
    std::vector<std::string> keys;
    for (std::size_t i = has_target(form) ? 1 : 0; i < form.slots.size(); ++i)
        if (form.slots[i].type != SlotType::flag_value) keys.emplace_back(form.slots[i].key);
    if (!words->options.empty())
        return unknown("option of " + words->name, words->options.begin()->first, keys);
    if (!words->bare.empty())
        return Error{words->name + " does not take \"" + words->bare.front() +
                     "\"; it is written: " + example_of(form)};
    return std::pair{std::size_t{*place}, std::move(numbers)};
}

}  // namespace rollcage
