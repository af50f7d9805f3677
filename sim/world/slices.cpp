#include "sim/world/slices.h"

#include <algorithm>

#include "sim/base/samplers.h"
#include "sim/world/path.h"

namespace rollcage {

namespace {

constexpr std::uint32_t slice_entity = 0x0A00'0000;

std::size_t kinds_of(const World& world, std::uint32_t c) {
    return world.plan->cohorts[c].kinds.size();
}

std::vector<Pool>& pools_of(World& world, std::uint32_t c) {
    return world.services[world.plan->cohorts[c].serves.index].pools;
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

// As many of the flags as the station has lanes for; the others work on the mean of a slice.
std::vector<Slice> next_slices(World& world, std::uint32_t c) {
    const std::vector<Slice>& had = world.cohorts[c].slices;
    const std::vector<Rule> rules = latest_rules(world);
    const std::size_t others =
        pools_of(world, c)[0].station.lanes.size() - had.size() * kinds_of(world, c);
    const std::size_t most = (lanes_max - others) / kinds_of(world, c);
    for (std::size_t n = most;; --n) {
        std::vector<Slice> next = placed(had, slices(*world.plan, rules, {c}, n));
        if (next.size() <= most || n <= 1) return next;
    }
}

void open_slice(World& world, std::uint32_t c, std::uint32_t slot) {
    CohortState& state = world.cohorts[c];
    state.lanes.push_back({});
    for (std::size_t k = 0; k < kinds_of(world, c); ++k) {
        const auto row = static_cast<std::uint32_t>(pools_of(world, c)[0].station.lanes.size());
        state.lanes.back().push_back(row);
        for (Pool& pool : pools_of(world, c)) {
            const Lane& like = pool.station.lanes[state.first_lane + k];
            const Cohort& cohort = world.plan->cohorts[c];
            Lane lane = make_lane(cohort, cohort.kinds[k], world.tick_length);
            lane.cohort = c;
            lane.account = like.account;
            lane.slice = slot;
            lane.retry_budget = like.retry_budget;
            pool.station.lanes.push_back(std::move(lane));
        }
    }
}

// Those who back off at one pool and kind, from where they were to where they belong.
void move_clients(World& world, std::uint32_t c, Pool& pool, std::size_t kind,
                  const std::vector<Slice>& had) {
    const CohortState& state = world.cohorts[c];
    const auto lane_of = [&](std::size_t slot) -> Lane& {
        return pool.station.lanes[state.lanes[slot][kind]];
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
    for (std::size_t from = 0; from < had.size(); ++from) {
        if (were[from].returning_total == 0) continue;
        Dice dice(world.draw,
                  slice_entity + ((service * pools_max + pool.key) << 4 | state.lanes[from][kind]),
                  world.ticks | changes << 48);
        double rest = 1;
        for (std::size_t to = 0; to < state.slices.size(); ++to) {
            if (to == from || state.slices[to].users == none) continue;
            const double here = overlap(had[from], state.slices[to]);
            const Share share = here >= rest ? whole : share_of(here / rest);
            move_returning(were[from], lane_of(to), share, state.lanes[to][kind], dice);
            rest = std::max(0.0, rest - here);
        }
        // Whoever stays; where the slice ends, what rounding left.
        Lane& stays = lane_of(state.slices[from].users > none ? from : 0);
        move_returning(were[from], stays, whole, 15, dice);
    }
}

bool empty(const Lane& lane) {
    return lane.idle() &&
           (lane.dropped_total | lane.fresh_now | lane.minute_fresh | lane.minute_bad |
            lane.fold_good | lane.dead) == 0 &&
           lane.ended == Ended{};
}

// The cohort's last slice goes, where its lanes stand last and hold nothing.
bool drop_last(World& world, std::uint32_t c) {
    CohortState& state = world.cohorts[c];
    std::vector<Pool>& pools = pools_of(world, c);
    if (state.slices.size() == 1 || state.slices.back().users > none ||
        state.lanes.back().back() + 1 != pools[0].station.lanes.size())
        return false;
    for (const Pool& pool : pools)
        for (const std::uint32_t row : state.lanes.back())
            if (!empty(pool.station.lanes[row])) return false;
    for (Pool& pool : pools) pool.station.lanes.resize(state.lanes.back().front());
    state.slices.pop_back();
    state.lanes.pop_back();
    return true;
}

}  // namespace

void split_users(World& world, std::uint32_t c) {
    CohortState& state = world.cohorts[c];
    const std::vector<Slice> had = state.slices;
    state.slices = next_slices(world, c);
    if (state.slices == had) return;
    for (std::size_t slot = had.size(); slot < state.slices.size(); ++slot)
        open_slice(world, c, static_cast<std::uint32_t>(slot));
    for (Pool& pool : pools_of(world, c))
        for (std::size_t k = 0; k < kinds_of(world, c); ++k) move_clients(world, c, pool, k, had);
}

void drop_empty_slices(World& world) {
    for (std::uint32_t s = 0; s < world.services.size(); ++s) {
        bool dropped = true;
        while (dropped) {
            dropped = false;
            for (std::uint32_t c = 0; c < world.cohorts.size(); ++c)
                if (world.plan->cohorts[c].serves.index == s) dropped |= drop_last(world, c);
        }
    }
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
            plan.cohorts[c].kinds.size() * slices(plan, rules, {c}, lanes_max + 1).size();
        if (lanes[service.index] > lanes_max)
            return "the users of service \"" + plan.names.services[service.index] +
                   "\" would be parted into more than " + std::to_string(lanes_max) +
                   " groups by flags and kinds of request; turn a flag fully on or off first";
    }
    return std::nullopt;
}

}  // namespace rollcage
