#include "sim/world/pipeline.h"

#include <algorithm>

#include "sim/base/samplers.h"
#include "sim/world/batch.h"
#include "sim/world/environment.h"
#include "sim/world/path.h"
#include "sim/world/rows.h"

namespace rollcage {

namespace {

constexpr std::uint32_t approval_entity = 0x0B00'0000;
constexpr double approval_sigma = 0.6;  // default: design, as people in MODEL 7.5
constexpr std::int64_t day_us = 86'400'000'000;

using Now = Delivery::Now;
using Why = std::optional<std::string>;

const std::vector<Trial>& trials_of(const World& world, const Delivery& it) {
    return world.plan->plans[it.plan.index].trials;
}
const Trial& trial_of(const World& world, const Delivery& it) {
    return trials_of(world, it)[it.stage];
}
ServiceId service_of(const World& world, const Delivery& it) {
    return world.plan->builds[it.build.index].of;
}

// To the users, as far as the plan's stages say.
void go_out(World& world, BuildId build, PlanId plan, SimTime entered, bool fixes) {
    const ServiceId of = world.plan->builds[build.index].of;
    const Plan& by = world.plan->plans[plan.index];
    if (by.rebuilds)
        world.cut[build.index] = std::make_shared<const Build>(
            rebuilt(*world.plan, built(world, build), static_cast<std::uint32_t>(by.trials.size()),
                    world.draw));
    ++world.delivered.deploys;
    world.delivered.fixes += fixes;
    world.services[of.index].deploy = {build, entered};
    world.news.push_back(Released{of, build, meant_share(*world.plan, of, plan, 0)});
    release(world, build, plan);
}

bool merged(const World& world, const Delivery& it) {
    const std::vector<Trial>& trials = trials_of(world, it);
    const auto end = trials.begin() + std::min<std::ptrdiff_t>(it.stage, std::ssize(trials));
    return std::find_if(trials.begin(), end,
                        [](const Trial& trial) { return trial.kind == TrialKind::merge; }) != end;
}

// Something that was merged is red: nothing is merged onto it, the hotfix neither.
bool main_red(const World& world, ServiceId service) {
    return std::ranges::any_of(world.deliveries, [&](const Delivery& it) {
        return it.now == Now::red && service_of(world, it) == service && merged(world, it);
    });
}

void wait(World& world, std::uint32_t d, WaitsFor what) {
    Delivery& it = world.deliveries[d];
    if (it.now == Now::waiting && it.waits_for == what) return;
    it.now = Now::waiting;
    it.waits_for = what;
    world.news.push_back(Waits{service_of(world, it), it.build, what});
}

// By who has a name, once they look at it.
Approval to_approve(const World& world, const Delivery& it, std::uint32_t d) {
    const Trial& trial = trial_of(world, it);
    const Uniform die = world.draw(Purpose::approval, approval_entity + d, it.run)[2];
    const double us = lognormal(die, static_cast<double>(trial.looks.us), approval_sigma);
    return {d, it.step, trial.approvers, Duration{static_cast<std::int64_t>(us)}};
}

// From the request to the answer, by rota; nothing: nobody is there to give one.
std::optional<Duration> approval_after(const World& world, const Delivery& it, std::uint32_t d) {
    const Trial& trial = trial_of(world, it);
    if (trial.rota == Rota::away) return std::nullopt;
    const Uniform die = world.draw(Purpose::approval, approval_entity + d, it.run)[0];
    const double times = lognormal(die, 1, approval_sigma);
    Duration after{static_cast<std::int64_t>(static_cast<double>(trial.takes.us) * times)};
    if (trial.rota == Rota::on_call) return after;
    // In office hours: what is not answered before they end is answered the next day.
    const std::int64_t open = trial.opens.us, hours = trial.closes.us - open;
    std::int64_t at = world.now.us % day_us;
    Duration until{};
    if (at < open) until.us += open - at, at = open;
    if (at >= open + hours) until.us += day_us - at + open, at = open;
    while (after.us > open + hours - at) {
        after.us -= open + hours - at;
        until.us += open + hours - at + day_us - hours;
        at = open;
    }
    return until + after;
}

// As main is then: what has been reverted is not in it.
void cut(World& world, BuildId build) {
    const Build& declared = world.plan->builds[build.index];
    const auto is_out = [&](const Change& change) {
        return std::ranges::binary_search(world.reverted, change.key);
    };
    world.cut[build.index].reset();
    if (std::ranges::none_of(declared.changes, is_out)) return;
    Build without = declared;
    std::erase_if(without.changes, is_out);
    world.cut[build.index] = std::make_shared<const Build>(std::move(without));
}

void begin_stage(World& world, std::uint32_t d);

void next_stage(World& world, std::uint32_t d) {
    Delivery& it = world.deliveries[d];
    ++it.stage;
    ++it.step;  // What was asked for of the last one is stale.
    it.run = 0;
    if (it.stage < trials_of(world, it).size()) return begin_stage(world, d);
    it.now = Now::out;
    go_out(world, it.build, it.plan, it.entered, it.hotfix);
}

void tell_end(World& world, std::uint32_t d, TrialResult result, const Measures& found = {}) {
    const Delivery& it = world.deliveries[d];
    world.news.push_back(TrialEnded{service_of(world, it), it.build, trial_of(world, it).kind,
                                    result, found.tests, found.failing, found.coverage, found.p95,
                                    found.critical});
}

void begin_stage(World& world, std::uint32_t d) {
    Delivery& it = world.deliveries[d];
    const Trial& trial = trial_of(world, it);
    if (trial.kind == TrialKind::merge) {
        if (main_red(world, service_of(world, it))) return wait(world, d, WaitsFor::main);
        cut(world, it.build);
        tell_end(world, d, TrialResult::passed);
        return next_stage(world, d);
    }
    if (trial.environment && world.environments[trial.environment->index].refreshing)
        return wait(world, d, WaitsFor::environment);
    ++it.step;
    if (trial.kind != TrialKind::approval) {
        it.now = Now::testing;
        world.due.push_back({Due::Kind::trial, trial.lasts(), d, it.step});
        return;
    }
    wait(world, d, WaitsFor::approval);
    if (trial.approvers != 0) return world.asked.push_back(to_approve(world, it, d));
    if (const auto after = approval_after(world, it, d))
        world.due.push_back({Due::Kind::trial, *after, d, it.step});
}

// How far the store's columns will have come by what is planned for the day; single: nothing is.
SchemaPhase furthest_phase(const World& world, StoreId store) {
    StoreState tried = world.stores[store.index].state;
    SchemaPhase furthest = tried.phase;
    for (const TimedInject& timed : world.plan->injects) {
        const auto* step = std::get_if<MigrateStep>(&timed.inject);
        if (step == nullptr || step->store != store || timed.at <= world.now) continue;
        (void)migrate(tried, world.plan->stores[store.index], world.schemas[store.index],
                      step->down);
        furthest = std::max(furthest, tried.phase);
    }
    return furthest;
}

// Columns are taken up as far as is planned, and down again.
enum class WayDown : std::uint8_t { none_planned, works, too_long, loses };
WayDown way_down(const World& world, StoreId store, const Trial& now) {
    const Store& declared = world.plan->stores[store.index];
    const SchemaPhase furthest = furthest_phase(world, store);
    if (furthest == SchemaPhase::single) return WayDown::none_planned;
    const Share like = now.parity[static_cast<std::size_t>(Dimension::data)];
    const std::int64_t rows = all_rows(world.stores[store.index].state) * like.ppm / whole.ppm;
    if (rows / declared.migrates_per_second > now.takes.us / 1'000'000) return WayDown::too_long;
    // What the old column held went with it, unless every event is kept.
    const bool gone = furthest == SchemaPhase::contracted && !declared.event_log;
    return gone ? WayDown::loses : WayDown::works;
}

// What the old build makes of what the new one wrote, and whether there is an old one to go to.
bool rehearsal_fails(const World& world, const Delivery& it, const Trial& now) {
    const ServiceId of = service_of(world, it);
    const BuildId back = world.services[of.index].current;
    if (back != it.build && image_gone(world, back)) return true;
    for (const Change& change : built(world, it.build).changes) {
        if (!change.schema || change.schema->on != Carries::records) continue;
        const StoreId store = change.schema->store;
        const SchemaChange* known = nullptr;
        if (const Change* old = change_of(world, back, store)) known = &*old->schema;
        if (known != nullptr) continue;  // It reads what the new one writes.
        const WayDown down = way_down(world, store, now);
        if (down == WayDown::works) continue;  // It finds what it left.
        if (down == WayDown::too_long) return true;
        const SchemaVerdict reads = verdict(*change.schema, false, Format::after);
        const bool shut = down == WayDown::loses;
        const bool wrong = reads == SchemaVerdict::misread || reads == SchemaVerdict::lossy;
        if (!shut && reads != SchemaVerdict::reject && !wrong) continue;
        if (meets_rehearsal(now, change, wrong && !shut, world.draw)) return true;
    }
    return false;
}

// A rubber stamp, mostly.
bool approver_catches(const World& world, const Delivery& it, const Trial& trial) {
    for (const Suspect& suspect : suspects(built(world, it.build), 1)) {
        const std::uint64_t index = std::uint64_t{it.build.index} << 8 | suspect.place;
        if (world.draw(Purpose::approval, suspect.change->key, index)[1].value() <
            trial.catches.value())
            return true;
    }
    return false;
}

Measures find(World& world, const Delivery& it, const Trial& now) {
    const bool anew = world.plan->plans[it.plan.index].rebuilds;
    const Build build = anew ? rebuilt(*world.plan, built(world, it.build), it.stage, world.draw)
                             : built(world, it.build);
    Measures found;
    if (now.kind == TrialKind::approval) {
        found.wrong = approver_catches(world, it, now);
    } else if (now.kind == TrialKind::rehearsal) {
        ++world.services[build.of.index].rehearsals;
        found.wrong = rehearsal_fails(world, it, now);
    } else {
        found = measure(now, build, world.plan->services[build.of.index].memory_mb,
                        {it.build.index, it.stage, it.run}, world.now, world.draw,
                        time_on_calls(*world.plan, build.of));
    }
    return found;
}

// Tests that failed and then passed are set aside, and see nothing from now on.
void set_aside(World& world, const Delivery& it, std::int64_t tests) {
    Quarantine& aside = world.quarantined[it.plan.index][it.stage];
    if (aside.tests == 0) aside.since = world.now;
    aside.tests += tests;
    if (aside.tests == 0) return;
    const Trial& trial = trial_of(world, it);
    world.news.push_back(Quarantined{service_of(world, it), trial.kind, tests, aside.tests,
                                     world.now - aside.since, trial.owner});
}

}  // namespace

const Build& built(const World& world, BuildId build) {
    const auto& cut = world.cut[build.index];
    return cut ? *cut : world.plan->builds[build.index];
}

void deliver(World& world, BuildId build, PlanId plan, Road road) {
    const ServiceId of = world.plan->builds[build.index].of;
    if (road == Road::usual && world.services[of.index].frozen) {
        world.news.push_back(Held{of, build});
        return;
    }
    cut(world, build);
    want(world, build);
    type_version(world, build, world.plan->plans[plan.index].mistyped);
    const std::vector<Trial>& trials = world.plan->plans[plan.index].trials;
    if (road == Road::express) world.delivered.gates_skipped += std::ssize(trials);
    if (road == Road::express || trials.empty())
        return go_out(world, build, plan, world.now, road != Road::usual);
    const auto d = static_cast<std::uint32_t>(world.deliveries.size());
    world.deliveries.push_back({build, plan, world.now, road == Road::hotfix});
    world.news.push_back(Entered{of, build, plan});
    begin_stage(world, d);
}

void trial_due(World& world, std::uint32_t d, std::uint32_t step) {
    Delivery& it = world.deliveries[d];
    if (it.step != step || (it.now != Now::testing && it.now != Now::waiting)) return;
    Trial now = as_of_now(world, trial_of(world, it));
    const Quarantine& aside = world.quarantined[it.plan.index][it.stage];
    put_aside(now, aside.tests);
    now.mended = aside.mended;
    const Measures found = find(world, it, now);
    const bool passed = passes(now, found);
    if (!passed) ++world.delivered.reds;
    if (!passed && !found.wrong && found.failing.value_or(0) > 0) ++world.delivered.false_reds;
    tell_end(world, d, passed ? TrialResult::passed : TrialResult::failed, found);
    set_aside(world, it, found.aside);
    if (passed || now.mode == GateMode::advisory) {
        if (passed) remember_missed(world, it.build, trial_of(world, it));
        next_stage(world, d);
        return go_on(world);  // Main may be green again.
    }
    it.now = Now::red;
}

void deploy_failed(World& world, ServiceId service) {
    Deploy& it = world.services[service.index].deploy;
    if (it.build && !it.failed) ++world.delivered.failed, it.failed = true;
}

void deploy_arrived(World& world, ServiceId service, BuildId build) {
    const Deploy& it = world.services[service.index].deploy;
    if (it.build != build) return;
    ++world.delivered.arrived;
    world.delivered.lead_us += (world.now - it.entered).us;
}

bool in_use(const World& world, EnvironmentId environment) {
    return std::ranges::any_of(world.deliveries, [&](const Delivery& it) {
        return it.now == Now::testing && trial_of(world, it).environment == environment;
    });
}

void go_on(World& world) {
    for (std::uint32_t d = 0; d < world.deliveries.size(); ++d)
        if (world.deliveries[d].now == Now::waiting &&
            world.deliveries[d].waits_for != WaitsFor::approval)
            begin_stage(world, d);
}

namespace {

// The last of the service's builds that is as asked.
std::optional<std::uint32_t> last_that(const World& world, ServiceId service, const auto& is) {
    for (auto d = static_cast<std::uint32_t>(world.deliveries.size()); d-- > 0;)
        if (service_of(world, world.deliveries[d]) == service && is(world.deliveries[d])) return d;
    return std::nullopt;
}
constexpr auto is_red = [](const Delivery& it) { return it.now == Now::red; };
constexpr auto is_tested = [](const Delivery& it) {
    return it.now == Now::red || it.now == Now::testing;
};
constexpr auto is_asked = [](const Delivery& it) {
    return it.now == Now::waiting && it.waits_for == WaitsFor::approval;
};

}  // namespace

Why rerun_refusal(const World& world, ServiceId service) {
    if (!last_that(world, service, is_red)) return "no stage of its plan is red";
    return std::nullopt;
}

Why skip_refusal(const World& world, ServiceId service) {
    const auto d = last_that(world, service, is_tested);
    if (!d) return "none of its builds is in a stage whose gate could be skipped";
    if (trial_of(world, world.deliveries[*d]).mode == GateMode::hard)
        return "that gate is hard; make it pass, or declare it skippable";
    return std::nullopt;
}

Why approve_refusal(const World& world, ServiceId service) {
    if (!last_that(world, service, is_asked)) return "none of its builds waits for approval";
    return std::nullopt;
}

void rerun(World& world, ServiceId service) {
    const std::uint32_t d = *last_that(world, service, is_red);
    ++world.deliveries[d].run;
    begin_stage(world, d);
}

void skip_gate(World& world, ServiceId service) {
    const std::uint32_t d = *last_that(world, service, is_tested);
    ++world.delivered.gates_skipped;
    tell_end(world, d, TrialResult::skipped);
    next_stage(world, d);
    go_on(world);
}

void approve(World& world, ServiceId service) {
    const std::uint32_t d = *last_that(world, service, is_asked);
    tell_end(world, d, TrialResult::passed);
    next_stage(world, d);
}

namespace {

// Whether builds of the service go out by the plan.
bool goes_by(const Blueprint& plan, ServiceId service, PlanId by) {
    const auto& fix = plan.services[service.index].hotfix;
    return (fix && fix->plan == by) ||
           std::ranges::any_of(plan.injects, [&](const TimedInject& it) {
               const auto* release = std::get_if<Release>(&it.inject);
               return release != nullptr && release->plan == by &&
                      plan.builds[release->build.index].of == service;
           });
}

}  // namespace

std::int64_t in_quarantine(const World& world, ServiceId service) {
    std::int64_t tests = 0;
    for (std::uint32_t p = 0; p < world.quarantined.size(); ++p)
        for (const Quarantine& it : world.quarantined[p])
            tests += goes_by(*world.plan, service, {p}) ? it.tests : 0;
    return tests;
}

void end_quarantine(World& world, ServiceId service) {
    for (std::uint32_t p = 0; p < world.quarantined.size(); ++p)
        for (Quarantine& it : world.quarantined[p])
            if (goes_by(*world.plan, service, {p})) it = {.mended = it.mended + it.tests};
}

bool reverted(const World& world, BuildId build) {
    return std::ranges::all_of(brought_by(*world.plan, build), [&](std::uint32_t key) {
        return std::ranges::binary_search(world.reverted, key);
    });
}

void revert(World& world, BuildId build) {
    for (const std::uint32_t key : brought_by(*world.plan, build)) {
        const auto place = std::ranges::lower_bound(world.reverted, key);
        if (place == world.reverted.end() || *place != key) world.reverted.insert(place, key);
    }
    for (Delivery& it : world.deliveries)
        if (it.build == build && it.now != Now::out) it.now = Now::gone;
    go_on(world);
}

void fold(const Delivery& it, Digest& digest) {
    for (const std::int64_t number :
         {std::int64_t{it.build.index}, std::int64_t{it.plan.index}, it.entered.us,
          std::int64_t{it.hotfix}, static_cast<std::int64_t>(it.now),
          static_cast<std::int64_t>(it.waits_for), std::int64_t{it.stage}, std::int64_t{it.run},
          std::int64_t{it.step}})
        digest.fold(number);
}

void fold(const Quarantine& it, Digest& digest) {
    digest.fold(it.tests);
    if (it.tests == 0 && it.mended == 0) return;  // Nothing was ever set aside.
    digest.fold(it.since.us), digest.fold(it.mended);
}

}  // namespace rollcage
