// What a scenario says of those who watch: gates.
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

}  // namespace rollcage
