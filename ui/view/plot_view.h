// What a plot over time shows: lines, the limits they are held against, and what happened when.
// Leans on play's watched.h; builds numbers and words, draws nothing.
// Truth is drawn in full, what dashboards showed is dotted; a gap is where nothing was measured.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scenarios/play/watched.h"

namespace rollcage {

enum class Mark { order, effect, refused, alert, cleared, stage, said, step, harm, fact };
const char* name(Mark mark);
Mark mark_of(const Fact& fact);
Numbers order_numbers(const Command& command);  // Of its slots.

struct PlotMark {
    double at_s = 0;
    Mark mark = Mark::fact;
    std::string label, number{};  // A number: of the decision, in the table of decisions.
};
struct PlotPoint {
    double at_s = 0;
    std::optional<double> value;
};
struct PlotDot {  // On a line.
    std::size_t series = 0;
    double at_s = 0, value = 0;
    std::string label;
};
struct PlotSeries {
    std::string name;
    std::vector<PlotPoint> points;
    bool known = false;  // What dashboards showed.
};
struct PlotLimit {
    std::string label;
    double value = 0;
};
struct Plot {
    std::string id, title, unit, about;
    double until_s = 0;
    std::vector<PlotSeries> series;
    std::vector<PlotLimit> limits{};
    std::vector<PlotMark> marks{};
    std::vector<PlotDot> dots{};
};

struct ServicePlots {
    std::string service;
    std::int64_t told = 0;  // What was ordered, alerted, released there; those first.
    std::vector<Plot> plots;
};
// Orders and alerts among these facts, of a service or of all; orders are numbered from 1.
std::vector<PlotMark> plot_marks(std::span<const Occurrence> facts, const Names& names,
                                 std::optional<std::uint32_t> service);
// The service that a fact, or its order, is of; nothing: the whole day's.
std::optional<std::uint32_t> service_of(const Fact& fact);
std::vector<ServicePlots> service_plots(const WatchedDay& day);  // Where most was done first.
std::vector<Plot> day_plots(const WatchedDay& day);  // What is of no service: harm, records.

// Several lives of one drill on one plot each.
std::vector<Plot> shared_plots(const std::vector<const WatchedDay*>& days,
                               const std::vector<std::string>& names);

// The service that a fact is of; an order's, too. None: the whole day's.
std::optional<std::uint32_t> service_of(const Fact& fact);
// Orders and alerts: what a plot marks. Decisions are numbered as in their table.
std::vector<PlotMark> known_marks(std::span<const Occurrence> facts, const Names& names,
                                  std::optional<std::uint32_t> service);

std::string plain_clock(SimTime at);       // Without a fraction that is nought.
std::string grouped_text(double value);    // "1,234,567", "0.0312".
std::string seconds_text(double seconds);  // "4 min 10 s"

}  // namespace rollcage
