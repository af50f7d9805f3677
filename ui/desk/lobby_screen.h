// The lobby on screen: choose a day to practise, or a recorded one to look back at.
// Leans on lobby_view.h and the kit; plays nothing itself.
// What is wished is done by the desk.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "ui/desk/widgets.h"
#include "ui/view/lobby_view.h"

namespace rollcage {

class LobbyScreen {
public:
    struct Wish {
        enum class Kind { nothing, begin, open, look_again } kind = Kind::nothing;
        std::string file{};
        Choices choices{};
    };
    Wish draw(Widgets& on, const LobbyView& view, ImVec2 size);
    std::string said;  // What came of the last wish.

private:
    void cards(Widgets& on, const LobbyView& view, ImVec2 size, Wish& wish);
    void chosen(Widgets& on, const ScenarioCard& card, ImVec2 size, Wish& wish);
    void recordings(Widgets& on, const LobbyView& view, ImVec2 size, Wish& wish);

    std::size_t chosen_ = 0;
    std::string seed_ = "1";
    std::map<std::string, std::string> knobs_;  // Of the chosen one, as they were moved.
};

}  // namespace rollcage
