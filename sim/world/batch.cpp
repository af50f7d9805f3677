#include "sim/world/batch.h"

#include <algorithm>
#include <charconv>

#include "sim/base/maths.h"
#include "sim/base/samplers.h"

namespace rollcage {

namespace {

constexpr std::uint32_t batches = 0x2000'0000;  // Beyond what is declared one by one.
constexpr std::uint64_t size_die = 0x1'0000, kind_die = 0x2'0000, defect_die = 0x3'0000,
                        interaction_die = 0x4'0000, rebuild_die = 0x5'0000;

// What a defect may hang on, each with its part of all. default: design; with these one stage of
// tests finds a quarter to a half, and all of them with a ring some five in six (Jones).
constexpr double hangs_on_data = .20, on_settings = .05, on_dependencies = .08, on_behaviour = .15,
                 on_load = .07;

// Atoms that this world can say.
std::vector<Atom> drawn_trigger(const Blueprint& world, ServiceId of, const Lanes& die) {
    const Service& service = world.services[of.index];
    std::vector<Atom> atoms;
    double u = die[0].value();
    const auto here = [&](double part) {
        const bool is = u >= 0 && u < part;
        u -= part;
        return is;
    };
    const double more = die[1].value();
    if (here(hangs_on_data)) {
        for (const StoreId store : service.uses)
            if (world.stores[store.index].kind == StoreKind::table && atoms.empty())
                atoms.push_back(RowsLike{store, share_of(.001 + .2 * more * more)});
    } else if (here(on_settings)) {
        if (!world.settings.empty()) {
            const auto last = static_cast<std::int64_t>(world.settings.size()) - 1;
            const auto row = static_cast<std::uint32_t>(uniform_between(die[1], 0, last));
            atoms.push_back(SettingIs{{row}, true});
        }
    } else if (here(on_dependencies)) {
        if (!service.calls.empty()) atoms.push_back(Dependency{service.calls[0].to, Trouble::slow});
    } else if (here(on_behaviour)) {
        atoms.push_back(CohortIs{{.ring = 3 - static_cast<std::int64_t>(more * 3)}});
    } else if (here(on_load)) {
        atoms.push_back(LoadAbove{share_of(.3 + .4 * more)});
    }
    return atoms;
}

}  // namespace

std::uint32_t change_key(std::uint32_t batch, std::int64_t nth) {
    return batches + batch * static_cast<std::uint32_t>(batch_max) +
           static_cast<std::uint32_t>(nth);
}

Defect drawn_defect(const Blueprint& world, ServiceId of, const Draw& draw, std::uint32_t change,
                    std::uint32_t place) {
    const Lanes trigger = draw(Purpose::batch, change, defect_die + 2 * place),
                harm = draw(Purpose::batch, change, defect_die + 2 * place + 1);
    Defect defect;
    defect.when = drawn_trigger(world, of, trigger);
    // From one request in a thousand to all of them, alike in the logarithm. default: design
    defect.rate = share_of(e_to(-6.907755 * trigger[2].value()));
    const std::vector<StoreId>& uses = world.services[of.index].uses;
    const double u = harm[0].value(), much = harm[1].value();
    if (u < .78 || (u >= .90 && uses.empty())) {
        defect.fails = share_of(.05 + .95 * much);
    } else if (u < .83) {
        defect.slow = share_of(1.05 + 2 * much * much);
    } else if (u < .88) {
        defect.crashes_at_boot = share_of(.05 + .5 * much);
    } else if (u < .90) {
        defect.leaks_mb_per_hour = 20 + 500 * much;
    } else {
        defect.store = uses[0];
        defect.damages = share_of(.05 + .95 * much);
    }
    return defect;
}

std::vector<Change> drawn_batch(const Blueprint& world, ServiceId of, const Habits& habits,
                                std::uint32_t batch, const Draw& draw) {
    std::vector<Change> all;
    const auto add = [&](Change& change, std::int64_t defects) {
        for (std::int64_t n = 0; n < defects; ++n)
            change.hides.push_back(drawn_defect(world, of, draw, change.key,
                                                static_cast<std::uint32_t>(change.hides.size())));
    };
    for (std::int64_t i = 0; i < habits.count; ++i) {
        Change change{.key = change_key(batch, i)};
        const Lanes die = draw(Purpose::batch, change.key, size_die),
                    more = draw(Purpose::batch, change.key, kind_die);
        const double lines = lognormal(die.fine(0), habits.lines_median, habits.lines_sigma);
        change.lines = static_cast<std::int64_t>(std::min(lines, 1e6) + 0.5);
        change.worth_cents = habits.worth_cents;
        const double kind = more[0].value();  // default: design
        change.does = kind < .5    ? ChangeKind::fix
                      : kind < .97 ? ChangeKind::feat
                                   : ChangeKind::breaks;
        add(change, poisson(die.fine(1), habits.defects_per_thousand_lines * lines / 1000));
        // Each pair with those before it has its own part of a chance.
        const Uniform pairs = draw(Purpose::batch, change.key, interaction_die).fine(0);
        add(change, poisson(pairs, habits.interaction.value() * static_cast<double>(i)));
        all.push_back(std::move(change));
    }
    return all;
}

Duration bisection(std::int64_t changes, Duration step) {
    std::int64_t steps = 0;
    while ((std::int64_t{1} << steps) < changes) ++steps;
    return step * steps;
}

std::string next_version(const std::string& version, const std::vector<Change>& brought) {
    std::array<std::int64_t, 3> part{};
    std::size_t at = 0;
    for (std::int64_t& number : part) {
        const auto [end, failed] =
            std::from_chars(version.data() + at, version.data() + version.size(), number);
        if (failed != std::errc{}) break;
        at = std::min(version.size(), static_cast<std::size_t>(end - version.data()) + 1);
    }
    ChangeKind largest = ChangeKind::fix;
    for (const Change& it : brought) largest = std::max(largest, it.does);
    switch (largest) {
        case ChangeKind::fix: ++part[2]; break;
        case ChangeKind::feat: ++part[1], part[2] = 0; break;
        case ChangeKind::breaks: ++part[0], part[1] = part[2] = 0; break;
    }
    return std::to_string(part[0]) + "." + std::to_string(part[1]) + "." + std::to_string(part[2]);
}

Build rebuilt(const Blueprint& world, const Build& build, std::uint32_t stage, const Draw& draw) {
    constexpr double goes_wrong = .01;         // default: design, MODEL 6.4
    constexpr std::uint32_t rebuilds = 1'000;  // Among the places of defects.
    Build other = build;
    for (Change& change : other.changes)
        if (draw(Purpose::batch, change.key, rebuild_die + stage).fine(0).value() < goes_wrong)
            change.hides.push_back(
                drawn_defect(world, build.of, draw, change.key, rebuilds + stage));
    return other;
}

}  // namespace rollcage
