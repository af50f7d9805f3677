#include "scenarios/play/futures.h"

#include "scenarios/play/parallel.h"

namespace rollcage {
namespace {

struct BothLives {
    Outcome ordered, without;
};

Result<BothLives> play_both(const Recording& recording, const Day& day, const Command& command,
                            const std::string& then) {
    const auto ordered = play_from(recording, day, command, then);
    if (!ordered) return ordered.error();
    const auto without = play_from(recording, day, std::nullopt, then);
    if (!without) return without.error();
    return BothLives{*ordered, *without};
}

}  // namespace

Result<Futures> futures(const Recording& recording, const Turn& turn, const FuturesAsked& asked) {
    const RecordingHead& head = recording.head;
    auto was =
        load_and_play(head.sources, head.choices, head.actor, std::nullopt, orders_of(recording));
    if (!was) return was.error();
    const auto scenario = load_scenario(head.sources, head.choices);
    if (!scenario) return scenario.error();
    const auto command = parse_command(turn.order, scenario->blueprint->names);
    if (!command) return command.error();
    const auto days = days_at(*scenario, recording, {turn.at});
    if (!days) return days.error();
    const Day& day = days->front();
    const auto turned = play_from(recording, day, *command, turn.then);
    if (!turned) return turned.error();
    std::vector<std::optional<Result<BothLives>>> all(asked.seeds);
    in_parallel(all.size(), asked.jobs, asked.stop, [&](std::size_t nth) {
        Day other = day;
        redraw(other, nth + 1, asked.family);
        all[nth].emplace(play_both(recording, other, *command, turn.then));
    });
    Futures found;
    found.scenario = head.scenario;
    found.seed = head.choices.seed;
    found.was = std::move(was->life);
    found.turned = *turned;
    found.family = asked.family;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!all[i]) {
            found.interrupted = true;
            continue;
        }
        if (!*all[i])
            return Error{"seed " + std::to_string(i + 1) + ": " + all[i]->error().message};
        found.seeds.push_back(i + 1);
        found.ordered.push_back((*all[i])->ordered);
        found.without.push_back((*all[i])->without);
    }
    return found;
}

}  // namespace rollcage
