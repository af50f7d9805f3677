// What a declared world promises of its plans: a part of `checked`.
#include "sim/world/sound.h"

namespace rollcage {

namespace {

Result<void> sound_trial(const Blueprint& blueprint, const Trial& trial) {
    for (const Share part : trial.parity)
        if (part < none || part > whole)
            return Error{"a test stage is from 0% to 100% like production"};
    if (trial.volume < 0 || trial.tests < 0 || trial.oracle < none || trial.oracle > whole ||
        trial.reach < none || trial.reach > whole || trial.regression_at_most < none ||
        trial.coverage_at_least < none || trial.coverage_at_least > whole)
        return Error{
            "a test stage's volume and tests must not be negative, nor its shares above 100%"};
    if ((trial.takes <= Duration{} && trial.kind != TrialKind::merge) || trial.soak < Duration{})
        return Error{"a test stage takes some time; give takes a length above 0"};
    if (trial.flake < none || trial.flake > whole || trial.retries < 0 || trial.quarantined < 0 ||
        trial.quarantined > trial.tests || trial.critical_at_most < 0 ||
        trial.quarantine_age < Duration{})
        return Error{
            "a test stage has no more tests in quarantine than tests, and no negative number"};
    if (trial.environment && trial.environment->index >= blueprint.environments.size())
        return Error{"a test stage runs in an environment that does not exist"};
    const std::size_t named = blueprint.known.people.rota.size();
    if (named < 32 && (trial.approvers >> named != 0 || trial.looks <= Duration{}))
        return Error{"an approval is by people who have a name in rota, and takes them some time"};
    if (trial.opens < Duration{} || trial.closes <= trial.opens ||
        trial.closes > Duration{86'400'000'000} || trial.catches < none || trial.catches > whole)
        return Error{"an office opens before it closes, within one day"};
    return {};
}

Result<void> sound_environments(const Blueprint& blueprint) {
    for (const Environment& it : blueprint.environments) {
        if (it.age < Duration{} || it.refresh_takes <= Duration{} || it.cents_per_hour < 0)
            return Error{
                "an environment's age and cost are not negative, and a refresh takes time"};
        for (const ServiceId service : it.holds)
            if (service.index >= blueprint.services.size())
                return Error{"an environment has a service of its own that does not exist"};
        for (const Difference& difference : it.differences)
            if (difference.lacks < none || difference.lacks > whole)
                return Error{"a difference takes from 0% to 100% of what it touches"};
    }
    return {};
}

Result<void> sound_gate(const Stage& stage) {
    const Gate& gate = *stage.gate;
    if (stage.soak <= Duration{})
        return Error{"a gate looks at a soak; give the stage soak = \"10m\" or so"};
    if (gate.no_worse && stage.kind != StageKind::canary)
        return Error{
            "no_worse_than_baseline compares two builds that serve; it is for canary, ring and "
            "tier"};
    if (!gate.no_worse && gate.limits.empty())
        return Error{"a gate asks for something: no_worse_than_baseline or a limit"};
    if (gate.looks < 1 || gate.looks > 100) return Error{"a gate looks from 1 to 100 times"};
    for (const Limit& limit : gate.limits)
        if (limit.most < 0) return Error{"a gate's limits must not be negative"};
    return {};
}

Result<void> sound_stages(const Blueprint& blueprint, const Plan& plan) {
    StageKind before = StageKind::canary;
    for (const Stage& stage : plan.stages) {
        if (stage.share.ppm <= 0 || stage.share > whole || stage.soak < Duration{})
            return Error{"a stage's share must be above 0% and at most 100%"};
        if (stage.baseline && stage.share.ppm > whole.ppm / 2)
            return Error{
                "a stage with a baseline has at most half of its users, or its twin would "
                "have too few; give it share = \"50%\" or less"};
        if (stage.dark < Duration{} || stage.each <= Duration{} || stage.misses < none ||
            stage.misses > whole)
            return Error{"a stage's times must not be negative, nor a share above 100%"};
        if (stage.gate)
            if (const auto sound = sound_gate(stage); !sound) return sound.error();
        for (const CohortId cohort : stage.audience)
            if (cohort.index >= blueprint.cohorts.size())
                return Error{"a stage is for a cohort that does not exist"};
        for (const RegionId region : stage.regions)
            if (region.index >= regions_in(blueprint))
                return Error{"a stage is for a region that does not exist"};
        if (!stage.regions.empty() && stage.kind != StageKind::everyone &&
            stage.kind != StageKind::canary)
            return Error{"only everyone and canary go region by region"};
        const bool all = before == StageKind::everyone || before == StageKind::recreate ||
                         before == StageKind::by_hand || before == StageKind::mark_stable;
        if (stage.kind == StageKind::mark_stable && !all)
            return Error{"stable {} stands after everyone, recreate or by_hand: it has them all"};
        before = stage.kind;
    }
    return {};
}

}  // namespace

Result<void> sound_plans(const Blueprint& blueprint) {
    if (const auto sound = sound_environments(blueprint); !sound) return sound.error();
    for (const Plan& plan : blueprint.plans) {
        if (plan.stages.empty() || plan.stages.size() > 32 || plan.trials.size() > 32)
            return Error{"a plan needs from 1 to 32 stages, and at most 32 test stages before"};
        if (plan.mistyped < none || plan.mistyped > whole)
            return Error{"of versions, from 0% to 100% are mistyped"};
        for (const Trial& trial : plan.trials)
            if (const auto sound = sound_trial(blueprint, trial); !sound) return sound.error();
        if (const auto sound = sound_stages(blueprint, plan); !sound) return sound.error();
    }
    return {};
}

void give_keys(Blueprint& blueprint) {
    constexpr std::uint32_t undeclared = 0x4000'0000;  // Beyond what a scenario declares.
    for (std::uint32_t b = 0; b < blueprint.builds.size(); ++b)
        for (std::uint32_t i = 0; i < blueprint.builds[b].changes.size(); ++i)
            if (blueprint.builds[b].changes[i].key == 0)
                blueprint.builds[b].changes[i].key = undeclared | b << 12 | i;
}

}  // namespace rollcage
