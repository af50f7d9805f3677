#include "sim/world/copies.h"

#include <algorithm>
#include <utility>

#include "sim/base/check.h"
#include "sim/base/maths.h"
#include "sim/world/rows.h"

namespace rollcage {

namespace {

constexpr Duration restorable_after{300'000'000};   // MODEL 4.5: the log is shipped so late.
constexpr Duration reconcile_takes{1'200'000'000};  // default: MODEL 4.7
constexpr Duration day{86'400'000'000};
constexpr Share replay{200'000};           // Of the log's length. default: MODEL 4.5
constexpr std::int64_t far_behind_s = 60;  // That somebody is told. default: design
constexpr double stays_recent_s = 3600;
constexpr std::uint32_t picks = store_ordinals + 600;

Image image_of(const StoreState& state, SimTime now) {
    return {now,           state.stored,         state.recent,
            state.phase,   state.migrating_down, state.accounts,
            state.met_any, state.met_recent};
}

// The mean, to the nearest row: what came of so many rows is known but for who they are.
std::int64_t about(std::int64_t rows, double share) {
    return std::min(rows, static_cast<std::int64_t>(static_cast<double>(rows) * share + 0.5));
}

double at_least_once(double times) {
    return 1 - e_to(-std::min(times, 700.0));
}

void reach_again(StoreState& state, Copies& copies) {
    copies.lost_until.reset();
    state.cut_off = false;
}

// The store holds again what it held then. Everything accepted since is lost: the row, or what an
// update had put into a row that was there.
void rewind(StoreState& state, const Copies& copies, const Store& declared, const Image& to,
            SimTime now) {
    const Duration since = now - to.at;
    const double settled = updated_since(state, copies, to, now, false),
                 recent = updated_since(state, copies, to, now, true);
    StoreAccounts& a = state.accounts;
    state.stored = to.stored;
    state.recent = to.recent;
    state.phase = to.phase;
    state.migrating_down = to.migrating_down;
    state.lag = Lag{};
    a.lost = to.accounts.lost + a.accepted - to.accounts.accepted;
    a.undone =
        to.accounts.undone + a.accepted - to.accounts.accepted + a.updated - to.accounts.updated;
    a.retired = to.accounts.retired;
    a.stranded = to.accounts.stranded;
    a.copies_gone = a.copies - rows_of(state, Health::doubled);
    a.born_damaged = to.accounts.born_damaged;
    a.overwritten = to.accounts.overwritten;
    a.spoiled = to.accounts.spoiled;
    for (std::size_t place = 0; place < cells; ++place) {
        const Cell cell = cell_at(place);
        if (cell.health == Health::doubled || cell.health == Health::hollow) continue;
        move_rows(state, cell, {cell.format, Health::hollow, cell.age},
                  about(rows_of(state, cell), cell.age == Age::recent ? recent : settled));
    }
    if (declared.lives) {
        const double gone = at_least_once(since.seconds() / declared.lives->seconds());
        for (std::size_t place = 0; place < cells; ++place)
            leave(state, cell_at(place), about(rows_of(state, cell_at(place)), gone), a.retired);
    }
    for (auto& form : state.recent)
        for (std::int64_t& count : form)
            count -= about(count, at_least_once(since.seconds() / stays_recent_s));
    state.beyond_repair = std::min(state.beyond_repair, rows_of(state, Health::damaged));
    state.lost_for_good = std::min(state.lost_for_good, a.lost);
}

// Takes `count` rows of a form and health, the recent first.
template <class Take>
void from_youngest(const StoreState& state, Format format, Health health, std::int64_t count,
                   const Take& take) {
    for (const Age age : {Age::recent, Age::settled}) {
        const Cell cell{format, health, age};
        const std::int64_t here = std::min(count, rows_of(state, cell));
        take(cell, here);
        count -= here;
    }
}

// What the replica had not applied stays with the old primary.
void strand(StoreState& state, OldPrimary& old, Dice& dice) {
    const Lag lag = std::exchange(state.lag, Lag{});
    for (std::size_t form = 0; form < formats; ++form) {
        for (std::size_t h = 0; h < healths; ++h) {
            const auto format = static_cast<Format>(form);
            const auto health = static_cast<Health>(h);
            if (health == Health::hollow) continue;
            const std::int64_t there = state.stored[form][h];
            const std::int64_t inserted = std::min(lag.inserted[form][h], there);
            from_youngest(state, format, health, inserted, [&](Cell cell, std::int64_t count) {
                leave(state, cell, count, state.accounts.stranded);
            });
            if (health == Health::doubled) continue;
            old.inserted[form][h] += inserted;
            // Of so many updates some hit one row twice.
            const double each = static_cast<double>(lag.updated[form][h]) /
                                static_cast<double>(std::max<std::int64_t>(1, there));
            const std::int64_t updated = about(there - inserted, at_least_once(each));
            from_youngest(state, format, health, updated, [&](Cell cell, std::int64_t count) {
                hollow_out(state, cell, count, state.accounts.stranded);
            });
            old.updated[form][h] += updated;
        }
    }
    if (state.phase != SchemaPhase::dual_write && state.phase != SchemaPhase::backfilled) return;
    const std::int64_t unfilled = std::min(lag.converted, rows_of(state, Format::both));
    if (unfilled == 0) return;
    state.phase = SchemaPhase::dual_write;
    const PerCell picked = pick(state, Format::both, unfilled, picks, dice);
    for (std::size_t place = 0; place < cells; ++place) {
        const Cell cell = cell_at(place);
        const Health left = cell.health == Health::diverged ? Health::sound : cell.health;
        move_rows(state, cell, {Format::before, left, cell.age}, picked[place]);
    }
}

std::int64_t to_merge(const OldPrimary& old) {
    std::int64_t rows = 0;
    for (const Population* kind : {&old.inserted, &old.updated})
        for (const auto& form : *kind)
            for (const std::int64_t count : form) rows += count;
    return rows;
}

// Nobody has these rows any more.
void throw_away_stranded(StoreState& state, Copies& copies) {
    state.accounts.lost += std::exchange(state.accounts.stranded, 0);
    copies.old.reset();
}

Fact fail_over(StoreState& state, Copies& copies, StoreId id, SimTime now, Dice& dice) {
    throw_away_stranded(state, copies);
    OldPrimary old{.image = image_of(state, now), .back_at = copies.lost_until.value_or(now)};
    old.back = !copies.lost_until;
    strand(state, old, dice);
    state.replicas -= 1;
    reach_again(state, copies);
    copies.old = old;
    return FailedOver{id, to_merge(old)};
}

Fact fail_back(StoreState& state, Copies& copies, const Store& declared, StoreId id, SimTime now) {
    const std::int64_t before = state.accounts.undone;
    const Image to = copies.old->image;
    rewind(state, copies, declared, to, now);
    copies.old.reset();
    state.replicas += 1;
    reach_again(state, copies);
    return FailedBack{id, to.at - SimTime{}, state.accounts.undone - before};
}

Fact restore(StoreState& state, Copies& copies, const Store& declared, StoreId id, const Image& to,
             SimTime now) {
    const std::int64_t before = state.accounts.undone;
    rewind(state, copies, declared, to, now);
    throw_away_stranded(state, copies);
    state.replicas = declared.replicas;
    reach_again(state, copies);
    return Restored{id, to.at - SimTime{}, state.accounts.undone - before};
}

Fact finish(StoreState& state, Copies& copies, const Store& declared, StoreId id, SimTime now,
            Dice& dice) {
    const UnderWay work = *std::exchange(copies.work, std::nullopt);
    switch (work.what) {
        case CopyWork::failover: return fail_over(state, copies, id, now, dice);
        case CopyWork::failback: return fail_back(state, copies, declared, id, now);
        case CopyWork::restore:
        case CopyWork::restore_aside: break;
    }
    if (!work.good) return StoreTurned{id, StoreChange::restore_failed};
    if (work.what == CopyWork::restore) return restore(state, copies, declared, id, work.to, now);
    copies.aside = Aside{work.to};
    return StoreTurned{id, StoreChange::restored_aside};
}

using Why = std::optional<std::string>;

Why no_failover(const StoreState& state, const Store& declared) {
    if (declared.replicas == 0) return "it has no replica to fail over to";
    if (state.replicas == 0)
        return "no replica is left; repair merges what the old primary holds and makes it one";
    return std::nullopt;
}

Why no_failback(const Copies& copies, SimTime now) {
    if (!copies.old) return "there is no old primary to go back to; fail over instead";
    if (now < copies.old->back_at) return "the old primary cannot be reached";
    return std::nullopt;
}

Why no_restore(const Copies& copies, const Store& declared, SimTime to, SimTime now) {
    if (declared.kind != StoreKind::table)
        return "only a table can be restored; what was sent or handed out is not called back";
    if (!declared.backups) return "nobody has made backups of it";
    if (to > now - restorable_after) return "the latest that can be restored is five minutes ago";
    if (copies.backups.empty() || to < copies.backups.front().at)
        return "the oldest that can be restored is of " +
               clock_text(copies.backups.empty() ? now : copies.backups.front().at);
    return std::nullopt;
}

}  // namespace

double updated_since(const StoreState& state, const Copies& copies, const Image& image, SimTime now,
                     bool recent) {
    const double any = static_cast<double>(state.met_any - image.met_any) / met_units;
    if (!recent) return at_least_once(any);
    // A recent row meets the second kind until it is no longer recent: followed minute by minute
    // through the backups; without them at the mean rate.
    double missed = 1, missed_and_recent = 1;
    SimTime upto = image.at;
    std::int64_t met = image.met_recent;
    const auto follow = [&](SimTime until, std::int64_t met_then) {
        const std::int64_t minutes = std::max<std::int64_t>(1, (until - upto).us / 60'000'000);
        const double each = static_cast<double>(met_then - met) / met_units /
                            static_cast<double>(minutes),
                     ages = at_least_once((until - upto).seconds() / static_cast<double>(minutes) /
                                          stays_recent_s);
        for (std::int64_t minute = 0; minute < minutes; ++minute) {
            const double hit = missed_and_recent * at_least_once(each);
            missed -= hit;
            missed_and_recent = (missed_and_recent - hit) * (1 - ages);
        }
        upto = until;
        met = met_then;
    };
    for (const Image& it : copies.backups)
        if (it.at > upto) follow(it.at, it.met_recent);
    if (now > upto) follow(now, state.met_recent);
    return 1 - missed * (1 - at_least_once(any));
}

bool serves(const Copies& copies) {
    return !copies.lost_until && (!copies.work || copies.work->what == CopyWork::restore_aside);
}

void lose_primary(StoreState& state, Copies& copies, SimTime now, Duration lasts) {
    copies.lost_until = std::max(copies.lost_until.value_or(now), now + lasts);
    state.cut_off = true;
}

std::optional<std::string> refusal(const StoreState& state, const Copies& copies,
                                   const Store& declared, const CopyOrder& order, SimTime now) {
    if (copies.work) return "a failover, fail-back or restore of it is under way; wait for its end";
    switch (order.what) {
        case CopyWork::failover: return no_failover(state, declared);
        case CopyWork::failback: return no_failback(copies, now);
        case CopyWork::restore:
        case CopyWork::restore_aside: return no_restore(copies, declared, order.to, now);
    }
    return std::nullopt;
}

Duration takes(const Store& declared, const CopyOrder& order, bool good) {
    if (order.what == CopyWork::failover || order.what == CopyWork::failback)
        return declared.failover;
    const Duration copying{declared.size_mb * 1'000'000 / declared.restores_mb_per_second};
    if (!good) return copying;  // Then it is seen.
    const Duration log{(order.to - SimTime{} + declared.last_backup).us % day.us};
    const Duration replaying{log.us / 1'000'000 * replay.ppm};
    return copying + replaying + (order.what == CopyWork::restore ? declared.cut_over : Duration{});
}

void begin(Copies& copies, const Store& declared, const CopyOrder& order, SimTime now,
           Uniform die) {
    UnderWay work{.what = order.what};
    if (order.what == CopyWork::restore || order.what == CopyWork::restore_aside) {
        copies.attempts += 1;
        work.good = !copies.backups_bad && die.value() < declared.backup_good.value();
        auto later =
            std::ranges::find_if(copies.backups, [&](const Image& it) { return it.at > order.to; });
        check(later != copies.backups.begin(), "what is restored was kept");
        work.to = *--later;
    }
    work.until = now + takes(declared, order, work.good);
    copies.work = work;
}

void begin_reconciling(const StoreState& state, Copies& copies, SimTime now) {
    copies.reconciling =
        Reconciling{now + reconcile_takes, rows_of(state, Health::damaged),
                    rows_of(state, Health::doubled), rows_of(state, Health::diverged)};
}

void keep_image(const StoreState& state, Copies& copies, const Store& declared, SimTime now) {
    const bool kept = declared.kind == StoreKind::table && declared.backups;
    if (!kept && declared.kind != StoreKind::effects) return;
    copies.backups.push_back(image_of(state, now));
    if (now - copies.backups.front().at > declared.keeps)
        copies.backups.erase(copies.backups.begin());
}

std::vector<Fact> pass_second(StoreState& state, Copies& copies, const Store& declared, StoreId id,
                              SimTime now, Dice& dice) {
    std::vector<Fact> news;
    if (copies.lost_until && now >= *copies.lost_until) {
        reach_again(state, copies);
        news.push_back(StoreTurned{id, StoreChange::primary_back});
    }
    if (copies.work && now >= copies.work->until)
        news.push_back(finish(state, copies, declared, id, now, dice));
    if (copies.old && now >= copies.old->back_at) {
        if (!std::exchange(copies.old->back, true))
            news.push_back(StoreTurned{id, StoreChange::primary_back});
        const bool goes_back = copies.work && copies.work->what == CopyWork::failback;
        if (to_merge(*copies.old) == 0 && !goes_back) {  // It holds nothing of its own: a replica.
            copies.old.reset();
            state.replicas += 1;
        }
    }
    const std::int64_t lag = lag_rows(state), rate = applied_per_second(state, declared);
    if (!copies.behind && lag > far_behind_s * rate) {
        copies.behind = true;
        news.push_back(ReplicaBehind{id, lag});
    } else if (copies.behind && lag <= rate) {
        copies.behind = false;
        news.push_back(StoreTurned{id, StoreChange::replica_caught_up});
    }
    if (copies.reconciling && now >= copies.reconciling->until) {
        const Reconciling found = *std::exchange(copies.reconciling, std::nullopt);
        news.push_back(Reconciled{id, found.damaged, found.doubled, found.diverged});
    }
    return news;
}

namespace {

void fold(const Image& image, Digest& digest) {
    digest.fold(image.at.us);
    for (const Population* rows : {&image.stored, &image.recent})
        for (const auto& form : *rows)
            for (const std::int64_t count : form) digest.fold(count);
    digest.fold(image.accounts.accepted);
}

}  // namespace

// A backup was folded as state when it was made; the newest and their number say which there are.
void fold(const Copies& copies, Digest& digest) {
    digest.fold(static_cast<std::uint64_t>(copies.backups.size()));
    if (!copies.backups.empty()) digest.fold(copies.backups.back().at.us);
    digest.fold(static_cast<std::uint64_t>(copies.old.has_value()) |
                static_cast<std::uint64_t>(copies.aside.has_value()) << 1 |
                static_cast<std::uint64_t>(copies.work.has_value()) << 2 |
                static_cast<std::uint64_t>(copies.reconciling.has_value()) << 3 |
                static_cast<std::uint64_t>(copies.backups_bad) << 4 |
                static_cast<std::uint64_t>(copies.behind) << 5);
    if (copies.old) {
        fold(copies.old->image, digest);
        for (const Population* rows : {&copies.old->inserted, &copies.old->updated})
            for (const auto& form : *rows)
                for (const std::int64_t count : form) digest.fold(count);
        digest.fold(copies.old->back_at.us), digest.fold(std::int64_t{copies.old->back});
    }
    if (copies.aside) {
        fold(copies.aside->image, digest);
        digest.fold(copies.aside->put_right), digest.fold(copies.aside->put_back);
    }
    if (copies.work) {
        fold(copies.work->to, digest);
        digest.fold(copies.work->until.us);
        digest.fold(static_cast<std::uint64_t>(copies.work->what) << 1 |
                    static_cast<std::uint64_t>(copies.work->good));
    }
    if (copies.reconciling)
        for (const std::int64_t count : {copies.reconciling->until.us, copies.reconciling->damaged,
                                         copies.reconciling->doubled, copies.reconciling->diverged})
            digest.fold(count);
    digest.fold(copies.lost_until ? copies.lost_until->us : -1);
    digest.fold(copies.attempts);
}

}  // namespace rollcage
