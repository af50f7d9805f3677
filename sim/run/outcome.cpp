#include "sim/run/outcome.h"

#include "sim/run/day.h"

namespace rollcage {

namespace {

// Bad over what the availability goals allow in 28 days of demand like this day's mean.
std::optional<double> budget_burned(const Day& day) {
    double allowed = 0, bad = 0;
    const Blueprint& plan = *day.world.plan;
    std::int64_t row = 0;
    for (const Cohort& cohort : plan.cohorts) {
        double daily = 0;
        for (std::int64_t minute = 0; minute < 24 * 60; ++minute)
            daily += static_cast<double>(demand_per_minute_ppm(cohort, minute)) * 1e-6;
        allowed += 28 * daily * (1 - plan.services[cohort.serves.index].goal.value());
        for (std::size_t k = 0; k < cohort.kinds.size(); ++k) {
            const Account& account = day.world.ledger[static_cast<std::size_t>(row++)];
            bad += static_cast<double>(account.failed + account.refused);
        }
    }
    if (allowed <= 0) return std::nullopt;
    return bad / allowed;
}

Outcome::Records records_of(const Day& day, std::uint32_t row) {
    const Kept& kept = day.world.stores[row];
    const auto all = [&](Health health) {
        std::int64_t sum = 0;
        for (const auto& form : kept.state.stored) sum += form[static_cast<std::size_t>(health)];
        return sum;
    };
    const double lost_sight = unreadable_now(day.world, {row});
    return {.store = day.world.plan->names.stores[row],
            .accepted = kept.state.accounts.accepted,
            .sound = all(Health::sound),
            .diverged = all(Health::diverged),
            .damaged = all(Health::damaged),
            .lost = kept.state.accounts.lost,
            .doubled = all(Health::doubled),
            .stranded = kept.state.accounts.stranded,
            .dead_lettered = kept.state.accounts.dead_lettered,
            .unreadable = static_cast<std::int64_t>(lost_sight + 0.5),
            .undone = kept.state.accounts.undone,
            .by_hand = kept.state.accounts.by_hand,
            .stale_reads = kept.state.accounts.stale_reads,
            .unreadable_minutes = static_cast<double>(kept.unreadable_seconds) / 60};
}

constexpr std::size_t calm_minutes = 5;

// Times of an incident, by the definitions of the header.
void time_the_incident(const Day& day, Outcome& sum) {
    const std::vector<Minute>& all = day.world.minutes.all;
    const auto first = std::ranges::find_if(all, [](const Minute& it) { return it.harmful(); });
    if (first == all.end()) return;
    constexpr double minute_s = 60;
    const auto begun = static_cast<std::size_t>(first - all.begin());
    const SimTime began = SimTime{} + Duration{static_cast<std::int64_t>(begun) * 60'000'000};
    for (const Occurrence& it : day.belief.facts) {
        if (it.at < began || !tells_of_trouble(it.fact)) continue;
        sum.detect_s = (it.at - began).seconds();
        break;
    }
    std::size_t calm = 0, mitigated = all.size();
    for (std::size_t i = begun; i < all.size(); ++i) {
        calm = all[i].harmful() ? 0 : calm + 1;
        if (calm < calm_minutes) continue;
        mitigated = i + 1 - calm_minutes;
        sum.mitigate_s = static_cast<double>(mitigated - begun) * minute_s;
        break;
    }
    for (std::size_t i = mitigated; i < all.size(); ++i) {
        if (all[i].residue > all[i].given_up) continue;
        sum.recover_s = static_cast<double>(i - begun) * minute_s;
        break;
    }
}

void add_what_stays_open(const Day& day, Outcome& sum) {
    const std::vector<Minute>& all = day.world.minutes.all;
    if (all.empty()) return;
    const std::size_t last = std::min<std::size_t>(all.size(), 10);
    std::int64_t harm = 0;
    for (std::size_t i = all.size() - last; i < all.size(); ++i) harm += all[i].bad + all[i].hurt;
    sum.open_harm_per_hour = static_cast<double>(harm) * 60 / static_cast<double>(last);
    sum.open_residue = all.back().residue;
}

double toil_minutes(const Day& day) {
    Duration toil = day.team.toil;
    for (std::size_t s = 0; s < day.world.services.size(); ++s)
        if (const auto& fix = day.world.plan->services[s].hotfix)
            toil = toil + Duration{fix->lead.us * day.world.services[s].hotfixes};
    return toil.seconds() / 60;
}

void add_cost(const Day& day, Outcome& sum) {
    if (!day.world.plan->prices) return;
    const Prices& price = *day.world.plan->prices;
    const auto paid = [](std::int64_t price_each, double how_many) {
        return static_cast<double>(price_each) * 1e-6 * how_many;
    };
    const auto count = [](std::int64_t whole_number) { return static_cast<double>(whole_number); };
    Outcome::Cost cost;
    cost.requests = paid(price.request_failed, count(sum.failed)) +
                    paid(price.request_refused, count(sum.refused)) +
                    paid(price.user_minute, count(sum.user_minutes_impacted_ppm) * 1e-6);
    for (const Outcome::Records& it : sum.records)
        cost.data += paid(price.record_damaged, count(it.damaged)) +
                     paid(price.record_lost, count(it.lost + it.undone + it.dead_lettered)) +
                     paid(price.record_doubled, count(it.doubled)) +
                     paid(price.unreadable_minute, it.unreadable_minutes);
    cost.data += paid(price.job_orphaned, count(sum.jobs_orphaned)) +
                 paid(price.effect_doubled, count(sum.effects_doubled)) +
                 paid(price.effect_unmatched, count(sum.effects_unmatched));
    cost.people = paid(price.engineer_hour, sum.toil_minutes / 60);
    cost.machines = paid(price.instance_hour, count(day.world.minutes.instance_minutes) / 60);
    cost.environments = static_cast<double>(environment_cents(day.world)) / 100;
    cost.worth_delayed = sum.worth_delayed;
    sum.cost = cost;
}

}  // namespace

namespace {

// Folded from what pipelines did: no data where nothing of the kind happened.
void add_delivery(const Day& day, Outcome& sum) {
    const Delivered& it = day.world.delivered;
    const auto share = [](std::int64_t part, std::int64_t of) -> std::optional<double> {
        if (of == 0) return std::nullopt;
        return static_cast<double>(part) / static_cast<double>(of);
    };
    sum.deploys = it.deploys;
    sum.gates_skipped = it.gates_skipped;
    if (const auto mean = share(it.lead_us, it.arrived)) sum.lead_time_s = *mean * 1e-6;
    sum.change_fail_share = share(it.failed, it.deploys);
    sum.rework_share = share(it.fixes, it.deploys);
    sum.false_red_share = share(it.false_reds, it.reds);
    sum.worth_delivered = static_cast<double>(day.world.worth.delivered) * 1e-8;
    sum.worth_delayed = static_cast<double>(day.world.worth.delayed) * 1e-8;
}

Outcome::Environment environment_of(const Day& day, EnvironmentId id) {
    const World& world = day.world;
    Outcome::Environment it{world.plan->names.environments[id.index]};
    for (const Drift& drift : differences(world, id)) it.differences.push_back(drift.name);
    for (const Missed& missed : world.missed) {
        const bool out = std::ranges::any_of(world.deliveries, [&](const Delivery& delivery) {
            return delivery.build == missed.build && delivery.now == Delivery::Now::out;
        });
        if (out && missed.environment == id)
            it.missed.push_back({world.plan->names.builds[missed.build.index], missed.difference});
    }
    return it;
}

}  // namespace

Outcome outcome(const Day& day) {
    Outcome sum;
    add_delivery(day, sum);
    for (const Account& it : day.world.ledger) {
        sum.offered += it.fresh;
        sum.good += it.good;
        sum.failed += it.failed;
        sum.refused += it.refused;
        sum.writes += it.writes;
        sum.inserts += it.inserts;
        sum.misled += it.misled;
    }
    for (const ServiceState& service : day.world.services) {
        sum.slow += service.slow_sixteenths / 16;
        for (const Pool& pool : service.pools)
            for (const Lane& lane : pool.station.lanes)
                sum.pending += lane.waiting + lane.returning_total;
    }
    for (std::uint32_t i = 0; i < day.world.stores.size(); ++i) {
        sum.records.push_back(records_of(day, i));
        const StoreKind kind = day.world.plan->stores[i].kind;
        const StoreAccounts& accounts = day.world.stores[i].state.accounts;
        if (kind == StoreKind::jobs) {
            sum.jobs_finished += accounts.finished;
            sum.jobs_orphaned += accounts.orphaned;
        }
        sum.logged_out += accounts.logged_out;
        if (kind == StoreKind::effects) {
            sum.effects_unmatched += day.world.stores[i].unmatched;
            sum.effects_sent += accounts.accepted;
            sum.effects_doubled += sum.records.back().doubled;
        }
    }
    sum.user_minutes_impacted_ppm = day.world.impacted_ppm;
    sum.budget_burned_share = budget_burned(day);
    sum.share_exposed_ever = exposed_ever(day.world).value();
    sum.share_exposed_peak = day.world.minutes.exposed_peak.value();
    time_the_incident(day, sum);
    add_what_stays_open(day, sum);
    sum.toil_minutes = toil_minutes(day);
    add_cost(day, sum);
    for (std::uint32_t e = 0; e < day.world.environments.size(); ++e)
        sum.environments.push_back(environment_of(day, {e}));
    return sum;
}

}  // namespace rollcage
