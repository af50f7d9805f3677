// What can be done on a screen, by name and by key: the palette finds it, keys do it, `?` lists it.
// Leans on widgets.h; a screen hands out its actions anew each frame, and the first of a key is
// done. An action is done by whoever asks; nothing is remembered about it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/desk/widgets.h"

namespace rollcage {

struct Action {
    std::string name, about{};
    std::string keys{};  // "Space", ".", "Ctrl+K"; empty: it has none.
    std::function<void()> does{};
    const char* icon = nullptr;
};

// The actions whose keys were pressed since the last frame.
void do_by_key(const Widgets& on, const std::vector<Action>& actions);

// Over everything else, one at a time: what can be done, found by typing; or the keys there are.
class ActionsOverlay {
public:
    bool open() const { return shows_ != Shows::nothing; }
    void open_palette() { shows_ = Shows::palette, typed_.clear(), nth_ = 0, begins_ = true; }
    void open_keys() { shows_ = Shows::keys; }
    void close() { shows_ = Shows::nothing; }
    // Does what was chosen, after it is closed.
    void draw(Widgets& on, const std::vector<Action>& actions, ImVec2 size);

private:
    enum class Shows { nothing, palette, keys };
    std::optional<std::size_t> palette(Widgets& on, const std::vector<Action>& actions);
    void keys(Widgets& on, const std::vector<Action>& actions);

    Shows shows_ = Shows::nothing;
    std::string typed_;
    std::size_t nth_ = 0;  // Of those that are listed.
    bool begins_ = false;
};

}  // namespace rollcage
