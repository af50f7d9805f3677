#include "scenarios/play/scraped.h"

#include <algorithm>

namespace rollcage {
namespace {

// Columns by build are dropped an hour after the last scrape that needed them.
constexpr Duration look_every = 30_min;

void keep_builds(const Sides& sides, ScrapedService& into) {
    for (const Side& side : sides.sides) {
        auto kept = std::ranges::find_if(into.builds, [&](const ScrapedBuild& it) {
            return it.build == side.build && it.baseline == side.baseline;
        });
        if (kept == into.builds.end())
            kept = into.builds.insert(kept, ScrapedBuild{side.build, side.baseline, {}});
        for (std::size_t row = 0; row < side.columns[0].size(); ++row) {
            const std::size_t scrape = side.since + row;
            if (!kept->rows.empty() && kept->rows.back().first >= scrape) continue;
            kept->rows.emplace_back(scrape, std::array<std::int64_t, measures_by_build>{});
            for (std::size_t m = 0; m < measures_by_build; ++m)
                kept->rows.back().second[m] = side.columns[m][row];
        }
    }
}

}  // namespace

Result<ScrapedDay> scrape_again(const Recording& recording) {
    const RecordingHead& head = recording.head;
    auto scenario = load_scenario(head.sources, head.choices);
    if (!scenario) return scenario.error();
    ScrapedDay it;
    it.scenario = std::move(*scenario);
    const auto who =
        head.actor == player
            ? Result<Cast>{Cast{BuiltIn::nothing,
                                player_of(orders_of(recording), it.scenario.blueprint->names)}}
            : cast(it.scenario, head.actor);
    if (!who) return who.error();
    Day day = start_day(it.scenario.blueprint, head.choices.seed, who->mind);
    const SimTime end = head.until ? std::min(*head.until, day_end(day)) : day_end(day);
    it.services.resize(day.belief.by_build.size());
    for (bool spoken = false; !spoken || now(day) < end; spoken = true) {
        const auto played =
            play_on(day, who->outside(), std::min(now(day) + look_every, end), {}, spoken);
        if (!played) return played.error();
        for (std::size_t s = 0; s < it.services.size(); ++s)
            keep_builds(day.belief.by_build[s], it.services[s]);
    }
    for (std::size_t s = 0; s < it.services.size(); ++s)
        it.services[s].columns = day.belief.columns.of_service[s];
    it.life = {.actor = head.actor,
               .seed = head.choices.seed,
               .outcome = outcome(day),
               .orders = {},
               .facts = day.belief.facts,
               .digest = digest(day),
               .ended = now(day)};
    return it;
}

}  // namespace rollcage
