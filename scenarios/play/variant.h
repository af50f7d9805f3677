// A scenario told otherwise: other knobs, its own injects at other times or not at all, and more.
// Leans on host: a variant is a text that anybody can read, load and play, and nothing besides.
// What stands in the text as a plain number or time can be told otherwise; the rest stays.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/host/scenario.h"

namespace rollcage {

struct Planted {  // An inject that the file does not have.
    SimTime at;
    std::size_t form = 0;  // Among inject_forms().
    Numbers numbers;
};
struct OwnInject {  // One `drill.at(...)` of the file.
    bool dropped = false;
    std::optional<SimTime> moved{};
};
struct Variant {
    std::map<std::string, std::string> knobs;  // NAME=VALUE, where not the default.
    std::vector<OwnInject> own;                // As the script has them.
    std::vector<Planted> planted;
};

// The scenario's own text, and where in it something can be told otherwise.
class Script {
public:
    // `names` are those of the world as it is written.
    static Result<Script> read(const std::vector<SourceFile>& sources, const Names& names);

    struct Place {
        std::size_t from = 0, to = 0;
    };
    struct Own {
        Place call;                   // drill.at( ... )
        Place time;                   // Of its time, where that is written out.
        std::optional<SimTime> at{};  // Likewise.
        std::string text;             // "25m migrate { store = accounts }"
    };
    const std::vector<Own>& own() const { return own_; }
    Variant as_written() const {
        return {.knobs = {}, .own = {own_.size(), OwnInject{}}, .planted = {}};
    }

    // All files. Knobs whose default is not written out stay in `left`.
    struct Told {
        std::vector<SourceFile> sources;
        std::map<std::string, std::string> left;
    };
    Told tell(const Variant& variant) const;
    std::string text(const Planted& planted) const;  // "12m  slow { service = \"api\", by = 2 }"
    const Names& names() const { return names_; }

private:
    std::string inject_text(const Planted& planted) const;

    std::vector<SourceFile> sources_;
    Names names_;
    std::string drill_;  // What the scenario calls it.
    std::vector<Own> own_;
    std::map<std::string, Place> knobs_;  // Of their defaults.
    std::size_t end_ = 0;                 // Where more can be said.
};

std::size_t injects_in(const Variant& variant);  // Its own that are left, and the planted.

}  // namespace rollcage
