// Repair and its sources: what of the damaged, lost and stranded rows something still knows.
#include <algorithm>

#include "sim/base/maths.h"
#include "sim/world/copies.h"
#include "sim/world/rows.h"

namespace rollcage {

namespace {

constexpr Share cannot_be_rebuilt{20'000};  // MODEL 4.7: these need hands.
constexpr std::uint32_t first_ordinal = store_ordinals + 700;

namespace from {
constexpr std::uint32_t damaged = first_ordinal, hollow = damaged + 40, missing = hollow + 1,
                        put_right = missing + 1, put_back = put_right + 40,
                        inserted = put_back + 40, updated = inserted + 40;
}

// One second of repair.
struct Bench {
    StoreState& state;
    Copies& copies;
    const Store& declared;
    SimTime now;
    Dice& dice;
    std::int64_t left;  // Rows that this second can still take.
    std::int64_t skip;  // Of the damaged, those that were tried before.
    Repaired done{};

    // Takes up to `rows`; returns those that come out right. The others need hands.
    std::int64_t attempt(std::int64_t rows, std::uint32_t ordinal, std::int64_t& failed) {
        const std::int64_t tried = std::min(left, rows);
        failed = thin(dice, ordinal, tried, cannot_be_rebuilt.value());
        left -= tried;
        done.tried += tried;
        done.rebuilt += tried - failed;
        state.accounts.by_hand += failed;
        return tried - failed;
    }
};

// Rows of a cell that nobody has tried before: the tried ones count as the first that are met.
std::int64_t untried(Bench& bench, Cell cell) {
    const std::int64_t rows = rows_of(bench.state, cell);
    if (cell.health != Health::damaged) return rows;
    const std::int64_t passed = std::min(bench.skip, rows);
    bench.skip -= passed;
    return rows - passed;
}

void set_right(Bench& bench, Cell cell, std::int64_t rows, std::uint32_t ordinal) {
    std::int64_t failed = 0;
    const std::int64_t right = bench.attempt(rows, ordinal, failed);
    const Cell sound{cell.format, Health::sound, cell.age},
        beyond{cell.format, Health::damaged, cell.age};
    move_rows(bench.state, cell, sound, right);
    move_rows(bench.state, cell, beyond, failed);
    lag_behind(bench.state, &Lag::updated, sound, right);
    bench.state.beyond_repair += failed;
    if (cell.health == Health::diverged) bench.skip += failed;  // Now among the damaged.
}

// The half that is right is still there, or every event is.
void from_halves_and_events(Bench& bench) {
    for (std::size_t place = 0; place < cells; ++place) {
        const Cell cell = cell_at(place);
        if (cell.health != Health::damaged && cell.health != Health::diverged) continue;
        if (cell.format != Format::both && !bench.declared.event_log) continue;
        set_right(bench, cell, untried(bench, cell),
                  from::damaged + static_cast<std::uint32_t>(place));
    }
}

// The log of events also knows what was lost: rows that are hollow, and rows that are not there.
void lost_from_events(Bench& bench) {
    if (!bench.declared.event_log) return;
    StoreState& state = bench.state;
    std::int64_t failed = 0, known = state.accounts.lost - state.lost_for_good;
    const Format whole_form =
        state.phase == SchemaPhase::contracted ? Format::after : Format::before;
    const std::int64_t hollow = std::min(known, rows_of(state, Health::hollow));
    std::int64_t right = bench.attempt(hollow, from::hollow, failed);
    (void)refill(state, whole_form, Health::sound, right, state.accounts.lost);
    lag_behind(state, &Lag::updated, {whole_form, Health::sound}, right);
    state.lost_for_good += failed;
    known -= hollow;
    right = bench.attempt(known, from::missing, failed);
    take_back(state, {whole_form, Health::sound, Age::settled}, right, state.accounts.lost);
    lag_behind(state, &Lag::inserted, {whole_form, Health::sound}, right);
    state.lost_for_good += failed;
}

// Of what reads and writes hit since, the share that hit rows which were there at the backup.
double were_there(const Bench& bench, const Image& then) {
    const double hours = (bench.now - then.at).seconds() / 3600,
                 stays = hours > 0 ? (1 - e_to(-hours)) / hours : 1;
    const auto born = static_cast<double>(bench.state.accounts.accepted - then.accounts.accepted);
    const auto share_born = [](double count, std::int64_t of) {
        return of > 0 ? std::min(1.0, count / static_cast<double>(of)) : 0;
    };
    const double hot = recent_rows(bench.state) > 0 ? bench.declared.hot.value() : 0;
    return 1 - hot * share_born(born * stays, recent_rows(bench.state)) -
           (1 - hot) * share_born(born, all_rows(bench.state));
}

std::int64_t part_of(std::int64_t count, double share) {
    return static_cast<std::int64_t>(static_cast<double>(std::max<std::int64_t>(0, count)) * share +
                                     0.5);
}

// The backup knows a row as it was then. Where no user has written to it since, that is right;
// where one has, the row is put back and what that user wrote is lost.
void from_aside(Bench& bench) {
    if (!bench.copies.aside || bench.declared.event_log) return;  // The log knows more.
    Aside& aside = *bench.copies.aside;
    const StoreAccounts &a = bench.state.accounts, &then = aside.image.accounts;
    const double there = were_there(bench, aside.image), hot = bench.declared.hot.value();
    const double written =
        hot * updated_since(bench.state, bench.copies, aside.image, bench.now, true) +
        (1 - hot) * updated_since(bench.state, bench.copies, aside.image, bench.now, false);
    const std::int64_t spoiled = part_of(a.spoiled - then.spoiled, there),
                       overwritten = part_of(a.overwritten - then.overwritten, there),
                       right = part_of(spoiled, 1 - written);
    std::int64_t to_right = std::max<std::int64_t>(0, right - aside.put_right);
    std::int64_t to_back =
        std::max<std::int64_t>(0, overwritten + spoiled - right - aside.put_back);
    for (std::size_t place = 0; place < cells; ++place) {
        const Cell cell = cell_at(place);
        if (cell.health != Health::damaged || cell.format == Format::both) continue;
        const std::int64_t rows = untried(bench, cell), before = bench.done.tried;
        const auto nth = static_cast<std::uint32_t>(place);
        set_right(bench, cell, std::min(rows, to_right), from::put_right + nth);
        const std::int64_t taken = bench.done.tried - before;
        to_right -= taken;
        aside.put_right += taken;
        std::int64_t failed = 0;
        const std::int64_t back =
            bench.attempt(std::min(rows - taken, to_back), from::put_back + nth, failed);
        move_rows(bench.state, cell, {cell.format, Health::hollow, cell.age}, back);
        lag_behind(bench.state, &Lag::updated, {cell.format, Health::hollow}, back);
        bench.state.beyond_repair += failed;
        to_back -= back + failed;
        aside.put_back += back + failed;
    }
}

// Rows that only the old primary has, of one cell, come over.
void merge_cell(Bench& bench, OldPrimary& old, Cell cell, double conflict, std::uint32_t nth) {
    StoreState& state = bench.state;
    std::int64_t& inserted =
        old.inserted[static_cast<std::size_t>(cell.format)][static_cast<std::size_t>(cell.health)];
    std::int64_t& updated =
        old.updated[static_cast<std::size_t>(cell.format)][static_cast<std::size_t>(cell.health)];
    std::int64_t failed = 0;
    const std::int64_t rows = bench.attempt(inserted, from::inserted + nth, failed);
    inserted -= rows + failed;
    const std::int64_t changes = bench.attempt(updated, from::updated + 2 * nth, failed);
    updated -= changes + failed;
    // Where a user has written to the row here since, or the column is gone, it takes hands.
    const bool fits = state.phase != SchemaPhase::contracted || cell.format == Format::after;
    const std::int64_t meet =
        thin(bench.dice, from::updated + 2 * nth + 1, changes, fits ? conflict : 1);
    const std::int64_t by_hand = meet + (fits ? 0 : rows);
    state.accounts.by_hand += by_hand;
    bench.done.rebuilt -= by_hand;
    if (fits) take_back(state, cell, rows, state.accounts.stranded);
    if (fits) lag_behind(state, &Lag::inserted, cell, rows);
    const std::int64_t merged = changes - meet, found = refill(state, cell.format, cell.health,
                                                               merged, state.accounts.stranded);
    lag_behind(state, &Lag::updated, cell, found);
    state.accounts.stranded -= merged - found;  // Those have expired here meanwhile.
    state.accounts.retired += merged - found;
}

void merge(Bench& bench) {
    if (!bench.copies.old || bench.now < bench.copies.old->back_at) return;
    OldPrimary& old = *bench.copies.old;
    const double conflict = updated_since(bench.state, bench.copies, old.image, bench.now, true);
    for (std::size_t form = 0; form < formats; ++form)
        for (const Health health : {Health::sound, Health::diverged, Health::damaged})
            merge_cell(
                bench, old, {static_cast<Format>(form), health, Age::settled}, conflict,
                static_cast<std::uint32_t>(form * healths) + static_cast<std::uint32_t>(health));
}

}  // namespace

Repaired repair_second(StoreState& state, Copies& copies, const Store& declared, SimTime now,
                       Dice& dice) {
    state.beyond_repair = std::min(state.beyond_repair, rows_of(state, Health::damaged));
    state.lost_for_good = std::min(state.lost_for_good, state.accounts.lost);
    Bench bench{
        state, copies, declared, now, dice, declared.repairs_per_second, state.beyond_repair};
    from_halves_and_events(bench);
    lost_from_events(bench);
    from_aside(bench);
    merge(bench);
    state.accounts.repaired += bench.done.rebuilt;
    return bench.done;
}

}  // namespace rollcage
