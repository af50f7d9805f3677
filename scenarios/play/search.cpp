#include "scenarios/play/search.h"

#include <algorithm>
#include <tuple>

#include "scenarios/play/propose.h"
#include "sim/act/actor.h"

namespace rollcage {
namespace {

constexpr std::size_t batch = 16, best_max = 8, batches_max = 100'000, idle_max = 20;
constexpr std::uint64_t variants_least = 8;  // Below that there is nothing to choose from.
constexpr std::uint64_t confirm_days = 20;

struct Candidate {
    Variant variant;
    Hurt hurt;
};
// Where nothing is worse yet, what the actor has a say in is nearer to it than what it has not.
bool hurts_more(const Hurt& a, const Hurt& b) {
    const auto rank = [](const Hurt& it) {
        return std::tuple{it.breaks, it.by > 0, it.by != 0, it.by};
    };
    return rank(a) > rank(b);
}

Result<Aim> aim_of(const SearchAsked& asked, const Scenario& scenario) {
    Aim aim{
        .actor = asked.actor, .expectations = {}, .key = {}, .other = {}, .margin = asked.margin};
    for (const Expectation& it : scenario.expectations) {
        if (asked.by) break;
        const auto criterion = parse_expectation(it.text);
        if (!criterion)
            return Error{scenario.name + ".lua:" + std::to_string(it.line) + ": " +
                         criterion.error().message};
        const bool compares = criterion->op == "better_than";
        if (compares ? criterion->a == asked.actor : it.actor.empty() || it.actor == asked.actor)
            aim.expectations.push_back(*criterion);
    }
    if (!aim.expectations.empty()) return aim;
    aim.key = asked.by.value_or(weighed_keys().front());
    aim.other = name(BuiltIn::nothing);
    if (asked.actor != aim.other) return aim;
    return Error{
        "\"nothing\" is what other actors are held against; name another actor, or write "
        "what a day without anybody should come to with drill.expect"};
}

class Hunt {
public:
    Hunt(const SearchAsked& asked, const Scenario& scenario, const Script& script, const Aim& aim)
        : asked_(asked),
          scenario_(scenario),
          script_(script),
          proposer_(scenario, script, asked.seed, asked.choices.knobs),
          proving_(ProvingGround{&script, aim, asked.choices, 0, asked.jobs, asked.stop}) {
        lives_ = static_cast<std::int64_t>(aim.actors().size());
        result_.scenario = scenario.name;
        result_.actor = asked.actor;
        result_.other = aim.other;
        result_.aim = aim;
        result_.left_alone = proposer_.left_alone();
    }

    Result<Searched> run() {
        Variant as_written = script_.as_written();
        as_written.knobs = asked_.choices.knobs;
        proving_.grant(asked_.budget);
        (void)proving_.play({as_written}, 1, asked_.days);
        if (const std::string why = proving_.error(as_written); !why.empty()) return Error{why};
        result_.as_written = proving_.hurt(as_written, 1, asked_.days);
        if (result_.as_written) keep({as_written, *result_.as_written});
        // A part is kept for making it smaller, and for days that it was not found on.
        const std::int64_t for_days = std::min<std::int64_t>(
            static_cast<std::int64_t>(confirm_days) * lives_, asked_.budget / 10);
        proving_.grant((asked_.budget - for_days) * 6 / 10);
        look_for_more(false);
        proving_.grant((asked_.budget - for_days) * 8 / 10);
        if (!is_broken()) look_for_more(true);
        if (is_broken()) {
            result_.worst = found(best_.front());
            proving_.grant(asked_.budget - for_days);
            make_smaller();
            look_elsewhere();
        }
        result_.played = proving_.played();
        result_.variants = proving_.variants();
        result_.interrupted = proving_.stopped();
        return std::move(result_);
    }

private:
    bool is_broken() const { return !best_.empty() && best_.front().hurt.breaks; }

    void keep(Candidate candidate) {
        const auto place = std::ranges::find_if(
            best_, [&](const Candidate& it) { return hurts_more(candidate.hurt, it.hurt); });
        best_.insert(place, std::move(candidate));
        if (best_.size() > best_max) best_.pop_back();
    }

    std::vector<Variant> proposals() {
        std::vector<Variant> all;
        for (std::size_t i = 0; i < batch; ++i) {
            const auto one = [&]() -> const Variant& {
                // Of two the one that hurts more.
                const std::size_t a = chance(best_.size()), b = chance(best_.size());
                return best_[std::min(a, b)].variant;
            };
            if (best_.empty() || chance(3) == 0) {
                all.push_back(proposer_.anything());
            } else {
                const Variant& parent = one();
                all.push_back(proposer_.near(parent, one()));
            }
        }
        return all;
    }
    std::size_t chance(std::size_t of) { return proposer_.below(of); }

    // One day tells most of them apart; the rest is for those that may be among the worst.
    void look_for_more(bool any_will_do) {
        std::size_t idle = 0;
        for (std::size_t nth = 0; nth < batches_max && idle < idle_max; ++nth) {
            const std::int64_t before = proving_.played();
            std::vector<Variant> all = proposals();
            if (!proving_.play(all, 1, 1)) return;
            for (const Variant& it : all) note_unplayable(it);
            std::erase_if(all, [&](const Variant& it) {
                const auto hurt = proving_.hurt(it, 1, 1);
                return !hurt || (best_.size() == best_max && !hurts_more(*hurt, best_.back().hurt));
            });
            if (!proving_.play(all, 1, asked_.days)) return;
            for (const Variant& it : all)
                if (const auto hurt = proving_.hurt(it, 1, asked_.days); hurt && is_new(it, *hurt))
                    keep({it, *hurt});
            tell();
            if (any_will_do && is_broken()) return;
            idle = proving_.played() == before ? idle + 1 : 0;
        }
    }

    // The same text again is no other candidate.
    bool is_new(const Variant& variant, const Hurt& hurt) const {
        const std::string text = script_.tell(variant).sources[0].text;
        return std::ranges::none_of(best_, [&](const Candidate& it) {
            return it.hurt.by == hurt.by && script_.tell(it.variant).sources[0].text == text;
        });
    }

    void note_unplayable(const Variant& variant) {
        const std::string why = proving_.error(variant);
        if (why.empty()) return;
        if (result_.unplayable++ == 0) result_.first_unplayable = why;
    }

    void tell() const {
        if (asked_.progress)
            asked_.progress(proving_.played(), asked_.budget,
                            best_.empty() ? nullptr : &best_.front().hurt);
    }

    // Of all that break it, from the worst on, the one that can be made smallest.
    void make_smaller() {
        std::optional<Candidate> smallest;
        for (const Candidate& from : best_) {
            if (!from.hurt.breaks || (smallest && spent_)) break;
            Shrunk small = shrunk(from);
            if (smallest && size_of(small.variant) >= size_of(smallest->variant)) continue;
            smallest = {std::move(small.variant), small.hurt};
            result_.steps = std::move(small.steps);
            result_.smallest_is_certain = small.finished;
            result_.from_the_worst = &from == &best_.front();
        }
        result_.smallest = found(*smallest);
    }

    std::size_t size_of(const Variant& variant) const {
        return injects_in(variant) + variant.knobs.size();
    }

    Shrunk shrunk(const Candidate& from) {
        const std::string only = result_.aim.expectations.empty() ? "" : from.hurt.broken;
        const auto still_breaks = [&](const Variant& it) -> std::optional<Hurt> {
            // Worse than another on every day: the first one refuses most.
            if (only.empty()) {
                spent_ = !proving_.play({it}, 1, 1) || spent_;
                const auto hurt = proving_.hurt(it, 1, 1);
                if (!hurt || hurt->by <= 0) return std::nullopt;
            }
            spent_ = !proving_.play({it}, 1, asked_.days) || spent_;
            const auto hurt = proving_.hurt(it, 1, asked_.days, only);
            tell();
            return hurt && hurt->breaks ? hurt : std::nullopt;
        };
        return shrink({scenario_, script_, asked_.choices.knobs, still_breaks,
                       [&] { return spent_ || proving_.stopped(); }},
                      from.variant, from.hurt);
    }

    void look_elsewhere() {
        proving_.grant(asked_.budget);
        const std::uint64_t most = static_cast<std::uint64_t>(proving_.left() / lives_);
        const std::uint64_t days = std::min(confirm_days, most);
        const Variant& variant = result_.smallest->variant;
        if (days == 0 || !proving_.play({variant}, asked_.days + 1, asked_.days + days)) return;
        for (std::uint64_t day = asked_.days + 1; day <= asked_.days + days; ++day) {
            const auto hurt = proving_.hurt(variant, day, day, result_.smallest->hurt.broken);
            if (!hurt) continue;
            ++result_.other_days;
            result_.broken_days += hurt->breaks;
        }
    }

    FoundScenario found(const Candidate& candidate) const {
        const Variant& variant = candidate.variant;
        FoundScenario it{variant, candidate.hurt, {}, {}, variant.knobs};
        for (std::size_t i = 0; i < variant.own.size(); ++i) {
            const OwnInject& own = variant.own[i];
            if (own.dropped) continue;
            std::string text = script_.own()[i].text;
            if (own.moved) text = length_text(*own.moved - SimTime{}) + text.substr(text.find(' '));
            it.injects.push_back(text);
        }
        std::vector<Planted> in_order = variant.planted;
        std::ranges::stable_sort(in_order, {}, &Planted::at);
        for (const Planted& planted : in_order) it.injects.push_back(script_.text(planted));
        it.told = script_.tell(variant);
        return it;
    }

    const SearchAsked& asked_;
    const Scenario& scenario_;
    const Script& script_;
    Proposer proposer_;
    Proving proving_;
    std::int64_t lives_ = 1;
    bool spent_ = false;           // Something could not be played for want of days.
    std::vector<Candidate> best_;  // What hurts most first.
    Searched result_;
};

}  // namespace

Result<Searched> search(const SearchAsked& asked) {
    Choices choices = asked.choices;
    choices.seed = 1;
    const auto scenario = load_scenario(asked.sources, choices);
    if (!scenario) return scenario.error();
    const auto aim = aim_of(asked, *scenario);
    if (!aim) return aim.error();
    const std::size_t lives = aim->actors().size();
    const auto least = static_cast<std::int64_t>(variants_least * lives * asked.days);
    if (asked.budget < least)
        return Error{"with " + std::to_string(asked.days) + " days for each scenario and " +
                     std::to_string(lives) + " lives on each a search takes a budget of " +
                     std::to_string(least) + " or more, not " + std::to_string(asked.budget)};
    const auto script = Script::read(scenario->sources, scenario->blueprint->names);
    if (!script) return script.error();
    return Hunt(asked, *scenario, *script, *aim).run();
}

}  // namespace rollcage
