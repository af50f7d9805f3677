#include "scenarios/play/compare.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "scenarios/play/trunk.h"

namespace rollcage {
namespace {

constexpr std::size_t first_look = 8;  // Seeds, where the contest may end early.

std::size_t lives_of(const Contest& contest) {
    return contest.actors.size() * contest.under.size();
}
std::size_t seeds_of(const Contest& contest) {
    return contest.last_seed - contest.first_seed + 1;
}

// Plays the contest on several threads: each takes the rest of a life that left its trunk, or
// begins the next trunk, one seed under one of the conditions.
class Board {
public:
    explicit Board(const Contest& contest) : contest_(contest) {}

    void play(std::size_t seeds) {  // So many in all, those played before included.
        trunks_ = seeds * contest_.under.size();
        outcomes.resize(trunks_ * contest_.actors.size());
        errors.resize(outcomes.size());
        std::vector<std::thread> threads;
        const unsigned jobs = std::clamp(contest_.jobs, 1u, 256u);
        for (unsigned job = 1; job < jobs; ++job) threads.emplace_back([&] { work(); });
        work();
        for (std::thread& it : threads) it.join();
    }

    std::vector<std::optional<Outcome>> outcomes;  // Seed by seed, condition by condition.
    std::vector<std::string> errors;

private:
    struct Waiting {
        std::size_t slot = 0;
        RestOfLife rest;
    };

    void work() {
        std::unique_lock lock{mutex_};
        while (true) {
            const bool stopped = contest_.stop && *contest_.stop;
            if (stopped) waiting_.clear();
            if (!waiting_.empty()) {
                Waiting next = std::move(waiting_.front());
                waiting_.pop_front();
                lock.unlock();
                const auto outcome = next.rest();
                next.rest = {};
                lock.lock();
                keep(next.slot, outcome);
            } else if (next_trunk_ < trunks_ && !failed_ && !stopped) {
                const std::size_t trunk = next_trunk_++;
                ++under_way_;
                lock.unlock();
                begin(trunk);
                lock.lock();
                --under_way_;
                changed_.notify_all();
            } else if (under_way_ == 0) {
                return;
            } else {
                changed_.wait(lock);
            }
        }
    }

    void begin(std::size_t trunk) {
        Choices choices = contest_.choices;
        choices.seed = seed_of(trunk);
        const Conditions& under = contest_.under[trunk % contest_.under.size()];
        if (under.plan) choices.plan = under.plan;
        for (const auto& [knob, value] : under.knobs) choices.knobs[knob] = value;
        play_trunk(
            contest_.sources, choices, contest_.actors, [&](std::size_t actor, RestOfLife rest) {
                const std::lock_guard lock{mutex_};
                waiting_.push_back({trunk * contest_.actors.size() + actor, std::move(rest)});
                changed_.notify_one();
            });
    }

    void keep(std::size_t slot, const Result<Outcome>& outcome) {
        if (outcome) {
            outcomes[slot] = *outcome;
        } else {
            const std::size_t actors = contest_.actors.size();
            errors[slot] = "seed " + std::to_string(seed_of(slot / actors)) + ", actor \"" +
                           contest_.actors[slot % actors] + "\": " + outcome.error().message;
            failed_ = true;
        }
        ++done_;
        if (contest_.progress) contest_.progress(done_, seeds_of(contest_) * lives_of(contest_));
    }

    std::uint64_t seed_of(std::size_t trunk) const {
        return contest_.first_seed + trunk / contest_.under.size();
    }

    const Contest& contest_;
    std::size_t trunks_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> waiting_;
    std::size_t next_trunk_ = 0, under_way_ = 0, done_ = 0;
    bool failed_ = false;
};

// In seed order, those that have one.
std::vector<double> values_of(const ContestLife& life, const std::string& key) {
    std::vector<double> values;
    for (const Outcome& it : life.outcomes)
        if (const auto value = outcome_value(it, key)) values.push_back(*value);
    return values;
}

void spread_life(ContestLife& life) {
    for (const std::string& key : outcome_keys()) {
        const std::vector<double> values = values_of(life, key);
        if (!values.empty()) life.spreads[key] = spread_of(values, more_is_better(key));
        if (values.size() > 1) life.half_widths[key] = half_width(values);
    }
}

void let_stand(Comparison& comparison, const std::string& key) {
    std::vector<std::vector<double>> lives;
    for (const ContestLife& life : comparison.lives) {
        lives.push_back(values_of(life, key));
        if (lives.back().size() != comparison.seeds.size()) return;
    }
    const std::vector<Standing> standings = standings_of(lives, more_is_better(key));
    for (std::size_t i = 0; i < lives.size(); ++i)
        comparison.lives[i].standings[key] = standings[i];
}

// Who stands where, and whom nobody is better than in all that they are weighed by.
void weigh(Comparison& comparison, const std::vector<std::string>& by) {
    if (comparison.seeds.empty()) return;
    for (const std::string& key : outcome_keys()) let_stand(comparison, key);
    for (const std::string& key : by)
        if (comparison.lives[0].standings.contains(key)) comparison.by.push_back(key);
    std::vector<std::vector<double>> means(comparison.lives.size());
    for (std::size_t i = 0; i < means.size(); ++i)
        for (const std::string& key : comparison.by)
            means[i].push_back(comparison.lives[i].spreads.at(key).mean *
                               (more_is_better(key) ? -1 : 1));
    const std::vector<bool> kept = undominated(means);
    for (std::size_t i = 0; i < kept.size(); ++i) comparison.lives[i].undominated = kept[i];
}

void pair_up(Comparison& comparison, std::size_t a, std::size_t b) {
    for (const std::string& key : outcome_keys()) {
        std::vector<double> of_a, of_b;
        for (std::size_t i = 0; i < comparison.seeds.size(); ++i) {
            const auto left = outcome_value(comparison.lives[a].outcomes[i], key);
            const auto right = outcome_value(comparison.lives[b].outcomes[i], key);
            if (!left || !right) continue;
            of_a.push_back(*left);
            of_b.push_back(*right);
        }
        if (of_a.empty()) continue;
        comparison.pairs.push_back({a, b, key, paired_difference(of_a, of_b, more_is_better(key))});
    }
}

// Whether more seeds would not change who is how far behind on the metric.
bool is_clear(const Comparison& comparison, const Precision& asked) {
    std::size_t best = 0;
    std::vector<std::vector<double>> lives;
    for (const ContestLife& life : comparison.lives) {
        lives.push_back(values_of(life, asked.metric));
        if (lives.back().size() != comparison.seeds.size() || lives.back().size() < 2) return false;
        const double gain = mean_of(lives.back()) - mean_of(lives[best]);
        if (more_is_better(asked.metric) ? gain > 0 : gain < 0) best = lives.size() - 1;
    }
    if (lives.size() == 1)  // There is nobody to be behind of.
        return half_width(lives[0]) <= asked.within * std::abs(mean_of(lives[0]));
    for (std::size_t i = 0; i < lives.size(); ++i) {
        if (i == best) continue;
        const PairedDifference behind =
            paired_difference(lives[i], lives[best], more_is_better(asked.metric));
        const double larger = std::max(std::abs(mean_of(lives[i])), std::abs(mean_of(lives[best])));
        const bool apart = behind.low > 0 || behind.high < 0;
        if (!apart && (behind.high - behind.low) / 2 > asked.within * larger) return false;
    }
    return true;
}

Comparison gathered(const Contest& contest, const Board& board) {
    Comparison comparison;
    for (const Conditions& under : contest.under)
        for (const std::string& actor : contest.actors) {
            comparison.lives.emplace_back();
            comparison.lives.back().actor = actor;
            comparison.lives.back().under = under;
        }
    const std::size_t lives = lives_of(contest);
    for (std::size_t seed = 0; seed * lives < board.outcomes.size(); ++seed) {
        const auto slot = board.outcomes.begin() + static_cast<std::ptrdiff_t>(seed * lives);
        if (!std::all_of(slot, slot + static_cast<std::ptrdiff_t>(lives),
                         [](const auto& it) { return it.has_value(); }))
            continue;
        comparison.seeds.push_back(contest.first_seed + seed);
        for (std::size_t i = 0; i < lives; ++i)
            comparison.lives[i].outcomes.push_back(*board.outcomes[seed * lives + i]);
    }
    comparison.interrupted = comparison.seeds.size() * lives < board.outcomes.size();
    for (ContestLife& it : comparison.lives) spread_life(it);
    weigh(comparison, contest.by);
    for (std::size_t a = 0; a < lives; ++a)
        for (std::size_t b = a + 1; b < lives; ++b) pair_up(comparison, a, b);
    return comparison;
}

}  // namespace

Result<Comparison> compare(const Contest& contest) {
    if (contest.actors.empty()) return Error{"no actor to compare; name at least one"};
    if (contest.under.empty()) return Error{"nothing to compare under; name at least one plan"};
    if (contest.last_seed < contest.first_seed ||
        contest.last_seed - contest.first_seed >= 1'000'000)
        return Error{"compare plays 1 to 1000000 seeds; choose a range A..B with A <= B"};
    Board board(contest);
    for (std::size_t seeds = contest.until ? first_look : seeds_of(contest);; seeds *= 2) {
        board.play(std::min(seeds, seeds_of(contest)));
        // Trunks are begun in order and played out: the first error is the same for every `jobs`.
        for (const std::string& it : board.errors)
            if (!it.empty()) return Error{it};
        Comparison comparison = gathered(contest, board);
        comparison.precise =
            contest.until && !comparison.interrupted && is_clear(comparison, *contest.until);
        if (comparison.precise || comparison.interrupted || seeds >= seeds_of(contest))
            return comparison;
    }
}

std::string label(const Conditions& under) {
    std::string text = under.plan ? "plan " + *under.plan : "";
    for (const auto& [knob, value] : under.knobs)
        text += (text.empty() ? "" : ", ") + knob + "=" + value;
    return text;
}

std::string label(const ContestLife& life) {
    const std::string under = label(life.under);
    return under.empty() ? life.actor : life.actor + ", " + under;
}

namespace {

// Of a better_than: who is compared lives under the same conditions.
void judge_pairs(const Comparison& comparison, const Criterion& criterion, int line,
                 std::vector<Judgement>& judgements) {
    for (const ContestLife& a : comparison.lives) {
        if (a.actor != criterion.a) continue;
        for (const ContestLife& b : comparison.lives) {
            if (b.actor != criterion.b || !(b.under == a.under)) continue;
            judgements.push_back(judge_better(criterion, a.outcomes, b.outcomes));
            judgements.back().line = line;
            if (!(a.under == Conditions{}))
                judgements.back().criterion.text = label(a) + ": " + criterion.text;
        }
    }
}

}  // namespace

Result<std::vector<Judgement>> judge_comparison(const Scenario& scenario,
                                                const Comparison& comparison) {
    std::vector<Judgement> judgements;
    for (const Expectation& it : scenario.expectations) {
        const auto criterion = parse_expectation(it.text);
        if (!criterion)
            return Error{scenario.name + ".lua:" + std::to_string(it.line) + ": " +
                         criterion.error().message};
        if (criterion->op == "better_than") {
            judge_pairs(comparison, *criterion, it.line, judgements);
            continue;
        }
        for (const ContestLife& life : comparison.lives) {
            if (!it.actor.empty() && it.actor != life.actor) continue;
            judgements.push_back(judge(*criterion, life.outcomes, false));
            judgements.back().criterion.text = label(life) + ": " + it.text;
            judgements.back().actor = life.actor;
            judgements.back().line = it.line;
        }
    }
    return judgements;
}

}  // namespace rollcage
