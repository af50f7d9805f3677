// What might hurt: variants of a scenario drawn at random, and small changes of one.
// Leans on variant.h and Boost.Random; every size and time stands on a grid that people would
// write. The same seed proposes the same, whatever becomes of it.
#pragma once

#include <boost/random/mersenne_twister.hpp>

#include "scenarios/play/variant.h"

namespace rollcage {

// The values that a slot may be tried with, least first: numbers as a form has them.
std::vector<std::int64_t> sizes_of(const Slot& slot, const Names& names, Duration lasts);
// Values a knob may be given, its default among them; none where it has no bounds and no choices.
std::vector<std::string> values_of(const Knob& knob);
Duration time_step(Duration lasts);  // Times of injects are multiples of it.

class Proposer {
public:
    // `fixed`: knobs that stay as they are chosen.
    Proposer(const Scenario& scenario, const Script& script, std::uint64_t seed,
             const std::map<std::string, std::string>& fixed);

    Variant anything();
    // `it` with one to three things changed; `other` may lend some of its injects.
    Variant near(Variant it, const Variant& other);

    std::size_t below(std::size_t count);  // 0 to one less.

    const std::vector<std::string>& left_alone() const { return left_alone_; }

private:
    bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
    SimTime moment() { return SimTime{} + step_ * static_cast<std::int64_t>(below(steps_)); }
    std::int64_t number_for(const Slot& slot);
    Planted inject();
    void turn_knob(Variant& variant);
    void shake_own(Variant& variant);
    void shake_planted(Variant& variant);

    boost::random::mt19937 dice_;
    const Script& script_;
    std::map<std::string, std::string> fixed_;
    Names names_;
    Duration lasts_, step_;
    std::size_t steps_ = 1;
    std::vector<std::size_t> forms_;  // Those that something of this world can be put in.
    struct Range {
        std::string name, usual;
        std::vector<std::string> values;
    };
    std::vector<Range> knobs_;
    std::vector<std::string> left_alone_;
};

}  // namespace rollcage
