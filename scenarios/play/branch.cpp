#include "scenarios/play/branch.h"

#include <algorithm>

namespace rollcage {

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
