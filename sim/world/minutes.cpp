#include "sim/world/minutes.h"

#include <algorithm>

#include "sim/base/maths.h"
#include "sim/world/path.h"
#include "sim/world/route.h"

namespace rollcage {

namespace {

bool does_harm(const Defect& it) {
    return it.slow > whole || it.fails > none || it.amplifies > whole ||
           it.crashes_at_boot > none || it.crashes_per_hour > 0 || it.leaks_mb_per_hour > 0 ||
           it.writes_wrong();
}

bool hides_something(const Build& build) {
    return std::ranges::any_of(
        build.changes, [](const Change& it) { return std::ranges::any_of(it.hides, does_harm); });
}

// Of the asker's users at a pool, those for whom a change that does harm there is at work.
double harmed_at(const View& view, const Asker& asker) {
    double most = 0;
    for (const Change& change : view.build().changes)
        for (const Defect& defect : change.hides)
            if (does_harm(defect) && view.meets(change, defect, asker) > 0)
                most = std::max(most, view.at_work(change, asker));
    return most;
}

Share exposed_now(const World& world, std::uint32_t c) {
    const std::uint32_t s = world.plan->cohorts[c].serves.index;
    double exposed = 0;
    for (const Way& way : world.cohorts[c].ways) {
        const Pool& pool = world.services[s].pools[way.pool];
        if (way.share == none || !hides_something(built(world, pool.build))) continue;
        const View view(world, s, pool);
        for (const Slice& slice : world.cohorts[c].slices)
            exposed += way.share.value() * slice.users.value() *
                       harmed_at(view, Asker{CohortId{c}, &slice});
    }
    return share_of(std::min(1.0, exposed));
}

// Whoever sticks to a way is the same user in every minute, for a canary grows by its neighbours;
// where every request is routed afresh, any user may come by, and the chances add up.
void fold_exposed(World& world, std::uint32_t c) {
    const Cohort& cohort = world.plan->cohorts[c];
    Exposed& exposed = world.minutes.cohorts[c];
    exposed.now = exposed_now(world, c);
    if (world.services[cohort.serves.index].sticky || exposed.now == whole) {
        exposed.ever = std::max(exposed.ever, exposed.now);
        return;
    }
    const double missed = power(1 - exposed.now.value(), cohort.requests_per_minute.value());
    exposed.now = share_of(1 - missed);
    exposed.ever = share_of(1 - (1 - exposed.ever.value()) * missed);
}

double of_all_users(const World& world, Share Exposed::*which) {
    double users = 0, exposed = 0;
    for (std::size_t c = 0; c < world.cohorts.size(); ++c) {
        users += static_cast<double>(world.plan->cohorts[c].users);
        exposed += static_cast<double>(world.plan->cohorts[c].users) *
                   (world.minutes.cohorts[c].*which).value();
    }
    return users > 0 ? exposed / users : 0;
}

// Requests that ended, and of these the bad ones, since the last minute.
void fold_requests(World& world, Minute& minute) {
    Minutes& minutes = world.minutes;
    std::vector<std::int64_t> ended(world.services.size()), bad(world.services.size());
    for (std::size_t c = 0; c < world.cohorts.size(); ++c) {
        const std::uint32_t s = world.plan->cohorts[c].serves.index;
        for (const std::uint32_t row : world.cohorts[c].accounts) {
            const Account& account = world.ledger[row];
            bad[s] += account.failed + account.refused;
            ended[s] += account.good + account.failed + account.refused;
        }
    }
    for (std::size_t s = 0; s < world.services.size(); ++s) {
        const std::int64_t lost = bad[s] - minutes.bad[s], all = ended[s] - minutes.ended[s];
        minute.bad += lost;
        const double allowed =
            (1 - world.plan->services[s].goal.value()) * static_cast<double>(all);
        minute.burning |= lost > 0 && static_cast<double>(lost) >= allowed;
    }
    minutes.bad = std::move(bad);
    minutes.ended = std::move(ended);
}

void fold_records(World& world, Minute& minute) {
    std::int64_t hurt = 0;
    for (std::uint32_t i = 0; i < world.stores.size(); ++i) {
        const StoreState& state = world.stores[i].state;
        const StoreAccounts& accounts = state.accounts;
        std::int64_t wrong = 0;
        for (const auto& form : state.stored)
            for (const Health health : {Health::diverged, Health::damaged, Health::doubled})
                wrong += form[static_cast<std::size_t>(health)];
        const std::int64_t apart = accounts.stranded + accounts.dead_lettered;
        hurt += wrong + apart + accounts.lost + accounts.undone;
        minute.residue += wrong + apart + accounts.orphaned +
                          static_cast<std::int64_t>(unreadable_now(world, {i}) + 0.5);
        minute.given_up += accounts.by_hand;
    }
    // What repair put right is no new harm, nor does it make up for what went wrong meanwhile.
    minute.hurt = std::max<std::int64_t>(0, hurt - world.minutes.hurt);
    world.minutes.hurt = hurt;
}

// A flag tells apart only those for whom it is wholly on or off.
void part_requests(World& world) {
    const std::vector<Rule> rules = latest_rules(world);
    world.minutes.parted.clear();
    for (const ServiceState& service : world.services)
        world.minutes.parted.push_back(
            {decltype(Parted::by_flag)(rules.size()), std::vector<Asked>(service.sites.size())});
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) {
        const CohortState& cohort = world.cohorts[c];
        const std::uint32_t s = world.plan->cohorts[c].serves.index;
        Parted& parted = world.minutes.parted[s];
        for (std::size_t slot = 0; slot < cohort.slices.size(); ++slot) {
            Asked of_slice;
            for (const Way& way : cohort.ways) {
                const Pool& pool = world.services[s].pools[way.pool];
                Asked here;
                for (const std::uint32_t row : cohort.rows[slot]) {
                    here.asked += lane_at(pool, row).minute_fresh;
                    here.bad += lane_at(pool, row).minute_bad;
                }
                for (Asked* to : {&of_slice, &parted.by_region[pool.site]})
                    to->asked += here.asked, to->bad += here.bad;
            }
            const Asker asker{CohortId{c}, &cohort.slices[slot]};
            for (std::uint32_t f = 0; f < rules.size(); ++f) {
                const double on = measure(*world.plan, {{{f}, &rules[f], true}}, asker);
                if (on > 0 && on < 1) continue;
                Asked& to = parted.by_flag[f][on > 0];
                to.asked += of_slice.asked, to.bad += of_slice.bad;
            }
        }
    }
}

std::int64_t processes(const ServiceState& service) {
    std::int64_t sum = 0;
    for (const Site& site : service.sites)
        for (const Group& group : site.groups) sum += group.alive() - group.lost + group.draining;
    return sum;
}

}  // namespace

void fold_into_minutes(World& world) {
    Minutes& minutes = world.minutes;
    minutes.cohorts.resize(world.cohorts.size());
    minutes.ended.resize(world.services.size());
    minutes.bad.resize(world.services.size());
    Minute minute;
    fold_requests(world, minute);
    fold_records(world, minute);
    minutes.all.push_back(minute);
    part_requests(world);
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) fold_exposed(world, c);
    minutes.exposed_peak =
        std::max(minutes.exposed_peak, share_of(of_all_users(world, &Exposed::now)));
    for (const ServiceState& service : world.services)
        minutes.instance_minutes += processes(service);
}

Share exposed_ever(const World& world) {
    if (world.minutes.cohorts.empty()) return none;
    return share_of(of_all_users(world, &Exposed::ever));
}

void fold(const Minutes& minutes, Digest& digest) {
    for (const Exposed& it : minutes.cohorts) digest.fold(it.now.ppm), digest.fold(it.ever.ppm);
    digest.fold(minutes.exposed_peak.ppm), digest.fold(minutes.instance_minutes);
    if (minutes.all.empty()) return;
    const Minute& last = minutes.all.back();
    for (const std::int64_t count :
         {last.bad, last.hurt, last.residue, last.given_up, std::int64_t{last.burning}})
        digest.fold(count);
}

}  // namespace rollcage
