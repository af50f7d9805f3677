// Rules on plans, gates and alerts: what is reached, what a judge can tell, what can ever fire.
#include <algorithm>
#include <array>
#include <cmath>

#include "scenarios/play/lint_rules.h"
#include "sim/base/maths.h"
#include "sim/words/fact_view.h"
#include "sim/world/fleet.h"

namespace rollcage {
namespace {

constexpr double judge_alpha = 0.05;  // Of a gate, over all its looks; as the judge has it.
constexpr double power_wanted = 0.8;
constexpr std::int64_t series_least = 50;  // Scrapes; the judge compares latencies from so many on.

std::string count_text(double count) {
    std::string digits = std::to_string(std::llround(std::min(count, 1e15)));
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), " ");
    return digits;
}

const char* kind_word(StageKind kind) {
    switch (kind) {
        case StageKind::everyone: return "everyone";
        case StageKind::canary: return "canary";
        case StageKind::blue_green: return "blue_green";
        case StageKind::recreate: return "recreate";
        case StageKind::by_hand: return "by_hand";
        case StageKind::mark_stable: return "stable";
    }
    return "";
}

std::string stage_text(const Linting& lint, PlanId plan, std::size_t stage) {
    return "plan " + in_marks(lint.world.names.plans[plan.index]) + ", stage " +
           std::to_string(stage + 1) + ", " +
           kind_word(lint.world.plans[plan.index].stages[stage].kind);
}

double normal_below(double z) {
    return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

}  // namespace

std::vector<ReleaseOf> releases_of(const Linting& lint) {
    std::vector<ReleaseOf> all;
    for (std::size_t i = 0; i < lint.world.injects.size(); ++i)
        if (const auto* it = std::get_if<Release>(&lint.world.injects[i].inject))
            all.push_back(
                {it->build, it->plan, lint.world.injects[i].at, lint.scenario.lines.injects[i]});
    std::ranges::stable_sort(all, {}, &ReleaseOf::at);
    return all;
}

std::vector<StageTimes> earliest_times(const Blueprint& world, const ReleaseOf& release) {
    const Plan& plan = world.plans[release.plan.index];
    SimTime now = release.at;
    for (const Trial& trial : plan.trials) now = now + trial.lasts();
    const Service& service = world.services[world.builds[release.build.index].of.index];
    std::vector<StageTimes> times;
    for (const Stage& stage : plan.stages) {
        SimTime ends = now + stage.soak;
        if (stage.kind == StageKind::blue_green) ends = ends + stage.dark;
        if (stage.kind == StageKind::by_hand) ends = ends + stage.each * (service.instances - 1);
        times.push_back({now, ends});
        now = ends;
    }
    return times;
}

double requests_a_minute(const Blueprint& world, ServiceId service) {
    double all = 0;
    for (const Cohort& cohort : world.cohorts)
        if (cohort.serves == service) all += demand_of(cohort);
    return all;
}

bool has_users(const Linting& lint, ServiceId service) {
    return requests_a_minute(lint.world, service) > 0;
}

double power_to_tell(double usual, double worse, double canary, double control, double alpha) {
    if (canary <= 0 || control <= 0 || worse <= usual) return 0;
    const double pooled = (worse * canary + usual * control) / (canary + control);
    const double by_chance = std::sqrt(pooled * (1 - pooled) * (1 / canary + 1 / control));
    const double spread = std::sqrt(worse * (1 - worse) / canary + usual * (1 - usual) / control);
    if (spread <= 0) return 0;
    return normal_below((worse - usual - normal_quantile(1 - alpha) * by_chance) / spread);
}

namespace {

// What gives a build to everybody, wherever it is; by hand some may be missed.
bool reaches_all(const Stage& stage) {
    return (stage.kind == StageKind::everyone && stage.regions.empty()) ||
           stage.kind == StageKind::recreate;
}

void lint_order(Linting& lint, PlanId id) {
    const std::vector<Stage>& stages = lint.world.plans[id.index].stages;
    const std::vector<SourceLine>& lines = lint.scenario.lines.stages[id.index];
    std::optional<std::size_t> all;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const Stage& stage = stages[i];
        if (all && stage.kind != StageKind::mark_stable)
            lint.tell("stage-after-everyone", lines[i], stage_text(lint, id, i),
                      "stage " + std::to_string(*all + 1) +
                          " has given the build to everybody; nobody is left for this one" +
                          (stage.gate ? ", and its gate guards nothing" : ""));
        if (!all && reaches_all(stage)) all = i;
        if (i == 0 || stage.kind != StageKind::canary || stages[i - 1].kind != StageKind::canary)
            continue;
        const Stage& before = stages[i - 1];
        const bool alike = stage.audience == before.audience && stage.regions == before.regions;
        if (!all && alike && stage.share <= before.share)
            lint.tell("canary-shrinks", lines[i], stage_text(lint, id, i),
                      "it is for " + percent(stage.share.value()) + " of the same users, after " +
                          percent(before.share.value()));
    }
}

bool is_used(const Linting& lint, PlanId plan) {
    for (const ReleaseOf& it : releases_of(lint))
        if (it.plan == plan) return true;
    return std::ranges::any_of(lint.world.services, [&](const Service& service) {
        return service.hotfix && service.hotfix->plan == plan;
    });
}

void lint_use(Linting& lint, PlanId plan) {
    if (is_used(lint, plan)) return;
    const std::string& name = lint.world.names.plans[plan.index];
    const auto& stages = lint.world.plans[plan.index].stages;
    const bool gated =
        std::ranges::any_of(stages, [](const Stage& it) { return it.gate.has_value(); });
    const bool any = !releases_of(lint).empty();
    if (!any && gated)
        lint.tell("gate-never-entered", lint.scenario.lines.plans[plan.index],
                  "plan " + in_marks(name), "no build enters it: this scenario releases none");
    else
        lint.tell("plan-never-used", lint.scenario.lines.plans[plan.index],
                  "plan " + in_marks(name),
                  any ? "every release goes by another plan" : "this scenario releases nothing");
}

bool is_released(const Linting& lint, BuildId build) {
    for (const ReleaseOf& it : releases_of(lint))
        if (it.build == build) return true;
    return std::ranges::any_of(lint.world.services, [&](const Service& it) {
        return it.first_build == build ||
               (it.hotfix && (it.hotfix->build == build || it.hotfix->bad == build));
    });
}

void lint_soaks(Linting& lint, const ReleaseOf& release) {
    const std::vector<Stage>& stages = lint.world.plans[release.plan.index].stages;
    const std::vector<StageTimes> times = earliest_times(lint.world, release);
    if (release.at >= lint.day_end()) return;  // That is a finding of its own.
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const bool gated = stages[i].gate.has_value(), last = i + 1 == stages.size();
        const SimTime end = gated ? lint.decisions_end() : lint.day_end();
        if (times[i].ends <= end || (!gated && (last || stages[i].soak == Duration{}))) continue;
        lint.tell(gated ? "gate-after-decisions" : "soak-after-the-day",
                  lint.scenario.lines.stages[release.plan.index][i],
                  stage_text(lint, release.plan, i),
                  "build " + lint.world.names.builds[release.build.index] + " is released at " +
                      since_start(release.at) + " and is through this soak at " +
                      since_start(times[i].ends) + " at the earliest; " +
                      (gated ? "decisions end at " : "the day ends at ") + since_start(end));
        return;  // What follows is later still.
    }
}

}  // namespace

void lint_plans(Linting& lint) {
    for (std::uint32_t plan = 0; plan < lint.world.plans.size(); ++plan) {
        lint_order(lint, {plan});
        lint_use(lint, {plan});
    }
    for (std::uint32_t b = 0; b < lint.world.builds.size(); ++b) {
        const std::string& version = lint.world.names.builds[b];
        const SourceLine& at = lint.scenario.lines.builds[b];
        const bool base = std::ranges::any_of(
            lint.world.builds, [&](const Build& it) { return it.after == BuildId{b}; });
        if (is_released(lint, {b}) || base || lint.mentioned(at, "build", version)) continue;
        lint.tell("build-never-released", at, "build " + in_marks(version),
                  "no release, train or hotfix brings it, and no actor names it");
    }
    std::set<std::pair<std::string, int>> lines;  // A train's later builds may be too late.
    for (const ReleaseOf& it : releases_of(lint))
        if (lines.insert({it.line.file, it.line.line}).second) lint_soaks(lint, it);
}

namespace {

struct Seen {  // Requests by the time of the judge's last look.
    double canary = 0, control = 0, share = 0;
};

Seen seen_in(const Linting& lint, const ReleaseOf& release, std::size_t row) {
    const ServiceId service = lint.world.builds[release.build.index].of;
    const Stage& stage = lint.world.plans[release.plan.index].stages[row];
    const double minutes = stage.soak.seconds() / 60,
                 all = requests_a_minute(lint.world, service) * minutes;
    Seen seen;
    seen.share = meant_share(lint.world, service, release.plan, row).value();
    seen.canary = all * seen.share;
    seen.control = stage.baseline ? seen.canary : all - seen.canary;
    return seen;
}

// The least that a test of this power tells from `usual`.
double least_to_tell(double usual, const Seen& seen, double alpha) {
    double low = usual, high = 1;
    for (int i = 0; i < 60; ++i) {
        const double middle = (low + high) / 2;
        (power_to_tell(usual, middle, seen.canary, seen.control, alpha) < power_wanted ? low
                                                                                       : high) =
            middle;
    }
    return high;
}

// How many times as many requests on both sides it takes.
double times_needed(double usual, double worse, const Seen& seen, double alpha) {
    double low = 1, high = 2;
    const auto power = [&](double times) {
        return power_to_tell(usual, worse, seen.canary * times, seen.control * times, alpha);
    };
    while (power(high) < power_wanted && high < 1e9) high *= 2;
    for (int i = 0; i < 60; ++i) {
        const double middle = (low + high) / 2;
        (power(middle) < power_wanted ? low : high) = middle;
    }
    return high;
}

void lint_power(Linting& lint, const ReleaseOf& release, std::size_t row) {
    const Stage& stage = lint.world.plans[release.plan.index].stages[row];
    const ServiceId service = lint.world.builds[release.build.index].of;
    const SourceLine& at = lint.scenario.lines.stages[release.plan.index][row];
    if (stage.soak / scrape_every < series_least)
        lint.tell("canary-blind-to-latency", at, stage_text(lint, release.plan, row),
                  "its soak of " + length_text(stage.soak) + " has " +
                      std::to_string(stage.soak / scrape_every) +
                      " scrapes, and latencies are compared from " + std::to_string(series_least) +
                      " on: errors alone decide");
    const Seen seen = seen_in(lint, release, row);
    const double usual = 1 - lint.world.services[service.index].goal.value(),
                 worse = std::min(1.0, 2 * usual),
                 alpha = judge_alpha / static_cast<double>(stage.gate->looks);
    const double power = power_to_tell(usual, worse, seen.canary, seen.control, alpha);
    if (power >= power_wanted || usual >= 0.5) return;  // Or nothing is left to be worse.
    const double times = times_needed(usual, worse, seen, alpha);
    std::string why = "it sees some " + count_text(seen.canary) + " requests (" +
                      percent(seen.share) + " of the traffic, for " + length_text(stage.soak) +
                      "), and its control " + count_text(seen.control) + "; " + percent(worse) +
                      " of errors instead of " + percent(usual) + " would be told in " +
                      percent(std::round(100 * power) / 100) + " of days (one-sided, at " +
                      percent(alpha) + " a look). ";
    if (seen.canary > 0)
        why += "It needs " + count_text(seen.canary * times) + " for 80%; as it is, it tells " +
               percent(std::round(least_to_tell(usual, seen, alpha) * 1e5) / 1e5) + " and more";
    else
        why += "Nobody whom it is for asks anything";
    const double soak_us = static_cast<double>(stage.soak.us) * times;
    const auto minute = std::int64_t{60'000'000};
    lint.tell("canary-too-small", at, stage_text(lint, release.plan, row), why,
              seen.canary > 0 && soak_us < 1e13
                  ? "soak = \"" +
                        length_text({(static_cast<std::int64_t>(soak_us) / minute + 1) * minute}) +
                        "\" would do at this share"
                  : "");
}

// The most that a measure can be; none: nobody can say.
std::optional<std::int64_t> most_possible(const Service& service, Judged measure) {
    if (measure == Judged::error_share_ppm || measure == Judged::busy_ppm) return whole.ppm;
    if (measure != Judged::queue || !service.queue) return std::nullopt;
    const double rate = static_cast<double>(service.instances * service.slots) /
                        std::max(1e-6, service.work.seconds());
    return static_cast<std::int64_t>(rate * service.queue->seconds() * 2) + 1;
}

std::string measure_text(Judged measure, std::int64_t value) {
    if (measure == Judged::error_share_ppm || measure == Judged::busy_ppm)
        return percent(static_cast<double>(value) * 1e-6);
    return std::to_string(value);
}

void lint_limits(Linting& lint, const ReleaseOf& release, std::size_t row) {
    const Stage& stage = lint.world.plans[release.plan.index].stages[row];
    const ServiceId service = lint.world.builds[release.build.index].of;
    const SourceLine& at = lint.scenario.lines.stages[release.plan.index][row];
    for (const Limit& limit : stage.gate->limits) {
        const auto most = most_possible(lint.world.services[service.index], limit.measure);
        if (most && limit.most >= *most)
            lint.tell("gate-cannot-fail", at, stage_text(lint, release.plan, row),
                      "it fails above " + measure_text(limit.measure, limit.most) +
                          ", and the measure ends at " + measure_text(limit.measure, *most));
        const double sees = seen_in(lint, release, row).canary,
                     allowed = sees * static_cast<double>(limit.most) * 1e-6;
        if (limit.measure == Judged::error_share_ppm && allowed < 1 && limit.most > 0)
            lint.tell("gate-fails-by-chance", at, stage_text(lint, release.plan, row),
                      "it sees some " + count_text(sees) + " requests, of which " +
                          measure_text(limit.measure, limit.most) +
                          " are less than one: the first that fails stops the plan");
    }
}

}  // namespace

void lint_gates(Linting& lint) {
    std::set<std::tuple<std::uint32_t, std::uint32_t>> done;  // Plan and service: once each.
    for (const ReleaseOf& release : releases_of(lint)) {
        const ServiceId service = lint.world.builds[release.build.index].of;
        if (!done.insert({release.plan.index, service.index}).second) continue;
        const std::vector<Stage>& stages = lint.world.plans[release.plan.index].stages;
        for (std::size_t i = 0; i < stages.size(); ++i) {
            if (!stages[i].gate) continue;
            if (stages[i].soak < scrape_every)
                lint.tell("gate-sees-nothing", lint.scenario.lines.stages[release.plan.index][i],
                          stage_text(lint, release.plan, i),
                          "its soak of " + length_text(stages[i].soak) +
                              " may hold no scrape, one every " + length_text(scrape_every));
            if (stages[i].gate->no_worse) lint_power(lint, release, i);
            lint_limits(lint, release, i);
        }
    }
}

namespace {

struct Burn {
    const char* name;
    double times;
    Duration window;
};
constexpr std::array<Burn, 3> burns{{{"fast_burn", 14.4, {3'600'000'000}},
                                     {"slow_burn", 6, {21'600'000'000}},
                                     {"ticket", 1, {259'200'000'000}}}};

// What part of a window's requests fails, at most, by the end of decisions: all of the day's.
double most_burnt(const Linting& lint, const Service& service, const Burn& burn) {
    const double budget = 1 - service.goal.value(),
                 of_today = std::min(1.0, lint.world.lasts.seconds() / burn.window.seconds());
    return of_today + (1 - of_today) * std::min(1.0, budget * service.spent.value());
}

bool rings(const Linting& lint, const Service& service, const Burn& burn) {
    return most_burnt(lint, service, burn) >= burn.times * (1 - service.goal.value());
}

void lint_burns(Linting& lint, std::uint32_t s) {
    const Service& service = lint.world.services[s];
    const double budget = 1 - service.goal.value();
    std::string beyond;
    bool any = false;
    for (const Burn& burn : burns) {
        any |= rings(lint, service, burn);
        if (burn.times * budget <= 1) continue;
        beyond += std::string(beyond.empty() ? "" : "; ") + burn.name + " asks for " +
                  percent(burn.times * budget) + " of requests to fail";
    }
    if (any && beyond.empty()) return;
    if (!any)
        beyond += std::string(beyond.empty() ? "" : "; ") + "in " + length_text(lint.world.lasts) +
                  " not even a day on which every request fails gives any of its windows what "
                  "that asks for";
    lint.tell("alert-never-fires", lint.scenario.lines.services[s],
              "service " + in_marks(lint.world.names.services[s]) + ", goal " +
                  percent(service.goal.value()),
              beyond);
}

void lint_cause(Linting& lint, std::uint32_t row) {
    const CauseAlert& alert = lint.world.alerts[row];
    const std::string what = "cause_alert " + in_marks(lint.world.names.alerts[row]);
    const SourceLine& at = lint.scenario.lines.alerts[row];
    if (alert.lasts > lint.world.lasts)
        return lint.tell("alert-never-fires", at, what,
                         "it must hold for " + length_text(alert.lasts) + ", and decisions last " +
                             length_text(lint.world.lasts));
    const Service& service = lint.world.services[alert.of.index];
    if (alert.log) {
        double most = 0;
        for (const Cohort& cohort : lint.world.cohorts) {
            if (cohort.serves != alert.of) continue;
            double times = 1;
            for (const TimedInject& it : lint.world.injects)
                if (const auto* surge = std::get_if<Surge>(&it.inject))
                    times = std::max(times, surge->by.value());
            for (const std::int64_t ppm : cohort.curve_ppm)
                times = std::max(times, 2 * static_cast<double>(ppm) * 1e-6);
            most += demand_of(cohort) / 4 * times * static_cast<double>(cohort.patience.attempts);
        }
        // Twice, because arrivals vary.
        if (static_cast<double>(alert.log->most) >= 2 * most + 10)
            lint.tell("alert-never-fires", at, what,
                      "it asks for more than " + std::to_string(alert.log->most) +
                          " lines a scrape, and all attempts of a scrape are some " +
                          count_text(most));
        return;
    }
    const auto most = most_possible(service, alert.above.measure);
    if (most && alert.above.most >= *most)
        lint.tell("alert-never-fires", at, what,
                  "it fires above " + measure_text(alert.above.measure, alert.above.most) +
                      ", and the measure ends at " + measure_text(alert.above.measure, *most));
}

}  // namespace

std::optional<bool> can_ring(const Linting& lint, const std::string& rule) {
    for (const Burn& burn : burns) {
        if (rule != burn.name) continue;
        for (std::uint32_t s = 0; s < lint.world.services.size(); ++s)
            if (has_users(lint, {s}) && rings(lint, lint.world.services[s], burn)) return true;
        return false;
    }
    return std::nullopt;
}

void lint_alerts(Linting& lint) {
    for (std::uint32_t s = 0; s < lint.world.services.size(); ++s)
        if (has_users(lint, {s})) lint_burns(lint, s);
    for (std::uint32_t row = 0; row < lint.world.alerts.size(); ++row) lint_cause(lint, row);
}

}  // namespace rollcage
