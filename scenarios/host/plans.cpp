// What a scenario says of plans: stages with and without users, releases, hotfixes.
#include "scenarios/host/declarations.h"
#include "scenarios/host/record.h"

namespace rollcage {

namespace {

std::string name_of(TrialKind kind) {
    return choices_of(trial_names)[static_cast<std::size_t>(kind)];
}

}  // namespace

// Each kind of stage has those of these fields that mean something to it.
Result<Value> Declarations::one_stage(StageKind kind, const std::string& what,
                                      const Value& record) {
    Stage stage{.kind = kind, .soak = length_of(record, "soak")};
    const auto yes = [&](const char* field) {
        const Value* value = find(record, field);
        return value != nullptr && value->yes;
    };
    if (kind == StageKind::canary) {
        stage.share = part_of(record, "share");
        stage.sticky = yes("sticky");
        stage.baseline = yes("baseline");
    } else if (kind == StageKind::blue_green) {
        stage.dark = length_of(record, "dark");
        stage.mirror = yes("mirror");
        stage.keeps_warm = yes("keeps_warm");
    } else if (kind == StageKind::by_hand) {
        stage.each = length_of(record, "each");
        stage.misses = part_of(record, "misses");
    }
    if (what == "ring" || what == "tier") {
        const auto audience = audience_of(what, record.items[0].text);
        if (!audience) return audience.error();
        stage.audience = *audience;
    } else if (find(record, "regions") != nullptr) {
        const auto regions = regions_of(what, at_of(record, "regions"));
        if (!regions) return regions.error();
        stage.regions = *regions;
    }
    if (kind != StageKind::mark_stable) stage.gate = gate_of(record);
    stages_.emplace_back(stage);
    return handle(HandleKind::stage, stages_.size() - 1);
}

// A ring and those within it, or a tier; of the cohorts declared so far.
Result<std::vector<CohortId>> Declarations::audience_of(const std::string& what,
                                                        const std::string& wanted) const {
    const bool ring = what == "ring";
    const std::vector<std::string> known = ring ? choices_of(ring_names) : world.names.tiers;
    const auto row = find_name(known, wanted);
    std::vector<CohortId> audience;
    for (std::uint32_t c = 0; row && c < world.cohorts.size(); ++c) {
        const Cohort& it = world.cohorts[c];
        if (ring ? it.ring <= *row : it.tier == TierId{*row}) audience.push_back({c});
    }
    if (!audience.empty()) return audience;
    const std::string near = row ? "" : nearest_word(wanted, known);
    return Error{what + ": no cohort declared so far has " + what + " = \"" + wanted + "\"" +
                 (near.empty() ? "" : "; did you mean \"" + near + "\"?")};
}

Result<Value> Declarations::environment(const Value& record) {
    const std::string& named = record.items[0].text;
    if (find_name(world.names.environments, named)) return twice("environment", named);
    Environment it{.age = length_of(record, "age"),
                   .refresh_takes = length_of(record, "refresh_takes"),
                   .cents_per_hour = cents_of(record, "cost_per_hour")};
    for (const Value& each : at_of(record, "differences").items)
        it.differences.push_back({at_of(each, "name").text,
                                  static_cast<DifferenceKind>(whole_of(each, "kind")),
                                  part_of(each, "lacks")});
    for (const Value& each : at_of(record, "holds").items) it.holds.push_back({each.handle.index});
    world.environments.push_back(it);
    world.names.environments.push_back(named);
    return handle(HandleKind::environment, world.environments.size() - 1);
}

// Of the people declared so far, a bit each.
Result<std::uint32_t> Declarations::approvers_of(const Value& named) const {
    std::uint32_t approvers = 0;
    for (const Value& it : named.items) {
        const auto row = find_name(world.names.people, it.text);
        if (row) {
            approvers |= std::uint32_t{1} << *row;
            continue;
        }
        const std::string near = nearest_word(it.text, world.names.people);
        return Error{"approval: nobody is called \"" + it.text +
                     "\"; name them before, in drill.people { rota = { { name = ... } } }" +
                     (near.empty() ? "" : "; did you mean \"" + near + "\"?")};
    }
    return approvers;
}

// Each kind of test stage has those of these fields that mean something to it.
Result<Value> Declarations::trial(TrialKind kind, const Value& record) {
    Trial trial = usual_trial(kind);
    constexpr const char* names[] = {"data",         "scale",     "config",
                                     "dependencies", "behaviour", "skew"};
    for (std::size_t d = 0; d < dimensions; ++d)
        if (find(record, names[d]) != nullptr) trial.parity[d] = part_of(record, names[d]);
    const auto if_said = [&](const char* field, auto& value) {
        if (find(record, field) != nullptr) set_number(value, whole_of(record, field));
    };
    if_said("takes", trial.takes);
    if_said("volume", trial.volume);
    if_said("tests", trial.tests);
    if_said("oracle", trial.oracle);
    if_said("reach", trial.reach);
    if_said("coverage_at_least", trial.coverage_at_least);
    if_said("regression_at_most", trial.regression_at_most);
    if_said("soak", trial.soak);
    if_said("critical_at_most", trial.critical_at_most);
    if_said("mode", trial.mode);
    if_said("flake", trial.flake);
    if_said("on_flake", trial.on_flake);
    if_said("retries", trial.retries);
    if_said("quarantined", trial.quarantined);
    if_said("quarantine_age", trial.quarantine_age);
    if (const Value* owner = find(record, "owner"); owner != nullptr && !owner->is_nil()) {
        std::vector<std::string>& texts = world.names.texts;
        if (!find_name(texts, owner->text)) texts.push_back(owner->text);
        trial.owner = TextId{*find_name(texts, owner->text)};
    }
    if_said("looks", trial.looks);
    if_said("rota", trial.rota);
    if_said("opens", trial.opens);
    if_said("closes", trial.closes);
    if_said("catches", trial.catches);
    if (const Value* where = find(record, "environment"); where != nullptr && !where->is_nil())
        trial.environment = EnvironmentId{where->handle.index};
    if (const Value* named = find(record, "approvers")) {
        const auto approvers = approvers_of(*named);
        if (!approvers) return approvers.error();
        trial.approvers = *approvers;
    }
    if (trial.quarantined > trial.tests)
        return Error{name_of(kind) + ": more tests are in quarantine than there are; it has " +
                     std::to_string(trial.tests)};
    stages_.emplace_back(trial);
    return handle(HandleKind::stage, stages_.size() - 1);
}

Result<void> Declarations::stage(const std::string& plan, const Value& record) {
    if (!opened_) return Error{"say `scenario { title = ... }` before plan"};
    if (find_name(world.names.plans, plan)) return twice("plan", plan);
    if (record.items.empty() || world.plans.size() >= declared_max)
        return Error{"plan \"" + plan +
                     "\" needs a stage: everyone {}, canary { ... }, blue_green {} or recreate {}"};
    Plan stages{{}};
    stages.rebuilds = at_of(record, "rebuilds").yes;
    if (whole_of(record, "versions") == 1) stages.mistyped = part_of(record, "mistyped");
    for (const Value& item : record.items) {
        const auto& it = stages_[item.handle.index];
        if (const auto* trial = std::get_if<Trial>(&it)) {
            if (!stages.stages.empty())
                return Error{"plan \"" + plan + "\": " + name_of(trial->kind) +
                             " has no users; it stands before the stages that have some"};
            stages.trials.push_back(*trial);
        } else {
            stages.stages.push_back(std::get<Stage>(it));
        }
    }
    if (stages.stages.empty())
        return Error{"plan \"" + plan +
                     "\" ends before anybody uses the build; add everyone {} or another stage "
                     "that has users"};
    world.plans.push_back(stages);
    world.names.plans.push_back(plan);
    return {};
}

Result<PlanId> Declarations::plan_of(const std::string& who, const std::string& wanted) const {
    const auto found = find_name(world.names.plans, wanted);
    if (found) return PlanId{*found};
    const std::string near = nearest_word(wanted, world.names.plans);
    return Error{who + ": no plan declared so far is called \"" + wanted + "\"" +
                 (near.empty() ? "" : "; did you mean \"" + near + "\"?")};
}

Result<Value> Declarations::release(const Value& record) {
    const auto plan =
        plan_of("release", choices_.plan ? *choices_.plan : at_of(record, "plan").text);
    if (!plan) return plan.error();
    const auto build = build_said("release", at_of(record, "build"), std::nullopt, world.names);
    if (!build) return build.error();
    return inject(Release{{static_cast<std::uint32_t>(*build)}, *plan});
}

Result<Value> Declarations::hotfix(const Value& record) {
    const auto plan = plan_of("hotfix", at_of(record, "plan").text);
    if (!plan) return plan.error();
    Hotfix fix{.build = {row_of(record, "build")},
               .plan = *plan,
               .lead = length_of(record, "lead"),
               .bisect = length_of(record, "bisect"),
               .bad_share = part_of(record, "bad_share")};
    if (has(record, "bad")) fix.bad = BuildId{row_of(record, "bad")};
    world.services[row_of(record, "of")].hotfix = fix;
    return Value{};
}

}  // namespace rollcage
