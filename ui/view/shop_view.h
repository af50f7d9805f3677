// What everybody in a team knows of its own shop before the day: goals, who calls whom, plans.
// Leans on words; it is copied out of the declared world once, and nothing that is hidden comes
// along. Whatever a panel of the desk says besides follows from a FactView.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/words/fact_view.h"
#include "sim/world/schema.h"

namespace rollcage {

struct Blueprint;

struct ShopService {
    Share goal{}, spent{};  // Spent: of thirty days' error budget, at the start.
    Duration latency_goal{};
    std::int64_t instances = 1, slots = 1, zones = 1;
    std::vector<RegionId> regions{};
    std::vector<ServiceId> calls{};
    std::vector<StoreId> uses{};
    BuildId first_build{};
    bool in_repository = false;  // That says what is to be there.
    // Requests that users make between two scrapes on a day like any; 0: it has no users.
    std::int64_t usual = 0;
};
struct ShopStage {
    std::string name{}, gate{};  // "canary for 5%"; "errors at most 1%", empty: nothing is asked.
    Share of_users{};
    Duration soak{};
};
struct ShopPlan {
    std::vector<TrialKind> trials{};
    std::vector<ShopStage> stages{};
};
struct ShopFlag {
    Rule initially{};
    Duration age{};                     // At the start, since it was last changed.
    std::optional<Duration> expires{};  // At this age.
};
struct ShopStore {
    StoreKind kind = StoreKind::table;
    std::int64_t replicas = 0;
    bool backups = false;
};
struct ShopEnvironment {
    Duration age{};  // At the start, since it was last like production.
};
struct ShopTools {
    std::optional<ServiceId> dashboards{}, flags{}, registry{}, deploys{};
};
struct KnownShop {
    std::string title{}, briefing{};
    std::vector<ShopService> services{};
    std::vector<ShopPlan> plans{};
    std::vector<ShopFlag> flags{};
    std::vector<ShopStore> stores{};
    std::vector<ShopEnvironment> environments{};
    ShopTools tools{};
    Duration lasts{}, judged_after{};
    std::vector<std::pair<std::string, std::string>>
        seats{};  // And what is told to who sits there.
};
struct Scenario;
KnownShop shop_of(const Scenario& scenario);

const char* name(StoreKind kind);

}  // namespace rollcage
