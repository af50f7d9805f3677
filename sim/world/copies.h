// What else holds a store's rows: replicas that follow, an old primary, backups of every minute.
// Leans on store.h. A failover, a fail-back and a restore take their time, and the store is down.
// Going back to an image loses what was accepted since; what was sent elsewhere stays sent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/world/store.h"

namespace rollcage {

// What a store held at an instant.
struct Image {
    SimTime at;
    Population stored{}, recent{};
    SchemaPhase phase = SchemaPhase::single;
    bool migrating_down = false;
    StoreAccounts accounts;
    std::int64_t met_any = 0, met_recent = 0;
};

// Who served before a failover, with the rows that nobody else has, until these are merged (repair)
// or thrown away (a restore in place, the next failover). Failing back throws away those since.
struct OldPrimary {
    Image image;                       // Its own rows, all of them.
    Population inserted{}, updated{};  // Stranded rows that nobody has tried to merge yet.
    SimTime back_at{};                 // Can be reached from then on.
    bool back = false;                 // And that was told.
};

// A backup that was restored beside the store, for repair to draw from.
struct Aside {
    Image image;
    std::int64_t put_right = 0, put_back = 0;  // Rows that repair took from it so far.
};

enum class CopyWork : std::uint8_t { failover, failback, restore, restore_aside };
struct CopyOrder {
    CopyWork what = CopyWork::failover;
    SimTime to{};  // Restores: the store as it was then.
};
struct UnderWay {
    CopyWork what = CopyWork::failover;
    SimTime until{};
    Image to{};  // Of a restore.
    bool good = true;
};
struct Reconciling {
    SimTime until{};
    std::int64_t damaged = 0, doubled = 0, diverged = 0;  // As it began.
};

struct Copies {
    std::vector<Image> backups;  // One a minute, oldest first.
    std::optional<OldPrimary> old;
    std::optional<Aside> aside;
    std::optional<UnderWay> work;
    std::optional<Reconciling> reconciling;
    std::optional<SimTime> lost_until;  // The primary cannot be reached.
    bool backups_bad = false;
    bool behind = false;        // The replica's lag was told.
    std::int64_t attempts = 0;  // To restore.
};

bool serves(const Copies& copies);  // Else every request that uses the store fails.
void lose_primary(StoreState& state, Copies& copies, SimTime now, Duration lasts);

// Nothing when it can begin now, else why not.
std::optional<std::string> refusal(const StoreState& state, const Copies& copies,
                                   const Store& declared, const CopyOrder& order, SimTime now);
// `die`: whether this attempt's backup can be restored.
void begin(Copies& copies, const Store& declared, const CopyOrder& order, SimTime now, Uniform die);
Duration takes(const Store& declared, const CopyOrder& order, bool good);
void begin_reconciling(const StoreState& state, Copies& copies, SimTime now);

// Once a minute; and once a second: what became known.
void keep_image(const StoreState& state, Copies& copies, const Store& declared, SimTime now);
std::vector<Fact> pass_second(StoreState& state, Copies& copies, const Store& declared, StoreId id,
                              SimTime now, Dice& dice);

// Rows that a source can rebuild become what they were, at the store's rate: from the half kept,
// the event log, a backup restored aside, an old primary. 2 % of them need hands. One second's
// worth; nothing tried means that nothing is left to try.
struct Repaired {
    std::int64_t tried = 0, rebuilt = 0;
};
Repaired repair_second(StoreState& state, Copies& copies, const Store& declared, SimTime now,
                       Dice& dice);

// Of the rows of an image, the chance that an accepted update has hit one since.
double updated_since(const StoreState& state, const Copies& copies, const Image& image, SimTime now,
                     bool recent);

void fold(const Copies& copies, Digest& digest);

}  // namespace rollcage
