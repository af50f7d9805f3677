#include "ui/desk/table_pace.h"

#include <algorithm>

namespace rollcage {
namespace {

constexpr double talk_s = 90;        // For this long people talk about what came.
constexpr double quiet_speed = 120;  // At least; faster where the table's time is short.
constexpr double needed_most = 60;   // Beyond it nobody has time to talk.

}  // namespace

double table_speed(const TableTime& time) {
    if (time.table_left_s <= 0) return 0;
    const double needed = time.day_left_s / time.table_left_s;
    if (time.quiet_s < talk_s && needed < needed_most) return 1;
    return std::max(quiet_speed, 2 * needed);
}

}  // namespace rollcage
