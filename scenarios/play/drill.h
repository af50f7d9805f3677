// A day that people play, live: time moves when it is let, orders go in, and every line is kept.
// Leans on recording.h; one thread at a time. The day is the one that `rollcage play` makes of the
// same orders at the same instants. A recording that was cut off is gone on with where it ends.
#pragma once

#include <string>
#include <vector>

#include "scenarios/play/recording.h"

namespace rollcage {

class Drill {
public:
    // The recording is written as it happens; a file that is there is not written over.
    static Result<Drill> begin(Scenario scenario, const Choices& choices, const std::string& path);
    static Result<Drill> resume(const std::string& path);

    const Scenario& scenario() const { return scenario_; }
    const Choices& choices() const { return choices_; }
    const std::string& path() const { return path_; }
    const std::vector<Remark>& remarks() const { return remarks_; }
    const Day& day() const { return day_; }
    FactView known() const { return facts_known(day_); }
    SimTime now() const { return rollcage::now(day_); }
    bool decided() const { return now() >= decisions_end(day_); }  // Nobody orders any more.
    bool finished() const { return finished_; }

    // Until something new is known, or until then; answers whether something is new.
    bool advance(SimTime until);
    // At the present instant; malformed is an error, refused is a fact.
    Result<void> order(const std::string& text, const std::string& who,
                       const std::string& expected = {});
    void remark(RemarkKind kind, const std::string& who, const std::string& text);
    // What a facilitator does: the day up to now stays as it was, or the act is refused.
    Result<void> act(const Act& asked);
    // Plays the rest, and ends the recording.
    Result<Outcome> finish();

private:
    Drill() = default;
    void keep_news();
    std::vector<GivenOrder> given() const;
    Result<void> play_again(const std::vector<GivenOrder>& orders, SimTime until);

    Scenario scenario_;
    Choices choices_;
    std::string path_;
    Recorder recorder_;
    Day day_;
    std::size_t told_ = 0;  // Facts that stand in the recording.
    std::vector<Remark> remarks_;
    bool finished_ = false;
};

}  // namespace rollcage
