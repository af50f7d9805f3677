// What a scenario says of batches: so many changes at once, and trains that leave by the clock.
#include "scenarios/host/declarations.h"
#include "scenarios/host/record.h"

namespace rollcage {

namespace {

Habits habits_of(const Value& record) {
    return {.count = whole_of(record, "count"),
            .lines_median = at_of(record, "lines").number,
            .lines_sigma = at_of(record, "spread").number,
            .defects_per_thousand_lines = at_of(record, "defects_per_thousand_lines").number,
            .interaction = part_of(record, "interaction"),
            .worth_cents = cents_of(record, "worth")};
}

}  // namespace

Result<Value> Declarations::changes(const Value& record) {
    changes_.emplace_back(Pack{habits_of(record), batches_++});
    world.names.changes.emplace_back();  // Each of them is known by its key alone.
    return handle(HandleKind::change, changes_.size() - 1);
}

// What hides in a pack is drawn where the service is known that it changes.
void Declarations::unpack(ServiceId of, const std::variant<Change, Pack>& from,
                          std::vector<Change>& to) const {
    if (const auto* change = std::get_if<Change>(&from)) {
        to.push_back(*change);
        return;
    }
    const Pack& pack = std::get<Pack>(from);
    for (Change& each : drawn_batch(world, of, pack.habits, pack.batch, Draw(choices_.seed)))
        to.push_back(std::move(each));
}

// A build is cut whenever the train leaves: it holds what is in main by then.
Result<Value> Declarations::train(const Value& record) {
    const std::string who = "train " + shown(record.items[0]);
    const ServiceId of{row_of(record, "of")};
    const auto plan = plan_of(who, choices_.plan ? *choices_.plan : at_of(record, "plan").text);
    if (!plan) return plan.error();
    const Duration every = length_of(record, "every");
    Duration leaves = has(record, "first") ? length_of(record, "first") : every;
    BuildId last = world.services[of.index].first_build;
    for (; leaves <= world.lasts; leaves = leaves + every) {
        std::vector<Change> brought;
        unpack(of, Pack{habits_of(record), batches_++}, brought);
        const std::string version = next_version(world.names.builds[last.index], brought);
        // Of what left before, that which shows; the rest changes nothing any more.
        std::vector<Change> all;
        for (const Change& before : world.builds[last.index].changes)
            if (!before.hides.empty() || before.schema || before.worth_cents > 0)
                all.push_back(before);
        all.insert(all.end(), brought.begin(), brought.end());
        const auto added = add_build(of, version, all);
        if (!added) return added.error();
        world.builds[added->index].after = last;
        last = *added;
        if (world.injects.size() >= declared_max) return Error{"at most 1000 injects"};
        world.injects.push_back({SimTime{} + leaves, Release{last, *plan}});
    }
    return Value{};
}

}  // namespace rollcage
