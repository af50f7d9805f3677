#include <nlohmann/json.hpp>

#include "scenarios/play/outcome_keys.h"
#include "ui/view/explain_view.h"

namespace rollcage {
namespace {

using nlohmann::json;

json seconds(const std::optional<SimTime>& at) {
    return at ? json(at->seconds()) : json(nullptr);
}
json seconds(Duration length) {
    return static_cast<double>(length.us) / 1e6;
}

std::string dumped(const json& document) {
    return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

json head(const ButFor& day) {
    return {{"format", 1},
            {"scenario", day.scenario.name},
            {"seed", day.was.seed},
            {"actor", day.was.actor},
            {"interrupted", day.interrupted}};
}

json influence(const Influence& it) {
    static constexpr std::array<const char*, 4> kinds{"order", "inject", "defects", "form"};
    return {{"kind", kinds[static_cast<std::size_t>(it.kind)]},
            {"at_s", seconds(it.at)},
            {"what", it.text}};
}

json fact(const ButFor& day, std::size_t nth) {
    const Occurrence& it = day.was.facts[nth];
    return {{"number", nth + 1},
            {"at_s", seconds(it.at)},
            {"text", headline(it, day.scenario.blueprint->names)}};
}

json figure(const ButFor& day, const std::string& key) {
    const auto was = outcome_value(day.was.outcome, key);
    json without = json::array();
    for (const Without& it : day.without) {
        json row = influence(it.what);
        const auto value = outcome_value(it.life.outcome, key);
        row["value"] = value ? json(*value) : json(nullptr);
        without.push_back(std::move(row));
    }
    json redrawn = json::array();
    for (const Life& it : day.redrawn) {
        const auto value = outcome_value(it.outcome, key);
        redrawn.push_back(value ? json(*value) : json(nullptr));
    }
    return {{"key", key},
            {"was", was ? json(*was) : json(nullptr)},
            {"without", without},
            {"on_other_draws", redrawn}};
}

json truth_of(const Truth& truth, const Names& names) {
    static constexpr std::array<const char*, 6> whys{"defect",      "unreadable",   "store_away",
                                                     "call_failed", "from_outside", "too_late"};
    static constexpr std::array<const char*, 10> hows{
        "born_damaged", "overwritten", "spoiled",  "lost",       "doubled",
        "undone",       "set_aside",   "orphaned", "logged_out", "half_dropped"};
    json attempts = json::array(), records = json::array();
    for (const Met& it : truth.met) {
        const bool of_store = it.why == Met::Why::unreadable || it.why == Met::Why::store_away;
        attempts.push_back({{"service", names.services[it.service.index]},
                            {"build", names.builds[it.build.index]},
                            {"why", whys[static_cast<std::size_t>(it.why)]},
                            {"what", it.why == Met::Why::defect ? json(change_name(names, it.what))
                                     : of_store                 ? json(names.stores[it.what])
                                                                : json(nullptr)},
                            {"about", it.attempts},
                            {"first_s", seconds(it.first)},
                            {"last_s", seconds(it.last)}});
    }
    for (const Spoilt& it : truth.spoilt) {
        json builds = json::array();
        for (const BuildId build : it.at_it) builds.push_back(names.builds[build.index]);
        records.push_back({{"store", names.stores[it.store.index]},
                           {"how", hows[static_cast<std::size_t>(it.how)]},
                           {"records", it.records},
                           {"builds", builds},
                           {"first_s", seconds(it.first)},
                           {"last_s", seconds(it.last)}});
    }
    return {{"attempts", attempts}, {"records", records}};
}

}  // namespace

std::string explain_json(const Explanation& all) {
    const Names& names = all.day.scenario.blueprint->names;
    json document = head(all.day);
    document["truth"] = truth_of(all.truth, names);
    document["other"] = {{"actor", all.other.actor}, {"truth", truth_of(all.of_other, names)}};
    document["figures"] = json::array();
    for (const std::string& key : weighed_keys())
        document["figures"].push_back(figure(all.day, key));
    return dumped(document);
}

std::string fact_why_json(const ButFor& day, std::size_t nth) {
    json chain = json::array();
    for (std::optional<std::size_t> at = nth; at;) {
        const FactWhy because = why(day, *at);
        json link = fact(day, *at);
        link["without"] = json::array();
        for (std::size_t i = 0; i < day.without.size(); ++i) {
            json row = influence(day.without[i].what);
            row["comes_s"] = seconds(because.at[i]);
            link["without"].push_back(std::move(row));
        }
        link["comes_on_other_draws_s"] = json::array();
        for (const auto& it : because.redrawn)
            link["comes_on_other_draws_s"].push_back(seconds(it));
        chain.push_back(std::move(link));
        at = because.after;
    }
    json document = head(day);
    document["chain"] = std::move(chain);
    return dumped(document);
}

std::string figure_json(const ButFor& day, const std::string& key) {
    json document = head(day);
    document.update(figure(day, key));
    return dumped(document);
}

std::string change_json(const Scenario& scenario, const ChangeWalk& walk) {
    const Names& names = scenario.blueprint->names;
    static constexpr std::array<const char*, 4> ends{"found", "out_of_reach", "drift", "not_met"};
    static constexpr std::array<const char*, dimensions> words{
        "data", "scale", "config", "dependencies", "behaviour", "skew"};
    json steps = json::array(), users = json::array(), flags = json::array();
    for (const WalkStep& it : walk.steps) {
        json stage = json::array();
        for (const Overlooked& each : it.stage) {
            json needs = json::array();
            for (const Dimension d : each.needs)
                needs.push_back(words[static_cast<std::size_t>(d)]);
            stage.push_back(
                {{"end", ends[static_cast<std::size_t>(each.because)]},
                 {"needs", needs},
                 {"has", each.has.value()},
                 {"difference", each.difference.empty() ? json(nullptr) : json(each.difference)}});
        }
        steps.push_back({{"at_s", seconds(it.at)}, {"what", it.what}, {"stage", stage}});
    }
    for (const Reached& it : walk.reached)
        users.push_back({{"build", names.builds[it.build.index]},
                         {"first_s", seconds(it.first)},
                         {"most", it.most.value()},
                         {"most_s", seconds(it.most_at)}});
    for (const SettingId it : walk.behind) flags.push_back(names.settings[it.index]);
    return dumped({{"format", 1},
                   {"scenario", scenario.name},
                   {"change", change_name(names, walk.key)},
                   {"hides", walk.hides},
                   {"new_form", walk.new_form},
                   {"behind", flags},
                   {"steps", steps},
                   {"users", users}});
}

std::string time_json(const ResponseTimes& response) {
    json orders = json::array();
    for (const OrderTimes& it : response.orders)
        orders.push_back({{"order", it.order},
                          {"given_s", seconds(it.given)},
                          {"took_effect_s", seconds(it.took_effect)},
                          {"refused", it.refused},
                          {"build_and_test_s", seconds(it.tested)},
                          {"pull_s", seconds(it.pulled)},
                          {"boot_s", seconds(it.booted)},
                          {"waves_s", seconds(it.in_waves)},
                          {"propagate_s", seconds(it.propagated)},
                          {"done_s", seconds(it.done)}});
    return dumped({{"format", 1},
                   {"harm_began_s", seconds(response.harm_began)},
                   {"known_s", seconds(response.known)},
                   {"first_order_s", seconds(response.first_order)},
                   {"harm_ended_s", seconds(response.harm_ended)},
                   {"orders", orders}});
}

}  // namespace rollcage
