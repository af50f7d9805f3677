#include "scenarios/play/compare.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>

namespace rollcage {
namespace {

// Everything the threads share: each slot is written by one thread, once.
struct Board {
    std::vector<std::optional<Outcome>> outcomes;  // Seed by seed, actor by actor.
    std::vector<std::string> errors;
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    std::mutex telling;
    std::size_t done = 0;
};

std::size_t lives_of(const Contest& contest) {
    return contest.actors.size() * contest.under.size();
}

void play_slot(const Contest& contest, Board& board, std::size_t slot) {
    Choices choices = contest.choices;
    choices.seed = contest.first_seed + slot / lives_of(contest);
    const std::string& actor = contest.actors[slot % contest.actors.size()];
    const Conditions& under = contest.under[slot % lives_of(contest) / contest.actors.size()];
    if (under.plan) choices.plan = under.plan;
    for (const auto& [knob, value] : under.knobs) choices.knobs[knob] = value;
    const auto played = load_and_play(contest.sources, choices, actor);
    if (played) {
        board.outcomes[slot] = played->life.outcome;
    } else {
        board.errors[slot] = "seed " + std::to_string(choices.seed) + ", actor \"" + actor +
                             "\": " + played.error().message;
        board.failed = true;
    }
}

void work(const Contest& contest, Board& board) {
    while (!board.failed && !(contest.stop && *contest.stop)) {
        const std::size_t slot = board.next.fetch_add(1);
        if (slot >= board.outcomes.size()) return;
        play_slot(contest, board, slot);
        const std::lock_guard told{board.telling};
        ++board.done;
        if (contest.progress) contest.progress(board.done, board.outcomes.size());
    }
}

void spread_life(ContestLife& life) {
    for (const std::string& key : outcome_keys()) {
        std::vector<double> values;
        for (const Outcome& it : life.outcomes)
            if (const auto value = outcome_value(it, key)) values.push_back(*value);
        if (!values.empty()) life.spreads[key] = spread_of(values, more_is_better(key));
    }
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

Comparison gathered(const Contest& contest, const Board& board) {
    Comparison comparison;
    for (const Conditions& under : contest.under)
        for (const std::string& actor : contest.actors)
            comparison.lives.push_back({actor, under, {}, {}});
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
    Board board;
    const std::size_t seeds = contest.last_seed - contest.first_seed + 1;
    board.outcomes.resize(seeds * lives_of(contest));
    board.errors.resize(board.outcomes.size());
    std::vector<std::thread> threads;
    const unsigned jobs = std::clamp(contest.jobs, 1u, 256u);
    for (unsigned job = 1; job < jobs; ++job) threads.emplace_back([&] { work(contest, board); });
    work(contest, board);
    for (std::thread& it : threads) it.join();
    // Slots are taken in order and finished, so the first error is the same for every `jobs`.
    for (const std::string& it : board.errors)
        if (!it.empty()) return Error{it};
    return gathered(contest, board);
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
