// A day that people play live: time passes when it is let, orders are taken while it stands still.
// Leans on recording.h; what happens is on file before anybody is told. No clock, no thread: one
// thread at a time may hold a Drill, and `known` is good until that thread calls it again.
#pragma once

#include "scenarios/play/expectation.h"
#include "scenarios/play/recording.h"

namespace rollcage {

struct Spoken {  // Of an order, or instead of one.
    std::string who, text;
};
struct PlayedOut {
    Life life;
    std::vector<Judgement> judgements;
};

class Drill {
public:
    static Result<Drill> begin(const std::vector<SourceFile>& sources, const Choices& choices,
                               const std::string& path);
    // Plays a recording that was cut off up to its last line and goes on behind it.
    static Result<Drill> resume(const std::string& path);

    // Until something new is known, or `until`; returns the instant. Short slices, and all at once,
    // come to the same day.
    SimTime advance(SimTime until);
    // Gives an order now, on behalf of whoever expects that of it. What the world refuses is a
    // fact; a malformed order, and one after the decision window, an error.
    Result<void> order(const std::string& text, const Spoken& expected);
    Result<void> order(const Command& command, const Spoken& expected);
    // Anything but an expectation; no effect on the day.
    void remark(RemarkKind kind, const Spoken& said);
    // What a facilitator does: what has been seen stays as it was, or the act is refused.
    Result<void> act(const Act& asked);
    // Lets the rest of the day pass, judges it and finishes the recording; once.
    Result<PlayedOut> played_out();

    FactView known() const { return facts_known(day_); }
    SimTime now() const { return rollcage::now(day_); }
    const Scenario& scenario() const { return scenario_; }
    const Choices& choices() const { return choices_; }
    const std::string& path() const { return path_; }
    const Day& day() const { return day_; }  // The truth too: for a facilitator.
    const Life& life() const { return life_; }
    const std::vector<Remark>& remarks() const { return remarks_; }
    // Everybody who has given an order or said something, in the order in which they did.
    std::vector<std::string> people() const;
    SimTime decisions_end() const { return rollcage::decisions_end(day_); }
    SimTime end() const { return day_end(day_); }
    bool over() const { return now() >= end(); }
    std::optional<SimTime> resumed_at() const { return resumed_at_; }
    bool keeps() const { return recorder_.keeps(); }  // Else the disk takes nothing any more.

private:
    Drill(Scenario scenario, Choices choices, std::string path, Recorder recorder);
    void keep_news();
    Result<void> catch_up(const Recording& recording);

    Scenario scenario_;
    Choices choices_;
    std::string path_;
    Recorder recorder_;
    Day day_;
    Life life_;
    std::vector<Remark> remarks_;
    std::optional<SimTime> resumed_at_;
};

// What is on file is what this engine plays: the first line that is not, or nothing.
std::string first_line_unlike(const Recording& recording, const Life& life, const Names& names);

}  // namespace rollcage
