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
#include "ui/view/answers_view.h"
#include "ui/view/decided_view.h"
#include "ui/view/drift_view.h"

namespace rollcage {

// Another life that somebody asked for: this order at that instant, or somebody else all day.
struct Tried {
    SimTime at;
    std::string order;
    std::string actor{};             // Instead of an order.
    std::optional<NamedDay> life{};  // None: it is being played, or could not be.
    std::string trouble{};
};

struct PageWritten {
    std::string page, recording;  // Where each is, in full.
    bool again = false;           // The page was written before in this debrief, and is new now.
};

class Debrief {
public:
    Debrief(std::string path, Recording recording, unsigned jobs);

    bool poll();                                          // True: something came in.
    bool busy() const;                                    // Something is on its way.
    std::uint64_t revision() const { return revision_; }  // Of what is drawn over time.
    std::uint64_t known() const { return known_; }        // Of everything else.
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
    const std::vector<DriftedEnvironment>* drift() const { return drift_ ? &*drift_ : nullptr; }
    const DecidedDay& decided() const { return decided_; }
    const KnownShop& shop() const { return shop_; }

    void ask_luck(std::uint64_t seeds);  // In pieces; what is there is shown meanwhile.
    void stop_luck() { luck_asked_ = 0, more_luck_.stop(); }
    // One order after the other, each at all instants; what is there is shown meanwhile.
    void ask_grid(GridChoice choice);
    void stop_grid() { grid_stopped_ = true, more_grid_.stop(); }
    const Grid* grid() const { return grid_ ? &*grid_ : nullptr; }
    const GridChoice& grid_asked() const { return grid_choice_; }
    bool grid_going() const;
    const std::string& grid_trouble() const { return grid_trouble_; }

    // What was tried before is not tried again; answers its place.
    std::size_t try_order(SimTime at, const std::string& order);
    std::size_t try_actor(const std::string& actor);
    const std::vector<Tried>& tried() const { return tried_; }
    void forget_tried();
    // Beside the recording; under another name where there is a page that it did not write.
    Result<PageWritten> write_page();

private:
    DrillAsked asked() const;
    void see_again();
    void take_day();
    void take_others();
    void take_luck(LuckOrSkill more);
    void take_grid(Result<Grid> more);
    void go_on_with_luck();
    void go_on_with_grid();
    std::size_t try_life(Tried life);
    void go_on_trying();

    unsigned jobs_;
    std::uint64_t revision_ = 1, known_ = 1;
    std::optional<WatchedDay> day_;
    std::optional<DrillView> view_;
    DecidedDay decided_;
    KnownShop shop_;
    std::optional<Explanation> why_;
    std::optional<Comparison> others_;
    std::optional<LuckOrSkill> luck_;
    std::optional<std::vector<DriftedEnvironment>> drift_;
    std::uint64_t luck_asked_ = 0, luck_upto_ = 0;
    GridChoice grid_choice_;
    std::optional<Grid> grid_;
    std::string grid_trouble_, page_;
    bool grid_stopped_ = false;
    std::vector<Tried> tried_;
    Background<Result<WatchedDay>> playing_;
    Background<Result<Explanation>> explaining_;
    Background<Result<std::vector<DriftedEnvironment>>> looking_;
    Background<Result<Comparison>> comparing_;
    Background<Result<LuckOrSkill>> more_luck_;
    Background<Result<Grid>> more_grid_;
    Background<std::pair<std::size_t, Result<WatchedDay>>> trying_;
};

}  // namespace rollcage
