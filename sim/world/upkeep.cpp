// What a store does without being visited: the passing second, its replica, migration.
#include <algorithm>
#include <utility>

#include "sim/base/check.h"
#include "sim/base/maths.h"
#include "sim/world/rows.h"

namespace rollcage {

namespace {

constexpr double stays_recent_s = 3600;

// Where each flow's draws begin, beside those of every visit.
namespace from {
constexpr std::uint32_t age = store_ordinals, expire = age + 40, times = expire + 40,
                        migrate = times + 40, apply = migrate + 100;
}

double chance_in_a_second(Duration mean) {
    return 1 - e_to(-std::min(700.0, 1 / mean.seconds()));
}

void age_recent(StoreState& state, Dice& dice) {
    std::uint32_t ordinal = from::age;
    for (auto& form : state.recent)
        for (std::int64_t& count : form) count -= thin(dice, ordinal++, count, 1 / stays_recent_s);
}

void leave_with_chance(StoreState& state, double chance, std::uint32_t ordinal,
                       std::int64_t& account, Dice& dice) {
    for (std::size_t place = 0; place < cells; ++place) {
        const Cell cell = cell_at(place);
        const auto at = ordinal + static_cast<std::uint32_t>(place);
        leave(state, cell, thin(dice, at, rows_of(state, cell), chance), account);
    }
}

void expire(StoreState& state, Duration lives, Dice& dice) {
    const StoreState was = state;
    leave_with_chance(state, chance_in_a_second(lives), from::expire, state.accounts.retired, dice);
    for (std::size_t form = 0; form < formats; ++form) {
        const auto format = static_cast<Format>(form);
        const std::uint32_t ordinal = from::times + static_cast<std::uint32_t>(form) *
                                                        static_cast<std::uint32_t>(receives_max);
        const PerTimes gone =
            pick_times(was, format, rows_of(was, format) - rows_of(state, format), ordinal, dice);
        for (std::size_t times = 1; times < gone.size(); ++times)
            state.handed_out[form][times] -= gone[times];
    }
}

// At most `most` rows of a form change to another, whatever their age; returns how many.
std::int64_t convert(StoreState& state, Format had, Format gets, std::int64_t most, bool loses,
                     Dice& dice) {
    const std::int64_t count = std::min(most, rows_of(state, had));
    const PerCell picked = pick(
        state, had, count,
        from::migrate + static_cast<std::uint32_t>(had) * static_cast<std::uint32_t>(cells), dice);
    for (std::size_t place = 0; place < cells; ++place) {
        const Cell cell = cell_at(place);
        Cell to{gets, loses ? Health::hollow : cell.health, cell.age};
        // Without its other half a record is what the half kept is.
        if (cell.health == Health::diverged && !loses)
            to.health = gets == Format::before ? Health::sound : Health::damaged;
        move_rows(state, cell, to, picked[place]);
    }
    return count;
}

void lag_by(StoreState& state, std::int64_t converted) {
    if (state.replicas > 0) state.lag.converted += converted;
}

// The replica applies what it can, of any kind as likely.
void apply_lag(StoreState& state, const Store& declared, Dice& dice) {
    std::int64_t behind = lag_rows(state);
    std::int64_t left = std::min(behind, applied_per_second(state, declared));
    if (left == behind) {
        state.lag = Lag{};
        return;
    }
    std::uint32_t ordinal = from::apply;
    const auto take = [&](std::int64_t& count) {
        const auto u = dice(Purpose::stores, ordinal++);
        const std::int64_t applied = left > 0 ? hypergeometric(u, behind, count, left) : 0;
        behind -= count;
        left -= applied;
        count -= applied;
    };
    for (Population* kind : {&state.lag.inserted, &state.lag.updated})
        for (auto& form : *kind)
            for (std::int64_t& count : form) take(count);
    take(state.lag.converted);
}

// A replica that is behind answers with what the row was before: stale.
void read_stale(StoreState& state, const Store& declared, Dice& dice) {
    const std::int64_t asked = std::exchange(state.asked_replica, 0), behind = lag_rows(state);
    if (asked == 0 || behind == 0) return;
    const double share = share_hit(state, declared, std::min(behind, all_rows(state)),
                                   std::min(behind, recent_rows(state)));
    state.accounts.stale_reads += thin(dice, from::apply + 40, asked, share);
}

void backfill(StoreState& state, const Store& declared, Dice& dice) {
    const bool far_behind = 2 * lag_rows(state) > 3 * applied_per_second(state, declared);
    if (state.replicas == 0 || !far_behind)  // Gh-ost pauses at a lag of 1.5 s.
        lag_by(state, convert(state, Format::before, Format::both, declared.migrates_per_second,
                              false, dice));
    if (rows_of(state, Format::before) == 0) state.phase = SchemaPhase::backfilled;
}

void migrate_down(StoreState& state, const Store& declared, Dice& dice) {
    std::int64_t left = declared.migrates_per_second;
    left -= convert(state, Format::both, Format::before, left, false, dice);
    left -= convert(state, Format::after, Format::before, left, !declared.event_log, dice);
    lag_by(state, declared.migrates_per_second - left);
    if (rows_of(state, Format::before) != all_rows(state)) return;
    state.phase = SchemaPhase::single;
    state.migrating_down = false;
}

void contract(StoreState& state) {
    for (std::size_t place = 0; place < cells; ++place) {
        const Cell cell = cell_at(place);
        if (cell.format == Format::after) continue;
        Cell to{Format::after, cell.health, cell.age};
        if (cell.health == Health::diverged) to.health = Health::damaged;
        if (cell.format == Format::before) to.health = Health::hollow;
        if (cell.health == Health::doubled) to.health = Health::doubled;
        move_rows(state, cell, to, rows_of(state, cell));
    }
    state.phase = SchemaPhase::contracted;
}

std::optional<std::string> migrate_back(StoreState& state) {
    switch (state.phase) {
        case SchemaPhase::single: return "there is nothing to take back; expand first";
        case SchemaPhase::dual_write:
        case SchemaPhase::backfilled: state.phase = SchemaPhase::expanded; return std::nullopt;
        case SchemaPhase::contracted:  // The old column returns empty.
        case SchemaPhase::expanded: break;
    }
    if (state.migrating_down) return "records are being converted back already; wait";
    state.phase = SchemaPhase::expanded;
    state.migrating_down = true;
    return std::nullopt;
}

}  // namespace

std::int64_t lag_rows(const StoreState& state) {
    std::int64_t rows = state.lag.converted;
    for (const Population* kind : {&state.lag.inserted, &state.lag.updated})
        for (const auto& form : *kind)
            for (const std::int64_t count : form) rows += count;
    return rows;
}

std::int64_t applied_per_second(const StoreState& state, const Store& declared) {
    return declared.applies_per_second * state.applies.ppm / whole.ppm;
}

StoreState start_store(const Store& declared, std::int64_t written_last_hour) {
    check(declared.receives >= 1 && declared.receives <= receives_max,
          "a message is handed out from once to receives_max times");
    StoreState state;
    state.replicas = declared.replicas;
    if (declared.kind == StoreKind::topic) return state;
    accept_rows(state, Format::before, Health::sound, declared.records);
    state.recent[0][0] = std::clamp<std::int64_t>(written_last_hour, 0, declared.records);
    return state;
}

void pass_second(StoreState& state, const Store& declared, const SchemaChange* change, Dice& dice) {
    age_recent(state, dice);
    if (declared.lives) expire(state, *declared.lives, dice);
    if (change && state.migrating_down)
        migrate_down(state, declared, dice);
    else if (change && state.phase == SchemaPhase::dual_write)
        backfill(state, declared, dice);
    if (state.replicas == 0) return;
    if (!state.cut_off) apply_lag(state, declared, dice);
    read_stale(state, declared, dice);
}

std::optional<std::string> migrate(StoreState& state, const Store& declared,
                                   const SchemaChange* change, bool down) {
    if (declared.kind != StoreKind::table) return "only a table has columns to migrate";
    if (!change) return "no change of this table's schema is declared";
    if (!needs_column(change->kind))
        return "an enum value or a meaning needs no column; write it or do not";
    if (down) return migrate_back(state);
    if (state.migrating_down) {
        state.migrating_down = false;
        return std::nullopt;
    }
    switch (state.phase) {
        case SchemaPhase::single: state.phase = SchemaPhase::expanded; break;
        case SchemaPhase::expanded: state.phase = SchemaPhase::dual_write; break;
        case SchemaPhase::dual_write:
        case SchemaPhase::backfilled: contract(state); break;
        case SchemaPhase::contracted: return "the old half is dropped already; nothing is left";
    }
    return std::nullopt;
}

}  // namespace rollcage
