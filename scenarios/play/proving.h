// How much variants of a scenario hurt an actor: played over the same days, each once.
// Leans on trunk.h and variant.h; what is played is what the variant's text says.
// Days are paid for from a budget; the numbers are the same whatever `jobs` is.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/play/expectation.h"
#include "scenarios/play/variant.h"

namespace rollcage {

// What counts as broken: one of the expectations, or being worse than another actor on a key, on
// every day and in the mean by a share of what that actor's days came to.
struct Aim {
    std::string actor;
    std::vector<Criterion> expectations;
    std::string key, other;
    double margin = .1;

    std::vector<std::string> actors() const;  // Whose lives it takes to judge.
};

struct Hurt {
    bool breaks = false;
    double by = 0;       // The more the worse; how far beyond what is expected, or the difference.
    std::string broken;  // Which expectation, or the key.
    std::optional<double> of_actor, of_other;  // What was measured, in the mean.
    std::size_t worst_day = 0;                 // Place among the days.
};
// `lives`: day by day, by place among the aim's actors. `only`: but for this expectation, none.
Hurt hurt_of(const Aim& aim, const std::vector<std::vector<Outcome>>& lives,
             const std::string& only = {});

struct ProvingGround {
    const Script* script = nullptr;
    Aim aim;
    Choices choices;  // But for the seed and what variants say.
    std::int64_t budget = 0;
    unsigned jobs = 1;
    const std::atomic<bool>* stop = nullptr;
};

class Proving {
public:
    explicit Proving(ProvingGround ground) : ground_(std::move(ground)) {}

    // Plays the days first..last of each that are not played yet; false when the budget is too
    // small for all of them, or somebody said stop: then some may be missing.
    bool play(const std::vector<Variant>& variants, std::uint64_t first, std::uint64_t last);
    // Of those days; none where one is missing or could not be played.
    std::optional<Hurt> hurt(const Variant& variant, std::uint64_t first, std::uint64_t last,
                             const std::string& only = {}) const;
    std::string error(const Variant& variant) const;  // Empty: it could be played.

    Choices choices_of(const Script::Told& told, std::uint64_t seed) const;
    std::int64_t played() const { return played_; }
    std::int64_t left() const { return ground_.budget - played_; }
    void grant(std::int64_t budget) { ground_.budget = budget; }
    bool stopped() const { return ground_.stop && *ground_.stop; }
    std::size_t variants() const { return played_by_text_.size(); }

private:
    struct Days {
        std::map<std::uint64_t, std::vector<Outcome>> lives;  // By seed.
        std::string error;
    };
    struct Due;  // A day of a variant that is to be played.
    std::vector<Due> due(const std::vector<Variant>& variants, std::uint64_t first,
                         std::uint64_t last);
    void live(Due& day, const std::vector<std::string>& actors) const;
    std::string key_of(const Script::Told& told) const;

    ProvingGround ground_;
    std::map<std::string, Days> played_by_text_;
    std::int64_t played_ = 0;
};

}  // namespace rollcage
