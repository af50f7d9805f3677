// What a scenario has declared so far: a Blueprint that grows while the file runs.
// Leans on fields.h and the world's blueprint; knows nothing of Lua's state.
// Every function takes a record that was read through the field table.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "scenarios/host/fields.h"
#include "scenarios/host/scenario.h"
#include "sim/world/batch.h"

namespace rollcage {

class Declarations {
public:
    Declarations(Scenario& scenario, const Choices& choices);

    // Does what the word means; the value is what the script gets back.
    Result<Value> say(const Word& word, const Value& record);
    // One of this many, from the seed.
    std::size_t draw_one(std::size_t of);
    Result<void> stage(const std::string& plan, const Value& record);
    // The end of the file: every chosen knob found its knob, and the world is sound.
    Result<Blueprint> finish();

    Blueprint world;

private:
    Result<Value> scenario(const Value& record);
    Result<Value> knob(const Value& record);
    Result<Value> between(const Value& record);
    Result<Value> cohort(const Value& record);
    Result<Value> service(const Value& record);
    Result<Value> flag(const Value& record);
    Result<Value> build(const Value& record);
    Result<Value> store(const Value& record);
    Result<Value> change(const Value& record);
    Result<Value> defect(const Value& record);
    Result<Value> one_stage(StageKind kind, const std::string& what, const Value& record);
    std::optional<Gate> gate_of(const Value& stage) const;
    Result<Value> trial(TrialKind kind, const Value& record);
    Result<std::uint32_t> approvers_of(const Value& named) const;
    Result<Value> cause_alert(const Value& record);
    Result<Value> tools(const Value& record);
    Result<Value> message(const Value& record);
    Result<Value> registry(const Value& record);
    Result<Value> people(const Value& record);
    Result<Value> automation(const Value& record);
    Result<Value> prices(const Value& record);
    Result<Value> changes(const Value& record);
    Result<Value> train(const Value& record);
    Result<Value> environment(const Value& record);
    Result<Value> hotfix(const Value& record);
    Result<std::vector<CohortId>> audience_of(const std::string& what,
                                              const std::string& wanted) const;
    Result<RegionId> region_of(const std::string& who, const std::string& name) const;
    Result<std::vector<RegionId>> regions_of(const std::string& who, const Value& names) const;
    Result<PlanId> plan_of(const std::string& who, const std::string& wanted) const;
    Result<Value> interaction(const Value& record);
    Result<Atom> atom(const std::string& what, const Value& record);
    Result<Value> trigger(const std::string& what, const Value& record);
    Result<Traits> traits(const std::string& who, const Value& record);
    Result<void> sound_names() const;
    Result<Value> say_inject(const std::string& what, const Value& record);
    Result<Value> schema(SchemaKind kind, const Value& record);
    Result<Value> release(const Value& record);
    Result<Value> at(const Value& record);
    Result<Value> role(const Value& record);
    Result<Value> hint(const Value& record);
    Result<void> add_acts();
    Result<void> withhold(Blueprint& plan) const;
    Result<Value> inject(Inject what);
    Result<BuildId> add_build(ServiceId of, const std::string& version,
                              std::vector<Change> changes);

    Scenario& scenario_;
    const Choices& choices_;
    bool opened_ = false;
    std::uint64_t draws_ = 0;
    struct Pack {  // So many changes at once.
        Habits habits;
        std::uint32_t batch = 0;
    };
    void unpack(ServiceId of, const std::variant<Change, Pack>& from,
                std::vector<Change>& to) const;
    std::vector<std::variant<Change, Pack>> changes_;
    std::uint32_t batches_ = 0;
    using Trigger = std::variant<Share, Atom>;  // For one in so many, or an atom.
    std::vector<Defect> defects_;
    std::vector<Trigger> triggers_;
    std::vector<std::string> salts_;
    std::vector<std::variant<Stage, Trial>> stages_;
    std::vector<SchemaChange> schemas_;
    std::vector<Inject> injects_;
};

}  // namespace rollcage
