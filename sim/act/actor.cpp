#include "sim/act/actor.h"

namespace rollcage {

namespace {

const Occurrence* first_alert(const FactView& view) {
    for (const Occurrence& it : view.facts())
        if (std::holds_alternative<AlertFired>(it.fact)) return &it;
    return nullptr;
}

std::vector<Command> roll_back(Mind& mind, const FactView& view) {
    const Occurrence* alert = first_alert(view);
    if (mind.step != 0 || alert == nullptr) return {};
    mind.step = 1;
    mind.since = view.now();
    mind.service = std::get<AlertFired>(alert->fact).service;
    return {Rollback{mind.service, std::nullopt}};
}

// Sheds nearly everything, waits for the queue to drain, then lets people back in steps.
std::vector<Command> shed(Mind& mind, const FactView& view) {
    constexpr std::array<std::int64_t, 5> steps_ppm{900'000, 700'000, 500'000, 250'000,
                                                    0};  // default: design
    constexpr Duration between{120'000'000};
    if (mind.step == 0) {
        const Occurrence* alert = first_alert(view);
        if (alert == nullptr) return {};
        mind.service = std::get<AlertFired>(alert->fact).service;
    } else {
        if (mind.step >= steps_ppm.size() || view.now() - mind.since < between) return {};
        const auto queue = view.series(mind.service, Measure::queue);
        const auto slots = view.series(mind.service, Measure::slots);
        if (mind.step == 1 && !queue.empty() && queue.back() > slots.back()) return {};
    }
    mind.since = view.now();
    return {Shed{mind.service, {steps_ppm[mind.step++]}, false}};
}

}  // namespace

const char* name(BuiltIn actor) {
    switch (actor) {
        case BuiltIn::nothing: return "nothing";
        case BuiltIn::rollback: return "rollback";
        case BuiltIn::shed: return "shed";
    }
    return "?";
}

std::optional<BuiltIn> built_in_named(std::string_view wanted) {
    for (const BuiltIn actor : built_ins)
        if (wanted == name(actor)) return actor;
    return std::nullopt;
}

std::vector<Command> decide(Mind& mind, const FactView& view) {
    switch (mind.actor) {
        case BuiltIn::nothing: return {};
        case BuiltIn::rollback: return roll_back(mind, view);
        case BuiltIn::shed: return shed(mind, view);
    }
    return {};
}

}  // namespace rollcage
