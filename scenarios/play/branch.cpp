#include "scenarios/play/branch.h"

#include <algorithm>

namespace rollcage {

Result<std::vector<Day>> days_at(const Scenario& scenario, const Recording& recording,
                                 const std::vector<SimTime>& times) {
    const auto who =
        recording.head.actor == player
            ? Result<Cast>{Cast{BuiltIn::nothing,
                                player_of(orders_of(recording), scenario.blueprint->names)}}
            : cast(scenario, recording.head.actor);
    if (!who) return who.error();
    Day day = start_day(scenario.blueprint, recording.head.choices.seed, who->mind);
    std::vector<Day> days;
    for (const SimTime at : times) {
        if (at >= decisions_end(day))
            return Error{"nobody decides at " + clock_text(at) + "; orders are taken until " +
                         clock_text(decisions_end(day))};
        const auto played = play_on(day, who->outside(), at);
        if (!played) return played.error();
        days.push_back(day);
    }
    return days;
}

Result<Outcome> play_from(const Recording& recording, Day day,
                          const std::optional<Command>& command, const std::string& then) {
    const auto scenario = load_scenario(recording.head.sources, recording.head.choices);
    if (!scenario) return scenario.error();  // Its own Lua, where a script acts from now on.
    const auto who = cast(*scenario, then.empty() ? name(BuiltIn::nothing) : then);
    if (!who) return who.error();
    day.mind = Mind{};
    day.mind.actor = who->mind;
    if (command) submit(day, *command, By::person);
    if (const auto played = play_on(day, who->outside(), day_end(day)); !played)
        return played.error();
    return outcome(day);
}

Result<Branched> branch(const Recording& recording, const Turn& turn) {
    const RecordingHead& head = recording.head;
    const std::vector<GivenOrder> orders = orders_of(recording);
    auto was = load_and_play(head.sources, head.choices, head.actor, std::nullopt, orders);
    if (!was) return was.error();
    const auto scenario = load_scenario(head.sources, head.choices);  // Its own Lua.
    if (!scenario) return scenario.error();
    auto is = play_turned(*scenario, head.actor, orders, head.choices.seed, turn);
    if (!is) return is.error();
    Branched both{std::move(was->scenario), std::move(was->life), std::move(*is), 0};
    const Names& names = both.scenario.blueprint->names;
    const std::size_t shorter = std::min(both.was.facts.size(), both.is.facts.size());
    while (both.same_facts < shorter && transcript_line(both.was.facts[both.same_facts], names) ==
                                            transcript_line(both.is.facts[both.same_facts], names))
        ++both.same_facts;
    return both;
}

}  // namespace rollcage
