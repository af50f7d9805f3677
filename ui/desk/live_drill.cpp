#include "ui/desk/live_drill.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "ui/desk/table_pace.h"

namespace rollcage {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto nap = std::chrono::milliseconds(15);
constexpr Duration slice = 30_s;  // Of simulated time, for which nobody else has the drill.

// Trouble, or an answer to what somebody ordered.
bool is_worth_a_decision(const Fact& fact) {
    return tells_of_trouble(fact) || std::holds_alternative<TookEffect>(fact) ||
           std::holds_alternative<Refused>(fact) || std::holds_alternative<Inspected>(fact) ||
           std::holds_alternative<Said>(fact);
}

}  // namespace

LiveDrill::LiveDrill(Drill drill) : drill_(std::move(drill)), thread_([this] { live(); }) {}

LiveDrill::~LiveDrill() {
    over_ = true;
    thread_.join();
}

void LiveDrill::go(double seconds_a_second, Until until) {
    if (held_) return;
    speed_ = seconds_a_second;
    until_ = until;
    by_table_ = false;
    going_ = true;
}

void LiveDrill::go_by_table() {
    if (held_) return;
    until_ = Until::told;
    by_table_ = true;
    going_ = true;
}

void LiveDrill::hold(bool held) {
    held_ = held;
    if (held) going_ = false;
    ++revision_;
}

bool LiveDrill::pass(SimTime until) {
    const std::lock_guard lock{mutex_};
    if (drill_.now() >= drill_.decisions_end()) return true;
    const std::size_t known = drill_.known().facts().size();
    const SimTime stop = std::min(until, drill_.now() + slice);
    bool trouble = false;
    (void)drill_.advance(stop);
    const bool news = drill_.known().facts().size() > known;
    for (const Occurrence& it : drill_.known().facts().subspan(known)) {
        trouble |= tells_of_trouble(it.fact);
        if (is_worth_a_decision(it.fact)) quiet_s_ = 0;
    }
    ++revision_;
    if (drill_.now() >= drill_.decisions_end()) return true;
    switch (until_.load()) {
        case Until::next_fact: return news;
        case Until::next_trouble: return trouble;
        case Until::told: return trouble && halts_on_trouble && !by_table_;
    }
    return false;
}

// The table's time goes on while the day stands still: people talk then.
double LiveDrill::pace(double passed_s) {
    quiet_s_ += passed_s;
    if (table_s_ > 0) {
        const double before_s = table_left_s_;
        table_left_s_ = std::max(0.0, before_s - passed_s);
        if (std::floor(before_s / 60) != std::floor(table_left_s_ / 60)) ++revision_;
    }
    if (!by_table_) return speed_;
    const double left_s =
        look([](const Drill& it) { return (it.decisions_end() - it.now()).seconds(); });
    return table_speed({left_s, table_left_s_, quiet_s_});
}

// Simulated time follows real time; what was missed while it stood still is not caught up with.
void LiveDrill::live() {
    auto before = Clock::now();
    double owed_s = 0;
    while (!over_) {
        const auto present = Clock::now();
        const double passed_s = std::chrono::duration<double>(present - before).count();
        before = present;
        const double speed = pace(passed_s);
        if (!going_) {
            owed_s = 0;
            std::this_thread::sleep_for(nap);
            continue;
        }
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
