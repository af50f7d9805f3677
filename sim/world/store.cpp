#include "sim/world/store.h"

#include <algorithm>

#include "sim/base/check.h"
#include "sim/base/maths.h"
#include "sim/world/rows.h"

namespace rollcage {

namespace {

struct Scene {
    StoreState& state;
    const Store& declared;
    const SchemaChange* change;
    const Visit& did;
    std::uint32_t first;
    Dice& dice;
    // Of its writes; a job that nobody has begun has no checkpoint, and so no form.
    double writes_after() const { return declared.kind == StoreKind::jobs ? 0 : did.writes_after; }
    std::int64_t some(std::uint32_t ordinal, std::int64_t count, double chance) const {
        return thin(dice, first + ordinal, count, chance);
    }
};

// Where each flow's draws begin; updates take eight a cell.
namespace from {
constexpr std::uint32_t updates = 0, foreign = 240, reads = 272, inserts = 280, retries = 290,
                        topic = 300, picks = 320, times = 420;
}
static_assert(from::times + formats * receives_max <= visit_ordinals && cells * 8 <= from::foreign);

bool may_be_damaged(Health health) {
    return health == Health::sound || health == Health::diverged;
}

bool appends_only(StoreKind kind) {
    return kind == StoreKind::topic || kind == StoreKind::jobs || kind == StoreKind::effects;
}

// What a reader makes of a form as the columns stand: old code finds its half dropped.
SchemaVerdict met(SchemaPhase phase, const SchemaChange* change, bool knows, Format format) {
    if (!change) return SchemaVerdict::native;
    if (phase == SchemaPhase::contracted && !knows) return SchemaVerdict::reject;
    return verdict(*change, knows, format);
}

double part(std::int64_t count, std::int64_t of) {
    return of > 0 ? static_cast<double>(count) / static_cast<double>(of) : 0;
}

// Of reads, those that hit a form which the reader rejects.
double share_rejected(const StoreState& state, const Store& declared, const SchemaChange* change,
                      bool knows) {
    if (change == nullptr) return 0;  // One form, which everybody reads.
    std::int64_t rows = 0, recent = 0;
    for (std::size_t form = 0; form < formats; ++form) {
        const auto format = static_cast<Format>(form);
        if (met(state.phase, change, knows, format) != SchemaVerdict::reject) continue;
        for (const std::int64_t count : state.recent[form]) recent += count;
        rows += rows_of(state, format);
    }
    return share_hit(state, declared, rows, recent);
}

// The chance that a row is hit at least once by so many reads or updates, by its age; and how often
// it is hit in the mean, a recent one by `more`.
struct Reach {
    double settled = 0, recent = 0, each = 0, more = 0;
    double of(Age age) const { return age == Age::recent ? recent : settled; }
};

double hit_at_least_once(double hits) {
    return 1 - e_to(-std::min(hits, 700.0));
}

Reach reach(const StoreState& state, const Store& declared, double hits) {
    const std::int64_t total = all_rows(state), recent_total = recent_rows(state);
    if (total == 0) return {};
    const double hot = recent_total > 0 ? declared.hot.value() : 0;
    const double each = hits * (1 - hot) / static_cast<double>(total);
    const double more = recent_total > 0 ? hits * hot / static_cast<double>(recent_total) : 0;
    return {hit_at_least_once(each), hit_at_least_once(each + more), each, more};
}

// Rejected by a store that answers all the same; returns the cache entries to be filled again.
std::int64_t turn_out(const Scene& scene, Cell cell, std::int64_t touched) {
    StoreAccounts& accounts = scene.state.accounts;
    switch (scene.declared.kind) {
        case StoreKind::cache: leave(scene.state, cell, touched, accounts.retired); return touched;
        case StoreKind::session:
            leave(scene.state, cell, touched, accounts.retired);
            accounts.logged_out += touched;
            return 0;
        case StoreKind::table:
        case StoreKind::topic:
        case StoreKind::jobs:
        case StoreKind::effects: break;
    }
    return 0;
}

// A reader that took a row for another writes back what it understood.
void write_back(const Scene& scene, Cell cell, SchemaVerdict v, std::int64_t count) {
    const Cell to{Format::before, v == SchemaVerdict::lossy ? Health::hollow : Health::damaged};
    move_rows(scene.state, cell, to, count);
    lag_behind(scene.state, &Lag::updated, to, count);
    if (v == SchemaVerdict::misread && may_be_damaged(cell.health))
        scene.state.accounts.spoiled += count;
}

// Reads that hit a form which is not the reader's own; returns the cache entries to be filled
// again.
std::int64_t read_foreign(const Scene& scene, std::int64_t hits) {
    if (!scene.change || hits == 0) return 0;  // Nothing is foreign, or nobody reads.
    const PerCell had = rows_by_cell(scene.state);
    const Visit& did = scene.did;
    const auto reads = static_cast<double>(hits);
    const Reach read = reach(scene.state, scene.declared, reads);
    const Reach written =
        reach(scene.state, scene.declared, reads * scene.declared.writes_back.value());
    std::int64_t to_fill = 0;
    for (std::size_t place = 0; place < cells; ++place) {
        if (had[place] == 0) continue;
        const Cell cell = cell_at(place);
        const SchemaVerdict v = met(scene.state.phase, scene.change, did.knows, cell.format);
        if (v == SchemaVerdict::native || v == SchemaVerdict::tolerant) continue;
        const double chance = (v == SchemaVerdict::reject ? read : written).of(cell.age);
        const auto ordinal = from::foreign + static_cast<std::uint32_t>(place);
        const std::int64_t touched = scene.some(ordinal, had[place], chance);
        if (v == SchemaVerdict::reject)
            to_fill += turn_out(scene, cell, touched);
        else if (!appends_only(scene.declared.kind))
            write_back(scene, cell, v, touched);
    }
    return to_fill;
}

// Values that a cache should hold, users who should have a session, and have none.
std::int64_t absent_of(const StoreState& state, const Store& declared) {
    const bool has_places =
        declared.kind == StoreKind::cache || declared.kind == StoreKind::session;
    return has_places ? std::max<std::int64_t>(0, declared.records - all_rows(state)) : 0;
}

std::int64_t read_rows(const Scene& scene) {
    const Visit& did = scene.did;
    StoreAccounts& accounts = scene.state.accounts;
    const std::int64_t absent = absent_of(scene.state, scene.declared);
    const std::int64_t absent_reads =
        scene.some(from::reads, did.reads, part(absent, scene.declared.records));
    if (scene.state.replicas > 0)
        scene.state.asked_replica +=
            scene.some(from::reads + 3, did.reads, scene.declared.replica_reads.value());
    const double share = share_rejected(scene.state, scene.declared, scene.change, did.knows);
    const std::int64_t hits = did.reads - absent_reads,
                       rejected = scene.some(from::reads + 1, hits, share);
    accounts.rejected += rejected;
    accounts.misses += absent_reads;
    const std::int64_t to_fill = read_foreign(scene, hits);
    if (scene.declared.kind != StoreKind::cache) return 0;
    accounts.misses += rejected;
    const double filled = hit_at_least_once(part(absent_reads, absent));
    return to_fill + scene.some(from::reads + 2, absent, filled);
}

// Where an update leaves the row it hit. `writes`: the form it is stored in.
Cell updated(Cell had, Format writes, bool knows, SchemaVerdict v) {
    if (v == SchemaVerdict::misread) return {Format::before, Health::damaged};
    if (v == SchemaVerdict::lossy) return {Format::before, Health::hollow};
    // Who keeps what it does not write leaves a new row new.
    const bool keeps = knows || v == SchemaVerdict::tolerant;
    if (had.format == Format::after && writes == Format::before)
        return {keeps ? Format::after : Format::before, had.health};
    if (had.format != Format::both) return {writes, had.health};
    if (writes == Format::before)  // The dual-write trap: the new half is stale from here on.
        return {Format::both, had.health == Health::sound ? Health::diverged : had.health};
    // A new writer reads the stale half and writes it over the good one.
    return {writes, had.health == Health::diverged ? Health::damaged : had.health};
}

// `ordinal`: three draws. Returns how many were accepted.
std::int64_t update_cell(const Scene& scene, Cell cell, bool after, std::int64_t count,
                         std::uint32_t ordinal) {
    if (count == 0) return 0;
    StoreState& state = scene.state;
    const Visit& did = scene.did;
    const auto form = form_stored(scene.declared, scene.change, state.phase, after);
    const SchemaVerdict v = met(state.phase, scene.change, did.knows, cell.format);
    if (!form || v == SchemaVerdict::reject) {
        state.accounts.rejected_writes += count;
        return 0;
    }
    const Cell to = updated(cell, *form, did.knows, v);
    const std::int64_t dropped = scene.some(ordinal, count, did.drops);
    const std::int64_t damaged = scene.some(ordinal + 1, count - dropped, did.damages);
    move_rows(state, cell, {cell.format, Health::hollow}, dropped);
    // What is lost already is not damaged besides.
    const Health harmed = to.health == Health::hollow ? Health::hollow : Health::damaged;
    const std::int64_t written = count - dropped;
    move_rows(state, cell, {to.format, harmed}, damaged);
    move_rows(state, cell, to, written - damaged);
    lag_behind(state, &Lag::updated, {to.format, harmed}, damaged);
    lag_behind(state, &Lag::updated, to, written - damaged);
    if (may_be_damaged(cell.health)) {
        if (harmed == Health::damaged) state.accounts.overwritten += damaged;
        if (to.health == Health::damaged) state.accounts.overwritten += written - damaged;
    }
    copy_rows(state, to.format, scene.some(ordinal + 2, count, did.doubles));
    state.accounts.updated += count;
    return count;
}

// Beyond twenty a second every row is hit; the sum stops before it is full.
void meet(std::int64_t& met, double times) {
    constexpr std::int64_t full = 8'000'000'000'000'000'000;
    met = std::min(full, met + static_cast<std::int64_t>(std::min(times, 20.0) * met_units + 0.5));
}

void update_rows(const Scene& scene) {
    if (scene.did.updates == 0) return;
    const PerCell had = rows_by_cell(scene.state);
    const Reach hit = reach(scene.state, scene.declared, static_cast<double>(scene.did.updates));
    std::int64_t all = 0, accepted = 0;
    for (std::size_t place = 0; place < cells; ++place) {
        if (had[place] == 0) continue;
        const Cell cell = cell_at(place);
        const auto ordinal = from::updates + static_cast<std::uint32_t>(place) * 8;
        const std::int64_t touched = scene.some(ordinal, had[place], hit.of(cell.age));
        const std::int64_t after = scene.some(ordinal + 1, touched, scene.did.writes_after);
        accepted += update_cell(scene, cell, true, after, ordinal + 2);
        accepted += update_cell(scene, cell, false, touched - after, ordinal + 5);
        all += touched;
    }
    meet(scene.state.met_any, hit.each * part(accepted, all));
    meet(scene.state.met_recent, hit.more * part(accepted, all));
}

void insert_rows(const Scene& scene, std::int64_t count) {
    StoreState& state = scene.state;
    const Visit& did = scene.did;
    const std::int64_t newer = scene.some(from::inserts, count, scene.writes_after());
    for (const bool after : {true, false}) {
        const std::int64_t written = after ? newer : count - newer;
        if (written == 0) continue;
        const auto form = form_stored(scene.declared, scene.change, state.phase, after);
        if (!form) {
            state.accounts.rejected_writes += written;
            continue;
        }
        const std::uint32_t ordinal = from::inserts + (after ? 1 : 4);
        const std::int64_t dropped = scene.some(ordinal, written, did.drops);
        const std::int64_t damaged = scene.some(ordinal + 1, written - dropped, did.damages);
        state.accounts.accepted += dropped;
        state.accounts.lost += dropped;
        state.accounts.born_damaged += damaged;
        accept_rows(state, *form, Health::damaged, damaged);
        accept_rows(state, *form, Health::sound, written - dropped - damaged);
        copy_rows(state, *form, scene.some(ordinal + 2, written, did.doubles));
        lag_behind(state, &Lag::inserted, {*form, Health::damaged}, damaged);
        lag_behind(state, &Lag::inserted, {*form, Health::sound}, written - dropped - damaged);
    }
}

void copy_writes(const Scene& scene, std::int64_t count, std::uint32_t ordinal) {
    if (count == 0) return;
    const std::int64_t newer = scene.some(ordinal, count, scene.writes_after());
    for (const bool after : {true, false})
        if (const auto form = form_stored(scene.declared, scene.change, scene.state.phase, after))
            copy_rows(scene.state, *form, after ? newer : count - newer);
}

void write_again(const Scene& scene) {
    if (!scene.declared.idempotent) copy_writes(scene, scene.did.retried, from::retries);
    copy_writes(scene, scene.did.repeats, from::retries + 1);  // Each of them is another one.
}

void take_out(const Scene& scene, Format format, std::int64_t count, std::int64_t& account) {
    const std::uint32_t ordinal =
        scene.first + from::picks +
        static_cast<std::uint32_t>(format) * static_cast<std::uint32_t>(cells);
    const PerCell picked = pick(scene.state, format, count, ordinal, scene.dice);
    for (std::size_t place = 0; place < cells; ++place)
        leave(scene.state, cell_at(place), picked[place], account);
}

void consume_form(const Scene& scene, Format format, std::int64_t count) {
    StoreState& state = scene.state;
    const auto form = static_cast<std::uint32_t>(format);
    const std::uint32_t ordinal =
        scene.first + from::times + form * static_cast<std::uint32_t>(receives_max);
    const PerTimes met_after = pick_times(state, format, count, ordinal, scene.dice);
    PerTimes& handed_out = state.handed_out[form];
    for (std::size_t times = 1; times < met_after.size(); ++times)
        handed_out[times] -= met_after[times];
    if (met(state.phase, scene.change, scene.did.knows, format) != SchemaVerdict::reject)
        return take_out(scene, format, count, state.accounts.finished);
    const auto last = static_cast<std::size_t>(scene.declared.receives - 1);
    for (std::size_t times = 0; times < last; ++times) handed_out[times + 1] += met_after[times];
    state.accounts.rejected += count;
    state.accounts.redelivered += count - met_after[last];
    take_out(scene, format, met_after[last], state.accounts.dead_lettered);
}

void consume(const Scene& scene) {
    if (scene.state.paused) return;
    const std::int64_t total = all_rows(scene.state), taken = std::min(scene.did.reads, total),
                       newer =
                           hypergeometric(scene.dice(Purpose::stores, scene.first + from::topic),
                                          total, rows_of(scene.state, Format::after), taken);
    consume_form(scene, Format::after, newer);
    consume_form(scene, Format::before, taken - newer);
}

}  // namespace

double rejected_share(const StoreState& state, const Store& declared, const SchemaChange* change,
                      bool knows) {
    const bool fails = declared.kind == StoreKind::table || declared.kind == StoreKind::effects;
    return fails ? share_rejected(state, declared, change, knows) : 0;
}

double misled_share(const StoreState& state, const Store& declared) {
    if (declared.kind != StoreKind::table) return 0;
    std::int64_t recent = 0;
    for (const auto& form : state.recent) recent += form[static_cast<std::size_t>(Health::damaged)];
    return share_hit(state, declared, rows_of(state, Health::damaged), recent);
}

double missed_share(const StoreState& state, const Store& declared, const SchemaChange* change,
                    bool knows) {
    const double there = 1 - part(absent_of(state, declared), declared.records);
    return 1 - there * (1 - share_rejected(state, declared, change, knows));
}

std::optional<Format> form_stored(const Store& declared, const SchemaChange* change,
                                  SchemaPhase phase, bool after) {
    if (!change) return after ? std::nullopt : std::optional{Format::before};
    const bool columns = declared.kind == StoreKind::table && needs_column(change->kind);
    if (!after)
        return phase == SchemaPhase::contracted ? std::nullopt : std::optional{Format::before};
    if (!columns) return Format::after;
    switch (phase) {
        case SchemaPhase::single: return std::nullopt;
        case SchemaPhase::expanded:
        case SchemaPhase::contracted: return Format::after;
        case SchemaPhase::dual_write:
        case SchemaPhase::backfilled: return Format::both;
    }
    return std::nullopt;
}

double unreadable(const StoreState& state, const SchemaChange* change, double share_knows) {
    double records = 0;
    for (std::size_t form = 0; form < formats; ++form) {
        const auto format = static_cast<Format>(form);
        double reject = 0;
        if (met(state.phase, change, true, format) == SchemaVerdict::reject) reject += share_knows;
        if (met(state.phase, change, false, format) == SchemaVerdict::reject)
            reject += 1 - share_knows;
        records += reject * static_cast<double>(rows_of(state, format));
    }
    return records;
}

void visit(StoreState& state, const Store& declared, const SchemaChange* change, const Visit& visit,
           std::uint32_t first, Dice& dice) {
    check(visit.knows || visit.writes_after == 0, "only code that knows the new form writes it");
    check(first + visit_ordinals <= store_ordinals, "visits draw before the store itself");
    const Scene scene{state, declared, change, visit, first, dice};
    std::int64_t inserts = visit.inserts;
    if (declared.kind == StoreKind::topic)
        consume(scene);
    else if (declared.kind != StoreKind::jobs)
        inserts += read_rows(scene);
    if (appends_only(declared.kind))
        inserts += visit.updates;
    else
        update_rows(scene);
    insert_rows(scene, inserts);
    write_again(scene);
}

}  // namespace rollcage
