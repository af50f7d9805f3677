// What a change hides: what must hold for somebody to meet it, and what it does then.
// Leans on words and schema.h. Two closed little languages: atoms that all must hold, and harms.
// Nothing here is a probability of being noticed; that comes from where the harm shows.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "sim/words/rule.h"
#include "sim/world/schema.h"

namespace rollcage {

struct LoadAbove {  // Of the pool's slots, those at work are more than this.
    Share busy;
};
struct Concurrency {  // More requests than this are at work in an instance, in the mean.
    std::int64_t requests = 0;
};
struct SettingIs {  // For this user, in this process.
    SettingId setting;
    bool on = true;
};
enum class Trouble : std::uint8_t { slow, down, changed };
struct Dependency {  // A service that is called takes twice its time, fails, or is another build.
    ServiceId service;
    Trouble is = Trouble::slow;
};
struct CohortIs {
    Traits traits;
};
struct During {  // Since the start of the day; daily: since midnight, every day.
    Duration from, until;
    bool daily = false;
};
struct AgeAbove {  // Of the process.
    Duration age;
};
struct PeerIs {  // The other end of a call, or of the fleet, runs this build.
    BuildId build;
};
struct ReadsForm {  // The record that a request reads has this form.
    StoreId store;
    Format form = Format::after;
};
struct RowsLike {  // It has a shape that this part of the records has.
    StoreId store;
    Share rows;
};
struct Published {  // A vulnerability: from a day on somebody may use it, and somebody will.
    Duration at;
    double used_per_day = 0;
    std::uint32_t key = 0;  // Of its draw.
};
using Atom = std::variant<LoadAbove, Concurrency, SettingIs, Dependency, CohortIs, During, AgeAbove,
                          PeerIs, ReadsForm, RowsLike, Published>;

struct Defect {
    Share rate = whole;            // One in 1/rate requests meets it; a process meets it whole.
    Share slow = whole;            // Times the work; may exceed one.
    Share fails = none;            // Of those that meet it.
    Share amplifies = whole;       // Times the calls to other services; may exceed one.
    Share crashes_at_boot = none;  // Of process starts.
    double crashes_per_hour = 0;   // Of a process that runs.
    double leaks_mb_per_hour = 0;  // Of a process that runs, until its memory is full.
    StoreId store{};               // What the next four happen to.
    Share damages = none, drops = none, doubles = none;  // Of its writes.
    double repeats_per_s = 0;  // Each write leaves a job that goes on writing like this.
    std::vector<Atom> when{};  // All of them.

    bool writes_wrong() const {
        return damages > none || drops > none || doubles > none || repeats_per_s > 0;
    }
};

}  // namespace rollcage
