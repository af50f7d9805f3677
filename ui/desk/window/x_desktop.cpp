#include "ui/desk/window/x_desktop.h"

#include <X11/Xlib.h>
#include <dlfcn.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "ui/view/exit_code.h"

namespace rollcage {
namespace {

[[noreturn]] void end(const std::string& what) {
    std::fprintf(stderr,
                 "rollcage-desk: %s; what was played is kept in its recording: start rollcage-desk "
                 "with that to go on\n",
                 what.c_str());
    // Nothing is tidied up: what is left of SFML and OpenGL would only ask the display again.
    std::_Exit(exit_failed);
}

int when_refused(::Display* x, XErrorEvent* refused) {
    char text[200] = "";
    XGetErrorText(x, refused->error_code, text, sizeof text);
    end(std::string{"the display refused a request ("} + text + ")");
}

int when_lost(::Display*) {
    end("the connection to the display was lost");
}

// As RandR 1.5 has it: SFML links its library, but Debian's headers do not come with SFML's.
struct RandrMonitor {
    Atom name;
    int primary, automatic, outputs_count;
    int x, y, wide, high, wide_mm, high_mm;
    XID* outputs;
};
template <class Function>
Function* found(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

Displays monitors(::Display* x) {
    const auto version = found<int(::Display*, int*, int*)>("XRRQueryVersion");
    const auto get =
        found<RandrMonitor*(::Display*, ::Window, int active, int* count)>("XRRGetMonitors");
    const auto give_back = found<void(RandrMonitor*)>("XRRFreeMonitors");
    int opcode = 0, event = 0, error = 0, major = 0, minor = 0;
    if (!version || !get || !give_back) return {};
    if (!XQueryExtension(x, "RANDR", &opcode, &event, &error)) return {};
    if (!version(x, &major, &minor) || major < 1 || (major == 1 && minor < 5)) return {};
    int count = 0;
    RandrMonitor* const all = get(x, DefaultRootWindow(x), True, &count);
    if (all == nullptr) return {};
    Displays displays;
    for (int i = 0; i < count; ++i)
        displays.push_back({all[i].x, all[i].y, all[i].wide, all[i].high});
    give_back(all);
    return displays;
}

}  // namespace

Result<void> display_there() {
    const char* display = std::getenv("DISPLAY");
    const std::string tried = display ? display : "";
    if (tried.empty()) return Error{std::string{"there is no display here; "} + without_display};
    ::Display* opened = XOpenDisplay(nullptr);
    if (opened == nullptr)
        return Error{"the display " + tried + " cannot be opened; " + without_display};
    XCloseDisplay(opened);
    return {};
}

void end_when_the_display_is_lost() {
    std::signal(SIGPIPE, SIG_IGN);  // Who writes to a display that is gone is to be told so.
    XSetErrorHandler(when_refused);
    XSetIOErrorHandler(when_lost);
}

XDesktop::XDesktop() : x_(XOpenDisplay(nullptr)) {}

XDesktop::~XDesktop() {
    if (x_) XCloseDisplay(x_);
}

Displays XDesktop::displays() const {
    if (x_ == nullptr) return {};
    if (Displays all = monitors(x_); !all.empty()) return all;
    ::Window root = 0;
    int x = 0, y = 0;
    unsigned wide = 0, high = 0, border = 0, depth = 0;
    // The connection itself remembers how large it once was.
    if (!XGetGeometry(x_, DefaultRootWindow(x_), &root, &x, &y, &wide, &high, &border, &depth))
        return {};
    return {{0, 0, static_cast<int>(wide), static_cast<int>(high)}};
}

}  // namespace rollcage
