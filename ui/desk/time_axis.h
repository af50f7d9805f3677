// The stretch of time that all plots and tracks of a screen show, and the one cursor over them.
// Leans on widgets.h. One axis a screen: whoever zooms, drags or points does it for all of them.
// Call begin_frame() before anything is drawn on it; the cursor is where it was a frame ago.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "ui/desk/widgets.h"

namespace rollcage {

struct TimeSpan {
    double from_s = 0, until_s = 1;
    double length() const { return until_s - from_s; }
    bool holds(double at_s) const { return from_s <= at_s && at_s <= until_s; }
};

class TimeAxis {
public:
    float gutter = 76;              // Unscaled, at the left: values, or the names of tracks.
    std::optional<double> now_s{};  // A drill that is still going on.
    double decisions_end_s = 0;     // Shaded from there on; nought: nowhere.

    void begin_frame(double whole_s);  // What there is to show may grow.
    TimeSpan shown() const { return shown_; }
    double whole_s() const { return whole_s_; }
    bool zoomed() const { return zoomed_; }
    std::optional<double> cursor_s() const { return cursor_s_; }

    void zoom(double about_s, double factor);  // Below one: closer.
    void pan(double by_s);
    void show(TimeSpan span);
    void show_all();
    void point_at(double at_s) { pointed_s_ = at_s; }

private:
    TimeSpan shown_{};
    double whole_s_ = 1;
    bool zoomed_ = false;
    std::optional<double> cursor_s_{}, pointed_s_{};
};

// Where on the screen something over time is drawn.
struct TimeArea {
    ImVec2 least, most;
    TimeSpan shown;
    float x_of(double at_s) const;
    double at_of(float x) const;
    float wide() const { return most.x - least.x; }
    float high() const { return most.y - least.y; }
};
// Room for such an area behind the gutter, named to tests; wheel, drag and double click move the
// axis, pointing sets its cursor.
struct TimeInput {
    TimeArea area;
    bool hovered = false, clicked = false;  // Clicked: without having dragged.
};
TimeInput time_input(Widgets& on, TimeAxis& axis, const std::string& label, float high);
void paint_time_behind(Widgets& on, const TimeAxis& axis, const TimeArea& area);  // Grid and veil.
void paint_time_before(Widgets& on, const TimeAxis& axis, const TimeArea& area);  // Now and cursor.
void time_labels(Widgets& on, const TimeAxis& axis);  // A line of times, under what is above.

double time_step(double length_s, double labels_max);
std::string clock_text(double at_s, double step_s);  // As exact as the step needs.

}  // namespace rollcage
