// Long jobs: what waits, what runs in whose processes, and what nobody could resume.
// Leans on rows.h; the rows of the store are the same jobs by form and health, orphans excepted.
// A process that ends cuts its jobs back to their checkpoint: what they did since is done again.
#pragma once

#include <span>
#include <vector>

#include "sim/world/rows.h"

namespace rollcage {

// Where a job is: the form of its checkpoint, the parts done, and the parts ever done, which are
// more after a cut. A job that has no checkpoint yet is `before`, and everybody can begin it.
struct JobAt {
    Format form = Format::before;
    std::int64_t done = 0, ever = 0;
};

struct JobCounts {
    JobCounts() = default;
    explicit JobCounts(std::int64_t of_parts);
    std::size_t row(JobAt at) const;
    JobAt at(std::size_t row) const;
    std::int64_t total() const;
    std::int64_t of(Format form) const;

    std::int64_t parts = 0;
    std::vector<std::int64_t> counts;
};

// The jobs in one pool's processes: those that go on taking work, and those that are draining.
struct JobHolder {
    std::uint32_t key = 0;
    JobCounts at_work, leaving;
};

struct JobList {
    JobCounts waiting, orphans;
    std::vector<JobHolder> holders;  // In the order of their keys.
};

// What a holder's processes are like now.
struct JobRunner {
    std::uint32_t key = 0;
    bool knows = false;       // Reader of the new form.
    double writes_after = 0;  // Of its checkpoints, those in the new form.
    double slow = 1;          // Times the work.
    std::int64_t room = 0;    // Jobs that its ready processes can run at once.
};

// Parts that were finished for the first time, and those that had been finished before.
struct PartsDone {
    std::int64_t first = 0, again = 0;
};

JobList start_jobs(const Store& declared);
std::int64_t checkpoint_of(const Store& declared, std::int64_t done);

// Jobs that requests put into the store since.
void admit(JobList& jobs, const StoreState& state);
// One second of a runner's jobs; `dice` is the runner's own.
PartsDone run_second(JobList& jobs, StoreState& state, const Store& declared,
                     const SchemaChange* change, const JobRunner& by, Dice& dice);
// How many of the waiting jobs the free processes of each runner take; none while it is paused.
std::vector<std::int64_t> shared_out(const JobList& jobs, const StoreState& state,
                                     std::span<const JobRunner> runners, Dice& dice);
// A runner takes so many, any as likely; what it rejects is an orphan.
void claim(JobList& jobs, StoreState& state, const SchemaChange* change, const JobRunner& by,
           std::int64_t count, Dice& dice);

// One of the processes stops taking work, with so many jobs in hand, or ends; a process's dice,
// from `first` on.
inline constexpr std::uint32_t process_ordinals = 4096;
std::int64_t drain_jobs(JobList& jobs, std::uint32_t holder, double share, std::uint32_t first,
                        Dice& dice);
void cut_jobs(JobList& jobs, const Store& declared, std::uint32_t holder, bool was_draining,
              double share, std::uint32_t first, Dice& dice);

// Orphans are put back, at the store's rate: from their checkpoint where all `runners` read it or
// an event log says what was done, else from the beginning. One second's worth; returns how many.
std::int64_t requeue_second(JobList& jobs, StoreState& state, const Store& declared,
                            const SchemaChange* change, std::span<const JobRunner> runners,
                            Dice& dice);

// Of jobs that wait at a checkpoint, those that no reader of the mix can resume.
double unreadable(const JobList& jobs, const SchemaChange* change, double share_knows);
void check_conserved(const JobList& jobs, const StoreState& state);
void fold(const JobList& jobs, Digest& digest);

}  // namespace rollcage
