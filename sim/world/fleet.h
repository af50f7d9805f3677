// Named instances, and the controller that makes a fleet chase its intent: physics, not policy.
// Leans on blueprint.h; what takes time is asked for in `World::due` and comes back as an event.
// fleet.cpp is its life, rollout.cpp and by_hand.cpp who begins and ends it, place.cpp where it is.
#pragma once

#include <optional>
#include <vector>

#include "sim/base/digest.h"
#include "sim/base/slot_set.h"
#include "sim/world/blueprint.h"

namespace rollcage {

struct World;
struct ServiceState;
struct Leftover;

enum class Phase : std::uint8_t {
    gone,
    pulling,
    unpulled,  // The registry has no such image; it is asked again, ever more seldom.
    booting,
    probing,
    ready,
    draining,
    crashed,
    lost,     // Dead, and still in the route.
    missing,  // Dead, and known to be.
};

inline constexpr std::uint32_t phases = 16;  // Room for them in an event's ordinal.

// What an instance is to run: a build, or a name that is looked up when it begins.
struct Spec {
    BuildId build{};
    std::optional<MovingName> name{};
    std::uint32_t stamp = 0;  // Of a name: the rollout that asked for it. Another one asks anew.
    bool baseline = false;    // A canary's twin.
    friend bool operator==(const Spec&, const Spec&) = default;
};

// Which process of a slot last read its settings, and until when: what the next finds on its disk.
struct Remembered {
    std::uint32_t process = 0;  // None: nothing.
    SimTime booted, until;
};

// One process, by its slot of the service: "checkout-7". A slot's region, zone and node are its
// remainders: slot % nodes is its node, that % regions its region, and so on.
struct Instance {
    Phase phase = Phase::gone;
    bool cut = false;  // Draining, and it will not be done in time.
    Spec spec;
    BuildId build;
    std::uint32_t process = 0;       // How many this slot has had.
    std::uint32_t crashes = 0;       // In a row.
    std::uint32_t failed_pulls = 0;  // In a row.
    SimTime booted;                  // When the process read its settings.
    std::int64_t pulled_at = 0;      // How much of every pull the registry has then served.
    std::optional<Spec> then{};      // It drains only to begin again as this.
    Remembered remembered;
    std::int64_t leaked_nb = 0;  // In thousand millionths of a megabyte.
    std::int64_t repeating = 0;  // Jobs that go on writing until the process ends.
    bool starved = false;        // What its boot asks for comes too late.
    bool leaves_jobs = false;    // Draining, with jobs in hand.
};

// Part of a service's slots: everything, a region, a zone of one, a node.
struct Place {
    std::optional<std::uint32_t> site{}, zone{}, node{};
    friend bool operator==(const Place&, const Place&) = default;
};
struct Closed {
    Place place;
    bool lost = false;  // By an inject; else somebody drained it.
};

// The instances of one spec in one region. Slots are counted within the region.
struct Group {
    Spec spec;
    SlotSet coming, serving;  // On their way to ready, and ready.
    std::int64_t draining = 0, returning = 0, lost = 0;
    std::int64_t halted_at = 0;  // As many as there were when somebody halted the rollout.
    std::int64_t alive() const { return coming.size() + serving.size() + returning + lost; }
};
// The instances of one build in one region: what a pool's slots are.
struct Crew {
    BuildId build;
    bool baseline = false;
    std::int64_t ready = 0, draining = 0;
    std::int64_t leaving_jobs = 0;  // Draining, with jobs in hand.
    std::int64_t dark = 0;          // Dead, and still in the route.
    std::int64_t routable() const { return ready + dark; }
    std::int64_t holders() const { return ready + draining; }
};
// A service in one of its regions.
struct Site {
    std::vector<Group> groups;
    std::vector<Crew> crews;
    SlotSet free;  // Slots with no process on nodes that take one.
};

// A build on its way to its targets, stage by stage; a rollback is one too.
struct Rollout {
    Spec to;
    BuildId build{};               // What `to` was when it began.
    std::optional<PlanId> plan{};  // None: to everyone at once, in waves.
    std::uint32_t stage = 0;
    bool back = false;     // A rollback: what it leaves is no longer before it.
    bool by_hand = false;  // Without a plan: as the last one of this service was.
    bool halted = false;
    bool reached = false;           // The stage has its instances.
    bool switched = false;          // Blue-green: users are on the new side.
    bool told = false;              // That it makes no progress.
    std::optional<Share> weight{};  // Somebody set what share of users the new side has.
    SimTime progress{};             // When an instance of it last became ready.
    SimTime soaks{-1};              // Since when the stage does, if it does.
};

// Going over the instances one by one, each in its place: by hand, or a restart.
struct Pass {
    std::optional<Spec> to{};  // None: each as what it is.
    Duration each;
    Share misses = none;
    std::uint32_t slot = 0;  // The next.
    bool halted = false;
};
struct Hand {
    Duration each;
    Share misses;
};
// What a repository says a service is to be.
struct Repository {
    Spec spec;
    std::optional<PlanId> plan{};
    std::int64_t instances = 0;
    bool paused = false;
};

// What the keys of a process's draws begin with.
inline std::uint32_t instance_key(std::uint32_t service, std::uint32_t slot) {
    return service << 18 | slot;
}

// The nodes of a service: a whole number of them in every zone of every region.
std::uint32_t nodes_of(const Service& declared);
// A slot's region, as a row of `sites`, and its number within it.
std::uint32_t site_row(const ServiceState& service, std::uint32_t slot);
std::uint32_t place_of(const ServiceState& service, std::uint32_t slot);
Site& site_of(ServiceState& service, std::uint32_t slot);
Group& group_of(Site& site, const Spec& spec);  // There is one from now on.
Crew& crew_of(Site& site, BuildId build, bool baseline);
Leftover& leftover_of(ServiceState& service, BuildId build, bool baseline);
BuildId build_of(const World& world, std::uint32_t service, const Spec& spec);

void start_fleet(World& world, std::uint32_t service);  // All ready, on the first build.
void begin_process(World& world, std::uint32_t service, std::uint32_t slot, Spec spec);
// It finishes what it has in hand, within its grace; where it serves nobody it ends at once.
void end_process(World& world, std::uint32_t service, std::uint32_t slot);
void replace_process(World& world, std::uint32_t service, std::uint32_t slot, const Spec& spec);
void lose_process(World& world, std::uint32_t service, std::uint32_t slot);  // With its node.
void find_process(World& world, std::uint32_t service, std::uint32_t slot);  // The node is back.

// What the run hands back when the time has come; stale where the process or rollout is another.
void instance_due(World& world, std::uint32_t entity, std::uint32_t ordinal);
void pulled(World& world, std::uint32_t service, std::uint32_t slot);
void stage_due(World& world, std::uint32_t service, std::uint32_t ordinal);
void flip_due(World& world, std::uint32_t service, std::uint32_t ordinal);
void deadline_due(World& world, std::uint32_t service, std::uint32_t rollout);
void pass_due(World& world, std::uint32_t service, std::uint32_t pass);
void hotfix_due(World& world, std::uint32_t service, std::uint32_t nth);
void pass_second(World& world);  // Crashes, settings, the repository.

// Begins and ends what the intent now asks for.
void reconcile(World& world, std::uint32_t service, std::uint32_t site);
void reconcile(World& world, std::uint32_t service);
void release(World& world, BuildId build, PlanId plan);  // As the repository says from now on.
void begin_rollout(World& world, std::uint32_t service, Rollout rollout);
void reach(World& world, std::uint32_t service);    // The stage has its instances.
void promote(World& world, std::uint32_t service);  // To the next stage, ready or not.
bool room_for(const World& world, std::uint32_t service, std::uint32_t site, const Spec& spec);
void halt(World& world, std::uint32_t service);
void resume(World& world, std::uint32_t service);
void turn_over(World& world, std::uint32_t service);  // To the other side of a blue-green stage.
void begin_pass(World& world, std::uint32_t service, Pass pass);
void order_hotfix(World& world, std::uint32_t service, bool express);
void sync_repository(World& world, std::uint32_t service);
// Of a service's users, by what they ask, those for whom a stage of a plan is.
Share meant_share(const Blueprint& blueprint, ServiceId service, PlanId plan, std::size_t stage);
// The stage under way; everyone where there is none.
const Stage& stage_now(const World& world, std::uint32_t service);
// The last stage so far that is for this region; nothing where no rollout has come to it.
const Stage* stage_at(const World& world, std::uint32_t service, std::uint32_t site);
// Whether a canary is for these users; its audience widens from stage to stage.
bool in_audience(const World& world, std::uint32_t service, CohortId cohort);
// Where in the service its users are; nothing where it has no such region.
std::optional<std::uint32_t> home_of(const World& world, CohortId cohort);

// Processes of a place are dead at once, and nothing begins there until it is found again.
void lose_place(World& world, std::uint32_t service, const Place& place);
void find_place(World& world, std::uint32_t service, const Place& place);
void drain_place(World& world, std::uint32_t service, const Place& place);
void open_place(World& world, std::uint32_t service, const Place& place);  // Drained no longer.
void drain_some(World& world, std::uint32_t service, std::int64_t instances);
bool open_to(const World& world, std::uint32_t service, std::uint32_t slot);
// A slot of a region without a process, where some node takes one.
std::optional<std::uint32_t> free_slot(World& world, std::uint32_t service, std::uint32_t site);

std::int64_t ready_of(const ServiceState& service, BuildId build);
std::int64_t ready_in(const ServiceState& service);             // Of all builds, everywhere.
void fold(const ServiceState& service, Digest& digest);         // Instances, images, intent.
void fold_intent(const ServiceState& service, Digest& digest);  // Rollout, pass, repository.
}  // namespace rollcage
