// What an after-action report of one recorded day says, section by section.
// Leans on plot_view.h and on play; builds words and numbers, knows no page.
// No sentence is written for a scenario: each follows from facts, the ledger or other lives.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/play/compare.h"
#include "scenarios/play/explanation.h"
#include "scenarios/play/luck.h"
#include "ui/view/plot_view.h"

namespace rollcage {

struct NamedDay {
    std::string name;
    WatchedDay day;
};
// What is known of a day besides itself. Without other lives, `why_alone` says why.
struct DrillAsked {
    const Recording* recording = nullptr;
    const WatchedDay* day = nullptr;
    const Comparison* others = nullptr;  // One seed: the recorded day.
    std::vector<NamedDay> beside{};      // Some of those, to be drawn.
    const LuckOrSkill* luck = nullptr;
    const Explanation* explanation = nullptr;
    std::string engine, why_alone{}, why_no_luck{}, why_unexplained{};
};

enum class Tone { neutral, good, bad };
struct Tile {
    std::string label, value, note;
    Tone tone = Tone::neutral;
    std::string key{};  // Of the account that it shows; empty: of none.
};
struct TrackSpan {
    double from_s = 0, until_s = 0;
    Mark mark = Mark::fact;
    std::string label;
};
struct TrackEvent {
    double at_s = 0;
    Mark mark = Mark::fact;
    std::string label, number{};
    std::size_t fact = 0;  // Its place among the facts; none has it: an inject.
};
struct Track {
    std::string name;
    std::vector<TrackSpan> spans{};
    std::vector<TrackEvent> events{};
};
struct FactRow {
    SimTime at;
    Mark mark = Mark::fact;
    std::string text;
};
struct Decision {
    std::size_t number = 0, fact = 0;
    SimTime at;
    bool by_machine = false, refused = false;
    std::string who, order, expected;  // Who: as whoever expected something said, else what kind.
    std::string happened, after;       // After: failures before and after it.
    std::optional<SimTime> effect;
};
struct LedgerRow {
    std::string key, meaning;
    std::optional<double> value;
    bool more_is_better = false;
};
struct OtherLife {
    std::string actor;
    bool the_drill = false;
    std::vector<std::optional<double>> values;  // By key.
    std::vector<bool> best;
};
struct WhatIf {
    std::vector<std::string> keys;
    std::vector<OtherLife> lives;  // The drill first.
    std::vector<std::string> sentences;
};
struct BuildEvidence {
    std::string service, build, users;
    std::vector<std::string> checks, approvals, skips;
};
struct DrillView {
    std::string title, scenario, briefing, lesson, background;
    std::vector<std::pair<std::string, std::string>> head;  // What it was a day of.
    std::vector<std::string> summary;
    std::vector<Tile> tiles;
    std::vector<Track> tracks;
    std::vector<FactRow> facts, remarks;
    std::vector<Decision> decisions;
    std::vector<LedgerRow> ledger;
    WhatIf what_if;
    std::vector<std::string> strengths, improvements;
    std::vector<BuildEvidence> evidence;
    double until_s = 0, decisions_end_s = 0;
};
DrillView drill_view(const DrillAsked& asked);
// Of others those that are worth drawing beside the drill: nobody's, and the best one.
std::vector<std::string> telling_lives(const Comparison& others);

// "1,234", "4 min 10 s", "2.5%", "never".
std::string ledger_text(const std::string& key, const std::optional<double>& value);

// What was known of a day until then, whether it is over or not.
struct FactsSoFar {
    std::span<const Occurrence> facts;
    const Names* names = nullptr;
    SimTime until;
    std::span<const Remark> remarks{};
};
std::vector<Track> known_tracks(const FactsSoFar& day);
// By fact, where an order's answer is: the first one that is of the same kind, holds what was
// given, and answers none before.
std::vector<std::optional<std::size_t>> answers_to_orders(std::span<const Occurrence> facts);

// The parts that need no other lives.
std::vector<Track> tracks_of(const WatchedDay& day);  // Those, and what nobody knew.
std::vector<Decision> decisions_of(const WatchedDay& day);
// "ana, hint: look at the flags"; what was expected of an order stands with the order.
std::vector<FactRow> remarks_of(std::span<const Remark> remarks);
std::vector<BuildEvidence> evidence_of(const WatchedDay& day);

}  // namespace rollcage
