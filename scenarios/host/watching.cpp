// What a scenario says of those who watch: gates, alerts on causes, what people say.
#include <algorithm>

#include "scenarios/host/declarations.h"
#include "scenarios/host/record.h"

namespace rollcage {

namespace {

// What is measured may be bounded under these names; shares and lengths are whole numbers already.
std::vector<Limit> limits_of(const Value& record) {
    constexpr std::pair<const char*, Judged> names[] = {{"error_share", Judged::error_share_ppm},
                                                        {"latency_p50", Judged::latency_p50_us},
                                                        {"latency_p95", Judged::latency_p95_us},
                                                        {"latency_p99", Judged::latency_p99_us},
                                                        {"busy", Judged::busy_ppm},
                                                        {"queue", Judged::queue},
                                                        {"restarts", Judged::restarts}};
    std::vector<Limit> limits;
    for (const auto& [name, measure] : names)
        if (has(record, name)) limits.push_back({measure, whole_of(record, name)});
    return limits;
}

}  // namespace

std::optional<Gate> Declarations::gate_of(const Value& stage) const {
    if (!has(stage, "gate")) return std::nullopt;
    const Value& said = at_of(stage, "gate");
    Gate gate{.no_worse = true,
              .looks = whole_of(stage, "looks"),
              .on_fail = static_cast<OnFail>(whole_of(stage, "on_fail"))};
    if (said.type != Value::Type::handle) {
        gate.no_worse = at_of(said, "no_worse").yes;
        gate.limits = limits_of(said);
    }
    return gate;
}

Result<Value> Declarations::cause_alert(const Value& record) {
    const std::string& name = record.items[0].text;
    if (find_name(world.names.alerts, name)) return twice("cause_alert", name);
    if (world.alerts.size() >= declared_max) return Error{"at most 1000 alerts on causes"};
    CauseAlert alert{.of = {row_of(record, "of")}, .lasts = length_of(record, "lasts")};
    const std::vector<Limit> limits = limits_of(record);
    if (limits.size() + has(record, "log_lines") != 1)
        return Error{"cause_alert \"" + name +
                     "\": give one measure that it is on, such as busy = \"80%\" or log_lines = 5"};
    if (limits.empty())
        alert.log = LogPattern{part_of(record, "by_chance"), whole_of(record, "log_lines")};
    else
        alert.above = limits[0];
    world.alerts.push_back(alert);
    world.names.alerts.push_back(name);
    return Value{};
}

Result<Value> Declarations::tools(const Value& record) {
    const auto on = [&](const char* field, std::optional<ServiceId>& tool) {
        if (has(record, field)) tool = ServiceId{row_of(record, field)};
    };
    on("dashboards", world.tools.dashboards);
    on("flags", world.tools.flags);
    on("registry", world.tools.registry);
    on("deploys", world.tools.deploys);
    return Value{};
}

Result<Value> Declarations::message(const Value& record) {
    Numbers rows;
    for (const char* field : {"from", "text"}) {
        const std::string& said = at_of(record, field).text;
        const auto control = [](unsigned char letter) { return letter < ' '; };
        if (said.empty() || said.size() > 400 || std::ranges::any_of(said, control))
            return Error{std::string("message: field \"") + field +
                         "\" must be one line of at most 400 characters"};
        std::vector<std::string>& texts = world.names.texts;
        if (!find_name(texts, said)) texts.push_back(said);
        rows.push_back(*find_name(texts, said));
    }
    return inject(word_of<Message>(rows));
}

}  // namespace rollcage
