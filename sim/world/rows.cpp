#include "sim/world/rows.h"

#include <algorithm>

#include "sim/base/check.h"

namespace rollcage {

namespace {

std::int64_t& at(Population& population, Cell cell) {
    return population[static_cast<std::size_t>(cell.format)][static_cast<std::size_t>(cell.health)];
}

std::int64_t sum(const Population& population) {
    std::int64_t total = 0;
    for (const auto& form : population)
        for (const std::int64_t count : form) total += count;
    return total;
}

std::int64_t sum(const Population& population, Health health) {
    std::int64_t total = 0;
    for (const auto& form : population) total += form[static_cast<std::size_t>(health)];
    return total;
}

void change_rows(StoreState& state, Cell cell, std::int64_t by) {
    at(state.stored, cell) += by;
    if (cell.age == Age::recent) at(state.recent, cell) += by;
}

std::size_t index_of(Format format) {
    return static_cast<std::size_t>(format);
}
std::size_t index_of(Health health) {
    return static_cast<std::size_t>(health);
}

bool counted(Health health) {
    return health != Health::doubled && health != Health::hollow;
}

}  // namespace

PerCell rows_by_cell(const StoreState& state) {
    PerCell rows{};
    for (std::size_t place = 0; place < cells; ++place)
        rows[place] = rows_of(state, cell_at(place));
    return rows;
}

std::int64_t rows_of(const StoreState& state, Format format) {
    std::int64_t total = 0;
    for (const std::int64_t count : state.stored[static_cast<std::size_t>(format)]) total += count;
    return total;
}

std::int64_t rows_of(const StoreState& state, Health health) {
    return sum(state.stored, health);
}

std::int64_t all_rows(const StoreState& state) {
    return sum(state.stored);
}
std::int64_t recent_rows(const StoreState& state) {
    return sum(state.recent);
}

double share_hit(const StoreState& state, const Store& declared, std::int64_t rows,
                 std::int64_t recent) {
    if (rows == 0) return 0;
    const auto part = [](std::int64_t count, std::int64_t of) {
        return of > 0 ? static_cast<double>(count) / static_cast<double>(of) : 0;
    };
    const std::int64_t recent_total = recent_rows(state);
    const double hot = recent_total > 0 ? declared.hot.value() : 0;
    return std::clamp(hot * part(recent, recent_total) + (1 - hot) * part(rows, all_rows(state)),
                      0.0, 1.0);
}

void accept_rows(StoreState& state, Format format, Health health, std::int64_t count) {
    check(counted(health), "what is accepted is one whole record");
    state.accounts.accepted += count;
    change_rows(state, {format, health, Age::recent}, count);
}

void copy_rows(StoreState& state, Format format, std::int64_t count) {
    state.accounts.copies += count;
    change_rows(state, {format, Health::doubled, Age::recent}, count);
}

void move_rows(StoreState& state, Cell from, Cell to, std::int64_t count) {
    check(count >= 0 && count <= rows_of(state, from), "only rows that are there move");
    check(to.health != Health::doubled || from.health == Health::doubled, "no row becomes a copy");
    if (!counted(from.health)) to.health = from.health;
    if (counted(from.health) && to.health == Health::hollow) state.accounts.lost += count;
    change_rows(state, from, -count);
    change_rows(state, to, count);
}

void lag_behind(StoreState& state, Population Lag::*how, Cell cell, std::int64_t count) {
    if (state.replicas > 0) at(state.lag.*how, cell) += count;
}

void hollow_out(StoreState& state, Cell from, std::int64_t count, std::int64_t& account) {
    check(counted(from.health) && count >= 0 && count <= rows_of(state, from),
          "only what is whole is hollowed out");
    account += count;
    change_rows(state, from, -count);
    change_rows(state, {from.format, Health::hollow, from.age}, count);
}

void take_back(StoreState& state, Cell cell, std::int64_t count, std::int64_t& account) {
    check(counted(cell.health) && count >= 0 && count <= account, "what comes back was away");
    account -= count;
    change_rows(state, cell, count);
}

std::int64_t refill(StoreState& state, Format format, Health health, std::int64_t count,
                    std::int64_t& account) {
    check(counted(health) && count <= account, "what is refilled was counted as gone");
    std::int64_t found = 0;
    for (std::size_t nth = 0; nth < formats && found < count; ++nth) {
        const auto form = static_cast<Format>((static_cast<std::size_t>(format) + nth) % formats);
        // Only two halves can diverge.
        const Health then =
            form != Format::both && health == Health::diverged ? Health::sound : health;
        for (const Age age : {Age::settled, Age::recent}) {
            const Cell hollow{form, Health::hollow, age};
            const std::int64_t here = std::min(count - found, rows_of(state, hollow));
            change_rows(state, hollow, -here);
            change_rows(state, {form, then, age}, here);
            found += here;
        }
    }
    account -= found;
    return found;
}

void come_back(StoreState& state, Format format, std::int64_t count, std::int64_t& account) {
    check(count <= account, "only what left comes back");
    account -= count;
    change_rows(state, {format, Health::sound, Age::recent}, count);
}

void leave(StoreState& state, Cell from, std::int64_t count, std::int64_t& account) {
    check(count >= 0 && count <= rows_of(state, from), "only rows that are there leave");
    if (counted(from.health)) account += count;
    if (from.health == Health::doubled) state.accounts.copies_gone += count;
    change_rows(state, from, -count);
}

PerCell pick(const StoreState& state, Format format, std::int64_t count, std::uint32_t ordinal,
             Dice& dice) {
    PerCell picked{};
    std::int64_t total = rows_of(state, format);
    for (std::size_t place = 0; place < cells && count > 0; ++place) {
        if (cell_at(place).format != format) continue;
        const std::int64_t here = rows_of(state, cell_at(place));
        if (here == 0) continue;
        const auto u = dice(Purpose::stores, ordinal + static_cast<std::uint32_t>(place));
        picked[place] = hypergeometric(u, total, here, count);
        count -= picked[place];
        total -= here;
    }
    return picked;
}

PerTimes pick_times(const StoreState& state, Format format, std::int64_t count,
                    std::uint32_t ordinal, Dice& dice) {
    const PerTimes& handed_out = state.handed_out[static_cast<std::size_t>(format)];
    PerTimes picked{};
    std::int64_t total = rows_of(state, format);
    for (std::size_t times = 1; times < handed_out.size() && count > 0; ++times) {
        if (handed_out[times] == 0) continue;
        const auto u = dice(Purpose::stores, ordinal + static_cast<std::uint32_t>(times));
        picked[times] = hypergeometric(u, total, handed_out[times], count);
        count -= picked[times];
        total -= handed_out[times];
    }
    picked[0] = count;
    return picked;
}

void check_conserved(const StoreState& state) {
    const StoreAccounts& a = state.accounts;
    std::array<std::int64_t, healths> held{};
    for (std::size_t form = 0; form < formats; ++form) {
        std::int64_t again = 0, rows = 0;
        for (std::size_t health = 0; health < healths; ++health) {
            const std::int64_t all = state.stored[form][health],
                               recent = state.recent[form][health];
            check(recent >= 0 && all >= recent,
                  "no population is below zero, and what is recent is stored");
            held[health] += all;
            rows += all;
        }
        for (const std::int64_t count : state.handed_out[form]) {
            check(count >= 0, "no message was handed out to fewer than none");
            again += count;
        }
        check(again <= rows, "what was handed out is stored");
        check(
            rows == 0 || form == index_of(Format::after) || state.phase != SchemaPhase::contracted,
            "a dropped half is nowhere");
        check(state.stored[form][index_of(Health::diverged)] == 0 || form == index_of(Format::both),
              "only two halves can diverge");
    }
    const auto rows = [&](Health health) { return held[index_of(health)]; };
    check(a.accepted == rows(Health::sound) + rows(Health::diverged) + rows(Health::damaged) +
                            a.lost + a.retired + a.dead_lettered + a.stranded + a.orphaned +
                            a.finished,
          "every record that was accepted is accounted for");
    check(a.copies == rows(Health::doubled) + a.copies_gone,
          "every surplus copy is stored or gone");
    check(rows(Health::hollow) <= a.lost + a.stranded,
          "what is hollow was counted as lost or stranded");
}

void fold(const StoreState& state, Digest& digest) {
    for (std::size_t form = 0; form < formats; ++form) {
        for (const std::int64_t count : state.stored[form]) digest.fold(count);
        for (const std::int64_t count : state.recent[form]) digest.fold(count);
        for (const std::int64_t count : state.handed_out[form]) digest.fold(count);
        for (const std::int64_t count : state.lag.inserted[form]) digest.fold(count);
        for (const std::int64_t count : state.lag.updated[form]) digest.fold(count);
    }
    const StoreAccounts& a = state.accounts;
    for (const std::int64_t count : {a.accepted,
                                     a.lost,
                                     a.retired,
                                     a.dead_lettered,
                                     a.stranded,
                                     a.orphaned,
                                     a.finished,
                                     a.copies,
                                     a.copies_gone,
                                     a.rejected,
                                     a.rejected_writes,
                                     a.misses,
                                     a.repaired,
                                     a.logged_out,
                                     a.redelivered,
                                     a.updated,
                                     a.undone,
                                     a.stale_reads,
                                     a.by_hand,
                                     a.born_damaged,
                                     a.overwritten,
                                     a.spoiled,
                                     state.replicas,
                                     state.lag.converted,
                                     state.applies.ppm,
                                     state.asked_replica,
                                     state.met_any,
                                     state.met_recent,
                                     state.beyond_repair,
                                     state.lost_for_good})
        digest.fold(count);
    digest.fold(static_cast<std::uint64_t>(state.phase) << 3 |
                static_cast<std::uint64_t>(state.cut_off) << 2 |
                static_cast<std::uint64_t>(state.migrating_down) << 1 |
                static_cast<std::uint64_t>(state.paused));
}

}  // namespace rollcage
