#include "ui/view/search_view.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

using nlohmann::json;

std::string in_words(const Searched& searched, const Hurt& hurt) {
    const std::string measured = hurt.of_actor ? number_text(*hurt.of_actor) : "no data";
    if (searched.aim.expectations.empty())
        return fmt::format("{}: {} with \"{}\", {} with \"{}\"", hurt.broken, measured,
                           searched.actor, hurt.of_other ? number_text(*hurt.of_other) : "no data",
                           searched.other);
    return fmt::format("\"{}\": {}{}", hurt.broken, measured,
                       hurt.of_other ? " against " + number_text(*hurt.of_other) : "");
}

std::string wrapped_item(const std::string& text) {
    std::string lines = wrapped(text, 76), indented = "  ";
    for (const char c : lines) indented += c == '\n' ? "\n    " : std::string(1, c);
    return indented + "\n";
}

std::string contents(const FoundScenario& found) {
    std::string text;
    for (const std::string& it : found.injects) text += wrapped_item(it);
    for (const auto& [knob, value] : found.knobs)
        text += wrapped_item("knob " + knob + " = " + value);
    return text.empty() ? "  nothing at all\n" : text;
}

json hurt_json(const std::optional<Hurt>& hurt) {
    if (!hurt) return nullptr;
    const auto number = [](const std::optional<double>& it) { return it ? json(*it) : json(); };
    return {{"breaks", hurt->breaks},
            {"by", hurt->by},
            {"of", hurt->broken},
            {"actor", number(hurt->of_actor)},
            {"other", number(hurt->of_other)}};
}

json found_json(const std::optional<FoundScenario>& found) {
    if (!found) return nullptr;
    json knobs = json::object();
    for (const auto& [knob, value] : found->knobs) knobs[knob] = value;
    return {{"hurt", hurt_json(found->hurt)}, {"injects", found->injects}, {"knobs", knobs}};
}

std::string how_certain(const Searched& searched) {
    std::string text = searched.smallest_is_certain
                           ? "Nothing that is smaller by one step breaks it."
                           : "It may not be the smallest: there was no time to try all.";
    if (searched.other_days > 0)
        text += fmt::format(" It breaks on {} of {} days that it was not found on.",
                            searched.broken_days, searched.other_days);
    return text;
}

}  // namespace

std::string run_arguments(const Searched& searched, const SearchLeft& left) {
    std::string text =
        fmt::format("run {} --actor '{}' --seed {}", left.lua, searched.actor, left.seed);
    if (left.plan) text += fmt::format(" --plan '{}'", *left.plan);
    for (const auto& [knob, value] : searched.smallest->told.left)
        text += fmt::format(" --set '{}={}'", knob, value);
    return text;
}

std::string found_head(const Searched& searched, const SearchLeft& left) {
    SearchLeft here = left;  // Whoever reads it has it in a folder of their own.
    here.lua.erase(0, here.lua.rfind('/') + 1);
    return fmt::format("{}: {}\n-- rollcage {}\n", found_mark,
                       in_words(searched, searched.smallest->hurt), run_arguments(searched, here));
}

std::string search_table(const Searched& searched, const SearchLeft& left) {
    std::string text = fmt::format("{}  actor {}  {} days, {} scenarios\n", searched.scenario,
                                   searched.actor, searched.played, searched.variants);
    if (searched.as_written)
        text += wrapped("as it is written: " + in_words(searched, *searched.as_written) +
                            (searched.as_written->breaks ? ", which breaks it" : ""),
                        80) +
                "\n";
    if (searched.unplayable > 0)
        text += wrapped(fmt::format("{} could not be played; the first: {}", searched.unplayable,
                                    searched.first_unplayable),
                        80) +
                "\n";
    if (!searched.left_alone.empty())
        text += wrapped("knobs left alone, for want of bounds or choices: " +
                            listed(searched.left_alone),
                        80) +
                "\n";
    if (!searched.smallest) return text + "nothing that was tried breaks it\n";
    text += "\nthe worst found\n" + contents(*searched.worst) +
            wrapped(in_words(searched, searched.worst->hurt), 80) + "\n";
    if (!searched.steps.empty())
        text += searched.from_the_worst
                    ? "\nmade smaller\n"
                    : "\nmade smaller, of another that breaks it and left less over\n";
    for (const ShrinkStep& it : searched.steps)
        text += wrapped_item(it.what + "  (" +
                             (it.hurt.of_actor ? number_text(*it.hurt.of_actor) : "no data") + ")");
    text += "\nthe smallest that still breaks it\n" + contents(*searched.smallest) +
            wrapped(in_words(searched, searched.smallest->hurt), 80) + "\n" +
            wrapped(how_certain(searched), 80) + "\n";
    if (left.lua.empty()) return text;
    return text + fmt::format("\nrollcage {}\nrollcage replay {} --verify\n",
                              run_arguments(searched, left), left.drill);
}

std::string search_json(const Searched& searched, const SearchLeft& left,
                        const SearchAsked& asked) {
    json steps = json::array();
    for (const ShrinkStep& it : searched.steps)
        steps.push_back({{"what", it.what}, {"hurt", hurt_json(it.hurt)}});
    json expectations = json::array();
    for (const Criterion& it : searched.aim.expectations) expectations.push_back(it.text);
    const auto text_or_null = [](const std::string& it) { return it.empty() ? json() : json(it); };
    const json all{
        {"format", 1},
        {"scenario", searched.scenario},
        {"actor", searched.actor},
        {"against", text_or_null(searched.other)},
        {"by", text_or_null(searched.aim.key)},
        {"expectations", expectations},
        {"seed", asked.seed},
        {"budget", asked.budget},
        {"played", searched.played},
        {"scenarios", searched.variants},
        {"unplayable", searched.unplayable},
        {"knobs_left_alone", searched.left_alone},
        {"as_written", hurt_json(searched.as_written)},
        {"worst", found_json(searched.worst)},
        {"smallest", found_json(searched.smallest)},
        {"steps", steps},
        {"certain", searched.smallest_is_certain},
        {"other_days", {{"played", searched.other_days}, {"broken", searched.broken_days}}},
        {"lua", text_or_null(left.lua)},
        {"drill", text_or_null(left.drill)},
        {"stopped", searched.interrupted ? json("interrupted") : json()}};
    return all.dump(2) + "\n";
}

}  // namespace rollcage
