#include "sim/words/injects.h"

namespace rollcage {

using S = SlotType;

namespace {

std::vector<Form> on_services_and_settings() {
    return {
        {"slow",
         "the service's own work takes longer for a while",
         {{"service", S::service, "which"},
          {"by", S::times, "times the work", nullptr, 0.001, 1000},
          {"lasts", S::length, "for how long", nullptr, 0.001, 864'000}}},
        {"fail",
         "some of the service's answers are errors for a while",
         {{"service", S::service, "which"},
          {"share", S::share, "of answers", nullptr, 0.000001, 1},
          {"lasts", S::length, "for how long", nullptr, 0.001, 864'000}}},
        {"surge",
         "the cohort asks more (or less) for a while",
         {{"cohort", S::cohort, "who"},
          {"by", S::times, "times the demand", nullptr, 0, 1000},
          {"lasts", S::length, "for how long", nullptr, 0.001, 864'000}}},
        {"expire_certificate",
         "who asks its processes fails; those that begin when there is a new one have it",
         {{"service", S::service, "which"},
          {"renewed", S::length, "a new one is there after this long", "0s", 0, 864'000}}},
        {"release",
         "the build goes out by the plan",
         {{"build", S::build, "which"}, {"plan", S::plan, "a plan's name"}}},
        {"migrate",
         "the team's automation takes one step of a column's way, where it can",
         {{"store", S::store, "which"}, {"step", S::choice, "the way", "up", 0, 0, "up|down"}}},
        {"settings_down",
         "nobody can read flags; processes that run keep theirs, new ones fall back",
         {{"lasts", S::length, "for how long", nullptr, 1, 864'000}}},
        {"set", "somebody, or a script, gives a flag a value", rule_slots("to")},
        {"push_config",
         "the same, to every process within seconds; what is pushed at one instant is one change",
         [] {
             std::vector<Slot> slots = rule_slots("to");
             slots.push_back({"within", S::length, "when all have it", "3s", 0, 3600});
             return slots;
         }()},
    };
}

std::vector<Form> on_what_they_stand_on() {
    return {
        {"lose_node",
         "its instances are dead at once, out of the route after 40 s, replaced after 5 m more",
         {{"service", S::service, "which"},
          {"node", S::count, "which of its nodes, from 1", "1", 1, 100'000},
          {"lasts", S::length, "by itself for good", "", 1, 864'000}}},
        {"lose_zone",
         "the same for a zone of the service's first region, or of another",
         {{"service", S::service, "which"},
          {"zone", S::count, "which of its zones, from 1", "1", 1, 100},
          {"lasts", S::length, "by itself for good", "", 1, 864'000},
          {"region", S::region, "by itself its first", ""}}},
        {"lose_region",
         "the same for a region, of every service",
         {{"region", S::region, "which"},
          {"lasts", S::length, "by itself for good", "", 1, 864'000}}},
        {"registry_down",
         "images cannot be pulled; pulls wait",
         {{"lasts", S::length, "for how long", nullptr, 1, 864'000}}},
        {"image_gone",
         "the registry has the build no longer; nodes that hold it still do",
         {{"build", S::build, "which"}}},
        {"lag",
         "a store's replica applies only a part of what it usually can",
         {{"store", S::store, "which"},
          {"to", S::share, "of its rate", nullptr, 0, 1},
          {"lasts", S::length, "for how long", nullptr, 0.001, 864'000}}},
        {"lose_primary",
         "a store's primary cannot be reached; what uses it fails until it is back or another "
         "serves",
         {{"store", S::store, "which"},
          {"lasts", S::length, "for how long", nullptr, 0.001, 864'000}}},
        {"bad_backup",
         "the backups of a store cannot be restored; that is seen when it is tried",
         {{"store", S::store, "which"}}},
        {"message",
         "somebody says something, which may be so or not",
         {{"from", S::text, "who"}, {"text", S::text, "what, in one line"}}},
    };
}

}  // namespace

const std::vector<Form>& inject_forms() {
    static const std::vector<Form> forms =
        joined(on_services_and_settings(), on_what_they_stand_on());
    return forms;
}

}  // namespace rollcage
