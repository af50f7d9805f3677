// What requests meet at a pool now: its build's changes under the settings its processes have seen.
// Leans on world.h and target.h. A setting travels: every process polls for it, and one that boots
// while the setting service is down runs on its fallback. Nothing here knows which build is bad.
#pragma once

#include "sim/world/world.h"

namespace rollcage {

// Processes of one build that are alike: what each has seen of the settings, and how old it is.
struct Alike {
    double share = 1;
    std::vector<std::int32_t> epochs;  // Parallel to the build's settings; below 0: the fallback.
    std::vector<bool> older;           // Parallel to the ages its defects ask for.
};

// Some processes of one build, by what they have seen. Holds references: do not keep it.
class View {
public:
    // Those that are ready.
    View(const World& world, std::uint32_t service, const Pool& pool);
    // One of them, as it is, or as it begins: then only with what its slot has kept.
    View(const World& world, std::uint32_t service, std::uint32_t slot, bool begins = false);

    const Build& build() const { return *build_; }
    // Of the asker's requests, those for which the change is at work.
    double at_work(const Change& change, const Asker& asker) const;
    // Of the asker's requests, those that meet the defect; `rate` counts for requests only.
    double meets(const Change& change, const Defect& defect, const Asker& asker) const;
    // The mean over everybody who comes to the service.
    double at_work(const Change& change) const;
    double meets(const Change& change, const Defect& defect) const;

    double holds(const Alike& alike, const Change& change, const Defect* defect,
                 const Asker& asker) const;
    const std::vector<Alike>& groups() const { return groups_; }

private:
    void watch();
    void add(std::uint32_t slot, bool begins);
    void finish(std::int64_t count);
    double is_older(const Alike& alike, Duration age) const;

    const World* world_;
    std::uint32_t service_;
    const Pool* pool_;
    const Build* build_;
    std::vector<SettingId> settings_;
    std::vector<Duration> ages_;
    std::vector<Alike> groups_;
};

// The change of a store's records that a build knows; none: it reads the old form alone.
const Change* change_of(const World& world, BuildId build, StoreId store);
// How often an atom holds for a request at a pool; not one of settings or of ages.
double holds_at(const World& world, std::uint32_t service, const Pool* pool, const Atom& atom,
                const Asker& asker);

// Everybody whose requests come to a service, as part of all that do.
struct Coming {
    Asker asker;
    double part = 1;
};
std::vector<Coming> coming_to(const World& world, std::uint32_t service);
// What part of the requests that come to each service begin with each cohort; by call and demand.
std::vector<std::vector<double>> find_origins(const Blueprint& plan);

// Finds every pool's path afresh; where something moves that it hangs on this is called each
// second.
void refresh_paths(World& world, std::uint32_t service);
void meet_stores(World& world, std::uint32_t service);  // Only what hangs on the stores.
bool travelling(const World& world);  // Some process may not have seen some setting yet.
// A defect of a build that runs there asks for what changes by itself.
bool moving(const World& world, std::uint32_t service);
bool settings_down(const World& world);

// The rules as everybody will have seen them in the end.
std::vector<Rule> latest_rules(const World& world);
// What changes at one instant is one change: `revert_config` takes all of it back. Processes hear
// of it at their polls, or sooner.
void set_settings(World& world, const std::vector<std::pair<SettingId, Rule>>& rules,
                  std::optional<Duration> within = {});
// The settings of before the last change that stands, or one setting of before its last.
void revert_settings(World& world, std::optional<SettingId> setting);
bool revertible(const World& world, std::optional<SettingId> setting);
// The flags that are past their day since the minute before: told to whoever reads facts.
void remind_of_flags(World& world);

}  // namespace rollcage
