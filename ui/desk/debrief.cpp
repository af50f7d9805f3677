#include "ui/desk/debrief.h"

#include <algorithm>
#include <filesystem>

#include "ui/report/after_action.h"
#include "ui/report/written.h"

namespace rollcage {
namespace {

constexpr std::uint64_t luck_piece = 20;

}  // namespace

Debrief::Debrief(std::string where, Recording what, unsigned jobs)
    : path(std::move(where)), recording(std::move(what)), jobs_(jobs) {
    playing_.begin([again = recording](const std::atomic<bool>&) { return watch_again(again); });
}

DrillAsked Debrief::asked() const {
    DrillAsked all{.recording = &recording, .day = &*day_, .engine = ROLLCAGE_VERSION};
    if (others_ && !others_->seeds.empty()) all.others = &*others_;
    if (luck_) all.luck = &*luck_;
    if (why_) all.explanation = &*why_;
    all.why_alone = "Other answers to the day were not played to their end.";
    all.why_no_luck = "No other days were asked for.";
    all.why_unexplained = "The day was not played without each thing done to it.";
    for (const Tried& it : tried_)
        if (it.life) all.beside.push_back(*it.life);
    return all;
}

void Debrief::see_again() {
    view_ = drill_view(asked());
}

bool Debrief::poll() {
    bool changed = false;
    if (auto it = playing_.take()) {
        changed = true;
        if (!*it) {
            trouble = it->error().message;
        } else {
            day_ = std::move(**it);
            ++revision_;
            see_again();
            explaining_.begin([again = recording](const std::atomic<bool>& stop) {
                return explained(again, {1, &stop});
            });
        }
    }
    if (auto it = explaining_.take()) {
        changed = true;
        if (*it && !(*it)->day.interrupted) why_ = std::move(**it);
        // Not in a recording that was cut short: others would be judged over more time.
        if (!recording.head.until)
            comparing_.begin([again = recording, scenario = day_->scenario,
                              jobs = jobs_](const std::atomic<bool>& stop) {
                return other_answers(again, scenario, {jobs, &stop, {}});
            });
    }
    if (auto it = comparing_.take()) {
        changed = true;
        if (*it) others_ = std::move(**it), see_again();
    }
    if (auto it = more_luck_.take()) {
        changed = true;
        if (*it && !luck_)
            luck_ = std::move(**it);
        else if (*it)
            for (std::size_t i = 0; i < (*it)->seeds.size(); ++i) {
                luck_->seeds.push_back((*it)->seeds[i]);
                luck_->ordered.push_back((*it)->ordered[i]);
                luck_->idle.push_back((*it)->idle[i]);
            }
        go_on_with_luck();
    }
    if (auto it = trying_.take(); it && it->first < tried_.size()) {
        changed = true;
        Tried& tried = tried_[it->first];
        if (it->second)
            tried.life = NamedDay{clock_text(tried.at).substr(0, 8) + " " + tried.order,
                                  std::move(*it->second)};
        else
            tried.trouble = it->second.error().message;
        ++revision_;
        go_on_trying();
    }
    return changed;
}

bool Debrief::busy() const {
    return playing_.running() || explaining_.running() || comparing_.running() ||
           more_luck_.running() || trying_.running();
}

void Debrief::ask_luck(std::uint64_t seeds) {
    luck_.reset();
    luck_asked_ = seeds, luck_upto_ = 0;
    go_on_with_luck();
}

void Debrief::go_on_with_luck() {
    if (luck_upto_ >= luck_asked_) return;
    const std::uint64_t first = luck_upto_ + 1,
                        last = std::min(luck_upto_ + luck_piece, luck_asked_);
    luck_upto_ = last;
    more_luck_.begin([again = recording, first, last](const std::atomic<bool>& stop) {
        return luck_or_skill(
            again, {.seeds = last, .family = false, .jobs = 1, .stop = &stop, .first = first});
    });
}

void Debrief::try_order(SimTime at, const std::string& order) {
    tried_.push_back({at, order});
    if (const auto command = parse_command(order, day_->scenario.blueprint->names); !command)
        tried_.back().trouble = command.error().message;
    else if (!trying_.running())
        go_on_trying();
}

void Debrief::forget_tried() {
    trying_.stop();
    tried_.clear();
    ++revision_;
}

// One at a time, in the order in which they were asked for.
void Debrief::go_on_trying() {
    const auto next = std::ranges::find_if(
        tried_, [](const Tried& it) { return !it.life && it.trouble.empty(); });
    if (next == tried_.end()) return;
    trying_.begin(
        [again = recording, at = next->at, order = next->order,
         nth = static_cast<std::size_t>(next - tried_.begin())](const std::atomic<bool>&) {
            return std::pair{nth, watch_turned(again, at, order)};
        });
}

Result<std::string> Debrief::write_page() {
    if (!day_) return Error{"the day is still being played; try again in a moment"};
    const std::string page = std::filesystem::path{path}.replace_extension(".html").string();
    if (const auto put = write_file(page, after_action_html(asked())); !put) return put.error();
    return page;
}

}  // namespace rollcage
