#include "sim/act/gates.h"

#include "sim/base/match.h"

namespace rollcage {

namespace {

// The service whose rollout somebody or something has moved on, if that is what happened.
std::optional<ServiceId> moved_on(const Fact& fact) {
    const Command* command = command_of(fact);
    if (command != nullptr && std::holds_alternative<TookEffect>(fact))
        return std::visit(match{
                              [](const Promote& it) { return std::optional{it.service}; },
                              [](const Halt& it) { return std::optional{it.service}; },
                              [](const Resume& it) { return std::optional{it.service}; },
                              [](const Rollback& it) { return std::optional{it.service}; },
                              [](const auto&) { return std::optional<ServiceId>{}; },
                          },
                          *command);
    return std::visit(match{
                          [](const Released& it) { return std::optional{it.service}; },
                          [](const StageReached& it) { return std::optional{it.service}; },
                          [](const RolloutEnded& it) { return std::optional{it.service}; },
                          [](const auto&) { return std::optional<ServiceId>{}; },
                      },
                      fact);
}

std::optional<Command> answer_to(const BuildJudged& judged) {
    switch (judged.verdict) {
        case GateVerdict::pass: return Promote{judged.service};
        case GateVerdict::fail:
            if (judged.on_fail == OnFail::rollback) return Rollback{judged.service, std::nullopt};
            return Halt{judged.service};
        case GateVerdict::marginal:
        case GateVerdict::no_data: break;
    }
    return std::nullopt;
}

void read(GateKeeper& keeper, const Occurrence& it) {
    if (const auto service = moved_on(it.fact))
        std::erase_if(keeper.planned,
                      [&](const GateOrder& order) { return order.service == *service; });
    if (const auto* judged = std::get_if<BuildJudged>(&it.fact))
        if (const auto order = answer_to(*judged))
            keeper.planned.push_back({it.at + scrape_every, judged->service, *order});
}

}  // namespace

std::vector<Command> keep_gates(GateKeeper& keeper, const FactView& view) {
    for (; keeper.read < view.facts().size(); ++keeper.read)
        read(keeper, view.facts()[keeper.read]);
    std::vector<Command> orders;
    for (const GateOrder& it : keeper.planned)
        if (it.at <= view.now() && !keeper.held) orders.push_back(it.command);
    std::erase_if(keeper.planned, [&](const GateOrder& it) { return it.at <= view.now(); });
    return orders;
}

}  // namespace rollcage
