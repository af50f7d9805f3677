#include "ui/desk/debrief.h"

#include <algorithm>
#include <filesystem>

#include "sim/world/blueprint.h"
#include "ui/report/after_action.h"
#include "ui/report/written.h"

namespace rollcage {
namespace {

constexpr std::uint64_t luck_piece = 20;
constexpr int pages_max = 100;  // Of one recording.

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
    decided_ = decided_day(*day_, why_ ? &why_->day : nullptr);
    ++known_;
}

void Debrief::take_day() {
    shop_ = shop_of(day_->scenario);
    ++revision_;
    see_again();
    explaining_.begin([again = recording](const std::atomic<bool>& stop) {
        return explained(again, {1, &stop});
    });
    if (!day_->scenario.blueprint->environments.empty())
        looking_.begin([again = recording](const std::atomic<bool>&) { return drift_of(again); });
}

void Debrief::take_others() {
    // Not in a recording that was cut short: others would be judged over more time.
    if (recording.head.until) return;
    comparing_.begin([again = recording, scenario = day_->scenario,
                      jobs = jobs_](const std::atomic<bool>& stop) {
        return other_answers(again, scenario, {jobs, &stop, {}});
    });
}

void Debrief::take_luck(LuckOrSkill more) {
    if (!luck_) {
        luck_ = std::move(more);
        return;
    }
    for (std::size_t i = 0; i < more.seeds.size(); ++i) {
        luck_->seeds.push_back(more.seeds[i]);
        luck_->ordered.push_back(more.ordered[i]);
        luck_->idle.push_back(more.idle[i]);
    }
}

void Debrief::take_grid(Result<Grid> more) {
    if (!more || more->interrupted) {
        grid_trouble_ = more ? "it was stopped" : more.error().message;
        grid_stopped_ = true;
        return;
    }
    if (!grid_) {
        grid_ = std::move(*more);
        return;
    }
    grid_->orders.push_back(more->orders.front());
    grid_->outcomes.push_back(std::move(more->outcomes.front()));
}

bool Debrief::poll() {
    bool changed = false;
    if (auto it = playing_.take()) {
        changed = true;
        if (*it)
            day_ = std::move(**it), take_day();
        else
            trouble = it->error().message;
    }
    if (auto it = explaining_.take()) {
        changed = true;
        if (*it && !(*it)->day.interrupted) why_ = std::move(**it), see_again();
        take_others();
    }
    if (auto it = looking_.take()) {
        changed = true;
        if (*it) drift_ = std::move(**it);
    }
    if (auto it = comparing_.take()) {
        changed = true;
        if (*it) others_ = std::move(**it), see_again();
    }
    if (auto it = more_luck_.take()) {
        changed = true;
        if (*it) take_luck(std::move(**it));
        go_on_with_luck();
    }
    if (auto it = more_grid_.take()) {
        changed = true;
        take_grid(std::move(*it));
        go_on_with_grid();
    }
    if (auto it = trying_.take(); it && it->first < tried_.size()) {
        changed = true;
        Tried& tried = tried_[it->first];
        const std::string name = tried.actor.empty()
                                     ? clock_text(tried.at).substr(0, 8) + " " + tried.order
                                     : tried.actor;
        if (it->second)
            tried.life = NamedDay{name, std::move(*it->second)};
        else
            tried.trouble = it->second.error().message;
        ++revision_;
        go_on_trying();
    }
    if (changed) ++known_;
    return changed;
}

bool Debrief::busy() const {
    return playing_.running() || explaining_.running() || comparing_.running() ||
           looking_.running() || more_luck_.running() || more_grid_.running() || trying_.running();
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

void Debrief::ask_grid(GridChoice choice) {
    more_grid_.stop();
    grid_.reset();
    grid_trouble_.clear();
    grid_stopped_ = false;
    grid_choice_ = std::move(choice);
    go_on_with_grid();
}

bool Debrief::grid_going() const {
    return !grid_stopped_ && !grid_choice_.orders.empty() &&
           (!grid_ || grid_->orders.size() < grid_choice_.orders.size());
}

void Debrief::go_on_with_grid() {
    if (!grid_going()) return;
    const std::string next = grid_choice_.orders[grid_ ? grid_->orders.size() : 0];
    more_grid_.begin([again = recording, next, at = grid_choice_.at,
                      jobs = jobs_](const std::atomic<bool>& stop) {
        return turn_everywhere(again, {.at = at, .orders = {next}, .jobs = jobs, .stop = &stop});
    });
}

std::size_t Debrief::try_order(SimTime at, const std::string& order) {
    Tried life{at, order};
    if (const auto command = parse_command(order, day_->scenario.blueprint->names); !command)
        life.trouble = command.error().message;
    return try_life(std::move(life));
}

std::size_t Debrief::try_actor(const std::string& actor) {
    return try_life({SimTime{}, "", actor});
}

std::size_t Debrief::try_life(Tried life) {
    const auto same = std::ranges::find_if(tried_, [&](const Tried& it) {
        return it.at == life.at && it.order == life.order && it.actor == life.actor;
    });
    if (same != tried_.end()) return static_cast<std::size_t>(same - tried_.begin());
    tried_.push_back(std::move(life));
    if (!trying_.running()) go_on_trying();
    return tried_.size() - 1;
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
        [again = recording, what = *next,
         nth = static_cast<std::size_t>(next - tried_.begin())](const std::atomic<bool>&) {
            return std::pair{nth, what.actor.empty() ? watch_turned(again, what.at, what.order)
                                                     : watch_other(again, what.actor)};
        });
}

Result<PageWritten> Debrief::write_page() {
    if (!day_) return Error{"the day is still being played; try again in a moment"};
    const std::filesystem::path own{path};
    PageWritten written{page_, std::filesystem::absolute(own).string(), !page_.empty()};
    for (int nth = 1; written.page.empty(); ++nth) {
        std::filesystem::path page = own;
        page.replace_filename(own.stem().string() + (nth > 1 ? "-" + std::to_string(nth) : "") +
                              ".html");
        if (nth == pages_max || !std::filesystem::exists(page))
            written.page = std::filesystem::absolute(page).string();
    }
    if (!written.again && std::filesystem::exists(written.page))
        return Error{"there are too many pages of this recording; move some of them away"};
    if (const auto put = write_file(written.page, after_action_html(asked())); !put)
        return put.error();
    page_ = written.page;
    return written;
}

}  // namespace rollcage
