// Builds on their way, as facts tell of them: rollouts, pipelines with their environments, flags.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ui/view/desk_view.h"

namespace rollcage {
namespace {

std::string percent_text(Share share) {
    return fmt::format("{:g}%", 100 * share.value());
}

// One rollout as far as it has been heard of.
struct Heard {
    RolloutView view;
    const ShopPlan* plan = nullptr;
    std::size_t stage = 0;
    std::optional<SimTime> reached{};  // The stage.
    bool judged = false;               // Since, and passed.
};

class Rollouts {
public:
    Rollouts(const FactView& view, const KnownShop& shop)
        : view_(&view), shop_(&shop), heard_(shop.services.size()) {
        for (const Occurrence& it : view.facts()) hear(it);
    }

    std::vector<RolloutView> take() {
        std::vector<RolloutView> all;
        for (std::optional<Heard>& it : heard_) {
            if (!it) continue;
            fill_stages(*it);
            all.push_back(std::move(it->view));
        }
        return all;
    }

private:
    std::string build_name(BuildId build) const { return view_->names().builds[build.index]; }

    // A plan with test stages is told of when a build enters it; of the others the one that begins
    // so, if there is only one.
    std::optional<PlanId> plan_of(const Released& out) const {
        if (const auto it = entered_.find(out.build.index); it != entered_.end()) return it->second;
        std::optional<PlanId> found;
        for (std::uint32_t p = 0; p < shop_->plans.size(); ++p) {
            const ShopPlan& plan = shop_->plans[p];
            if (!plan.trials.empty() || plan.stages.empty()) continue;
            if (plan.stages.front().of_users != out.of_users) continue;
            if (found) return std::nullopt;
            found = PlanId{p};
        }
        return found;
    }
    Heard& begin(ServiceId service, const std::string& build) {
        Heard& fresh = heard_[service.index].emplace();
        fresh.view.service = service;
        fresh.view.service_name = view_->names().services[service.index];
        fresh.view.build = build;
        fresh.view.under_way = true;
        return fresh;
    }
    void release(const Released& out) {
        Heard& fresh = begin(out.service, build_name(out.build));
        if (const auto plan = plan_of(out)) {
            fresh.plan = &shop_->plans[plan->index];
            fresh.view.plan = view_->names().plans[plan->index];
        }
        fresh.view.state = "going out to " + percent_text(out.of_users) + " of users";
    }
    void reach(ServiceId service, SimTime at, const std::string& state) {
        std::optional<Heard>& it = heard_[service.index];
        if (!it || !it->view.under_way) return;
        if (it->reached) ++it->stage;
        it->reached = at;
        it->judged = false;
        it->view.state = state;
    }
    void judge(const Occurrence& it, const BuildJudged& judged) {
        std::optional<Heard>& here = heard_[judged.service.index];
        if (!here) return;
        here->view.verdicts.push_back({it.at, mark_of(it.fact), headline(it, view_->names())});
        here->judged = judged.verdict == GateVerdict::pass;
    }
    void take_effect(SimTime at, const Command& command) {
        if (const auto* back = std::get_if<Rollback>(&command)) {
            const std::string to = back->to ? build_name(*back->to)
                                   : back->name
                                       ? (*back->name == MovingName::stable ? "stable" : "latest")
                                       : "the one before";
            begin(back->service, to).view.state = "rolled back to";
        }
        const auto state = [&](ServiceId service, bool halted) {
            if (heard_[service.index]) heard_[service.index]->view.halted = halted;
        };
        if (const auto* halt = std::get_if<Halt>(&command)) state(halt->service, true);
        if (const auto* resume = std::get_if<Resume>(&command)) state(resume->service, false);
        if (const auto* promote = std::get_if<Promote>(&command))
            if (auto& it = heard_[promote->service.index]) {
                ++it->stage;
                it->reached.reset();
                it->view.state = "promoted at " + plain_clock(at);
            }
    }
    void hear(const Occurrence& it) {
        if (const auto* in = std::get_if<Entered>(&it.fact)) entered_[in->build.index] = in->plan;
        if (const auto* out = std::get_if<Released>(&it.fact)) release(*out);
        if (const auto* stage = std::get_if<StageReached>(&it.fact))
            reach(stage->service, it.at,
                  "ready for " + percent_text(stage->of_users) + " of users");
        if (const auto* moved = std::get_if<NameMoved>(&it.fact))
            reach(moved->service, it.at, "named stable");
        if (const auto* judged = std::get_if<BuildJudged>(&it.fact)) judge(it, *judged);
        if (const auto* done = std::get_if<TookEffect>(&it.fact)) take_effect(it.at, done->command);
        if (const auto* end = std::get_if<RolloutEnded>(&it.fact))
            if (auto& here = heard_[end->service.index]) {
                here->view.under_way = here->view.halted = false;
                here->view.build = build_name(end->build);
                here->view.state = "everywhere";
            }
        if (const auto* slow = std::get_if<RolloutSlow>(&it.fact))
            if (auto& here = heard_[slow->service.index]) here->view.state = "makes no progress";
        if (const auto* failed = std::get_if<PullFailed>(&it.fact))
            if (auto& here = heard_[failed->service.index])
                here->view.state = "the registry has no image of it";
        if (const auto* synced = std::get_if<Synced>(&it.fact))
            begin(synced->service, build_name(synced->build)).view.state =
                "back to what the repository says";
    }
    void fill_stages(Heard& it) const {
        if (it.plan == nullptr) return;
        const std::vector<ShopStage>& stages = it.plan->stages;
        for (std::size_t n = 0; n < stages.size(); ++n) {
            StageRow row{stages[n].name, stages[n].gate};
            if (!it.view.under_way || n < it.stage) row.state = StepState::done;
            if (it.view.under_way && n == it.stage) row.state = stage_now(it, stages[n], row);
            // It said that it has what it asked for: the next one has begun, whoever saw it.
            if (it.view.under_way && n == it.stage + 1 && n > 0 &&
                it.view.stages.back().state == StepState::done)
                row.state = StepState::now;
            it.view.stages.push_back(std::move(row));
        }
    }
    StepState stage_now(const Heard& it, const ShopStage& stage, StageRow& row) const {
        if (!it.view.verdicts.empty() && it.view.verdicts.back().mark == Mark::alert &&
            it.reached && it.view.verdicts.back().at >= *it.reached)
            return StepState::failed;
        if (!it.reached) return StepState::now;
        const SimTime soaked = *it.reached + stage.soak;
        if (soaked > view_->now()) {
            row.soak_left = soaked - view_->now();
            return StepState::now;
        }
        const bool on = !it.view.halted && (stage.gate.empty() || it.judged);
        return on ? StepState::done : StepState::now;
    }

    const FactView* view_;
    const KnownShop* shop_;
    std::vector<std::optional<Heard>> heard_;
    std::map<std::uint32_t, PlanId> entered_;  // By build.
};

class Deliveries {
public:
    Deliveries(const FactView& view, const KnownShop& shop) : view_(&view), shop_(&shop) {
        for (const Occurrence& it : view.facts()) hear(it);
        for (DeliveryView& it : all_) mark_step(it);
        std::ranges::reverse(all_);
    }
    std::vector<DeliveryView> take() { return std::move(all_); }

private:
    DeliveryView& begin(const Occurrence& it, ServiceId service, BuildId build) {
        const Names& names = view_->names();
        all_.push_back({.service = names.services[service.index],
                        .build = names.builds[build.index],
                        .entered = it.at});
        return all_.back();
    }
    DeliveryView* latest(ServiceId service, BuildId build) {
        const Names& names = view_->names();
        for (auto it = all_.rbegin(); it != all_.rend(); ++it)
            if (it->service == names.services[service.index] &&
                it->build == names.builds[build.index] && !it->out)
                return &*it;
        return nullptr;
    }
    void end_step(DeliveryView& it, const Occurrence& told, const TrialEnded& trial) const {
        const std::string stage = choices_of(trial_names)[static_cast<std::size_t>(trial.stage)];
        const auto step = std::ranges::find_if(it.steps, [&](const DeliveryStep& has) {
            return has.name == stage && has.state != StepState::done &&
                   has.state != StepState::skipped;
        });
        it.red = trial.result == TrialResult::failed;
        it.waits = false;
        it.state = it.red ? "red at " + stage : "";
        if (step == it.steps.end()) return;
        step->state = trial.result == TrialResult::passed   ? StepState::done
                      : trial.result == TrialResult::failed ? StepState::failed
                                                            : StepState::skipped;
        // Behind "shop: build 1.1, unit passed" stands what it measured.
        const std::string line = headline(told, view_->names());
        const std::size_t found = line.find('=');
        if (found != std::string::npos) step->note = line.substr(line.rfind(' ', found) + 1);
    }
    void hear(const Occurrence& it) {
        if (const auto* in = std::get_if<Entered>(&it.fact)) {
            DeliveryView& fresh = begin(it, in->service, in->build);
            fresh.plan = view_->names().plans[in->plan.index];
            for (const TrialKind kind : shop_->plans[in->plan.index].trials)
                fresh.steps.push_back(
                    {choices_of(trial_names)[static_cast<std::size_t>(kind)], ""});
        }
        if (const auto* held = std::get_if<Held>(&it.fact))
            begin(it, held->service, held->build).state = "held: the service is frozen";
        if (const auto* trial = std::get_if<TrialEnded>(&it.fact))
            if (DeliveryView* of = latest(trial->service, trial->build)) end_step(*of, it, *trial);
        if (const auto* waits = std::get_if<Waits>(&it.fact))
            if (DeliveryView* of = latest(waits->service, waits->build)) {
                static constexpr std::array words{"an approval", "a green main", "the environment"};
                of->waits = true;
                of->state =
                    std::string{"waits for "} + words[static_cast<std::size_t>(waits->waits_for)];
            }
        if (const auto* out = std::get_if<Released>(&it.fact))
            if (DeliveryView* of = latest(out->service, out->build)) {
                of->out = true;
                of->red = of->waits = false;
                of->state = "went out at " + plain_clock(it.at);
            }
    }
    static void mark_step(DeliveryView& it) {
        if (it.out || it.red || it.waits) return;
        const auto next = std::ranges::find(it.steps, StepState::ahead, &DeliveryStep::state);
        if (next == it.steps.end()) return;
        next->state = StepState::now;
        if (it.state.empty()) it.state = "at " + next->name;
    }

    const FactView* view_;
    const KnownShop* shop_;
    std::vector<DeliveryView> all_;
};

std::vector<EnvironmentView> environments_of(const FactView& view, const KnownShop& shop) {
    std::vector<EnvironmentView> all;
    for (std::uint32_t e = 0; e < shop.environments.size(); ++e)
        all.push_back({.environment = {e},
                       .name = view.names().environments[e],
                       .age = shop.environments[e].age + (view.now() - SimTime{})});
    for (const Occurrence& it : view.facts()) {
        if (const auto* differs = std::get_if<Differs>(&it.fact)) {
            EnvironmentView& of = all[differs->environment.index];
            of.looked = true;
            if (std::ranges::find(of.differences, it.words) == of.differences.end())
                of.differences.push_back(it.words);
        }
        if (const auto* fresh = std::get_if<Refreshed>(&it.fact)) {
            EnvironmentView& of = all[fresh->environment.index];
            of.age = view.now() - it.at;
            of.differences.clear();
        }
        const auto* looked = std::get_if<Inspected>(&it.fact);
        if (looked != nullptr && looked->by == Angle::environment)
            for (EnvironmentView& of : all) of.looked = true;
    }
    return all;
}

std::string rule_text(SettingId setting, const Rule& rule, const Names& names) {
    const std::string whole_order = command_text(SetFlag{setting, rule}, names);
    const std::string without = command_text(SetFlag{setting, {}}, names);
    const std::string order = without.substr(0, without.size() - std::string{"off"}.size());
    return whole_order.substr(order.size());
}

// Settings as facts tell of them, with what could be taken back.
class Settings {
public:
    Settings(const FactView& view, const KnownShop& shop) {
        for (std::uint32_t f = 0; f < shop.flags.size(); ++f) {
            rules_.push_back(shop.flags[f].initially);
            flags_.push_back(
                {.setting = {f}, .name = view.names().settings[f], .age = shop.flags[f].age});
            if (f < view.names().owners.size()) flags_.back().owner = view.names().owners[f];
        }
        for (const Occurrence& it : view.facts()) hear(it);
        for (FlagView& it : flags_) {
            it.value = rule_text(it.setting, rules_[it.setting.index], view.names());
            const auto& expires = shop.flags[it.setting.index].expires;
            it.age = it.changed ? view.now() - *it.changed : it.age + (view.now() - SimTime{});
            it.expired |= expires && !it.changed && it.age >= *expires;
        }
    }
    std::vector<FlagView> take() { return std::move(flags_); }

private:
    struct Change {
        SimTime at;
        std::vector<std::pair<SettingId, Rule>> before;
    };
    void set(SettingId setting, const Rule& rule, SimTime at, const char* by) {
        if (changes_.empty() || changes_.back().at != at) changes_.push_back({at, {}});
        changes_.back().before.emplace_back(setting, rules_[setting.index]);
        change(setting, rule, at, by);
    }
    void change(SettingId setting, const Rule& rule, SimTime at, const char* by) {
        rules_[setting.index] = rule;
        flags_[setting.index].changed = at;
        flags_[setting.index].changed_by = by;
    }
    void revert(const RevertConfig& order, SimTime at) {
        for (std::size_t n = changes_.size(); n-- > 0;) {
            auto& before = changes_[n].before;
            std::vector<std::pair<SettingId, Rule>> back;
            for (const auto& it : before)
                if (!order.setting || it.first == *order.setting) back.push_back(it);
            if (back.empty()) continue;
            for (const auto& [setting, rule] : back) change(setting, rule, at, "taken back");
            std::erase_if(before, [&](const auto& it) {
                return !order.setting || it.first == *order.setting;
            });
            if (before.empty()) changes_.erase(changes_.begin() + static_cast<std::ptrdiff_t>(n));
            return;
        }
    }
    void hear(const Occurrence& it) {
        if (const auto* changed = std::get_if<FlagChanged>(&it.fact))
            set(changed->setting, changed->rule, it.at, "somebody else");
        if (const auto* expired = std::get_if<FlagExpired>(&it.fact))
            flags_[expired->setting.index].expired = true;
        const auto* done = std::get_if<TookEffect>(&it.fact);
        if (done == nullptr) return;
        if (const auto* order = std::get_if<SetFlag>(&done->command))
            set(order->setting, order->rule, it.at, "an order");
        if (const auto* order = std::get_if<RevertConfig>(&done->command)) revert(*order, it.at);
    }

    std::vector<Rule> rules_;
    std::vector<FlagView> flags_;
    std::vector<Change> changes_;
};

}  // namespace

std::vector<RolloutView> rollouts_of(const FactView& view, const KnownShop& shop) {
    return Rollouts{view, shop}.take();
}

std::vector<FlagView> flags_of(const FactView& view, const KnownShop& shop) {
    return Settings{view, shop}.take();
}

PipelineView pipeline_of(const FactView& view, const KnownShop& shop) {
    PipelineView pipeline{Deliveries{view, shop}.take(), environments_of(view, shop), {}, {}};
    std::map<std::uint32_t, bool> frozen;
    std::map<std::pair<std::uint32_t, TrialKind>, std::string> quarantined;
    for (const Occurrence& it : view.facts()) {
        const auto* done = std::get_if<TookEffect>(&it.fact);
        const auto* freeze = done ? std::get_if<Freeze>(&done->command) : nullptr;
        if (freeze != nullptr) frozen[freeze->service.index] = freeze->frozen;
        if (const auto* tests = std::get_if<Quarantined>(&it.fact))
            quarantined[{tests->service.index, tests->stage}] = headline(it, view.names());
    }
    for (const auto& [service, is] : frozen)
        if (is) pipeline.frozen.push_back(view.names().services[service]);
    for (const auto& [where, text] : quarantined) pipeline.quarantined.push_back(text);
    return pipeline;
}

std::vector<BuildId> known_builds(const FactView& view, const KnownShop& shop, ServiceId service) {
    std::vector<BuildId> builds{shop.services[service.index].first_build};
    for (const Occurrence& it : view.facts()) {
        const Form& form = fact_forms()[it.fact.index()];
        const Numbers held = numbers(it.fact);
        for (std::size_t i = 0; i < form.slots.size(); ++i) {
            if (form.slots[i].type != SlotType::build || held[i] < 0) continue;
            const BuildId build{static_cast<std::uint32_t>(held[i])};
            if (view.names().build_of[build.index] == service &&
                std::ranges::find(builds, build) == builds.end())
                builds.push_back(build);
        }
    }
    return builds;
}

}  // namespace rollcage
