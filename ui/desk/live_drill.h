// A drill whose time passes by itself, on a thread of its own: so many simulated seconds a second.
// Leans on drill.h. Who wants the drill takes it for a moment, and time stands still meanwhile.
// It halts where it was asked to: at the next fact, at the next trouble, at its end.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>

#include "scenarios/play/drill.h"

namespace rollcage {

enum class Until { told, next_fact, next_trouble };

class LiveDrill {
public:
    explicit LiveDrill(Drill drill);
    ~LiveDrill();
    LiveDrill(const LiveDrill&) = delete;
    LiveDrill& operator=(const LiveDrill&) = delete;

    // Nought: as fast as it goes. Not while somebody holds it.
    void go(double seconds_a_second, Until until = Until::told);
    // At the pace of a table that has so many minutes for what is left of the day, from now on.
    void go_by_table();
    void sit_for(double minutes) { table_s_ = minutes * 60, table_left_s_ = minutes * 60; }
    bool has_table_time() const { return table_s_ > 0; }
    double table_left_s() const { return table_left_s_; }
    void halt() { going_ = false; }
    bool going() const { return going_; }
    bool by_table() const { return by_table_; }
    double speed() const { return speed_; }
    std::atomic<bool> halts_on_trouble{true};
    // A facilitator holds time: nobody else lets it pass until it is let go of.
    void hold(bool held);
    bool held() const { return held_; }
    // Grows with everything that may be shown otherwise.
    std::uint64_t revision() const { return revision_; }

    template <class Use>
    auto with(const Use& use) {
        const std::lock_guard lock{mutex_};
        ++revision_;
        return use(drill_);
    }
    template <class Use>
    auto look(const Use& use) const {
        const std::lock_guard lock{mutex_};
        return use(drill_);
    }

private:
    void live();
    bool pass(SimTime until);  // Some of the way; answers whether it is to halt.
    double pace(double passed_s);

    mutable std::mutex mutex_;
    Drill drill_;
    std::atomic<bool> going_{false}, over_{false}, held_{false}, by_table_{false};
    std::atomic<double> speed_{60}, table_s_{0}, table_left_s_{0};
    std::atomic<Until> until_{Until::told};
    std::atomic<std::uint64_t> revision_{1};
    double quiet_s_ = 1e9;  // Of the people's own time; the thread's alone.
    std::thread thread_;
};

}  // namespace rollcage
