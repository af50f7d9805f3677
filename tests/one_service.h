// A day of one small service whose plans a test declares, and what was told of them.
// Leans on shop.h.
// Twelve hours at two requests a second: whoever looks at plans need not wait for traffic.
#pragma once

#include "tests/shop.h"

namespace rollcage {

// Of one service: what is declared besides, and what happens.
inline Day one_service(const std::string& more, std::uint64_t seed = 1) {
    const std::string text = R"(
local drill = scenario { title = "t", lasts = "12h", judged_after = "0s", tick = "1s" }
local orders = drill.store { "orders", records = 1000 }
local users = drill.cohort { "users", users = 60, timeout = "4s", writes = 0.5, inserts = 0.5 }
local shop = drill.service { "shop", serves = users, uses = { orders }, instances = 4,
  version = "1.0" }
local teal = drill.flag { "teal", initially = on }
)" + more;
    const auto scenario = load_scenario({{"t.lua", text}}, seeded(seed));
    if (!scenario) FAIL(scenario.error().message);
    return start_day(scenario->blueprint, seed);
}

inline std::string refused(const Day& day, const std::string& text) {
    const auto command = parse_command(text, day.world.plan->names);
    if (!command) FAIL(command.error().message);
    return refusal(day.world, *command).value_or("");
}

inline std::vector<std::string> stages_of(const Day& day) {  // "unit passed", in order.
    std::vector<std::string> all;
    for (const Occurrence& it : told<TrialEnded>(day)) {
        const auto& end = std::get<TrialEnded>(it.fact);
        all.push_back(choices_of(trial_names)[static_cast<std::size_t>(end.stage)] +
                      (end.result == TrialResult::passed   ? " passed"
                       : end.result == TrialResult::failed ? " failed"
                                                           : " skipped"));
    }
    return all;
}

constexpr Duration minutes(std::int64_t count) {
    return {count * 60'000'000};
}

}  // namespace rollcage
