// A day in front of a class: it stops where people decided, hands are counted, lives are compared.
// Leans on board_view.h and background.h; knows no widget and no clock: whoever draws says how much
// time went by. known() holds nothing later than now(); lines of lives are whole, to be cut there.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ui/desk/background.h"
#include "ui/view/board_view.h"

namespace rollcage {

inline constexpr std::size_t lives_most = 4;

struct BoardOption {
    std::vector<std::string> orders{};  // None: waiting.
    unsigned hands = 0;
    std::shared_ptr<const WatchedDay> life{};  // Null: not lived yet.
    std::string label() const;
};
struct BoardLife {
    std::string name{};
    std::size_t letter = 0;           // The option's, from A.
    std::optional<unsigned> hands{};  // None: nobody was asked.
    bool recorded = false;            // What was done on that day.
    std::shared_ptr<const WatchedDay> day{};
    std::array<std::vector<PlotPoint>, all_harms.size()> lines{};  // Whole; cut them at now.
};

enum class BoardPhase : std::uint8_t {
    watching,  // The recorded day passes, as it was known then.
    asking,    // It has come to where people decided.
    living,    // What was chosen is being lived.
    together,  // Lives pass side by side.
    summed,    // They are over.
    over,      // So is the recorded day.
};

class Board {
public:
    static constexpr std::array<double, 3> speeds{60, 300, 1'200};  // Seconds a second.

    Board(Recording recording, const WatchedDay& day, std::vector<NamedDay> others, unsigned jobs);

    BoardPhase phase() const { return phase_; }
    SimTime now() const;
    SimTime end() const;  // Of what passes.
    // Lets so much time go by on the wall, and takes in what was lived meanwhile.
    bool pass(double seconds);
    bool poll();  // The latter alone.
    bool playing() const { return playing_; }
    void play(bool on);
    std::size_t speed = 1;  // Of those.
    void jump();            // To the next decision; among lives to where they part, or the end.
    void rewind();          // The day, or the lives, from their beginning.

    const KnownNow& known() const { return known_; }
    std::uint64_t seed() const { return recording_.head.choices.seed; }
    const WatchedDay& day() const { return *day_; }
    std::size_t decision() const { return next_; }  // How many are behind us.
    const std::vector<NamedDay>& others() const { return others_; }

    const std::vector<BoardOption>& options() const { return options_; }
    const std::vector<std::string>& plain_orders() const { return orders_; }  // To choose from.
    Result<void> add_option(const std::string& order);
    void drop_option(std::size_t nth);
    void count_hands(std::size_t nth, int more);
    unsigned hands() const;
    std::string why_not_live() const;  // Empty: the lives can be lived.
    void live();
    void go_on();  // With the recorded day, past the decision.
    std::size_t lived() const;
    std::size_t to_live() const { return chosen_.size(); }
    std::string trouble{};  // Why a life could not be lived.

    // Two to four that were lived already, with no vote; afterwards the day goes on where it was.
    Result<void> compare(std::vector<NamedDay> lives);
    // The recorded day beside the last of those that were tried in its debrief.
    Result<void> compare_tried();
    const std::vector<BoardLife>& lives() const { return lives_; }
    SimTime parting() const { return parting_; }
    bool voted() const { return voted_; }
    LivesSummary summary() const;  // Of lives that are over.

private:
    void see();
    void ask();
    void live_next();
    void begin_together();
    void together_at(SimTime at);

    Recording recording_;
    std::shared_ptr<const WatchedDay> day_;
    std::vector<NamedDay> others_;
    unsigned jobs_;
    std::vector<DecisionPoint> points_;
    KnownUntil until_;
    KnownNow known_;
    std::size_t seen_facts_ = 0, seen_scrapes_ = 0;
    BoardPhase phase_ = BoardPhase::watching;
    BoardPhase phase_before_ = BoardPhase::watching;  // A comparison of days lived already.
    bool playing_ = false, begins_ = false, voted_ = false;
    double now_s_ = 0, together_s_ = 0;
    std::size_t next_ = 0;  // Of the points.
    std::vector<BoardOption> options_;
    std::vector<std::string> orders_;
    std::vector<std::size_t> chosen_;  // Of those, in the order in which they are lived.
    std::vector<BoardLife> lives_;
    SimTime parting_;
    std::array<Background<Result<WatchedDay>>, lives_most> living_;
};

}  // namespace rollcage
