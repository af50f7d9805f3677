// What the lobby offers: every scenario there is, as players may know it, and recent recordings.
// Leans on play; a lesson, a hidden knob or a transcript is never part of it.
// A file that does not load is a card too, with what is wrong with it.
#pragma once

#include <string>
#include <vector>

#include "scenarios/play/recording.h"

namespace rollcage {

struct KnobShown {
    std::string name, value;
    std::optional<double> from{}, to{};
    std::vector<std::string> choices{};
};
struct ScenarioCard {
    std::string file, title, briefing, length, trouble;  // Trouble: why it does not load.
    std::int64_t difficulty = 0;
    std::vector<KnobShown> knobs;  // Those that players may see.
    std::vector<std::string> roles;
};
struct RecordingCard {
    std::string file, scenario, who, trouble;
    std::uint64_t seed = 0;
    bool complete = false;
};
struct LobbyView {
    std::vector<ScenarioCard> scenarios;  // The easiest first.
    std::vector<RecordingCard> recordings;
};
// Files or folders, which are looked through as deep as they go.
LobbyView lobby_view(const std::vector<std::string>& scenarios, const std::string& recordings);

// A number is itself; a word on the board is the same seed for everybody.
std::uint64_t seed_of(const std::string& word);
std::string free_recording(const std::string& folder, const std::string& scenario,
                           std::uint64_t seed);

}  // namespace rollcage
