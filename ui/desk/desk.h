// The desk: from the lobby into a drill, from the drill into its debrief, and back.
// Leans on the screens; owns the drill that is going on and the debrief that is looked at.
// A frame calls draw(); whoever shows it asks changed() whether another one is needed.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ui/desk/board_screen.h"
#include "ui/desk/debrief_screen.h"
#include "ui/desk/drill_screen.h"
#include "ui/desk/facilitator_screen.h"
#include "ui/desk/guide.h"
#include "ui/desk/lobby_screen.h"

namespace rollcage {

struct DeskOptions {
    std::vector<std::string> scenarios{"scenarios"};  // Files or folders.
    std::string recordings = ".";                     // Where they go, and are looked for.
    unsigned jobs = 2;
    std::string name = "player";  // Who sits here, where the roster does not say.
    Layout layout{};
    bool pauses_on_trouble = true;
    bool second_window = false;  // There may be one: the facilitator's.
};

class Desk {
public:
    explicit Desk(DeskOptions options);
    // A scenario is chosen in the lobby; a recording is looked back at, or gone on with.
    Result<void> open(const std::string& file);
    Result<void> begin(const LobbyScreen::Wish& wish);

    void draw(Widgets& on, ImVec2 size);
    bool changed();  // Since the last frame that was drawn.

    // The facilitator's window: while somebody wants it. When it goes, time stands still.
    bool wants_second() const { return live_ && second_; }
    void draw_second(Widgets& on, ImVec2 size);
    void second_closed();
    void display_lost();

    const LiveDrill* drill() const { return live_.get(); }
    const Debrief* debrief() const { return debrief_.get(); }
    const Board* board() const { return board_.get(); }
    const Layout& layout() const { return layout_; }
    // As somebody wants it, be there room for it or not; after the first frame.
    float wanted_scale() const { return scale_ * preset_named(layout_.preset).larger; }
    bool pauses_on_trouble() const { return options_.pauses_on_trouble; }

private:
    void look_back(const std::string& path);
    void live_on(Drill drill);
    void end_drill();
    void leave_debrief();
    void put_on_board(bool side_by_side);
    void look_at_files();
    void draw_screen(Widgets& on, ImVec2 size);
    void draw_lobby(Widgets& on, ImVec2 size);
    void fit(Widgets& on, ImVec2 size) const;
    void take_preset(Widgets& on, const std::string& name);
    std::vector<Action> actions(Widgets& on);
    std::vector<Action> of_the_desk(Widgets& on);

    DeskOptions options_;
    Layout layout_, second_layout_, debrief_layout_;
    Lobby lobby_;
    Background<Lobby> looking_;
    std::chrono::steady_clock::time_point looked_{};
    LobbyScreen lobby_screen_;
    std::unique_ptr<LiveDrill> live_;
    DrillScreen drill_screen_;
    FacilitatorScreen facilitator_;
    bool facilitates_ = false, second_ = false;
    std::unique_ptr<Debrief> debrief_;
    DebriefScreen debrief_screen_;
    std::unique_ptr<Board> board_;  // Of that debrief.
    BoardScreen board_screen_;
    std::optional<Guide> guide_{};
    ActionsOverlay overlay_, second_overlay_;
    float scale_ = 0;  // Of the display, without a preset's enlargement.
    std::uint64_t drawn_ = 0;
};

}  // namespace rollcage
