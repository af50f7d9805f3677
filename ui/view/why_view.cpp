#include "ui/view/why_view.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "scenarios/play/outcome_keys.h"
#include "sim/world/blueprint.h"
#include "ui/view/plot_view.h"

namespace rollcage {
namespace {

constexpr double worth_saying = .05;

// How far apart two numbers are; never is as far from any of them as can be.
double apart(const std::optional<double>& a, const std::optional<double>& b) {
    if (a && b) return std::abs(*a - *b);
    return a.has_value() == b.has_value() ? 0 : std::numeric_limits<double>::infinity();
}

bool is_better(const std::string& key, const std::optional<double>& a,
               const std::optional<double>& b) {
    if (!a || !b) return a.has_value();  // At some time is better than never.
    return more_is_better(key) ? *a > *b : *a < *b;
}

bool holds(SimTime first, SimTime last, SimTime at) {
    constexpr Duration blur{1'000'000};  // Seconds are looked at, not what lies between them.
    return first - blur <= at && at <= last + blur;
}

bool concerns(const Blueprint& plan, const Spoilt& it, const std::optional<ServiceId>& service) {
    if (!service) return true;
    const std::vector<StoreId>& uses = plan.services[service->index].uses;
    return std::ranges::find(uses, it.store) != uses.end();
}

std::vector<Wrong> wrongs_at(const Explanation& all, const MomentWhy& moment,
                             const std::optional<ServiceId>& service) {
    const Blueprint& plan = *all.day.scenario.blueprint;
    const std::vector<Wrong> of_day = wrongs(all);
    std::vector<Wrong> found;
    const auto add = [&](const std::string& what) {
        const auto it = std::ranges::find(of_day, what, &Wrong::what);
        if (it != of_day.end() && it->count > 0) found.push_back(*it);
    };
    for (const Met& it : all.truth.met)
        if ((!service || it.service == *service) && holds(it.first, it.last, moment.at))
            add(met_text(it, plan.names));
    for (const Spoilt& it : all.truth.spoilt)
        if (concerns(plan, it, service) && holds(it.first, it.last, moment.at))
            add(spoilt_text(it, plan.names));
    std::ranges::stable_sort(found, std::ranges::greater{}, &Wrong::count);
    return found;
}

std::optional<MomentCause> cause_of(const ButFor& day, const Without& it) {
    MomentCause cause{influence_text(it.what), {}};
    double most = 0;
    for (const std::string& key : weighed_keys()) {
        const auto was = outcome_value(day.was.outcome, key),
                   without = outcome_value(it.life.outcome, key);
        if (!was || !without || *was == *without) continue;
        // Keys count different things, and stand in the order in which they weigh: the first in
        // which it makes a difference worth saying, else the one in which it makes most.
        const double share =
            std::abs(*was - *without) / std::max(std::abs(*was), std::abs(*without));
        if (share <= most || most >= worth_saying) continue;
        most = share;
        cause.key = key, cause.was = was, cause.without = without;
        cause.worse_without = is_better(key, was, without);
    }
    return most > 0 ? std::optional{cause} : std::nullopt;
}

void find_nearest(const ButFor& day, const std::optional<ServiceId>& service, MomentWhy& moment) {
    constexpr std::size_t near = 3;
    const auto here = [&](const Occurrence& it) {
        const auto of = service_of(it.fact);
        return !service || !of || *of == service->index;
    };
    const std::vector<Occurrence>& facts = day.was.facts;
    for (std::size_t i = 0; i < facts.size(); ++i) {
        if (!here(facts[i])) continue;
        if (facts[i].at <= moment.at) {
            moment.before.push_back(i);
            if (moment.before.size() > near) moment.before.erase(moment.before.begin());
        } else if (moment.after.size() < near) {
            moment.after.push_back(i);
        }
    }
}

}  // namespace

bool worth_telling(double one, double other) {
    return std::abs(one - other) > worth_saying * std::max(std::abs(one), std::abs(other));
}

FigureWhy figure_why(const Explanation& all, const std::string& key) {
    const ButFor& day = all.day;
    FigureWhy why{.key = key, .meaning = meaning_of(key)};
    why.was = outcome_value(day.was.outcome, key);
    why.more_is_better = more_is_better(key);
    for (const Without& it : day.without) {
        const auto value = outcome_value(it.life.outcome, key);
        if (value == why.was) {
            ++why.same;
            continue;
        }
        FigureRow row{&it.what, influence_text(it.what), value};
        if (value && why.was) row.difference = *value - *why.was;
        row.better = is_better(key, value, why.was);
        why.without.push_back(std::move(row));
    }
    std::ranges::stable_sort(why.without, std::ranges::greater{},
                             [&](const FigureRow& it) { return apart(it.value, why.was); });
    for (const Life& it : day.redrawn)
        if (const auto value = outcome_value(it.outcome, key)) {
            why.least = why.days == 0 ? *value : std::min(why.least, *value);
            why.most = why.days == 0 ? *value : std::max(why.most, *value);
            ++why.days;
        }
    why.other = all.other.actor;
    why.of_other = outcome_value(all.other.outcome, key);
    return why;
}

MomentWhy moment_why(const Explanation& all, SimTime at, std::optional<ServiceId> service) {
    const ButFor& day = all.day;
    MomentWhy moment{.at = at};
    if (service) moment.service = day.scenario.blueprint->names.services[service->index];
    moment.wrongs = wrongs_at(all, moment, service);
    for (auto it = day.without.rbegin(); it != day.without.rend(); ++it)
        if (it->what.at <= at)
            if (auto cause = cause_of(day, *it)) moment.causes.push_back(std::move(*cause));
    find_nearest(day, service, moment);
    return moment;
}

std::optional<std::vector<WithoutRow>> without_order(const ButFor& day, SimTime at,
                                                     const std::string& order) {
    const auto it = std::ranges::find_if(day.without, [&](const Without& each) {
        return each.what.kind == Influence::Kind::order && each.what.at == at &&
               each.what.text == order;
    });
    if (it == day.without.end()) return std::nullopt;
    std::vector<WithoutRow> rows;
    for (const std::string& key : weighed_keys()) {
        const auto was = outcome_value(day.was.outcome, key),
                   without = outcome_value(it->life.outcome, key);
        if (was && without && worth_telling(*was, *without))
            rows.push_back({key, *was, *without, is_better(key, was, without)});
    }
    return rows;
}

}  // namespace rollcage
