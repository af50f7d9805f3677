// One shop whose release leaves records in a new form behind; tests vary it as a scenario's author.
// Leans on the language, so that what a test says is what a user could say.
// Times are since the start; `order` must be one that can be carried out.
#pragma once

#include <catch2/catch.hpp>

#include "scenarios/host/scenario.h"
#include "tests/story.h"

namespace rollcage {

// Sixteen instances; at 60 s a build goes out whose writer of a new form is behind a flag.
struct Shop {
    std::string old_reader = "rejects", stage = "everyone {}", defect = "rate = 0", fixed = "";
    std::string store = "kind = \"table\", records = 100000", more = "";
    double load = .2, writes = .3, inserts = .5;
    int attempts = 3;
    std::string schema = "";  // Empty: a new enum value.

    std::string text() const {
        const std::string change =
            schema.empty()
                ? "new_enum_value { store = orders, old_reader = \"" + old_reader + "\" }"
                : schema;
        return R"(
local drill = scenario { title = "t", lasts = "2h", judged_after = "0s" }
local orders = drill.store { "orders", )" +
               store + R"( }
local shoppers = drill.cohort { "shoppers", users = )" +
               std::to_string(static_cast<int>(load * 16 * 5 / .05 * 30)) +
               ", requests_per_minute = 2, writes = " + std::to_string(writes) +
               ", inserts = " + std::to_string(inserts) +
               ", attempts = " + std::to_string(attempts) + R"( }
local shop = drill.service { "shop", serves = shoppers, uses = { orders }, instances = 16,
  slots = 5, version = "1.0" }
local teal = drill.flag { "teal", initially = on }
local new = drill.build { "1.1", of = shop, change { "teal orders", behind = teal, schema = )" +
               change + R"(, hides = defect { )" + defect + R"( } } }
drill.build { "1.2", of = shop, after = new }
)" + fixed + R"(
drill.plan "usual" { )" +
               stage + R"( }
drill.at("60s", release(new, "usual"))
)" + more;
    }
};

inline Choices seeded(std::uint64_t seed) {
    Choices choices;
    choices.seed = seed;
    return choices;
}

inline Day begun(const Shop& shop, std::uint64_t seed = 1) {
    const auto scenario = load_scenario({{"shop.lua", shop.text()}}, seeded(seed));
    if (!scenario) FAIL(scenario.error().message);
    return start_day(scenario->blueprint, seed);
}

inline void order(Day& day, Duration at, const std::string& text) {
    to(day, at);
    const auto command = parse_command(text, day.world.plan->names);
    if (!command) FAIL(command.error().message);
    REQUIRE_FALSE(refusal(day.world, *command));
    submit(day, *command);
}

}  // namespace rollcage
