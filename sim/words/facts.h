// Everything that can become known as a discrete event, on one page.
// Leans on base and names.h. A fact carries no cause and names no hidden id.
// What is measured (counts, latencies) is not here but in the scrape columns of fact_view.h.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "sim/base/digest.h"
#include "sim/base/ids.h"
#include "sim/base/share.h"
#include "sim/base/time.h"
#include "sim/words/commands.h"
#include "sim/words/names.h"

namespace rollcage {

struct Released {
    BuildId build;
    Share of_users;
};
struct RolledBack {
    ServiceId service;
    BuildId to;
};
struct StageReached {
    ServiceId service;
    BuildId build;
    Share of_users;
};
struct RolloutEnded {
    ServiceId service;
    BuildId build;
};
struct RolloutSlow {  // The progress deadline passed; it only says so.
    ServiceId service;
    BuildId build;
};
enum class RolloutChange : std::uint8_t { halted, resumed, promoted, switched };
struct RolloutTurned {
    ServiceId service;
    RolloutChange change;
};
// Column steps, in order. Changes that need no column, and stores that are no table, stay `single`
// and may be written in the new form at once.
enum class SchemaPhase : std::uint8_t { single, expanded, dual_write, backfilled, contracted };
struct Migrated {
    StoreId store;
    SchemaPhase phase;
};
struct RepairBegun {
    StoreId store;
};
struct ConsumersTurned {
    StoreId store;
    bool paused;
};
struct ShedChanged {
    ServiceId service;
    Share share;
};
struct Scaled {
    ServiceId service;
    std::int64_t instances;
};
struct FlagChanged {
    SettingId setting;
    std::optional<Share> value;
};
// Multi-window burn rates of the availability goal, as the SRE workbook has them.
enum class AlertRule : std::uint8_t { fast_burn, slow_burn, ticket };
struct AlertFired {
    ServiceId service;
    AlertRule rule;
};
struct AlertCleared {
    ServiceId service;
    AlertRule rule;
};
struct Ordered {
    Command command;
};
struct Refused {
    Command command;
    std::string why;
};
using Fact = std::variant<Released, RolledBack, StageReached, RolloutEnded, RolloutSlow,
                          RolloutTurned, Migrated, RepairBegun, ConsumersTurned, ShedChanged,
                          Scaled, FlagChanged, AlertFired, AlertCleared, Ordered, Refused>;

struct Occurrence {
    SimTime at;  // When it became known.
    Fact fact;
};

const char* name(AlertRule rule);
const char* name(RolloutChange change);
const char* name(SchemaPhase phase);
void fold(const Fact& fact, Digest& digest);  // Every integer of it; names are no part of a day.
std::string headline(const Fact& fact, const Names& names);  // "checkout: fast burn alert fired"
std::string transcript_line(const Occurrence& it,
                            const Names& names);  // clock, two spaces, headline

}  // namespace rollcage
