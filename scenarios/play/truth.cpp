#include "scenarios/play/truth.h"

#include <algorithm>
#include <array>

#include "sim/world/path.h"

namespace rollcage {
namespace {

constexpr Duration one_second{1'000'000};

Met& met_of(Truth& truth, Met::Why why, std::uint32_t s, BuildId build, std::uint32_t what,
            SimTime now) {
    for (Met& it : truth.met)
        if (it.why == why && it.service.index == s && it.build == build && it.what == what)
            return it;
    truth.met.push_back({why, {s}, build, what, 0, now, now});
    return truth.met.back();
}

// What may make an answer of the pool an error, and how likely each is to do so alone.
struct Cause {
    Met::Why why;
    std::uint32_t what;
    double share;
};
std::vector<Cause> causes_at(const World& world, std::uint32_t s, const Pool& pool) {
    std::vector<Cause> causes;
    const View view(world, s, pool);
    for (const Change& change : view.build().changes) {
        double well = 1;
        for (const Defect& defect : change.hides)
            if (defect.fails > none && !change.dark)
                well *= 1 - view.meets(change, defect) * defect.rate.value() * defect.fails.value();
        if (well < 1) causes.push_back({Met::Why::defect, change.key, 1 - well});
    }
    double answered = pool.path.well;
    for (const StoreId store : world.plan->services[s].uses) {
        const Kept& kept = world.stores[store.index];
        if (!serves(kept.copies)) {
            causes.push_back({Met::Why::store_away, store.index, 1});
            return causes;
        }
        const double rejected =
            rejected_share(kept.state, world.plan->stores[store.index], world.schemas[store.index],
                           change_of(world, pool.build, store) != nullptr);
        if (rejected > 0) causes.push_back({Met::Why::unreadable, store.index, rejected});
        answered *= 1 - rejected;
    }
    if (pool.pace.error_share > 0)
        causes.push_back({Met::Why::call_failed, 0, pool.pace.error_share});
    const double unbroken = answered > 0 ? (1 - pool.path.fails) / answered : 1;
    constexpr double rounding = 1e-9;
    if (unbroken < 1 - rounding) causes.push_back({Met::Why::from_outside, 0, 1 - unbroken});
    return causes;
}

void note_answers(const Day& day, Truth& truth) {
    const World& world = day.world;
    const auto ticks =
        static_cast<double>(one_second.us) / static_cast<double>(world.tick_length.us);
    for (std::uint32_t s = 0; s < world.services.size(); ++s)
        for (const Pool& pool : world.services[s].pools) {
            const std::int64_t served = pool.own_served + pool.calls_served;
            if (served == 0) continue;
            double well = 1, all = 0;
            const std::vector<Cause> causes = causes_at(world, s, pool);
            for (const Cause& it : causes) well *= 1 - it.share, all += it.share;
            for (const Cause& it : causes) {
                Met& met = met_of(truth, it.why, s, pool.build, it.what, day.now);
                met.attempts += static_cast<double>(served) * ticks * (1 - well) * it.share / all;
                met.last = day.now;
            }
        }
}

double told_of(const Truth& truth, std::uint32_t s, BuildId build) {
    double sum = 0;
    for (const Met& it : truth.met)
        if (it.service.index == s && it.build == build && it.why != Met::Why::too_late)
            sum += it.attempts;
    return sum;
}

// What was scraped of errors, build by build: those that no answer explains were no answers.
class Scrapes {
public:
    void look(const Day& day, Truth& truth) {
        seen_.resize(day.world.services.size());
        for (std::uint32_t s = 0; s < seen_.size(); ++s) {
            const auto& errors =
                day.belief.columns.of_service[s][static_cast<std::size_t>(Measure::errors)];
            for (; seen_[s] < errors.size(); ++seen_[s]) look_at(day, s, errors[seen_[s]], truth);
        }
    }

    // Where what is left of all errors of a build is no more than chance, nothing was too late.
    void settle(Truth& truth) const {
        constexpr double chance = 0.05;
        for (const OfBuild& of : of_builds_)
            std::erase_if(truth.met, [&](const Met& it) {
                return it.why == Met::Why::too_late && it.service.index == of.service &&
                       it.build == of.build && it.attempts < std::max(1.0, chance * of.errors);
            });
    }

private:
    struct OfBuild {
        std::uint32_t service;
        BuildId build;
        double errors = 0, told = 0;  // So far.
    };

    void look_at(const Day& day, std::uint32_t s, std::int64_t errors, Truth& truth) {
        const Sides& by_build = day.belief.by_build[s];
        if (by_build.sides.empty())
            return add(day.now, s, by_build.alone, static_cast<double>(errors), truth);
        for (const Side& side : by_build.sides) {
            const auto& column = side.columns[static_cast<std::size_t>(Measure::errors)];
            if (seen_[s] < side.since || seen_[s] - side.since >= column.size()) continue;
            add(day.now, s, side.build, static_cast<double>(column[seen_[s] - side.since]), truth);
        }
    }

    void add(SimTime now, std::uint32_t s, BuildId build, double errors, Truth& truth) {
        auto it = std::ranges::find_if(
            of_builds_, [&](const OfBuild& of) { return of.service == s && of.build == build; });
        if (it == of_builds_.end()) it = of_builds_.insert(it, {s, build});
        it->errors += errors;
        const double told = told_of(truth, s, build), fresh = errors - (told - it->told);
        it->told = told;
        Met& met = met_of(truth, Met::Why::too_late, s, build, 0, now);
        met.attempts += fresh;  // Below zero by chance: a tick a second is not all of it.
        if (fresh < 1 || fresh < sampling * errors) return;
        if (met.last < met.first || met.attempts <= fresh) met.first = now;
        met.last = now;
    }

    static constexpr double sampling = 0.2;  // What is left by chance alone, in one scrape.
    std::vector<std::size_t> seen_;
    std::vector<OfBuild> of_builds_;
};

using Counted = std::array<std::int64_t, 10>;  // By Spoilt::How.

std::int64_t damaged_rows(const StoreState& state) {
    std::int64_t rows = 0;
    for (const auto& form : state.stored) rows += form[static_cast<std::size_t>(Health::damaged)];
    return rows;
}

// The last is what is damaged beyond what was damaged in one of the first three ways.
Counted counted(const StoreState& state) {
    const StoreAccounts& it = state.accounts;
    return {it.born_damaged,  it.overwritten,
            it.spoiled,       it.lost,
            it.copies,        it.undone,
            it.dead_lettered, it.orphaned,
            it.logged_out,    damaged_rows(state) - it.born_damaged - it.overwritten - it.spoiled};
}

bool writes_wrong(const World& world, std::uint32_t s, const Pool& pool, StoreId store) {
    const View view(world, s, pool);
    return std::ranges::any_of(view.build().changes, [&](const Change& change) {
        return std::ranges::any_of(change.hides, [&](const Defect& defect) {
            return defect.store == store && defect.writes_wrong() && view.meets(change, defect) > 0;
        });
    });
}

// There are rows in a form that the pool's build reads wrong, in part or not at all.
bool reads_wrong(const World& world, const Pool& pool, StoreId store) {
    const SchemaChange* change = world.schemas[store.index];
    if (change == nullptr) return false;
    const bool knows = change_of(world, pool.build, store) != nullptr;
    for (const Format format : {Format::before, Format::after, Format::both}) {
        const SchemaVerdict it = verdict(*change, knows, format);
        if (it == SchemaVerdict::native || it == SchemaVerdict::tolerant) continue;
        const auto& rows = world.stores[store.index].state.stored[static_cast<std::size_t>(format)];
        if (std::ranges::any_of(rows, [](std::int64_t count) { return count > 0; })) return true;
    }
    return false;
}

bool by_writing(Spoilt::How how) {
    return how == Spoilt::How::born_damaged || how == Spoilt::How::doubled ||
           how == Spoilt::How::overwritten;
}
bool by_reading(Spoilt::How how) {
    return how == Spoilt::How::overwritten || how == Spoilt::How::spoiled ||
           how == Spoilt::How::set_aside || how == Spoilt::How::orphaned ||
           how == Spoilt::How::logged_out;
}

void note_who(const World& world, Spoilt& spoilt) {
    for (std::uint32_t s = 0; s < world.services.size(); ++s) {
        const Service& service = world.plan->services[s];
        if (std::ranges::find(service.uses, spoilt.store) == service.uses.end() &&
            std::ranges::find(service.runs, spoilt.store) == service.runs.end())
            continue;
        for (const Pool& pool : world.services[s].pools) {
            if (pool.station.slots == 0 ||
                std::ranges::find(spoilt.at_it, pool.build) != spoilt.at_it.end())
                continue;
            if ((by_writing(spoilt.how) && writes_wrong(world, s, pool, spoilt.store)) ||
                (by_reading(spoilt.how) && reads_wrong(world, pool, spoilt.store)))
                spoilt.at_it.push_back(pool.build);
        }
    }
}

void note_records(const Day& day, std::vector<Counted>& before, Truth& truth) {
    for (std::uint32_t i = 0; i < day.world.stores.size(); ++i) {
        const Counted totals = counted(day.world.stores[i].state);
        for (std::size_t how = 0; how < totals.size(); ++how) {
            const std::int64_t more = totals[how] - before[i][how];
            if (more <= 0) continue;  // What a restore takes back, and what mends.
            const auto same = [&](const Spoilt& it) {
                return it.store.index == i && static_cast<std::size_t>(it.how) == how;
            };
            auto found = std::ranges::find_if(truth.spoilt, same);
            if (found == truth.spoilt.end()) {
                truth.spoilt.push_back(
                    {static_cast<Spoilt::How>(how), {i}, {}, 0, day.now, day.now});
                found = std::prev(truth.spoilt.end());
            }
            found->records += more;
            found->last = day.now;
            note_who(day.world, *found);
        }
        before[i] = totals;
    }
}

}  // namespace

Result<Day> watch(const Scenario& scenario, const std::vector<GivenOrder>& orders,
                  std::uint64_t seed, std::optional<SimTime> end,
                  const std::function<void(const Day&)>& each_second) {
    const Player who = player_of(orders, scenario.blueprint->names);
    Day day = start_day(scenario.blueprint, seed);
    const SimTime last = end ? std::min(*end, day_end(day)) : day_end(day);
    while (day.now < last) {
        const SimTime next =
            std::min(last, day.now + (one_second - Duration{day.now.us % one_second.us}));
        if (const auto played = play_on(day, &who, next); !played) return played.error();
        each_second(day);
    }
    return day;
}

Result<Truth> truth_of(const Scenario& scenario, const std::vector<GivenOrder>& orders,
                       std::uint64_t seed, std::optional<SimTime> end) {
    Truth truth;
    std::vector<Counted> before(scenario.blueprint->stores.size(), Counted{});
    Scrapes scrapes;
    const auto day = watch(scenario, orders, seed, end, [&](const Day& it) {
        note_answers(it, truth);
        scrapes.look(it, truth);
        note_records(it, before, truth);
    });
    if (!day) return day.error();
    scrapes.settle(truth);
    std::ranges::stable_sort(truth.met, std::ranges::greater{}, &Met::attempts);
    std::ranges::stable_sort(truth.spoilt, std::ranges::greater{}, &Spoilt::records);
    return truth;
}

}  // namespace rollcage
