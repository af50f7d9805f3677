// The judged end of a run: the hidden truth as numbers, one struct for JSON, tables and tests.
// Leans on base. What no mechanism fills yet is an empty optional, printed as null.
// offered = good + failed + refused + pending; slow is within good.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rollcage {

struct Outcome {
    std::int64_t offered = 0, good = 0, failed = 0, refused = 0, slow = 0, pending = 0;
    std::int64_t misled = 0;                     // Within good: answered from a damaged record.
    std::int64_t logged_out = 0;                 // Sessions.
    std::int64_t user_minutes_impacted_ppm = 0;  // Millionths of user-minutes.
    std::optional<double> budget_burned_share;
    std::int64_t writes = 0, inserts = 0;
    double share_exposed_ever = 0, share_exposed_peak = 0;  // Of users, to a change that does harm.
    // From the first harmful minute: to the first fact that tells of it; to five minutes without
    // harm; to nothing wrong being left that a repair has not given up.
    std::optional<double> detect_s, mitigate_s, recover_s;
    double open_harm_per_hour = 0;  // Requests and records, by the last ten minutes.
    std::int64_t open_residue = 0;  // Records wrong or unreadable, and jobs orphaned, at the end.
    double toil_minutes = 0;        // Of people, by runbooks and fixes.
    struct Cost {                   // In the scenario's money.
        double requests = 0, data = 0, people = 0, machines = 0, environments = 0,
               worth_delayed = 0;
        double total() const {
            return requests + data + people + machines + environments + worth_delayed;
        }
    };
    std::optional<Cost> cost;  // Where the scenario has prices.
    struct Records {
        std::string store;
        std::int64_t accepted = 0, sound = 0, diverged = 0, damaged = 0, lost = 0, doubled = 0;
        std::int64_t stranded = 0, dead_lettered = 0, unreadable = 0;
        // Accepted writes taken back; rows that repair left to people; reads a replica was late
        // for.
        std::int64_t undone = 0, by_hand = 0, stale_reads = 0;
        double unreadable_minutes = 0;
    };
    std::vector<Records> records;  // One a store, in declared order.
    std::int64_t jobs_finished = 0, jobs_orphaned = 0, effects_sent = 0, effects_doubled = 0;
    std::int64_t effects_unmatched = 0;  // Their record was taken back.
    // Builds that went out; of these, rolled back or fixed, and fixes. Red stages that were wrong.
    std::int64_t deploys = 0, gates_skipped = 0;
    std::optional<double> lead_time_s, change_fail_share, rework_share, false_red_share;
    double worth_delivered = 0, worth_delayed = 0;
    struct Environment {  // In what it was unlike production at the end: all of it.
        std::string name;
        std::vector<std::string> differences{};
        struct Missed {  // In a build that went out: with this difference no more to be found.
            std::string build, difference;
        };
        std::vector<Missed> missed{};
    };
    std::vector<Environment> environments;  // In declared order.
};

}  // namespace rollcage
