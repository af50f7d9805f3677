// Everything that remembers: table, topic, cache, session, job and effect log are one store with
// other parameters. Leans on schema.h and the samplers; knows no service, build or scenario.
// Populations by form and health, never rows; every record that was accepted is accounted for.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "sim/base/digest.h"
#include "sim/base/share.h"
#include "sim/base/time.h"
#include "sim/words/facts.h"
#include "sim/world/lane.h"
#include "sim/world/schema.h"

namespace rollcage {

using Population = std::array<std::array<std::int64_t, healths>, formats>;

// accepted = sound + diverged + damaged + lost + retired + dead_lettered + stranded + orphaned +
// finished, where sound etc. are what is stored. Hollow rows (within lost) and surplus copies are
// stored beside: copies = doubled + copies_gone.
struct StoreAccounts {
    std::int64_t accepted = 0, lost = 0, retired = 0, dead_lettered = 0, stranded = 0, orphaned = 0;
    std::int64_t finished = 0;  // Jobs done, messages consumed.
    std::int64_t copies = 0, copies_gone = 0;
    std::int64_t rejected = 0;         // Reads that met a form they cannot read.
    std::int64_t rejected_writes = 0;  // Of a form that cannot be stored, or onto one unreadable.
    std::int64_t misses = 0;  // Reads of what a cache does not hold, or by who has no session.
    std::int64_t repaired = 0, logged_out = 0, redelivered = 0;
    std::int64_t updated = 0;      // Accepted writes onto rows that were there.
    std::int64_t undone = 0;       // Accepted writes that a restore or a fail-back took back.
    std::int64_t stale_reads = 0;  // Of a replica that had not applied the row's last write.
    std::int64_t by_hand = 0;      // Rows that repair tried and left to people.
    // How rows came to be damaged: at birth; by an accepted update; by no write of a user's own.
    std::int64_t born_damaged = 0, overwritten = 0, spoiled = 0;
};

// What the replica has not applied, by the cell it was written into. A row that is written twice is
// two rows of lag.
struct Lag {
    Population inserted{}, updated{};
    std::int64_t converted = 0;  // By backfill, or its reverse.
};

struct StoreState {
    Population stored{}, recent{};  // Recent: written in the last hour, within stored.
    StoreAccounts accounts;
    SchemaPhase phase = SchemaPhase::single;
    bool migrating_down = false;
    std::int64_t replicas = 0;  // That stand by and follow.
    Lag lag;
    Share applies = whole;           // Of its rate, what a replica applies now.
    bool cut_off = false;            // The primary is lost: what it has not shipped stays there.
    std::int64_t asked_replica = 0;  // Reads since the last second.
    // Updates that a row met so far, in the mean and in 1e-11; a recent row met the second besides.
    std::int64_t met_any = 0, met_recent = 0;
    std::int64_t beyond_repair = 0;  // Tried and not rebuilt; within damaged.
    std::int64_t lost_for_good = 0;  // The same within lost.
    bool paused = false;             // Consumers of a topic, runners of jobs.
    // Messages by how often they were handed out and rejected; the first stands for none and is 0.
    std::array<std::array<std::int64_t, receives_max>, formats> handed_out{};
};

// `written_last_hour`: how many records the hour before the start wrote; hot reads go to those.
StoreState start_store(const Store& declared, std::int64_t written_last_hour = 0);

// What one pool's processes did to a store in one second: every read, and the writes that its users
// were told are good.
struct Visit {
    bool knows = false;       // Reader of the new form.
    double writes_after = 0;  // Of its writes, those in the new form.
    std::int64_t reads = 0, inserts = 0, updates = 0;
    std::int64_t retried = 0;  // Writes committed though their client had left and tried again.
    std::int64_t repeats = 0;  // Written by jobs that go on, whoever asked for them.
    double damages = 0, drops = 0, doubles = 0;  // Shares of its writes that come out so.
};

// Of reads, those that fail: they find a form that the reader rejects. A topic, cache, session or
// job store fails no request so (redelivery, miss, log-out, orphan).
double rejected_share(const StoreState& state, const Store& declared, const SchemaChange* change,
                      bool knows);
// The form in which a write of the new (`after`) or old form is stored; none: it is rejected.
std::optional<Format> form_stored(const Store& declared, const SchemaChange* change,
                                  SchemaPhase phase, bool after);

// All randomness by `dice(Purpose::stores, ordinal)`; `first` begins a range of visit_ordinals and
// is below 0x30000, where those of the store itself begin.
inline constexpr std::uint32_t visit_ordinals = 512;
void visit(StoreState& state, const Store& declared, const SchemaChange* change, const Visit& visit,
           std::uint32_t first, Dice& dice);
// One second passes: what is recent ages (1 h), records expire, backfill or its reverse moves
// rows, the replica catches up.
void pass_second(StoreState& state, const Store& declared, const SchemaChange* change, Dice& dice);

// One step of the column's way, up or down. Says why not instead, where it cannot be done. Nothing
// stops a contraction while records are `before`: their rows stay and what they held is lost.
std::optional<std::string> migrate(StoreState& state, const Store& declared,
                                   const SchemaChange* change, bool down);
// Of reads, those that hit a damaged record: its reader is misled (decision 23).
double misled_share(const StoreState& state, const Store& declared);
// Of a cache's reads, those that find nothing they can read.
double missed_share(const StoreState& state, const Store& declared, const SchemaChange* change,
                    bool knows);
std::int64_t lag_rows(const StoreState& state);  // Accepted, and not applied at the replica.
std::int64_t applied_per_second(const StoreState& state, const Store& declared);

// How many records cannot be read, in the mean over the readers: share_knows of them know the form.
double unreadable(const StoreState& state, const SchemaChange* change, double share_knows);

void check_conserved(const StoreState& state);
void fold(const StoreState& state, Digest& digest);

}  // namespace rollcage
