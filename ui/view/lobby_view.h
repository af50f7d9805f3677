// What there is to play, before anybody plays: a card a scenario, a card a recording, a seed.
// Leans on play and the file system; what a scenario hides (lesson, hidden knobs, what is injected)
// is on no card. Reading many files takes a while: it is for a thread that nobody waits for.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/play/recording.h"

namespace rollcage {

struct KnobField {
    std::string name{};
    std::string initially{};             // As it would be typed.
    std::optional<double> from{}, to{};  // Of a number.
    std::vector<std::string> choices{};  // Of a word.
};
struct ScenarioCard {
    std::string path{}, name{}, title{}, briefing{};
    std::int64_t difficulty = 1;
    Duration lasts{}, judged_after{};
    std::vector<KnobField> knobs{};
    std::vector<std::string> plans{};
    std::vector<std::string> seats{};
    std::size_t services = 0;
    std::vector<std::string> uses{};  // Other files, by path.
    std::string error{};              // Why it cannot be played; then there is but its name.
    std::filesystem::file_time_type written{};  // Of the latest of its files.
};
// Every scenario in these folders and below them, the easiest first. Cards of files that were not
// written since are taken over as they are; an empty list reads everything again.
std::vector<ScenarioCard> scenario_cards(const std::vector<std::string>& folders,
                                         const std::vector<ScenarioCard>& before = {});
ScenarioCard scenario_card(const std::string& path);

struct RecordingCard {
    std::string path{}, scenario{}, who{};
    std::uint64_t seed = 0;
    std::size_t orders = 0;  // By people.
    SimTime until{};         // Of the last line.
    bool complete = false;   // Else it was cut off, and where people played it can be resumed.
    bool resumable = false;
    std::string error{};
    std::filesystem::file_time_type written{};
};
// The latest first; those of files that were not written since are taken over.
constexpr std::size_t recordings_most = 50;
std::vector<RecordingCard> recording_cards(const std::string& folder,
                                           std::size_t most = recordings_most,
                                           const std::vector<RecordingCard>& before = {});

// A number is itself; a word on the board stands for the same seed everywhere, however it is
// written in large and small letters and blanks.
std::uint64_t seed_of(std::string_view text);
// Where a recording of that day may be kept: no other file is there.
std::string free_recording(const std::string& folder, const std::string& scenario,
                           std::uint64_t seed);

}  // namespace rollcage
