// What X11 says of displays, and what people are told when it answers no more.
// Leans on Xlib; RandR is asked where SFML brought it along, or the desktop counts as one display.
// The connection is a second one, beside SFML's.
#pragma once

#include "sim/base/result.h"
#include "ui/desk/displays.h"

struct _XDisplay;

namespace rollcage {

// SFML ends the process where it cannot open one, so somebody has to look first. An error says what
// to do instead.
Result<void> display_there();
// What to do without one; for messages.
constexpr const char* without_display =
    "to play without one: `rollcage play FILE` in a terminal, or `rollcage report` for a page";

// Whatever goes wrong between here and the display from now on ends the process with 1 and a line
// that says so; nothing can be shown any more, and Xlib would end it anyhow.
void end_when_the_display_is_lost();

class XDesktop {
public:
    XDesktop();
    ~XDesktop();
    XDesktop(const XDesktop&) = delete;
    XDesktop& operator=(const XDesktop&) = delete;

    Displays displays() const;  // None: nobody could be asked.

private:
    _XDisplay* x_;
};

}  // namespace rollcage
