// What a team knows of its own shop before anything happens: nothing hidden, nothing that changes.
// Leans on ids and commands.h. Most of it follows from the declared world; people are declared.
// An actor may ask this of its view; it is how one knows which switch belongs to what.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/share.h"
#include "sim/base/time.h"
#include "sim/words/commands.h"

namespace rollcage {

inline constexpr std::size_t commands_known = std::variant_size_v<Command>;

// When somebody is there, each day. One that ends before it begins goes over midnight.
struct Duty {
    Duration from{}, until{86'400'000'000};
};
inline constexpr std::int64_t responders_max = 20;

// Who answers, how fast they are, and what they have done before. Medians; default: MODEL 7.5
struct People {
    std::int64_t responders = 1;
    Duration acknowledges{180'000'000};  // From a page to hands on the keyboard.
    Duration triages{300'000'000};
    Duration decides{300'000'000};
    // How often each runbook was carried out in the last 90 days, by place among the commands.
    std::vector<std::int64_t> practised = std::vector<std::int64_t>(commands_known, 1);
    std::int64_t backup = 2;  // Who join, five to ten minutes after an incident is declared.
    // Of the first responders, who have names: when they approve. A page finds everybody.
    std::vector<Duty> rota{};
};

// What people are asked to say yes to.
struct Approval {
    std::uint32_t delivery = 0, step = 0;
    std::uint32_t approvers = 0;  // Of the responders, a bit each.
    Duration takes;
};

// A machine, or a colleague who acts like one, that decides by itself.
enum class WakesOn : std::uint8_t { any_alert, fast_burn, slow_burn, judge_fails, halted, never };
enum class MachineDoes : std::uint8_t { halt, rollback, resume, promote, refuse_rollback };
struct Automation {
    ServiceId service;
    WakesOn on = WakesOn::any_alert;
    MachineDoes does = MachineDoes::rollback;
    Duration after{15'000'000};  // About a scrape. default: MODEL 7.6
    bool authorised = true;      // Else whatever it orders is refused.
    bool person = false;         // Who was told leaves a decision alone.
};

struct KnownService {
    std::vector<StoreId> uses;
    std::vector<SettingId> flags;  // That some change of it is behind.
    bool released = false;         // Builds other than its first are declared for it.
    bool fixable = false;          // A hotfix can be made.
    bool two_sides = false;        // Some plan gives it a second side.
};
struct KnownStore {
    bool migrates = false, restores = false;
};
struct Known {
    std::vector<KnownService> services;
    std::vector<KnownStore> stores;
    bool settings = false;  // There are some.
    People people;
    std::vector<Automation> automations;  // Parallel to names.automations, from the third.
};

}  // namespace rollcage
