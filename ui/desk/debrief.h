// What a debrief knows: the day as it truly was, and what is still being worked out about it.
// Leans on background.h and on play; knows no widget. A frame calls poll() and reads the rest.
// Nothing here changes the recording: what people try is other lives of the same day.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/play/others.h"
#include "ui/desk/background.h"
#include "ui/view/drill_view.h"

namespace rollcage {

// Another life that somebody asked for: this order at that instant.
struct Tried {
    SimTime at;
    std::string order;
    std::optional<NamedDay> life{};  // None: it is being played, or could not be.
    std::string trouble{};
};

class Debrief {
public:
    Debrief(std::string path, Recording recording, unsigned jobs);

    bool poll();                                          // True: something came in.
    bool busy() const;                                    // Something is on its way.
    std::uint64_t revision() const { return revision_; }  // Of what is drawn over time.
    std::string trouble;  // Not empty: the recording cannot be played.

    const std::string path;
    const Recording recording;
    // Null until it is there.
    const WatchedDay* day() const { return day_ ? &*day_ : nullptr; }
    const DrillView* view() const { return view_ ? &*view_ : nullptr; }
    const Explanation* explanation() const { return why_ ? &*why_ : nullptr; }
    const Comparison* others() const { return others_ ? &*others_ : nullptr; }
    const LuckOrSkill* luck() const { return luck_ ? &*luck_ : nullptr; }
    std::uint64_t luck_asked() const { return luck_asked_; }

    void ask_luck(std::uint64_t seeds);  // In pieces; what is there is shown meanwhile.
    void stop_luck() { luck_asked_ = 0, more_luck_.stop(); }
    void try_order(SimTime at, const std::string& order);
    const std::vector<Tried>& tried() const { return tried_; }
    void forget_tried();
    Result<std::string> write_page();  // Beside the recording; answers its path.

private:
    DrillAsked asked() const;
    void see_again();
    void go_on_with_luck();
    void go_on_trying();

    unsigned jobs_;
    std::uint64_t revision_ = 1;
    std::optional<WatchedDay> day_;
    std::optional<DrillView> view_;
    std::optional<Explanation> why_;
    std::optional<Comparison> others_;
    std::optional<LuckOrSkill> luck_;
    std::uint64_t luck_asked_ = 0, luck_upto_ = 0;
    std::vector<Tried> tried_;
    Background<Result<WatchedDay>> playing_;
    Background<Result<Explanation>> explaining_;
    Background<Result<Comparison>> comparing_;
    Background<Result<LuckOrSkill>> more_luck_;
    Background<std::pair<std::size_t, Result<WatchedDay>>> trying_;
};

}  // namespace rollcage
