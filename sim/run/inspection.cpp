#include "sim/run/inspection.h"

#include <algorithm>

#include "sim/watch/breakdown.h"

namespace rollcage {

namespace {

constexpr std::int64_t differences_a_look = 2;  // default: design

Share share(std::int64_t bad, std::int64_t all) {
    return share_of(static_cast<double>(bad) / static_cast<double>(std::max<std::int64_t>(1, all)));
}
Share bad_share(const Asked& it) {
    return share(it.bad, std::max(it.asked, it.bad));
}

// The worst version against all others.
void by_version(const Day& day, SimTime as_of, Inspected& answer) {
    const Breakdown found = breakdown(day.belief, answer.service, as_of);
    const auto in_ms = [](std::int64_t us) { return Duration{us / 1000 * 1000}; };
    std::int64_t errors = 0, answered = 0;
    for (std::size_t i = 0; i < found.builds.size(); ++i) {
        const BuildSeen& it = found.builds[i];
        if (i == 0) {
            answer.worst = it.build;
            answer.errors = share(it.errors, it.errors + it.answered);
            answer.p95 = in_ms(it.latency_p95_us);
            continue;
        }
        errors += it.errors, answered += it.answered;
        answer.others_p95 =
            std::max(answer.others_p95.value_or(Duration{}), in_ms(it.latency_p95_us));
        answer.others_errors = share(errors, errors + answered);
    }
}

// The flag that sets its users apart the most: those for whom it is on, or those for whom it is
// off.
void by_flag(const Day& day, SimTime as_of, Inspected& answer) {
    const Parted found = parts_seen(day.belief, answer.service, as_of);
    std::int64_t widest = -1;
    for (std::uint32_t f = 0; f < found.by_flag.size(); ++f) {
        const auto& [off, on] = found.by_flag[f];
        if (off.asked == 0 || on.asked == 0) continue;  // Nobody to compare with.
        const Share of_off = bad_share(off), of_on = bad_share(on);
        const std::int64_t apart = std::abs(of_on.ppm - of_off.ppm);
        if (apart <= widest) continue;
        widest = apart;
        answer.flag = SettingId{f};
        answer.on = of_on >= of_off;
        answer.errors = std::max(of_on, of_off);
        answer.others_errors = std::min(of_on, of_off);
    }
}

void by_region(const Day& day, SimTime as_of, Inspected& answer) {
    const Parted found = parts_seen(day.belief, answer.service, as_of);
    if (found.by_region.empty()) return;
    const auto worst = std::ranges::max_element(found.by_region, {}, bad_share);
    if (worst->asked == 0) return;
    Asked others;
    for (auto it = found.by_region.begin(); it != found.by_region.end(); ++it)
        if (it != worst) others.asked += it->asked, others.bad += it->bad;
    const auto place = static_cast<std::size_t>(worst - found.by_region.begin());
    answer.region = day.world.plan->services[answer.service.index].regions[place];
    answer.errors = bad_share(*worst);
    if (others.asked > 0) answer.others_errors = bad_share(others);
}

// Whoever counts rows sees in which form each is, and not whether what it says is right.
void by_format(Day& day, Inspected& answer) {
    answer.found = 0;
    for (const StoreId store : day.world.plan->services[answer.service.index].uses) {
        const StoreState& state = day.world.stores[store.index].state;
        std::array<std::int64_t, formats> rows{};
        for (std::size_t form = 0; form < formats; ++form)
            for (const std::int64_t count : state.stored[form]) rows[form] += count;
        tell(day.belief, day.now, FormsCounted{store, rows[0], rows[1], rows[2]}, day.chain);
        ++*answer.found;
    }
}

// Each look finds a few more of what there is to find.
void by_environment(Day& day, Inspected& answer) {
    answer.found = 0;
    for (std::uint32_t e = 0; e < day.world.environments.size(); ++e) {
        std::vector<std::uint64_t>& found = day.belief.found[e];
        const std::vector<Drift> all = as_found(day.world, {e});
        std::erase_if(found, [&](std::uint64_t key) {  // What is gone may come back as news.
            return std::ranges::find(all, key, &Drift::key) == all.end();
        });
        std::int64_t left = differences_a_look;
        for (const Drift& it : all) {
            if (left == 0 || std::ranges::find(found, it.key) != found.end()) continue;
            --left;
            found.push_back(it.key);
            tell(day.belief, day.now, Differs{{e}, std::ssize(found)}, day.chain, it.name);
            ++*answer.found;
        }
    }
}

}  // namespace

void look_into(Day& day, const Inspect& inspect, SimTime asked) {
    Inspected answer{.service = inspect.service, .by = inspect.by};
    switch (inspect.by) {
        case Angle::version: by_version(day, asked, answer); break;
        case Angle::flag: by_flag(day, asked, answer); break;
        case Angle::region: by_region(day, asked, answer); break;
        case Angle::format: by_format(day, answer); break;
        case Angle::environment: by_environment(day, answer); break;
    }
    tell(day.belief, day.now, answer, day.chain);
}

}  // namespace rollcage
