#include "ui/desk/board.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace rollcage {
namespace {

// A window that rested has no time to catch up with.
constexpr double passes_most_s = .25;
constexpr unsigned hands_most = 999;
constexpr const char* waiting_label = "wait: no order";

SimTime board_time(double at_s) {
    return SimTime{static_cast<std::int64_t>(std::llround(at_s * 1e6))};
}

// The recorded day up to an instant, then these orders, and nobody from there on.
Recording turned_at(const Recording& recording, SimTime at,
                    const std::vector<std::string>& orders) {
    Recording other;
    other.head = recording.head;
    other.head.actor = player;
    for (const GivenOrder& it : orders_of(recording))
        if (it.at < at) other.orders.push_back(it);
    for (const std::string& it : orders) other.orders.push_back({at, it});
    return other;
}

BoardLife life_on_board(std::string name, std::shared_ptr<const WatchedDay> day) {
    BoardLife life{.name = std::move(name), .day = std::move(day)};
    for (const Harm harm : all_harms)
        life.lines[static_cast<std::size_t>(harm)] = harm_line(*life.day, harm);
    return life;
}

}  // namespace

std::string BoardOption::label() const {
    std::string text;
    for (const std::string& it : orders) text += (text.empty() ? "" : "; ") + it;
    return text.empty() ? waiting_label : text;
}

Board::Board(Recording recording, const WatchedDay& day, std::vector<NamedDay> others,
             unsigned jobs)
    : recording_(std::move(recording)),
      day_(std::make_shared<const WatchedDay>(day)),
      others_(std::move(others)),
      jobs_(std::max(1U, jobs)),
      points_(decision_points(*day_)),
      until_(*day_) {
    see();
}

SimTime Board::now() const {
    const bool lives = phase_ == BoardPhase::together || phase_ == BoardPhase::summed;
    return board_time(lives ? together_s_ : now_s_);
}

SimTime Board::end() const {
    SimTime end = day_->life.ended;
    if (phase_ == BoardPhase::together || phase_ == BoardPhase::summed)
        for (const BoardLife& it : lives_) end = std::max(end, it.day->life.ended);
    return end;
}

// What is known changes with a fact or a scrape; only the clock goes on between them.
void Board::see() {
    const std::size_t most = next_ < points_.size() ? points_[next_].facts : SIZE_MAX;
    const FactView view = until_.at(board_time(now_s_), most);
    const auto scrapes = static_cast<std::size_t>(view.scraped_at().us / scrape_every.us);
    const bool fresh =
        known_.tiles.empty() || scrapes != seen_scrapes_ || view.facts().size() != seen_facts_;
    if (fresh)
        known_ = known_now(view, until_.shop());
    else
        known_.clock = clock_view(view, until_.shop());
    seen_scrapes_ = scrapes, seen_facts_ = view.facts().size();
}

bool Board::pass(double seconds) {
    const bool changed = poll();
    if (!playing_) return changed;
    // What went by before somebody said go is not the day's.
    if (std::exchange(begins_, false)) return true;
    const double passed_s = std::clamp(seconds, 0.0, passes_most_s) * speeds[speed];
    if (phase_ == BoardPhase::together) {
        together_at(board_time(together_s_ + passed_s));
        return true;
    }
    check(phase_ == BoardPhase::watching, "time passes in a day, or in lives");
    const double end_s = day_->life.ended.seconds();
    const double stop_s = next_ < points_.size() ? points_[next_].at.seconds() : end_s;
    now_s_ = std::min(now_s_ + passed_s, stop_s);
    see();
    if (now_s_ < stop_s) return true;
    playing_ = false;
    if (next_ < points_.size())
        ask();
    else
        phase_ = BoardPhase::over;
    return true;
}

void Board::play(bool on) {
    const bool passes = phase_ == BoardPhase::watching || phase_ == BoardPhase::together;
    begins_ = !playing_;
    playing_ = on && passes;
}

void Board::jump() {
    if (phase_ == BoardPhase::watching) {
        const bool ahead = next_ < points_.size();
        now_s_ = (ahead ? points_[next_].at : day_->life.ended).seconds();
        playing_ = false;
        see();
        if (ahead) return ask();
        phase_ = BoardPhase::over;
    } else if (phase_ == BoardPhase::together) {
        together_at(now() < parting_ ? parting_ : end());
    } else if (phase_ == BoardPhase::summed) {
        go_on();
    }
}

void Board::rewind() {
    playing_ = false;
    if (phase_ == BoardPhase::summed || phase_ == BoardPhase::together) {
        together_s_ = voted_ ? parting_.seconds() : 0;
        phase_ = BoardPhase::together;
        return;
    }
    phase_ = BoardPhase::watching;
    now_s_ = 0, next_ = 0;
    see();
}

void Board::ask() {
    const DecisionPoint& point = points_[next_];
    phase_ = BoardPhase::asking;
    trouble.clear();
    orders_ = plain_orders_of(until_.at(point.at, point.facts), until_.shop());
    options_ = {{}, {.orders = point.orders}};
    // By their words, so that their places do not tell which of them was given.
    std::ranges::sort(options_, {}, &BoardOption::label);
}

Result<void> Board::add_option(const std::string& order) {
    check(phase_ == BoardPhase::asking, "options are for a decision");
    const Names& names = day_->scenario.blueprint->names;
    const auto command = parse_command(order, names);
    if (!command) return command.error();
    BoardOption option{.orders = {command_text(*command, names)}};
    const auto same = std::ranges::find(options_, option.label(), &BoardOption::label);
    if (same != options_.end())
        return Error{"that is option " +
                     std::string(1, static_cast<char>('A' + (same - options_.begin()))) +
                     " already"};
    if (options_.size() >= lives_most) return Error{"four options at most; take one away first"};
    options_.push_back(std::move(option));
    return {};
}

void Board::drop_option(std::size_t nth) {
    check(nth < options_.size(), "an option that is there goes away");
    if (options_.size() > 2) options_.erase(options_.begin() + static_cast<std::ptrdiff_t>(nth));
}

void Board::count_hands(std::size_t nth, int more) {
    if (phase_ != BoardPhase::asking || nth >= options_.size()) return;
    const auto hands = static_cast<std::int64_t>(options_[nth].hands) + more;
    options_[nth].hands = static_cast<unsigned>(std::clamp<std::int64_t>(hands, 0, hands_most));
}

unsigned Board::hands() const {
    unsigned all = 0;
    for (const BoardOption& it : options_) all += it.hands;
    return all;
}

std::string Board::why_not_live() const {
    const auto chosen =
        std::ranges::count_if(options_, [](const BoardOption& it) { return it.hands > 0; });
    if (chosen == 0) return "count the hands first";
    if (chosen == 1) return "one life is nothing to compare: give another option a hand";
    return "";
}

void Board::live() {
    check(phase_ == BoardPhase::asking && why_not_live().empty(), "what is lived was chosen");
    phase_ = BoardPhase::living;
    trouble.clear();
    chosen_.clear();
    const DecisionPoint& point = points_[next_];
    for (std::size_t i = 0; i < options_.size(); ++i) {
        if (options_[i].hands == 0) continue;
        chosen_.push_back(i);
        // With nothing decided after it, what was ordered led to the day that is there already.
        if (options_[i].orders == point.orders && next_ + 1 == points_.size())
            options_[i].life = day_;
    }
    live_next();
    if (lived() == chosen_.size()) begin_together();
}

// As many at a time as may be.
void Board::live_next() {
    auto running = static_cast<std::size_t>(std::ranges::count_if(
        living_, [](const Background<Result<WatchedDay>>& it) { return it.running(); }));
    for (const std::size_t nth : chosen_) {
        if (running >= jobs_) return;
        if (options_[nth].life || living_[nth].running()) continue;
        ++running;
        living_[nth].begin([other = turned_at(recording_, points_[next_].at, options_[nth].orders)](
                               const std::atomic<bool>&) { return watch_again(other); });
    }
}

std::size_t Board::lived() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        chosen_, [this](std::size_t nth) { return options_[nth].life != nullptr; }));
}

bool Board::poll() {
    bool changed = false;
    for (std::size_t i = 0; i < living_.size(); ++i) {
        auto lived = living_[i].take();
        if (!lived || phase_ != BoardPhase::living) continue;
        changed = true;
        if (*lived) {
            options_[i].life = std::make_shared<const WatchedDay>(std::move(**lived));
            continue;
        }
        trouble = options_[i].label() + ": " + lived->error().message;
        for (auto& it : living_) it.stop();
        phase_ = BoardPhase::asking;
        return true;
    }
    if (!changed) return false;
    if (lived() == chosen_.size())
        begin_together();
    else
        live_next();
    return true;
}

void Board::begin_together() {
    lives_.clear();
    const DecisionPoint& point = points_[next_];
    for (const std::size_t nth : chosen_) {
        BoardLife life = life_on_board(options_[nth].label(), options_[nth].life);
        life.letter = nth;
        life.hands = options_[nth].hands;
        life.recorded = options_[nth].orders == point.orders;
        lives_.push_back(std::move(life));
    }
    parting_ = point.at;
    voted_ = true;
    phase_ = BoardPhase::together;
    together_s_ = point.at.seconds();
    playing_ = begins_ = true;
}

Result<void> Board::compare(std::vector<NamedDay> lives) {
    if (lives.size() < 2 || lives.size() > lives_most)
        return Error{"two to four lives can be compared; these are " +
                     std::to_string(lives.size())};
    check(phase_ != BoardPhase::living, "nobody compares while lives are awaited");
    const bool lives_now = phase_ == BoardPhase::together || phase_ == BoardPhase::summed;
    if (!lives_now)
        phase_before_ = phase_;
    else if (voted_)
        phase_before_ = BoardPhase::asking;
    lives_.clear();
    std::vector<const WatchedDay*> days;
    for (NamedDay& it : lives) {
        lives_.push_back(life_on_board(std::move(it.name),
                                       std::make_shared<const WatchedDay>(std::move(it.day))));
        lives_.back().letter = lives_.size() - 1;
        days.push_back(lives_.back().day.get());
    }
    parting_ = parting_of(days);
    voted_ = false;
    phase_ = BoardPhase::together;
    together_s_ = 0;
    playing_ = begins_ = true;
    return {};
}

Result<void> Board::compare_tried() {
    std::vector<NamedDay> lives{{"as it went", *day_}};
    const std::size_t beside = std::min(others_.size(), lives_most - 1);
    for (std::size_t i = others_.size() - beside; i < others_.size(); ++i)
        lives.push_back(others_[i]);
    return compare(std::move(lives));
}

void Board::together_at(SimTime at) {
    together_s_ = std::min(at, end()).seconds();
    if (now() < end()) return;
    playing_ = false;
    phase_ = BoardPhase::summed;
}

LivesSummary Board::summary() const {
    check(phase_ == BoardPhase::summed, "lives are summed up when they are over");
    std::vector<const WatchedDay*> days;
    for (const BoardLife& it : lives_) days.push_back(it.day.get());
    return lives_summary(days);
}

void Board::go_on() {
    if (phase_ == BoardPhase::living) return;
    playing_ = false;
    const bool lives = phase_ == BoardPhase::together || phase_ == BoardPhase::summed;
    if (lives && !voted_) {
        phase_ = phase_before_;
    } else {
        check(lives || phase_ == BoardPhase::asking, "a day goes on from a decision");
        phase_ = BoardPhase::watching;
        ++next_;
    }
    lives_.clear();
    see();
}

}  // namespace rollcage
