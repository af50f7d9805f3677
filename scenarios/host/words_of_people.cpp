// The words for who answers, what they have practised, and what things cost.
#include "scenarios/host/fields.h"
#include "sim/words/commands.h"

namespace rollcage {

namespace {

using T = Field::Type;
using H = HandleKind;

Word practised() {
    Word word{"practised",
              "practised = { rollback = 3 }",
              "how often each runbook was carried out in the last 90 days",
              true,
              false,
              H::nothing,
              {}};
    for (const Form& form : command_forms())
        word.fields.push_back({form.name, T::integer, "1", form.meaning, 0, 1000});
    return word;
}

Word prices() {
    Word word{"prices",
              "drill.prices { request_failed = 0.02, engineer_hour = 100 }",
              "what things cost, in the scenario's money; only then are there costs",
              true,
              false,
              H::nothing,
              {}};
    for (const auto& [name, fallback, meaning] :
         {std::tuple{"request_failed", "0", "a request that failed"},
          {"request_refused", "0", "one that was shed"},
          {"user_minute", "0", "a user's minute in which something failed"},
          {"record_damaged", "0", "a record that is wrong at the end"},
          {"record_lost", "0", "one that is lost, or taken back"},
          {"record_doubled", "0", "one that is there twice"},
          {"unreadable_minute", "0", "a record's minute in which its readers cannot read it"},
          {"job_orphaned", "0", "a job that nobody goes on with"},
          {"effect_doubled", "0", "what was sent twice"},
          {"effect_unmatched", "0", "what was sent for a record that is gone"},
          {"engineer_hour", "100", "of people's work"},
          {"instance_hour", "0.1", "of a process"}})
        word.fields.push_back({name, T::number, fallback, meaning, 0, 1e6});
    return word;
}

}  // namespace

const std::vector<Word>& words_of_people() {
    static const std::vector<Word> list{
        {"people",
         "drill.people { responders = 2, practised = { rollback = 3 } }",
         "who carries out what is ordered, one thing at a time each; times are medians",
         true,
         false,
         H::nothing,
         {{"responders", T::integer, "1", "how many are there from the start", 1, 20},
          {"acknowledges", T::length, "3m", "from the first page to hands on the keyboard", 0,
           86'400},
          {"triages", T::length, "5m", "a built-in actor, until it knows where", 0, 86'400},
          {"decides", T::length, "5m", "and then, until it orders something", 0, 86'400},
          {"rota", T::records, "",
           "of the first of them: what they are called, and when they approve", 0, 0, H::nothing,
           "rota"},
          {"backup", T::integer, "2", "how many join when an incident is declared", 0, 20},
          {"practised", T::record, "", "once each where it is left out", 0, 0, H::nothing,
           "practised"}}},
        {"automation",
         "drill.automation { NAME, of = ..., on = \"fast_burn\", does = \"rollback\" }",
         "a machine, or a colleague like one, that decides by itself from facts",
         true,
         true,
         H::nothing,
         {{"of", T::handle, nullptr, "whose alerts and rollouts", 0, 0, H::service},
          {"on", T::choice, "any_alert", "what it answers; `never` for one that only refuses", 0, 0,
           H::nothing, "any_alert|fast_burn|slow_burn|judge_fails|halted|never"},
          {"does", T::choice, "rollback",
           "what it orders; refuse_rollback stands in the way once a column is gone", 0, 0,
           H::nothing, "halt|rollback|resume|promote|refuse_rollback"},
          {"after", T::length, "15s", "how late it is", 0, 86'400},
          {"authorised", T::boolean, "true", "else what it orders is refused"},
          {"person", T::boolean, "false", "a colleague: heeds `organise announce`"}}},
        {"rota",
         "rota = { { name = \"Ada\", from = \"9h\", to = \"17h\" }, ... }",
         "one person by name; orders and pages find them at any time",
         true,
         false,
         H::nothing,
         {{"name", T::text, nullptr, "what `approvers` of an approval says"},
          {"from", T::length, "0s", "of each day, since midnight", 0, 86'400},
          {"to", T::length, "24h", "of each day; before from: of the next", 0, 86'400}}},
        practised(),
        prices()};
    return list;
}

}  // namespace rollcage
