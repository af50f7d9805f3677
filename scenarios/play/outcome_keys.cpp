#include "scenarios/play/outcome_keys.h"

#include <algorithm>

namespace rollcage {

namespace {

using Value = std::optional<double>;

struct Key {
    const char* name;
    Value (*of)(const Outcome&);
    bool more_is_better = false;
};

template <auto Member>
Value counted(const Outcome& it) {
    return static_cast<double>(it.*Member);
}
template <auto Member>
Value measured(const Outcome& it) {
    return it.*Member;
}
template <auto Member>
Value over_stores(const Outcome& it) {
    if (it.records.empty()) return std::nullopt;
    double sum = 0;
    for (const Outcome::Records& store : it.records) sum += static_cast<double>(store.*Member);
    return sum;
}
template <auto Member>
Value priced(const Outcome& it) {
    return it.cost ? Value{(*it.cost).*Member} : std::nullopt;
}

using O = Outcome;
using R = Outcome::Records;
using C = Outcome::Cost;

const std::vector<Key>& keys() {
    static const std::vector<Key> all{
        {"requests.offered", counted<&O::offered>, true},
        {"requests.good", counted<&O::good>, true},
        {"requests.failed", counted<&O::failed>},
        {"requests.refused", counted<&O::refused>},
        {"requests.slow", counted<&O::slow>},
        {"requests.pending", counted<&O::pending>},
        {"requests.misled", counted<&O::misled>},
        {"users.minutes_impacted",
         [](const O& it) {
             return Value{static_cast<double>(it.user_minutes_impacted_ppm) * 1e-6};
         }},
        {"users.logged_out", counted<&O::logged_out>},
        {"users.share_exposed_ever", measured<&O::share_exposed_ever>},
        {"users.share_exposed_peak", measured<&O::share_exposed_peak>},
        {"budget.burned_share", measured<&O::budget_burned_share>},
        {"times.detect_s", measured<&O::detect_s>},
        {"times.mitigate_s", measured<&O::mitigate_s>},
        {"times.recover_s", measured<&O::recover_s>},
        {"records.accepted", over_stores<&R::accepted>, true},
        {"records.sound", over_stores<&R::sound>, true},
        {"records.diverged", over_stores<&R::diverged>},
        {"records.damaged", over_stores<&R::damaged>},
        {"records.lost", over_stores<&R::lost>},
        {"records.stranded", over_stores<&R::stranded>},
        {"records.doubled", over_stores<&R::doubled>},
        {"records.dead_lettered", over_stores<&R::dead_lettered>},
        {"records.undone", over_stores<&R::undone>},
        {"records.by_hand", over_stores<&R::by_hand>},
        {"records.stale_reads", over_stores<&R::stale_reads>},
        {"records.unreadable", over_stores<&R::unreadable>},
        {"records.unreadable_minutes", over_stores<&R::unreadable_minutes>},
        {"jobs.finished", counted<&O::jobs_finished>, true},
        {"jobs.orphaned", counted<&O::jobs_orphaned>},
        {"effects.sent", counted<&O::effects_sent>, true},
        {"effects.doubled", counted<&O::effects_doubled>},
        {"effects.unmatched", counted<&O::effects_unmatched>},
        {"open.harm_per_hour", measured<&O::open_harm_per_hour>},
        {"open.residue", counted<&O::open_residue>},
        {"delivery.deploys", counted<&O::deploys>, true},
        {"delivery.lead_time_s", measured<&O::lead_time_s>},
        {"delivery.change_fail_share", measured<&O::change_fail_share>},
        {"delivery.rework_share", measured<&O::rework_share>},
        {"delivery.false_red_share", measured<&O::false_red_share>},
        {"delivery.gates_skipped", counted<&O::gates_skipped>},
        {"worth.delivered", measured<&O::worth_delivered>, true},
        {"worth.delayed", measured<&O::worth_delayed>},
        {"people.toil_minutes", measured<&O::toil_minutes>},
        {"cost.total", [](const O& it) { return it.cost ? Value{it.cost->total()} : Value{}; }},
        {"cost.requests", priced<&C::requests>},
        {"cost.data", priced<&C::data>},
        {"cost.people", priced<&C::people>},
        {"cost.machines", priced<&C::machines>},
        {"cost.environments", priced<&C::environments>},
        {"cost.worth_delayed", priced<&C::worth_delayed>},
    };
    return all;
}

const Key* key_named(std::string_view name) {
    const auto found = std::ranges::find(keys(), name, &Key::name);
    return found == keys().end() ? nullptr : &*found;
}

}  // namespace

const std::vector<std::string>& outcome_keys() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const Key& it : keys()) list.push_back(it.name);
        return list;
    }();
    return names;
}

namespace {

constexpr std::string_view of_records = "records.";

std::string over_all_stores(std::string_view key) {
    return std::string{of_records}.append(key.substr(key.rfind('.') + 1));
}

}  // namespace

// A store's name may hold dots; its key does not.
std::string_view store_of_key(std::string_view key) {
    const std::size_t last = key.rfind('.');
    if (!key.starts_with(of_records) || last < of_records.size()) return {};
    return key.substr(of_records.size(), last - of_records.size());
}

bool is_outcome_key(std::string_view key) {
    return key_named(key) != nullptr ||
           (!store_of_key(key).empty() && key_named(over_all_stores(key)) != nullptr);
}

std::optional<double> outcome_value(const Outcome& outcome, std::string_view key) {
    if (const std::string_view store = store_of_key(key); !store.empty()) {
        Outcome alone;
        for (const Outcome::Records& it : outcome.records)
            if (it.store == store) alone.records.push_back(it);
        return outcome_value(alone, over_all_stores(key));
    }
    const Key* known = key_named(key);
    return known == nullptr ? std::nullopt : known->of(outcome);
}

bool more_is_better(std::string_view key) {
    const Key* known = key_named(store_of_key(key).empty() ? key : over_all_stores(key));
    return known != nullptr && known->more_is_better;
}

}  // namespace rollcage
