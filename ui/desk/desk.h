// The desk: from the lobby into a drill, from the drill into its debrief, and back.
// Leans on the screens; owns the drill that is going on and the debrief that is looked at.
// A frame calls draw(); whoever shows it asks changed() whether another one is needed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ui/desk/debrief_screen.h"
#include "ui/desk/drill_screen.h"
#include "ui/desk/lobby_screen.h"

namespace rollcage {

struct DeskOptions {
    std::vector<std::string> scenarios{"scenarios"};  // Files or folders.
    std::string recordings = ".";                     // Where they go, and are looked for.
    unsigned jobs = 2;
};

class Desk {
public:
    explicit Desk(DeskOptions options);
    // A scenario is chosen in the lobby; a recording is looked back at, or gone on with.
    Result<void> open(const std::string& file);
    Result<void> begin(const std::string& file, const Choices& choices);

    void draw(Widgets& on, ImVec2 size);
    bool changed();  // Since the last frame that was drawn.

    const LiveDrill* drill() const { return live_.get(); }
    const Debrief* debrief() const { return debrief_.get(); }

private:
    void look_back(const std::string& path);
    void end_drill();

    DeskOptions options_;
    LobbyView lobby_;
    LobbyScreen lobby_screen_;
    std::unique_ptr<LiveDrill> live_;
    DrillScreen drill_screen_;
    std::unique_ptr<Debrief> debrief_;
    DebriefScreen debrief_screen_;
    std::uint64_t drawn_ = 0;
};

}  // namespace rollcage
