#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "ui/console/verbs.h"
#include "ui/view/outcome_view.h"

namespace rollcage {

std::size_t table_width() {
    constexpr std::size_t widest = 400;
    if (!isatty(STDOUT_FILENO)) return usual_width;
    winsize window{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0) return usual_width;
    return std::clamp<std::size_t>(window.ws_col, usual_width, widest);
}

void Progress::show(std::size_t done, std::size_t of) {
    constexpr std::size_t bar = 30;
    if (!isatty(STDERR_FILENO)) {
        if (done == of || done * 10 / of != (done - 1) * 10 / of)
            std::fprintf(stderr, "%zu/%zu\n", done, of);
        return;
    }
    const std::size_t full = done * bar / of;
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began_;
    const double rate = passed.count() > 0 ? static_cast<double>(done) / passed.count() : 0;
    const double left = rate > 0 ? static_cast<double>(of - done) / rate : 0;
    std::fprintf(stderr, "\r[%s%s] %zu/%zu  %.0f a second, %.0f s left \033[K",
                 std::string(full, '#').c_str(), std::string(bar - full, ' ').c_str(), done, of,
                 rate, left);
    within_line_ = true;
}

void Progress::end() {
    if (within_line_) std::fputc('\n', stderr);
    within_line_ = false;
}

}  // namespace rollcage
