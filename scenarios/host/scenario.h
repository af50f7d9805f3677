// A scenario file played in a fresh Lua state: the declared world and what people say about it.
// Leans on sim; this folder is the only C++ that speaks Lua.
// The same text, seed, knobs and plan give the same Scenario, to the bit.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/base/result.h"
#include "sim/world/blueprint.h"

namespace rollcage {

using KnobValue = std::variant<double, std::string>;

struct Knob {
    std::string name;
    KnobValue initially;
    std::optional<double> from, to;
    std::vector<std::string> choices;  // Not empty: the value is one of these words.
    bool hidden = false;
    KnobValue value;  // As played.
};

struct Expectation {
    std::string actor;  // Empty: for every actor, or a comparison.
    std::string text;   // "requests.failed p95 < 2%"
    int line = 0;
};

struct SourceFile {
    std::string name;  // As `use` named it; the scenario itself comes first.
    std::string text;
};

// Where something is declared: "tuesday.lua", line 12. Line 0: nobody said it.
struct SourceLine {
    std::string file;
    int line = 0;
};
// Parallel to what they are named after in the blueprint, and to the scenario's knobs.
struct SourceLines {
    std::vector<SourceLine> cohorts, services, builds, settings, stores, plans, alerts, injects,
        knobs;
    std::vector<std::vector<SourceLine>> stages;  // By plan: its stages with users, in order.
};

// What a facilitator does to a day while it goes by: an inject never comes, or one more does.
struct Act {
    SimTime done;                            // When; all that was before it stays as it was.
    std::optional<std::size_t> withholds{};  // The nth inject, from zero, or else
    SimTime at{};                            // then this one comes,
    std::string inject{};                    // as `rollcage list injects` writes it.
};

// What the caller chooses before the file is run.
struct Choices {
    std::uint64_t seed = 1;
    std::map<std::string, std::string> knobs;  // As typed: NAME=VALUE.
    std::optional<std::string> plan;           // Every release takes this one.
    std::vector<Act> acts{};                   // In the order in which they were done.
};

// Who sits where in a drill, and what they are told before it.
struct Role {
    std::string name, brief;
};
// What a facilitator may say to help; from `at` on it fits.
struct Hint {
    SimTime at;
    std::string text;
};

class LuaHost;  // The Lua state, kept alive for the scenario's own actors.

struct Scenario {
    std::string name;  // The file's stem.
    std::string title, briefing, lesson, background;
    std::int64_t difficulty = 1;
    std::vector<Knob> knobs;
    std::vector<std::string> actors;  // The scenario's own, in file order.
    std::vector<Expectation> expectations;
    std::vector<Role> roles;
    std::vector<Hint> hints;
    std::vector<std::string> expected;  // Of players, parallel to the blueprint's injects.
    std::shared_ptr<const Blueprint> blueprint;
    std::vector<SourceFile> sources;
    SourceLines lines;
    std::shared_ptr<LuaHost> host;
};
// As a SourceLine names it.
std::string file_of(const Scenario& scenario, const SourceFile& source);

// Reads `path` and the files it uses from the same folder.
Result<Scenario> load_scenario(const std::string& path, const Choices& choices);
// The same from texts in memory (recordings, tests, fuzz); sources[0] is the scenario.
Result<Scenario> load_scenario(const std::vector<SourceFile>& sources, const Choices& choices);

// The reference of the language in Markdown, from the table that the loader itself uses.
std::string language_reference();
// What `at` takes, as it is written and what it does; the same table.
std::vector<std::pair<std::string, std::string>> inject_examples();

}  // namespace rollcage
