// The twin: one event per step of every single request, to hold the tick engine against.
// Leans on the agenda and libm; tests and the benchmark only, never sim.
// Work is drawn at the start of service; what a client abandons stays in the queue.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace rollcage {

enum class TwinOrder : std::uint8_t { fifo, lifo };

struct TwinStation {
    std::int64_t slots = 80;
    double work_s = 0.1;
    bool work_varies = true;          // Exponential, or always the same.
    std::optional<double> queue_s{};  // Bound, in time the queue takes to serve.
    TwinOrder order = TwinOrder::fifo;
    bool drop_expired = false;
    double slow_by = 1, slow_from_s = 0, slow_until_s = 0;
    std::vector<double>
        replaced_at_s{};  // Slots freed, queue dropped, its clients give up at once.
};

struct TwinCall {  // The front calls the backend after its own work and holds its slot meanwhile.
    double timeout_s = 1;
    int attempts = 1;
};

struct TwinWorld {
    double rate_per_s = 480, lasts_s = 420;
    double timeout_s = 1;
    int attempts = 4;
    double backoff_s = 0.2, backoff_cap_s = 20;  // Full jitter: uniform up to base x 2^n.
    std::optional<double> retry_budget{};        // Tokens per fresh request; 1000 at most.
    double shed = 0, shed_from_s = 0, shed_until_s = 0;
    bool shed_final = false;
    TwinStation front{};
    std::optional<TwinStation> backend{};
    TwinCall call{};
};

struct TwinCounts {
    std::int64_t offered = 0, good = 0, failed = 0, refused = 0, pending = 0;
    std::int64_t calls = 0, events = 0;
    double mean_queue = 0;  // Of the front, over the whole time.
    std::vector<std::int64_t> attempts_per_s, good_per_s;
};

TwinCounts play_twin(const TwinWorld& world, std::uint64_t seed);

// Mean of a per-second column over [from, until).
double mean_per_s(const std::vector<std::int64_t>& column, std::size_t from, std::size_t until);

}  // namespace rollcage
