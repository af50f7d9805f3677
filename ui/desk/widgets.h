// What people click, write into and read: every widget of the desk, drawn one way in one place.
// Leans on theme.h; knows no panel. What can be clicked is noted with its label and where it is.
// Inside a frame only. A label names a widget to people and to tests; areas tell equal ones apart.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ui/desk/theme.h"

namespace rollcage {

struct Widget {
    std::string label, area;  // Of an area within an area: the innermost.
    ImVec2 least, most;       // Its corners.
    ImGuiID id = 0;
    bool visible = true, enabled = true;
};

// One frame's pen: how things look, what stands where, and what the screen asks of its window.
class Widgets {
public:
    Look look;
    bool reading = false;  // All that is written in this frame goes to the clipboard, for tests.
    // Keys since the last frame, as an action names them; letters only while nobody writes.
    std::vector<std::string> pressed;

    // Chords are what ImGui tells nobody: "Ctrl+K".
    void begin_frame(std::vector<std::string> chords = {});
    void read_on();  // Every window that ends would end that.
    const std::vector<Widget>& all() const { return all_; }
    // By "label", or by "area > label" where several areas have one of that name.
    Result<Widget> find(std::string_view label) const;
    // The item that ImGui has just placed.
    void note(std::string_view label, bool enabled);
    void enter(std::string area) { areas_.push_back(std::move(area)); }
    void leave();

    void keep_drawing() { stirred_ = true; }  // The next frame will differ by itself.
    bool stirred() const { return stirred_; }
    void ask_for(ThemeName theme, float scale) { asked_ = {theme, scale}; }
    struct Asked {
        ThemeName theme;
        float scale;
    };
    std::optional<Asked> take_asked();  // From now on the window's business.

private:
    std::vector<Widget> all_;
    std::vector<std::string> areas_;
    std::optional<Asked> asked_;
    bool stirred_ = false;
};
// What a window or a test shows: called once a frame with the room there is.
using Screen = std::function<void(Widgets&, ImVec2 size)>;

enum class Weight { plain, primary, danger, ghost };
struct ButtonStyle {
    const char* icon = nullptr;
    Weight weight = Weight::plain;
    bool enabled = true, chosen = false;
    std::string tip{}, why_not{}, keys{};  // `why_not`: instead of the tip while disabled.
    float wide = 0;  // Unscaled; 0: as the words need, negative: all there is.
};
bool button(Widgets& on, const std::string& label, const ButtonStyle& style = {});
float button_wide(const Widgets& on, const std::string& label, const ButtonStyle& style = {});
// Several of which one is chosen; the answer is another one.
std::optional<std::size_t> choice(Widgets& on, const std::vector<std::string>& labels,
                                  std::size_t chosen, bool enabled = true);
std::optional<std::size_t> tabs(Widgets& on, const std::vector<std::string>& labels,
                                std::size_t chosen);
bool toggle(Widgets& on, const std::string& label, bool& value, bool enabled = true);

struct SliderStyle {
    double least = 0, most = 1, step = 0;  // A step of nought: any value between.
    std::function<std::string(double)> text{};
    bool enabled = true;
};
bool slider(Widgets& on, const std::string& label, double& value, const SliderStyle& style);

enum class Typed { nothing, changed, entered };
struct InputStyle {
    std::string hint{};
    const char* icon = nullptr;
    bool enabled = true, focus = false;  // Focus: from this frame on.
    bool secret = false;                 // Nobody can read along.
    float wide = 0;
};
Typed text_input(Widgets& on, const std::string& label, std::string& text,
                 const InputStyle& style = {});
// A row of a list, as wide as there is room; the answer: it was clicked.
struct RowShown {
    std::string label, note{}, number{};  // A note follows softly; a number stands at the right.
    const char* icon = nullptr;
    std::optional<Mark> mark{};
    bool chosen = false, enabled = true;
};
bool row(Widgets& on, const RowShown& shown);
void line(Widgets& on, const RowShown& shown);  // The same, only to be read.

void words(Widgets& on, ImFont* font, Colour colour, std::string_view text);  // One line.
void paragraph(Widgets& on, const std::string& text, Colour colour);          // Wrapped.
void tip_here(Widgets& on, const std::string& text);  // Over the item just placed.
void begin_tip(Widgets& on);
void end_tip(Widgets& on);

// For what paints by itself; text snapshots hold it too. Keys are painted as a keyboard's caps, and
// answer how wide they are.
float paint_keys(Widgets& on, ImDrawList& to, ImVec2 at, const std::string& keys, Colour ink);
void paint_text(ImDrawList& to, ImFont* font, ImVec2 at, Colour colour, std::string_view text);
float wide_of(ImFont* font, std::string_view text);
std::string shortened(ImFont* font, std::string_view text, float wide);  // "deploy ch…"

}  // namespace rollcage
