// The lobby on screen: choose a day to practise and who sits where, or a recorded day to look at.
// Leans on lobby_view.h and the kit; plays nothing itself. What is wished is done by the desk.
// Files are looked at again and again by somebody else; a card that changed is drawn as it is now.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ui/desk/actions.h"
#include "ui/view/lobby_view.h"

namespace rollcage {

struct Lobby {
    std::vector<ScenarioCard> scenarios;
    std::vector<RecordingCard> recordings;
};

class LobbyScreen {
public:
    struct Wish {
        enum class Kind { nothing, begin, open, look_again } kind = Kind::nothing;
        std::string file{};
        Choices choices{};
        std::vector<std::pair<std::string, std::string>> seats{};  // A seat, and who sits there.
        double table_minutes = 0;                                  // Nought: as long as it takes.
        bool guided = false;
    };
    Wish draw(Widgets& on, const Lobby& lobby, ImVec2 size);
    std::vector<Action> actions(const Lobby& lobby);
    std::string said;  // What came of the last wish.

private:
    void cards(Widgets& on, const Lobby& lobby, ImVec2 size);
    void chosen(Widgets& on, const ScenarioCard& card, ImVec2 size);
    void roster(Widgets& on, const ScenarioCard& card);
    void recordings(Widgets& on, const Lobby& lobby, ImVec2 size);
    void choose(const ScenarioCard& card);
    void begin(const ScenarioCard& card, bool guided);

    std::string chosen_;  // Its path.
    std::string seed_ = "1", sought_;
    std::map<std::string, std::string> knobs_;  // Of the chosen one, as they were moved.
    std::map<std::string, std::string> sits_;   // By seat.
    std::optional<std::string> plan_{};
    std::size_t table_ = 0;
    Wish wish_;
};

}  // namespace rollcage
