// Pieces of work shared out over threads, each by its number.
// Leans on the standard library; which thread does a piece must not matter to it.
// A raised stop lets what was begun end, and begins nothing more.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace rollcage {

inline void in_parallel(std::size_t count, unsigned jobs, const std::atomic<bool>* stop,
                        const std::function<void(std::size_t)>& each) {
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        while (!(stop && *stop)) {
            const std::size_t nth = next.fetch_add(1);
            if (nth >= count) return;
            each(nth);
        }
    };
    std::vector<std::thread> threads;
    for (unsigned job = 1; job < std::clamp(jobs, 1u, 256u); ++job) threads.emplace_back(work);
    work();
    for (std::thread& it : threads) it.join();
}

}  // namespace rollcage
