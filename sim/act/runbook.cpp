#include "sim/act/runbook.h"

#include <algorithm>

#include "sim/base/match.h"

namespace rollcage {

namespace {

constexpr Duration s(std::int64_t seconds) {
    return {seconds * 1'000'000};
}

const Runbook press{{Step::act, s(15)}};
const Runbook look_and_press{{Step::confirm, s(15)}, {Step::act, s(15)}};
const Runbook grave{{Step::confirm, s(60)}, {Step::act, s(30)}, {Step::verify, s(60)}};

}  // namespace

// Lengths: MODEL 9 where it has them (a flag 30 s, a rollback a minute until it acts), else ours.
Runbook runbook_of(const Command& command) {
    return std::visit(
        match{
            [](const Rollback&) -> Runbook {
                return {{Step::confirm, s(20)}, {Step::find_stable, s(20)}, {Step::act, s(20)},
                        {Step::wait, s(180)},   {Step::verify, s(15)},      {Step::notify, s(15)}};
            },
            [](const SetFlag&) { return look_and_press; },
            [](const RevertConfig&) { return look_and_press; },
            [](const Scale&) { return look_and_press; },
            [](const SetWeight&) { return look_and_press; },
            [](const Drain&) { return look_and_press; },
            [](const Restart&) { return look_and_press; },
            [](const SwitchRoute&) { return look_and_press; },
            [](const OrderHotfix&) -> Runbook {
                return {{Step::confirm, s(60)}, {Step::act, s(60)}};
            },
            [](const Inspect&) -> Runbook {
                return {{Step::confirm, s(165)}, {Step::act, s(15)}};
            },
            [](const Organise& it) -> Runbook {
                const bool talks = it.what == Matter::declare || it.what == Matter::announce;
                return {{Step::act, s(talks ? 180 : 15)}};
            },
            [](const Migrate&) { return grave; },
            [](const Failover&) { return grave; },
            [](const Failback&) { return grave; },
            [](const Repair&) { return grave; },
            [](const Restore&) -> Runbook {
                return {{Step::confirm, s(120)},
                        {Step::find_stable, s(120)},
                        {Step::act, s(60)},
                        {Step::verify, s(60)},
                        {Step::notify, s(30)}};
            },
            [](const auto&) { return press; },
        },
        command);
}

Practice practice_of(std::int64_t times) {
    if (times <= 0) return {2.5, 0.26};
    if (times <= 2) return {1, 0.003};
    return {0.7, 0.0004};
}

namespace {

constexpr std::uint32_t person_entity = 0x0C00'0000;

Lanes die_of(const Luck& luck) {
    const std::uint64_t index =
        std::uint64_t{luck.nth} << 32 | std::uint64_t{luck.step} << 16 | luck.again;
    return (*luck.draw)(Purpose::step_error, person_entity + luck.runbook, index);
}

}  // namespace

StepEnd end_of(const Luck& luck, const Practice& practice, Step step) {
    const Lanes die = die_of(luck);
    if (die[0].value() >= practice.error) return StepEnd::done;
    // Of mistakes: three in five are seen at once, the others cost. default: design
    const double kind = die[1].value();
    if (kind < 0.6) return StepEnd::again;
    return step == Step::act && kind < 0.8 ? StepEnd::wrong_target : StepEnd::stuck;
}

Command on_wrong_target(const Command& command, const Names& names, const Luck& luck) {
    const Form& form = command_forms()[command.index()];
    const std::vector<std::string>* all = names_of(form.slots[0].type, names);
    Numbers values = std::visit([](const auto& it) { return numbers_of(it); }, command);
    if (all == nullptr || all->size() < 2 || values[0] < 0) return command;
    const auto others = static_cast<std::int64_t>(all->size()) - 1;
    const auto step = std::min(others - 1, static_cast<std::int64_t>(die_of(luck)[2].value() *
                                                                     static_cast<double>(others)));
    values[0] = (values[0] + 1 + step) % (others + 1);
    // What belongs to the right one means nothing there.
    for (std::size_t i = 1; i < values.size(); ++i)
        if (form.slots[i].type == SlotType::build) values[i] = -1;
    return word_at<Command>(command.index(), values);
}

}  // namespace rollcage
