// Which displays there are, where a second window goes, and whether one of them was lost.
// Leans on nothing: whoever can ask a desktop feeds it, and so does a test.
// Places are pixels of the desktop, which spans all displays.
#pragma once

#include <utility>
#include <vector>

namespace rollcage {

struct Rectangle {
    int x = 0, y = 0, wide = 0, high = 0;
    bool operator==(const Rectangle&) const = default;
};
using Displays = std::vector<Rectangle>;

// On the roomiest display that holds nothing of the first window; without one right of the first
// where there is room for most of it; else over the first, a little aside.
Rectangle second_place(const Displays& displays, const Rectangle& first);

// Where it is if one display shows all of it; else in the middle of the first, or at its corner.
Rectangle well_placed(const Displays& displays, const Rectangle& window);
// How high a window has to begin for SFML 2.5: it takes half the desktop's width, not its height,
// for where the middle is, and then waits until some of the window can be seen. Without a window
// manager a low window on a wide desktop would have it wait for ever.
int high_at_first(const Displays& displays, int high);
// Some of it can be seen.
bool on_any(const Displays& displays, const Rectangle& window);

class DisplayWatch {
public:
    explicit DisplayWatch(Displays there) : there_(std::move(there)) {}
    // Since it was last asked there are fewer displays, or less room on all of them together.
    // None at all is no news: nobody could be asked.
    bool lost(Displays now);

private:
    Displays there_;
};

}  // namespace rollcage
