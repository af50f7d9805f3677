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
    if (!has(record, "practised")) return Value{};
    const Value& practised = at_of(record, "practised");
    for (std::size_t i = 0; i < commands_known; ++i)
        people.practised[i] = whole_of(practised, command_forms()[i].name);
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
                          .instance_hour = price("instance_hour"),
                          .environment_hour = price("environment_hour")};
    return Value{};
}

}  // namespace rollcage
