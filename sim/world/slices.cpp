#include "sim/world/slices.h"

#include <algorithm>
#include <bit>

#include "sim/base/samplers.h"
#include "sim/world/path.h"
#include "sim/world/route.h"

namespace rollcage {

namespace {

constexpr std::uint32_t slice_entity = 0x0A00'0000;

std::size_t kinds_of(const World& world, std::uint32_t c) {
    return world.plan->cohorts[c].kinds.size();
}

ServiceState& service_of(World& world, std::uint32_t c) {
    return world.services[world.plan->cohorts[c].serves.index];
}

// What the slices become; who is in none of the wanted ones keeps the parts it had.
std::vector<Slice> placed(const std::vector<Slice>& had, const std::vector<Slice>& wanted) {
    std::vector<Slice> next = had;
    for (Slice& slice : next) slice.users = none;
    for (const Slice& slice : wanted) {
        const auto same = std::ranges::find(next, slice.on, &Slice::on);
        if (same == next.end())
            next.push_back(slice);
        else
            *same = slice;
    }
    return next;
}

// As many of the flags as the service has rows for; the others work on the mean of a slice.
std::vector<Slice> next_slices(World& world, std::uint32_t c) {
    const std::vector<Slice>& had = world.cohorts[c].slices;
    const std::vector<Rule> rules = latest_rules(world);
    const auto taken = static_cast<std::size_t>(std::popcount(service_of(world, c).rows));
    const std::size_t others = taken - had.size() * kinds_of(world, c);
    const std::size_t most = (rows_max - others) / kinds_of(world, c);
    for (std::size_t n = most;; --n) {
        std::vector<Slice> next = placed(had, slices(*world.plan, rules, {c}, n));
        if (next.size() <= most || n <= 1) return next;
    }
}

// Those who back off at one pool and kind, from where they were to where they belong.
void move_clients(World& world, std::uint32_t c, Pool& pool, std::size_t kind,
                  const std::vector<Slice>& had) {
    const CohortState& state = world.cohorts[c];
    const auto lane_of = [&](std::size_t slot) -> Lane& {
        return lane_at(pool, state.rows[slot][kind]);
    };
    std::uint64_t changes = 0;  // Two of them at one instant draw apart.
    for (const std::vector<Epoch>& epochs : world.settings) changes += epochs.size();
    std::vector<Lane> were;
    for (std::size_t slot = 0; slot < had.size(); ++slot) {
        were.push_back(lane_of(slot));
        std::ranges::fill(lane_of(slot).returning, 0);
        lane_of(slot).returning_total = 0;
    }
    const std::uint32_t service = world.plan->cohorts[c].serves.index;
    const auto move = [&](Lane& from, Lane& to, Share share) {
        StationDice dice(world.draw,
                         slice_entity + ((service * pools_max + pool.key) * rows_max + to.row),
                         world.ticks | changes << 48);
        move_returning(from, to, share, dice.of(from));
    };
    for (std::size_t from = 0; from < had.size(); ++from) {
        if (were[from].returning_total == 0) continue;
        double rest = 1;
        for (std::size_t to = 0; to < state.slices.size(); ++to) {
            if (to == from || state.slices[to].users == none) continue;
            const double here = overlap(had[from], state.slices[to]);
            move(were[from], lane_of(to), here >= rest ? whole : share_of(here / rest));
            rest = std::max(0.0, rest - here);
        }
        // Whoever stays; where the slice ends, what rounding left.
        move(were[from], lane_of(state.slices[from].users > none ? from : 0), whole);
    }
}

// The cohort's last slice goes where its lanes hold nothing.
bool drop_last(World& world, std::uint32_t c) {
    CohortState& state = world.cohorts[c];
    ServiceState& service = service_of(world, c);
    if (state.slices.size() == 1 || state.slices.back().users > none) return false;
    for (const Way& way : state.ways)
        for (const std::uint32_t row : state.rows.back())
            if (!holds_nothing(lane_at(service.pools[way.pool], row))) return false;
    for (const std::uint32_t row : state.rows.back()) {
        for (const Way& way : state.ways) drop_lane(service.pools[way.pool], row);
        service.rows &= ~(std::uint64_t{1} << row);
    }
    state.slices.pop_back();
    state.rows.pop_back();
    return true;
}

}  // namespace

void take_rows(World& world, std::uint32_t c) {
    CohortState& state = world.cohorts[c];
    ServiceState& service = service_of(world, c);
    const auto slice = static_cast<std::uint32_t>(state.rows.size());
    state.rows.push_back({});
    for (std::uint32_t kind = 0; kind < kinds_of(world, c); ++kind) {
        const auto row = static_cast<std::uint32_t>(std::countr_one(service.rows));
        check(row < rows_max, "a service has rows for all of its users");
        service.rows |= std::uint64_t{1} << row;
        state.rows[slice].push_back(row);
        for (const Way& way : state.ways) open_lane(world, c, slice, kind, service.pools[way.pool]);
    }
}

void split_users(World& world, std::uint32_t c) {
    CohortState& state = world.cohorts[c];
    const std::vector<Slice> had = state.slices;
    state.slices = next_slices(world, c);
    if (state.slices == had) return;
    while (state.rows.size() < state.slices.size()) take_rows(world, c);
    for (const Way& way : state.ways)
        for (std::size_t k = 0; k < kinds_of(world, c); ++k)
            move_clients(world, c, service_of(world, c).pools[way.pool], k, had);
}

void drop_empty_slices(World& world) {
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c)
        while (drop_last(world, c)) continue;
}

std::optional<std::string> too_many_slices(const Blueprint& plan, const std::vector<Rule>& rules) {
    std::vector<std::size_t> lanes(plan.services.size(), 0);
    for (std::uint32_t c = 0; c < plan.cohorts.size(); ++c) {
        const std::vector<SettingId> settings = splitting(plan, rules, {c});
        if (settings.size() > splitting_max) {
            std::string all;
            for (const SettingId it : settings)
                all += (all.empty() ? "" : ", ") + plan.names.settings[it.index];
            return "cohort \"" + plan.names.cohorts[c] + "\" would be parted by more than " +
                   std::to_string(splitting_max) + " flags at once (" + all +
                   "); turn one fully on or off first";
        }
        const ServiceId service = plan.cohorts[c].serves;
        lanes[service.index] +=
            plan.cohorts[c].kinds.size() * slices(plan, rules, {c}, rows_max + 1).size();
        if (lanes[service.index] > rows_max)
            return "the users of service \"" + plan.names.services[service.index] +
                   "\" would be parted into more than " + std::to_string(rows_max) +
                   " groups by flags and kinds of request; turn a flag fully on or off first";
    }
    return std::nullopt;
}

}  // namespace rollcage
