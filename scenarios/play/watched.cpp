#include "scenarios/play/watched.h"

#include <algorithm>

namespace rollcage {
namespace {

constexpr std::size_t scrapes_a_minute = 4;
static_assert(scrape_every.us * static_cast<std::int64_t>(scrapes_a_minute) == 60'000'000);

std::int64_t cell(const std::vector<std::int64_t>& column, std::size_t row) {
    return row < column.size() ? column[row] : 0;
}

// The columns of a build, or of a service, of which row `since` is the first there is.
template <class Table>
void add_scrapes(BuildMinute& minute, const Table& columns, std::size_t since, std::size_t last,
                 std::size_t until) {
    const auto at = [&](Measure measure, std::size_t row) {
        return cell(columns[static_cast<std::size_t>(measure)], row);
    };
    const std::size_t first = std::max(since, last - std::min(last, scrapes_a_minute));
    for (std::size_t row = first; row < std::min(last, until); ++row) {
        minute.attempts += at(Measure::attempts, row - since);
        minute.answered += at(Measure::answered, row - since);
        minute.errors += at(Measure::errors, row - since);
        minute.latency_p95_us =
            std::max(minute.latency_p95_us, at(Measure::latency_p95_us, row - since));
    }
}

// Of the users of a service, those whom routes send to one of its builds.
std::optional<double> users_of(const World& world, ServiceId service, BuildId build,
                               bool baseline) {
    double users = 0, all = 0;
    for (std::size_t c = 0; c < world.cohorts.size(); ++c) {
        if (world.plan->cohorts[c].serves != service) continue;
        const auto here = static_cast<double>(world.plan->cohorts[c].users);
        all += here;
        for (const Way& way : world.cohorts[c].ways) {
            const Pool& pool = world.services[service.index].pools[way.pool];
            if (pool.build == build && pool.baseline == baseline) users += here * way.share.value();
        }
    }
    return all > 0 ? std::optional{users / all} : std::nullopt;
}

// Who was alone of late. An hour after two were there the sides are let go of, and the next scrape
// says who is left; until then it is whoever was asked most.
BuildId alone(const Sides& seen, const ServiceMinute* before) {
    if (before == nullptr || before->builds.size() < 2) return seen.alone;
    return std::ranges::max_element(before->builds, {}, &BuildMinute::attempts)->build;
}

ServiceMinute minute_of(const Day& day, ServiceId service, const ServiceMinute* before) {
    const Sides& seen = day.belief.by_build[service.index];
    const auto& columns = day.belief.columns.of_service[service.index];
    const std::size_t last = columns.front().size();
    ServiceMinute minute;
    if (seen.sides.empty()) {
        minute.builds.push_back({.build = alone(seen, before)});
        add_scrapes(minute.builds.back(), columns, 0, last, last);
    }
    for (const Side& it : seen.sides) {
        minute.builds.push_back({.build = it.build, .baseline = it.baseline});
        // Before there were sides everything was of the one that was alone.
        if (it.build == seen.alone && !it.baseline)
            add_scrapes(minute.builds.back(), columns, 0, last, it.since);
        add_scrapes(minute.builds.back(), it.columns, it.since, last, last);
    }
    for (BuildMinute& it : minute.builds) {
        it.ready = it.baseline ? 0 : ready_of(day.world.services[service.index], it.build);
        it.users = users_of(day.world, service, it.build, it.baseline);
    }
    return minute;
}

class Watcher {
public:
    explicit Watcher(WatchedDay& watched) : watched_(&watched) {}

    void see(const Day& day) {
        const World& world = day.world;
        TrueMinute minute;
        minute.sum = world.minutes.all.back();
        double users = 0;
        for (std::size_t c = 0; c < world.cohorts.size(); ++c) {
            const auto here = static_cast<double>(world.plan->cohorts[c].users);
            users += here;
            minute.exposed += here * world.minutes.cohorts[c].now.value();
        }
        if (users > 0) minute.exposed /= users;
        ended_.resize(world.services.size()), bad_.resize(world.services.size());
        watched_->known.resize(world.services.size());
        for (std::uint32_t s = 0; s < world.services.size(); ++s) {
            minute.services.push_back(minute_of(
                day, {s}, watched_->truth.empty() ? nullptr : &watched_->truth.back().services[s]));
            minute.services.back().ended = world.minutes.ended[s] - ended_[s];
            minute.services.back().bad = world.minutes.bad[s] - bad_[s];
            keep_known(facts_known(day), {s});
        }
        ended_ = world.minutes.ended, bad_ = world.minutes.bad;
        watched_->decisions_end = decisions_end(day);
        watched_->truth.push_back(std::move(minute));
    }

private:
    void keep_known(const FactView& view, ServiceId service) {
        for (std::size_t m = 0; m < measures; ++m) {
            const auto column = view.series(service, static_cast<Measure>(m));
            auto& kept = watched_->known[service.index][m];
            kept.insert(kept.end(), column.begin() + std::ssize(kept), column.end());
        }
    }

    WatchedDay* watched_;
    std::vector<std::int64_t> ended_, bad_;
};

}  // namespace

Result<WatchedDay> watch_again(const Recording& recording) {
    const RecordingHead& head = recording.head;
    WatchedDay watched;
    auto scenario = load_scenario(head.sources, head.choices);
    if (!scenario) return scenario.error();
    watched.scenario = std::move(*scenario);
    Watcher watcher{watched};
    const Witness witness{.minute = [&](const Day& day) { watcher.see(day); }};
    const std::uint64_t seed = head.choices.seed;
    const Names& names = watched.scenario.blueprint->names;
    auto life = head.actor == player
                    ? play_player(watched.scenario, player_of(orders_of(recording), names), seed,
                                  head.until, witness)
                    : play_life(watched.scenario, head.actor, seed, head.until, witness);
    if (!life) return life.error();
    watched.life = std::move(*life);
    watched.remarks = recording.remarks;
    watched.as_recorded = recording.digest.empty() || recording.digest == hex(watched.life.digest);
    if (watched.truth.empty())
        return Error{"the day is over within a minute; nothing of it can be shown"};
    return watched;
}

}  // namespace rollcage
