// What a store is, and what one build makes of what another wrote: derived from the kind of change,
// never filled in. Leans on ids and share. A schema change's reader ships with the build; its
// writer is behind the change's flag where there is one (decision 23).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "sim/base/ids.h"
#include "sim/base/share.h"
#include "sim/base/time.h"

namespace rollcage {

enum class Format : std::uint8_t { before, after, both };  // A, B, and a record that holds both.
enum class Health : std::uint8_t {
    sound,
    diverged,  // Holds both halves, and the new one is stale.
    damaged,
    doubled,  // A surplus copy, stored beside.
    hollow,   // The row is there; what it was to hold is gone and counted as lost.
};
inline constexpr std::size_t formats = 3, healths = 5;
const char* name(Format format);
const char* name(Health health);

enum class SchemaVerdict : std::uint8_t {
    native,    // Reads all it needs.
    tolerant,  // Reads, and preserves what it does not know.
    lossy,     // Reads, but what it writes back has lost the unknown part.
    reject,    // An error.
    misread,   // Reads it wrong, and writes the misunderstanding back.
};
const char* name(SchemaVerdict verdict);

enum class SchemaKind : std::uint8_t {
    add_optional,
    add_required,
    remove_optional,
    remove_required,
    rename_field,
    retype,
    new_enum_value,
    new_meaning,
};
const char* name(SchemaKind kind);
// An enum value or a meaning fits the column there is, and may be written at once.
bool needs_column(SchemaKind kind);

enum class StoreKind : std::uint8_t { table, topic, cache, session, jobs, effects };

inline constexpr std::int64_t receives_max = 10;   // Limit of Store::receives.
inline constexpr std::int64_t job_parts_max = 16;  // Limit of Store::parts.

struct Store {
    StoreKind kind = StoreKind::table;
    std::int64_t records = 0;    // At the start: sound, in the form before. A topic begins empty.
    Share hot{500'000};          // Of reads, those that hit what was written in the last hour.
    Share writes_back{300'000};  // Of reads that do not fail. default: design
    bool idempotent = true;      // A write that is tried again leaves one record.
    std::optional<Duration> lives{};  // Records expire; caches, sessions, topics (4 days).
    std::int64_t receives = 5;        // A topic sets a message aside after so many deliveries.
    // Jobs: mean length; the parts each has, a checkpoint after so many, and how many of them one
    // process runs at once. Each part sends so many effects. default: design
    Duration takes{600'000'000};
    std::int64_t parts = 10, checkpoint_every = 1, at_once = 10;
    std::optional<StoreId> sends{};
    std::int64_t sends_per_part = 1;
    bool event_log = false;  // What repair may draw from, besides a half kept and a backup.
    std::int64_t migrates_per_second = 1'000;  // default: gh-ost chunk, MODEL 4.4
    std::int64_t repairs_per_second = 500;     // default: MODEL 9
    // Copies (tables only). A replica applies each write after the primary has taken it.
    std::int64_t replicas = 0;
    std::int64_t applies_per_second = 20'000;  // What a replica keeps up with. default: design
    Share replica_reads = none;                // Of reads, those that ask a replica.
    Duration failover{60'000'000};  // Until a replica, or the old primary, serves. default: design
    // A base backup each day and the log of writes since: any minute within `keeps` can be
    // restored.
    bool backups = true;
    Duration keeps{86'400'000'000};  // default: design
    std::int64_t size_mb = 500'000;  // default: MODEL 4.5, as the next three
    std::int64_t restores_mb_per_second = 200;
    Duration cut_over{600'000'000};
    Share backup_good{950'000};            // Of attempts to restore. default: design, MODEL 4.5
    Duration last_backup{21'600'000'000};  // How old the base is at the start. default: design
    bool nightly = true;          // Tables and effects are reconciled at 03:00. default: MODEL 4.7
    Share login_work{4'000'000};  // Sessions: times the service's work, of a login. default: design
};

// What has the form: the records of a store, or what passes on the calls to a service. A caller
// writes requests and reads answers; the service that is called does the reverse.
enum class Carries : std::uint8_t { records, requests, answers };

struct SchemaChange {
    StoreId store;  // Whose records.
    SchemaKind kind = SchemaKind::add_optional;
    bool preserves_unknown = false;             // Old code keeps fields that it does not know.
    bool reads_both = true;                     // New code still reads the old form (re-encoding).
    std::optional<SchemaVerdict> old_reader{};  // An enum value: old code rejects or misreads it.
    Carries on = Carries::records;
    ServiceId of{};           // Whose requests or answers.
    bool sends_both = false;  // On a call new code sends the old form beside the new.

    bool is_on(StoreId of_store) const { return on == Carries::records && store == of_store; }
    bool is_on(ServiceId service, Carries what) const { return on == what && of == service; }
    friend bool operator==(const SchemaChange&, const SchemaChange&) = default;
};

// `knows`: the reader's build contains the change.
SchemaVerdict verdict(const SchemaChange& change, bool knows, Format format);

}  // namespace rollcage
