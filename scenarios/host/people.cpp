// Declarations of people and of what things cost.
#include "scenarios/host/declarations.h"
#include "scenarios/host/record.h"

namespace rollcage {

Result<Value> Declarations::people(const Value& record) {
    People& people = world.known.people;
    people.responders = whole_of(record, "responders");
    people.acknowledges = length_of(record, "acknowledges");
    people.triages = length_of(record, "triages");
    people.decides = length_of(record, "decides");
    people.backup = whole_of(record, "backup");
    for (const Value& it : at_of(record, "rota").items) {
        const std::string& named = at_of(it, "name").text;
        if (find_name(world.names.people, named)) return twice("person", named);
        if (std::ssize(world.names.people) >= responders_max)
            return Error{"people: at most 20 of them have a name"};
        world.names.people.push_back(named);
        people.rota.push_back({length_of(it, "from"), length_of(it, "to")});
    }
    if (!has(record, "practised")) return Value{};
    const Value& practised = at_of(record, "practised");
    for (std::size_t i = 0; i < commands_known; ++i)
        people.practised[i] = whole_of(practised, command_forms()[i].name);
    return Value{};
}

Result<Value> Declarations::automation(const Value& record) {
    const std::string& name = record.items[0].text;
    if (find_name(world.names.automations, name)) return twice("automation", name);
    const auto length = Duration{at_of(record, "after").integer};
    world.known.automations.push_back({.service = {row_of(record, "of")},
                                       .on = static_cast<WakesOn>(whole_of(record, "on")),
                                       .does = static_cast<MachineDoes>(whole_of(record, "does")),
                                       .after = length,
                                       .authorised = at_of(record, "authorised").yes,
                                       .person = at_of(record, "person").yes});
    const Automation& it = world.known.automations.back();
    if ((it.on == WakesOn::never) != (it.does == MachineDoes::refuse_rollback))
        return Error{"automation \"" + name +
                     "\": one that refuses answers nothing (on = \"never\"), and only such a one"};
    world.names.automations.push_back(name);
    return Value{};
}

Result<Value> Declarations::prices(const Value& record) {
    const auto price = [&](const char* of) {
        return static_cast<std::int64_t>(at_of(record, of).number * 1e6 + 0.5);
    };
    world.prices = Prices{.request_failed = price("request_failed"),
                          .request_refused = price("request_refused"),
                          .user_minute = price("user_minute"),
                          .record_damaged = price("record_damaged"),
                          .record_lost = price("record_lost"),
                          .record_doubled = price("record_doubled"),
                          .unreadable_minute = price("unreadable_minute"),
                          .job_orphaned = price("job_orphaned"),
                          .effect_doubled = price("effect_doubled"),
                          .effect_unmatched = price("effect_unmatched"),
                          .engineer_hour = price("engineer_hour"),
                          .instance_hour = price("instance_hour")};
    return Value{};
}

}  // namespace rollcage
