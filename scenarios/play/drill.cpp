#include "scenarios/play/drill.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace rollcage {

Result<Drill> Drill::begin(Scenario scenario, const Choices& choices, const std::string& path) {
    if (std::filesystem::exists(path))
        return Error{path + " is there already; a recording is never written over"};
    auto recorder = Recorder::open(
        path, {ROLLCAGE_VERSION, scenario.name, choices, player, {}, scenario.sources});
    if (!recorder) return recorder.error();
    Drill drill;
    drill.scenario_ = std::move(scenario);
    drill.choices_ = choices;
    drill.path_ = path;
    drill.recorder_ = std::move(*recorder);
    drill.day_ = start_day(drill.scenario_.blueprint, choices.seed);
    drill.keep_news();
    return drill;
}

namespace {

SimTime last_line(const Recording& recording) {
    SimTime last;
    for (const GivenOrder& it : recording.orders) last = std::max(last, it.at);
    for (const Remark& it : recording.remarks) last = std::max(last, it.at);
    for (const Act& it : recording.head.choices.acts) last = std::max(last, it.done);
    for (const std::string& it : recording.facts)
        if (const auto at = parse_moment(std::string_view{it}.substr(0, it.find(' '))))
            last = std::max(last, *at);
    return last;
}

}  // namespace

Result<Drill> Drill::resume(const std::string& path) {
    const auto recording = read_recording(path);
    if (!recording) return recording.error();
    const RecordingHead& head = recording->head;
    if (!recording->digest.empty())
        return Error{path + " is complete; there is nothing to go on with"};
    if (head.actor != player)
        return Error{path + " is a day of " + head.actor + "; only what people play goes on"};
    auto scenario = load_scenario(head.sources, head.choices);
    if (!scenario) return scenario.error();
    Drill drill;
    drill.scenario_ = std::move(*scenario);
    drill.choices_ = head.choices;
    drill.path_ = path;
    drill.remarks_ = recording->remarks;
    if (const auto again = drill.play_again(orders_of(*recording), last_line(*recording)); !again)
        return again.error();
    const Names& names = drill.scenario_.blueprint->names;
    for (std::size_t i = 0; i < recording->facts.size(); ++i)
        if (i >= drill.day_.belief.facts.size() ||
            transcript_line(drill.day_.belief.facts[i], names) != recording->facts[i])
            return Error{path + " does not play as it was recorded, from \"" + recording->facts[i] +
                         "\" on; it was recorded by engine " + head.engine};
    auto recorder = Recorder::append(path);
    if (!recorder) return recorder.error();
    drill.recorder_ = std::move(*recorder);
    drill.told_ = recording->facts.size();
    drill.keep_news();
    return drill;
}

Result<void> Drill::play_again(const std::vector<GivenOrder>& orders, SimTime until) {
    Day day = start_day(scenario_.blueprint, choices_.seed);
    const Player who = player_of(orders, scenario_.blueprint->names);
    if (const auto played = play_on(day, &who, until); !played) return played.error();
    day_ = std::move(day);
    return {};
}

// An order stands before the facts that it made, as whoever replays it gives it first.
void Drill::keep_news() {
    const Names& names = scenario_.blueprint->names;
    for (; told_ < day_.belief.facts.size(); ++told_) {
        const Occurrence& it = day_.belief.facts[told_];
        if (const auto* ordered = std::get_if<Ordered>(&it.fact))
            recorder_.order({it.at, command_text(ordered->command, names),
                             std::ranges::binary_search(day_.by_machines, told_)});
        recorder_.fact(transcript_line(it, names));
    }
}

bool Drill::advance(SimTime until) {
    check(!finished_, "a finished drill does not go on");
    const std::size_t known = day_.belief.facts.size();
    // At the end of decisions everybody stops once, whoever plays.
    const SimTime stop = decided() ? until : std::min(until, decisions_end(day_));
    if (stop > now()) (void)rollcage::advance(day_, stop);
    keep_news();
    return day_.belief.facts.size() > known;
}

Result<void> Drill::order(const std::string& text, const std::string& who,
                          const std::string& expected) {
    if (finished_) return Error{"the drill is over"};
    const auto command = parse_command(text, scenario_.blueprint->names);
    if (!command) return command.error();
    if (decided()) return Error{"decisions ended at " + clock_text(decisions_end(day_))};
    if (!expected.empty()) {
        remark(RemarkKind::expectation, who, expected);
        remarks_.back().order = static_cast<std::size_t>(day_.orders.size());
    }
    submit(day_, *command, By::person);
    keep_news();
    return {};
}

void Drill::remark(RemarkKind kind, const std::string& who, const std::string& text) {
    remarks_.push_back({now(), kind, who, text});
    recorder_.remark(remarks_.back());
}

std::vector<GivenOrder> Drill::given() const {
    std::vector<GivenOrder> orders;
    for (std::size_t i = 0; i < day_.belief.facts.size(); ++i)
        if (const auto* it = std::get_if<Ordered>(&day_.belief.facts[i].fact);
            it != nullptr && !std::ranges::binary_search(day_.by_machines, i))
            orders.push_back(
                {day_.belief.facts[i].at, command_text(it->command, scenario_.blueprint->names)});
    return orders;
}

Result<void> Drill::act(const Act& asked) {
    if (finished_ || decided()) return Error{"nothing is added once decisions have ended"};
    Act act = asked;
    act.done = now();
    if (!act.withholds) act.at = std::max(act.at, now() + 1_us);
    Drill other;
    other.choices_ = choices_;
    other.choices_.acts.push_back(act);
    auto scenario = load_scenario(scenario_.sources, other.choices_);
    if (!scenario) return scenario.error();
    other.scenario_ = std::move(*scenario);
    if (const auto again = other.play_again(given(), now()); !again) return again.error();
    const auto& was = day_.belief.facts;
    const auto& is = other.day_.belief.facts;
    const Names &before = scenario_.blueprint->names, &after = other.scenario_.blueprint->names;
    bool same = was.size() == is.size();
    for (std::size_t i = 0; same && i < was.size(); ++i)
        same = transcript_line(was[i], before) == transcript_line(is[i], after);
    if (!same)
        return Error{
            "that would change what has already been seen; choose a later time or "
            "another inject"};
    scenario_ = std::move(other.scenario_);
    choices_ = std::move(other.choices_);
    day_ = std::move(other.day_);
    recorder_.act(act);
    return {};
}

Result<Outcome> Drill::finish() {
    if (finished_) return Error{"the drill is over"};
    while (now() < day_end(day_)) (void)advance(day_end(day_));
    const Outcome result = outcome(day_);
    if (const auto kept = recorder_.finish(result, digest(day_)); !kept) return kept.error();
    finished_ = true;
    return result;
}

}  // namespace rollcage
