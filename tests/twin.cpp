#include "tests/twin.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <random>

#include "sim/base/agenda.h"

namespace rollcage {

namespace {

enum Kind : std::uint32_t { replaced, arrives, done, client_leaves, returns, call_leaves };
constexpr std::uint32_t nobody = UINT32_MAX;

struct Task {  // One attempt of a client at the front, or one call at the backend.
    std::uint32_t caller = nobody;
    std::uint8_t station = 0, attempt = 0, calls = 0;
    bool awaited = true;  // Somebody still wants the answer.
    bool at_work = false;
    bool dropped = false;
};

struct Place {
    TwinStation declared;
    std::deque<std::uint32_t> queue;
    std::int64_t busy = 0;
};

class Twin {
public:
    Twin(const TwinWorld& world, std::uint64_t seed) : world_(world), dice_(seed) {
        places_.push_back({world.front, {}, 0});
        if (world.backend) places_.push_back({*world.backend, {}, 0});
        const auto seconds = static_cast<std::size_t>(std::ceil(world.lasts_s));
        counts_.attempts_per_s.assign(seconds, 0);
        counts_.good_per_s.assign(seconds, 0);
    }

    TwinCounts play() {
        for (std::uint32_t place = 0; place < places_.size(); ++place) {
            const std::vector<double>& times = places_[place].declared.replaced_at_s;
            for (std::uint32_t i = 0; i < times.size(); ++i) plan_at(times[i], replaced, place, i);
        }
        plan_in(exponential_s(1 / world_.rate_per_s), arrives, 0, 0);
        while (!agenda_.empty() && agenda_.next().at().seconds() < world_.lasts_s) {
            const EventKey event = agenda_.take();
            pass_time_to(event.at().seconds());
            ++counts_.events;
            happen(event);
        }
        pass_time_to(world_.lasts_s);
        counts_.mean_queue = queue_seconds_ / world_.lasts_s;
        counts_.pending = counts_.offered - counts_.good - counts_.failed - counts_.refused;
        return counts_;
    }

private:
    double uniform() { return (static_cast<double>(dice_() >> 11) + 0.5) * 0x1p-53; }
    double exponential_s(double mean) { return -mean * std::log(uniform()); }

    void plan_at(double at_s, Kind kind, std::uint32_t entity, std::uint32_t ordinal) {
        const SimTime at{std::llround(at_s * 1e6)};
        agenda_.plan({at, 0, kind, entity, ordinal & EventKey::ordinal_max});
    }
    void plan_in(double in_s, Kind kind, std::uint32_t entity, std::uint32_t ordinal) {
        plan_at(now_s_ + in_s, kind, entity, ordinal);
    }
    void pass_time_to(double at_s) {
        queue_seconds_ += static_cast<double>(places_[0].queue.size()) * (at_s - now_s_);
        now_s_ = at_s;
    }

    void happen(const EventKey& event) {
        const std::uint32_t row = event.entity();
        switch (event.kind()) {
            case replaced: replace(row); return;
            case arrives:
                ++counts_.offered;
                if (world_.retry_budget) tokens_ = std::min(1000.0, tokens_ + *world_.retry_budget);
                plan_in(exponential_s(1 / world_.rate_per_s), arrives, 0, ++arrivals_);
                attempt(0);
                return;
            case done:
                if (!tasks_[row].dropped) work_done(row);
                return;
            case client_leaves:
                if (!tasks_[row].awaited) return;
                tasks_[row].awaited = false;
                give_up(tasks_[row].attempt, false);
                return;
            case returns: attempt(tasks_[row].attempt + 1); return;
            case call_leaves:
                if (!tasks_[row].awaited) return;
                tasks_[row].awaited = false;
                call_failed(tasks_[row].caller);
                return;
            default: check(false, "every event of the twin has a kind that is known");
        }
    }

    std::uint32_t add(const Task& task) {
        tasks_.push_back(task);
        return static_cast<std::uint32_t>(tasks_.size() - 1);
    }
    double mean_work_s(const Place& place) const {
        const TwinStation& it = place.declared;
        const bool slow = now_s_ >= it.slow_from_s && now_s_ < it.slow_until_s;
        return it.work_s * (slow ? it.slow_by : 1);
    }
    bool full(const Place& place) const {
        if (!place.declared.queue_s) return false;
        const double bound = *place.declared.queue_s * static_cast<double>(place.declared.slots) /
                             mean_work_s(place);
        return static_cast<double>(place.queue.size()) >= bound;
    }

    void attempt(std::uint32_t nth) {
        ++counts_.attempts_per_s[static_cast<std::size_t>(now_s_)];
        const bool shedding = now_s_ >= world_.shed_from_s && now_s_ < world_.shed_until_s;
        if (shedding && uniform() < world_.shed) return give_up(nth, true);
        if (full(places_[0])) return give_up(nth, false);
        const std::uint32_t row = add({.attempt = static_cast<std::uint8_t>(nth)});
        plan_in(world_.timeout_s, client_leaves, row, 0);
        enter(row);
    }
    void give_up(std::uint32_t nth, bool shed) {
        bool again = static_cast<int>(nth) + 1 < world_.attempts && !(shed && world_.shed_final);
        if (again && world_.retry_budget) {
            again = tokens_ >= 1;
            if (again) tokens_ -= 1;
        }
        if (!again) {
            ++(shed ? counts_.refused : counts_.failed);
            return;
        }
        const double span =
            std::min(world_.backoff_cap_s, std::ldexp(world_.backoff_s, static_cast<int>(nth)));
        const std::uint32_t row =
            add({.attempt = static_cast<std::uint8_t>(nth), .awaited = false});
        plan_in(span * uniform(), returns, row, 0);
    }

    void enter(std::uint32_t row) {
        Place& place = places_[tasks_[row].station];
        if (place.busy < place.declared.slots) {
            ++place.busy;
            start(row);
        } else {
            place.queue.push_back(row);
        }
    }
    void start(std::uint32_t row) {
        const Place& place = places_[tasks_[row].station];
        tasks_[row].at_work = true;
        const double mean = mean_work_s(place);
        plan_in(place.declared.work_varies ? exponential_s(mean) : mean, done, row, 0);
    }
    void free_slot(std::uint32_t station) {
        Place& place = places_[station];
        while (!place.queue.empty()) {
            const bool first = place.declared.order == TwinOrder::fifo;
            const std::uint32_t next = first ? place.queue.front() : place.queue.back();
            first ? place.queue.pop_front() : place.queue.pop_back();
            if (place.declared.drop_expired && !tasks_[next].awaited) continue;
            return start(next);
        }
        --place.busy;
    }

    void work_done(std::uint32_t row) {
        if (tasks_[row].station == 0 && places_.size() > 1) return call(row);
        const std::uint32_t caller = tasks_[row].caller;
        const bool awaited = tasks_[row].awaited;
        if (caller == nobody) return settle(row, true);
        leave(row);
        if (awaited && !tasks_[caller].dropped) settle(caller, true);
    }
    void call(std::uint32_t caller) {
        ++tasks_[caller].calls;
        ++counts_.calls;
        if (full(places_[1])) return call_failed(caller);
        const std::uint32_t row = add({.caller = caller, .station = 1});
        plan_in(world_.call.timeout_s, call_leaves, row, 0);
        enter(row);
    }
    void call_failed(std::uint32_t caller) {
        if (tasks_[caller].dropped) return;
        tasks_[caller].calls < world_.call.attempts ? call(caller) : settle(caller, false);
    }
    // The slot of a client's attempt is free again, with an answer or with an error.
    void settle(std::uint32_t row, bool ok) {
        const bool awaited = tasks_[row].awaited;
        const std::uint8_t nth = tasks_[row].attempt;
        leave(row);
        if (!awaited) return;
        if (!ok) return give_up(nth, false);
        ++counts_.good;
        ++counts_.good_per_s[static_cast<std::size_t>(now_s_)];
    }
    void leave(std::uint32_t row) {
        tasks_[row].awaited = false;
        tasks_[row].at_work = false;
        free_slot(tasks_[row].station);
    }

    void replace(std::uint32_t station) {
        Place& place = places_[station];
        std::vector<std::uint32_t> lost(place.queue.begin(), place.queue.end());
        for (std::uint32_t row = 0; row < tasks_.size(); ++row)
            if (tasks_[row].at_work && tasks_[row].station == station) lost.push_back(row);
        place.queue.clear();
        place.busy = 0;
        for (const std::uint32_t row : lost) {
            tasks_[row].dropped = true;
            tasks_[row].at_work = false;
        }
        for (const std::uint32_t row : lost) {
            if (!tasks_[row].awaited) continue;
            tasks_[row].awaited = false;
            const std::uint32_t caller = tasks_[row].caller;
            if (caller == nobody)
                give_up(tasks_[row].attempt, false);
            else
                call_failed(caller);
        }
    }

    TwinWorld world_;
    std::mt19937_64 dice_;
    Agenda agenda_;
    std::vector<Task> tasks_;
    std::vector<Place> places_;
    TwinCounts counts_;
    double now_s_ = 0, tokens_ = 0, queue_seconds_ = 0;
    std::uint32_t arrivals_ = 0;
};

}  // namespace

TwinCounts play_twin(const TwinWorld& world, std::uint64_t seed) {
    return Twin(world, seed).play();
}

double mean_per_s(const std::vector<std::int64_t>& column, std::size_t from, std::size_t until) {
    double sum = 0;
    for (std::size_t i = from; i < until; ++i) sum += static_cast<double>(column[i]);
    return sum / static_cast<double>(until - from);
}

}  // namespace rollcage
