#include "ui/view/lobby_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <tuple>

#include "sim/base/digest.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t files_max = 500;

std::vector<std::string> files_in(const std::string& where, const std::string& extension) {
    std::vector<std::string> files;
    std::error_code unreadable;
    if (fs::is_regular_file(where, unreadable)) return {where};
    for (fs::recursive_directory_iterator it{where, fs::directory_options::skip_permission_denied,
                                             unreadable};
         !unreadable && it != fs::recursive_directory_iterator{} && files.size() < files_max;
         it.increment(unreadable))
        if (it->path().extension() == extension) files.push_back(it->path().string());
    std::ranges::sort(files);
    return files;
}

std::string value_text(const KnobValue& value) {
    if (const auto* number = std::get_if<double>(&value)) return number_text(*number);
    return std::get<std::string>(value);
}

ScenarioCard card_of(const std::string& file) {
    ScenarioCard card;
    card.file = file, card.title = fs::path{file}.stem().string();
    const auto scenario = load_scenario(file, {});
    if (!scenario) {
        card.trouble = scenario.error().message;
        return card;
    }
    card.title = scenario->title, card.briefing = scenario->briefing;
    card.difficulty = scenario->difficulty;
    card.length = length_text(scenario->blueprint->lasts);
    for (const Knob& it : scenario->knobs)
        if (!it.hidden)
            card.knobs.push_back({it.name, value_text(it.initially), it.from, it.to, it.choices});
    for (const Role& it : scenario->roles) card.roles.push_back(it.name);
    return card;
}

RecordingCard recorded(const std::string& file) {
    RecordingCard card;
    card.file = file;
    const auto recording = read_recording(file);
    if (!recording) {
        card.trouble = recording.error().message;
        return card;
    }
    card.scenario = recording->head.scenario;
    card.who = recording->head.actor;
    card.seed = recording->head.choices.seed;
    card.complete = !recording->digest.empty();
    return card;
}

}  // namespace

LobbyView lobby_view(const std::vector<std::string>& scenarios, const std::string& recordings) {
    LobbyView view;
    for (const std::string& where : scenarios)
        for (const std::string& file : files_in(where, ".lua"))
            view.scenarios.push_back(card_of(file));
    std::ranges::stable_sort(view.scenarios, {}, [](const ScenarioCard& it) {
        return std::tuple{!it.trouble.empty(), it.difficulty, it.title};
    });
    for (const std::string& file : files_in(recordings, ".drill"))
        view.recordings.push_back(recorded(file));
    return view;
}

std::uint64_t seed_of(const std::string& word) {
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (failure == std::errc{} && end == word.data() + word.size() && !word.empty()) return number;
    Digest digest;
    for (const char letter : word) digest.fold(static_cast<std::uint64_t>(letter & 0x7F));
    constexpr std::uint64_t short_enough_to_say = 1'000'000;
    std::uint64_t seed = 0;
    const std::string digits = hex(digest);
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), seed, 16);
    return seed % short_enough_to_say;
}

std::string free_recording(const std::string& folder, const std::string& scenario,
                           std::uint64_t seed) {
    for (int n = 1;; ++n) {
        const fs::path path = fs::path{folder} / fmt::format("{}-{}{}.drill", scenario, seed,
                                                             n == 1 ? "" : fmt::format("-{}", n));
        std::error_code unknown;
        if (!fs::exists(path, unknown)) return path.string();
    }
}

}  // namespace rollcage
