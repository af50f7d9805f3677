#include "ui/view/drift_view.h"

#include <algorithm>
#include <array>
#include <map>

#include "scenarios/play/truth.h"
#include "ui/view/plot_view.h"

namespace rollcage {
namespace {

std::string touched_text(const Needs& on) {
    std::string text;
    for (std::size_t i = 0; i < dimensions; ++i)
        if (on[i])
            text += (text.empty() ? "" : ", ") + std::string{name(static_cast<Dimension>(i))};
    return text;
}

class DriftWatcher {
public:
    explicit DriftWatcher(const Scenario& scenario)
        : names_(&scenario.blueprint->names), seen_(scenario.blueprint->environments.size()) {}

    void see(const Day& day) {
        for (std::uint32_t e = 0; e < seen_.size(); ++e) {
            std::vector<Which> there;
            for (const Drift& it : differences(day.world, {e})) {
                there.emplace_back(it.since.us, it.key);
                note(seen_[e][there.back()], it, day, e);
            }
            for (auto& [which, seen] : seen_[e])
                if (!seen.row.closed && std::ranges::find(there, which) == there.end())
                    seen.row.closed = day.now;
        }
    }
    std::vector<DriftedEnvironment> all(const Outcome& outcome) {
        std::vector<DriftedEnvironment> shown;
        for (std::size_t e = 0; e < seen_.size(); ++e) {
            DriftedEnvironment of{names_->environments[e], {}};
            for (auto& [which, seen] : seen_[e]) {
                for (const Outcome::Environment::Missed& it : outcome.environments[e].missed)
                    if (std::ranges::find(seen.names, it.difference) != seen.names.end())
                        seen.row.let_past.push_back(it.build);
                of.rows.push_back(std::move(seen.row));
            }
            std::ranges::stable_sort(of.rows, {}, [](const DriftRow& it) {
                return std::pair{it.let_past.empty(), it.found.has_value()};
            });
            shown.push_back(std::move(of));
        }
        return shown;
    }

private:
    using Which = std::pair<std::int64_t, std::uint64_t>;  // Since when, and its key.
    struct Seen {
        DriftRow row;
        std::vector<std::string> names;  // What is so many days old is older tomorrow.
    };
    void note(Seen& seen, const Drift& it, const Day& day, std::uint32_t e) {
        if (std::ranges::find(seen.names, it.name) == seen.names.end())
            seen.names.push_back(it.name);
        DriftRow& row = seen.row;
        row.name = it.name, row.touches = touched_text(it.on), row.lacks = it.lacks.value();
        row.since = it.since, row.before_day = it.since <= SimTime{};
        const std::vector<std::uint64_t>& found = day.belief.found[e];
        if (!row.found && std::ranges::find(found, it.key) != found.end()) row.found = day.now;
    }

    const Names* names_;
    std::vector<std::map<Which, Seen>> seen_;
};

}  // namespace

const char* name(Dimension dimension) {
    static constexpr std::array<const char*, dimensions> words{
        "data", "scale", "configuration", "dependencies", "behaviour", "versions side by side"};
    return words[static_cast<std::size_t>(dimension)];
}

Result<std::vector<DriftedEnvironment>> drift_of(const Recording& recording) {
    const RecordingHead& head = recording.head;
    const auto scenario = load_scenario(head.sources, head.choices);
    if (!scenario) return scenario.error();
    DriftWatcher watcher{*scenario};
    const auto day = watch(*scenario, orders_of(recording), head.choices.seed, head.until,
                           [&](const Day& it) { watcher.see(it); });
    if (!day) return day.error();
    return watcher.all(outcome(*day));
}

std::string drift_known(const DriftRow& row) {
    std::string text = row.found ? "found at " + plain_clock(*row.found) : "nobody found it";
    if (row.closed) text += ", closed at " + plain_clock(*row.closed);
    return text;
}

}  // namespace rollcage
