// What a plan decides besides what its stages find: what builds are called, who approves, which
// tests stay aside, what its environments hold.
#include <catch2/catch.hpp>

#include "tests/one_service.h"

using namespace rollcage;

namespace {

// 1.1 goes out by a plan whose versions are named so; 1.2 an hour later, and is rolled back.
Day versions(const std::string& how, const std::string& back) {
    Day day = one_service("drill.plan \"usual\" { everyone {}, " + how + R"( }
drill.plan "sound" { everyone {} }
local v11 = drill.build { "1.1", of = shop, change { "x" } }
drill.at("1m", release(v11, "usual"))
drill.at("1h", release(drill.build { "1.2", of = shop, after = v11, change { "y" } }, "sound"))
)");
    to(day, minutes(50));
    CHECK(refused(day, "rollback shop to=1.0") ==
          (how.find("typed") == std::string::npos ? ""
                                                  : "that build serves already, or is on its way"));
    order(day, minutes(90), back);
    to(day, minutes(120));
    return day;
}

std::string serves(const Day& day) {
    return day.world.plan->names.builds[day.world.services[0].current.index];
}

}  // namespace

TEST_CASE("a rollback by a version that two builds have puts the one that went in last") {
    const std::string typed = "versions = \"typed\", mistyped = 1",
                      commits = "versions = \"commits\", mistyped = 1";
    CHECK(serves(versions(commits, "rollback shop to=1.0")) == "1.0");
    CHECK(serves(versions(typed, "rollback shop to=1.0")) == "1.1");
    CHECK(serves(versions(commits, "rollback shop name=stable")) == "1.0");
    CHECK(serves(versions(typed, "rollback shop name=stable")) == "1.1");
    CHECK(serves(versions(typed, "rollback shop")) == "1.1");  // Which was meant.
    const Day day = versions(typed, "rollback shop to=1.0");
    CHECK(std::get<RolloutEnded>(told<RolloutEnded>(day).back().fact).build == BuildId{1});
}

TEST_CASE("one version in a hundred that is typed is one that the service has had") {
    Day day = one_service(R"(drill.plan "usual" { everyone {} }
drill.build { "1.1", of = shop, change { "x" } })");
    const auto taken = [&](Share mistyped) {
        int sum = 0;
        for (std::uint64_t seed = 1; seed <= 40'000; ++seed) {
            day.world.draw = Draw{seed};
            day.world.registry.typed.clear();
            type_version(day.world, {1}, mistyped);
            sum += by_version(day.world, {0}) == BuildId{1};
        }
        return sum / 40'000.0;
    };
    CHECK(taken({10'000}) == Approx(.01).margin(.0015));
    CHECK(taken(none) == 0);
}
