// Everything anybody can order, on one page.
// Leans on base and names.h. A command edits intent and nothing else; the world makes it real.
// As text: NAME TARGET KEY=VALUE..., for instance `shed checkout share=40% final=yes`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/base/digest.h"
#include "sim/base/ids.h"
#include "sim/base/result.h"
#include "sim/base/share.h"
#include "sim/words/names.h"

namespace rollcage {

struct Shed {
    ServiceId service;
    Share share;
    bool final = false;  // A shed client does not try again.
    friend bool operator==(const Shed&, const Shed&) = default;
};
struct Scale {
    ServiceId service;
    std::int64_t instances = 0;
    friend bool operator==(const Scale&, const Scale&) = default;
};
struct SetFlag {
    SettingId setting;
    std::optional<Share> value;  // Nothing is "off"; "on" is the whole.
    friend bool operator==(const SetFlag&, const SetFlag&) = default;
};
struct Rollback {
    ServiceId service;
    std::optional<BuildId> to;  // Nothing: the build that served before the last release.
    friend bool operator==(const Rollback&, const Rollback&) = default;
};
struct Halt {  // A rollout, and a rollback too, stops where it is.
    ServiceId service;
    friend bool operator==(const Halt&, const Halt&) = default;
};
struct Resume {
    ServiceId service;
    friend bool operator==(const Resume&, const Resume&) = default;
};
struct Promote {  // To the next stage, soaked or not; beyond the last is everyone.
    ServiceId service;
    friend bool operator==(const Promote&, const Promote&) = default;
};
struct SwitchRoute {  // Between the two sides of a blue-green rollout.
    ServiceId service;
    friend bool operator==(const SwitchRoute&, const SwitchRoute&) = default;
};
struct Migrate {  // One step of a column's way, up or down.
    StoreId store;
    bool down = false;
    friend bool operator==(const Migrate&, const Migrate&) = default;
};
struct Repair {  // Rebuilds what a source still holds, at the store's rate, until it is done.
    StoreId store;
    friend bool operator==(const Repair&, const Repair&) = default;
};
struct PauseConsumers {
    StoreId store;
    bool paused = true;
    friend bool operator==(const PauseConsumers&, const PauseConsumers&) = default;
};
using Command = std::variant<Shed, Scale, SetFlag, Rollback, Halt, Resume, Promote, SwitchRoute,
                             Migrate, Repair, PauseConsumers>;

Result<Command> parse_command(std::string_view text, const Names& names);
void fold(const Command& command, Digest& digest);
std::string command_text(const Command& command, const Names& names);

// For `rollcage list commands`, the palette and the reference.
struct CommandForm {
    const char* name;
    const char* form;
    const char* meaning;
};
const std::vector<CommandForm>& command_forms();

}  // namespace rollcage
