// Work that takes longer than a frame, on a thread of its own; a frame asks whether it is done.
// Leans on the standard library. The work gets all it needs by value and touches nothing else.
// What is begun anew stops what ran before; whoever goes away waits for all of it to stop.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace rollcage {

template <class T>
class Background {
public:
    using Work = std::function<T(const std::atomic<bool>& stop)>;

    Background() = default;
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;
    ~Background() {
        stop();
        for (auto& it : tasks_) it->thread.join();
    }

    void begin(Work work) {
        stop();
        tasks_.push_back(std::make_unique<Task>());
        Task* task = tasks_.back().get();
        task->thread = std::thread([task, work = std::move(work)] {
            task->result.emplace(work(task->stop));
            task->done = true;
        });
    }
    void stop() {
        for (auto& it : tasks_) it->stop = true;
    }
    bool running() const { return !tasks_.empty() && !tasks_.back()->stop; }
    // Once, when it is there; of what was stopped nothing comes.
    std::optional<T> take() {
        std::optional<T> found;
        std::erase_if(tasks_, [&](const std::unique_ptr<Task>& it) {
            if (!it->done) return false;
            it->thread.join();
            if (!it->stop) found = std::move(it->result);
            return true;
        });
        return found;
    }

private:
    struct Task {
        std::atomic<bool> stop{false}, done{false};
        std::optional<T> result;
        std::thread thread;
    };
    std::vector<std::unique_ptr<Task>> tasks_;
};

}  // namespace rollcage
