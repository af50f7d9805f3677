// The rows of a store by form, health and age: moving them, picking some, letting them leave.
// Leans on store.h; the only place that changes populations, so that the accounts follow.
// Hollow rows and surplus copies stay what they are: their loss, or the copy, was counted before.
#pragma once

#include "sim/world/store.h"

namespace rollcage {

enum class Age : std::uint8_t { settled, recent };
struct Cell {
    Format format = Format::before;
    Health health = Health::sound;
    Age age = Age::recent;
};
inline constexpr double met_units = 1e11;  // Of StoreState::met_any.
inline constexpr std::size_t cells = formats * healths * 2;
constexpr Cell cell_at(std::size_t place) {
    return {static_cast<Format>(place / (healths * 2)), static_cast<Health>(place / 2 % healths),
            static_cast<Age>(place % 2)};
}
using PerCell = std::array<std::int64_t, cells>;
using PerTimes = std::array<std::int64_t, receives_max>;

// The store's own ordinals begin here, beyond those of every visit.
inline constexpr std::uint32_t store_ordinals = 0x30000;

// Binomial; drawn only where a die changes the result, which is rare in a calm second.
inline std::int64_t thin(Dice& dice, std::uint32_t ordinal, std::int64_t count, double chance) {
    if (count <= 0 || chance <= 0) return 0;
    return chance >= 1 ? count : binomial(dice(Purpose::stores, ordinal), count, chance);
}

inline std::int64_t rows_of(const StoreState& state, Cell cell) {
    const auto form = static_cast<std::size_t>(cell.format);
    const auto health = static_cast<std::size_t>(cell.health);
    const std::int64_t recent = state.recent[form][health];
    return cell.age == Age::recent ? recent : state.stored[form][health] - recent;
}
PerCell rows_by_cell(const StoreState& state);
std::int64_t rows_of(const StoreState& state, Format format);
std::int64_t rows_of(const StoreState& state, Health health);
std::int64_t all_rows(const StoreState& state);
std::int64_t recent_rows(const StoreState& state);

// Of reads, those that hit these rows, of which so many are recent (MODEL 4.3).
double share_hit(const StoreState& state, const Store& declared, std::int64_t rows,
                 std::int64_t recent);

void accept_rows(StoreState& state, Format format, Health health, std::int64_t count);
void copy_rows(StoreState& state, Format format, std::int64_t count);
void move_rows(StoreState& state, Cell from, Cell to, std::int64_t count);
// A replica, where there is one, has yet to apply what was written into a cell.
void lag_behind(StoreState& state, Population Lag::*how, Cell cell, std::int64_t count);
// The rows stay; what they held goes to an account.
void hollow_out(StoreState& state, Cell from, std::int64_t count, std::int64_t& account);
// Rows that an account holds are stored again.
void take_back(StoreState& state, Cell cell, std::int64_t count, std::int64_t& account);
// Hollow rows get their content back, those of `format` first; returns how many there were.
std::int64_t refill(StoreState& state, Format format, Health health, std::int64_t count,
                    std::int64_t& account);
// What left returns, sound.
void come_back(StoreState& state, Format format, std::int64_t count, std::int64_t& account);
// `account` gains those that were whole.
void leave(StoreState& state, Cell from, std::int64_t count, std::int64_t& account);

// `count` rows of a form, none twice, any as likely; takes `cells` ordinals.
PerCell pick(const StoreState& state, Format format, std::int64_t count, std::uint32_t ordinal,
             Dice& dice);
// The same by how often they were handed out; takes receives_max ordinals.
PerTimes pick_times(const StoreState& state, Format format, std::int64_t count,
                    std::uint32_t ordinal, Dice& dice);

}  // namespace rollcage
