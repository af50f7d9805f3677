#include "scenarios/play/drill.h"

#include <algorithm>

#include "sim/watch/roll_call.h"

namespace rollcage {
namespace {

// Facts of the start are known when the start is over: an order for that instant comes before it.
constexpr SimTime soonest{1};

SimTime last_line(const Recording& recording) {
    SimTime last{};
    for (const GivenOrder& it : recording.orders) last = std::max(last, it.at);
    for (const Remark& it : recording.remarks) last = std::max(last, it.at);
    for (const Act& it : recording.head.choices.acts) last = std::max(last, it.done);
    for (const std::string& it : recording.facts)
        if (const auto at = parse_moment(it.substr(0, it.find(' '))))
            last = std::max(last, *at + 999_us);  // Facts are written to the millisecond.
    return last;
}

}  // namespace

std::string first_line_unlike(const Recording& recording, const Life& life, const Names& names) {
    for (std::size_t i = 0; i < recording.orders.size(); ++i) {
        const GivenOrder& it = recording.orders[i];
        if (i >= life.orders.size() || life.orders[i].text != it.text ||
            life.orders[i].at != it.at || life.orders[i].by_machine != it.by_machine)
            return clock_text(it.at) + " " + it.text;
    }
    for (std::size_t i = 0; i < recording.facts.size(); ++i)
        if (i >= life.facts.size() || transcript_line(life.facts[i], names) != recording.facts[i])
            return recording.facts[i];
    return {};
}

Drill::Drill(Scenario scenario, Choices choices, std::string path, Recorder recorder)
    : scenario_(std::move(scenario)),
      choices_(std::move(choices)),
      path_(std::move(path)),
      recorder_(std::move(recorder)),
      day_(start_day(scenario_.blueprint, choices_.seed)) {
    ask_for_roll_call(day_.belief.columns);
    life_.actor = player;
    life_.seed = choices_.seed;
}

Result<Drill> Drill::begin(const std::vector<SourceFile>& sources, const Choices& choices,
                           const std::string& path) {
    auto scenario = load_scenario(sources, choices);
    if (!scenario) return scenario.error();
    if (const auto sound = check_expectations(*scenario); !sound) return sound.error();
    auto recorder = Recorder::open(
        path, {ROLLCAGE_VERSION, scenario->name, choices, player, {}, scenario->sources});
    if (!recorder) return recorder.error();
    return Drill{std::move(*scenario), choices, path, std::move(*recorder)};
}

Result<Drill> Drill::resume(const std::string& path) {
    auto recording = read_recording(path);
    if (!recording) return recording.error();
    if (!recording->digest.empty())
        return Error{path + ": that day was played to its end; look at it, or begin another"};
    if (recording->head.actor != player)
        return Error{path + ": \"" + recording->head.actor +
                     "\" decided that day; only a day that people played can be gone on with"};
    auto scenario = load_scenario(recording->head.sources, recording->head.choices);
    if (!scenario) return scenario.error();
    Drill drill{std::move(*scenario), recording->head.choices, path, Recorder{}};
    if (const auto caught_up = drill.catch_up(*recording); !caught_up) return caught_up.error();
    return drill;
}

// Nothing is written before the day is known to be the recorded one.
Result<void> Drill::catch_up(const Recording& recording) {
    const Names& names = scenario_.blueprint->names;
    const Player who = player_of(orders_of(recording), names);
    const SimTime last = std::min(std::max(last_line(recording), soonest), end());
    const auto played = play_on(day_, &who, last, [&] { tell_news(day_, life_, {}); });
    if (!played) return played.error();
    if (const std::string line = first_line_unlike(recording, life_, names); !line.empty())
        return Error{path_ + ": this engine (" ROLLCAGE_VERSION ") plays the day otherwise than " +
                     recording.head.engine + " did, from \"" + line +
                     "\" on; go on with that one, or begin the day again"};
    auto recorder = Recorder::resume(path_);
    if (!recorder) return recorder.error();
    recorder_ = std::move(*recorder);
    for (std::size_t i = recording.orders.size(); i < life_.orders.size(); ++i)
        recorder_.order(life_.orders[i]);
    for (std::size_t i = recording.facts.size(); i < life_.facts.size(); ++i)
        recorder_.fact(transcript_line(life_.facts[i], names));
    remarks_ = recording.remarks;
    resumed_at_ = rollcage::now(day_);
    return {};
}

void Drill::keep_news() {
    tell_news(day_, life_,
              {[&](const GivenOrder& it) { recorder_.order(it); },
               [&](const Occurrence& it) {
                   recorder_.fact(transcript_line(it, scenario_.blueprint->names));
               }});
}

SimTime Drill::advance(SimTime until) {
    if (until <= rollcage::now(day_)) return rollcage::now(day_);
    // When the window ends, whoever plays is asked for the last time.
    const SimTime stop =
        rollcage::now(day_) < decisions_end() ? std::min(until, decisions_end()) : until;
    SimTime at = rollcage::advance(day_, std::max(stop, soonest));
    if (at == SimTime{}) at = rollcage::advance(day_, soonest);
    keep_news();
    return at;
}

Result<void> Drill::order(const std::string& text, const Spoken& expected) {
    const auto command = parse_command(text, scenario_.blueprint->names);
    if (!command) return command.error();
    if (rollcage::now(day_) >= decisions_end())
        return Error{"nobody decides any more at " + clock_text(rollcage::now(day_)) +
                     "; orders were taken until " + clock_text(decisions_end())};
    // Who gave it is known by what they expected, be it nothing.
    if (!expected.who.empty() || !expected.text.empty()) {
        remarks_.push_back({rollcage::now(day_), RemarkKind::expectation, expected.who,
                            expected.text, life_.orders.size()});
        recorder_.remark(remarks_.back());
    }
    submit(day_, *command, By::person);
    keep_news();
    if (!keeps())
        return Error{"the order is given, and " + path_ + " takes it no more; is the disk full?"};
    return {};
}

Result<void> Drill::order(const Command& command, const Spoken& expected) {
    return order(command_text(command, scenario_.blueprint->names), expected);
}

void Drill::remark(RemarkKind kind, const Spoken& said) {
    check(kind != RemarkKind::expectation, "an expectation is told with its order");
    remarks_.push_back({rollcage::now(day_), kind, said.who, said.text});
    recorder_.remark(remarks_.back());
}

Result<void> Drill::act(const Act& asked) {
    if (rollcage::now(day_) >= decisions_end())
        return Error{"nothing is added once decisions have ended"};
    Act act = asked;
    act.done = rollcage::now(day_);
    if (!act.withholds) act.at = std::max(act.at, act.done + 1_us);
    Choices choices = choices_;
    choices.acts.push_back(act);
    auto scenario = load_scenario(scenario_.sources, choices);
    if (!scenario) return scenario.error();
    std::vector<GivenOrder> orders;
    for (const GivenOrder& it : life_.orders)
        if (!it.by_machine) orders.push_back(it);
    Day day = start_day(scenario->blueprint, choices.seed);
    ask_for_roll_call(day.belief.columns);
    const Player who = player_of(orders, scenario->blueprint->names);
    if (const auto played = play_on(day, &who, act.done); !played) return played.error();
    const Names &before = scenario_.blueprint->names, &after = scenario->blueprint->names;
    if (!std::ranges::equal(
            day_.belief.facts, day.belief.facts, {},
            [&](const Occurrence& it) { return transcript_line(it, before); },
            [&](const Occurrence& it) { return transcript_line(it, after); }))
        return Error{
            "that would change what has already been seen; choose a later time or another inject"};
    scenario_ = std::move(*scenario);
    choices_ = std::move(choices);
    day_ = std::move(day);
    recorder_.act(act);
    return {};
}

std::vector<std::string> Drill::people() const {
    std::vector<std::string> all;
    for (const Remark& it : remarks_)
        if (std::ranges::find(all, it.who) == all.end()) all.push_back(it.who);
    return all;
}

Result<PlayedOut> Drill::played_out() {
    check(life_.ended == SimTime{}, "a day is played out once");
    while (!over()) advance(end());
    life_.outcome = outcome(day_);
    life_.digest = digest(day_);
    life_.ended = rollcage::now(day_);
    if (const auto kept = recorder_.finish(life_.outcome, life_.digest); !kept) return kept.error();
    auto judgements = judge_run(scenario_, player, life_.outcome);
    if (!judgements) return judgements.error();
    return PlayedOut{life_, std::move(*judgements)};
}

}  // namespace rollcage
