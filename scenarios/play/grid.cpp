#include "scenarios/play/grid.h"

#include <algorithm>
#include <memory>

#include "scenarios/play/parallel.h"

namespace rollcage {
Result<Grid> turn_everywhere(const Recording& recording, const GridAsked& asked) {
    const RecordingHead& head = recording.head;
    Grid grid;
    grid.scenario = head.scenario;
    grid.seed = head.choices.seed;
    grid.at = asked.at;
    grid.orders = asked.orders;
    grid.then = asked.then;
    std::ranges::sort(grid.at);
    grid.at.erase(std::unique(grid.at.begin(), grid.at.end()), grid.at.end());
    const auto scenario = load_scenario(head.sources, head.choices);
    if (!scenario) return scenario.error();
    std::vector<Command> commands;
    for (const std::string& order : grid.orders) {
        const auto command = parse_command(order, scenario->blueprint->names);
        if (!command) return command.error();
        commands.push_back(*command);
    }
    auto was =
        load_and_play(head.sources, head.choices, head.actor, std::nullopt, orders_of(recording));
    if (!was) return was.error();
    grid.was = std::move(was->life);
    const auto days = days_at(*scenario, recording, grid.at);
    if (!days) return days.error();
    const std::size_t times = grid.at.size();
    std::vector<std::optional<Result<Outcome>>> lives(commands.size() * times);
    in_parallel(lives.size(), asked.jobs, asked.stop, [&](std::size_t nth) {
        lives[nth].emplace(
            play_from(recording, (*days)[nth % times], commands[nth / times], grid.then));
    });
    for (std::size_t i = 0; i < lives.size(); ++i) {
        if (!lives[i]) {
            grid.interrupted = true;
            grid.outcomes.clear();
            return grid;
        }
        if (!*lives[i]) return lives[i]->error();
        if (i % times == 0) grid.outcomes.emplace_back();
        grid.outcomes.back().push_back(**lives[i]);
    }
    return grid;
}

}  // namespace rollcage
