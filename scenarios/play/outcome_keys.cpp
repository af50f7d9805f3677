#include "scenarios/play/outcome_keys.h"

#include <algorithm>

namespace rollcage {

namespace {

using Value = std::optional<double>;

struct Key {
    const char* name;
    const char* meaning;
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

std::vector<Key> keys_of_requests() {
    return {
        {"requests.offered", "fresh requests that users made", counted<&O::offered>, true},
        {"requests.good", "of these, answered well and in time, be it at a later attempt",
         counted<&O::good>, true},
        {"requests.failed", "of these, given up after their last attempt", counted<&O::failed>},
        {"requests.refused", "of these, shed at their last attempt", counted<&O::refused>},
        {"requests.slow", "good answers above the latency goal", counted<&O::slow>},
        {"requests.pending", "still waiting or backing off at the end", counted<&O::pending>},
        {"requests.misled", "good answers that stand on a damaged record", counted<&O::misled>},
        {"users.minutes_impacted", "user-minutes in which a user met failures or damaged records",
         [](const O& it) {
             return Value{static_cast<double>(it.user_minutes_impacted_ppm) * 1e-6};
         }},
        {"users.logged_out", "sessions that were lost", counted<&O::logged_out>},
        {"users.share_exposed_ever", "share of users who ever met a change that does harm",
         measured<&O::share_exposed_ever>},
        {"users.share_exposed_peak", "the largest share of users on such a change in one minute",
         measured<&O::share_exposed_peak>},
        {"budget.burned_share", "share of 28 days' error budget that the day used up",
         measured<&O::budget_burned_share>},
        {"times.detect_s",
         "seconds from the first harmful minute to the first fact that tells of it",
         measured<&O::detect_s>},
        {"times.mitigate_s", "seconds from the first harmful minute to five minutes without harm",
         measured<&O::mitigate_s>},
        {"times.recover_s",
         "seconds from the first harmful minute until nothing wrong is left to mend",
         measured<&O::recover_s>},
    };
}

std::vector<Key> keys_of_records() {
    return {
        {"records.accepted", "writes that were acknowledged", over_stores<&R::accepted>, true},
        {"records.sound", "records that are as they should be at the end", over_stores<&R::sound>,
         true},
        {"records.diverged", "records whose new half is behind the old one",
         over_stores<&R::diverged>},
        {"records.damaged", "records that hold something wrong", over_stores<&R::damaged>},
        {"records.lost", "acknowledged records that are gone", over_stores<&R::lost>},
        {"records.stranded", "rows that a failover left on the old primary",
         over_stores<&R::stranded>},
        {"records.doubled", "records that are there twice", over_stores<&R::doubled>},
        {"records.dead_lettered", "messages set aside because no reader could take them",
         over_stores<&R::dead_lettered>},
        {"records.undone", "acknowledged writes that a restore or fail-back took back",
         over_stores<&R::undone>},
        {"records.by_hand", "rows that repair had to leave to people", over_stores<&R::by_hand>},
        {"records.stale_reads", "reads for which a replica was too late",
         over_stores<&R::stale_reads>},
        {"records.unreadable", "records that what runs at the end cannot read",
         over_stores<&R::unreadable>},
        {"records.unreadable_minutes", "record-minutes during which records could not be read",
         over_stores<&R::unreadable_minutes>},
        {"jobs.finished", "long jobs that were done", counted<&O::jobs_finished>, true},
        {"jobs.orphaned", "long jobs that nobody carries on", counted<&O::jobs_orphaned>},
        {"effects.sent", "things done to the outside: mails, payments", counted<&O::effects_sent>,
         true},
        {"effects.doubled", "of these, done twice", counted<&O::effects_doubled>},
        {"effects.unmatched", "of these, those whose record was taken back afterwards",
         counted<&O::effects_unmatched>},
    };
}

std::vector<Key> keys_of_the_rest() {
    return {
        {"open.harm_per_hour", "failures and records going wrong an hour, by the last ten minutes",
         measured<&O::open_harm_per_hour>},
        {"open.residue", "records wrong or unreadable and jobs orphaned when the day ends",
         counted<&O::open_residue>},
        {"delivery.deploys", "builds that went out", counted<&O::deploys>, true},
        {"delivery.lead_time_s", "seconds from the merge to all users, in the mean",
         measured<&O::lead_time_s>},
        {"delivery.change_fail_share", "share of deploys that were rolled back or fixed",
         measured<&O::change_fail_share>},
        {"delivery.rework_share", "share of deploys that were fixes", measured<&O::rework_share>},
        {"delivery.false_red_share", "share of red stages in which nothing was wrong",
         measured<&O::false_red_share>},
        {"delivery.gates_skipped", "gates that somebody passed over", counted<&O::gates_skipped>},
        {"worth.delivered", "money that changes earned once users had them",
         measured<&O::worth_delivered>, true},
        {"worth.delayed", "money that changes would have earned had they not been held up",
         measured<&O::worth_delayed>},
        {"people.toil_minutes", "minutes that people spent on runbooks and fixes",
         measured<&O::toil_minutes>},
        {"cost.total", "all of the costs below, in the scenario's money",
         [](const O& it) { return it.cost ? Value{it.cost->total()} : Value{}; }},
        {"cost.requests", "of failed and refused requests and impacted users",
         priced<&C::requests>},
        {"cost.data", "of records, jobs and effects that went wrong", priced<&C::data>},
        {"cost.people", "of people's time", priced<&C::people>},
        {"cost.machines", "of instances while they were there", priced<&C::machines>},
        {"cost.environments", "of environments before production", priced<&C::environments>},
        {"cost.worth_delayed", "of changes that came later than they could have",
         priced<&C::worth_delayed>},
    };
}

const std::vector<Key>& keys() {
    static const std::vector<Key> all = [] {
        std::vector<Key> list = keys_of_requests();
        for (const Key& it : keys_of_records()) list.push_back(it);
        for (const Key& it : keys_of_the_rest()) list.push_back(it);
        return list;
    }();
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

const std::vector<std::string>& weighed_keys() {
    static const std::vector<std::string> keys{"users.minutes_impacted", "records.lost",
                                               "records.damaged",        "effects.doubled",
                                               "worth.delayed",          "people.toil_minutes"};
    return keys;
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

const char* meaning_of(std::string_view key) {
    const Key* known = key_named(store_of_key(key).empty() ? key : over_all_stores(key));
    return known == nullptr ? "" : known->meaning;
}

bool more_is_better(std::string_view key) {
    const Key* known = key_named(store_of_key(key).empty() ? key : over_all_stores(key));
    return known != nullptr && known->more_is_better;
}

}  // namespace rollcage
