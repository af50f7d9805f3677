// How fast a day passes at a table that has so much time: slowly where there is something to talk
// about, fast where nothing happens. Leans on nothing; whoever lets time pass asks it again often.
// The day never takes longer than the table has; it may end sooner.
#pragma once

namespace rollcage {

struct TableTime {
    double day_left_s = 0;    // Of the drill, until nobody decides any more.
    double table_left_s = 0;  // Of the people's own time.
    double quiet_s = 0;       // Of the people's own time, since there was something to decide.
};
// Simulated seconds a second; nought: as fast as it goes.
double table_speed(const TableTime& time);

}  // namespace rollcage
