#include "scenarios/play/explanation.h"

namespace rollcage {

Result<Explanation> explained(const Recording& recording, const ButForAsked& asked) {
    const std::optional<SimTime> until = recording.head.until;
    const std::uint64_t seed = recording.head.choices.seed;
    auto day = but_for(recording, asked);
    if (!day) return day.error();
    Explanation it{std::move(*day), {}, {}, {}};
    if (it.day.interrupted) return it;
    const Scenario& scenario = it.day.scenario;
    auto other = other_life(scenario, it.day.was.actor, seed, until);
    if (!other) return other.error();
    it.other = std::move(*other);
    std::vector<GivenOrder> orders = it.other.orders;
    std::erase_if(orders, [](const GivenOrder& order) { return order.by_machine; });
    auto truth = truth_of(scenario, orders_of(recording), seed, until);
    if (!truth) return truth.error();
    it.truth = std::move(*truth);
    auto of_other = truth_of(scenario, orders, seed, until);
    if (!of_other) return of_other.error();
    it.of_other = std::move(*of_other);
    return it;
}

}  // namespace rollcage
