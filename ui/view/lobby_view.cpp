#include "ui/view/lobby_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <tuple>

#include "scenarios/play/check.h"

namespace rollcage {
namespace {

namespace fs = std::filesystem;

// Never is before everything else: a file that is gone changes nothing.
fs::file_time_type written_at(const fs::path& path) {
    std::error_code gone;
    const auto at = fs::last_write_time(path, gone);
    return gone ? fs::file_time_type::min() : at;
}

fs::file_time_type latest_of(const ScenarioCard& card) {
    fs::file_time_type latest = written_at(card.path);
    for (const std::string& it : card.uses) latest = std::max(latest, written_at(it));
    if (card.error.empty()) return latest;
    // Which files a broken one would use nobody knows; any of those beside it may mend it.
    std::error_code failed;
    for (const auto& it : fs::directory_iterator(fs::path(card.path).parent_path(), failed))
        if (it.path().extension() == ".lua") latest = std::max(latest, written_at(it.path()));
    return latest;
}

std::string value_text(const KnobValue& value) {
    const auto* number = std::get_if<double>(&value);
    return number != nullptr ? fmt::format("{:g}", *number) : std::get<std::string>(value);
}

std::vector<KnobField> knobs_of(const Scenario& scenario) {
    std::vector<KnobField> fields;
    for (const Knob& it : scenario.knobs)
        if (!it.hidden)
            fields.push_back({it.name, value_text(it.initially), it.from, it.to, it.choices});
    return fields;
}

SimTime last_line(const Recording& recording) {
    SimTime last{};
    for (const GivenOrder& it : recording.orders) last = std::max(last, it.at);
    for (const Remark& it : recording.remarks) last = std::max(last, it.at);
    if (!recording.facts.empty()) {
        const std::string& line = recording.facts.back();
        if (const auto at = parse_moment(line.substr(0, line.find(' '))))
            last = std::max(last, *at);
    }
    return last;
}

RecordingCard recording_card(const fs::path& path) {
    RecordingCard card{.path = path.string(), .scenario = path.stem().string()};
    card.written = written_at(path);
    const auto recording = read_recording(card.path);
    if (!recording) {
        card.error = recording.error().message;
        return card;
    }
    card.scenario = recording->head.scenario;
    card.who = recording->head.actor;
    card.seed = recording->head.choices.seed;
    card.orders = orders_of(*recording).size();
    card.until = last_line(*recording);
    card.complete = !recording->digest.empty();
    card.resumable = !card.complete && card.who == player;
    return card;
}

}  // namespace

ScenarioCard scenario_card(const std::string& path) {
    ScenarioCard card{.path = path, .name = fs::path(path).stem().string()};
    card.title = card.name;
    const auto scenario = load_scenario(path, Choices{});
    const auto sound = scenario ? check_expectations(*scenario) : Result<void>{scenario.error()};
    if (!sound) {
        card.error = sound.error().message;
        card.written = latest_of(card);
        return card;
    }
    if (!scenario->title.empty()) card.title = scenario->title;
    card.briefing = scenario->briefing;
    card.difficulty = scenario->difficulty;
    card.lasts = scenario->blueprint->lasts, card.judged_after = scenario->blueprint->judged_after;
    card.knobs = knobs_of(*scenario);
    card.plans = scenario->blueprint->names.plans;
    for (const Role& it : scenario->roles) card.seats.push_back(it.name);
    card.services = scenario->blueprint->services.size();
    for (const SourceFile& it : scenario->sources) {
        const fs::path used = fs::path(path).parent_path() / file_of(*scenario, it);
        if (&it != scenario->sources.data()) card.uses.push_back(used.string());
    }
    card.written = latest_of(card);
    return card;
}

std::vector<ScenarioCard> scenario_cards(const std::vector<std::string>& folders,
                                         const std::vector<ScenarioCard>& before) {
    std::vector<ScenarioCard> cards;
    for (const std::string& folder : folders) {
        const auto files = scenarios_in({folder});
        if (!files) {
            cards.push_back({.path = folder,
                             .name = fs::path(folder).filename().string(),
                             .title = fs::path(folder).filename().string(),
                             .error = files.error().message});
            continue;
        }
        for (const std::string& path : *files) {
            if (std::ranges::find(cards, path, &ScenarioCard::path) != cards.end()) continue;
            const auto old = std::ranges::find(before, path, &ScenarioCard::path);
            cards.push_back(old != before.end() && old->written == latest_of(*old)
                                ? *old
                                : scenario_card(path));
        }
    }
    std::ranges::stable_sort(cards, [](const ScenarioCard& a, const ScenarioCard& b) {
        return std::tuple{!a.error.empty(), a.difficulty, a.name} <
               std::tuple{!b.error.empty(), b.difficulty, b.name};
    });
    return cards;
}

std::vector<RecordingCard> recording_cards(const std::string& folder, std::size_t most,
                                           const std::vector<RecordingCard>& before) {
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    std::error_code failed;
    for (const auto& it : fs::directory_iterator(folder, failed))
        if (it.path().extension() == ".drill") found.emplace_back(written_at(it.path()), it.path());
    std::ranges::sort(found, std::greater{});
    found.resize(std::min(found.size(), most));
    std::vector<RecordingCard> cards;
    for (const auto& [written, path] : found) {
        const auto old = std::ranges::find(before, path.string(), &RecordingCard::path);
        const bool same = old != before.end() && old->written == written;
        cards.push_back(same ? *old : recording_card(path));
    }
    return cards;
}

std::uint64_t seed_of(std::string_view text) {
    std::string word;
    for (const char it : text)
        if (std::isspace(static_cast<unsigned char>(it)) == 0)
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(it)));
    std::uint64_t number = 0;
    const auto [end, wrong] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (!word.empty() && wrong == std::errc{} && end == word.data() + word.size()) return number;
    if (word.empty()) return Choices{}.seed;
    constexpr std::uint64_t sayable = 1'000'000'000;  // Who has no board can still be told it.
    Digest digest;
    digest.fold(std::string_view{word});
    return digest.value() % sayable;
}

std::string free_recording(const std::string& folder, const std::string& scenario,
                           std::uint64_t seed) {
    for (int n = 1;; ++n) {
        const fs::path path = fs::path(folder) / fmt::format("{}-{}{}.drill", scenario, seed,
                                                             n == 1 ? "" : fmt::format("-{}", n));
        std::error_code unknown;
        if (!fs::exists(path, unknown)) return path.string();
    }
}

}  // namespace rollcage
