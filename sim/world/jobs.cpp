#include "sim/world/jobs.h"

#include <algorithm>

#include "sim/base/check.h"
#include "sim/base/maths.h"

namespace rollcage {

namespace {

// Where each flow's draws begin; a list of jobs has at most `stride` rows.
constexpr std::uint32_t stride = 2 * job_parts_max * (job_parts_max + 1) + 56;
namespace from {
constexpr std::uint32_t at_work = 0, leaving = stride, checkpoints = 2 * stride, taken = 4 * stride,
                        missed = 5 * stride, rows = 6 * stride, split = 7 * stride,
                        shared = split + 4;
}
static_assert(2 * stride <= process_ordinals);

// Draws for moving rows, by what moves them and from which form.
enum class Rows : std::uint32_t { turned, finished, orphaned, misread, emptied };
std::uint32_t rows_ordinal(Rows what, Format form) {
    return from::rows + (static_cast<std::uint32_t>(what) * 2 + static_cast<std::uint32_t>(form)) *
                            static_cast<std::uint32_t>(cells);
}
static_assert(10 * cells <= stride);

JobHolder& holder_of(JobList& jobs, std::uint32_t key) {
    const auto found = std::ranges::lower_bound(jobs.holders, key, {}, &JobHolder::key);
    if (found != jobs.holders.end() && found->key == key) return *found;
    const std::int64_t parts = jobs.waiting.parts;
    return *jobs.holders.insert(found, {key, JobCounts(parts), JobCounts(parts)});
}

SchemaVerdict met(const SchemaChange* change, bool knows, Format form, std::int64_t done) {
    if (change == nullptr || done == 0) return SchemaVerdict::native;
    return verdict(*change, knows, form);
}

void move_form(StoreState& state, Format from_form, std::int64_t count, Dice& dice) {
    const Format to = from_form == Format::before ? Format::after : Format::before;
    const PerCell picked =
        pick(state, from_form, count, rows_ordinal(Rows::turned, from_form), dice);
    for (std::size_t place = 0; place < cells; ++place) {
        const Cell cell = cell_at(place);
        move_rows(state, cell, {to, cell.health, cell.age}, picked[place]);
    }
}

void take_out(StoreState& state, Rows why, Format form, std::int64_t count, std::int64_t& account,
              Dice& dice) {
    const PerCell picked = pick(state, form, count, rows_ordinal(why, form), dice);
    for (std::size_t place = 0; place < cells; ++place)
        leave(state, cell_at(place), picked[place], account);
}

// Resumed by a reader that misread or lost a part of the checkpoint.
void spoil(StoreState& state, Rows how, Format form, std::int64_t count, Dice& dice) {
    const PerCell picked = pick(state, form, count, rows_ordinal(how, form), dice);
    const Health into = how == Rows::misread ? Health::damaged : Health::hollow;
    for (std::size_t place = 0; place < cells; ++place)
        move_rows(state, cell_at(place), {form, into, cell_at(place).age}, picked[place]);
}

// `count` jobs of a list go into another, any of the form as likely.
void move_jobs(JobCounts& list, Format form, std::int64_t count, std::uint32_t ordinal, Dice& dice,
               JobCounts* into) {
    std::int64_t total = list.of(form);
    for (std::size_t row = 0; row < list.counts.size() && count > 0; ++row) {
        std::int64_t& here = list.counts[row];
        if (here == 0 || list.at(row).form != form) continue;
        const std::int64_t taken =
            count == total
                ? here
                : hypergeometric(dice(Purpose::stores, ordinal + static_cast<std::uint32_t>(row)),
                                 total, here, count);
        total -= here;
        count -= taken;
        here -= taken;
        if (into != nullptr) into->counts[row] += taken;
    }
}

// What a second of a runner's jobs came to, by the form they had.
struct Turns {
    std::array<std::int64_t, 2> finished{}, turned{};  // Turned: into the other form.
    PartsDone parts;
};

// Of `count` jobs at a checkpoint, those that it leaves in the new form.
std::int64_t now_after(const JobRunner& by, const SchemaChange* change, JobAt had,
                       std::int64_t count, std::uint32_t ordinal, Dice& dice) {
    const std::int64_t written = thin(dice, ordinal, count, by.writes_after);
    // Old code that keeps what it does not know leaves a new checkpoint new.
    const bool keeps = had.form == Format::after && !by.knows && change != nullptr &&
                       verdict(*change, false, Format::after) == SchemaVerdict::tolerant;
    return keeps ? count : written;
}

void advance(JobCounts& counts, const Store& declared, const SchemaChange* change,
             const JobRunner& by, std::uint32_t first, std::uint32_t forms, Turns& turns,
             Dice& dice) {
    const double part_s = declared.takes.seconds() * by.slow / static_cast<double>(declared.parts);
    const double chance = 1 - e_to(-std::min(700.0, 1 / part_s));
    // The furthest first, so that no job is met twice.
    for (std::size_t row = counts.counts.size(); row-- > 0;) {
        if (counts.counts[row] == 0) continue;
        const JobAt at = counts.at(row);
        const auto ordinal = static_cast<std::uint32_t>(row);
        const std::int64_t count = thin(dice, first + ordinal, counts.counts[row], chance);
        if (count == 0) continue;
        counts.counts[row] -= count;
        (at.done < at.ever ? turns.parts.again : turns.parts.first) += count;
        JobAt next{at.form, at.done + 1, std::max(at.ever, at.done + 1)};
        const auto had = static_cast<std::size_t>(at.form);
        if (next.done == declared.parts) {
            turns.finished[had] += count;
            continue;
        }
        std::int64_t after = at.form == Format::after ? count : 0;
        if (next.done % declared.checkpoint_every == 0)
            after = now_after(by, change, at, count, forms + ordinal, dice);
        turns.turned[had] += at.form == Format::after ? count - after : after;
        next.form = Format::after;
        counts.counts[counts.row(next)] += after;
        next.form = Format::before;
        counts.counts[counts.row(next)] += count - after;
    }
}

void fall_back(JobCounts& from_counts, JobCounts& waiting, const Store& declared, double share,
               std::uint32_t first, Dice& dice) {
    for (std::size_t row = 0; row < from_counts.counts.size(); ++row) {
        const std::int64_t count =
            thin(dice, first + static_cast<std::uint32_t>(row), from_counts.counts[row], share);
        if (count == 0) continue;
        from_counts.counts[row] -= count;
        JobAt at = from_counts.at(row);
        at.done = checkpoint_of(declared, at.done);
        waiting.counts[waiting.row(at)] += count;
    }
}

bool all_read(const SchemaChange* change, Format form, std::span<const JobRunner> runners) {
    return std::ranges::all_of(runners, [&](const JobRunner& by) {
        return by.room == 0 || met(change, by.knows, form, 1) != SchemaVerdict::reject;
    });
}

// Where a job that was an orphan begins again.
JobAt resumed(const JobAt& was, const Store& declared, const SchemaChange* change,
              std::span<const JobRunner> runners) {
    const Format other = was.form == Format::before ? Format::after : Format::before;
    if (was.done == 0 || all_read(change, was.form, runners)) return was;
    if (declared.event_log && all_read(change, other, runners)) return {other, was.done, was.ever};
    return {Format::before, 0, was.ever};
}

}  // namespace

JobCounts::JobCounts(std::int64_t of_parts)
    : parts(of_parts), counts(static_cast<std::size_t>(2 * of_parts * (of_parts + 1)), 0) {}

std::size_t JobCounts::row(JobAt at) const {
    return static_cast<std::size_t>(
        (at.done * 2 + static_cast<std::int64_t>(at.form)) * (parts + 1) + at.ever);
}

JobAt JobCounts::at(std::size_t row) const {
    const auto ever = static_cast<std::int64_t>(row) % (parts + 1),
               rest = static_cast<std::int64_t>(row) / (parts + 1);
    return {static_cast<Format>(rest % 2), rest / 2, ever};
}

std::int64_t JobCounts::total() const {
    std::int64_t all = 0;
    for (const std::int64_t count : counts) all += count;
    return all;
}

std::int64_t JobCounts::of(Format form) const {
    std::int64_t all = 0;
    for (std::size_t row = 0; row < counts.size(); ++row)
        if (at(row).form == form) all += counts[row];
    return all;
}

JobList start_jobs(const Store& declared) {
    if (declared.kind != StoreKind::jobs) return {};
    JobList jobs{JobCounts(declared.parts), JobCounts(declared.parts), {}};
    jobs.waiting.counts[0] = declared.records;
    return jobs;
}

std::int64_t checkpoint_of(const Store& declared, std::int64_t done) {
    return done / declared.checkpoint_every * declared.checkpoint_every;
}

void admit(JobList& jobs, const StoreState& state) {
    std::int64_t known = jobs.waiting.total();
    for (const JobHolder& holder : jobs.holders)
        known += holder.at_work.total() + holder.leaving.total();
    check(known <= all_rows(state), "no job goes missing from its store");
    std::erase_if(jobs.holders, [](const JobHolder& it) {
        return it.at_work.total() == 0 && it.leaving.total() == 0;
    });
    jobs.waiting.counts[0] += all_rows(state) - known;
}

PartsDone run_second(JobList& jobs, StoreState& state, const Store& declared,
                     const SchemaChange* change, const JobRunner& by, Dice& dice) {
    JobHolder& holder = holder_of(jobs, by.key);
    Turns turns;
    advance(holder.at_work, declared, change, by, from::at_work, from::checkpoints, turns, dice);
    advance(holder.leaving, declared, change, by, from::leaving, from::checkpoints + stride, turns,
            dice);
    for (const Format form : {Format::before, Format::after})
        take_out(state, Rows::finished, form, turns.finished[static_cast<std::size_t>(form)],
                 state.accounts.finished, dice);
    // Those that finished are gone, so that each pick is among those that can be meant.
    const std::int64_t upgraded = turns.turned[0], downgraded = turns.turned[1];
    move_form(state, Format::before, upgraded, dice);
    move_form(state, Format::after, downgraded, dice);
    return turns.parts;
}

std::vector<std::int64_t> shared_out(const JobList& jobs, const StoreState& state,
                                     std::span<const JobRunner> runners, Dice& dice) {
    std::vector<std::int64_t> taken(runners.size(), 0), room(runners.size(), 0);
    if (state.paused) return taken;
    std::int64_t rest_room = 0, rest = jobs.waiting.total();
    for (std::size_t i = 0; i < runners.size(); ++i) {
        room[i] = runners[i].room;
        for (const JobHolder& holder : jobs.holders)
            if (holder.key == runners[i].key) room[i] -= holder.at_work.total();
        room[i] = std::max<std::int64_t>(0, room[i]);
        rest_room += room[i];
    }
    rest = std::min(rest, rest_room);
    for (std::size_t i = 0; i < runners.size() && rest > 0; ++i) {
        taken[i] = rest == rest_room || room[i] == 0
                       ? room[i]
                       : hypergeometric(
                             dice(Purpose::stores, from::shared + static_cast<std::uint32_t>(i)),
                             rest_room, room[i], rest);
        rest -= taken[i];
        rest_room -= room[i];
    }
    return taken;
}

void claim(JobList& jobs, StoreState& state, const SchemaChange* change, const JobRunner& by,
           std::int64_t count, Dice& dice) {
    if (count == 0) return;
    JobHolder& holder = holder_of(jobs, by.key);
    check(count <= jobs.waiting.total(), "only jobs that wait are taken");
    JobCounts taken(jobs.waiting.parts), orphans(jobs.waiting.parts);
    const std::int64_t old_ones = jobs.waiting.of(Format::before);
    const std::int64_t of_old =
        hypergeometric(dice(Purpose::stores, from::split), jobs.waiting.total(), old_ones, count);
    move_jobs(jobs.waiting, Format::before, of_old, from::taken, dice, &taken);
    move_jobs(jobs.waiting, Format::after, count - of_old, from::taken, dice, &taken);
    std::array<std::int64_t, 2> orphaned{}, misread{}, lossy{};
    for (std::size_t row = 0; row < taken.counts.size(); ++row) {
        const JobAt at = taken.at(row);
        const auto form = static_cast<std::size_t>(at.form);
        const SchemaVerdict v = met(change, by.knows, at.form, at.done);
        if (v == SchemaVerdict::misread) misread[form] += taken.counts[row];
        if (v == SchemaVerdict::lossy) lossy[form] += taken.counts[row];
        if (v == SchemaVerdict::reject) orphaned[form] += taken.counts[row];
        (v == SchemaVerdict::reject ? orphans : holder.at_work).counts[row] += taken.counts[row];
    }
    for (const Format form : {Format::before, Format::after}) {
        const auto f = static_cast<std::size_t>(form);
        const std::int64_t had = state.accounts.orphaned;
        take_out(state, Rows::orphaned, form, orphaned[f], state.accounts.orphaned, dice);
        state.accounts.rejected += orphaned[f];
        // Nobody misses a surplus copy, or a job whose content was lost before.
        const std::int64_t missed = state.accounts.orphaned - had;
        move_jobs(orphans, form, missed, from::missed, dice, &jobs.orphans);
        spoil(state, Rows::misread, form, misread[f], dice);
        spoil(state, Rows::emptied, form, lossy[f], dice);
    }
}

std::int64_t drain_jobs(JobList& jobs, std::uint32_t holder, double share, std::uint32_t first,
                        Dice& dice) {
    JobHolder& its = holder_of(jobs, holder);
    std::int64_t all = 0;
    for (std::size_t row = 0; row < its.at_work.counts.size(); ++row) {
        const std::int64_t count =
            thin(dice, first + static_cast<std::uint32_t>(row), its.at_work.counts[row], share);
        its.at_work.counts[row] -= count;
        its.leaving.counts[row] += count;
        all += count;
    }
    return all;
}

void cut_jobs(JobList& jobs, const Store& declared, std::uint32_t holder, bool was_draining,
              double share, std::uint32_t first, Dice& dice) {
    JobHolder& its = holder_of(jobs, holder);
    fall_back(was_draining ? its.leaving : its.at_work, jobs.waiting, declared, share,
              first + stride, dice);
}

std::int64_t requeue_second(JobList& jobs, StoreState& state, const Store& declared,
                            const SchemaChange* change, std::span<const JobRunner> runners,
                            Dice& dice) {
    const std::int64_t all = jobs.orphans.total(),
                       count = std::min(all, declared.repairs_per_second);
    if (count == 0) return 0;
    JobCounts taken(jobs.orphans.parts);
    const std::int64_t of_old = hypergeometric(dice(Purpose::stores, from::split), all,
                                               jobs.orphans.of(Format::before), count);
    move_jobs(jobs.orphans, Format::before, of_old, from::taken, dice, &taken);
    move_jobs(jobs.orphans, Format::after, count - of_old, from::taken, dice, &taken);
    for (std::size_t row = 0; row < taken.counts.size(); ++row) {
        if (taken.counts[row] == 0) continue;
        const JobAt to = resumed(taken.at(row), declared, change, runners);
        jobs.waiting.counts[jobs.waiting.row(to)] += taken.counts[row];
        come_back(state, to.form, taken.counts[row], state.accounts.orphaned);
    }
    state.accounts.repaired += count;
    return count;
}

double unreadable(const JobList& jobs, const SchemaChange* change, double share_knows) {
    double all = 0;
    for (std::size_t row = 0; row < jobs.waiting.counts.size(); ++row) {
        const JobAt at = jobs.waiting.at(row);
        for (const bool knows : {true, false})
            if (met(change, knows, at.form, at.done) == SchemaVerdict::reject)
                all += (knows ? share_knows : 1 - share_knows) *
                       static_cast<double>(jobs.waiting.counts[row]);
    }
    return all;
}

void check_conserved(const JobList& jobs, const StoreState& state) {
    for (const Format form : {Format::before, Format::after}) {
        std::int64_t known = jobs.waiting.of(form);
        for (const JobHolder& holder : jobs.holders)
            known += holder.at_work.of(form) + holder.leaving.of(form);
        check(known == rows_of(state, form), "every job in the store waits or runs");
    }
    check(jobs.orphans.total() == state.accounts.orphaned, "every orphan is on the list");
    const auto none_below = [](const JobCounts& counts) {
        return std::ranges::all_of(counts.counts, [](std::int64_t count) { return count >= 0; });
    };
    check(none_below(jobs.waiting) && none_below(jobs.orphans), "no job waits twice");
    for (const JobHolder& holder : jobs.holders)
        check(none_below(holder.at_work) && none_below(holder.leaving), "no job runs twice");
}

void fold(const JobList& jobs, Digest& digest) {
    const auto all = [&](const JobCounts& counts) {
        for (std::size_t row = 0; row < counts.counts.size(); ++row)
            if (counts.counts[row] != 0)
                digest.fold(std::uint64_t{row}), digest.fold(counts.counts[row]);
    };
    all(jobs.waiting);
    all(jobs.orphans);
    for (const JobHolder& holder : jobs.holders) {
        digest.fold(std::uint64_t{holder.key});
        all(holder.at_work);
        all(holder.leaving);
    }
}

}  // namespace rollcage
