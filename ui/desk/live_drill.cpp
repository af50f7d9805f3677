#include "ui/desk/live_drill.h"

#include <algorithm>
#include <chrono>

namespace rollcage {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto nap = std::chrono::milliseconds(15);
constexpr Duration slice = 30_s;  // Of simulated time, for which nobody else has the drill.

}  // namespace

LiveDrill::LiveDrill(Drill drill) : drill_(std::move(drill)), thread_([this] { live(); }) {}

LiveDrill::~LiveDrill() {
    over_ = true;
    thread_.join();
}

void LiveDrill::go(double seconds_a_second, Until until) {
    speed_ = seconds_a_second;
    until_ = until;
    going_ = true;
}

bool LiveDrill::pass(SimTime until) {
    const std::lock_guard lock{mutex_};
    if (drill_.now() >= drill_.decisions_end()) return true;
    const std::size_t known = drill_.known().facts().size();
    const SimTime stop = std::min(until, drill_.now() + slice);
    bool trouble = false;
    (void)drill_.advance(stop);
    const bool news = drill_.known().facts().size() > known;
    for (const Occurrence& it : drill_.known().facts().subspan(known))
        trouble |= tells_of_trouble(it.fact);
    ++revision_;
    if (drill_.now() >= drill_.decisions_end()) return true;
    switch (until_.load()) {
        case Until::next_fact: return news;
        case Until::next_trouble: return trouble;
        case Until::told: return trouble && halts_on_trouble;
    }
    return false;
}

// Simulated time follows real time; what was missed while it stood still is not caught up with.
void LiveDrill::live() {
    auto before = Clock::now();
    double owed_s = 0;
    while (!over_) {
        const auto present = Clock::now();
        const double passed_s = std::chrono::duration<double>(present - before).count();
        before = present;
        if (!going_) {
            owed_s = 0;
            std::this_thread::sleep_for(nap);
            continue;
        }
        const double speed = speed_;
        owed_s = std::min(owed_s + passed_s * speed, speed);
        const SimTime from = look([](const Drill& it) { return it.now(); });
        const SimTime due =
            speed > 0 ? from + Duration{static_cast<std::int64_t>(owed_s * 1e6)} : from + slice;
        const bool halts = due > from && pass(due);
        const SimTime now = look([](const Drill& it) { return it.now(); });
        owed_s = std::max(0.0, owed_s - (now - from).seconds());
        if (halts) going_ = false, ++revision_;
        if (speed > 0) std::this_thread::sleep_for(nap);
    }
}

}  // namespace rollcage
