#include "ui/view/shop_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/host/scenario.h"
#include "sim/world/world.h"

namespace rollcage {
namespace {

std::string measure_text(Judged measure, std::int64_t most) {
    switch (measure) {
        case Judged::error_share_ppm:
            return fmt::format("errors at most {:g}%", static_cast<double>(most) / 1e4);
        case Judged::latency_p50_us:
        case Judged::latency_p95_us:
        case Judged::latency_p99_us: {
            static constexpr std::array parts{"p50", "p95", "p99"};
            const auto which = static_cast<std::size_t>(measure) -
                               static_cast<std::size_t>(Judged::latency_p50_us);
            return fmt::format("{} at most {:g} ms", parts[which], static_cast<double>(most) / 1e3);
        }
        case Judged::busy_ppm:
            return fmt::format("busy at most {:g}%", static_cast<double>(most) / 1e4);
        case Judged::queue: return fmt::format("at most {} waiting", most);
        case Judged::restarts: return fmt::format("at most {} restarts", most);
    }
    return "";
}

std::string gate_text(const Gate& gate) {
    std::string text = gate.no_worse ? "no worse than what was there" : "";
    for (const Limit& it : gate.limits)
        text += (text.empty() ? "" : ", ") + measure_text(it.measure, it.most);
    return text + (gate.on_fail == OnFail::halt ? "; else halt" : "; else roll back");
}

std::string stage_name(const Blueprint& plan, const Stage& stage) {
    std::string text;
    switch (stage.kind) {
        case StageKind::everyone: text = "everyone"; break;
        case StageKind::canary:
            text = fmt::format("canary for {:g}%", 100 * stage.share.value());
            break;
        case StageKind::blue_green: text = "blue-green"; break;
        case StageKind::recreate: text = "recreate"; break;
        case StageKind::by_hand: text = "by hand"; break;
        case StageKind::mark_stable: text = "named stable"; break;
    }
    std::vector<std::string> whom;
    for (const CohortId it : stage.audience) whom.push_back(plan.names.cohorts[it.index]);
    for (const RegionId it : stage.regions)
        if (it.index < plan.names.regions.size()) whom.push_back(plan.names.regions[it.index]);
    if (!whom.empty()) text += " (" + listed(whom) + ")";
    return text;
}

ShopPlan plan_of(const Blueprint& world, const Plan& plan) {
    ShopPlan shown;
    for (const Trial& it : plan.trials) shown.trials.push_back(it.kind);
    for (const Stage& it : plan.stages)
        shown.stages.push_back({stage_name(world, it), it.gate ? gate_text(*it.gate) : "",
                                it.kind == StageKind::canary ? it.share : whole, it.soak});
    return shown;
}

ShopService service_of(const Blueprint& world, std::uint32_t s) {
    const Service& it = world.services[s];
    ShopService shown{.goal = it.goal,
                      .spent = it.spent,
                      .latency_goal = it.latency_goal,
                      .instances = it.instances,
                      .slots = it.slots,
                      .zones = it.zones,
                      .regions = it.regions,
                      .uses = it.uses,
                      .first_build = it.first_build,
                      .in_repository = it.synced.has_value()};
    for (const Call& call : it.calls)
        if (std::ranges::find(shown.calls, call.to) == shown.calls.end())
            shown.calls.push_back(call.to);
    for (const Cohort& cohort : world.cohorts)
        if (cohort.serves.index == s)
            shown.usual +=
                demand_per_minute_ppm(cohort, 0) * scrape_every.us / 60'000'000 / whole.ppm;
    return shown;
}

}  // namespace

KnownShop shop_of(const Scenario& scenario) {
    const Blueprint& world = *scenario.blueprint;
    KnownShop shop;
    shop.title = scenario.title.empty() ? scenario.name : scenario.title;
    shop.briefing = scenario.briefing;
    for (const Role& it : scenario.roles) shop.seats.emplace_back(it.name, it.brief);
    for (std::uint32_t s = 0; s < world.services.size(); ++s)
        shop.services.push_back(service_of(world, s));
    for (const Plan& it : world.plans) shop.plans.push_back(plan_of(world, it));
    for (const Setting& it : world.settings)
        shop.flags.push_back({it.initially, it.age, it.expires});
    for (const Store& it : world.stores) shop.stores.push_back({it.kind, it.replicas, it.backups});
    for (const Environment& it : world.environments) shop.environments.push_back({it.age});
    shop.tools = {world.tools.dashboards, world.tools.flags, world.tools.registry,
                  world.tools.deploys};
    shop.lasts = world.lasts, shop.judged_after = world.judged_after;
    return shop;
}

const char* name(StoreKind kind) {
    static constexpr std::array words{"table", "topic", "cache", "session", "jobs", "effects"};
    return words[static_cast<std::size_t>(kind)];
}

}  // namespace rollcage
