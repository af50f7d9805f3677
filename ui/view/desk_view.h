// What a responder's desk shows of a day that is going on: facts and scrapes, and nothing else.
// Leans on plot_view.h and drill_view.h; takes a FactView, so that nothing hidden can be shown.
// Numbers are those of the last scrape that anybody can see; what was not measured is not there.
#pragma once

#include <string>
#include <vector>

#include "sim/act/runbook.h"
#include "ui/view/drill_view.h"

namespace rollcage {

struct ServicePulse {
    std::string name;
    Tile errors;
    std::string latency, traffic;
    std::vector<double> spark;  // Errors in percent, a scrape each.
    bool firing = false;        // An alert of it has not cleared.
};
struct FeedRow {
    std::size_t fact = 0;
    SimTime at;
    Mark mark = Mark::fact;
    std::string text;
};
struct StepShown {
    std::string step, takes;
};
// What giving an order means: who carries it out how, and how well practised that is.
struct OrderShown {
    std::string text, trouble;  // Trouble: why it is no order.
    std::vector<StepShown> steps;
    std::string practice;
};
struct DeskView {
    std::string clock, left;  // Until decisions end.
    double now_s = 0;
    std::vector<ServicePulse> services;
    std::vector<Track> tracks;
    std::vector<FeedRow> feed;  // The latest first.
    std::size_t facts = 0;
};

struct DeskAsked {
    const FactView* known = nullptr;
    const Blueprint* declared = nullptr;  // Of it only names and goals are read.
    SimTime decisions_end;
};
DeskView desk_view(const DeskAsked& asked);
std::vector<Plot> live_plots(const DeskAsked& asked, ServiceId service);
OrderShown order_shown(const std::string& text, const Names& names, const People& people);
// Orders that need nothing but what they are about: the first things to try.
std::vector<std::string> plain_orders(const Names& names);

}  // namespace rollcage
