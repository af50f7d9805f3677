// The rules of lint by what they look at; lint.cpp has their table and calls each.
// Leans on lint.h and the scanner of scripts. Only lint includes this.
// A rule tells what it finds and changes nothing.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/host/scan.h"
#include "scenarios/play/lint.h"

namespace rollcage {

struct ScriptOf {
    std::string file;
    std::vector<ScriptWord> words;
};

class Linting {
public:
    explicit Linting(const Scenario& scenario);

    const Scenario& scenario;
    const Blueprint& world;
    std::vector<ScriptOf> scripts;
    std::vector<LintFinding> findings;

    void tell(const char* rule, const SourceLine& at, std::string what, std::string why,
              std::string mend = {});
    SimTime decisions_end() const { return SimTime{} + world.lasts; }
    SimTime day_end() const { return SimTime{} + world.lasts + world.judged_after; }

    // Read off the words: the name that a declaration at `at` is given to is used again, or
    // `text` stands somewhere else. Where that cannot be told it counts as mentioned.
    bool mentioned(const SourceLine& at, const char* word, const std::string& text) const;
    bool kept_value_is_read(const SourceLine& at, const char* word) const;
    bool says(const char* word) const;  // Anywhere as a name.
};

struct ReleaseOf {  // A build and the plan that it goes out by.
    BuildId build;
    PlanId plan;
    SimTime at;
    SourceLine line;
};
std::vector<ReleaseOf> releases_of(const Linting& lint);
// When each stage of a plan begins and its soak is over at the earliest; nobody knows how long
// waves take.
struct StageTimes {
    SimTime begins, ends;
};
std::vector<StageTimes> earliest_times(const Blueprint& world, const ReleaseOf& release);

// Builds of a service in the order in which they went out, by a time; the first was there.
std::vector<BuildId> out_by(const Linting& lint, std::uint32_t service, SimTime at);
// The change of a store's records that a build holds; none: it knows the old form alone.
const Change* change_on(const Blueprint& world, BuildId build, StoreId store);
bool is_at_first_on(const Rule& rule);  // For some users.

struct ColumnStep {
    SimTime at;
    SourceLine line;
    SchemaPhase gives;
};
// The steps that the scenario's own automation takes, up and down again, as a table has them.
std::vector<ColumnStep> column_steps(const Linting& lint, StoreId store);

// Some service with users can set the rule off while decisions last; nothing: there is no such
// rule.
std::optional<bool> can_ring(const Linting& lint, const std::string& rule);
bool has_users(const Linting& lint, ServiceId service);
double requests_a_minute(const Blueprint& world, ServiceId service);
bool writes_to(const Blueprint& world, StoreId store);  // Somebody does.

void lint_plans(Linting& lint);
void lint_gates(Linting& lint);
void lint_alerts(Linting& lint);
void lint_schemas(Linting& lint);
void lint_flags(Linting& lint);
void lint_unused(Linting& lint);
void lint_times(Linting& lint);
void lint_waits(Linting& lint);
void lint_expectations(Linting& lint);

std::string in_marks(const std::string& text);
std::string since_start(SimTime at);  // Since the start.
std::string percent(double share);    // "5%", "0.1%".

}  // namespace rollcage
