// How often a deploy fails by policy: how many changes go out at once, and who has them first.
#include <catch2/catch.hpp>

#include "sim/world/batch.h"
#include "sim/world/sieve.h"
#include "tests/measured.h"
#include "tests/one_service.h"

using namespace rollcage;

namespace {

// A shop that has what drawn defects hang on; a build goes out after ten minutes.
Blueprint shop_by(const std::string& plan) {
    const auto scenario = load_scenario({{"t.lua", R"(
local drill = scenario { title = "t", lasts = "2h", judged_after = "0s", tick = "1s" }
local orders = drill.store { "orders", records = 100000 }
local staff = drill.cohort { "staff", users = 300, timeout = "4s", writes = 0.2, ring = "internal" }
local users = drill.cohort { "users", users = 6000, timeout = "4s", writes = 0.2 }
local behind = drill.service { "behind", instances = 8, slots = 8 }
local shop = drill.service { "shop", serves = { staff, users }, uses = { orders }, instances = 12,
  slots = 8, calls = { { service = behind } }, version = "1.0.0" }
drill.flag { "teal" }
drill.plan "usual" { )" + plan + R"( }
drill.at("10m", release(drill.build { "1.1.0", of = shop, change { "x" } }, "usual"))
)"}},
                                        seeded(1));
    if (!scenario) FAIL(scenario.error().message);
    return *scenario->blueprint;
}

// What a chain of stages with the documented defaults leaves of a batch: what it finds is mended.
std::vector<Change> tested(const Blueprint& world, std::vector<Change> batch, const Draw& draw) {
    using K = TrialKind;
    constexpr K chain[] = {K::unit,        K::contract, K::integration,
                           K::performance, K::smoke,    K::staging};
    const ServiceId of{1};
    for (Change& change : batch) {
        std::vector<Defect> left;
        for (std::uint32_t i = 0; i < change.hides.size(); ++i) {
            bool any = false;
            for (std::uint32_t stage = 0; stage < std::size(chain); ++stage) {
                Trial trial = usual_trial(chain[stage]);
                if (trial.kind == K::staging) trial.soak = minutes(60);
                any |= exposes(trial, {&change, i, 512, time_on_calls(world, of)}, {1, stage, 0},
                               draw);
            }
            if (!any) left.push_back(change.hides[i]);
        }
        change.hides = left;
    }
    return batch;
}

struct Failed {  // Of deploys: taken back at all, or once everybody had them.
    double by_ledger = 0, beyond_ring = 0;
};

// Deploys of so many changes each, one a day; somebody rolls back whatever rings.
Failed failed_by(const std::string& plan, std::int64_t least, std::int64_t most, int days) {
    const Blueprint declared = shop_by(plan);
    Failed sum;
    for (int i = 0; i < days; ++i) {
        const auto seed = static_cast<std::uint64_t>(i) + 1;
        const Draw draw{seed};
        const Habits habits{.count = least + i % (most - least + 1)};
        Blueprint world = declared;
        world.builds.back().changes = tested(world, drawn_batch(world, {1}, habits, 0, draw), draw);
        Day day = start_day(sound(world), seed, BuiltIn::rollback);
        play_until(day, day_end(day));
        const bool failed = outcome(day).change_fail_share.value_or(0) > 0;
        bool everywhere = false;
        for (const Occurrence& it : told<StageReached>(day)) {
            const auto& stage = std::get<StageReached>(it.fact);
            everywhere |= stage.build != BuildId{1} && stage.of_users == whole;
        }
        sum.by_ledger += failed;
        sum.beyond_ring += failed && everywhere;
    }
    return {sum.by_ledger / days, sum.beyond_ring / days};
}

}  // namespace

TEST_CASE("small batches behind a ring fail seldom, a month at once always", "[measured][slow]") {
    const Failed trunk = failed_by(
        "ring \"internal\" { soak = \"30m\", gate = no_worse_than_baseline, on_fail = "
        "\"rollback\" }, everyone {}",
        1, 3, 200);
    const Failed month = failed_by("everyone {}", 120, 120, 30);
    // Row 26 of the validation table wants some .05 and .40, in bands of .02 to .10 and .30 to .60.
    // The documented defaults miss both: a change hides .6 defects before any test, four in a
    // thousand lines, so 120 of them leave ten after all tests; docs/MODEL.md says so.
    CHECK(trunk.by_ledger == Approx(.20).margin(.085));  // Three standard errors.
    CHECK(trunk.beyond_ring < .04);
    CHECK(month.by_ledger > .95);
    measured("deploys that fail: one to three changes, a ring first", "DORA 2024", .05,
             "missed: .02 to .10", trunk.by_ledger);
    measured("deploys that fail beyond the ring: one to three changes", "DORA 2024", .05,
             "missed: .02 to .10", trunk.beyond_ring);
    measured("deploys that fail: 120 changes, everybody at once", "DORA 2024", .40,
             "missed: .30 to .60", month.by_ledger);
}
