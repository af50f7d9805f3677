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

    // Nought: as fast as it goes.
    void go(double seconds_a_second, Until until = Until::told);
    void halt() { going_ = false; }
    bool going() const { return going_; }
    double speed() const { return speed_; }
    std::atomic<bool> halts_on_trouble{true};
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

    mutable std::mutex mutex_;
    Drill drill_;
    std::atomic<bool> going_{false}, over_{false};
    std::atomic<double> speed_{60};
    std::atomic<Until> until_{Until::told};
    std::atomic<std::uint64_t> revision_{1};
    std::thread thread_;
};

}  // namespace rollcage
